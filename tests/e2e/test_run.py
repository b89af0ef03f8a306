"""`strillone run` as a process of its own, against loopback Discord and Telegram and the sample newsroom.

The judge is the doubles' own record of what every chat shows.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.seed import due_at
from bot.demo.newsroom import Newsroom
from bot.feeds.opml import write_opml
from bot.store import entries, feeds, open_store
from tests.doubles import discord, telegram

NEWSROOM = Path(__file__).parents[2] / "config" / "demo"
READER = 4242

SETTINGS = """
zone = "UTC"
[fetch]
shortest_poll_minutes = 0.05
longest_poll_minutes = 0.08
open_hosts = ["127.0.0.1"]
[web]
port = 0
[[channels]]
platform = "telegram"
address = "{group}"
kind = "group"
subscriptions = [{{ name = "daily", schedule = "{when}" }}]
[[channels]]
platform = "telegram"
address = "{private}"
kind = "private"
subscriptions = [{{ name = "daily", schedule = "{when}" }}]
[[channels]]
platform = "discord"
address = "{text}"
kind = "group"
subscriptions = [{{ name = "daily", schedule = "{when}" }}]
"""


@dataclass
class Town:
    """Both platforms, the newsroom, and where the program keeps its things."""

    telegram: telegram.TelegramDouble
    discord: discord.DiscordDouble
    newsroom: Newsroom
    folder: Path
    group: int
    text: int

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder}/strillone.db"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "STRILLONE_DATA": str(self.folder),
            "STRILLONE_CONFIG": str(NEWSROOM.parent),
            "TELEGRAM_TOKEN": telegram.TOKEN,
            "TELEGRAM_BASE_URL": self.telegram.url,
            "DISCORD_TOKEN": discord.TOKEN,
            "DISCORD_API_URL": self.discord.api,
            "DISCORD_GATEWAY_URL": self.discord.gateway,
            "DATABASE_URL": self.database,
            "PYTHONPATH": str(NEWSROOM.parents[1]),
        }

    def shown(self) -> dict[str, list[str]]:
        """What our bot posted for all to see, by chat."""
        return {
            "group": [m.text for m in self.telegram.posts(self.group)],
            "private": [m.text for m in self.telegram.posts(READER)],
            "discord": [m.text for m in self.discord.shows(self.text) if m.author == discord.BOT],
        }

    def digests(self) -> Counter[str]:
        """How many digests each chat shows."""
        return Counter(
            {chat: sum("AI news" in text for text in texts) for chat, texts in self.shown().items()}
        )

    def tellings(self, word: str) -> Counter[str]:
        """In how many messages of each chat a word stands."""
        return Counter({chat: sum(word in text for text in texts) for chat, texts in self.shown().items()})


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with (
        telegram.TelegramDouble() as tg,
        discord.DiscordDouble() as dc,
        Newsroom(NEWSROOM, lambda: datetime.now(UTC)) as newsroom,
    ):
        tg.add_private(READER)
        group = tg.add_group("News", admins=[READER])
        text = dc.add_channel("text", name="news")
        soon = (datetime.now(UTC) + timedelta(hours=12)).strftime("%H:%M")
        made = SETTINGS.format(group=group, private=READER, text=text, when=soon)
        (tmp_path / "strillone.toml").write_text(made)
        rows = [("Sample", {"text": o.title, "xmlUrl": o.url, **o.attributes}) for o in newsroom.outlines()]
        (tmp_path / "feeds.opml").write_text(write_opml("Sample", rows))
        yield Town(tg, dc, newsroom, tmp_path, group, text)


LOOPBACK_FOR_ALL = """
from dataclasses import replace
from bot.app import running
plan_for = running.plan_for
running.plan_for = lambda settings: replace(plan_for(settings), opened=("127.0.0.1",))
from bot.__main__ import main
main()
"""
"""The program, with this machine open to the feeds of everybody: people add feeds of the newsroom, which is here."""


@asynccontextmanager
async def strillone(
    town: Town, *, loopback_for_all: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the program with its log in a file."""
    program = ["-c", LOOPBACK_FOR_ALL] if loopback_for_all else ["-m", "bot"]
    with (town.folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *program,
            "run",
            env=town.environment(),
            cwd=town.folder,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def until(done: Callable[[], object], town: Town, seconds: float = 40.0) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not done():  # noqa: ASYNC110  what is waited for happens in another process
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"it did not happen; the log ends with\n{town.log[-5000:]}")


async def read_everything(town: Town) -> None:
    """Wait until the running program has read and grouped all feeds."""
    await until(lambda: "instance.running" in town.log, town)
    store = await open_store(town.database)
    async with asyncio.timeout(50):
        while True:
            async with store.read() as tx:
                seen = await feeds.all_active(tx)
                waiting = await entries.ungrouped(tx, 1)
            if seen and all(feed.ok_at for feed in seen) and not waiting:
                break
            await asyncio.sleep(0.2)
    await store.close()


async def let_the_slot_come(town: Town) -> None:
    """Make every digest due, as the passing of the day would."""
    store = await open_store(town.database)
    await due_at(store, datetime.now(UTC))
    await store.close()


async def stop(process: asyncio.subprocess.Process) -> float:
    """Ask the program to end; returns how many seconds it took."""
    began = asyncio.get_running_loop().time()
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.wait(), 15)
    return asyncio.get_running_loop().time() - began


@pytest.mark.timeout(180)
async def test_one_process_posts_and_answers_on_both_platforms_and_ends_in_order(town: Town) -> None:
    async with strillone(town) as process:
        await read_everything(town)
        await let_the_slot_come(town)
        await until(lambda: set(town.digests().values()) == {1}, town)

        links = [
            entity.get("url", "") for post in town.telegram.posts(town.group) for entity in post.entities
        ]
        assert any(link.startswith("https://t.me/strillone_test_bot?start=") for link in links)

        before = len(town.telegram.posts(READER))
        town.telegram.say(READER, READER, "/latest")
        await until(lambda: len(town.telegram.posts(READER)) > before, town)
        assert "Latest" in town.telegram.posts(READER)[-1].text
        asked = await town.discord.slash(town.text, town.discord.user(), "latest")
        assert not asked.failed

        assert await stop(process) < 10
    assert process.returncode == 0
    assert town.tellings("DeepSeek")["group"] == 1
    assert telegram.TOKEN not in town.log
    assert discord.TOKEN not in town.log


@pytest.mark.timeout(180)
async def test_asked_to_begin_again_it_takes_new_settings_and_keeps_the_old_where_they_are_wrong(
    town: Town,
) -> None:
    settings = town.folder / "strillone.toml"
    good = settings.read_text(encoding="utf-8")
    async with strillone(town) as process:
        await until(lambda: town.log.count('"event": "instance.running"') == 1, town)
        settings.write_text(f"{good}\n[digests]\nsize = 3\n", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        await until(lambda: "settings.refused" in town.log, town)
        assert "digests" in town.log
        settings.write_text(good, encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        await until(lambda: town.log.count('"event": "instance.running"') == 2, town)
        await read_everything(town)
        await let_the_slot_come(town)
        await until(lambda: set(town.digests().values()) == {1}, town)
        assert await stop(process) < 10
    assert process.returncode == 0


@pytest.mark.timeout(240)
@pytest.mark.parametrize("moment", ["before the effect", "after the effect"])
async def test_a_kill_in_the_middle_loses_nothing_and_repeats_nothing(town: Town, moment: str) -> None:
    async with strillone(town) as process:
        await read_everything(town)
        if moment == "after the effect":
            town.telegram.delay("sendMessage", 1.5, times=2)
            town.discord.fault("POST /channels/*/messages", delay=1.5, times=1)
        else:
            town.telegram.cut("sendMessage", after=False, times=2)
            town.discord.fault("POST /channels/*/messages", cut="before", times=1)
        await let_the_slot_come(town)
        await until(lambda: town.log.count("digest.published") == 3, town)
        await asyncio.sleep(0.5)
        process.kill()
        await process.wait()
    await asyncio.sleep(1.5)
    async with strillone(town) as process:
        await until(
            lambda: min(town.digests()[chat] for chat in ("group", "private", "discord")) >= 1, town, 60
        )
        await asyncio.sleep(4)
        await stop(process)
    assert town.digests() == Counter(group=1, private=1, discord=1), town.log[-4000:]
