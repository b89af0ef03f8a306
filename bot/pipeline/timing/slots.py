"""When a subscription's next digest is due, through both daylight-saving changes, and what people write to
say so.
"""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import CallError
from bot.model import Schedule
from bot.text.typed_words import in_english

DAY_NAMES = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
EVERY_DAY = tuple(range(7))
FILLERS = frozenset({"daily", "at", "and", "also", "every", "day", "on", "the", "hour", "week"})
"""Words that people put between times and days, and that say nothing by themselves."""

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
        if day.weekday() in schedule.days:
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


def parse_schedule(text: str) -> Schedule:
    """Read what a person writes: `08:00`, `8, 18:30`, `weekdays 7:45`, `mon,thu 9`, `now` (at once), `now
    08:00` (both); in any language of the bot (`ogni giorno alle 8`).

    Raises `CallError` naming the word that is wrong, what is right, and an example.
    """
    times: list[time] = []
    days: tuple[int, ...] = ()
    instant = False
    for word in re.split(r"[\s,;]+", in_english(text, hours_are_times=True)):
        if not word or word in FILLERS:
            continue
        if word == "now":
            instant = True
        elif word == "weekdays":
            days += (0, 1, 2, 3, 4)
        elif word == "weekends":
            days += (5, 6)
        elif word[:3] in DAY_NAMES and word.isalpha():
            days += (DAY_NAMES[word[:3]],)
        else:
            times.append(parse_time(word))
    if not times and not instant:
        raise CallError(
            "A schedule needs at least one time, for example 08:00, or the word now for news at once."
        )
    return Schedule(tuple(sorted(set(times))), tuple(sorted(set(days))) or EVERY_DAY, instant)


def parse_time(word: str) -> time:
    """Read a time of day such as `08:00` or `8`. Raises `CallError` with what is right."""
    match = _TIME.match(word)
    if not match:
        raise CallError(
            (
                "`{word}` is not a time or a day. Write times like 08:00 and days like mon or "
                "weekdays, for example: weekdays 08:00 18:00."
            ),
            word=word,
        )
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        raise CallError(
            "`{word}` is not a time. Hours go from 0 to 23 and minutes to 59, for example 08:00.", word=word
        )
    return time(hour, minute)


def describe(schedule: Schedule) -> str:
    """Return a schedule the way `parse_schedule` reads it."""
    names = list(DAY_NAMES)
    parts = ["now"] if schedule.instant else []
    if schedule.times and schedule.days == (0, 1, 2, 3, 4):
        parts.append("weekdays")
    elif schedule.times and schedule.days != EVERY_DAY:
        parts.append(",".join(names[d] for d in schedule.days))
    parts += [at.strftime("%H:%M") for at in schedule.times]
    return " ".join(parts)
