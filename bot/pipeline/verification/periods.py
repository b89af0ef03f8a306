"""Whether a length of time kept its unit: six months are not six weeks."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.lexicon import LEXICONS
from bot.pipeline.verification.figures import ROUNDING
from bot.pipeline.verification.passages import find_passages
from bot.text.words import UNSPACED

_DIGITS = r"\d+(?:[.,]\d+)?"
_LATEST = 1000
"""What counts years from here on is a date."""


@lru_cache(maxsize=32)
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return how each unit of time stands behind a number in a language."""
    lexicon = LEXICONS.get(language)
    if lexicon is None:
        return ()
    number_words = sorted(lexicon.numbers.words, key=len, reverse=True)
    if language in UNSPACED:
        number = rf"(?<![\d.,第])({_DIGITS}|{'|'.join(number_words)})\s?"
    else:
        number = rf"\b({_DIGITS}|{'|'.join(number_words)})(?:[\s\u00a0-]\w+)?[\s\u00a0-]?"
    end = "" if language in UNSPACED else r"\b"
    return tuple(
        (unit, re.compile(rf"{number}(?:{'|'.join(patterns)}){end}", re.IGNORECASE))
        for unit, patterns in lexicon.numbers.periods.items()
    )


def find_changed_period(sentence: str, language: str, sources: Sequence[tuple[str, str]]) -> str:
    """Return a length of time in a sentence whose number sources (text, language) have with another unit
    alone, empty where there is none.
    """
    spans = lengths(sentence, language)
    if not spans:
        return ""
    source_lengths = [
        (value, unit)
        for passage in find_passages(sentence, language, sources)
        for value, unit, _ in lengths(passage.text, passage.language)
    ]
    for value, unit, words in spans:
        units = {unit for known_value, unit in source_lengths if abs(known_value - value) <= ROUNDING * value}
        if units and unit not in units:
            return words
    return ""


@lru_cache(maxsize=256)
def lengths(text: str, language: str) -> tuple[tuple[float, str, str], ...]:
    """Return the lengths of time that a text gives: number, unit and words."""
    return tuple(_read_lengths(text, language))


def _read_lengths(text: str, language: str) -> Iterable[tuple[float, str, str]]:
    number_words = LEXICONS[language].numbers.words if language in LEXICONS else {}
    for unit, pattern in _patterns(language):
        for match in pattern.finditer(text):
            number = match.group(1).casefold()
            value = number_words.get(number) or float(number.replace(",", "."))
            if 0 < value < _LATEST:
                yield value, unit, match.group()
