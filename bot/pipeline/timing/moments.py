"""Moments as people write them: when a pause ends (`8h`, `tomorrow`, `monday 9:30`), and since when something
is searched (`3d`, `week`, a date).
"""

import difflib
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import CallError
from bot.model import Schedule
from bot.pipeline.timing.slots import next_slot, weekday_called
from bot.pipeline.timing.written_days import write_days
from bot.text.typed_words import WEEKDAYS, in_english

MORNING = time(8)
"""When a day begins for whoever names one without a time."""

LONGEST = timedelta(days=366)
"""How far away a moment may lie."""

UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(days=7)),
    **dict.fromkeys(("month", "months"), timedelta(days=30)),
}
KNOWN = ("today", "tomorrow", *WEEKDAYS, *(unit for unit in UNITS if len(unit) > 1))
FILLERS = frozenset(
    {
        "until",
        "till",
        "to",
        "for",
        "since",
        "at",
        "also",
        "on",
        "next",
        "last",
        "the",
        "a",
        "an",
        "one",
        "every",
        "during",
    }
)
"""Words that people put around a moment, and that say nothing by themselves."""

_END_WORDS = frozenset({"until", "till", "to"})

_LENGTH = re.compile(r"(\d{1,4})\s*+([a-z]++)")
_CLOCK = re.compile(r"\b(\d{1,2})[:.](\d{2})\b|(?<=[a-z] )(\d{1,2})$")
"""A time, or an hour behind the name of a day."""

_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")


def parse_future(text: str, zone: str, now: datetime) -> datetime:
    """Read a moment to come, in UTC: a length of time from now, a time, a day (from 08:00 on) or a date, with
    a time or without one. Raises `CallError` with what is right.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    line = write_days(text, today)
    _check_one_day(line, text)
    words = _without_fillers(line)
    if (length := _length(words)) is not None:
        return _check_future(now + min(length, 2 * LONGEST), text, now)
    clock, day = _take_time(words)
    at = Schedule((clock or MORNING,))
    if (given_date := _date(day)) is not None:
        _check_day(given_date, today, text)
        midnight = datetime.combine(given_date, time(), ZoneInfo(zone)).astimezone(UTC)
        return _check_future(next_slot(at, zone, midnight - timedelta(seconds=1)), text, now)
    if not day and clock is not None:
        return _check_future(next_slot(at, zone, now), text, now)
    weekday = {"tomorrow": (today.weekday() + 1) % 7}.get(day, weekday_called(day))
    if day == "today" and clock is not None:
        weekday = today.weekday()
        if datetime.combine(today, clock, ZoneInfo(zone)) <= now:
            raise _past(text)
    if weekday is None:
        raise _unknown(text, words, now.astimezone(ZoneInfo(zone)))
    return _check_future(next_slot(Schedule(at.times, (weekday,)), zone, now), text, now)


def is_bare_day(text: str, zone: str, now: datetime) -> bool:
    """Tell whether a text is a day of the calendar and no word for its end (`24.12.`), so that something may
    as well begin then.
    """
    line = in_english(write_days(text, now.astimezone(ZoneInfo(zone)).date()))
    return _DATE.search(line) is not None and _END_WORDS.isdisjoint(line.split())


def _check_one_day(line: str, text: str) -> None:
    """Refuse a line of two days: nothing begins later than now. Raises `CallError`."""
    days = [match[0] for match in _DATE.finditer(line)]
    if len(days) > 1:
        raise CallError(
            "`{text}` has a first and a last day, and a pause begins when you say it: on {first} say "
            "/pause until {last}.",
            text=text.strip()[:40],
            first=days[0],
            last=days[1],
        )


def parse_past(text: str, zone: str, now: datetime) -> datetime:
    """Read since when something is wanted, in UTC: a length of time before now, a day or a date, both from
    midnight on. Raises `CallError` with what is right.
    """
    local = now.astimezone(ZoneInfo(zone)).date()
    line = _without_fillers(write_days(text, local, is_past=True))
    words = " ".join(word for word in line.split() if word != "ago")
    if (length := _length(words)) is not None:
        return now - min(length, LONGEST)
    day = _date(words)
    if day is None and words in {"today", "yesterday"}:
        day = local - timedelta(days=words == "yesterday")
    if day is None and (weekday := weekday_called(words)) is not None:
        is_last = "last" in in_english(text).split()
        day = local - timedelta(days=(local.weekday() - weekday) % 7 or (7 if is_last else 0))
    if day is None:
        raise CallError(
            "`{text}` does not say since when. For example: 3d, week, monday, or a date such as {date}.",
            text=text.strip()[:40],
            date=f"{local - timedelta(days=7):%Y-%m-%d}",
        )
    if day > local:
        raise CallError("`{text}` is still to come: news has been, for example 3d.", text=text.strip()[:40])
    earliest = now - LONGEST
    if day < earliest.astimezone(ZoneInfo(zone)).date():
        return earliest
    return max(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC), earliest)


def parse_length(text: str) -> timedelta | None:
    """Return a length of time as people write it (`2h`, `90 minutes`, `every day`); None of anything else."""
    return _length(_without_fillers(text))


def _without_fillers(text: str) -> str:
    return " ".join(word for word in in_english(text).split() if word not in FILLERS)


def _length(words: str) -> timedelta | None:
    """Return a length of time: one or several numbers with a unit (`2 days 3h`), or a unit alone."""
    if words in UNITS and len(words) > 1:
        return UNITS[words]
    parts = _LENGTH.findall(words)
    if not parts or _LENGTH.sub("", words).replace("and", "").replace(",", "").strip():
        return None
    if any(unit not in UNITS for _, unit in parts):
        return None
    return sum((int(number) * UNITS[unit] for number, unit in parts), timedelta())


def _take_time(words: str) -> tuple[time | None, str]:
    """Return the time of day that is written, and the rest."""
    match = _CLOCK.search(words)
    if match is None:
        if words.isdecimal():
            raise CallError(
                "`{word}` may be hours or a time: write {word}h, or {clock}.",
                word=words[:4],
                clock=f"{int(words[:4]) % 24:02}:00",
            )
        return None, words
    hour, minute = int(match[1] or match[3]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        raise CallError(
            "`{word}` is not a time. Hours go from 0 to 23 and minutes to 59, for example 08:00.",
            word=match[0],
        )
    return time(hour, minute), " ".join(_CLOCK.sub(" ", words).split())


def _date(words: str) -> date | None:
    match = _DATE.fullmatch(words)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise CallError(
            "`{text}` is no date of the calendar. They are written like 2026-12-31.", text=match[0]
        ) from error


def _check_future(moment: datetime | None, text: str, now: datetime) -> datetime:
    if moment is None or moment <= now:
        raise _past(text)
    if moment - now > LONGEST:
        raise _far(text)
    return moment


def _check_day(day: date, today: date, text: str) -> None:
    """Refuse a day that is over or too far away before it becomes a moment: the first and the last days of
    the calendar have none in some zones.
    """
    if day < today:
        raise _past(text)
    if day - today > LONGEST + timedelta(days=1):
        raise _far(text)


def _far(text: str) -> CallError:
    return CallError(
        "`{text}` is more than a year away. Without a moment it lasts until somebody says /resume.",
        text=text.strip()[:40],
    )


def _past(text: str) -> CallError:
    return CallError(
        "`{text}` is over already. Give a moment to come, for example 8h or tomorrow.",
        text=text.strip()[:40],
    )


def _unknown(text: str, words: str, local: datetime) -> CallError:
    return CallError(
        (
            "`{text}` is no moment that I know. Nearest: {near}. For example: 8h, 2 days, tomorrow, "
            "monday 09:30, 08:00, or a date such as 2026-12-31."
        ),
        text=text.strip()[:40],
        near=_nearest(words, local),
    )


def _nearest(words: str, local: datetime) -> str:
    """Return what is right and near to words that are no moment: never those themselves."""
    last_word = next(iter(re.findall(r"[a-z]+", words)[-1:]), "")
    if last_word in UNITS:
        return f"2{last_word}" if len(last_word) == 1 else f"2 {last_word}"
    near = next(iter(difflib.get_close_matches(last_word, KNOWN, n=1, cutoff=0.6)), "tomorrow")
    if near == "today":
        return f"today {local.hour + 1:02}:00" if local.hour < 23 else "tomorrow"
    return near
