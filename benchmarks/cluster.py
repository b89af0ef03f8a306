"""How much more do two workers do than one? `python -m benchmarks.cluster [--feeds N] [--channels N] [--workers 1,2] [--share S]`

Real workers (`strillone run --role worker`) on one PostgreSQL read feeds from a server of its own, give each entry its story, and
write a digest for every channel; nobody sends them. Each number of workers gets the same work on a copy of one database: first all
feeds are due, and once every entry has a story all digests are. Seconds are by the clock, from when the work is there until it is
done. A machine with two cores cannot show what a third would do: with `--share` each worker, its children included, gets so much of
a core (it is stopped whenever it has had more), so that cores are left for the database and the server of feeds; whatever one
worker then keeps from another while it stands still is counted against it. CPU is that of workers and of PostgreSQL.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web
from sqlalchemy import ColumnElement, func, select

from benchmarks.report import say
from bot.app.event_loop import run_in_loop
from bot.app.lease import WORKER
from bot.app.seed import due_at, seed
from bot.app.wiring import load_platform
from bot.feeds.opml import read_opml, write_opml
from bot.i18n import load as load_texts
from bot.ports import PlatformOptions
from bot.settings import Environment, load
from bot.store import Store, open_store, system
from bot.store.schema import channels, entries, feeds, operations
from tests.doubles.postgres import Postgres, running

ROOT = Path(__file__).parents[1]
ITEMS = 4
SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi zo kra ble dri flo".split()
WARM = 10
"""One feed in so many is read before, so that every worker has its children."""

GIVE_UP = 400.0
"""Seconds after which something is wrong."""

TICK = 0.01
"""Seconds between two looks at what a worker has had of its core."""

SETTINGS = """zone = "UTC"
[web]
enabled = false
[fetch]
open_hosts = [{hosts}]
"""
CHANNEL = """
[[channels]]
platform = "telegram"
address = "-100{number}"
kind = "group"
subscriptions = [{{ name = "daily", topic = "ai", schedule = "{when}", size = 5 }}]
"""


def main() -> None:
    """Measure numbers of workers, and print how many times as fast the last is as the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--channels", type=int, default=150)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--share", type=float, default=0.0)
    given = parser.parse_args()
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    try:
        numbers = [int(number) for number in given.workers.split(",")]
        run_in_loop(_measure(numbers, given.feeds, given.channels, given.share, port))
    finally:
        server.kill()


async def _measure(numbers: Sequence[int], feed_count: int, channels: int, share: float, port: int) -> None:
    seconds: list[float] = []
    with tempfile.TemporaryDirectory(prefix="strillone-cluster-") as name, running("bench") as postgres:
        folder = Path(name)
        template = await _prepare(folder, postgres, feed_count, channels, port)
        for number in numbers:
            with postgres.copy(template) as database:
                figures = await _with_workers(number, folder, database, share, channels)
            say(f"{number} workers", {"workers": number, "share": share, **figures})
            seconds.append(figures["seconds"])
    say("cluster", {"times": seconds[0] / seconds[-1], "from": numbers[0], "to": numbers[-1]})


# --- what is to be done


def _host(number: int) -> str:
    return f"127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}"


async def _prepare(folder: Path, postgres: Postgres, feed_count: int, channel_count: int, port: int) -> str:
    """Declare feeds and channels in a database that is copied for each measurement; nothing is due yet."""
    now, address = datetime.now(UTC), postgres.make()
    hosts = ", ".join(f'"{_host(number)}"' for number in range(feed_count))
    when = (now + timedelta(hours=12)).strftime("%H:%M")
    declared = "".join(CHANNEL.format(number=number, when=when) for number in range(channel_count))
    (folder / "strillone.toml").write_text(SETTINGS.format(hosts=hosts) + declared, encoding="utf-8")
    rows = [
        ("Bench", {"text": f"Feed {n}", "xmlUrl": f"http://{_host(n)}:{port}/feed/{n}", "aiOnly": "yes"})
        for n in range(feed_count)
    ]
    (folder / "feeds.opml").write_text(write_opml("Bench", rows), encoding="utf-8")
    store = await open_store(address)
    clean = Environment.model_construct(strillone_config=str(folder), strillone_data=str(folder))
    settings = load(read_opml, clean)
    platforms = {"telegram": load_platform("telegram", PlatformOptions("1:x"), load_texts())}
    await seed(store, settings.file, settings.outlines, platforms, now)
    async with store.write() as tx:
        await tx.execute(feeds.update().values(next_poll_at=now + timedelta(days=1), first_ok_at=now))
        await tx.execute(channels.update().values(bot_link="https://t.me/bench"))  # as once connected
    await store.close()
    return address


def _serve(pipe: Connection) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=_body(int(request.match_info["number"])), content_type="application/rss+xml")

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/feed/{number}", answer)
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", 0, backlog=1024).start()  # noqa: S104  every loopback address is served
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


def _body(number: int) -> bytes:
    items = "".join(_item(number, place) for place in range(ITEMS))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {number}</title><link>https://feed{number}.example/</link><language>en</language>{items}</channel></rss>'.encode()


def _item(feed: int, place: int) -> str:
    """Return a story of its own: names and words that no other has."""
    choice = random.Random(feed * ITEMS + place)
    words = ["".join(choice.choices(SYLLABLES, k=3)) for _ in range(60)]
    name, date = words[0].title(), datetime.now(UTC) - timedelta(minutes=10 + choice.randrange(200))
    body = f"{name} trained a language model on {' '.join(words[1:30])}. The {words[30]} of {words[31].title()} has {choice.randrange(900)} {' '.join(words[32:])} in it."
    link = f"https://feed{feed}.example/{name.lower()}"
    return f"<item><guid>{link}</guid><link>{link}</link><title>{name} and {words[40].title()}: {words[1]} {words[2]} {words[3]} {words[4]} with machine learning</title><description>{body}</description><pubDate>{format_datetime(date)}</pubDate></item>"


# --- doing it


async def _with_workers(
    number: int, folder: Path, database: str, share: float, channels: int
) -> dict[str, float]:
    store = await open_store(database)
    with _workers(number, folder, database) as processes:
        await _until(lambda: _leases(store), number)
        await asyncio.sleep(4)  # one of them leads by now
        await _make_due(store, feeds.c.id % WARM == 0)
        await _until(lambda: _ungrouped(store), 0)
        async with _held(processes, share):
            before, began = _cpu(processes), time.monotonic()
            await _make_due(store, feeds.c.id % WARM != 0)
            await _until(lambda: _ungrouped(store), 0)
            grouped = time.monotonic()
            await due_at(store, datetime.now(UTC))
            await _until(lambda: _digests(store), channels)
            ended = time.monotonic()
            after = _cpu(processes)
    await store.close()
    return {
        "seconds": ended - began, "collect_and_group_seconds": grouped - began, "publish_seconds": ended - grouped,
        "worker_cpu": after[0] - before[0], "postgres_cpu": after[1] - before[1],
    }  # fmt: skip


async def _make_due(store: Store, which: ColumnElement[bool]) -> None:
    async with store.write() as tx:
        due = datetime.now(UTC) - timedelta(seconds=1)
        await tx.execute(feeds.update().where(which).values(next_poll_at=due))


@contextmanager
def _workers(number: int, folder: Path, database: str) -> Iterator[list[int]]:
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "STRILLONE_DATA": str(folder),
        "STRILLONE_CONFIG": str(folder), "DATABASE_URL": database, "TELEGRAM_TOKEN": "1:x", "TELEGRAM_BASE_URL": "http://127.0.0.1:9",
    }  # fmt: skip
    command = [sys.executable, "-m", "bot", "run", "--role", "worker"]
    with (folder / f"log-{number}").open("ab") as log:
        started = [
            subprocess.Popen(
                command, env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
            )
            for _ in range(number)
        ]
        try:
            yield [process.pid for process in started]
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait()


async def _until(count: Callable[[], Awaitable[int]], wanted: int) -> None:
    async with asyncio.timeout(GIVE_UP):
        while await count() != wanted:  # noqa: ASYNC110  other processes do it
            await asyncio.sleep(0.1)


async def _leases(store: Store) -> int:
    async with store.read() as tx:
        return len(await system.leases_named(tx, WORKER))


async def _ungrouped(store: Store) -> int:
    """Return how many feeds and entries are still to be done."""
    async with store.read() as tx:
        due = await tx.execute(select(func.count()).where(feeds.c.next_poll_at <= datetime.now(UTC)))
        waiting = await tx.execute(select(func.count()).where(entries.c.grouped_at.is_(None)))
        return int(due.scalar_one()) + int(waiting.scalar_one())


async def _digests(store: Store) -> int:
    async with store.read() as tx:
        return int(
            (await tx.execute(select(func.count(func.distinct(operations.c.channel_id))))).scalar_one()
        )


# --- the share of a core, and what was used


@asynccontextmanager
async def _held(sessions: Sequence[int], share: float) -> AsyncIterator[None]:
    """Let no worker have more than a share of a core while the block lasts; all of it where that is 0."""
    if not share:
        yield
        return
    keepers = [asyncio.create_task(_hold(session, share)) for session in sessions]
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        for session in sessions:
            _signal(session, signal.SIGCONT)


async def _hold(session: int, share: float) -> None:
    used, moment, credit, stopped = _session_cpu(session), time.monotonic(), 0.0, False
    while True:
        await asyncio.sleep(TICK)
        now_used, now = _session_cpu(session), time.monotonic()
        credit = min(credit + share * (now - moment), 2 * TICK) - (now_used - used)
        used, moment = now_used, now
        if stopped != (credit < 0):
            stopped = not stopped
            _signal(session, signal.SIGSTOP if stopped else signal.SIGCONT)


def _signal(session: int, number: signal.Signals) -> None:
    for process in _processes():
        if _fields(process)[3:4] == [str(session)]:
            os.kill(process, number)


def _cpu(sessions: Sequence[int]) -> tuple[float, float]:
    """Return the seconds of CPU that workers and PostgreSQL have used."""
    database = sum(_seconds(fields) for p in _processes() if (fields := _fields(p)) and _is_postgres(p))
    return sum(_session_cpu(session) for session in sessions), database


def _session_cpu(session: int) -> float:
    found = (_fields(process) for process in _processes())
    return sum(_seconds(fields) for fields in found if fields[3:4] == [str(session)])


def _processes() -> list[int]:
    return [int(file.name) for file in Path("/proc").iterdir() if file.name.isdigit()]


def _fields(process: int) -> list[str]:
    """Return what the system tells of a process, from its state on; nothing of one that is gone (proc(5), stat)."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(fields: Sequence[str]) -> float:
    """Return the CPU of a process and of its children that have ended."""
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _is_postgres(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip() == "postgres"
    except OSError:
        return False


if __name__ == "__main__":
    main()
