"""What belongs to the instance itself: its identity, the lease of the running process, and stored calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import calls, facts, leases


async def fact(tx: Tx, name: str) -> str | None:
    """Return a remembered fact of the instance."""
    return (await tx.execute(select(facts.c.value).where(facts.c.name == name))).scalar()


async def remember(tx: Tx, name: str, value: str, *, once: bool = False) -> str:
    """Remember a fact and return it; with `once` an earlier one stays."""
    statement = insert(tx, facts).values(name=name, value=value)
    if once:
        await tx.execute(statement.on_conflict_do_nothing())
    else:
        await tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    return await fact(tx, name) or value


AHEAD = timedelta(minutes=1)
"""How far the clocks of two machines may be apart: a lease that ends later than that was taken by a clock
which was wrong.
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a lease, since when, and until when it is valid."""

    holder: str
    since: datetime
    until: datetime


async def take_lease(tx: Tx, name: str, holder: str, now: datetime, until: datetime) -> Lease:
    """Take or prolong a lease if it is free, over, or ours; returns the lease as it stands then."""
    row = {"name": name, "holder": holder, "since": now, "until": until}
    await tx.execute(insert(tx, leases).values(row).on_conflict_do_nothing())
    is_own = and_(leases.c.name == name, leases.c.holder == holder)
    await tx.execute(update(leases).where(is_own).values(until=until))
    is_over = or_(leases.c.until < now, leases.c.until > until + AHEAD)
    over = and_(leases.c.name == name, leases.c.holder != holder, is_over)
    await tx.execute(update(leases).where(over).values(holder=holder, since=now, until=until))
    lease_row = (await tx.execute(select(leases).where(leases.c.name == name))).one()
    return Lease(lease_row.holder, lease_row.since, lease_row.until)


async def lease_of(tx: Tx, name: str) -> Lease | None:
    """Return a lease as it stands, None where nobody holds it."""
    row = (await tx.execute(select(leases).where(leases.c.name == name))).first()
    return Lease(row.holder, row.since, row.until) if row else None


async def leases_named(tx: Tx, prefix: str) -> list[Lease]:
    """Return the leases whose names begin alike, also those that are over."""
    rows = await tx.execute(select(leases).where(leases.c.name.startswith(prefix)).order_by(leases.c.since))
    return [Lease(row.holder, row.since, row.until) for row in rows]


async def drop_leases_over(tx: Tx, prefix: str, now: datetime) -> None:
    """Remove leases whose names begin alike and that nobody prolonged in time."""
    await tx.execute(delete(leases).where(leases.c.name.startswith(prefix), leases.c.until < now))


async def drop_lease(tx: Tx, name: str, holder: str) -> None:
    """Give a lease back."""
    await tx.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


async def keep_call(
    tx: Tx, code: str, command: str, arguments: Mapping[str, str], expires_at: datetime
) -> None:
    """Store a Call that is too long for a button."""
    row: dict[str, Any] = {
        "code": code,
        "command": command,
        "arguments": dict(arguments),
        "expires_at": expires_at,
    }
    statement = insert(tx, calls).values(row)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["code"], set_={name: row[name] for name in ("command", "arguments", "expires_at")}
        )
    )


async def kept_call(tx: Tx, code: str, now: datetime) -> tuple[str, Mapping[str, str]] | None:
    """Return a stored Call, None when it is unknown or has expired."""
    row = (await tx.execute(select(calls).where(calls.c.code == code, calls.c.expires_at > now))).first()
    return (row.command, row.arguments) if row else None


async def forget_calls(tx: Tx, now: datetime) -> None:
    """Remove stored Calls that have expired."""
    await tx.execute(delete(calls).where(or_(calls.c.expires_at <= now)))
