"""What people type to say when, how much and how, in any language of the bot, as the English words that
commands read.

A word that means nothing of the kind stays as it is, so that an answer can name it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from babel import Locale

from bot.lexicon import LEXICONS
from bot.text.words import fold

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCKS = {"noon": "12:00", "midnight": "00:00", "morning": "08:00", "evening": "18:00"}
"""Times of day that are words."""

_SHORTEST_DAY = 2
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_HALF_DAY_BEFORE = re.compile(r"\b(am|pm)\s*(\d{1,2})(?:[:.h](\d{2})|\s*oclock(?:\s*(\d{2}|half))?)?")
_HALF_DAY_BEHIND = re.compile(r"\b(\d{1,2})(?:[:.h](\d{2}))?(?:\s*oclock)?\s*(am|pm)\b")
_OCLOCK = re.compile(r"\b(\d{1,2})\s*oclock(?:\s*(\d{2}|half)\b)?")
_AT = re.compile(r"\b(?:at|hour)\s+(\d{1,2})(?:\s*hour\b(?:\s+(\d{2})\b)?|h(?!\d))?(?![:.\dh])")
_HOURS = re.compile(r"\b(\d{1,2})\s*hour(?:\s+(\d{2}))?\b")


def in_english(text: str, *, hours_are_times: bool = False) -> str:
    """Return a line with what people type for times, days, lengths and levels in the words that commands
    read, folded: `ogni giorno alle 8` → `daily 08:00`, `8am` → `08:00`.

    `8 heures` is a length, and a time where `hours_are_times`.
    """
    line = _phrases().sub(lambda match: f" {_english(match[0])} ", fold(text))
    line = _HALF_DAY_BEFORE.sub(lambda m: _clock(m[2], m[3] or m[4], m[1]), " ".join(line.split()))
    line = _HALF_DAY_BEHIND.sub(lambda m: _clock(m[1], m[2], m[3]), line)
    line = _OCLOCK.sub(lambda m: _clock(m[1], m[2], ""), line)
    line = _AT.sub(lambda m: _clock(m[1], m[2], ""), line)
    if hours_are_times:
        line = _HOURS.sub(lambda m: _clock(m[1], m[2], ""), line)
    return " ".join(line.split())


def _clock(hour: str, minute: str | None, half_day: str) -> str:
    """Return a time as commands read it; one that the clock lacks as it was written."""
    number = int(hour)
    if half_day and 1 <= number <= 12:
        number = number % 12 + 12 * (half_day == "pm")
    return f"{number:02}:{'30' if minute == 'half' else minute or '00'}"


def _english(phrase: str) -> str:
    word = _words()[phrase]
    return CLOCKS.get(word, word)


@cache
def _words() -> Mapping[str, str]:
    """Return the English word for each that people type, folded."""
    return {fold(phrase): english for english, phrase in _typed_phrases()}


def _typed_phrases() -> Iterator[tuple[str, str]]:
    for code, lexicon in LEXICONS.items():
        phrases = list(lexicon.typed.phrases())
        if not phrases:
            continue
        for names in Locale(code).days["format"].values():
            for number, name in names.items():
                bare_name = name.strip(".").lower()
                if len(bare_name) >= _SHORTEST_DAY:
                    yield WEEKDAYS[number], bare_name
        yield from phrases


@cache
def _phrases() -> re.Pattern[str]:
    """Return what finds the longest phrases first, whole words where spaces part them."""
    parts = []
    for phrase in sorted(_words(), key=len, reverse=True):
        escaped_phrase = re.escape(phrase)
        parts.append(escaped_phrase if _UNSPACED.search(phrase) else rf"(?<!\w){escaped_phrase}(?!\w)")
    return re.compile("|".join(parts))
