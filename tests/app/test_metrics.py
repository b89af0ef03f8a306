"""/metrics and /readyz, asked over HTTP while the real jobs work on a real store."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from bot.app.lease import ProcessLease
from bot.app.loop_watch import LoopWatch
from bot.app.metrics import Monitoring
from bot.app.webserver import WebServer
from bot.ports import Cost
from bot.store import Store, spending
from bot.store.schema import entries, feeds
from tests.conftest import StillClock
from tests.support.world import World, corvid, larkwell

Figures = dict[tuple[str, str], float]


@pytest.fixture
async def both(store: Store, clock: StillClock) -> World:
    return await World.on(store, clock)


@pytest.fixture
async def ask(both: World) -> AsyncIterator[Any]:
    """Asks the one web server, as a monitor does."""
    watch = LoopWatch()
    server = WebServer("127.0.0.1", 0, dict)
    await server.start(Monitoring(both.ctx, watch).routes())
    watching = asyncio.create_task(watch.keep_watching())

    async with aiohttp.ClientSession() as client:

        async def answer(path: str) -> tuple[int, str, str]:
            async with client.get(server.url + path) as response:
                return response.status, await response.text(), response.headers["Content-Type"]

        yield answer
    watching.cancel()
    await server.stop()


async def figures(ask: Any) -> Figures:
    status, text, kind = await ask("/metrics")
    assert status == 200
    assert kind.startswith("text/plain; version=0.0.4")
    return {
        (sample.name.removeprefix("strillone_"), ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_what_is_done_and_what_waits_is_told(both: World, ask: Any) -> None:
    secret = "https://key-of-a-feed@ledger.example/feed?token=key-of-a-feed"
    channel = await both.channel("a-private-chat")
    await both.wants(channel, "now")
    await both.feed("halden")
    await both.settle()
    both.clock.advance(timedelta(hours=1))
    both.serve("halden", corvid(hours=-0.9))
    broken = await both.feed("ledger", larkwell())
    async with both.store.write() as tx:
        await tx.execute(update(feeds).where(feeds.c.id == broken).values(url=secret))
    both.clock.advance(timedelta(minutes=30))
    before = await figures(ask)
    assert before["oldest_due_seconds", "feeds"] > 0
    await both.settle()
    after = await figures(ask)
    assert after["oldest_due_seconds", "feeds"] == 0
    assert (after["polls_total", "changed"], after["polls_total", "failed"]) == (2, 1)
    assert after["stories_total", "new"] == 1
    assert after["summaries_total", "extractive"] >= 1
    assert after["sentences_total", "kept"] >= 1
    assert after["operations_total", "done"] == 1
    assert after["operations_waiting", "queued"] == 0
    assert after["feed_to_post_seconds", ""] == 0
    assert after["platform_up", "scripted"] == 1
    assert after["database_bytes", ""] > 100_000
    _, text, _ = await ask("/metrics")
    for hidden in ("key-of-a-feed", "ledger", "halden", "a-private-chat", "Corvid"):
        assert hidden not in text


async def test_how_long_each_waits_is_told(both: World, ask: Any) -> None:
    await both.wants(await both.channel("digests"), "daily 10:00")
    await both.wants(await both.channel("at-once"), "now")
    feed = await both.feed("halden")
    await both.settle()
    both.serve("halden", corvid())
    await both.poll(feed)
    both.clock.advance(timedelta(minutes=90))
    waits = await figures(ask)
    assert waits["oldest_due_seconds", "entries"] == 90 * 60
    assert waits["oldest_due_seconds", "digests"] == 30 * 60
    await both.settle("group", "publish")
    both.clock.advance(timedelta(minutes=20))
    later = await figures(ask)
    assert later["oldest_due_seconds", "entries"] == 0
    assert later["oldest_due_seconds", "posts"] == 20 * 60
    assert later["operations_waiting", "queued"] >= 1
    await both.settle("deliver")
    done = await figures(ask)
    assert done["feed_to_post_longest_seconds", ""] == 110 * 60


async def test_lease_and_costs_are_told(both: World, ask: Any) -> None:
    await ProcessLease.of(both.store, both.clock, both.ctx.log).take(standby=0)
    async with both.store.write() as tx:
        number = await spending.reserve(tx, both.clock().date(), 0, Cost(900, 50), both.clock())
        await spending.settle(tx, number, Cost(800, 1_500_000))
    both.clock.advance(10)
    told = await figures(ask)
    assert (told["lease_age_seconds", ""], told["lease_left_seconds", ""]) == (10, 20)
    assert (told["model_tokens_today", ""], told["model_cost_today", ""]) == (800, 1.5)


async def test_ready_is_who_keeps_up(both: World, ask: Any) -> None:
    feed = await both.feed("halden", corvid())
    await both.settle()
    status, text, kind = await ask("/readyz")
    assert (status, kind.split(";")[0]) == (200, "application/json")
    assert '"database": "well"' in text
    both.ctx.health["scripted"] = replace(both.ctx.health["scripted"], state="down")
    async with both.store.write() as tx:
        await tx.execute(update(entries).where(entries.c.feed_id == feed).values(grouped_at=None))
    both.clock.advance(timedelta(minutes=16))
    status, text, _ = await ask("/readyz")
    assert status == 503
    assert '"scripted": "down"' in text
    assert '"entries": "the oldest has waited for 960 s"' in text


async def test_a_database_in_trouble_is_told_and_the_rest_still_is(
    both: World, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.feed("halden", corvid())
    await both.settle()
    both.store._condition.trouble = "The disk is full."
    told = await figures(ask)
    assert told["database_up", ""] == 0
    assert told["polls_total", "changed"] == 1
    assert ("oldest_due_seconds", "feeds") not in told
    status, text, _ = await ask("/readyz")
    assert (status, '"database": "The disk is full."' in text) == (503, True)


async def test_a_loop_that_stood_still_is_told(both: World, ask: Any) -> None:
    assert (await figures(ask))["loop_stall_seconds", ""] < 0.4
    await asyncio.sleep(0.05)
    time.sleep(0.8)  # noqa: ASYNC251  what no code of ours may do
    await asyncio.sleep(0.3)
    assert (await figures(ask))["loop_stall_seconds", ""] > 0.4
