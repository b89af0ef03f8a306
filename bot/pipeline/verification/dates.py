"""Days of the week, months, and days of months in any language's words or digits, and whether a source holds
those of a sentence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from bot.lexicon import LANGUAGES
from bot.pipeline.verification.tokens import Line, lines
from bot.text.words import CJK, fold

_WORD = re.compile(rf"\d+(?:[.,]\d+)*|(?:(?![{CJK}])[^\W\d_])+(?:-feira)?")
_CJK_DAY = re.compile(
    r"(?:星期|周|週|礼拜|禮拜)([一二三四五六日天])|([月火水木金土日])曜|([월화수목금토일])요일"
)
_CJK_WEEK = {
    c: i
    for i, names in enumerate(("一月월", "二火화", "三水수", "四木목", "五金금", "六土토", "日天일"))
    for c in names
}
_CJK_MONTH = re.compile(r"(?<!\d)(\d{1,2})\s?[月월](?!間|间|前|後|后)(?:\s?(\d{1,2})\s?[日号號일])?")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)")
_YEAR = re.compile(r"(?<![\d.,$€£])(?:19|20)\d\d(?![\d%]|[.,]\d)")
NEAR_WORDS = 3
"""Words round a month in which its days and its year stand."""

ALIKE = 0.4
"""The share of a sentence's words from which another sentence tells of the same."""

ALSO_WORDS = {
    "may",
    "march",
    "mars",
    "mart",
    "sat",
    "sun",
    "mar",
    "mon",
    "wed",
    "set",
    "ago",
    "mer",
    "dom",
    "sex",
}
"""Months and days that are also other words, folded; they count when written large or beside a number."""


@dataclass(frozen=True, slots=True)
class Dates:
    """What a text says of the calendar: weekdays (Monday is 0), months, and numbers (days, years) beside
    months.
    """

    weekdays: frozenset[int]
    months: frozenset[int]
    numbers: frozenset[tuple[int, int]]


@lru_cache(maxsize=256)
def dates(text: str, language: str) -> Dates:
    """Return what a text says of the calendar."""
    weekdays, months, numbers = set(_cjk_weekdays(text)), set[int](), set(_cjk_days(text))
    matches = list(_WORD.finditer(text))
    words = [match.group() for match in matches]
    week, year = _weekday_names(language), _month_names(language)
    for at, (word, match) in enumerate(zip(words, matches, strict=True)):
        name = fold(word)
        is_date_name = name in week.keys() | year.keys() and _is_meant(word, name, words, at)
        if not is_date_name or (
            name in _short_names(language) and not _is_short_form(text, match.end(), words, at)
        ):
            continue
        if name in week:
            weekdays.add(week[name])
        if name in year:
            months.add(year[name])
            numbers |= {
                (year[name], int(w))
                for w in words[max(0, at - NEAR_WORDS) : at + NEAR_WORDS + 1]
                if _is_short(w)
            }
    for month, day in _numeric_days(text):
        numbers.add((month, day))
    months |= {month for month, _ in numbers}
    return Dates(frozenset(weekdays), frozenset(months), frozenset(numbers))


def _is_short(word: str) -> bool:
    return word.isdecimal() and len(word) <= 4


def _is_meant(word: str, name: str, words: list[str], at: int) -> bool:
    if name not in ALSO_WORDS:
        return True
    neighbours = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
    return any(w.isdecimal() for w in neighbours) or (word[0].isupper() and at > 0)


def _is_short_form(text: str, end: int, words: list[str], at: int) -> bool:
    """Tell whether a word that abbreviates a day or month does so here: a point follows, or a number stands
    beside it. Sam Altman is no Saturday.
    """
    neighbours = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
    return text[end : end + 1] == "." or any(word.isdecimal() for word in neighbours)


def _cjk_weekdays(text: str) -> Iterator[int]:
    for match in _CJK_DAY.finditer(text):
        yield _CJK_WEEK[next(c for c in match.groups() if c)]


def _cjk_days(text: str) -> Iterator[tuple[int, int]]:
    for match in _CJK_MONTH.finditer(text):
        if 1 <= int(match[1]) <= 12:
            yield int(match[1]), int(match[2] or 0)


def _numeric_days(text: str) -> Iterator[tuple[int, int]]:
    """Give the (month, day) pairs that dates in digits may mean, in either order."""
    for match in _NUMERIC.finditer(text):
        first, second, third = int(match[1]), int(match[3]), int(match[4])
        for month, day in ((first, second), (second, first), (second, third)):
            if 1 <= month <= 12 and 1 <= day <= 31:
                yield month, day


@lru_cache(maxsize=32)
def _month_names(language: str) -> Mapping[str, int]:
    return _names(language, "months")


@lru_cache(maxsize=32)
def _weekday_names(language: str) -> Mapping[str, int]:
    return _names(language, "days")


@lru_cache(maxsize=32)
def _short_names(language: str) -> frozenset[str]:
    """Return the abbreviations of days and months that are no full names, folded."""
    long_names = _month_names(language).keys() | _weekday_names(language).keys()
    full = {name for part in ("months", "days") for name in _names(language, part, ("wide",))}
    return frozenset(long_names - full)


def _names(language: str, part: str, widths: Sequence[str] = ("wide", "abbreviated")) -> Mapping[str, int]:
    """Return the names that CLDR has for months or days, in full and short, folded."""
    if language not in LANGUAGES or language in {"zh", "ja", "ko"}:
        return {}
    names = {}
    for form in getattr(Locale(language), part).values():
        for width in widths:
            for number, name in form[width].items():
                if len(folded_name := fold(name.rstrip("."))) > 2:
                    names[folded_name] = number
    return names


def find_unknown_date(sentence: str, language: str, sources: Iterable[tuple[str, str]]) -> str:
    """Return in words what a sentence says of the calendar and no source (text, language) does; empty when
    there is nothing.
    """
    sentence_dates = dates(sentence, language)
    if not (sentence_dates.weekdays or sentence_dates.months):
        return ""
    source_dates = [dates(text, lang) for text, lang in sources]
    if not sentence_dates.weekdays <= frozenset[int]().union(*(k.weekdays for k in source_dates)):
        return "day of the week"
    if not sentence_dates.months <= frozenset[int]().union(*(k.months for k in source_dates)):
        return "month"
    return "" if _holds_days(sentence_dates, source_dates) else "date"


def _holds_days(sentence_dates: Dates, source_dates: list[Dates]) -> bool:
    source_numbers = frozenset[tuple[int, int]]().union(*(k.numbers for k in source_dates))
    held_days = {month for month, number in source_numbers if 0 < number <= 31}
    for month in sentence_dates.months:
        month_numbers = {pair for pair in sentence_dates.numbers if pair[0] == month and 0 < pair[1] <= 31}
        if month_numbers and month in held_days and not month_numbers & source_numbers:
            return False
        years = {pair for pair in sentence_dates.numbers if pair[0] == month and pair[1] > 1000}
        held_years = {pair for pair in source_numbers if pair[0] == month and pair[1] > 1000}
        if years and held_years and not years & held_years:
            return False
    return True


def find_moved_year(sentence: str, language: str, texts: Sequence[str]) -> str:
    """Return a year of a sentence where all sentences of its sources that tell of the same give others."""
    for line in lines(sentence, language):
        if years := _years(line):
            source_years = [
                _years(source_line)
                for text in texts
                for source_line in lines(text, language)
                if _alike(line, source_line)
            ]
            if any(source_years) and not years & frozenset[int]().union(*source_years):
                return str(min(years))
    return ""


def _years(line: Line) -> frozenset[int]:
    return frozenset(int(year) for year in _YEAR.findall(line.text))


def _alike(line: Line, source_line: Line) -> bool:
    return len(line.content & source_line.content) >= max(2, ALIKE * len(line.content))
