"""`strillone backup`, `restore` and `resume`: real files, from and to either database."""

import asyncio
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import func, select, update

from bot.cli.archive import MANIFEST
from bot.cli.backup import back_up
from bot.cli.restore import restore
from bot.cli.resume import _last_awake_moment, _last_slot, resume
from bot.commands.about import status
from bot.errors import BackupError, StoreTooNew
from bot.model import Call, Channel, Person, Place, PlaceKind, Quiet, Schedule, Subscription, Text
from bot.store import Store, content, open_store, posting_hold, stories, system
from bot.store.dump import rows_of, tables_of
from bot.store.schema import feeds
from bot.store.schema import stories as story_table
from tests.conftest import StillClock
from tests.support.world import CONFIG, World, alpine, corvid, garden, larkwell

SECRETS = {
    "DISCORD_TOKEN": "token-of-discord",
    "OPENAI_API_KEY": "sk-key-of-a-model",
    "NEWS_KEY": "key-of-a-feed",
}
OWN = '[fetch.headers."alpine.example"]\nX-Key = "$NEWS_KEY"\n'


def named_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def whole(path: Path) -> bytes:
    return path.read_bytes()


def replaced(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def paper() -> Console:
    return Console(file=io.StringIO(), width=200)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def everything(store: Store) -> dict[str, list[list[Any]]]:
    """Every row of a database."""
    async with store.read() as tx:
        return {t.name: [row async for some in rows_of(tx, t) for row in some] for t in await tables_of(tx)}


async def told(store: Store, clock: StillClock) -> World:
    """A Strillone that has posted two stories and holds a third in its outbox."""
    world = await World.on(store, clock)
    await world.feed("halden")
    await world.wants(await world.channel("42"), "now")
    await world.settle()
    world.serve("halden", corvid(), larkwell())
    await world.poll(1)
    await world.settle()
    world.serve("halden", corvid(), larkwell(), alpine())
    clock.advance(timedelta(hours=1))
    await world.poll(1)
    await world.settle("read", "group", "publish")
    return world


# --- there and back ----------------------------------------------------------------------------------------


async def test_an_instance_moves_whole_from_either_database_to_either(
    database: str, store: Store, clock: StillClock, target: str, at: Any, tmp_path: Path
) -> None:
    await told(store, clock)
    async with store.write() as tx:  # a story that went into one with a higher number
        first, last = (await tx.execute(select(func.min(story_table.c.id), func.max(story_table.c.id)))).one()
        await tx.execute(update(story_table).where(story_table.c.id == first).values(merged_into=last))
    at("here", database)
    await back_up(tmp_path / "x.zip", paper())
    at("there", target)
    await restore(tmp_path / "x.zip", paper())
    there = await open_store(target)
    before, after = await everything(store), await everything(there)
    after["facts"] = [row for row in after["facts"] if row[0] != posting_hold.RESTORED]
    for found in (before, after):
        found.pop("feeds")  # all are due at once
        found["counters"] = [row for row in found["counters"] if row[0] != content.COUNTER]
    assert after == before
    assert len(before["entries"]) == 3
    async with there.write() as tx:
        assert await stories.create(tx, 1000, clock()) == last + 1
        assert (await tx.exec_driver_sql("SELECT count(*) FROM entry_words")).scalar() == 3
    await there.close()


async def test_a_backup_is_of_one_moment_while_the_program_writes(
    database: str, store: Store, clock: StillClock, at: Any, tmp_path: Path
) -> None:
    world = await World.on(store, clock)
    channel = await world.channel()
    ended = asyncio.Event()

    async def write() -> None:
        while not ended.is_set():
            async with store.write() as tx:
                number = await stories.take_changes(tx, 1)
                await stories.create(tx, number, clock())
                await system.remember(tx, f"fact-{number}", str(channel.id))
            await asyncio.sleep(0)

    at("here", database)
    writer = asyncio.create_task(write())
    command = [sys.executable, "-m", "bot", "backup", str(tmp_path / "x.zip")]
    environment = {**os.environ, "PYTHONPATH": str(CONFIG.parent)}
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, env=environment, timeout=60, check=False)  # fmt: skip
    ended.set()
    await writer
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        tables = {name: file.read(f"tables/{name}.jsonl").splitlines()[1:] for name in ("stories", "facts", "counters")}  # fmt: skip
    numbered = [line for line in tables["facts"] if b"fact-" in line]
    count = dict(map(json.loads, tables["counters"]))["change_no"]
    assert len(tables["stories"]) == len(numbered) == count > 0
    assert count <= await world.newest_change()


async def test_a_backup_of_an_older_schema_is_brought_to_the_newest(
    empty_database: str, target: str, at: Any, tmp_path: Path
) -> None:
    old = await open_store(empty_database, to="0002")
    async with old.write() as tx:
        await tx.exec_driver_sql(
            "INSERT INTO servers (platform, address, name) VALUES ('web', 'here', 'Here')"
        )
    await old.close()
    at("here", empty_database)
    await back_up(tmp_path / "x.zip", paper())
    assert json.loads(zipfile.ZipFile(tmp_path / "x.zip").read(MANIFEST))["schema"] == "0002"
    at("there", target)
    await restore(tmp_path / "x.zip", paper())
    there = await open_store(target)
    assert (await everything(there))["servers"] == [[1, "web", "here", "Here", False, False, ""]]
    await there.close()


# --- what is in it, and what is not ------------------------------------------------------------------------


async def test_configuration_moves_and_secrets_stay(
    store: Store, database: str, clock: StillClock, at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    world = await World.on(store, clock)
    await world.feed("alpine", alpine())
    async with store.write() as tx:
        await tx.execute(feeds.update().values(hub_secret="shared-with-a-hub"))
    world.platform.name = "telegram"
    await world.channel("7")
    data = at("here", database)
    instead = tmp_path / "instead"
    instead.mkdir()
    shutil.copy(CONFIG / "kinds.toml", instead)
    (instead / "topics.toml").write_text((CONFIG / "topics.toml").read_text() + "\n# ours\n")
    monkeypatch.setenv("STRILLONE_CONFIG", str(instead))
    (data / "strillone.toml").write_text(OWN)
    (data / ".env").write_text("TELEGRAM_TOKEN=token-of-telegram\n")
    (data / "notes.txt").write_text("not of the configuration")
    console = paper()
    await back_up(tmp_path / "x.zip", console)
    assert "only its owner may read it" in written(console)
    assert stat.S_IMODE((tmp_path / "x.zip").stat().st_mode) == 0o600
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        kept = {name: file.read(name).decode() for name in file.namelist()}
    assert [n for n in kept if n.startswith("config/")] == ["config/data/strillone.toml", "config/shipped/topics.toml"]  # fmt: skip
    said = "\n".join(kept.values())
    assert not [s for s in (*SECRETS.values(), "token-of-telegram", database) if s in said]
    assert "shared-with-a-hub" in kept["tables/feeds.jsonl"]

    there = at("there", f"sqlite:///{tmp_path / 'there' / 'strillone.db'}")
    monkeypatch.delenv("OPENAI_API_KEY")
    console = paper()
    await restore(tmp_path / "x.zip", console)
    named = [line.strip() for line in written(console).splitlines() if line.startswith("  ")][:4]
    assert named == [
        "NEWS_KEY  (is set)", "OPENAI_API_KEY", "TELEGRAM_TOKEN", f"STRILLONE_CONFIG={there / 'config'}  (is set)",
    ]  # fmt: skip
    assert (there / "strillone.toml").read_text() == OWN
    assert (there / "config" / "topics.toml").read_text().endswith("# ours\n")
    assert stat.S_IMODE((there / "strillone.toml").stat().st_mode) == 0o600


async def test_nothing_to_back_up_is_said_and_nothing_left(at: Any, tmp_path: Path) -> None:
    at("here", "")
    with pytest.raises(BackupError, match=r"There is no database to back up: .*strillone\.db does not exist"):
        await back_up(tmp_path / "x.zip", paper())
    await (await open_store(f"sqlite:///{tmp_path}/here/strillone.db", to="")).close()
    with pytest.raises(BackupError, match="no tables of Strillone yet"):
        await back_up(tmp_path / "x.zip", paper())
    assert named_in(tmp_path) == ["here"]
    (tmp_path / "x.zip").touch()
    with pytest.raises(BackupError, match="exists already"):
        await back_up(tmp_path / "x.zip", paper())


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.fixture
async def saved(file_store: Store, clock: StillClock, at: Any, tmp_path: Path) -> Path:
    """A good backup; the environment is that of an empty place."""
    data = at("here", f"sqlite:///{tmp_path / 'strillone.db'}")
    (data / "strillone.toml").write_text(OWN)
    await told(file_store, clock)
    await back_up(tmp_path / "x.zip", paper())
    at("there", f"sqlite:///{tmp_path / 'there' / 'strillone.db'}")
    return tmp_path / "x.zip"


@pytest.fixture
async def file_store(migrated_file: Path, tmp_path: Path) -> Any:
    opened = await open_store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'strillone.db')}")
    yield opened
    await opened.close()


def rewritten(path: Path, change: Callable[[dict[str, bytes]], list[tuple[str, bytes]] | None]) -> None:
    """Change the members of a backup; more may be returned to be added, under names that are there already."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    more = change(members) or []
    with zipfile.ZipFile(path, "w") as file, pytest.MonkeyPatch.context() as quiet:
        quiet.setattr("warnings.warn", lambda *_, **__: None)
        for name, data in [*members.items(), *more]:
            file.writestr(name, data)


def manifest(**values: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = json.dumps({**json.loads(members[MANIFEST]), **values}).encode()

    return change


def drop(members: dict[str, bytes]) -> None:
    del members["tables/entries.jsonl"]


def alter(members: dict[str, bytes]) -> None:
    members["tables/entries.jsonl"] = members["tables/entries.jsonl"].replace(b"70 billion", b"90 billion")


def smuggle(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[name] = b"x"

    return change


def double(members: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [("config/data/strillone.toml", b"[fetch]\n")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (manifest(schema="9999"), "made by a newer Strillone"),
        (manifest(format=2), "made by a newer Strillone"),
        (manifest(members=None), "is damaged: it has no manifest that can be read"),
        (drop, "is damaged: a part of it is missing or is there twice"),
        (double, "is damaged: a part of it is missing or is there twice"),
        (alter, "is damaged: tables/entries.jsonl is not what it was"),
        (smuggle("../../etc/strillone.toml"), "holds what no backup of Strillone holds"),
        (smuggle("/tmp/strillone.toml"), "holds what no backup of Strillone holds"),
        (smuggle("config/data/../strillone.toml"), "holds what no backup of Strillone holds"),
        (smuggle("config/data/.env"), "holds what no backup of Strillone holds"),
    ],
)  # fmt: skip
async def test_a_file_that_is_not_as_it_was_changes_nothing(
    saved: Path, change: Any, said: str, tmp_path: Path
) -> None:
    rewritten(saved, change)
    with pytest.raises((BackupError, StoreTooNew), match=said):
        await restore(saved, paper())
    assert named_in(tmp_path / "there") == []


async def test_half_a_file_or_none_is_damaged(saved: Path, tmp_path: Path) -> None:
    good = whole(saved)
    for text in (good[: len(good) // 2], b"", good[:2000] + b"\0" * 50 + good[2050:]):
        replaced(saved, text)
        with pytest.raises(BackupError, match="is damaged"):
            await restore(saved, paper())
    assert named_in(tmp_path / "there") == []


async def test_a_place_that_is_not_empty_is_refused_with_what_to_do(
    saved: Path, target: str, at: Any, tmp_path: Path
) -> None:
    there = at("there", target)
    (there / "strillone.toml").write_text("zone = 'Europe/Rome'\n")
    with pytest.raises(BackupError, match=r"another configuration here: .*Move it away"):
        await restore(saved, paper())
    (there / "strillone.toml").write_text(OWN)
    await restore(saved, paper())
    how = "Make an empty database" if target.startswith("postgres") else "move its files away"
    with pytest.raises(BackupError, match=f"not empty. .*{how}"):
        await restore(saved, paper())


async def test_a_row_that_cannot_be_written_leaves_an_empty_place(saved: Path) -> None:
    import hashlib

    def spoil(members: dict[str, bytes]) -> None:
        lines = members["tables/channels.jsonl"].splitlines(keepends=True)
        spoilt = b"".join([lines[0], lines[1], lines[1]])
        sums = json.loads(members[MANIFEST])["members"] | {"tables/channels.jsonl": hashlib.sha256(spoilt).hexdigest()}  # fmt: skip
        manifest(members=sums)(members)
        members["tables/channels.jsonl"] = spoilt

    good = whole(saved)
    rewritten(saved, spoil)
    with pytest.raises(Exception, match="The rows of channels cannot be written: UNIQUE"):
        await restore(saved, paper())
    replaced(saved, good)
    assert await restore(saved, paper()) == 0


# --- held, and let go --------------------------------------------------------------------------------------


async def restored(file: Path, clock: StillClock, world: World, address: str) -> World:
    """The instance in its new place, on the same chats and web, after `strillone restore`."""
    await restore(file, paper())
    store = await open_store(address)
    async with store.write() as tx:  # the clock of the tests, not of the machine
        await posting_hold.start_hold(tx, clock())
    again = await World.on(store, clock, world.platform, world.web)
    again.start = world.start
    return again


@pytest.fixture
def moment(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.resume.utc_now", clock)
    monkeypatch.setattr("bot.cli.backup.utc_now", clock)


async def test_nothing_leaves_before_a_person_says_so_and_then_what_was_queued(
    file_store: Store, clock: StillClock, at: Any, moment: None, target: str, tmp_path: Path
) -> None:
    old = await told(file_store, clock)
    at("here", f"sqlite:///{tmp_path / 'strillone.db'}")
    await back_up(tmp_path / "x.zip", paper())
    at("there", target)
    world = await restored(tmp_path / "x.zip", clock, old, target)
    chat = Place(platform="scripted", address="42", kind=PlaceKind.GROUP)
    world.serve("halden", corvid(), larkwell(), alpine(), garden())
    clock.advance(timedelta(hours=1))
    await world.settle()
    assert world.platform.headlines(await world.channel("42")) == [corvid().title, larkwell().title]
    answer = await status(world.ctx, Call("status", {}, Person(platform="scripted", address="1"), chat))
    assert any("until my operator says `strillone resume`" in b.text for b in answer.document.blocks if isinstance(b, Text))  # fmt: skip
    console = paper()
    await resume(console, moved=False)
    assert "Posts leave again." in written(console)
    with pytest.raises(BackupError, match="Nothing is held"):
        await resume(paper(), moved=False)
    await world.settle()
    assert world.platform.headlines(await world.channel("42")) == [
        corvid().title, larkwell().title, alpine().title, garden().title,
    ]  # fmt: skip
    await world.store.close()


async def test_what_the_old_one_went_on_to_post_is_not_posted_again_and_news_after_it_is(
    file_store: Store, clock: StillClock, at: Any, moment: None, target: str, tmp_path: Path
) -> None:
    old = await told(file_store, clock)
    channel = await old.channel("42")
    at("here", f"sqlite:///{tmp_path / 'strillone.db'}")
    await back_up(tmp_path / "x.zip", paper())
    clock.advance(timedelta(hours=1))
    old.serve("halden", corvid(), larkwell(), alpine(), garden(hours=-1.5))
    await old.poll(1)
    await old.settle()  # the old one posts what was queued, and news that the backup does not know
    clock.advance(timedelta(hours=1))
    at("there", target)
    world = await restored(tmp_path / "x.zip", clock, old, target)
    with pytest.raises(BackupError, match="1 feed was not read since the restore"):
        await resume(paper(), moved=True)
    clock.advance(timedelta(hours=1))
    fresh = corvid(
        slug="wren",
        title="Wren Institute opens a school for 300 robot nurses in Ghent",
        text=GHENT,
        hours=-3.5,
    )
    world.serve("halden", corvid(), larkwell(), alpine(), garden(hours=-1.5), fresh)
    await world.settle()
    console = paper()
    await resume(console, moved=True)
    assert "1 queued posts were given up; 1 stories that came before" in written(console)
    await world.settle()
    titles = world.platform.headlines(channel)
    assert sorted(titles) == sorted(
        [corvid().title, larkwell().title, alpine().title, garden().title, fresh.title]
    )
    await world.store.close()


GHENT = (
    "The Wren Institute trains machines that lift patients, in a former brewery near the canal. "
    "Each robot spends six weeks with an experienced nurse before it may enter a ward. "
    "Belgium pays half of the fees, and insurers take the rest for two years. "
    "Patients may refuse the help without giving a reason."
)


async def test_digests_go_on_after_the_last_one_of_the_old_instance(
    file_store: Store, clock: StillClock, at: Any, moment: None, tmp_path: Path
) -> None:
    old = await World.on(file_store, clock)
    await old.feed("halden", corvid())
    channel = await old.channel("42")
    subscription = await old.wants(channel, "10:00 18:00")
    await old.settle("collect", "read", "group")
    at("here", f"sqlite:///{tmp_path / 'strillone.db'}")
    await back_up(tmp_path / "x.zip", paper())
    address = f"sqlite:///{tmp_path / 'there' / 'strillone.db'}"
    clock.advance(timedelta(hours=1, minutes=5))
    await old.settle()  # the old one's digest at ten
    assert old.platform.headlines(channel) == [corvid().title]
    clock.advance(timedelta(hours=2))
    at("there", address)
    world = await restored(tmp_path / "x.zip", clock, old, address)
    clock.advance(timedelta(minutes=5))
    world.serve("halden", corvid(), larkwell(hours=-2))  # after the old one's digest, before it ended
    await world.settle()
    await resume(paper(), moved=True)
    assert (await world.subscription(subscription)).next_slot_at == clock().replace(hour=18, minute=0)
    clock.advance(timedelta(hours=7))
    await world.settle()
    assert world.platform.headlines(channel) == [corvid().title, larkwell().title]
    await world.store.close()


NIGHT = Quiet(time(22), time(7))


@pytest.mark.parametrize(
    ("quiet", "since", "last"),
    [
        (None, "2026-03-02 23:30", "2026-03-02 23:00"),
        (NIGHT, "2026-03-02 23:30", "2026-03-02 18:00"),
        (replace(NIGHT, silent=True), "2026-03-02 23:30", "2026-03-02 23:00"),
        (NIGHT, "2026-03-03 07:00", "2026-03-02 23:00"),
        (NIGHT, "2026-03-02 17:59", None),
    ],
)
def test_a_digest_of_the_night_counts_as_posted_at_its_end(
    quiet: Quiet | None, since: str, last: str | None
) -> None:
    channel = Channel(id=1, platform="scripted", address="1", kind=PlaceKind.GROUP, server_id=1, quiet=quiet)
    subscription = Subscription(
        id=1,
        channel_id=1,
        topic="ai",
        schedule=Schedule((time(18), time(23))),
        next_slot_at=utc("2026-03-02 18:00"),
    )
    assert _last_slot(subscription, channel, utc(since)) == (utc(last) if last else None)


def test_news_at_once_was_told_until_the_night_began() -> None:
    channel = Channel(id=1, platform="scripted", address="1", kind=PlaceKind.GROUP, server_id=1, quiet=NIGHT)
    assert _last_awake_moment(channel, utc("2026-03-03 03:00")) == utc("2026-03-02 22:00")
    assert _last_awake_moment(channel, utc("2026-03-03 09:00")) == utc("2026-03-03 09:00")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")
