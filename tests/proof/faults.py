"""What goes wrong beside a kill: tokens and rights that are taken away, answers that never come, waits, copies of a database.

Each fault is one life (and a restart, where its name says so) of the real program; the chat is judged afterwards.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.doubles.telegram import TelegramDouble
from tests.proof.chats import shown
from tests.proof.launch import Lives
from tests.proof.matrix import Restless, Row, end, rested, whole
from tests.proof.town import Evening, Town

POST = "POST /channels/*/messages"
SLOW = 0.3
"""Seconds for each answer where something must happen in the middle of a digest."""

Deed = Callable[[Lives, Town], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong: its name, and what is done."""

    name: str
    deed: Deed


async def suffer(server: Lives, evening: Evening, fault: Fault, folder: Path) -> Row:
    """Let one thing go wrong, and judge the chat."""
    row = Row(f"{fault.name}: {evening.kind.name}", 1)
    async with evening.town(folder) as town:
        try:
            await fault.deed(server, town)
        except (Restless, TimeoutError) as error:
            row.where.append(f"{type(error).__name__}: {str(error)[:300]}")
        row.killed = town.lives - 1
        row.add(town, fault.name)
    return row


# --- levers that both doubles have, under one name ---------------------------------------------------------


def slowly(town: Town, seconds: float = SLOW) -> None:
    """Let every post take a moment."""
    if isinstance(town.double, TelegramDouble):
        town.double.delay("sendMessage", seconds, times=99)
    else:
        town.double.fault(POST, delay=seconds, times=99)


def _cut(town: Town, *, after: bool) -> None:
    if isinstance(town.double, TelegramDouble):
        town.double.cut("sendMessage", after=after)
    else:
        town.double.fault(POST, cut="after" if after else "before")


async def until_shown(town: Town, count: int) -> None:
    """Wait until a chat shows so many messages of ours."""
    async with asyncio.timeout(30):
        while len(shown(town.double, town.chat)) < count:  # noqa: ASYNC110  another process does it
            await asyncio.sleep(0.02)


async def logged(town: Town, words: str) -> None:
    """Wait until a life has said something: at most a minute."""
    async with asyncio.timeout(60):
        while words not in town.log:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@asynccontextmanager
async def alive(server: Lives, town: Town) -> AsyncIterator[int]:
    """Give a life, by its process id, that is ended afterwards."""
    process = await server.begin(town.environment(), str(town.folder))
    try:
        yield process
    finally:
        await end(process)


# --- what goes wrong -----------------------------------------------------------------------------------------


async def _token(server: Lives, town: Town) -> None:
    """Take the token away after the second post; give it back, and start the program again."""
    slowly(town)
    double: Any = town.double
    async with alive(server, town):
        await until_shown(town, 2)
        if isinstance(double, TelegramDouble):
            double.revoke()
        else:
            double.refuse_token()
            await double.close_gateway(4004)
        await logged(town, "platform.stopped")
    if isinstance(double, TelegramDouble):
        double.restore()
    else:
        double.restore_token()
    await whole(server, town)


async def _rights(server: Lives, town: Town) -> None:
    """Take the right to post away after the second post, and give it back to the running program."""
    slowly(town)
    double: Any = town.double
    async with alive(server, town) as process:
        await until_shown(town, 2)
        if isinstance(double, TelegramDouble):
            double.set_bot(town.chat, "kicked")
        else:
            double.revoke(town.chat, "send_messages")
        await asyncio.sleep(2)
        if isinstance(double, TelegramDouble):
            double.set_bot(town.chat, "member", {"can_send_messages"})
        else:
            double.grant(town.chat, "send_messages")
        await rested(town, process)


async def _rights_while_away(server: Lives, town: Town) -> None:
    """Take the right away after the second post, stop, give it back while nothing runs, and start again."""
    slowly(town)
    double: Any = town.double
    telegram = isinstance(double, TelegramDouble)
    async with alive(server, town):
        await until_shown(town, 2)
        double.set_bot(town.chat, "kicked") if telegram else double.revoke(town.chat, "send_messages")
        await asyncio.sleep(2)
    if telegram:
        double.set_bot(town.chat, "member", {"can_send_messages"})
    else:
        double.grant(town.chat, "send_messages")
    await whole(server, town)


async def _invited_again(server: Lives, town: Town) -> None:
    """Remove the bot from the server after the second post, and invite it again."""
    assert not isinstance(town.double, TelegramDouble)
    slowly(town)
    async with alive(server, town) as process:
        await until_shown(town, 2)
        town.double.remove_guild(town.double.guild)
        await asyncio.sleep(2)
        town.double.return_guild(town.double.guild)
        await rested(town, process)


async def _reply_lost(server: Lives, town: Town) -> None:
    _cut(town, after=True)
    await whole(server, town)


async def _request_lost(server: Lives, town: Town) -> None:
    _cut(town, after=False)
    await whole(server, town)


async def _wait_whole(server: Lives, town: Town) -> None:
    if isinstance(town.double, TelegramDouble):
        town.double.fail("sendMessage", 429, retry_after=2, times=2)
    else:
        town.double.fault(POST, status=429, retry_after=2.0, times=2)
    await whole(server, town)


async def _wait_part(server: Lives, town: Town) -> None:
    """Only Discord counts in parts of a second; the same from a proxy before it, which says so in a header alone."""
    assert not isinstance(town.double, TelegramDouble)
    town.double.fault(POST, status=429, retry_after=0.64, times=2)
    town.double.fault(POST, status=429, retry_after=1.5, via=False, times=1)
    await whole(server, town)


async def _trouble(server: Lives, town: Town) -> None:
    """500 twice, without effect."""
    if isinstance(town.double, TelegramDouble):
        town.double.fail("sendMessage", 500, times=2)
    else:
        town.double.fault(POST, status=500, times=2)
    await whole(server, town)


async def _twins(server: Lives, town: Town) -> None:
    """Two processes, each on a copy of the database of its own: no lease can tell them of one another."""
    folder = town.folder / "twin"
    folder.mkdir()
    for file in town.folder.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    twin = replace(town, folder=folder, database=f"sqlite:///{folder / 'strillone.db'}")
    async with alive(server, town) as first, alive(server, twin) as second:
        await asyncio.gather(rested(town, first), rested(twin, second))


async def _yesterday(server: Lives, town: Town) -> None:
    """The database of before the posts comes back."""
    backup = shutil.copy(town.folder / "strillone.db", town.folder / "backup")
    await whole(server, town)
    for file in town.folder.glob("strillone.db*"):
        file.unlink()
    shutil.copy(backup, town.folder / "strillone.db")
    await whole(server, town)


async def _long_ago(server: Lives, town: Town) -> None:
    """The same, after Discord has forgotten the nonces."""
    assert not isinstance(town.double, TelegramDouble)
    town.double.nonces_live(0.0)
    await _yesterday(server, town)


async def _upgraded(server: Lives, town: Town) -> None:
    """The group becomes a supergroup after the second post, and so gets another id and counts its messages anew."""
    assert isinstance(town.double, TelegramDouble)
    slowly(town)
    async with alive(server, town) as process:
        await until_shown(town, 2)
        town.double.migrate(town.chat)
        await rested(town, process)


BOTH: Sequence[Fault] = (
    Fault("token revoked (401) after two posts, given back, restarted", _token),
    Fault("right to post taken (403) after two posts, given back", _rights),
    Fault("right to post taken after two posts, given back while nothing runs", _rights_while_away),
    Fault("answer lost after the effect", _reply_lost),
    Fault("request lost before the effect", _request_lost),
    Fault("429 with 2 s, twice", _wait_whole),
    Fault("500 without effect, twice", _trouble),
    Fault("two processes on copies of one database", _twins),
    Fault("database of before the posts restored", _yesterday),
)
SMALL_ONLY: Sequence[Fault] = (Fault("group becomes a supergroup after two posts", _upgraded),)
DISCORD_ONLY: Sequence[Fault] = (
    Fault("bot removed from the server after two posts, invited again", _invited_again),
    Fault("429 with 0.64 s, then one without Discord's name", _wait_part),
    Fault("database of before the posts restored, hours later", _long_ago),
)
