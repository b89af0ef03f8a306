"""The database of an instance, as commands open it that neither make it nor bring its schema up to date."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import StoreError
from bot.store import Store, open_store
from bot.store.database import is_missing, newest_schema, schema_of

WHERE = "Set STRILLONE_DATA or DATABASE_URL as `strillone run` has them; `strillone run` makes it."


@asynccontextmanager
async def open_existing(address: str) -> AsyncIterator[Store]:
    """Open a database that is there, at the newest schema. Raises `StoreError` with what to do."""
    if is_missing(address):
        msg = f"There is no database yet. {WHERE}"
        raise StoreError(msg)
    store = await open_store(address, to="")
    try:
        await _check_schema(store)
        yield store
    finally:
        await store.close()


async def _check_schema(store: Store) -> None:
    async with store.read() as tx:
        schema = await schema_of(tx)
    if schema is None:
        msg = f"The database is empty. {WHERE}"
        raise StoreError(msg)
    if schema != newest_schema():
        msg = "The database is of an earlier Strillone. Start `strillone run` once: it brings it up to date."
        raise StoreError(msg)
