"""Days of the month in a schedule: which days they are, and what people write to say so."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from bot.errors import CallError
from bot.text.typed_words import WEEKDAYS

LAST_WEEK = -1
"""The number of the last week in which a month has some weekday."""

LAST_DAY = 31
"""Stands for the last day in every shorter month."""

ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST_WEEK}
ORDINAL_NAMES = {number: name for name, number in ORDINALS.items()}
MONTHLY, MONTH_DAY = "monthly", "month_day"

_NUMBERS_THERE_ARE = frozenset(range(1, LAST_DAY + 1))

PLACEHOLDER = "@"
"""Stands in a line where days of the month were taken out."""

_ORDINAL = rf"(?:{'|'.join(ORDINALS)}|[1-4](?:(?!h)[a-z]{{1,2}}|\.))"
_AND = r"(?: ?[,、・] ?| also | and )(?:(?:on|the|every) ){0,2}"
_DAY = rf"(?:{'|'.join(WEEKDAYS)})s?"
_WEEKDAYS_OF_MONTH = re.compile(
    rf"\b({_ORDINAL}(?:{_AND}{_ORDINAL}){{0,8}}) ?(?:on )?\b({_DAY}(?:{_AND}{_DAY}){{0,8}})\b"
)
_EVERY_FEW_WEEKS = re.compile(rf"\bevery (?:second|third|fourth|[2-4](?:[a-z]{{1,2}}|\.)) ?{_DAY}\b")
"""`every second monday` is most often every other one."""

_LAST_DAY = re.compile(r"\blast[ _]day\b")
_NUMBER = rf"(?<![:.\d])\d{{1,2}}(?: ?{MONTH_DAY}|(?!h\b)[a-z]{{1,2}}\b|\.(?!\d))?(?![\d:.])"
_NUMBERS = re.compile(
    rf"(?:{_NUMBER}|\b(?:{'|'.join(ORDINALS)})\b)"
    rf"(?:(?: ?[,、] ?| also | and )(?:{_NUMBER}|\b(?:{'|'.join(ORDINALS)})\b)){{0,30}}(?: ?{MONTH_DAY})?"
)
_IS_ORDINAL = re.compile(rf"\d(?:[a-z]|\.| ?{MONTH_DAY})|{'|'.join(ORDINALS)}")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}|\d{1,2}h\b")


@dataclass(slots=True)
class MonthDays:
    """Days of the month by their numbers, or weekdays (Monday is 0) in some of its weeks."""

    numbers: set[int] = field(default_factory=set)
    weeks: set[int] = field(default_factory=set)
    weekdays: set[int] = field(default_factory=set)


def several_rhythms(quoted_text: str) -> CallError:
    """Return what is said of times that belong to some of the days only."""
    return CallError(
        "`{text}` has other times on other days: subscribe once for each, with the days and times of its "
        "own.",
        text=quoted_text.strip()[:40],
    )


def is_day_of_month(day: date, numbers: tuple[int, ...], weeks: tuple[int, ...]) -> bool:
    """Tell whether a day is one of some days of the month, where any are named, and lies in one of some weeks
    of its weekday, where any are named. A number beyond the end of a month is its last day.
    """
    length = calendar.monthrange(day.year, day.month)[1]
    is_numbered = day.day in numbers or (day.day == length and any(number > length for number in numbers))
    is_last = day.day + 7 > length
    in_week = (day.day - 1) // 7 + 1 in weeks or (LAST_WEEK in weeks and is_last)
    return (is_numbered or not numbers) and (in_week or not weeks)


def take_month_days(line: str, quoted_text: str) -> tuple[MonthDays, str]:
    """Return the days of the month that a line in the words of commands names, and the line with
    `PLACEHOLDER` in their place. Raises `CallError`, which quotes a text, where it names the month and not
    its day.
    """
    days = MonthDays()
    is_monthly = MONTHLY in line.split() or _LAST_DAY.search(line) is not None
    if not is_monthly and _EVERY_FEW_WEEKS.search(line):
        raise CallError(
            "`{text}` may be every few weeks, or one week of each month: for that write monthly second "
            "monday 09:00.",
            text=quoted_text.strip()[:40],
        )
    groups = [(_ordinals(match[1]), _weekdays(match[2])) for match in _WEEKDAYS_OF_MONTH.finditer(line)]
    line = _WEEKDAYS_OF_MONTH.sub(f" {PLACEHOLDER} ", line)
    for weeks, weekdays in groups:
        days.weeks |= set(weeks)
        days.weekdays |= set(weekdays)
    named_pairs = {pair for weeks, weekdays in groups for pair in product(weeks, weekdays)}
    if named_pairs != set(product(days.weeks, days.weekdays)):
        raise several_rhythms(quoted_text)
    if is_monthly:
        line = _take_numbers(line, days)
    is_named = bool(days.numbers or days.weeks)
    if is_monthly and (
        not is_named or re.search(rf"\b{_DAY}\b", line) or not days.numbers <= _NUMBERS_THERE_ARE
    ):
        raise CallError(
            "`{text}` does not say which day of the month. For example: monthly 15th 09:00, monthly last day "
            "09:00, or first monday 09:00.",
            text=quoted_text.strip()[:40],
        )
    return days, line


def _take_numbers(line: str, days: MonthDays) -> str:
    """Return a line without its days of the month, which `days` has then: numbers that are written as those
    of days, else all that are no times.
    """
    if _LAST_DAY.search(line):
        days.numbers.add(LAST_DAY)
        line = _LAST_DAY.sub(f" {PLACEHOLDER} ", line)
    line = " ".join(word for word in line.split() if word != MONTHLY)
    groups = [match for match in _NUMBERS.finditer(line) if not _CLOCK.match(line, match.start())]
    marked_groups = [match for match in groups if _IS_ORDINAL.search(match[0])]
    if days.weeks or days.numbers:
        groups = marked_groups
    for match in reversed(marked_groups or groups):
        days.numbers |= set(_day_numbers(match[0]))
        line = f"{line[: match.start()]} {PLACEHOLDER} {line[match.end() :]}"
    return line


def _day_numbers(text: str) -> Iterator[int]:
    for word in re.findall(rf"\d+|{'|'.join(ORDINALS)}", text):
        number = ORDINALS.get(word) or int(word)
        yield LAST_DAY if number == LAST_WEEK else number


def _ordinals(text: str) -> list[int]:
    words = re.findall(rf"{'|'.join(ORDINALS)}|\d", text)
    return sorted(ORDINALS.get(word) or int(word) for word in words)


def _weekdays(text: str) -> list[int]:
    return sorted(WEEKDAYS.index(word) for word in re.findall("|".join(WEEKDAYS), text))


def describe_month_days(numbers: tuple[int, ...], weeks: tuple[int, ...], weekdays: tuple[int, ...]) -> str:
    """Return days of the month the way `take_month_days` reads them, empty for none."""
    if weeks:
        ordinals = ",".join(ORDINAL_NAMES[week] for week in weeks)
        return f"{MONTHLY} {ordinals} {','.join(WEEKDAYS[day] for day in weekdays)}"
    return f"{MONTHLY} {','.join(map(_ordinal_number, numbers))}" if numbers else ""


def _ordinal_number(number: int) -> str:
    suffix = "th" if number in range(11, 14) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
