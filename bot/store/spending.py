"""What models cost: set aside before a call, settled after it. What was never settled counts in full until
its day ends.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, func, insert, select, update

from bot.ports import Cost
from bot.store.database import Tx
from bot.store.schema import channels, spending, subscriptions

RETENTION = timedelta(days=62)
"""Longer than any month whose spending is counted."""


async def on_day(tx: Tx, day: date, server: int | None = None) -> Cost:
    """Return what is spent and set aside on a day, by one server where it is named."""
    query = _sum().where(spending.c.day == day.isoformat())
    return await _cost(tx, query if server is None else query.where(spending.c.server_id == server))


async def before(tx: Tx, day: date) -> Cost:
    """Return what was spent in a day's month on the days before it."""
    month = day.replace(day=1).isoformat()
    in_month = and_(spending.c.day >= month, spending.c.day < day.isoformat(), spending.c.settled)
    return await _cost(tx, _sum().where(in_month))


def _sum() -> Select[Any]:
    return select(func.coalesce(func.sum(spending.c.tokens), 0), func.coalesce(func.sum(spending.c.money), 0))


async def _cost(tx: Tx, query: Select[Any]) -> Cost:
    tokens, money = (await tx.execute(query)).one()
    return Cost(int(tokens), int(money))


async def reserve(tx: Tx, day: date, server: int, most: Cost, now: datetime) -> int:
    """Set aside what a call may cost at most; returns the reservation's number."""
    row = {"day": day.isoformat(), "server_id": server, "tokens": most.tokens, "money": most.money, "at": now}
    return int((await tx.execute(insert(spending).values(row).returning(spending.c.id))).scalar_one())


async def settle(tx: Tx, number: int, cost: Cost) -> None:
    """Replace a reservation by what the call has cost; it stays on the day on which it was made."""
    values = {"tokens": cost.tokens, "money": cost.money, "settled": True}
    await tx.execute(update(spending).where(spending.c.id == number).values(values))


async def has_others(tx: Tx, server: int) -> bool:
    """Tell whether another server has an active subscription, too."""
    active_channels = select(subscriptions.c.id).join(channels, channels.c.id == subscriptions.c.channel_id)
    is_other = and_(channels.c.server_id != server, subscriptions.c.state == "active")
    return (await tx.execute(active_channels.where(is_other).limit(1))).first() is not None


async def forget(tx: Tx, now: datetime) -> None:
    """Remove what no budget counts any more."""
    await tx.execute(delete(spending).where(spending.c.at < now - RETENTION))
