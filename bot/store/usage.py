"""What servers have used today of what all share."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import usage

ENTRIES = "entries"
BYTES = "bytes"
RETENTION = timedelta(days=7)


async def add_usage(tx: Tx, server_id: int, kind: str, amount: int, now: datetime) -> None:
    """Add to what a server has used of a kind on the day (UTC) of a moment."""
    row = {"server_id": server_id, "day": _day(now), "kind": kind, "amount": amount}
    statement = insert(tx, usage).values(row)
    plus = {"amount": usage.c.amount + statement.excluded.amount}
    await tx.execute(statement.on_conflict_do_update(index_elements=["server_id", "day", "kind"], set_=plus))


async def used_on_day(tx: Tx, server_id: int, now: datetime) -> dict[str, int]:
    """Return what a server has used on the day of a moment, by kind."""
    statement = select(usage.c.kind, usage.c.amount).where(
        usage.c.server_id == server_id, usage.c.day == _day(now)
    )
    return {row.kind: row.amount for row in await tx.execute(statement)}


async def forget(tx: Tx, now: datetime) -> None:
    """Forget what was used more than a week ago."""
    await tx.execute(delete(usage).where(usage.c.day < _day(now - RETENTION)))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
