"""Does delivery lose or repeat anything? `python -m tests.proof [--short] [--points N] [--only kills,cluster,faults,storm,speed]`

The judge is what the chats of the loopback platforms show, never our database. `kills`: the real process is ended by SIGKILL at
every commit and every request of a delivery, one run for each, started again, and judged; then the same with a safeguard switched
off, which must show. `cluster`: the same with one process for the platforms and two workers, of which any is killed. `faults`: tokens and rights that go and come back, answers that never arrive, waits, copies of a database.
`storm`: many faults at once. `speed`: operations a second beside the bare libraries. Each line of the tables is explained in
docs/delivery.md. With `--points` each row is killed at so many points only, evenly spread, the controls that must show at such as can; `--short` is three of them and the faults.

A JSON line for each cell: `resolved` are uncertain posts that a search told of, `told` those of which nothing could be known; only
there, and where two databases know nothing of one another, may anything be repeated. `control`: a safeguard is off.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.report import say
from bot.app.event_loop import run_in_loop
from tests.doubles.discord import DiscordDouble
from tests.doubles.feeds import FeedServer, feed_server
from tests.doubles.postgres import Postgres, running
from tests.doubles.telegram import TelegramDouble
from tests.proof.chats import KINDS, READER, Kind
from tests.proof.cluster import cluster_matrix
from tests.proof.faults import BOTH, DISCORD_ONLY, SMALL_ONLY, Fault, suffer
from tests.proof.feeds import from_feeds
from tests.proof.launch import Lives
from tests.proof.machine import MACHINE, away
from tests.proof.matrix import Plan, Row, at_work, matrix
from tests.proof.speed import speed
from tests.proof.storm import storms
from tests.proof.town import NAMES, WORDS, Evening, Town, made, prepare

TEXT, THREAD, FORUM, PRIVATE, GROUP, CHANNEL, TOPIC, TOPICS, SMALL = KINDS
AT_ONCE = 4
"""Rows made side by side: most of a life is waiting for the program to come to rest."""

MANY = 40
"""Messages: more than `bot.platforms.telegram.find.TRIES`."""

CONTROLS = 12
"""Points at which a control is killed that need not show anything; the others are at all of them, for few may be the ones that tell."""

PARTS = ("kills", "cluster", "faults", "storm", "speed")
SHORT = 3
"""Points of each row in the short form."""


def main() -> None:
    """Measure what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument(
        "--only", default=",".join(PARTS), help="some of kills, cluster, faults, storm, speed"
    )
    parser.add_argument("--short", action="store_true", help="three points a row, and the faults")
    given = parser.parse_args()
    wanted = ["kills", "faults"] if given.short else given.only.split(",")
    sys.exit(run_in_loop(_measure(wanted, SHORT if given.short else given.points)))


async def _measure(wanted: Sequence[str], points: int) -> int:
    failed = 0
    with tempfile.TemporaryDirectory(prefix="strillone-delivery-") as name:
        folder = Path(name)
        async with Lives.open() as server:
            if "kills" in wanted:
                failed += await _kills(server, folder, points)
            if "cluster" in wanted:
                failed += await _clusters(server, folder / "cluster", points)
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
        async with feed_server() as web:
            evenings = await _evenings(folder, postgres, web)
            rows = await _side_by_side([_bound(server, plan, folder) for plan in _plans(evenings, points)])
            table("Killed", rows)
        controls = await _side_by_side(
            [_bound(server, plan, folder) for plan in _controls(evenings, points)], control=True
        )
        table("Controls", controls)
    blind = [row for row in controls if row.name.endswith(MUST_SHOW) and not row.lost + row.repeated]
    wrong = [row for row in rows if row.lost or (row.repeated and not row.unknown)]
    return len(wrong) + len(blind)


async def _clusters(server: Lives, folder: Path, points: int) -> int:
    """Make the matrix of several processes; returns how many rows say what they must not."""
    rows: list[Row] = []
    with running("cluster") as postgres:
        async with feed_server() as web:
            for kind in (GROUP, TEXT):
                name = f"{kind.name}, from its feeds, one chat process and two workers"
                prepared = await from_feeds(kind, web, folder / "evenings" / kind.name, postgres)
                row = await cluster_matrix(server, name, prepared, folder / kind.name, points)
                say(row.name, _cell(row, control=False))
                rows.append(row)
    table("Killed", rows)
    return len([row for row in rows if row.lost or (row.repeated and not row.unknown)])


def _bound(server: Lives, plan: Plan, folder: Path) -> Callable[[], Awaitable[Row]]:
    return lambda: matrix(server, plan, folder / plan.name.replace(" ", "-"))


async def _side_by_side(work: Sequence[Callable[[], Awaitable[Row]]], *, control: bool = False) -> list[Row]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(make: Callable[[], Awaitable[Row]]) -> Row:
        async with places:
            row = await make()
        say(row.name, _cell(row, control=control))
        return row

    return list(await asyncio.gather(*map(one, work)))


def _cell(row: Row, *, control: bool) -> dict[str, Any]:
    """Return a row as programs read it."""
    known = {"resolved": row.found + row.absent, "told": row.unknown}
    return {"cell": row.name.removesuffix(MUST_SHOW), "control": control, **asdict(row), **known}


async def _evenings(folder: Path, postgres: Postgres, web: FeedServer) -> dict[str, Evening]:
    found = {kind.name: await evening(kind, folder / "evenings" / kind.name) for kind in KINDS}
    for before in ("answer", "nothing"):
        found[before] = await evening(GROUP, folder / "evenings" / before, before=before)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, held up for two hours"
        found[name] = await evening(kind, folder / "evenings" / name, held=True)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, PostgreSQL"
        found[name] = await evening(kind, folder / "evenings" / name, postgres=postgres)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, from its feeds"
        found[name] = await from_feeds(kind, web, folder / "evenings" / name)
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
    assert isinstance(town.double, DiscordDouble)
    town.double.forget_nonces()


def _busy(town: Town) -> None:
    """Let people write more than is looked through since our last post."""
    for _ in range(MANY):
        town.double.other_message(town.chat)


def _crowd(town: Town) -> None:
    """Let the bot have said something in many other chats, which count their messages together with this one."""
    assert isinstance(town.double, TelegramDouble)
    for number in range(MANY):
        chat = town.double.add_private(READER + 1 + number)
        town.answered(str(chat), str(town.double.own_message(chat, "an answer").message_id))


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
    for kind in (TEXT, FORUM, GROUP, CHANNEL, TOPICS):
        yield Plan(f"{kind.name}, killed again while looking", evenings[kind.name], again=True, **rest)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, held up for two hours"
        yield Plan(name, evenings[name], **rest)
    yield Plan(f"{GROUP.name}, first post, after an answer", evenings["answer"], **rest)
    yield Plan(f"{GROUP.name}, first message of all", evenings["nothing"], **rest)
    yield Plan(f"{GROUP.name}, {MANY} messages of others before", evenings[GROUP.name], before=_busy, **rest)
    for kind in (PRIVATE, SMALL):
        name = f"{kind.name}, {MANY} messages of ours in other chats before"
        yield Plan(name, evenings[kind.name], before=_crowd, **rest)
    for kind in (TEXT, GROUP):
        name = f"{kind.name}, from its feeds"
        yield Plan(name, evenings[name], **rest)


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
        few = _while_writing if "unity" in without else _after_posting
        yield Plan(name, evenings[kind.name], without, most, among=few if points and mark else at_work)


def _after_posting(step: str) -> bool:
    """Tell whether a post has just arrived, of which nothing is recorded yet."""
    return step in {"after sendMessage", "after POST messages"}


def _while_writing(step: str) -> bool:
    """Tell whether a digest is being written."""
    return "commit of jobs.publish" in step


async def _faults(server: Lives, folder: Path) -> None:
    """Let things go wrong on a Discord channel and in a Telegram group."""
    with running("faults") as postgres:
        evenings = {
            kind: await evening(kind, folder / "healthy" / kind.name) for kind in (TEXT, GROUP, SMALL)
        }
        pairs = [(evenings[kind], fault) for fault in (*BOTH, *MACHINE) for kind in (TEXT, GROUP)]
        pairs += [(evenings[TEXT], fault) for fault in DISCORD_ONLY]
        pairs += [(evenings[SMALL], fault) for fault in SMALL_ONLY]
        table("Faults", await _side_by_side([_suffering(server, *pair, folder) for pair in pairs]))
        for kind in (TEXT, GROUP):  # one after the other: there is one server to stop
            found = await evening(kind, folder / "on PostgreSQL" / kind.name, postgres=postgres)
            table("Faults", [await _suffering(server, found, away(postgres), folder)()])


def _suffering(server: Lives, found: Evening, fault: Fault, folder: Path) -> Callable[[], Awaitable[Row]]:
    return lambda: suffer(server, found, fault, folder / f"{fault.name} {found.kind.name}")


COLUMNS = ("points", "killed", "expected", "delivered", "lost", "repeated", "found", "absent", "unknown")


def table(title: str, rows: Sequence[Row]) -> None:
    """Print rows for people, as the page shows them."""
    heading = f"\n| {title} | " + " | ".join(COLUMNS) + " |\n|---|" + "---:|" * len(COLUMNS)
    print(heading, file=sys.stderr)
    for row in rows:
        cells = " | ".join(f"{asdict(row)[name]:,}" for name in COLUMNS)
        print(f"| {row.name} | {cells} |", file=sys.stderr)
        for where in row.where:
            print(f"  - {row.name}: {where}", file=sys.stderr)
