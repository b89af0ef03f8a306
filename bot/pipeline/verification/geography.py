"""What names that a text holds are called in another language: countries and cities as CLDR has them,
peoples, well-known companies.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel import Locale

from bot.lexicon import LANGUAGES, lexicon_of, rows_of, shared_names
from bot.text.concepts import WORD, concepts, forms_of
from bot.text.words import CJK, fold

_CJK = re.compile(f"[{CJK}]")
_LATIN = re.compile(rf"(?:(?![{CJK}])\w)+")


@lru_cache(maxsize=256)
def translate_names(text: str, text_language: str, language: str) -> str:
    """Return the names that another language has for the places, peoples and companies of a text, as one
    text.
    """
    folded_text = f" {fold(text)} "
    words = frozenset(_LATIN.findall(folded_text))
    words |= {word[:-1] for word in words if word.endswith("s")}
    places = {key for first, name, key in _firsts(text_language) if first in words and name in folded_text}
    places |= {key for name, key in _cjk(text_language) if name in folded_text}
    places |= {key for key, names in _peoples().items() if any(f" {name}" in folded_text for name in names)}
    companies = (
        form for name in concepts(text, text_language) if not name.startswith(WORD) for form in forms_of(name)
    )
    return " ".join((*_names_of(places, language), *companies))


@lru_cache(maxsize=64)
def home_names(text_language: str, language: str) -> str:
    """Return what another language calls the one country whose language a text is in, and its people: a text
    does not always name its own.
    """
    home = lexicon_of(text_language).writing.home
    return " ".join(_names_of({home}, language)) if home else ""


def _names_of(places: set[str], language: str) -> Iterator[str]:
    names_by_place = _places(language)
    for key in sorted(places):
        yield from names_by_place.get(key, ())
        yield from _peoples().get(key, ())
        yield shared_names()["short_names"].get(key, "")


@lru_cache(maxsize=32)
def _firsts(language: str) -> tuple[tuple[str, str, str], ...]:
    """Return the names of places that are not in CJK characters: their first word, the name, and
    whose it is.
    """
    latin_names = (
        (name, key) for key, names in _places(language).items() for name in names if not _CJK.match(name)
    )
    return tuple((match[0], name, key) for name, key in latin_names if (match := _LATIN.search(name)))


@lru_cache(maxsize=32)
def _cjk(language: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, key) for key, names in _places(language).items() for name in names if _CJK.match(name)
    )


@lru_cache(maxsize=32)
def _places(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the names of countries, by their codes, and of cities, folded."""
    names_by_place = {line.split()[0]: tuple(map(fold, line.split())) for line in rows_of("cities")}
    if language not in LANGUAGES:
        return names_by_place
    locale = Locale(language)
    names_by_place |= {code: (fold(name),) for code, name in locale.territories.items() if code.isalpha()}
    english = Locale("en").time_zones
    for zone in {*Locale("zh").time_zones, *locale.time_zones, *english}:
        name = locale.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        names_by_place[zone] = (fold(name),)
    return names_by_place


@lru_cache(maxsize=1)
def _peoples() -> Mapping[str, tuple[str, ...]]:
    return {code: tuple(map(fold, words.split())) for code, words in shared_names()["peoples"].items()}
