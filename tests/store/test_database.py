"""Opening a database: migrations, versions, transactions, times."""

import asyncio
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.exc import StatementError

from bot.errors import StoreError, StoreTooNew
from bot.model import FeedFormat
from bot.store import Store, feeds, open_store, system
from bot.store.entry_search import TABLE as INDEX
from bot.store.entry_search import has_index
from bot.store.schema import leases, metadata

ENGINE = "procrastinate"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def revisions(store: Store) -> list[str]:
    async with store.read() as tx:
        return list((await tx.execute(text("SELECT version_num FROM alembic_version"))).scalars())


async def test_an_empty_database_is_brought_to_the_newest_schema(empty_database: str) -> None:
    store = await open_store(empty_database)
    async with store.read() as tx:
        tables = await tx.run_sync(lambda connection: set(inspect(connection).get_table_names()))
        assert await tx.run_sync(has_index)
    assert {name for name in tables if not name.startswith((INDEX, ENGINE))} == set(metadata.tables) | {
        "alembic_version"
    }
    assert any(name.startswith(ENGINE) for name in tables) != store.is_sqlite
    assert len(await revisions(store)) == 1
    await store.close()


async def test_opening_twice_keeps_what_is_there(empty_database: str) -> None:
    first = await open_store(empty_database)
    before = await revisions(first)
    async with first.write() as tx:
        await system.remember(tx, "instance", "a1")
    await first.close()
    second = await open_store(empty_database)
    assert await revisions(second) == before
    async with second.read() as tx:
        assert await system.fact(tx, "instance") == "a1"
    await second.close()


async def test_two_processes_may_open_an_empty_database_at_once(empty_database: str) -> None:
    stores = await asyncio.gather(open_store(empty_database), open_store(empty_database))
    assert await revisions(stores[0]) == await revisions(stores[1])
    for store in stores:
        await store.close()


async def test_a_database_of_a_newer_program_is_refused(database: str) -> None:
    store = await open_store(database)
    async with store.write() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(StoreTooNew, match=r"newer Strillone.*9999.*backup"):
        await open_store(database)


async def test_migrations_make_the_tables_that_the_queries_expect(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        def is_ours(name: str | None, _: str, parents: Mapping[str, str | None]) -> bool:
            return not str(parents.get("table_name") or name).startswith((INDEX, ENGINE))

        opts = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, metadata))

    async with store.read() as tx:
        assert await tx.run_sync(differences) == []


@pytest.mark.parametrize(
    "address",
    ["nonsense", "mysql://user:sesame@localhost/x"],
)
async def test_an_address_that_cannot_be_used_is_refused_with_a_remedy(address: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL") as caught:
        await open_store(address)
    assert "sesame" not in str(caught.value)


async def test_a_file_that_cannot_be_made_is_refused_with_the_remedy_for_files() -> None:
    with pytest.raises(StoreError, match="Look whether its folder is there, has room"):
        await open_store("sqlite:////proc/none/strillone.db")


async def test_a_server_that_is_not_there_is_refused_without_the_password() -> None:
    with pytest.raises(StoreError, match="DATABASE_URL") as caught:
        await open_store("postgresql://me:sesame@127.0.0.1:1/strillone")
    assert "sesame" not in str(caught.value)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear reader, this is no database at all. " * 200)
    with pytest.raises(StoreError, match=r"letter\.db"):
        await open_store(f"sqlite:///{file}")


async def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'new' / 'deep' / 'strillone.db'}")
    await store.close()
    with sqlite3.connect(tmp_path / "new" / "deep" / "strillone.db") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.close()


async def test_a_database_in_memory_lives_as_long_as_its_store() -> None:
    store = await open_store("sqlite://")
    async with store.write() as tx:
        await system.remember(tx, "a", "b")
    async with store.read() as tx:
        assert await system.fact(tx, "a") == "b"
    await store.close()


# --- times -------------------------------------------------------------------------------------------------


def lease(at: datetime) -> dict[str, object]:
    return {"name": "n", "holder": "h", "since": at, "until": at}


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        async with store.write() as tx:
            await tx.execute(insert(leases).values(lease(datetime(2026, 3, 2, 12, 0))))  # noqa: DTZ001


async def test_times_come_back_in_utc(store: Store) -> None:
    rome = timezone(timedelta(hours=1))
    async with store.write() as tx:
        await tx.execute(insert(leases).values(lease(datetime(2026, 3, 2, 13, 0, 0, 123456, tzinfo=rome))))
    async with store.read() as tx:
        found = (await tx.execute(select(leases.c.until))).scalar_one()
    assert found == NOON.replace(microsecond=123456)
    assert found.utcoffset() == timedelta(0)


async def test_times_of_different_zones_compare_as_moments(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    async with store.write() as tx:
        await tx.execute(insert(leases).values(lease(NOON.astimezone(tokyo))))
    async with store.read() as tx:
        earlier = select(leases.c.name).where(leases.c.until < NOON + timedelta(seconds=1))
        later = select(leases.c.name).where(leases.c.until > NOON - timedelta(seconds=1))
        assert (await tx.execute(earlier)).scalar() == "n"
        assert (await tx.execute(later)).scalar() == "n"


# --- transactions ------------------------------------------------------------------------------------------


async def test_what_a_failed_transaction_wrote_is_gone(store: Store) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012  the transaction is what fails
        async with store.write() as tx:
            await system.remember(tx, "a", "b")
            raise RuntimeError
    async with store.read() as tx:
        assert await system.fact(tx, "a") is None


async def test_reading_and_then_writing_loses_no_update(store: Store) -> None:
    async def add_one() -> None:
        async with store.write() as tx:
            value = int(await system.fact(tx, "n") or 0)
            await asyncio.sleep(0.01)
            await system.remember(tx, "n", str(value + 1))

    await asyncio.gather(*(add_one() for _ in range(8)))
    async with store.read() as tx:
        assert await system.fact(tx, "n") == "8"


async def test_a_reader_does_not_wait_for_a_writer(store: Store) -> None:
    async with store.write() as tx:
        await system.remember(tx, "a", "b")
        async with asyncio.timeout(5), store.read() as other:
            assert await system.fact(other, "a") is None


async def test_a_cancelled_writer_lets_the_next_one_in(store: Store) -> None:
    entered = asyncio.Event()

    async def hold() -> None:
        async with store.write() as tx:
            await system.remember(tx, "a", "held")
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hold())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), store.write() as tx:
        assert await system.fact(tx, "a") is None
        await system.remember(tx, "a", "free")


async def test_a_writer_cancelled_in_the_middle_of_a_statement_lets_the_next_one_in(store: Store) -> None:
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n"
    slow = text(counting if store.is_sqlite else "SELECT pg_sleep(0.5)")
    entered = asyncio.Event()

    async def count() -> None:
        async with store.write() as tx:
            await system.remember(tx, "a", "held")
            entered.set()
            await tx.execute(slow)

    task = asyncio.create_task(count())
    await entered.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    async with asyncio.timeout(5), store.write() as tx:
        assert await system.fact(tx, "a") is None


async def test_a_commit_of_sqlite_is_on_the_disk(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'a.db'}")
    async with store.write() as tx:
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar() == 2
    await store.close()


async def test_feeds_of_an_older_schema_are_feeds_and_not_pages(empty_database: str) -> None:
    old = await open_store(empty_database, "0010")
    async with old.write() as tx:
        await tx.execute(
            text(
                "INSERT INTO feeds (url, url_key, title, outlet, home, language, kind, weight, ai_only, origin, state, etag, last_modified, body_hash, failures, error) "
                "VALUES ('https://owl.example/f', 'owl.example/f', 'Owl', 'Owl', '', 'en', 'news outlet', 1.0, false, 'config', 'active', '', '', '', 0, '')"
            )
        )
    await old.close()
    store = await open_store(empty_database)
    async with store.read() as tx:
        (feed,) = await feeds.all_active(tx)
    assert (feed.url, feed.format) == ("https://owl.example/f", FeedFormat.FEED)
    await store.close()
