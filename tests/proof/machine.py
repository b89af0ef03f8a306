"""The machine's own faults: a full disk, a locked database, a server that goes away, a clock that jumps.

All are real but for the clock: the small disk is a tmpfs, the lock another connection's, PostgreSQL is stopped and started. The clock is
the program's own, a value, which the launcher moves by what a file says (see `launch`). Each fault lasts longer than what we
wait for, in the middle of a delivery; while it lasts `/status` and the log must say what is wrong, once.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from tests.doubles.discord import DiscordDouble
from tests.doubles.feeds import FeedServer, Reply
from tests.doubles.machine import locked, small_disk
from tests.doubles.postgres import Postgres
from tests.doubles.telegram import TelegramDouble
from tests.proof.chats import READER
from tests.proof.faults import Fault, alive, logged, slowly, until_shown
from tests.proof.launch import CLOCK, Lives
from tests.proof.matrix import Restless, rested
from tests.proof.town import NAMES, Town

CANNOT, CAN = "database.unavailable", "database.available"
SET_BACK = "clock.set_back"
LASTS = 25.0
"""Seconds for which a fault is left as it is once the program has noticed it."""

MOST_LINES = 60
"""Lines of the log while nothing can be done: one for each job that was at work, and a few more."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def full(server: Lives, town: Town) -> None:
    """Fill the disk after the second post, and make room again."""
    place = town.folder / "disk"
    place.mkdir()
    async with small_disk(place) as disk:
        shutil.copy(town.folder / "strillone.db", disk.folder)
        town.database, town.disk = f"sqlite:///{place / 'strillone.db'}", disk

        @asynccontextmanager
        async def trouble() -> AsyncIterator[None]:
            disk.fill()
            try:
                yield
            finally:
                disk.clear()

        await _suffered(server, town, trouble, "is full")


async def held(server: Lives, town: Town) -> None:
    """Let another program lock the database after the second post."""
    await _suffered(server, town, lambda: locked(town.folder / "strillone.db"), "locked")


def away(postgres: Postgres) -> Fault:
    """Return the fault of a PostgreSQL that stops after the second post and starts again."""

    @asynccontextmanager
    async def trouble() -> AsyncIterator[None]:
        await asyncio.to_thread(postgres.stop)
        try:
            yield
        finally:
            await asyncio.to_thread(postgres.start)

    async def deed(server: Lives, town: Town) -> None:
        await _suffered(server, town, trouble, "does not answer")

    return Fault("PostgreSQL stopped after two posts for half a minute", deed)


async def _suffered(
    server: Lives, town: Town, trouble: Callable[[], AbstractAsyncContextManager[None]], says: str
) -> None:
    slowly(town)
    async with alive(server, town) as process:
        await until_shown(town, 2)
        async with trouble():
            await logged(town, CANNOT)
            lines = town.log.count("\n")
            said = await _status(town)
            await asyncio.sleep(LASTS)
            lines = town.log.count("\n") - lines
        await logged(town, CAN)
        await rested(town, process)
    if says not in said:
        msg = f"/status did not say it: {said[:200]}"
        raise Restless(msg)
    if lines > MOST_LINES or town.log.count(CANNOT) > 1 or "Traceback" in town.log:
        msg = f"the log is too loud: {lines} lines, said {town.log.count(CANNOT)} times"
        raise Restless(msg)


async def _status(town: Town) -> str:
    """Ask for /status and return what is answered."""
    if isinstance(town.double, DiscordDouble):
        asked = await town.double.slash(town.chat, town.double.user(), "status", wait=30.0)
        return "\n".join(message.text for message in asked.messages)
    double: TelegramDouble = town.double
    before = len(double.posts(READER))
    double.say(READER, READER, "/status")
    await double.until(lambda: len(double.posts(READER)) > before, 30.0)
    return double.posts(READER)[-1].text


# --- the clock -----------------------------------------------------------------------------------------------

LATE = "Wexcombe"
"""What the news is about that comes after the clock was set."""

NEWS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Late</title>{}</channel></rss>"""
ITEM = (
    f"<item><guid>late</guid><link>https://late.example/1</link><title>{LATE} opens its language model for dialects of the Alps</title>"
    f"<description>{LATE} trained it on radio plays and parish letters. Anybody may run it on a laptop from today.</description></item>"
)
ASKED_OFTEN = '\n[fetch]\nshortest_poll_minutes = 0.05\nlongest_poll_minutes = 0.05\nopen_hosts = ["127.0.0.1"]\n[breaking]\nper_hour = 60\nper_day = 500\n'


def jump(name: str, *jumps: timedelta) -> Fault:
    """Return the fault of a clock that is set by some amounts, one after the other, each against the true time."""

    async def deed(server: Lives, town: Town) -> None:
        await _jumped(server, town, jumps)

    return Fault(name, deed)


async def _jumped(server: Lives, town: Town, jumps: Sequence[timedelta]) -> None:
    feed = FeedServer()
    await feed.start()
    try:
        _also_read(town, feed.serve("/late", Reply(NEWS.format("").encode())))
        town.words = (*NAMES, LATE)
        slowly(town, 1.0)
        _set(town, timedelta())
        async with alive(server, town) as process:
            await logged(town, "digest.published")
            for offset in jumps:
                _set(town, offset)
                await asyncio.sleep(10)  # longer than the lease goes without being renewed
            await logged(town, SET_BACK)
            feed.serve("/late", Reply(NEWS.format(ITEM).encode()))
            await until_shown_word(town, LATE)
            await rested(town, process)
    finally:
        await feed.stop()


def _set(town: Town, offset: timedelta) -> None:
    (town.folder / CLOCK).write_text(str(offset.total_seconds()), encoding="utf-8")


def _also_read(town: Town, address: str) -> None:
    """Declare one more feed, which is asked every few seconds."""
    settings, feeds = town.folder / "strillone.toml", town.folder / "feeds.opml"
    settings.write_text(settings.read_text(encoding="utf-8") + ASKED_OFTEN, encoding="utf-8")
    outline = f'<outline type="rss" text="Late" xmlUrl="{address}" aiOnly="yes" />'
    opml = feeds.read_text(encoding="utf-8")
    feeds.write_text(opml.replace("</body>", f"{outline}</body>"), encoding="utf-8")


async def until_shown_word(town: Town, word: str) -> None:
    """Wait until a chat shows something."""
    async with asyncio.timeout(60):
        while word in town.verdict().lost:  # noqa: ASYNC110  another process does it
            await asyncio.sleep(0.1)


MACHINE: Sequence[Fault] = (
    Fault("disk full after two posts for half a minute", full),
    Fault("database locked after two posts for half a minute", held),
    jump("clock set back by an hour", -HOUR),
    jump("clock set back by a day", -DAY),
    jump("clock set forward by a day and back", DAY, timedelta()),
)
