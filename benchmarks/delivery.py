"""Does delivery lose or repeat anything? `python -m benchmarks.delivery [--points N] [--only kills,faults,storm,speed]`

The judge is what the chats of the loopback platforms show, never our database. `kills`: the real process is ended by SIGKILL at
every commit and every request of a delivery, one run for each, started again, and judged; then the same with a safeguard switched
off, which must show. `faults`: tokens and rights that go and come back, answers that never arrive, waits, copies of a database.
`storm`: many faults at once. `speed`: operations a second beside the bare libraries. Each line of the tables is explained in
docs/delivery.md. With `--points` each row is killed at so many points only, evenly spread.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.delivery_faults import BOTH, DISCORD_ONLY, suffer
from benchmarks.delivery_launch import Lives
from benchmarks.delivery_matrix import Plan, Row, at_work, matrix
from benchmarks.delivery_speed import speed
from benchmarks.delivery_storm import storms
from benchmarks.delivery_town import KINDS, NAMES, WORDS, Evening, Kind, Town, made, prepare
from benchmarks.report import say
from bot.app.loop import run
from tests.doubles.discord import DiscordDouble
from tests.doubles.postgres import Postgres, running

TEXT, THREAD, PRIVATE, GROUP, CHANNEL = KINDS
AT_ONCE = 4
"""Rows made side by side: most of a life is waiting for the program to come to rest."""

MANY = 40
"""Messages of others: more than `bot.platforms.telegram.find.TRIES`."""

CONTROLS = 12
"""Points at which a control is killed that need not show anything; the others are at all of them, for few may be the ones that tell."""

PARTS = ("kills", "faults", "storm", "speed")


def main() -> None:
    """Measure what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--only", default=",".join(PARTS), help="some of kills, faults, storm, speed")
    given = parser.parse_args()
    wanted = given.only.split(",")
    sys.exit(run(_measure(wanted, given.points)))


async def _measure(wanted: Sequence[str], points: int) -> int:
    failed = 0
    with tempfile.TemporaryDirectory(prefix="strillone-delivery-") as name:
        folder = Path(name)
        async with Lives.open() as server:
            if "kills" in wanted:
                failed += await _kills(server, folder, points)
            if "faults" in wanted:
                await _faults(server, folder)
            if "storm" in wanted:
                await storms(server, folder / "storm")
    if "speed" in wanted:
        await speed()
    return 1 if failed else 0


async def _kills(server: Lives, folder: Path, points: int) -> int:
    """Make the matrix and its controls; returns how many rows say what they must not: a repeat may be where a platform could not tell."""
    with running("delivery") as postgres:
        evenings = await _evenings(folder, postgres)
        rows = await _side_by_side([_bound(server, plan, folder) for plan in _plans(evenings, points)])
        table("Killed", rows)
        controls = await _side_by_side([_bound(server, plan, folder) for plan in _controls(evenings, points)])
        table("Controls", controls)
    blind = [row for row in controls if row.name.endswith(MUST_SHOW) and not row.lost + row.repeated]
    wrong = [row for row in rows if row.lost or (row.repeated and not row.unknown)]
    return len(wrong) + len(blind)


def _bound(server: Lives, plan: Plan, folder: Path) -> Callable[[], Awaitable[Row]]:
    return lambda: matrix(server, plan, folder / plan.name.replace(" ", "-"))


async def _side_by_side(work: Sequence[Callable[[], Awaitable[Row]]]) -> list[Row]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(make: Callable[[], Awaitable[Row]]) -> Row:
        async with places:
            row = await make()
        say(row.name, asdict(row))
        return row

    return list(await asyncio.gather(*map(one, work)))


async def _evenings(folder: Path, postgres: Postgres) -> dict[str, Evening]:
    found = {kind.name: await evening(kind, folder / "evenings" / kind.name) for kind in KINDS}
    for before in ("answer", "nothing"):
        found[before] = await evening(GROUP, folder / "evenings" / before, before=before)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, held up for two hours"
        found[name] = await evening(kind, folder / "evenings" / name, held=True)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, PostgreSQL"
        found[name] = await evening(kind, folder / "evenings" / name, postgres=postgres)
    return found


async def evening(
    kind: Kind, folder: Path, *, before: str = "post", held: bool = False, postgres: Postgres | None = None
) -> Evening:
    """Prepare a kind of chat in a folder of its own. What was held up comes as one post, without a digest's heading."""
    made(folder)
    address = postgres.make() if postgres else f"sqlite:///{folder / 'strillone.db'}"
    await prepare([kind], folder, address, before=before, held=held)
    return Evening(kind, folder, postgres, address, NAMES if held else WORDS)


def _forget(town: Town) -> None:
    """Let the minutes pass after which Discord no longer knows a nonce."""
    assert isinstance(town.double, DiscordDouble)  # noqa: S101
    town.double.forget_nonces()


def _busy(town: Town) -> None:
    """Let people write more than is looked through since our last post."""
    for _ in range(MANY):
        town.double.other_message(town.chat)


def _plans(evenings: dict[str, Evening], points: int) -> Iterator[Plan]:
    for kind in KINDS:
        yield Plan(kind.name, evenings[kind.name], most=points)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, PostgreSQL"
        yield Plan(name, evenings[name], most=points)
    rest: dict[str, Any] = {"most": points, "among": at_work}
    yield Plan(
        f"{TEXT.name}, started again when nonces are forgotten", evenings[TEXT.name], between=_forget, **rest
    )
    for kind in (TEXT, GROUP, CHANNEL):
        yield Plan(f"{kind.name}, killed again while looking", evenings[kind.name], again=True, **rest)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, held up for two hours"
        yield Plan(name, evenings[name], **rest)
    yield Plan(f"{GROUP.name}, first post, after an answer", evenings["answer"], **rest)
    yield Plan(f"{GROUP.name}, first message of all", evenings["nothing"], **rest)
    yield Plan(f"{GROUP.name}, {MANY} messages of others before", evenings[GROUP.name], before=_busy, **rest)


MUST_SHOW = "!"
"""Ends the names of controls in which the matrix must see a loss or a repeat."""


def _controls(evenings: dict[str, Evening], points: int) -> Iterator[Plan]:
    wanted = (
        (GROUP, ("sending",), MUST_SHOW), (GROUP, ("find",), MUST_SHOW), (GROUP, ("unity",), MUST_SHOW),
        (TEXT, ("nonce", "find"), MUST_SHOW), (TEXT, ("nonce", "sending"), MUST_SHOW), (TEXT, ("unity",), MUST_SHOW),
        (TEXT, ("nonce",), ""), (TEXT, ("find",), ""), (TEXT, ("sending",), ""),
    )  # fmt: skip
    for kind, without, mark in wanted:
        name = f"{kind.name} without {' and '.join(without)}{mark}"
        most = points if mark else points or CONTROLS
        yield Plan(name, evenings[kind.name], without, most, among=at_work)


async def _faults(server: Lives, folder: Path) -> None:
    """Let things go wrong on a Discord channel and in a Telegram group."""
    evenings = {kind: await evening(kind, folder / "healthy" / kind.name) for kind in (TEXT, GROUP)}
    pairs = [(evenings[kind], fault) for fault in BOTH for kind in (TEXT, GROUP)]
    pairs += [(evenings[TEXT], fault) for fault in DISCORD_ONLY]

    def bound(number: int) -> Callable[[], Awaitable[Row]]:
        return lambda: suffer(server, *pairs[number], folder / f"fault-{number}")

    table("Faults", await _side_by_side([bound(number) for number in range(len(pairs))]))


COLUMNS = ("points", "killed", "expected", "delivered", "lost", "repeated", "found", "absent", "unknown")


def table(title: str, rows: Sequence[Row]) -> None:
    """Print rows as the page shows them."""
    print(f"\n| {title} | " + " | ".join(COLUMNS) + " |\n|---|" + "---:|" * len(COLUMNS))
    for row in rows:
        print(f"| {row.name} | " + " | ".join(f"{asdict(row)[name]:,}" for name in COLUMNS) + " |")
        for where in row.where:
            print(f"  - {row.name}: {where}", file=sys.stderr)


if __name__ == "__main__":
    main()
