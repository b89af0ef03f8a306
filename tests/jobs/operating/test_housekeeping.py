"""housekeeping: new rules judge the last days again, and stored calls are forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.jobs import Rulebook
from bot.jobs.operating.housekeeping import housekeeping, rejudge
from bot.pipeline.relevance.judge import compile_rules
from bot.store import entries, system
from bot.store.schema import calls
from tests.support.world import World, alpine, corvid, garden, larkwell

RULES = {"ai": {"title": "AI", "words": ["nurses"]}}


async def relevant(world: World) -> list[bool]:
    async with world.store.read() as tx:
        found = [await entries.verdict_of(tx, e.id, "ai") for e in await world.entries()]
    return [bool(verdict and verdict.relevant) for verdict in found]


async def test_new_rules_judge_again_what_was_seen_lately(world: World) -> None:
    await world.feed("ledger", larkwell(title="Nurses: nine hours on paper"), corvid(), ai_only=False)
    await world.settle()
    ctx = replace(world.ctx, book=Rulebook(compile_rules(RULES, {})))
    await housekeeping(ctx, 0)
    assert dict(zip([e.title for e in await world.entries()], await relevant(world), strict=True)) == {
        "Nurses: nine hours on paper": True,
        corvid().title: False,
    }
    assert len(world.events("entries.rejudged")) == 1
    await housekeeping(ctx, 0)
    assert len(world.events("entries.rejudged")) == 1


async def test_all_are_judged_again_however_many_a_batch_holds(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.operating.housekeeping.BATCH", 2)
    nurses = [item(title=f"Nurses: {item().title}") for item in (corvid, larkwell, alpine)]
    await both.feed("ledger", *nurses, garden(), ai_only=False)
    await both.settle()
    assert await rejudge(replace(both.ctx, book=Rulebook(compile_rules(RULES, {})))) == 4
    assert await relevant(both) == [e.title.startswith("Nurses") for e in await both.entries()]


async def test_a_feed_about_ai_alone_stays_relevant_under_new_rules(world: World) -> None:
    await world.feed("halden", corvid())
    await world.settle()
    await housekeeping(replace(world.ctx, book=Rulebook(compile_rules(RULES, {}))), 0)
    assert await relevant(world) == [True]


async def test_expired_calls_are_forgotten(world: World) -> None:
    async with world.store.write() as tx:
        await system.keep_call(tx, "old", "latest", {}, world.clock() - timedelta(seconds=1))
        await system.keep_call(tx, "new", "latest", {}, world.clock() + timedelta(hours=1))
    await housekeeping(world.ctx, 0)
    assert [row.code for row in await world.rows(calls)] == ["new"]
