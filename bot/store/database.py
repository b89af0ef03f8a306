"""Opening the database: engines for SQLite and PostgreSQL, transactions that do not lose updates, migrations,
leases of the process.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import DatabaseUnavailable, StoreError, StoreTooNew, WorkLost, WriteConflict
from bot.store import content, sqlite_trips
from bot.store.availability import DISK_REMEDY, NO_ANSWER, is_conflict, unavailable_reason
from bot.store.fence import current_fence
from bot.store.locks import lock_writes

T = TypeVar("T")

Tx = AsyncConnection
"""An open transaction, as the query files of this package take it."""

SHORTEST_SECRET = 5
"""Characters from which a value in the query of DATABASE_URL, where passwords may stand, too, is taken out of
the causes of errors.
"""

ATTEMPTS = 20
"""How often we try to switch a new database to write-ahead logging beside another process."""

BUSY = 10
"""Seconds that SQLite waits for another program's lock: longer than our own commands hold it, short enough to
tell people soon.
"""

LIVENESS = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
"""By which a server that vanished without a word is noticed within half a minute instead of after two hours,
in seconds, the last in milliseconds (libpq, "Parameter Key Words"). A slow query is not ended by them: its
server still answers."""

SERVER_SIDE = {
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 4,
    "lock_timeout": 20_000,
}
"""The same for the server, which would else hold the lock of a connection that is gone for hours; and for how
long that lock is waited for, in milliseconds.
"""

SAMPLE_ROWS = 1_000
"""Rows of an index that SQLite looks at: enough to choose by, and done in milliseconds at any size."""

EVERY_TABLE = 0x10002
"""Lets `PRAGMA optimize` look at tables that this connection has not asked yet (sqlite.org/pragma.html)."""

Owed = Callable[[Tx], Awaitable[object]]
"""Writes something that has happened."""


@dataclass(slots=True)
class Condition:
    """How a database is: `trouble` says what keeps it from being used; `deferred_writes` is what is written
    first when that is over.
    """

    trouble: str = ""
    deferred_writes: list[Owed] = field(default_factory=list)
    unavailable: asyncio.Event = field(default_factory=asyncio.Event)
    available: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Store:
    """An open database.

    When its disk or server fails it is *in trouble*: what is asked of it raises `DatabaseUnavailable` with a
    sentence on what to do, and nothing more is written until a `recovery_transaction` went through. Who runs
    the process holds its lease on the database by then, so that nobody writes who lost it meanwhile.
    """

    engine: AsyncEngine
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _condition: Condition = field(default_factory=Condition)

    @property
    def trouble(self) -> str:
        """What keeps the database from being used, and what to do about it; empty when nothing does."""
        return self._condition.trouble

    async def wait_until_unavailable(self) -> None:
        """Wait until the database is in trouble."""
        await self._condition.unavailable.wait()

    async def retry_until_available(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do what writes, again whenever trouble has passed: for what has happened and stands nowhere
        else.
        """
        while True:
            try:
                return await act()
            except WriteConflict:
                continue
            except DatabaseUnavailable:
                await self._condition.available.wait()

    async def write_or_defer(self, act: Owed) -> None:
        """Write what has happened: now, or before anything else when trouble has passed."""
        while True:
            try:
                async with self.write() as tx:
                    await act(tx)
            except WriteConflict:
                continue
            except DatabaseUnavailable:
                self._condition.deferred_writes.append(act)
            return

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Give a transaction that only reads; on SQLite it never waits for a writer. Raises
        `DatabaseUnavailable`.
        """
        with self._watched():
            async with self.engine.connect() as tx, tx.begin():
                yield tx

    @asynccontextmanager
    async def write(self, *, narrow: bool = False) -> AsyncIterator[Tx]:
        """Give a transaction that writes: committed at the end, rolled back on an error.

        One at a time, by BEGIN IMMEDIATE or an advisory lock: a transaction that reads first and writes later
        would otherwise overwrite what another wrote in between, without an error. Only `narrow` ones of
        several processes run side by side (`bot.store.locks`). Those of one process wait for each other here,
        in order: the databases would let them wait on a connection each. Raises `DatabaseUnavailable`, at
        once where trouble is known.
        """
        self._refuse()
        async with self._turn:
            self._refuse()
            async with self._writing(narrow=narrow) as tx:
                yield tx

    @asynccontextmanager
    async def recovery_transaction(self) -> AsyncIterator[Tx]:
        """Give the transaction that finds out whether trouble has passed: once it is committed everybody may
        write again.

        What is owed is written before that. Raises `DatabaseUnavailable` while it lasts.
        """
        condition = self._condition
        async with self._turn:
            async with self._writing() as tx:
                yield tx
            while owed := tuple(condition.deferred_writes):
                async with self._writing() as tx:
                    for act in owed:
                        await act(tx)
                del condition.deferred_writes[: len(owed)]
            condition.trouble = ""
            condition.unavailable.clear()
            condition.available.set()

    @asynccontextmanager
    async def _writing(self, *, narrow: bool = False) -> AsyncIterator[Tx]:
        fence = current_fence.get()
        with self._watched():
            async with self.engine.connect() as plain:
                tx = await plain.execution_options(write=True)
                async with tx.begin():
                    await lock_writes(tx, narrow=narrow)
                    if fence is not None and not await fence(tx):
                        raise WorkLost("This process stood still so long that others took over its work.")
                    await content.begin(tx)
                    yield tx
                    await content.count_change(tx)

    def _refuse(self) -> None:
        if self.trouble:
            raise DatabaseUnavailable(self.trouble)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Notice when the machine does not let us use the database."""
        try:
            yield
        except (DBAPIError, NoConnection) as error:
            if is_conflict(error):
                raise WriteConflict("Two processes wrote the same at one time; it is done again.") from error
            trouble = NO_ANSWER if isinstance(error, NoConnection) else unavailable_reason(error)
            if not trouble:
                raise
            self._condition.trouble = trouble
            self._condition.available.clear()
            self._condition.unavailable.set()
            raise DatabaseUnavailable(trouble) from error

    async def refresh_statistics(self) -> None:
        """Let SQLite look anew at tables that have changed much: by what it finds it chooses among their
        indices. PostgreSQL does that by itself.
        """
        if self.is_sqlite:
            async with self.write() as tx:
                await tx.exec_driver_sql(f"PRAGMA analysis_limit={SAMPLE_ROWS}")
                await tx.exec_driver_sql(f"PRAGMA optimize={EVERY_TABLE}")

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-process database."""
        return self.engine.dialect.name == "sqlite"

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def open_store(address: str, to: str = "head") -> Store:
    """Open the database at `address` (`sqlite:///file`, `sqlite://` for memory, `postgresql://…`,
    `postgres://…`) and migrate it to a schema.

    That is the newest if none is named; an empty one leaves the database as it is.
    Raises `StoreError` with a remedy when it cannot be used.
    """
    url = _with_driver(address)
    store = Store(_engine(url))
    content.watch(store.engine)
    try:
        if store.is_sqlite and url.database and not url.database.startswith((":", "file:")):
            _make_private(Path(url.database))
        async with store.write() as tx:
            await tx.run_sync(_migrate, to)
    except (DatabaseUnavailable, DBAPIError, OSError) as error:
        await store.close()
        raise StoreError(_opening_problem(url, error)) from error
    except StoreError:
        await store.close()
        raise
    return store


def _make_private(file: Path) -> None:
    """Let nobody but its owner read a database file, whatever the umask is; a folder made for it is made
    alike.

    SQLite gives the files beside it (-wal, -shm) the rights of the database.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    for path in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))):
        # Whose file belongs to another user may use it as that user allows; it is theirs to tighten.
        with suppress(FileNotFoundError, PermissionError):
            path.chmod(0o600)


def _opening_problem(url: URL, error: Exception) -> str:
    """Return why a database cannot be opened, and what to do."""
    failure = error.__cause__ if isinstance(error, DatabaseUnavailable) else error
    cause = " ".join(str(getattr(failure, "orig", None) or failure).split()).rstrip(".?")
    has_remedy = isinstance(error, DatabaseUnavailable) and str(error) not in {NO_ANSWER, DISK_REMEDY}
    remedy = str(error) if has_remedy else _opening_remedy(url, failure)
    for value in url.query.values():
        for part in (value,) if isinstance(value, str) else value:
            cause = cause.replace(part, "…") if len(part) >= SHORTEST_SECRET else cause
    shown_address = url.set(query={}).render_as_string()
    return f"The database {shown_address} cannot be opened: {cause}. {remedy}"


def _opening_remedy(url: URL, failure: BaseException | None) -> str:
    if url.get_backend_name() != "sqlite":
        return "Check DATABASE_URL and that its server runs."
    code = getattr(getattr(failure, "orig", None), "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return "Move it away and restore a backup (`strillone restore FILE`), or begin anew without one."
    return "Look whether its folder is there, has room, and belongs to the user that runs Strillone."


def _with_driver(address: str) -> URL:
    """Return the address with the driver we use. Raises `StoreError`, which never shows the address: it may
    hold a password.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        url = URL.create("nothing")
    drivers = {
        "postgres": "postgresql+psycopg",
        "postgresql": "postgresql+psycopg",
        "postgresql+psycopg": "postgresql+psycopg",
        "sqlite": "sqlite+aiosqlite",
        "sqlite+aiosqlite": "sqlite+aiosqlite",
    }
    if url.drivername not in drivers:
        msg = (
            "That is not the address of a database we can use (DATABASE_URL, or behind --to), for example "
            "sqlite:///data/strillone.db or postgresql://user:password@host/name."
        )
        raise StoreError(msg)
    return url.set(drivername=drivers[url.drivername])


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        try:
            engine = create_async_engine(url, pool_size=10, pool_pre_ping=True, connect_args=LIVENESS)
        except ModuleNotFoundError as error:
            msg = f"PostgreSQL needs the extra: pip install 'strillone[postgres]' ({error})."
            raise StoreError(msg) from error
        event.listen(engine.sync_engine, "connect", _prepare_postgres)
        return engine
    memory: dict[str, Any] = {"poolclass": StaticPool} if not url.database else {}
    engine = create_async_engine(url, connect_args={"timeout": BUSY}, **memory)
    event.listen(engine.sync_engine, "do_connect", sqlite_trips.connect)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _let_go)
    return engine


def _prepare_postgres(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for setting, value in SERVER_SIDE.items():
        cursor.execute(f"SET {setting} = {value}")
    cursor.close()
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY * 1000)}")
    _write_ahead(cursor)
    # FULL: a commit is on the disk before a post leaves, so that a power cut repeats nothing; many share each
    # commit.
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch to write-ahead logging. Where another process opens the same new database SQLite refuses that
    without waiting: its lock is waited for, then.
    """
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


def _let_go(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """Roll back before a connection is thrown away, as one is whose statement was cancelled: SQLite closes it
    only once nobody holds that statement any more (sqlite.org/c3ref/close.html), and would keep the database
    locked until then."""
    with suppress(sqlite3.Error):  # one that is closed already holds nothing
        connection.rollback()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def is_missing(address: str) -> bool:
    """Tell whether an address names an SQLite file that does not exist. Raises `StoreError`."""
    url = _with_driver(address)
    return url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists())


def knows(schema: str) -> bool:
    """Tell whether this program can read a schema."""
    try:
        _scripts().get_revision(schema)
    except CommandError:
        return False
    return True


def newest_schema() -> str:
    """Return the schema that this program works with."""
    return _scripts().get_current_head() or ""


async def schema_of(tx: Tx) -> str | None:
    """Return the schema of a database, None when it has no tables of ours."""
    return await tx.run_sync(_current)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config


@cache
def _scripts() -> ScriptDirectory:
    """Return the migrations there are, read once: each opening asks for the newest, few run any."""
    return ScriptDirectory.from_config(_config())


def _migrate(connection: Connection, to: str) -> None:
    current = _current(connection)
    if current is not None and not knows(current):
        msg = (
            f"The database was written by a newer Strillone (its schema is {current}). "
            "Install that version again, or restore a backup made before the upgrade."
        )
        raise StoreTooNew(msg)
    if to and current != _scripts().as_revision_number(to):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
