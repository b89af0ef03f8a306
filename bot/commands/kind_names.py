"""What kinds of news are called where people read them, and the terms of a filter in such words."""

from dataclasses import replace

from bot.i18n import Words
from bot.pipeline.filters.grammar import Field, FilterTerm, Sign


def kind_name(kind: str, words: Words) -> str:
    """Return what a kind of news is called; its own name for one that an operator has added."""
    names = {
        "live": words("live blogs"),
        "preview": words("previews"),
        "podcast": words("podcasts"),
        "newsletter": words("newsletters"),
        "roundup": words("roundups"),
        "job": words("job offers"),
        "deal": words("bargains"),
        "review": words("product reviews"),
        "tutorial": words("tutorials"),
        "listicle": words("lists"),
        "opinion": words("opinion"),
        "sponsored": words("advertising"),
        "marketing": words("press releases"),
        "changelog": words("changelogs"),
        "incident": words("incidents"),
        "policy": words("policy and law"),
        "release": words("releases"),
        "deal_made": words("acquisitions and mergers"),
        "people": words("appointments and layoffs"),
        "funding": words("funding rounds"),
    }
    return names.get(kind, kind)


def term_name(term: FilterTerm, words: Words) -> str:
    """Return what a term looks for as people say it; words and patterns as they are written."""
    match term.field:
        case Field.KIND:
            return kind_name(term.text, words)
        case Field.OUTLET:
            return words("from {outlet}", outlet=term.text)
        case Field.LEADS:
            return words("{outlet} in the first place", outlet=term.text)
        case Field.LANGUAGE:
            return words("in {language}", language=words.language_name(term.text))
        case Field.POINTS:
            return words("at least {n} points", n=term.text)
        case Field.WORDS:
            return str(replace(term, sign=Sign.ANY))
