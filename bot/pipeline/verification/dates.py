"""Days of the week, months, and days of months in any language's words or digits, and whether a source holds those of a sentence."""

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
NEAR = 3
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
    """What a text says of the calendar: weekdays (Monday is 0), months, and numbers (days, years) beside months."""

    weekdays: frozenset[int]
    months: frozenset[int]
    beside: frozenset[tuple[int, int]]


@lru_cache(maxsize=256)
def dates(text: str, language: str) -> Dates:
    """Return what a text says of the calendar."""
    weekdays, months, beside = set(_cjk_weekdays(text)), set[int](), set(_cjk_days(text))
    found = list(_WORD.finditer(text))
    words = [match.group() for match in found]
    week, year = _weekday_names(language), _month_names(language)
    for at, (word, match) in enumerate(zip(words, found, strict=True)):
        name = fold(word)
        meant = name in week.keys() | year.keys() and _is_meant(word, name, words, at)
        if not meant or (name in _short_names(language) and not _is_short_form(text, match.end(), words, at)):
            continue
        if name in week:
            weekdays.add(week[name])
        if name in year:
            months.add(year[name])
            beside |= {(year[name], int(w)) for w in words[max(0, at - NEAR) : at + NEAR + 1] if _is_short(w)}
    for month, day in _numeric_days(text):
        beside.add((month, day))
    months |= {month for month, _ in beside}
    return Dates(frozenset(weekdays), frozenset(months), frozenset(beside))


def _is_short(word: str) -> bool:
    return word.isdecimal() and len(word) <= 4


def _is_meant(word: str, name: str, words: list[str], at: int) -> bool:
    if name not in ALSO_WORDS:
        return True
    beside = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
    return any(w.isdecimal() for w in beside) or (word[0].isupper() and at > 0)


def _is_short_form(text: str, end: int, words: list[str], at: int) -> bool:
    """Tell whether a word that abbreviates a day or month does so here: a point follows, or a number stands beside it. Sam Altman is no Saturday."""
    beside = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
    return text[end : end + 1] == "." or any(word.isdecimal() for word in beside)


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
    every = _month_names(language).keys() | _weekday_names(language).keys()
    full = {name for what in ("months", "days") for name in _names(language, what, ("wide",))}
    return frozenset(every - full)


def _names(language: str, what: str, widths: Sequence[str] = ("wide", "abbreviated")) -> Mapping[str, int]:
    """Return the names that CLDR has for months or days, in full and short, folded."""
    if language not in LANGUAGES or language in {"zh", "ja", "ko"}:
        return {}
    found = {}
    for form in getattr(Locale(language), what).values():
        for width in widths:
            for number, name in form[width].items():
                if len(folded := fold(name.rstrip("."))) > 2:
                    found[folded] = number
    return found


def unknown_date(said: str, language: str, sources: Iterable[tuple[str, str]]) -> str:
    """Return in words what a sentence says of the calendar and no source (text, language) does; empty when there is nothing."""
    claimed = dates(said, language)
    if not (claimed.weekdays or claimed.months):
        return ""
    known = [dates(text, lang) for text, lang in sources]
    if not claimed.weekdays <= frozenset[int]().union(*(k.weekdays for k in known)):
        return "day of the week"
    if not claimed.months <= frozenset[int]().union(*(k.months for k in known)):
        return "month"
    return "" if _days_held(claimed, known) else "date"


def _days_held(claimed: Dates, known: list[Dates]) -> bool:
    held = frozenset[tuple[int, int]]().union(*(k.beside for k in known))
    held_days = {month for month, number in held if 0 < number <= 31}
    for month in claimed.months:
        said = {pair for pair in claimed.beside if pair[0] == month and 0 < pair[1] <= 31}
        if said and month in held_days and not said & held:
            return False
        years = {pair for pair in claimed.beside if pair[0] == month and pair[1] > 1000}
        held_years = {pair for pair in held if pair[0] == month and pair[1] > 1000}
        if years and held_years and not years & held_years:
            return False
    return True


def moved_year(said: str, language: str, texts: Sequence[str]) -> str:
    """Return a year of a sentence where all sentences of its sources that tell of the same give others."""
    for line in lines(said, language):
        if years := _years(line):
            told = [_years(other) for text in texts for other in lines(text, language) if _alike(line, other)]
            if any(told) and not years & frozenset[int]().union(*told):
                return str(min(years))
    return ""


def _years(line: Line) -> frozenset[int]:
    return frozenset(int(year) for year in _YEAR.findall(line.text))


def _alike(line: Line, other: Line) -> bool:
    return len(line.content & other.content) >= max(2, ALIKE * len(line.content))
