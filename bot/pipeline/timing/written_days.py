"""Days as people write them in their language: `24.12.`, `24 dicembre`, `December 24`, `12月24日`."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from babel import Locale

from bot.languages import SPOKEN
from bot.text.month_names import BESIDE_DAY_AND_ALONE, month_names
from bot.text.words import fold

CENTURY = 2000

_CJK_DAY = re.compile(
    r"(?:(?P<year>\d{4})\s?[年년]\s?)?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日號号일]"
)
_POINTS = re.compile(
    r"(?<![\d.:/-])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d\d))?(?![\d:.])"
    r"|(?<![\d.:/-])(?P<late_day>2[4-9]|3[01])\.(?P<late_month>0?[1-9]|1[0-2])(?![\d:.])"
)
"""A day and a month with a point behind each; without the last one where they are no time of day."""

_SLASHES = re.compile(
    r"(?<![\d.:/-])(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d\d))?(?![\d:/])"
)
_ORDINAL = r"(?:\.|º|°|er|st|nd|rd|th)?"


def write_days(text: str, today: date, *, is_past: bool = False) -> str:
    """Return a line with its days as `2026-12-24`. One without a year is the next that comes, or the last
    that has been; `5/6`, of which nobody knows which is the month, stays as it is.
    """
    line = fold(text)
    for pattern in (_CJK_DAY, _POINTS, _SLASHES, *_by_name()):
        line = pattern.sub(lambda match: _written(match, today, is_past=is_past), line)
    return line


def _written(match: re.Match[str], today: date, *, is_past: bool) -> str:
    parts = match.groupdict()
    if parts.get("first"):
        first, second = int(parts["first"]), int(parts["second"])
        if first <= 12 and second <= 12 and first != second:
            return match[0]
        day, month = (first, second) if second <= 12 else (second, first)
    else:
        name = parts.get("name") or ""
        month = _months()[name] if name else int(parts.get("month") or parts["late_month"])
        day = int(parts.get("day") or parts["late_day"])
    year = int(parts.get("year") or 0)
    found = _day_of(year, month, day, today, is_past=is_past)
    return f" {found:%Y-%m-%d} " if found else match[0]


def _day_of(year: int, month: int, day: int, today: date, *, is_past: bool) -> date | None:
    """Return a day of the calendar; without a year the nearest on the one side of today, None for none."""
    if year:
        return _valid(year if year >= 100 else CENTURY + year, month, day)
    years = range(today.year, today.year - 9, -1) if is_past else range(today.year, today.year + 9)
    days = [found for year in years if (found := _valid(year, month, day))]
    return next((one for one in days if (one <= today if is_past else one >= today)), None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _months() -> Mapping[str, int]:
    """Return the months by their whole names in the languages of the bot, folded."""
    names: dict[str, int] = {}
    for language in SPOKEN:
        for name, number in month_names(Locale(language), BESIDE_DAY_AND_ALONE):
            if not name[0].isdigit():
                names[fold(name)] = number
    return names


@cache
def _by_name() -> tuple[re.Pattern[str], ...]:
    """Return what finds a day beside the name of its month, before or behind it."""
    name = f"(?P<name>{'|'.join(sorted(map(re.escape, _months()), key=len, reverse=True))})"
    day = rf"(?P<day>\d{{1,2}}){_ORDINAL}"
    return (
        re.compile(rf"(?<![\w.:/-]){day}\s?(?:de |di |of )?{name}(?!\w)(?:,?\s(?:de )?(?P<year>\d{{4}}))?"),
        re.compile(rf"(?<!\w){name}\s{day}(?![\w:])(?:,?\s(?P<year>\d{{4}}))?"),
    )
