"""/metrics and /readyz, asked over HTTP while the real jobs work on a real store."""

import asyncio
import json
import operator
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from bot.app.lease import ProcessLease
from bot.app.loop_watch import LoopWatch
from bot.app.metrics import Monitoring
from bot.app.roles import Role
from bot.app.webserver import WebServer
from bot.model import OperationState
from bot.ports import Cost
from bot.schedulers.local import LocalScheduler
from bot.store import Store, spending
from bot.store.schema import entries, feeds, operations
from bot.tally import Counted
from tests.app.helpers import quiet_log
from tests.conftest import StillClock
from tests.support.world import World, corvid, larkwell

OPERATORS = Path(__file__).parents[2] / "docs/operators"
RESULTS = {
    Counted.POLLS: ("failed",), Counted.SENTENCES: ("kept", "dropped"), Counted.OPERATIONS: ("refused",),
}  # fmt: skip
"""Counts that only a bad day brings."""

Figures = dict[tuple[str, str], float]


@pytest.fixture
async def both(store: Store, clock: StillClock) -> World:
    return await World.on(store, clock)


@pytest.fixture
async def ask(both: World, tmp_path: Path) -> AsyncIterator[Any]:
    """Asks the one web server, as a monitor does."""
    watch = LoopWatch()
    server = WebServer("127.0.0.1", 0, dict)
    await server.start(
        Monitoring(both.ctx, watch, tmp_path, Role.ALL, LocalScheduler([], quiet_log())).routes()
    )
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


def selectors(expression: Any) -> list[tuple[str, dict[str, str]]]:
    """The series that an expression of Prometheus looks at: names, and the labels that they must have."""
    if isinstance(expression, promql_parser.VectorSelector):
        matchers = expression.matchers.matchers
        assert all(matcher.op == promql_parser.MatchOp.Equal for matcher in matchers)
        return [(expression.name, {matcher.name: matcher.value for matcher in matchers})]
    parts = [getattr(expression, part, None) for part in ("lhs", "rhs", "expr", "vector_selector")]
    inside = [*parts, *getattr(expression, "args", [])]
    return [found for part in inside if part is not None for found in selectors(part)]


def fires(expression: Any, told: Figures) -> bool | None:
    """Whether a comparison of one figure with a number is true of any of its series; None where it asks for more."""
    if not isinstance(expression, promql_parser.BinaryExpr) or not isinstance(
        expression.lhs, promql_parser.VectorSelector
    ):
        return None
    ((name, labels),) = selectors(expression.lhs)
    limit = expression.rhs.val
    compare = {">": operator.gt, "<": operator.lt, "==": operator.eq}[str(expression.op)]
    values = [value for (figure, label), value in told.items() if f"strillone_{figure}" == name]
    if labels:
        values = [told[name.removeprefix("strillone_"), ",".join(labels.values())]]
    assert values, name
    return any(compare(value, limit) for value in values)


def alerts() -> dict[str, Any]:
    rules = yaml.safe_load((OPERATORS / "alerts.yaml").read_text())["groups"][0]["rules"]
    assert all({"summary", "remedy"} <= set(rule["annotations"]) for rule in rules)
    return {rule["alert"]: promql_parser.parse(rule["expr"]) for rule in rules}


async def everything_told(both: World, ask: Any) -> Figures:
    """The figures of a program that has done a little of everything."""
    await ProcessLease.of(both.store, both.clock, both.ctx.log).take(standby=0)
    await both.wants(await both.channel("at-once"), "now")
    await both.wants(await both.channel("digests"), "daily 10:00")
    await both.feed("halden")
    await both.settle()
    both.clock.advance(timedelta(minutes=90))
    both.serve("halden", corvid(hours=-1.4))
    await both.settle()
    await ProcessLease.of(both.store, both.clock, both.ctx.log).take(standby=0)
    for counted, labels in RESULTS.items():
        for label in labels:
            both.ctx.tally.add(counted, label)
    return await figures(ask)


async def test_alerts_and_the_dashboard_ask_for_figures_that_are_told(both: World, ask: Any) -> None:
    told = await everything_told(both, ask)
    known = {f"strillone_{name}" for name, _ in told}
    series = {(f"strillone_{name}", label) for name, label in told}
    board = json.loads((OPERATORS / "dashboard.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    wanted = [*alerts().values(), *map(promql_parser.parse, asked)]
    for name, labels in (found for expression in wanted for found in selectors(expression)):
        assert name in known
        assert not labels or (name, ",".join(labels.values())) in series
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


async def test_no_alert_is_raised_while_all_is_well(both: World, ask: Any) -> None:
    told = await everything_told(both, ask)
    assert [name for name, expression in alerts().items() if fires(expression, told)] == []


async def test_alerts_are_raised_by_what_they_name(both: World, ask: Any) -> None:
    await everything_told(both, ask)
    both.ctx.health["scripted"] = replace(both.ctx.health["scripted"], state="down")
    async with both.store.write() as tx:
        await tx.execute(update(entries).values(grouped_at=None))
        await tx.execute(update(operations).values(state=OperationState.HELD))
    both.clock.advance(timedelta(minutes=31))
    told = await figures(ask)
    raised = {name for name, expression in alerts().items() if fires(expression, told)}
    assert raised == {
        "StrillonePlatformDown", "StrilloneEntriesLate", "StrilloneLeaseEnds", "StrillonePostsHeld",
    }  # fmt: skip
