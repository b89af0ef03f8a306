"""Two schedules as one, where a schedule can hold both: it has its times on all its days."""

from dataclasses import replace

from bot.model import Schedule


def join_schedules(one: Schedule, other: Schedule) -> Schedule | None:
    """Return the schedule that posts at the times of both, None where there is none."""
    instant = one.instant or other.instant
    if not one.times or not other.times:
        return replace(one if one.times else other, instant=instant)
    if _days(one) == _days(other):
        return replace(one, times=tuple(sorted({*one.times, *other.times})), instant=instant)
    if is_monthly(one) or is_monthly(other):
        return None
    if one.times == other.times:
        return replace(one, days=tuple(sorted({*one.days, *other.days})), instant=instant)
    holds_other = set(other.times) <= set(one.times) and set(other.days) <= set(one.days)
    return replace(one, instant=instant) if holds_other else None


def _days(schedule: Schedule) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    return schedule.days, schedule.month_days, schedule.weeks


def is_monthly(schedule: Schedule) -> bool:
    """Tell whether a schedule posts on days of the month."""
    return bool(schedule.month_days or schedule.weeks)
