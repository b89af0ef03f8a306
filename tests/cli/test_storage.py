"""`strillone storage`: what uses what, what will be freed, and room given back, on real databases."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from rich.console import Console
from sqlalchemy import text

from bot.app.lease import ProcessLease
from bot.cli import storage as command
from bot.cli.storage import show_storage
from bot.errors import LeaseHeld, StoreError
from bot.jobs.operating.retention import retain
from bot.store import open_store, retention
from tests.conftest import StillClock
from tests.support.world import CONFIG, World, alpine, corvid, garden, larkwell

LONG = "Corvid 3 answers in nine languages, says the laboratory in its report. " * 2000
LOG = structlog.get_logger()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'strillone.db'}"
        return
    with request.getfixturevalue("postgres").fresh() as found:
        yield found


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Console]:
    monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))
    monkeypatch.setenv("STRILLONE_DATA", str(tmp_path))
    return lambda: Console(file=io.StringIO(), width=110, highlight=False)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def fill(address: str, clock: StillClock) -> None:
    store = await open_store(address)
    world = await World.on(store, clock)
    await world.feed("halden", corvid(text=LONG), alpine(text=LONG), garden(text=LONG), larkwell())
    await world.settle("collect", "group")
    await store.close()


async def test_tables_are_shown_with_what_will_be_freed(
    address: str, clock: StillClock, monkeypatch: pytest.MonkeyPatch, printed: Callable[[], Console]
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setattr(command, "utc_now", lambda: clock.now + timedelta(days=200))
    monkeypatch.setattr(retention, "KEPT_OF_FEED", 1)
    await fill(address, clock)
    console = printed()
    assert await show_storage(console, LOG, shrink=False) == 0
    lines = said(console).splitlines()
    assert lines[0].startswith("The database holds ")
    row = next(line.split() for line in lines if line.startswith("entries "))
    assert row[1] == "4"
    assert float(row[2]) > 0
    texts = next(line for line in lines if line.startswith("  texts beyond their opening (texts_days): "))
    assert re.search(r": 3 \(0\.\d MB\)$", texts)
    untold = next(line for line in lines if line.startswith("  entries that nobody was told or saved "))
    assert re.search(r"\(entries_days\): 3 \(0\.\d MB\)$", untold)
    assert "  what posts were made of, and why (posts_days): 0 (0.0 kB)" in lines


async def test_room_is_given_back(
    address: str, clock: StillClock, monkeypatch: pytest.MonkeyPatch, printed: Callable[[], Console]
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setattr(retention, "KEPT_OF_FEED", 1)
    await fill(address, clock)
    store = await open_store(address)
    clock.advance(timedelta(days=200))
    await retain((await World.on(store, clock)).ctx)
    is_sqlite = store.is_sqlite
    await store.close()
    shown, console = printed(), printed()
    await show_storage(shown, LOG, shrink=False)
    await show_storage(console, LOG, shrink=True)
    if not is_sqlite:
        assert "nothing to do" in said(console)
        return
    assert "--shrink" in said(shown)
    before, now = (line for line in said(console).splitlines()[-1].split(", "))
    assert float(now.split()[0]) < float(before.split()[0])
    again = await open_store(address)
    async with again.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM entries"))).scalar_one() == 1
    await again.close()


async def test_a_running_strillone_is_left_alone(
    clock: StillClock, tmp_path: Path, printed: Callable[[], Console]
) -> None:
    address = f"sqlite:///{tmp_path / 'strillone.db'}"
    await fill(address, clock)
    store = await open_store(address)
    lease = ProcessLease(store=store, clock=command.utc_now, log=LOG, holder="elsewhere/1")
    await lease.take(standby=0)
    with pytest.raises(LeaseHeld, match="Stop it"):
        await show_storage(printed(), LOG, shrink=True)
    await store.close()


async def test_a_disk_without_room_is_said_before_anything_is_written(
    clock: StillClock, tmp_path: Path, printed: Callable[[], Console], monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(f"sqlite:///{tmp_path / 'strillone.db'}", clock)
    full = type("Usage", (), {"free": 1000})()
    monkeypatch.setattr("bot.cli.storage.shutil.disk_usage", lambda _: full)
    with pytest.raises(StoreError, match=r"has 1\.0 kB free, and writing the file anew needs"):
        await show_storage(printed(), LOG, shrink=True)


async def test_without_a_database_of_now_it_says_what_makes_one(
    tmp_path: Path, printed: Callable[[], Console]
) -> None:
    with pytest.raises(StoreError, match="There is no database yet"):
        await show_storage(printed(), LOG, shrink=False)
    store = await open_store(f"sqlite:///{tmp_path / 'strillone.db'}", to="")
    await store.close()
    with pytest.raises(StoreError, match="The database is empty"):
        await show_storage(printed(), LOG, shrink=False)
    store = await open_store(f"sqlite:///{tmp_path / 'strillone.db'}", to="0021")
    await store.close()
    with pytest.raises(StoreError, match="of an earlier Strillone"):
        await show_storage(printed(), LOG, shrink=False)
