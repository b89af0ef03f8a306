"""A database whose disk fills up or that another program locks: nothing is lost, it is said once, and everything goes on by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.app import lease as module
from bot.app.lease import ProcessLease
from bot.errors import DatabaseUnavailable, LeaseHeld, StoreError
from bot.store import Store, database, open_store, system
from bot.store.availability import FULL, LOCK_REMEDY, NO_ANSWER, unavailable_reason
from tests.app.helpers import quiet_log
from tests.conftest import StillClock
from tests.doubles.machine import locked
from tests.doubles.postgres import Postgres


async def nothing() -> None:
    return None


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEW", 0.05)
    monkeypatch.setattr(module, "PROBE", 0.02)
    monkeypatch.setattr(database, "BUSY", 0.1)


@asynccontextmanager
async def kept(path: Path, clock: StillClock, log: Any = None) -> AsyncIterator[Store]:
    """A database whose lease is renewed as in a running program."""
    store = await open_store(f"sqlite:///{path}")
    lease = ProcessLease.of(store, clock, log or quiet_log())
    await lease.take(0)
    keeper = asyncio.create_task(lease.keep(nothing))
    try:
        yield store
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await store.close()


async def said(store: Store, name: str) -> str | None:
    async with store.read() as tx:
        return await system.fact(tx, name)


async def note(store: Store, name: str) -> None:
    async with store.write() as tx:
        await system.remember(tx, name, "yes")


@pytest.mark.usefixtures("quick")
async def test_what_has_happened_is_written_when_a_lock_is_gone(tmp_path: Path, clock: StillClock) -> None:
    async with kept(tmp_path / "x.db", clock) as store:
        async with locked(tmp_path / "x.db"):
            with pytest.raises(DatabaseUnavailable, match=r"locked.*goes on by itself"):
                await note(store, "first")
            assert store.trouble == LOCK_REMEDY
            with pytest.raises(DatabaseUnavailable):
                await note(store, "refused at once")
            surely = asyncio.create_task(store.retry_until_available(lambda: note(store, "surely")))
            await store.write_or_defer(lambda tx: system.remember(tx, "owed", "yes"))
            assert await said(store, "owed") is None
        async with asyncio.timeout(10):
            await surely
        assert store.trouble == ""
        assert [await said(store, name) for name in ("first", "surely", "owed")] == [None, "yes", "yes"]


class Log:
    """Remembers what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def _keep(self, event: str, **_: object) -> None:
        self.said.append(event)

    error = warning = exception = info = _keep


@pytest.mark.usefixtures("quick")
async def test_trouble_is_said_once_and_so_is_its_end(tmp_path: Path, clock: StillClock) -> None:
    log = Log()
    async with kept(tmp_path / "x.db", clock, log) as store:
        async with locked(tmp_path / "x.db"):
            with pytest.raises(DatabaseUnavailable):
                await note(store, "x")
            await asyncio.sleep(0.5)
        await store.retry_until_available(lambda: note(store, "x"))
        await store.retry_until_available(lambda: note(store, "x"))
    assert log.said == ["database.unavailable", "database.available"]


@pytest.mark.usefixtures("quick")
async def test_who_lost_the_lease_in_trouble_writes_nothing_after_it(
    tmp_path: Path, clock: StillClock
) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'x.db'}")
    lease = ProcessLease.of(store, clock, quiet_log())
    await lease.take(0)
    async with locked(tmp_path / "x.db"):
        with pytest.raises(DatabaseUnavailable):
            await note(store, "x")
    clock.advance(31)
    other = await open_store(f"sqlite:///{tmp_path / 'x.db'}")
    await ProcessLease(store=other, clock=clock, log=quiet_log(), holder="elsewhere/1").take(0)
    with pytest.raises(LeaseHeld, match="elsewhere/1 took over"):
        await lease.keep(nothing)
    with pytest.raises(DatabaseUnavailable):
        await note(store, "x")
    await store.close()
    await other.close()


@pytest.mark.usefixtures("quick")
async def test_a_locked_database_is_not_opened_and_the_remedy_is_to_the_point(tmp_path: Path) -> None:
    await (await open_store(f"sqlite:///{tmp_path / 'x.db'}")).close()
    async with locked(tmp_path / "x.db"):
        with pytest.raises(StoreError, match="Another program holds") as caught:
            await open_store(f"sqlite:///{tmp_path / 'x.db'}")
    assert "DATABASE_URL" not in str(caught.value)


async def test_a_server_that_ends_our_connections_is_trouble(postgres: Postgres) -> None:
    with postgres.fresh() as address:
        store = await open_store(address)
        with pytest.raises(DatabaseUnavailable, match="does not answer"):
            async with store.write() as tx:
                await tx.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        assert store.trouble == NO_ANSWER
        async with store.recovery_transaction() as tx:
            await system.remember(tx, "x", "yes")
        assert store.trouble == ""
        await store.close()


@pytest.mark.parametrize(
    ("state", "statement", "lost", "sentence"),
    [
        ("53100", "INSERT", False, FULL),
        ("57P01", "INSERT", True, NO_ANSWER),
        ("25006", "INSERT", False, NO_ANSWER),
        ("", None, False, NO_ANSWER),
        ("", "INSERT", True, NO_ANSWER),
        ("", "INSERT", False, ""),
        ("54000", "INSERT", False, ""),
        ("40001", "INSERT", False, ""),
        ("57014", "INSERT", False, ""),
    ],
)
def test_trouble_is_the_servers_not_the_statements(
    state: str, statement: str | None, lost: bool, sentence: str
) -> None:
    cause = Exception("as the driver says it")
    cause.sqlstate = state  # type: ignore[attr-defined]
    assert (
        unavailable_reason(OperationalError(statement, None, cause, connection_invalidated=lost)) == sentence
    )
