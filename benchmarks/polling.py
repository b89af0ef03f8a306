"""How many feeds does one core poll? `python -m benchmarks.poll [--feeds N]`, beside reader in the same run.

A server in a process of its own answers N feeds on as many loopback addresses, so that each is a host of its own: half of
them have validators and answer 304, the others give their whole body again, one feed in fifty with a new item; forty are slow, broken
or moved, and ten are hostile. The first round reads everything; the rounds after it are what is reported. Seconds are of CPU, of
the poller and its children. Everything is real: fetch, parse in children, identify, judge, SQLite. reader polls a part of the same
feeds with the same share of odd ones, and once more without these, with its own workers, parser and SQLite; aiohttp alone, which fetches and hashes, is the limit. `loop_stall_ms` is the longest time in which the event loop did not turn.
"""

import argparse
import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from benchmarks.report import say, write
from bot.app.event_loop import run_in_loop
from bot.app.running import settle_memory
from bot.app.wiring import build_application, worker_count
from bot.app.workers import Workers
from bot.feeds.fetch import Fetcher
from bot.feeds.opml import read_opml
from bot.i18n import load as load_texts
from bot.schedulers.local import LocalScheduler
from bot.settings import Environment, load
from bot.store import Store, feeds, open_store
from bot.store.feeds import DeclaredFeed
from bot.store.schema import feeds as table

ROUNDS = 3
ITEMS = 20
CHANGING = 50
"""One feed in so many has a new item in every round."""

ODD = 50
"""Feeds that are slow, broken, moving or hostile."""


def main() -> None:
    """Measure polling."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--peer-feeds", type=int, default=400, help="how many of them reader polls")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    try:
        rounds = run_in_loop(_ours(given.feeds, port))
        share = given.peer_feeds / given.feeds
        plain = range(ODD, ODD + round(share * (given.feeds - ODD)))
        peer, tame = _peer([*range(round(share * ODD)), *plain], port), _peer(plain, port)
        bare = run_in_loop(_bare(range(ODD, given.feeds), port))
    finally:
        server.kill()
    warm = rounds[1:]
    figures = {
        "feeds": given.feeds, "feeds_per_s": sum(r["feeds"] for r in warm) / sum(r["cpu"] for r in warm),
        "first_feeds_per_s": rounds[0]["feeds"] / rounds[0]["cpu"], "peer_feeds_per_s": peer, "peer_tame_feeds_per_s": tame, "peak_mb": max(r["mb"] for r in rounds),
        "loop_stall_ms": max(r["stall_ms"] for r in rounds), "failing": warm[-1]["failing"],
    }  # fmt: skip
    figures |= {"times_peer": figures["feeds_per_s"] / peer, "bare_aiohttp_feeds_per_s": bare}
    say("poll", figures)
    write(given.output, rounds)


# --- the server --------------------------------------------------------------------------------------------


def address(number: int, port: int) -> str:
    """Return where a feed is: every one on a loopback address of its own."""
    return f"http://127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}:{port}/feed/{number}"


def _body(number: int, edition: int) -> bytes:
    items = "".join(
        f"<item><guid>f{number}-{n}</guid><title>Feed {number} tells story {n} about a model that reads maps</title>"
        f"<link>https://feed{number}.example/{n}</link><pubDate>Sun, 01 Mar 2026 {n % 24:02}:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;The {n}th story of feed {number} has a paragraph of some length, with a few names and {n * 7} figures in it, "
        f"so that there is something to read, to judge and to keep for those who want to know more about it.&lt;/p&gt;</description></item>"
        for n in range(edition, edition + ITEMS)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed {number}</title><link>https://feed{number}.example/</link><language>en</language>{items}</channel></rss>'.encode()


def _serve(pipe: Connection) -> None:
    asked: dict[int, int] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        number = int(request.match_info["number"])
        asked[number] = asked.get(number, 0) + 1
        if number < ODD:
            return await _odd(request, number, asked[number])
        edition = asked[number] if number % CHANGING == 1 else 0
        tag = f'"{number}-{edition}"'
        headers = {"ETag": tag} if number % 2 == 0 else {}
        if number % 2 == 0 and request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=_body(number, edition), content_type="application/rss+xml", headers=headers)

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/feed/{number}", answer)
        app.router.add_get("/new/{number}", lambda request: _whole(int(request.match_info["number"])))
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", 0, backlog=1024).start()  # noqa: S104  every loopback address is served
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


async def _whole(number: int) -> web.Response:
    return web.Response(body=_body(number, 0), content_type="application/rss+xml")


async def _odd(request: web.Request, number: int, times: int) -> web.StreamResponse:
    match number % 5:
        case 0:
            await asyncio.sleep(1.5)
            return await _whole(number)
        case 1:
            return web.Response(status=503)
        case 2:
            raise web.HTTPMovedPermanently(f"/new/{number}")
        case 3:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        case _:
            return web.Response(body=_hostile(times), content_type="application/rss+xml")


def _hostile(times: int) -> bytes:
    kinds = (
        b"<rss><channel>" + b"<item>" * 60_000,
        b"<rss " + b'a="1" ' * 2_000 + b">" + b"<!--" * 50_000,
        b"<rss><channel><item><description><![CDATA["
        + b"<div>" * 100_000
        + b"]]></description></item></channel></rss>",
        b"{" * 200_000,
    )
    return kinds[times % len(kinds)]


# --- our side ----------------------------------------------------------------------------------------------


async def _ours(count: int, port: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/poll.db")
        async with store.write() as tx:
            for number in range(count):
                url = address(number, port)
                await feeds.add(
                    tx,
                    DeclaredFeed(
                        url=url, url_key=url, title=f"Feed {number}", outlet=f"Feed {number}", language="en"
                    ),
                    "config",
                )
        hosts = {address(number, port).split("/")[2].split(":")[0] for number in range(count)}
        async with Fetcher("Strillone/benchmark", opened=hosts) as fetch, Workers(worker_count()) as offload:
            rounds = [await _round(store, fetch, offload) for _ in range(ROUNDS)]
        await store.close()
    return rounds


async def _round(store: Store, fetch: Fetcher, offload: Workers) -> dict[str, Any]:
    """Poll every feed once, by the scheduler's own line."""
    start = datetime.now(UTC)
    async with store.write() as tx:
        await tx.execute(table.update().values(next_poll_at=start - timedelta(seconds=1)))
    settings = load(read_opml, Environment.model_construct(strillone_data="/nowhere"))
    log = structlog.wrap_logger(None, wrapper_class=structlog.make_filtering_bound_logger(50))
    house = await build_application(
        settings, store, platforms={}, texts=load_texts(), fetch=fetch, offload=offload, clock=lambda: datetime.now(UTC),
        wake=lambda _: None, log=log,
    )  # fmt: skip
    line = next(line for line in house.lines if line.name == "collect")
    scheduler = LocalScheduler((line,), log)
    settle_memory()
    before = _cpu()
    async with _watched() as stalls:
        scheduler.start()
        while await _waiting(store):  # noqa: ASYNC110  what is waited for is a state of the store
            await asyncio.sleep(0.25)
        await scheduler.stop(timedelta(seconds=30))
    async with store.read() as tx:
        found = await feeds.all_active(tx)
    polled = sum(1 for feed in found if feed.polled_at and feed.polled_at >= start)
    return {
        "feeds": polled, "cpu": _cpu() - before, "stall_ms": max(stalls, default=0.0) * 1000, "mb": _memory_mb(),
        "failing": sum(1 for feed in found if feed.failures), "seconds": (datetime.now(UTC) - start).total_seconds(),
    }  # fmt: skip


async def _waiting(store: Store) -> bool:
    async with store.read() as tx:
        return bool(await feeds.due(tx, datetime.now(UTC), 1, 1))


@asynccontextmanager
async def _watched(tick: float = 0.005) -> AsyncIterator[list[float]]:
    """Note how late the event loop is."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(tick)
            late.append(time.perf_counter() - began - tick)

    task = asyncio.create_task(watch())
    try:
        yield late
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _cpu() -> float:
    """Return CPU seconds of this process, and of its children as far as the system tells."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + _children_cpu()


def _children_cpu() -> float:
    ticks = 0
    for child in _offspring():
        with suppress(OSError, IndexError):
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
    return ticks / 100


def _offspring(parent: int | str = "self") -> list[int]:
    """Return the worker processes below this one; the server is not counted."""
    found: list[int] = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in children.read_text().split():
            if "spawn_main" not in Path(f"/proc/{child}/cmdline").read_text():
                found += [int(child), *_offspring(child)]
    return found


def _memory_mb() -> float:
    """Return the most memory this process has had, and what its workers have beside what they share, in megabytes."""
    own = _kilobytes("/proc/self/status", "VmHWM:")
    return (own + sum(_kilobytes(f"/proc/{child}/smaps_rollup", "Pss:") for child in _offspring())) / 1024


def _kilobytes(file: str, name: str) -> int:
    with suppress(OSError):
        for line in Path(file).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


# --- aiohttp alone -----------------------------------------------------------------------------------------


async def _bare(numbers: Sequence[int], port: int) -> float:
    """Return how many of the same feeds a second of CPU aiohttp fetches and hashes, with 50 at a time and nothing else: the limit."""
    places = asyncio.Semaphore(50)

    async def one(session: aiohttp.ClientSession, number: int) -> None:
        async with places, session.get(address(number, port)) as response:
            blake2b(await response.read())

    before = time.process_time()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(one(session, number) for number in numbers))
    return len(numbers) / (time.process_time() - before)


# --- reader ------------------------------------------------------------------------------------------------


def _peer(numbers: Sequence[int], port: int) -> float:
    """Return how many of these feeds a second of CPU reader updates, in the rounds after its first."""
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_reader, args=(theirs, folder, [address(n, port) for n in numbers]))
        process.start()
        seconds: float = ours.recv()
        process.join()
    return len(numbers) * (ROUNDS - 1) / seconds


def _reader(pipe: Connection, folder: str, urls: list[str]) -> None:
    from reader import make_reader

    reader = make_reader(f"{folder}/reader.sqlite")
    for url in urls:
        reader.add_feed(url)
    reader.update_feeds(scheduled=False, workers=10)
    began = time.process_time()
    for _ in range(ROUNDS - 1):
        reader.update_feeds(scheduled=False, workers=10)
    pipe.send(time.process_time() - began)
