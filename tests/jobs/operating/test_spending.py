"""Models at work in the whole program: cached over restarts, stopped by the budget, and the operators told once."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import OverBudget
from bot.jobs.operating.housekeeping import housekeeping
from bot.jobs.operating.spending import StoredLedger, watch_budget
from bot.model import Person, Place, PlaceKind
from bot.pipeline.limits.spending import Budget, Limit
from bot.ports import Cost, ModelOptions
from bot.settings import ModelSettings
from bot.store import model_cache, places
from bot.store.schema import cached_summaries as written_table
from bot.store.schema import operations
from bot.store.schema import spending as spending_table
from tests.doubles.model import ModelDouble, copies
from tests.summarizers.world import TEXT, story, want
from tests.support.world import World, alpine, corvid, garden, larkwell, settings

NEWS = (corvid(), larkwell(), alpine(), garden())


async def world_with(
    world: World, model: ModelDouble, monkeypatch: pytest.MonkeyPatch, **limits: Any
) -> World:
    """The same world, restarted with a model and a budget."""
    from dataclasses import replace

    found = replace(
        settings(), models=(ModelOptions(name="small", address=model.url, price_in=1, price_out=1),)
    )
    monkeypatch.setattr("tests.support.world.settings", lambda: found)
    return await world.restarted(model=ModelSettings(**limits))


async def told(world: World, address: str = "chat", when: str = "10:00", **values: Any) -> dict[str, Any]:
    """Publish a digest of the news there and return what the chat shows of it."""
    channel = await world.channel(address, **values)
    await world.wants(channel, when)
    world.clock.advance(timedelta(hours=1, seconds=61))
    await world.settle()
    return world.platform.chats[address][-1].payload


async def operator(world: World) -> None:
    """Let somebody run this instance, with a private chat."""
    person = Person(platform=world.platform.name, address="boss", name="Boss")
    async with world.store.write() as tx:
        await places.offer_claim(tx, "code", world.clock() + timedelta(hours=1))
        await places.use_claim(tx, "code", person, world.clock())
        await places.ensure_channel_record(
            tx,
            Place(platform=world.platform.name, address="boss", kind=PlaceKind.PRIVATE),
            {"language": "it"},
        )


async def notices(world: World) -> list[str]:
    await world.settle("budget", "deliver")
    return [" ".join(shown.payload["said"]) for shown in world.platform.chats["boss"]]


async def test_a_digest_is_one_call_and_a_restart_asks_nothing(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(copies) as model:
        world = await world_with(both, model, monkeypatch)
        await world.feed("halden", *NEWS)
        await told(world)
        assert len(model.requests) == 1
        again = await world.restarted()
        await told(again, "other", "11:00")
        assert len(model.requests) == 1
    rows = await world.rows(written_table)
    assert {row.model for row in rows} == {"small"}
    async with world.store.read() as tx:
        (sent,) = await model_cache.sent_texts(tx, rows[0].story_id)
    assert "<sources>" in sent.text
    (spent,) = await world.rows(spending_table)
    assert spent.settled
    assert spent.tokens == spent.money == model.tokens


async def test_a_budget_that_is_spent_is_said_at_the_foot_in_the_channels_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(copies) as model:
        found = await world_with(world, model, monkeypatch, month_tokens=10)
        await found.feed("halden", *NEWS)
        shown = await told(found, when="11:00", language="it", zone="Europe/Rome")
    assert model.requests == []
    assert "Scritto senza modello fino al 1 aprile (budget)." in shown["said"]
    assert all(story["text"] for story in shown["stories"])


async def test_leading_stories_are_written_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ModelDouble(copies) as model:
        found = await world_with(world, model, monkeypatch, day_tokens=3000)
        await found.feed("halden", *NEWS)
        shown = await told(found)
        rows = await found.rows(written_table)
    assert 0 < len(rows) < len(NEWS)
    asked = model.requests[0]["messages"][1]["content"]
    assert shown["stories"][0]["headline"].split()[0] in asked
    assert "Written without a model until 3 March (budget)." in shown["said"]


async def test_the_operators_are_told_once_that_most_is_spent_and_once_of_the_stop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(copies) as model:
        found = await world_with(world, model, monkeypatch, day_tokens=6000)
        await operator(found)
        ledger = StoredLedger(found.store, found.clock, Budget(Limit(day=6000)))
        await ledger.reserve(Cost(4800), 0)
        await watch_budget(found.ctx, ledger, 0)
        nearly = ["Budget del modello per 2026-03-02: 80 % già speso."]
        assert await notices(found) == nearly
        await watch_budget(found.ctx, ledger, 0)
        assert await notices(found) == nearly
        await found.feed("halden", *NEWS)
        await told(found)
        stop = "Il budget del modello per 2026-03-02 è speso. Fino al 2026-03-03 si riportano le frasi delle fonti."
        assert await notices(found) == [*nearly, stop]
        assert await notices(found) == [*nearly, stop]
        again = await found.restarted(model=ModelSettings(day_tokens=6000))
        await told(again, "third", "11:00")
        assert await notices(again) == [*nearly, stop]
    assert [row.purpose for row in await found.rows(operations)].count("notice") == 2


async def test_a_budget_that_stops_many_calls_is_said_once(world: World) -> None:
    await operator(world)
    ledger = StoredLedger(world.store, world.clock, Budget(Limit(day=100)))
    for _ in range(2):
        with pytest.raises(OverBudget):
            await ledger.reserve(Cost(200), 0)
        await watch_budget(world.ctx, ledger, 0)
    assert len(await notices(world)) == 1
    assert len(world.events("notice.sent")) == 1


async def test_without_a_budget_nobody_is_told_anything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(copies) as model:
        found = await world_with(world, model, monkeypatch)
        await operator(found)
        await found.feed("halden", *NEWS)
        await told(found)
        assert await notices(found) == []


async def test_housekeeping_forgets_what_models_wrote_and_cost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(copies) as model:
        found = await world_with(world, model, monkeypatch)
        await found.feed("halden", corvid())
        await told(found)
    for days, left in ((13, (1, 1)), (2, (0, 1)), (60, (0, 0))):
        found.clock.advance(timedelta(days=days))
        await housekeeping(found.ctx, 0)
        assert (await found.count(written_table), await found.count(spending_table)) == left


async def test_fifty_stories_at_once_never_pass_the_budget(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(copies) as model:
        world = await world_with(both, model, monkeypatch, day_tokens=12_000)
        found = [story(TEXT.replace("34", str(100 + n)), n) for n in range(1, 51)]
        summarize = world.ctx.summarizer.summarize
        told_all = await asyncio.gather(*(summarize([want(one, "en")], 1) for one in found))
    methods = Counter(summary.method for (summary,) in told_all)
    assert model.tokens <= 12_000
    assert methods["model"] == len(model.requests) > 1
    assert methods["extractive"] == sum(s.without_model_until is not None for (s,) in told_all) > 1
    spent = sum(row.tokens for row in await world.rows(spending_table))
    assert spent == model.tokens


async def test_a_server_that_has_used_its_share_is_told_in_the_sources_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(copies) as model:
        found = await world_with(world, model, monkeypatch, day_tokens=40_000, server_share=0.01)
        await found.wants(await found.channel("neighbour", server="n"), "23:00")
        await found.feed("halden", *NEWS)
        shown = await told(found, server="s")
    assert model.requests == []
    assert "Written without a model until 3 March (budget)." in shown["said"]
