"""Opening the database: engines for SQLite and PostgreSQL, transactions that do not lose updates, migrations, leases of the process."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import StoreError, StoreTooNew

Tx = AsyncConnection
"""An open transaction, as the query files of this package take it."""

ATTEMPTS = 20
"""How often we try to switch a new database to write-ahead logging beside another process."""

WRITE_LOCK = 7309940163
"""The advisory lock of PostgreSQL that every writing transaction of ours holds."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open database."""

    engine: AsyncEngine
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Give a transaction that only reads; on SQLite it never waits for a writer."""
        async with self.engine.connect() as tx, tx.begin():
            yield tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """Give a transaction that writes: committed at the end, rolled back on an error.

        One at a time, by BEGIN IMMEDIATE or an advisory lock: a transaction that reads first and
        writes later would otherwise overwrite what another wrote in between, without an error.
        Those of one process wait for each other here, in order: the databases would let them wait on a connection each.
        """
        async with self._turn, self.engine.connect() as plain:
            tx = await plain.execution_options(write=True)
            async with tx.begin():
                if not self.is_sqlite:
                    await tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
                yield tx

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-process database."""
        return self.engine.dialect.name == "sqlite"

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def open_store(address: str, to: str = "head") -> Store:
    """Open the database at `address` (`sqlite:///file`, `sqlite://` for memory, `postgresql://…`, `postgres://…`) and migrate it to a schema.

    That is the newest if none is named; an empty one leaves the database as it is.
    Raises `StoreError` with a remedy when it cannot be used.
    """
    url = _with_driver(address)
    store = Store(_engine(url))
    try:
        if store.is_sqlite and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        async with store.write() as tx:
            await tx.run_sync(_migrate, to)
    except (DBAPIError, OSError) as error:
        await store.close()
        cause = error.orig if isinstance(error, DBAPIError) else error
        msg = f"The database {url.render_as_string()} cannot be opened: {' '.join(str(cause).split()).rstrip('.?')}. Check DATABASE_URL and that its server runs."
        raise StoreError(msg) from error
    except StoreError:
        await store.close()
        raise
    return store


def _with_driver(address: str) -> URL:
    """Return the address with the driver we use. Raises `StoreError`, which never shows the address: it may hold a password."""
    try:
        url = make_url(address)
    except ArgumentError:
        url = URL.create("nothing")
    drivers = {
        "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg",
        "sqlite": "sqlite+aiosqlite", "sqlite+aiosqlite": "sqlite+aiosqlite",
    }  # fmt: skip
    if url.drivername not in drivers:
        msg = "DATABASE_URL is not the address of a database we can use, for example sqlite:///data/strillone.db or postgresql://user:password@host/name."
        raise StoreError(msg)
    return url.set(drivername=drivers[url.drivername])


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        try:
            return create_async_engine(url, pool_size=10, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            msg = f"PostgreSQL needs the extra: pip install 'strillone[postgres]' ({error})."
            raise StoreError(msg) from error
    memory: dict[str, Any] = {"poolclass": StaticPool} if not url.database else {}
    engine = create_async_engine(url, connect_args={"timeout": 30}, **memory)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=30000")
    _write_ahead(cursor)
    # FULL: a commit is on the disk before a post leaves, so that a power cut repeats nothing; many share each commit.
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch to write-ahead logging. Where another process opens the same new database SQLite refuses that without waiting: its lock is waited for, then."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if attempt == ATTEMPTS:
                raise
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("COMMIT")
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def is_missing(address: str) -> bool:
    """Tell whether an address names an SQLite file that does not exist. Raises `StoreError`."""
    url = _with_driver(address)
    return url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists())


def knows(schema: str) -> bool:
    """Tell whether this program can read a schema."""
    return _known(ScriptDirectory.from_config(_config()), schema)


async def schema_of(tx: Tx) -> str | None:
    """Return the schema of a database, None when it has no tables of ours."""
    return await tx.run_sync(_current)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config


def _migrate(connection: Connection, to: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    current = _current(connection)
    if current is not None and not knows(current):
        msg = (
            f"The database was written by a newer Strillone (its schema is {current}). "
            "Install that version again, or restore a backup made before the upgrade."
        )
        raise StoreTooNew(msg)
    if to:
        command.upgrade(config, to)


def _known(script: ScriptDirectory, revision: str) -> bool:
    try:
        script.get_revision(revision)
    except CommandError:
        return False
    return True
