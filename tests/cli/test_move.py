"""`strillone move`: a whole instance from one database to another, interrupted anywhere, and back."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import update

from bot.app.lease import ProcessLease
from bot.app.running import Plan, running
from bot.cli.doctor.database import look_at_database
from bot.cli.move import move
from bot.cli.resume import resume
from bot.errors import LeaseHeld, StoreError
from bot.ports import Clock
from bot.settings import WebSettings
from bot.store import Store, open_store, transfer
from bot.store.content import UNSEEN
from bot.store.dump import rows_of, tables_of
from bot.store.entry_search import Scope, find
from bot.store.schema import entries
from bot.text.search_words import Phrase, SearchTerms
from tests.app.helpers import quiet_log
from tests.app.test_wiring import house
from tests.conftest import StillClock
from tests.support.world import World, alpine, corvid, corvid_elsewhere, garden, larkwell


@pytest.fixture
async def lived(store: Store, clock: StillClock) -> World:
    """An instance with news, posts and something of its own in every corner."""
    world = await World.on(store, clock)
    channel = await world.channel()
    await world.wants(channel, "now 10:00")
    feed = await world.feed("halden", corvid(), garden())
    await world.feed("porto", corvid_elsewhere(), larkwell())
    await world.settle()
    clock.advance(5_400)
    world.serve("halden", corvid(), garden(), alpine(hours=-1.4))
    await world.poll(feed)
    await world.settle()
    return world


async def everything(store: Store) -> dict[str, list[list[Any]]]:
    async with store.read() as tx:
        return {t.name: [row async for rows in rows_of(tx, t) for row in rows] for t in await tables_of(tx)}


async def hits_in(store: Store) -> list[dict[int, list[int]]]:
    """The entries that are found by some words, by story."""
    scope = Scope(feed_ids=[1, 2])
    async with store.read() as tx:
        hits = [await find(tx, SearchTerms((Phrase((word,)),)), scope) for word in ("corvid", "vineyards")]
    assert all(hits)
    return hits


async def moved(address: str) -> str:
    out = io.StringIO()
    assert await move(address, Console(file=out, width=200), quiet_log()) == 0
    return out.getvalue()


async def test_everything_arrives_and_the_old_one_is_closed(
    lived: World,
    target: str,
    at: Callable[[str, str], Path],
    database: str,
) -> None:
    before = await everything(lived.store)
    at("here", database)
    said = await moved(target)
    assert "entries: 5 rows" in said
    assert "Set DATABASE_URL to it and start `strillone run`" in said
    there = await open_store(target, to="")
    assert await everything(there) == before
    assert await hits_in(there) == await hits_in(lived.store)
    await there.close()
    with pytest.raises(StoreError, match=r"moved to .* already"):
        await moved(target)


async def test_new_rows_get_numbers_of_their_own(
    lived: World,
    target: str,
    at: Callable[[str, str], Path],
    database: str,
) -> None:
    at("here", database)
    await moved(target)
    there = await open_store(target)
    world = await World.on(there, lived.clock, lived.platform, lived.web)
    await world.feed("trento", alpine(slug="again", title="Trento opens a library of model weights"))
    await world.settle()
    assert len(await world.entries()) == 6
    await there.close()


async def test_what_is_interrupted_anywhere_goes_on(
    lived: World,
    target: str,
    at: Callable[[str, str], Path],
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await everything(lived.store)
    at("here", database)
    writes_left = 0
    plain = transfer.load_table

    async def load(*arguments: Any) -> int:
        nonlocal writes_left
        writes_left -= 1
        if writes_left < 0:
            raise ConnectionResetError
        return await plain(*arguments)

    monkeypatch.setattr(transfer, "load_table", load)
    monkeypatch.setattr("bot.store.dump.BATCH_ROWS", 2)
    interruptions = 0
    while True:
        writes_left = 12 * interruptions
        try:
            await moved(target)
            break
        except ConnectionResetError:
            interruptions += 1
        there = await open_store(target, to="")
        async with there.read() as tx:
            assert await transfer.is_arriving(tx)
        await there.close()
    assert interruptions > 1
    there = await open_store(target, to="")
    assert await everything(there) == before
    await there.close()


async def test_a_row_that_differs_is_named_and_nothing_is_closed(
    lived: World,
    tmp_path: Path,
    at: Callable[[str, str], Path],
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at("here", database)
    target = f"sqlite:///{tmp_path}/there/strillone.db"
    plain = transfer.find_difference

    async def harmed(source: Store, other: Store) -> str:
        async with other.write() as tx:
            harm = update(entries).where(entries.c.id == 3).values(title="Something else")
            await tx.execute(harm.execution_options(**UNSEEN))
        return await plain(source, other)

    monkeypatch.setattr(transfer, "find_difference", harmed)
    with pytest.raises(StoreError, match=r"not what was there \(entries, row 3\)"):
        await moved(target)
    async with lived.store.read() as tx:
        assert await transfer.moved_to(tx) == ""


async def test_a_database_at_work_or_of_others_is_refused(
    lived: World,
    tmp_path: Path,
    at: Callable[[str, str], Path],
    database: str,
) -> None:
    at("here", database)
    target = f"sqlite:///{tmp_path}/there/strillone.db"
    # under its own name, and under another
    for same in (
        database,
        database.replace("sqlite:////", "sqlite:////./").replace("postgresql://", "postgres://"),
    ):
        with pytest.raises(StoreError, match="That is the database of now"):
            await moved(same)
    there = await open_store(target)
    await (await World.on(there, lived.clock)).feed("trento", garden())
    await there.close()
    with pytest.raises(StoreError, match="is not empty"):
        await moved(target)


def another_lease(store: Store, clock: Clock, log: Any) -> ProcessLease:
    """The lease of another process."""
    return ProcessLease(store=store, clock=clock, log=log, holder="elsewhere/1")


async def test_nothing_moves_while_it_runs(
    tmp_path: Path,
    at: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = (f"sqlite:///{tmp_path}/{name}/strillone.db" for name in ("here", "there"))
    at("here", here)
    found = house(tmp_path / "here", web=WebSettings(enabled=False))
    async with running(found, Plan(platforms={}), quiet_log()):
        with monkeypatch.context() as patched:
            patched.setattr(ProcessLease, "of", another_lease)
            with pytest.raises(LeaseHeld):
                await moved(there)
    assert "Everything is in" in await moved(there)
    with pytest.raises(StoreError, match=r"was moved to sqlite:.* Set DATABASE_URL to that"):
        async with running(found, Plan(platforms={}), quiet_log()):
            pass
    out = io.StringIO()
    assert await resume(Console(file=out, width=300), moved=False) == 0
    assert "may be used again" in out.getvalue()
    async with running(found, Plan(platforms={}), quiet_log()):
        pass


async def test_a_half_filled_database_is_not_used(tmp_path: Path) -> None:
    found = house(tmp_path, web=WebSettings(enabled=False))
    store = await open_store(found.database)
    await transfer.begin_transfer(store, "another")
    await store.close()
    (finding,), _ = await look_at_database(found)
    assert finding.text.startswith("it is half filled. Say `strillone move` again")
    with pytest.raises(StoreError, match=r"half filled\. Say `strillone move` again"):
        async with running(found, Plan(platforms={}), quiet_log()):
            pass


@pytest.mark.parametrize("address", ["other.db", "mysql://user:secret@host/name"])
async def test_what_is_no_address_of_a_database_is_refused_without_showing_it(
    address: str, lived: World, at: Callable[[str, str], Path], database: str
) -> None:
    at("here", database)
    with pytest.raises(StoreError, match="behind --to") as refusal:
        await moved(address)
    assert address not in str(refusal.value)
