"""For how long can a stranger's text stop everybody? `python -m benchmarks.stalls [--stories N] [--only NAME]`

Each attack is let loose on a whole Strillone (real parser and workers, SQLite, the real commands; a web and a chat of one process), while
a task measures how late the event loop turns. One JSON line for each: `stall_ms`, the longest time in which nothing else could have
had its turn, and `seconds`, how long the attack itself took. The garbage collector is set as in `run`.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from benchmarks.report import say, write
from bot.app.event_loop import run_in_loop
from bot.app.running import settle_memory
from bot.app.wiring import worker_count
from bot.app.workers import Workers
from bot.model import Call, Channel, Person, Place, PlaceKind
from bot.store import open_store, stories
from bot.store.schema import entries
from tests.conftest import StillClock
from tests.support.world import News, World, corvid, larkwell

LINES = ("collect", "read", "group", "publish", "correct", "deliver")
PERSON = Person(platform="scripted", address="eve", name="Eve")
PLACE = Place(platform="scripted", address="chat", kind=PlaceKind.GROUP)
LONG = 60_000
"""Characters of an entry's text that are kept."""

A_FEED = 500
"""Entries of a document that are kept."""

SWELLING = "\ufdfa"
"""One character that compatibility forms make eighteen of."""

Attack = Callable[[World], Awaitable[None]]


async def said(world: World, text: str) -> None:
    """Ask as a member does by typing."""
    dispatcher = world.house.dispatcher
    call = dispatcher.typed(text, Call("", {}, PERSON, PLACE))
    if call is None:
        raise ValueError(text)
    await dispatcher.answer(call)


# --- attacks -----------------------------------------------------------------------------------------------


async def word_in_a_week(world: World) -> None:
    """Ask for a word that stands nowhere, where a week holds many stories."""
    await said(world, "/latest qqzz")


async def eight_words(world: World) -> None:
    """Ask so eight times at once."""
    await asyncio.gather(*(said(world, f"/latest qqzz{n}") for n in range(8)))


async def plain_commands(world: World) -> None:
    """Ask for the newest and for a digest."""
    await said(world, "/latest all")
    await said(world, "/digest")


async def swelling_poll(world: World) -> None:
    """Poll 5 MB of a character that swells, and ask for a word."""
    world.serve(
        "mallory", *(News(f"s{n}", f"Story {n} of an AI model", SWELLING * 3_300) for n in range(A_FEED))
    )
    await world.poll(2)
    await apart(world)
    await said(world, "/latest qqzz")
    await said(world, "/latest all")


async def emptied_story(world: World) -> None:
    """Change a story that was told to no-break spaces."""
    await told(world, "<b>" + "\u00a0" * (LONG - 1) + "x</b>")


async def ideographic_spaces(world: World) -> None:
    """Change it to ideographic spaces."""
    await told(world, "<b>" + "\u3000" * (LONG - 1) + "x</b>")


async def run_of_capitals(world: World) -> None:
    """Change it to one word of capitals."""
    await told(world, "AB" * (LONG // 2))


async def run_of_ideographs(world: World) -> None:
    """Change it to ideographs without an end."""
    await told(world, "中文" * (LONG // 2))


async def sentences_of_figures(world: World) -> None:
    """Change it to thousands of figures."""
    await told(world, "Corvid 3 costs 17 dollars, 18% more. " * (LONG // 38))


async def quotation_marks(world: World) -> None:
    """Change it to quotation marks and brackets."""
    await told(world, "“[(" * (LONG // 3))


ATTACKS: tuple[Attack, ...] = (
    emptied_story, ideographic_spaces, run_of_capitals, run_of_ideographs, sentences_of_figures, quotation_marks, swelling_poll,
)  # fmt: skip
CROWDED: tuple[Attack, ...] = (word_in_a_week, eight_words, plain_commands)


async def told(world: World, text: str) -> None:
    """Let the story that was told say something else, and do all that follows from it."""
    world.serve("halden", corvid(text=text), larkwell())
    world.clock.advance(60)
    await world.poll(1)
    await world.settle(*LINES)


async def apart(world: World) -> None:
    """Give every entry that waits a story of its own: this measures other things than grouping."""
    async with world.store.write() as tx:
        waiting = [row.id for row in await tx.execute(entries.select().where(entries.c.story_id.is_(None)))]
        first = await stories.take_changes(tx, len(waiting)) if waiting else 0
        for n, entry in enumerate(waiting):
            story = await stories.create(tx, first + n, world.clock())
            await tx.execute(update(entries).where(entries.c.id == entry).values(story_id=story))


# --- the house ---------------------------------------------------------------------------------------------


async def _small(world: World) -> None:
    await _channel(world)
    await world.feed("halden")
    await world.feed("mallory")
    await world.settle(*LINES)
    world.serve("halden", corvid(), larkwell())
    world.clock.advance(60)
    await world.poll(1)
    await world.settle(*LINES)


async def _channel(world: World) -> Channel:
    channel = await world.channel("chat")
    await world.wants(channel, "now")
    return channel


async def _crowded(world: World, count: int) -> None:
    """Fill a week with stories of four kilobytes."""
    await _channel(world)
    words = "The laboratory in Oslo showed its language model to reporters and answered questions. "
    for part in range(0, count, A_FEED):
        items = [
            News(
                f"n{n}",
                f"Halden Labs tells of AI model number {n}",
                words * (4_000 // len(words)),
                hours=n % 160,
            )
            for n in range(part, min(part + A_FEED, count))
        ]
        feed = await world.feed(f"feed{part}", *items)
        await world.poll(feed)
        await apart(world)


@asynccontextmanager
async def _house(offload: Workers) -> AsyncIterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/stalls.db")
        clock = StillClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        world = await World.on(store, clock)
        world.house = replace(world.house, ctx=world.ctx)
        object.__setattr__(world.ctx, "offload", offload)
        try:
            yield world
        finally:
            await store.close()


async def _measured(attack: Attack, world: World) -> dict[str, Any]:
    settle_memory()
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    async with watched() as late:
        await attack(world)
    return {"stall_ms": max(late, default=0.0) * 1000, "seconds": time.perf_counter() - began}


@asynccontextmanager
async def watched(tick: float = 0.005) -> AsyncIterator[list[float]]:
    """Note how late the event loop is; a stall that never lets this task run is noted when it ends."""
    late: list[float] = []

    async def watch() -> None:
        began = time.perf_counter()
        try:
            while True:
                began = time.perf_counter()
                await asyncio.sleep(tick)
                late.append(time.perf_counter() - began - tick)
        finally:
            late.append(time.perf_counter() - began - tick)

    task = asyncio.create_task(watch())
    await asyncio.sleep(0)
    try:
        yield late
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _all(count: int, only: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def measure(attack: Attack, world: World) -> None:
        figures = {"attack": attack.__name__, **await _measured(attack, world)}
        say(attack.__name__, figures)
        found.append(figures)

    async with Workers(worker_count()) as offload:
        await offload(worker_count, deadline=timedelta(seconds=30))
        for attack in ATTACKS:
            if only in attack.__name__:
                async with _house(offload) as world:
                    await _small(world)
                    await measure(attack, world)
        if any(only in attack.__name__ for attack in CROWDED):
            async with _house(offload) as world:
                await _crowded(world, count)
                for attack in CROWDED:
                    if only in attack.__name__:
                        await measure(attack, world)
    return found


def main() -> None:
    """Let every attack loose and print how long each stopped the event loop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=6000)
    parser.add_argument("--only", default="", help="attacks with this in their name")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    write(given.output, run_in_loop(_all(given.stories, given.only)))


if __name__ == "__main__":
    main()
