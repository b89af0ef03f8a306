"""Days of the month in a schedule: which days they are, and what people write to say so."""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from bot.errors import CallError
from bot.text.typed_words import ORDINAL_ENDING, WEEKDAYS

LAST_WEEK = -1
"""The number of the last week in which a month has some weekday."""

LAST_DAY = 31
"""Stands for the last day in every shorter month."""

ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST_WEEK}
ORDINAL_NAMES = {number: name for name, number in ORDINALS.items()}
MONTHLY, MONTH_DAY = "monthly", "month_day"

LAST_HOUR = 23
USUAL_TIME = "08:00"
"""What examples have where somebody says no time."""

_NUMBERS_THERE_ARE = frozenset(range(1, LAST_DAY + 1))

PLACEHOLDER = "@"
"""Stands in a line where days of the month were taken out."""

_ORDINAL = rf"(?:{'|'.join(ORDINALS)}|[1-4](?:(?!h)[a-z]{{1,2}}|°|\.))"
_ORDINALS = rf"(?:{'|'.join(ORDINALS)})(?: (?:{'|'.join(ORDINALS)})){{1,4}}"
_AND = r"(?: ?[,、・] ?| also | and )(?:(?:on|the|every|day) ){0,2}"
_DAY = rf"(?:{'|'.join(WEEKDAYS)})s?"
_WEEKDAYS_OF_MONTH = re.compile(
    rf"\b({_ORDINALS}|{_ORDINAL}(?:{_AND}{_ORDINAL}){{0,8}}) ?(?:on )?\b({_DAY}(?:{_AND}{_DAY}){{0,8}})\b"
)
_EVERY_FEW_WEEKS = re.compile(rf"\bevery (?:second|third|fourth|[2-4](?:[a-z]{{1,2}}|\.)) ?{_DAY}\b")
"""`every second monday` is most often every other one."""

_LAST_DAY = re.compile(r"\blast[ _]day\b")
_ORDINAL_SIGN = rf"(?: ?{MONTH_DAY}\b|\.?{ORDINAL_ENDING}(?!\w)|\.(?!\d))"
_NUMBER = rf"(?<![:.\w])\d{{1,2}}{_ORDINAL_SIGN}?(?![\w:.])"
_NUMBERS = re.compile(
    rf"(?:{_NUMBER}|\b(?:{'|'.join(ORDINALS)})\b)"
    rf"(?:{_AND}(?:{_NUMBER}|\b(?:{'|'.join(ORDINALS)})\b)){{0,30}}(?: ?{MONTH_DAY})?"
)
_IS_ORDINAL = re.compile(rf"\d{_ORDINAL_SIGN}|{'|'.join(ORDINALS)}")
_DATE = re.compile(rf"(?<!\bat )(?<!\bhour )(?<![:.\w])\d{{1,2}}{_ORDINAL_SIGN}")
"""A number that can only be a day's: `15th`, `15.`, `15日`."""

_LED = re.compile(r"\b(?:every|on|the|day) $")
"""What stands before a day, and before no hour."""

_UNDECIDED = re.compile(r"\b((?:(?:every|on|the|day) ){1,3})(?=(\d{1,2})(?![\w:.]))")
_BARE_NUMBER = re.compile(r"(?<![:.\w])(\d{1,2})(?![\w:.])")
_AT = re.compile(r"\b(?:at|hour) $")
_LED_CLOCK = re.compile(r"\bevery \d{1,2}[:.h]")
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


def two_kinds_of_days(quoted_text: str) -> CallError:
    """Return what is said of days of the week beside days of the month."""
    return CallError(
        "`{text}` names days of the month and others beside them: subscribe once for each, for example "
        "monthly 15th 09:00 and mon 09:00.",
        text=quoted_text.strip()[:40],
    )


def day_or_hour(quoted_text: str, *readings: str) -> CallError:
    """Return what is said of a number that may be a day of the month as well as an hour."""
    return CallError(
        "`{text}` may be {one} or {several}: write it so.",
        text=quoted_text.strip()[:40],
        one=readings[0],
        several=readings[1],
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
    line = _take_weeks(line, days, quoted_text)
    if is_monthly or _DATE.search(line):
        line = _take_numbers(line, days, quoted_text)
        _check_days(line, days, quoted_text)
    return days, line


def _take_weeks(line: str, days: MonthDays, quoted_text: str) -> str:
    """Return a line without weekdays of some weeks of the month, which `days` has then. Raises `CallError`
    where not every one of its weekdays is meant in every one of its weeks.
    """
    groups = [(_ordinals(match[1]), _weekdays(match[2])) for match in _WEEKDAYS_OF_MONTH.finditer(line)]
    for weeks, weekdays in groups:
        days.weeks |= set(weeks)
        days.weekdays |= set(weekdays)
    named_pairs = {pair for weeks, weekdays in groups for pair in product(weeks, weekdays)}
    if named_pairs != set(product(days.weeks, days.weekdays)):
        raise several_rhythms(quoted_text)
    return _WEEKDAYS_OF_MONTH.sub(f" {PLACEHOLDER} ", line)


def _take_numbers(line: str, days: MonthDays, quoted_text: str) -> str:
    """Return a line without its days of the month, which `days` has then: numbers that are written as those
    of days, else all that are no times. Raises `CallError` where one of these may be the time.
    """
    if _LAST_DAY.search(line):
        days.numbers.add(LAST_DAY)
        line = _LAST_DAY.sub(f" {PLACEHOLDER} ", line)
    line = " ".join(word for word in line.split() if word != MONTHLY)
    groups = [match for match in _NUMBERS.finditer(line) if not _CLOCK.match(line, match.start())]
    marked_groups = [
        match
        for match in groups
        if (_IS_ORDINAL.search(match[0]) and not _AT.search(line[: match.start()]))
        or (_LED.search(line[: match.start()]) and _CLOCK.search(line))
    ]
    if not (marked_groups or days.weeks or days.numbers or _has_weekday(line)):
        _check_hour_apart(line, [match[0] for match in groups], quoted_text)
        marked_groups = groups
    for match in reversed(marked_groups):
        days.numbers |= set(_day_numbers(match[0]))
        line = f"{line[: match.start()]} {PLACEHOLDER} {line[match.end() :]}"
    return line


def _check_hour_apart(line: str, groups: Sequence[str], quoted_text: str) -> None:
    """Refuse numbers beside each other (`monthly 15 9`) of which the last may be the hour. Raises
    `CallError`.
    """
    if len(groups) < 2 or _CLOCK.search(line) or re.search(r"\bnow\b", line):
        return
    *first, last = [sorted(_day_numbers(group)) for group in groups]
    numbers = tuple(sorted({number for group in first for number in group}))
    if len(last) > 1 or last[0] > LAST_HOUR:
        return
    raise day_or_hour(
        quoted_text,
        f"{describe_month_days(numbers, (), ())} {last[0]:02}:00",
        f"{describe_month_days(tuple(sorted({*numbers, *last})), (), ())} {USUAL_TIME}",
    )


def _check_days(line: str, days: MonthDays, quoted_text: str) -> None:
    """Refuse what says of no day which one of the month it is. Raises `CallError`."""
    has_weekday = _has_weekday(line)
    if days.numbers and (days.weeks or has_weekday):
        raise two_kinds_of_days(quoted_text)
    is_named = bool(days.numbers or days.weeks)
    if not is_named or has_weekday or not days.numbers <= _NUMBERS_THERE_ARE:
        raise CallError(
            "`{text}` does not say which day of the month. For example: monthly 15th 09:00, monthly last day "
            "09:00, or first monday 09:00.",
            text=quoted_text.strip()[:40],
        )


def _has_weekday(line: str) -> bool:
    return re.search(rf"\b{_DAY}\b", line) is not None


def readings_of_undecided(line: str) -> tuple[str, str] | None:
    """Return a line in the words of commands with its bare numbers as days of the month, and with them as
    hours, where what stands before one fits both (`le 15`, `il 15`, `day 15`); None where nothing does.
    """
    has_clock_led = _LED_CLOCK.search(line) is not None
    numbers = [
        match[2] for match in _UNDECIDED.finditer(line) if not (has_clock_led and match[1] == "every ")
    ]
    if not any(int(number) in _NUMBERS_THERE_ARE for number in numbers):
        return None
    time_of_day = "" if _CLOCK.search(line) else f" {USUAL_TIME}"
    return _BARE_NUMBER.sub(rf"\1 {MONTH_DAY}", line) + time_of_day, _UNDECIDED.sub("", line)


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
