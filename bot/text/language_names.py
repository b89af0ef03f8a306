"""How people call languages."""

from collections.abc import Mapping
from functools import cache

from babel import Locale, localedata

from bot.languages import SPOKEN, base_language

CODE_LENGTH = 2


def language_called(name: str) -> str:
    """Return the code of the language that somebody names, empty for none: by its code, also with a region
    (`zh-CN`), or as it is called in a language of the bot or in its own (`German`, `tedesco`, `Deutsch`).
    """
    word = name.strip().lower()
    code = base_language(word)
    if localedata.exists(code) and code in _names().values():
        return code
    return _names().get(word, "")


@cache
def _names() -> Mapping[str, str]:
    """Return the languages of two letters by all their names, in lower case."""
    names: dict[str, str] = {}
    for language in SPOKEN:
        for code, name in Locale(language).languages.items():
            if len(code) == CODE_LENGTH and localedata.exists(code):
                names.setdefault(name.lower(), code)
    for code in set(names.values()):
        if own_name := Locale(code).languages.get(code):
            names.setdefault(own_name.lower(), code)
    return names
