"""What models may still spend today: a day's limit, and a month's paced by day with what is left carried
over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.ports import Cost

NEARLY_SHARE = 0.8
"""The share of a budget at which its operator is told."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be spent in a day and in a month, of tokens or of millionths of a currency; None is no
    limit.
    """

    day: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """The operator's budget. `share` is the part of a day's that one server may use while others have
    subscriptions, too.
    """

    tokens: Limit = Limit()
    money: Limit = Limit()
    share: float = 0.5
    zone: str = "UTC"

    @property
    def is_limited(self) -> bool:
        """Whether anything stops a call."""
        return (self.tokens, self.money) != (Limit(), Limit())

    def limits(self) -> tuple[Limit, Limit]:
        """Return the limits in the order in which a `Cost` has its parts."""
        return self.tokens, self.money


@dataclass(frozen=True, slots=True)
class Spending:
    """What is spent and set aside: today, this month before today, and today for one server (None where it is
    alone).
    """

    today: Cost
    before: Cost
    server: Cost | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a call may not be made: which period's budget stops it (`day`, `month`, `pace`, `share`), and until
    when.
    """

    period: str
    until: datetime


def today(now: datetime, zone: str) -> date:
    """Return the day that a moment belongs to where budgets are counted."""
    return now.astimezone(ZoneInfo(zone)).date()


def allowance(limit: Limit, before: int, day: date) -> int | None:
    """Return what may be spent on a day: the month's rest shared by the days that are left, or the day's
    limit where that is lower.
    """
    allowances = []
    if limit.day is not None:
        allowances.append(limit.day)
    if limit.month is not None:
        allowances.append(max(0, limit.month - before) // _remaining_days(day))
    return min(allowances, default=None)


def stop(budget: Budget, spending: Spending, need: Cost, now: datetime) -> Stop | None:
    """Return what stops a call that may cost `need`, None where it fits; of several stops the one that lasts
    longest.
    """
    day = today(now, budget.zone)
    stops = [
        Stop(period, datetime.combine(until, time(), ZoneInfo(budget.zone)))
        for limit, parts in zip(budget.limits(), _parts(spending, need), strict=True)
        for period, until in _stops(limit, parts, budget.share, day)
    ]
    return max(stops, key=lambda one: one.until, default=None)


@dataclass(frozen=True, slots=True)
class _Part:
    """Tokens or money of what is spent and needed."""

    today: int
    before: int
    server: int | None
    need: int


def _parts(spending: Spending, need: Cost) -> Iterator[_Part]:
    tokens, money = (spending.server.tokens, spending.server.money) if spending.server else (None, None)
    yield _Part(spending.today.tokens, spending.before.tokens, tokens, need.tokens)
    yield _Part(spending.today.money, spending.before.money, money, need.money)


def _stops(limit: Limit, part: _Part, share: float, day: date) -> Iterator[tuple[str, date]]:
    """Give each period whose budget has no room, with the day on which it has."""
    tomorrow = day + timedelta(days=1)
    daily_allowance = allowance(limit, part.before, day)
    if daily_allowance is None:
        return
    if limit.day is not None and part.today + part.need > limit.day:
        yield "day", tomorrow
    if limit.month is not None:
        rest = limit.month - part.before - part.today
        if part.need > rest:
            yield "month", day + timedelta(days=_remaining_days(day))
        elif part.today + part.need > max(0, limit.month - part.before) // _remaining_days(day):
            yield "pace", max(tomorrow, _affordable(rest, part.need, day))
    if part.server is not None and part.server + part.need > share * daily_allowance:
        yield "share", tomorrow


def _affordable(rest: int, need: int, day: date) -> date:
    """Return the day of this month on which the rest, shared by the days then left, is enough for a call."""
    return day + timedelta(days=_remaining_days(day) - rest // max(1, need))


def _remaining_days(day: date) -> int:
    """Return how many days of its month a day and those after it are."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - day).days


def periods_nearly_spent(limit: Limit, spent_today: int, spent_month: int) -> Iterator[tuple[str, int]]:
    """Give the periods of which most is spent, each with the percentage."""
    for period, most, amount in (("day", limit.day, spent_today), ("month", limit.month, spent_month)):
        if most is not None and amount >= NEARLY_SHARE * most:
            yield period, round(100 * amount / most)
