"""What does each thing cost once the database is large? `python -m benchmarks.growth [--sizes 10000 100000] [--rate N] [--channels N] [--keep FOLDER]`

A store of each size is written straight into its tables (`growth_store`): 2,500 entries a day whatever the size, so that only its age
grows, 1,000 feeds, 200 channels, if nothing else is said. Then what the bot does is done on it with the real jobs, commands and SQLite, and the CPU that it took is
printed in milliseconds (threads included, the best of three where it can be done again), beside how much it grew from the first size to the
last: 1.0 is flat. Behind `/` stands the longest time in which the event loop did not turn. The last line is the memory of the process in MB,
and the most it had. Stores are kept in FOLDER, and used again, if it is named.
"""

import argparse
import asyncio
import resource
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.growth_store import FEEDS, Language, Shape, fill, subscribe
from benchmarks.report import say
from benchmarks.stalls import watched
from bot.app.event_loop import run_in_loop
from bot.app.running import settle_memory
from bot.jobs.group import Grouper
from bot.jobs.operating.housekeeping import housekeeping
from bot.jobs.publishing.corrections import Corrector
from bot.jobs.publishing.publish import publish
from bot.jobs.reading.pages import PageReader
from bot.model import Call, Person, Place, PlaceKind, TextKind
from bot.store import open_store, stories
from bot.store.schema import entries, verdicts
from tests.conftest import StillClock
from tests.support.world import World, settings

FILLED_AT = datetime(2026, 3, 2, 8, 58, tzinfo=UTC)
GROUPED = 100
PERSON = Person(platform="scripted", address="reader", name="Reader", operator=True)
PLACE = Place(platform="scripted", address="chat 1", kind=PlaceKind.GROUP)


@dataclass
class Costs:
    """CPU and stalls in milliseconds, by what was done."""

    cpu: dict[str, float] = field(default_factory=dict)
    stall: dict[str, float] = field(default_factory=dict)

    async def measure(self, name: str, act: Callable[[], Awaitable[object]], times: int = 1) -> None:
        """Do something, and note the least that it took."""
        cpu, stalls = [], []
        for _ in range(times):
            await asyncio.sleep(0.02)
            began = time.process_time()
            async with watched() as late:
                await act()
            cpu.append((time.process_time() - began) * 1000)
            stalls.append(max(late, default=0.0) * 1000)
        self.cpu[name], self.stall[name] = min(cpu), min(stalls)


async def _measured(file: Path, shape: Shape) -> Costs:
    store = await open_store(f"sqlite:///{file}")
    clock = StillClock(FILLED_AT)
    world = await World.on(store, clock)
    costs = Costs()
    try:
        async with store.read() as tx:
            yesterday = await stories.newest_change_at(tx, FILLED_AT - timedelta(days=1))
        digests, instant = await subscribe(world, shape.channels, yesterday)
        clock.advance(timedelta(minutes=1))
        settle_memory()
        await housekeeping(world.ctx, 0)
        await costs.measure("housekeeping", lambda: housekeeping(world.ctx, 0))
        await _reading(world, costs)
        await _publishing(world, costs, digests, instant)
        await _grouping(world, costs)
        reader, corrector = PageReader(world.ctx, world.ctx.check_robots), Corrector(world.ctx)
        await costs.measure("pages wanted after a start", reader.due)
        await costs.measure("corrections asked for", corrector.due, 3)
        costs.cpu["memory, MB"] = _resident_megabytes()
        costs.cpu["most memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    finally:
        await store.close()
    return costs


def _resident_megabytes() -> float:
    """Return how much memory this process has now (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


SETTINGS = (
    "/filter 1 add -bade",
    "/bar 1 important",
    "/edit 1 stories 3",
    "/edit 1 topic robotics",
    "/languages en it",
)
"""Changes that show what they would have brought in the last fortnight."""


async def _reading(world: World, costs: Costs) -> None:
    for words in ("/help", "/status", "/latest", *SETTINGS):
        await costs.measure(words, partial(_said, world, words), 3)


async def _said(world: World, text: str) -> None:
    dispatcher = world.house.dispatcher
    call = dispatcher.typed(text, Call("", {}, PERSON, PLACE))
    if call is None:
        raise ValueError(text)
    await dispatcher.answer(call)


async def _publishing(world: World, costs: Costs, digests: Sequence[int], instant: Sequence[int]) -> None:
    await _change_off_topic(world)
    await costs.measure("“now”, nothing to tell", lambda: publish(world.ctx, instant[0]))
    await _tell_instant(world, instant)
    await _change_off_topic(world)
    await costs.measure(f"{len(instant)} “now” channels, one change", lambda: _tell_instant(world, instant))
    world.clock.advance(timedelta(minutes=1, seconds=10))
    await costs.measure("a digest, the first of its topic", lambda: publish(world.ctx, digests[0]))
    rest = digests[1:]
    await costs.measure(f"{len(rest)} more of its minute", lambda: _tell(world, rest))
    costs.cpu["a digest, one of them"] = costs.cpu[f"{len(rest)} more of its minute"] / len(rest)


async def _tell(world: World, subscription_ids: Sequence[int]) -> None:
    for subscription_id in subscription_ids:
        await publish(world.ctx, subscription_id)


async def _tell_instant(world: World, instant: Sequence[int]) -> None:
    """Do what the line of publishing does until no channel waits for news at once."""
    line = next(line for line in world.house.lines if line.name == "publish")
    wanted = set(instant)
    while waiting := wanted & set(await line.due()):
        for subscription_id in sorted(waiting):
            await line.run(subscription_id)


async def _change_off_topic(world: World) -> None:
    """Let a story change that no subscription is about."""
    off_topic = (
        select(entries.c.story_id)
        .join(verdicts)
        .where(~verdicts.c.relevant)
        .order_by(entries.c.id.desc())
        .limit(1)
    )
    async with world.store.write() as tx:
        story = (await tx.execute(off_topic)).scalar_one()
        await stories.touch(tx, story, await stories.take_changes(tx, 1), world.clock())


async def _grouping(world: World, costs: Costs) -> None:
    grouper = Grouper(world.ctx, settings().frequencies, settings().grouping)
    await costs.measure("index rebuilt at start", lambda: grouper.run(0))
    await _add_waiting(world)
    await costs.measure(f"{GROUPED} entries grouped", lambda: grouper.run(0))


async def _add_waiting(world: World) -> None:
    """Add entries without a story: one in ten retells one of the last day."""
    language = Language(GROUPED)
    async with world.store.write() as tx:
        newest = select(entries.c.title).order_by(entries.c.id.desc()).limit(GROUPED)
        titles = list((await tx.execute(newest)).scalars())
        rows = [
            {
                "feed_id": n % FEEDS + 1, "key": f"new {n}", "alias": f"new {n}", "link_key": f"new {n}", "link": f"https://new.example/{n}",
                "title": language.title(title if n % 10 == 0 else ""), "text": language.text(), "text_kind": TextKind.FEED,
                "language": "en", "published": world.clock(), "first_seen": world.clock(), "content_hash": f"new {n}",
            }
            for n, title in enumerate(titles)
        ]  # fmt: skip
        await tx.execute(insert(entries), rows)


@asynccontextmanager
async def _filled(shape: Shape, keep: Path | None) -> AsyncIterator[Path]:
    """Give a store of a shape, as a copy that may be changed."""
    with tempfile.TemporaryDirectory() as folder:
        kept = (keep or Path(folder)) / f"growth-{shape.size}-{shape.rate}-{shape.channels}.db"
        if not kept.exists():
            making = kept.with_suffix(".making")
            store = await open_store(f"sqlite:///{making}")
            await fill(store, shape, FILLED_AT)
            await store.close()
            making.rename(kept)
        yield Path(shutil.copy(kept, Path(folder) / "measured.db"))


async def _all(shapes: Sequence[Shape], keep: Path | None) -> dict[int, Costs]:
    measured: dict[int, Costs] = {}
    for shape in shapes:
        async with _filled(shape, keep) as file:
            measured[shape.size] = await _measured(file, shape)
        say(f"{shape.size} entries", measured[shape.size].cpu)
    return measured


def _table(measured: dict[int, Costs]) -> str:
    sizes = list(measured)
    first, last = measured[sizes[0]], measured[sizes[-1]]
    lines = [
        f"| CPU ms / longest stall ms | {' | '.join(f'{size:,}' for size in sizes)} | grew |",
        "|---|" + "--:|" * (len(sizes) + 1),
    ]
    for name in last.cpu:
        cells = [
            f"{costs.cpu[name]:,.0f}" + (f" / {costs.stall[name]:,.0f}" if name in costs.stall else "")
            for costs in measured.values()
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {last.cpu[name] / max(first.cpu[name], 0.1):.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rate", type=int, default=2_500, help="entries a day")
    parser.add_argument("--channels", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="a folder in which filled stores are kept and found again")
    given = parser.parse_args()
    shapes = [Shape(size=size, rate=given.rate, channels=given.channels) for size in given.sizes]
    print(_table(run_in_loop(_all(shapes, given.keep))))


if __name__ == "__main__":
    main()
