"""Two schedules as one, where a schedule can hold both: it has its times on all its days."""

from dataclasses import replace

from bot.model import Schedule


def join_schedules(first: Schedule, second: Schedule) -> Schedule | None:
    """Return the schedule that posts at the times of both, None where there is none."""
    instant = first.instant or second.instant
    if not first.times or not second.times:
        return replace(first if first.times else second, instant=instant)
    if _days(first) == _days(second):
        return replace(first, times=tuple(sorted({*first.times, *second.times})), instant=instant)
    if is_monthly(first) or is_monthly(second):
        return None
    if first.times == second.times:
        return replace(first, days=tuple(sorted({*first.days, *second.days})), instant=instant)
    holds_second = set(second.times) <= set(first.times) and set(second.days) <= set(first.days)
    return replace(first, instant=instant) if holds_second else None


def _days(schedule: Schedule) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    return schedule.days, schedule.month_days, schedule.weeks


def is_monthly(schedule: Schedule) -> bool:
    """Tell whether a schedule posts on days of the month."""
    return bool(schedule.month_days or schedule.weeks)
