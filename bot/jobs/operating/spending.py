"""The budget at work: a ledger in the store that models' calls are reserved in, and a word to the operators
when it runs out.
"""

from collections.abc import Iterator
from datetime import date, datetime

from bot.errors import OverBudget
from bot.jobs import Context
from bot.jobs.operating.notices import tell_operators
from bot.pipeline.limits.spending import Budget, Spending, Stop, periods_nearly_spent, stop, today
from bot.ports import Clock, Cost
from bot.store import Store, Tx, spending


class StoredLedger:
    """Reserves and settles in the store, each in a transaction of its own: what is not committed is not
    spent, and nothing is spent twice.
    """

    def __init__(self, store: Store, clock: Clock, budget: Budget) -> None:
        self.budget = budget
        self._store = store
        self._clock = clock
        self._stopped: dict[str, Stop] = {}
        self._told: set[str] = set()
        self._used = False

    async def reserve(self, most: Cost, server: int) -> int:
        """Set aside what a call may cost at most and return the reservation's number. Raises `OverBudget`."""
        now = self._clock()
        day = today(now, self.budget.zone)
        self._used = self.budget.is_limited
        async with self._store.write() as tx:
            reached_limit = stop(self.budget, await self._load_spending(tx, day, server), most, now)
            if reached_limit is None:
                return await spending.reserve(tx, day, server, most, now)
        self._stopped[_subject(reached_limit.period, day)] = reached_limit
        msg = f"the budget ({reached_limit.period}) has no room for {most.tokens} tokens"
        raise OverBudget(msg, reached_limit.until)

    async def settle(self, number: int, cost: Cost) -> None:
        """Replace a reservation by what the call has cost."""
        async with self._store.write() as tx:
            await spending.settle(tx, number, cost)

    async def _load_spending(self, tx: Tx, day: date, server: int) -> Spending:
        if not self.budget.is_limited:
            return Spending(Cost(0), Cost(0))
        is_shared = await spending.has_others(tx, server)
        own_spending = await spending.on_day(tx, day, server) if is_shared else None
        return Spending(await spending.on_day(tx, day), await spending.before(tx, day), own_spending)

    async def due(self) -> list[int]:
        """Return one piece of work where a limited budget was used since it was last watched."""
        return [0] if self._used else []

    def take_stops(self) -> dict[str, Stop]:
        """Return the stops since this was last asked, by the subject of their notice."""
        stops, self._stopped, self._used = self._stopped, {}, False
        return stops

    def is_news(self, subject: str) -> bool:
        """Tell whether this process has not told of a subject before; the outbox knows what earlier ones
        told.
        """
        fresh = subject not in self._told
        self._told.add(subject)
        return fresh


def _subject(period: str, day: date) -> str:
    """Return what a notice about a stop is about: a day's once a day, all others once a month."""
    return f"budget:{period}:{day.isoformat() if period == 'day' else f'{day:%Y-%m}'}"


async def watch_budget(ctx: Context, ledger: StoredLedger, _: int) -> None:
    """Tell the operators, once a day or month each, that most of a budget is spent and that it stops the
    model.
    """
    now = ctx.clock()
    day = today(now, ledger.budget.zone)
    stops = {
        subject: stop_item
        for subject, stop_item in ledger.take_stops().items()
        if stop_item.period != "share"
    }
    async with ctx.store.read() as tx:
        amounts = await spending.on_day(tx, day), await spending.before(tx, day)
    for subject, period, percent in _nearly_spent_periods(ledger.budget, *amounts, day):
        if ledger.is_news(subject):
            await _tell(ctx, subject, _period_name(period, day), percent=percent)
    for subject, one in stops.items():
        if ledger.is_news(subject):
            await _tell(ctx, subject, _period_name(one.period, day), until=one.until)


def _nearly_spent_periods(
    budget: Budget, now: Cost, before: Cost, day: date
) -> Iterator[tuple[str, str, int]]:
    tokens, money = budget.limits()
    periods = {
        **dict(periods_nearly_spent(tokens, now.tokens, before.tokens + now.tokens)),
        **dict(periods_nearly_spent(money, now.money, before.money + now.money)),
    }
    for period, percent in periods.items():
        yield f"{_subject(period, day)}:nearly", period, percent


def _period_name(period: str, day: date) -> str:
    return f"{day:%Y-%m}" if period == "month" else day.isoformat()


async def _tell(
    ctx: Context, subject: str, period: str, *, percent: int = 0, until: datetime | None = None
) -> None:
    async with ctx.store.write() as tx:
        if until is None:
            await tell_operators(
                tx,
                ctx,
                subject,
                "{percent} % of the model’s budget for {period} is spent.",
                percent=percent,
                period=period,
            )
        else:
            await tell_operators(
                tx,
                ctx,
                subject,
                (
                    "The model’s budget for {period} is spent. Until {until} the sources’ own sentences "
                    "are told."
                ),
                period=period,
                until=f"{until:%Y-%m-%d}",
            )
