"""What people type to say when, how much and how, in any language of the bot, as the English words that
commands read.

A word that means nothing of the kind stays as it is, so that an answer can name it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from babel import Locale

from bot.lexicon import LEXICONS
from bot.text.numbers_cjk import small_number
from bot.text.words import fold

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALL = "all"
CLOCKS = {"noon": "12:00", "midnight": "00:00", "morning": "08:00", "afternoon": "15:00", "evening": "18:00"}
"""Times of day that are words, where no hour stands beside them."""

ORDINAL_ENDING = "(?:{})".format(
    "|".join(
        re.escape(ending)
        for ending in sorted(
            {fold(ending) for lexicon in LEXICONS.values() for ending in lexicon.numbers.ordinal_endings},
            key=len,
            reverse=True,
        )
    )
)
"""What stands right behind the number of a day, as a pattern."""

_SHORTEST_DAY = 2
_WIDTHS = ("wide", "abbreviated")
"""The names of days that people write: CLDR's shorter ones are other languages' words, and other days."""

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_HOUR = (
    r"(?:(?:at|hour)\s+)?(\d{1,2})(?:[:.h](\d{2})(?!\d)|h(?!\d)|\s*hour\b)?"
    r"(?:\s*oclock\b(?:\s*(\d{2})\b(?:\s*minute\b)?)?)?(?![:.\dh])"
)
_PART = r"(am|pm|morning|afternoon|evening|night)"
_PART_OF_DAY = re.compile(rf"\b{_PART}\s*{_HOUR}|(?<![:.\d])\b{_HOUR}\s*{_PART}\b")
"""An hour with the part of the day that it lies in, before or behind it."""

_TWELVE = re.compile(
    r"(?:\b12(?:[:.]00)?\s*(?:oclock\s*)?)?\b(noon|midnight)\b(?:\s*12(?:[:.]00)?(?:\s*oclock)?(?![:.\dh]))?"
)
_HOURS_OF_PARTS = {"am": range(1, 13), "pm": range(1, 13), "morning": range(13), "afternoon": range(1, 20)}
"""The hours that a part of the day may be said of; of others any."""

_FIRST_SHIFTED = {"pm": 1, "afternoon": 1, "evening": 4, "night": 6}
"""From which hour on one of a part is in the second half of the day: 2 at night is not 14:00."""

_HOLD_NOON = frozenset({"pm", "afternoon"})
"""Parts whose twelve o'clock is noon; that of others is midnight."""

_MINUTES = re.compile(
    r"(?<![:.])\b(\d{1,2})(?:h|\s*hour|\s*oclock)?(?:\s+(half)\b|\s+also\s+(30|45)\b(?![:.h]))"
)
"""Minutes that stand behind an hour as words, and those that are no hour themselves."""

_FRACTIONS = {
    "half_past": 30, "half_to": -30, "quarter_past": 15, "quarter_to": -15,
    "quarter_more": 15, "quarter_less": -15,
}  # fmt: skip
"""Minutes more or less than the hour that stands behind, or before."""

_FRACTION_BEFORE = re.compile(
    r"\b(half_past|half_to|quarter_past|quarter_to)\s+(\d{1,2})\b(?![:.h])(?:\s*oclock\b)?"
)
_QUARTER_BEHIND = re.compile(r"(?<![:.])\b(\d{1,2})(?:h|\s*hour|\s*oclock)?\s+(quarter_more|quarter_less)\b")

LARGEST_HOUR = 24
_PARTS_BEHIND = rf"(?:oclock|hours?|{'|'.join(CLOCKS)}|am|pm|night)"

_OCLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*oclock\b(?:\s*(\d{2})\b(?:\s*minute\b)?)?")
_HOUR_BEHIND = r"(?:\s*hour\b(?:\s+(\d{2})\b(?![:.h]))?|h(?!\d))"
_AT = re.compile(
    rf"\b(?:(until\s+)?(?:at|(?<!\d )hour)\s+(\d{{1,2}}){_HOUR_BEHIND}?|(until)\s+(\d{{1,2}}){_HOUR_BEHIND})"
    r"(?![:.\dh-])\b"
)
_HOURS = re.compile(r"(?<!every )(?<![:.])\b(\d{1,2})\s*hour\b(?:\s+(\d{2})\b(?![:.h]))?")
_LONE_PART = re.compile(rf"(?<!\w)(?:{'|'.join(CLOCKS)})(?!\w)")
_DAY_PART = re.compile(rf"\b({'|'.join(WEEKDAYS)}) tomorrow\b")
"""`Montag Morgen` is Monday's morning: what stands behind a day is no other day."""

_ON_DAY = re.compile(
    rf"(?<!\d )(?<!oclock )\bam (?={'|'.join(WEEKDAYS)}|first|second|third|fourth|last|"
    r"\d{1,2}(?:(?:\s*,\s*|\s+also\s+)\d{1,2})*\.(?!\d))"
)
"""German's `am Montag`, which is no half of a day."""

_ON_NUMBER = re.compile(
    r"(?<!\d )(?<!oclock )\bam (?=\d{1,2}(?:(?:\s*,\s*|\s+also\s+)\d{1,2})* at\b)"
    r"|\bam (?=(?:1[3-9]|2\d|3[01])(?!\w|[:.]\d|\s*(?:oclock|hours?)\b))"
)
"""German's `am 15 um 8`: before a time, or a number that no half of a day has."""

_NUMBER_BEFORE_TIME = re.compile(r"(?<!at )(?<!hour )(?<!since )(?<![:.])\b(\d{1,2}) at (?=\d)")
"""A number right before a time, which may be a day (`15 at 8`)."""

_DATE_OR_DAILY = re.compile(r"\bdaily_or_date\b(?: (?=\d))?")
_ARTICLE_DAY = re.compile(r"\b(?:every|the) day (?=\d)")
"""`el día 15`, which `every day` would make one of every day."""

_CJK_NUMBER = re.compile(
    r"[一二两三四五六七八九十]{1,3}(?=\s*(?:oclock|hours?|day|week|month|month_day|minute)\b)"
)


def in_english(text: str, *, hours_are_times: bool = False) -> str:
    """Return a line with what people type for times, days, lengths and levels in the words that commands
    read, folded: `ogni giorno alle 8` → `daily 08:00`, `8am` → `08:00`, `8 di sera` → `20:00`.

    `8 heures` is a length, and a time where `hours_are_times`.
    """
    line = _phrases().sub(lambda match: f" {_words()[match[0]]} ", fold(text))
    line = _ON_DAY.sub("on ", _DAY_PART.sub(r"\1 morning", " ".join(line.split())))
    line = _DATE_OR_DAILY.sub(lambda m: "daily on " if m[0].endswith(" ") else "daily", line)
    line = _ON_NUMBER.sub("on ", _ARTICLE_DAY.sub("on ", line))
    line = _CJK_NUMBER.sub(lambda match: str(small_number(match[0])), line)
    line = _number_words().sub(lambda match: str(hours_by_word()[match[0]]), line)
    if hours_are_times:
        line = _NUMBER_BEFORE_TIME.sub(r"on \1 at ", line)
    line = _FRACTION_BEFORE.sub(lambda m: _near_hour(m, m[1], m[2]), line)
    line = _QUARTER_BEHIND.sub(lambda m: _near_hour(m, m[2], m[1]), line)
    line = _MINUTES.sub(lambda m: f"{m[1]}:{m[3] or 30}", line)
    line = _TWELVE.sub(lambda m: CLOCKS[m[1]], line)
    line = _PART_OF_DAY.sub(_hour_of_part, line)
    line = _OCLOCK.sub(lambda m: _clock(m[1], m[2] or m[3]), line)
    line = _AT.sub(lambda m: ("until " if m[1] or m[4] else "") + _clock(m[2] or m[5], m[3] or m[6]), line)
    if hours_are_times:
        line = _HOURS.sub(lambda m: _clock(m[1], m[2]), line)
    line = _LONE_PART.sub(lambda m: CLOCKS[m[0]], line)
    return " ".join(line.split())


def action_in_english(word: str) -> str:
    """Return the action that a word of any language means (`hinzufügen` → `add`), else the word, folded."""
    return _actions().get(fold(word), fold(word))


def is_everything(text: str) -> bool:
    """Tell whether a text means all there are. A word alone may be another inside a line: German's `alle` is
    Italian's `at`.
    """
    return ALL in {in_english(text), action_in_english(text)} or in_english(text) == "everything"


@cache
def _actions() -> Mapping[str, str]:
    """Return the action for each word that people type for it, folded."""
    return {
        fold(word): action
        for lexicon in LEXICONS.values()
        for action, words in lexicon.actions
        for word in words
    }


def is_typed_word(word: str) -> bool:
    """Tell whether a word is one that people type for a time, a day, a length or a level in some language."""
    return fold(word) in _words()


def _near_hour(match: re.Match[str], fraction: str, hour: str) -> str:
    """Return the time that is some minutes more or less than an hour; less than one is either of two, and
    stays as it was written.
    """
    minutes = _FRACTIONS[fraction]
    if minutes > 0:
        return f"{hour}:{minutes}"
    return f"{int(hour) - 1}:{60 + minutes}" if int(hour) > 1 else match[0]


@cache
def hours_by_word() -> Mapping[str, int]:
    """Return the hours by the words for their numbers, folded; a word that is several numbers is none."""
    values: dict[str, set[int]] = {}
    for lexicon in LEXICONS.values():
        for word, number in lexicon.numbers.words.items() if any(lexicon.typed.phrases()) else ():
            values.setdefault(fold(word), set()).add(number)
    return {
        word: min(numbers)
        for word, numbers in values.items()
        if len(numbers) == 1 and 0 < min(numbers) <= LARGEST_HOUR
    }


@cache
def _number_words() -> re.Pattern[str]:
    """Return what finds the word for a number where only an hour can stand: elsewhere many are other words
    (`once`, `sei`).
    """
    words = "|".join(sorted(map(re.escape, hours_by_word()), key=len, reverse=True))
    lookbehinds = "|".join(f"(?<={word} )" for word in (r"\bat", r"\bhour", "_past", "_to"))
    return re.compile(
        rf"(?:{lookbehinds})(?:{words})\b|"
        rf"\b(?:{words})(?=\s+{_PARTS_BEHIND}\b)"
    )


def typed_phrases() -> frozenset[str]:
    """Return all that people type for times, days, lengths and levels, folded."""
    return frozenset(_words())


def _hour_of_part(match: re.Match[str]) -> str:
    """Return the time that an hour is in a part of the day; both where the hour is a time of its own
    (`morning 18:00`), and one word where nobody can know (`08:00 evening`).
    """
    part = match[1] or match[8]
    hour, minute, minute_behind = match.groups()[1:4] if match[1] else match.groups()[4:7]
    number, minutes = int(hour), minute or minute_behind
    if number not in _HOURS_OF_PARTS.get(part, range(25)):
        return match[0] if part in CLOCKS else _clock(number, minutes)
    if number >= _FIRST_SHIFTED.get(part, 12) and number < 12:
        return f"{_clock(number, minutes)}{part}" if hour.startswith("0") else _clock(number + 12, minutes)
    return _clock(0 if number == 12 and part not in _HOLD_NOON else number, minutes)


def _clock(hour: str | int, minute: str | None) -> str:
    """Return a time as commands read it; one that the clock lacks as it was written."""
    return f"{int(hour):02}:{minute or '00'}"


@cache
def _words() -> Mapping[str, str]:
    """Return the English word for each that people type, folded."""
    return {fold(phrase): english for english, phrase in _typed_phrases()}


def _typed_phrases() -> Iterator[tuple[str, str]]:
    for code, lexicon in LEXICONS.items():
        phrases = list(lexicon.typed.phrases())
        if not phrases:
            continue
        for width in _WIDTHS:
            for number, name in Locale(code).days["format"][width].items():
                bare_name = name.strip(".").lower()
                if len(bare_name) >= _SHORTEST_DAY:
                    yield WEEKDAYS[number], bare_name
                if width == "wide" and bare_name[-1].isascii():
                    yield WEEKDAYS[number], f"{bare_name}s"
                if width == "wide":
                    for word, ordinal in lexicon.writing.ordinal_weekdays.items():
                        yield f"{ordinal} {WEEKDAYS[number]}", f"{word} {bare_name}"
        yield from phrases


@cache
def _phrases() -> re.Pattern[str]:
    """Return what finds the longest phrases first, whole words where spaces part them."""
    parts = []
    for phrase in sorted(_words(), key=len, reverse=True):
        escaped_phrase = re.escape(phrase)
        parts.append(escaped_phrase if _UNSPACED.search(phrase) else rf"(?<!\w){escaped_phrase}(?!\w)")
    return re.compile("|".join(parts))
