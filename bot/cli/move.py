"""`strillone move`: bring the whole instance into another database, SQLite or PostgreSQL on either side.

It may be interrupted at any moment and goes on when it is said again. What has arrived is compared row by row
before the old database is closed; neither is used while it moves.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from sqlalchemy import make_url
from structlog.typing import FilteringBoundLogger

from bot.app.lease import NAME as LEASE
from bot.app.lease import ProcessLease
from bot.app.running import utc_now
from bot.cli.existing_store import open_existing
from bot.errors import StoreError
from bot.settings import database_of, environment
from bot.store import Store, open_store, system, transfer


async def move(address: str, console: Console, log: FilteringBoundLogger) -> int:
    """Bring everything to the database at an address; returns 0. Raises `StoreError`, and then the old
    database is as it was.
    """
    origin = database_of(environment())
    async with open_existing(origin) as source, _opened(address) as target:
        await _check_unmoved(source)
        async with _alone_on(source, log):
            await _check_other(source, target)
            async with _alone_on(target, log):
                await _move(source, target, address, console)
    return 0


@asynccontextmanager
async def _opened(address: str) -> AsyncIterator[Store]:
    store = await open_store(address)
    try:
        yield store
    finally:
        await store.close()


async def _check_unmoved(source: Store) -> None:
    async with source.read() as tx:
        if place := await transfer.moved_to(tx):
            msg = f"This database was moved to {place} already. Set DATABASE_URL to that."
            raise StoreError(msg)


async def _check_other(source: Store, target: Store) -> None:
    """Refuse one database under two addresses: the lease that we hold on the one stands in the other, too.
    Raises `StoreError`.
    """
    async with source.read() as tx:
        own_lease = await system.lease_of(tx, LEASE)
    async with target.read() as tx:
        if await system.lease_of(tx, LEASE) == own_lease:
            msg = "That is the database of now. Name another, such as postgresql://user:password@host/name."
            raise StoreError(msg)


@asynccontextmanager
async def _alone_on(store: Store, log: FilteringBoundLogger) -> AsyncIterator[None]:
    """Hold the lease of a database, so that nobody works with it meanwhile. Raises `LeaseHeld`."""
    lease = ProcessLease.of(store, utc_now, log)
    await lease.take(standby=0)
    keeper = asyncio.create_task(lease.keep(_nothing))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await lease.drop()


async def _nothing() -> None:
    return None


async def _move(source: Store, target: Store, address: str, console: Console) -> None:
    async with source.read() as tx:
        instance = await system.fact(tx, "instance") or ""
    if await transfer.begin_transfer(target, instance):
        await _bring(source, target, console)
    shown_address = make_url(address).set(query={}).render_as_string()
    async with source.write() as tx:
        await transfer.record_move(tx, shown_address, utc_now())
    console.print(
        f"Everything is in {shown_address}, each row as it was. Set DATABASE_URL to it and start `strillone "
        "run`. The old database is kept, and not used again unless you say `strillone resume` there.",
        markup=False,
        soft_wrap=True,
    )


async def _bring(source: Store, target: Store, console: Console) -> None:
    def tell(table: str, rows: int) -> None:
        if rows:
            console.print(f"  {table}: {rows:,} rows", markup=False)

    await transfer.transfer(source, target, tell)
    if difference := await transfer.find_difference(source, target):
        msg = f"What has arrived is not what was there ({difference}). Name an empty database and move again."
        raise StoreError(msg)
    await transfer.finish_transfer(source, target)
