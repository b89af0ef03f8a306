"""The choices of the panel about times: each turns one on or off, a day of the week or an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time

from bot.model import Schedule
from bot.pipeline.timing.slots import describe

HOURS = (7, 8, 9, 12, 15, 18, 21)
"""The hours that are offered; others are typed."""

EVERY_DAY, WEEKDAYS, WEEKENDS = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4), (5, 6)
FIRST_OF_MONTH = (1,)
DAYS: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "@daily": (EVERY_DAY, ()),
    "@weekdays": (WEEKDAYS, ()),
    "@weekends": (WEEKENDS, ()),
    "@monthly": (EVERY_DAY, FIRST_OF_MONTH),
}
"""What stands for the days of a schedule, of the week and of the month, in the value of a button."""

NOW = "now"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a part: what it says, the argument that it gives, and the time or hours that are named in
    what it says; one that `is_set` shows so.
    """

    label: str
    value: str
    hours: str = ""
    is_set: bool = False


def times_of(schedule: Schedule) -> list[Choice]:
    """Return a choice for each hour, for days of the week, and for news at once: to add it, or take it
    away.
    """
    hours = dict.fromkeys((*(time(hour) for hour in HOURS), *schedule.times))
    choices = [
        Choice("{hours}", f"{_sign(at in schedule.times)}{at:%H:%M}", f"{at:%H:%M}", at in schedule.times)
        for at in sorted(hours)[:9]
    ]
    return [
        *choices,
        Choice("every day", "@daily", is_set=_is_on_days(schedule, "@daily")),
        Choice("Monday to Friday", "@weekdays", is_set=_is_on_days(schedule, "@weekdays")),
        Choice("weekends", "@weekends", is_set=_is_on_days(schedule, "@weekends")),
        Choice("on the first of each month", "@monthly", is_set=_is_on_days(schedule, "@monthly")),
        Choice("News at once", f"{_sign(schedule.instant)}{NOW}", is_set=schedule.instant),
    ]


def _is_on_days(schedule: Schedule, value: str) -> bool:
    return (schedule.days, schedule.month_days) == DAYS[value] and not schedule.weeks


def _sign(is_set: bool) -> str:
    return "-" if is_set else "+"


def times_with(schedule: Schedule, value: str) -> str:
    """Return when a schedule posts with a choice, as it is typed; what is typed stays as it is. Nothing
    where the last time would be taken away.
    """
    if value in DAYS:
        days, month_days = DAYS[value]
        return describe(replace(schedule, days=days, month_days=month_days, weeks=()))
    sign, rest = value[:1], value[1:]
    if sign not in {"+", "-"}:
        return value
    if rest == NOW:
        schedule_after = replace(schedule, instant=sign == "+")
    else:
        at = time.fromisoformat(rest)
        others = tuple(other for other in schedule.times if other != at)
        schedule_after = replace(schedule, times=tuple(sorted((*others, at) if sign == "+" else others)))
    return describe(schedule_after) if schedule_after.times or schedule_after.instant else ""
