"""When a subscription's next digest is due, through both daylight-saving changes, and what people write to
say so.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.errors import CallError
from bot.model import Schedule
from bot.pipeline.timing.months import (
    LAST_HOUR,
    PLACEHOLDER,
    MonthDays,
    day_or_hour,
    describe_month_days,
    is_day_of_month,
    readings_of_undecided,
    several_rhythms,
    take_month_days,
    two_kinds_of_days,
)
from bot.text.typed_words import WEEKDAYS, in_english
from bot.text.words import fold

DAY_NAMES = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
EVERY_DAY = tuple(range(7))
WORKING_DAYS = (0, 1, 2, 3, 4)
SHORTEST_DAY = 3
"""Letters of a name that is taken for a day's."""

FILLERS = frozenset(
    {"daily", "at", "and", "also", "every", "day", "on", "the", "hour", "week", "since", "during", "time"}
)
"""Words that people put between times and days, and that say nothing by themselves."""

_SEVERAL_DAYS = {"weekdays": (0, 1, 2, 3, 4), "weekends": (5, 6)}
_DAY = "|".join(WEEKDAYS)
_DAY_RANGE = re.compile(
    rf"\b({_DAY})s?\s*(?:at|to|til|till|until|thru|through|since|[-–—~〜])\s*({_DAY})s?\b(?: until\b)?"
)
_DAY_LIST = rf"(?:{_DAY}|weekend)s?(?:(?:\s*,\s*|\s+(?:also|and|or)\s+(?:on\s+)?)(?:{_DAY}|weekend)s?){{0,6}}"
_WITHOUT = re.compile(
    rf"(?:\bwithout\s+(?:(?:on|the|daily|every)\s+)*)?({_DAY_LIST})\s+without_behind\b"
    rf"|\bwithout\s+(?:(?:on|the|daily|every)\s+)*({_DAY_LIST})"
)
"""Days that are left out, with what says so."""

_OFTEN = re.compile(r"\bevery\s+(?:\d+\s*)?(?:h|hours?|min|mins|minutes?)\b|\bhourly\b|\bevery oclock\b")
_TWO_OR_MINUTES = re.compile(r"\b(\d{2}):00 also (10|15|20)(?![:.\dh])")
_TWO_OR_MINUTES_BARE = re.compile(r"(\d{1,2}) (10|15|20)")
"""What may be two times, or one with its minutes (`alle 8 e 15`, `8 15`)."""

_EVERY_DAY = re.compile(r"\bdaily\b|\bevery day\b")
_HOURS_BACKWARDS = re.compile(r"(\d{1,2})[ ,;]+(\d{1,2})")
"""Two bare numbers, the whole of a line: hours are written in their order."""

_TIME = re.compile(r"^(\d{1,2})(?:[:.h](\d{2})|h)?$")


def next_slot(schedule: Schedule, zone: str, after: datetime) -> datetime | None:
    """Return the first slot strictly after `after` (in UTC), None when the schedule has no times.

    A local time that does not exist on a day (clocks go forward) becomes the next minute that does;
    one that exists twice (clocks go back) is its first occurrence, once.
    """
    if not schedule.times or not schedule.days:
        return None
    tz = ZoneInfo(zone)
    day = after.astimezone(tz).date() - timedelta(days=1)
    while True:
        if day.weekday() in schedule.days and is_day_of_month(day, schedule.month_days, schedule.weeks):
            for at in sorted(schedule.times):
                moment = _exists(datetime.combine(day, at, tz))
                if moment > after:
                    return moment
        day += timedelta(days=1)


def _exists(local: datetime) -> datetime:
    """Return the UTC moment of a local time, moved to the end of the gap when it lies in one."""
    moment = local.replace(fold=0).astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    offset_before = (local - timedelta(days=1)).utcoffset() or timedelta()
    offset_after = (local + timedelta(days=1)).utcoffset() or timedelta()
    gap_end = local.replace(tzinfo=UTC) - offset_before
    step = gap_end - timedelta(minutes=gap_end.minute + 60 * gap_end.hour)
    while (step.astimezone(local.tzinfo).utcoffset() or timedelta()) != offset_after:
        step += timedelta(minutes=1)
    return step


def parse_schedule(text: str, typed: str = "", *, usual: time | None = None) -> Schedule:
    """Read what a person writes: `08:00`, `8, 18:30`, `weekdays 7:45`, `mon,thu 9`, `monthly 1st 9:00`,
    `first monday 9`, `now` (at once), `now 08:00` (both); in any language of the bot (`ogni giorno alle 8`).
    Days without a time are meant at the `usual` one, where there is one.

    Raises `CallError` naming the word that is wrong, what is right, and an example; `typed` is what it quotes
    where the text is that already in the words of commands.
    """
    line = in_english(text, hours_are_times=True)
    text = typed or text
    _check_readable(line, text)
    undecided = readings_of_undecided(line)
    if undecided is not None and readings_of_undecided(take_month_days(line, text)[1]):
        return _decide(undecided, text)
    return _parse_line(line, text, usual)


def _parse_line(line: str, text: str, usual: time | None = None) -> Schedule:
    """Read a line in the words of commands; days without a time are meant at the usual one. Raises
    `CallError`, which quotes a text.
    """
    parts: list[tuple[int, ...] | time] = []
    instant = False
    free_days, line = _take_left_out(line)
    month_days, line = take_month_days(line, text)
    for word in re.split(r"[\s,;、・]+", _DAY_RANGE.sub(_days_between, line)):
        if not word or word in FILLERS:
            continue
        if word == PLACEHOLDER:
            parts.append(tuple(month_days.weekdays))
        elif word == "now":
            instant = True
        elif word in _SEVERAL_DAYS:
            parts.append(_SEVERAL_DAYS[word])
        elif (day := weekday_called(word)) is not None:
            parts.append((day,))
        else:
            parts.append(parse_time(word, text))
    _check_one_rhythm(parts, text)
    times = {part for part in parts if isinstance(part, time)}
    days = {day for part in parts if isinstance(part, tuple) for day in part}
    _check_one_kind_of_days(month_days, days, text)
    if free_days:
        days = _without_days(month_days, days, free_days, text)
    names_days = bool(days or month_days.numbers or _EVERY_DAY.search(line))
    if usual is not None and names_days and not (times or instant):
        times = {usual}
    _check_times(times, instant, bool(days or month_days.numbers), text)
    return Schedule(
        tuple(sorted(times)),
        tuple(sorted(days)) or EVERY_DAY,
        instant,
        tuple(sorted(month_days.numbers)),
        tuple(sorted(month_days.weeks, key=lambda week: (week < 0, week))),
    )


def _take_left_out(line: str) -> tuple[set[int], str]:
    """Return the days that a line in the words of commands leaves out, and the rest of it."""
    matches = [match[1] or match[2] for match in _WITHOUT.finditer(line)]
    words = [word for days in matches for word in re.split(r"[\s,]+", days)]
    days = {day for word in words if (day := weekday_called(word)) is not None}
    weekend = set(_SEVERAL_DAYS["weekends"]) if any(word.startswith("weekend") for word in words) else set()
    return days | weekend, _WITHOUT.sub(" ", line)


def _without_days(month_days: MonthDays, days: set[int], free_days: set[int], text: str) -> set[int]:
    """Return the days of a schedule without some, of every day where it names none. Raises `CallError` where
    none remains, and beside days of the month.
    """
    if month_days.numbers or month_days.weeks:
        raise two_kinds_of_days(text)
    if remaining := (days or set(EVERY_DAY)) - free_days:
        return remaining
    raise CallError("`{text}` leaves out every day that it names.", text=text.strip()[:40])


def _decide(readings: tuple[str, str], text: str) -> Schedule:
    """Return the schedule of the one of two readings that there is. Raises `CallError`, which asks, where
    there are both.
    """
    schedules: list[Schedule] = []
    errors: list[CallError] = []
    for reading in readings:
        try:
            schedules.append(_parse_line(reading, text))
        except CallError as error:
            errors.append(error)
    if len(set(schedules)) > 1:
        raise day_or_hour(text, *map(describe, schedules))
    if not schedules:
        raise errors[0]
    return schedules[0]


def _check_times(times: set[time], instant: bool, has_days: bool, text: str) -> None:
    """Refuse what says no time: news at once knows no days, so that these would be lost. Raises
    `CallError`.
    """
    if not times and not instant:
        raise CallError(
            "A schedule needs at least one time, for example 08:00, or the word now for news at once."
        )
    if not times and has_days:
        raise CallError(
            "`{text}` names days and no time: news at once comes on every day. Write now alone, or a time "
            "for those days, for example mon 09:00 now or monthly 1st 09:00.",
            text=text.strip()[:40],
        )


def _check_readable(line: str, text: str) -> None:
    """Refuse what names no times of day, and what may be one time as well as two. Raises `CallError`."""
    if _OFTEN.search(line):
        raise CallError(
            "`{text}` says how often, and a schedule says at what times of day: 08:00 14:00 20:00, or the "
            "word now for news at once.",
            text=text.strip()[:40],
        )
    if (match := _HOURS_BACKWARDS.fullmatch(line)) and int(match[2]) < int(match[1]) <= LAST_HOUR:
        raise _day_and_hour(text, int(match[1]), int(match[2]))
    if match := _TWO_OR_MINUTES.search(line) or _TWO_OR_MINUTES_BARE.fullmatch(line):
        hour, minute = f"{int(match[1]):02}", match[2]
        raise CallError(
            "`{text}` may be {one} or {several}: write it so.",
            text=text.strip()[:40],
            one=f"{hour}:{minute}",
            several=f"{hour}:00 {minute}:00",
        )


def _day_and_hour(text: str, day: int, hour: int) -> CallError:
    """Return what is said of a number before a smaller one (`15 8`): a day of the month and an hour, or two
    hours.
    """
    readings = Schedule((time(hour),), month_days=(day,)), Schedule((time(hour), time(day)))
    return day_or_hour(text, *map(describe, readings))


def _check_one_rhythm(parts: Sequence[tuple[int, ...] | time], text: str) -> None:
    """Refuse times that belong to some days only (`mon 8 tue 9`): a schedule has its times on all its days.
    Raises `CallError`.
    """
    runs = [(are_times, set(run)) for are_times, run in groupby(parts, lambda part: isinstance(part, time))]
    times = [run for are_times, run in runs if are_times]
    if len(runs) - len(times) > 1 and any(run != times[0] for run in times):
        raise several_rhythms(text)


def _check_one_kind_of_days(month_days: MonthDays, days: set[int], text: str) -> None:
    """Refuse days of the week beside days of the month. Raises `CallError`."""
    is_mixed = (month_days.numbers and days) or (month_days.weeks and days != month_days.weekdays)
    if is_mixed:
        raise two_kinds_of_days(text)


def _days_between(match: re.Match[str]) -> str:
    """Return every day from one to another, also over the end of the week."""
    first, last = WEEKDAYS.index(match[1]), WEEKDAYS.index(match[2])
    return " ".join(WEEKDAYS[(first + n) % 7] for n in range((last - first) % 7 + 1))


def weekday_called(word: str) -> int | None:
    """Return the day of the week that an English word names, also cut short (`tues`) or of several
    (`mondays`); None for another, which may only begin like one (`monthly`).
    """
    if len(word) < SHORTEST_DAY:
        return None
    return next((n for n, name in enumerate(WEEKDAYS) if name.startswith(word) or word == f"{name}s"), None)


def parse_time(word: str, text: str = "") -> time:
    """Read a time of day such as `08:00` or `8`. Raises `CallError` with what is right, and with the word, or
    the whole text where that says it in another language.
    """
    match = _TIME.match(word)
    if not match:
        raise CallError(
            (
                "`{word}` is not a time or a day. Write times like 08:00 and days like mon or "
                "weekdays, for example: weekdays 08:00 18:00."
            ),
            word=_as_typed(word, text) if not text or word in fold(text) else text.strip()[:40],
        )
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        raise CallError(
            "`{word}` is not a time. Hours go from 0 to 23 and minutes to 59, for example 08:00.", word=word
        )
    return time(hour, minute)


def _as_typed(word: str, text: str) -> str:
    """Return a folded word as it stands in a text, where it does as a whole: with its accents."""
    return next((typed for typed in re.split(r"[\s,;、・]+", text) if fold(typed) == word), word)


def describe(schedule: Schedule) -> str:
    """Return a schedule the way `parse_schedule` reads it."""
    names = list(DAY_NAMES)
    parts = ["now"] if schedule.instant else []
    month_days = describe_month_days(schedule.month_days, schedule.weeks, schedule.days)
    if schedule.times and month_days:
        parts.append(month_days)
    elif schedule.times and schedule.days == WORKING_DAYS:
        parts.append("weekdays")
    elif schedule.times and schedule.days != EVERY_DAY:
        parts.append(",".join(names[d] for d in schedule.days))
    parts += [at.strftime("%H:%M") for at in schedule.times]
    return " ".join(parts)
