"""How a command is typed, as people of a language read it: what they put in its places is named in theirs."""

import re

from bot.i18n import Words

_PLACE = re.compile(r"\b[A-Z]{2,}\b")


def usage_in_words(usage: str, words: Words) -> str:
    """Return a usage with the names of its places (`/schedule [NUMBER] WHEN`) in a language; what is typed as
    it stands, in small letters, stays so.
    """
    names = place_names(words)
    return _PLACE.sub(lambda match: names.get(match[0], match[0]), usage)


def option_in_words(option: str, words: Words) -> str:
    """Return what an option is called in a language: as the place that it has in its command's usage."""
    names = {**place_names(words), "ACTION": words("ACTION")}
    return names.get(option.upper(), option).lower()


def place_names(words: Words) -> dict[str, str]:
    """Return what the places of usages are called in a language."""
    return {
        "ADDRESS": words("ADDRESS"),
        "CODE": words("CODE"),
        "CODES": words("CODES"),
        "COMMAND": words("COMMAND"),
        "COUNT": words("COUNT"),
        "DAYS": words("DAYS"),
        "FEED": words("FEED"),
        "HOURS": words("HOURS"),
        "LANGUAGE": words("LANGUAGE"),
        "LEVEL": words("LEVEL"),
        "LINK": words("LINK"),
        "NAME": words("NAME"),
        "NUMBER": words("NUMBER"),
        "PART": words("PART"),
        "ROLE": words("ROLE"),
        "SETTING": words("SETTING"),
        "SINCE": words("SINCE"),
        "TERMS": words("TERMS"),
        "TOPIC": words("TOPIC"),
        "UNTIL": words("UNTIL"),
        "VALUE": words("VALUE"),
        "WHAT": words("WHAT"),
        "WHEN": words("WHEN"),
        "WORDS": words("WORDS"),
    }
