"""Who may write beside whom, where several processes use one PostgreSQL. SQLite lets one write at a time.

A transaction is wide unless it says otherwise: while it lasts nobody else writes, so that what it reads stays
true until it writes. A narrow one changes only rows that nobody else decides about meanwhile: those of the
feed, page, channel or subscription that its job has for itself, and counters that are added to by one
statement. Narrow ones run side by side, and never beside a wide one.

Who gives stories their entries, and merges them, must not do so while somebody marks stories as told: they
hold a second lock, the first for itself, the others together. Everybody takes the locks in this order, before
any row.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import servers

WRITE_LOCK = 7309940163
STORIES_LOCK = 7309940164

IDLE_MAX = 15_000
"""Milliseconds for which a process that stands still may keep others from writing: less than they wait. Who
only reads keeps nobody from anything.
"""


async def lock_writes(tx: AsyncConnection, *, narrow: bool) -> None:
    """Wait until a transaction may write; the server ends it if its process stands still meanwhile."""
    if tx.dialect.name != "sqlite":
        await tx.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {IDLE_MAX}")
    await _lock(tx, WRITE_LOCK, is_shared=narrow)


async def change_stories(tx: AsyncConnection) -> None:
    """Wait until nobody marks stories as told, and let nobody do so while this transaction lasts."""
    await _lock(tx, STORIES_LOCK, is_shared=False)


async def keep_stories(tx: AsyncConnection) -> None:
    """Let no story change while this transaction lasts: it tells some."""
    await _lock(tx, STORIES_LOCK, is_shared=True)


async def lock_server(tx: AsyncConnection, server_id: int | None) -> None:
    """Let no other channel of a server be told anything while this transaction lasts."""
    row = select(servers.c.id).where(servers.c.id == server_id)
    await tx.execute(row.with_for_update(key_share=True))


async def _lock(tx: AsyncConnection, number: int, *, is_shared: bool) -> None:
    if tx.dialect.name != "sqlite":
        function = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
        await tx.exec_driver_sql(f"SELECT {function}({number})")
