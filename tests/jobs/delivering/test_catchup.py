"""catchup: what was held back leaves as one post, told once and lost never."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import ChannelLost, NotSent, Unsure
from bot.jobs.delivering import catchup
from bot.jobs.delivering.catchup import catch_up
from bot.jobs.operating.housekeeping import housekeeping
from bot.model import Channel, ChannelState, FeedState, Person, Place, PlaceKind
from bot.store import feeds, places, subscriptions
from bot.store.schema import operations, told_marks
from tests.support.world import News, World, alpine, corvid, corvid_elsewhere, garden, larkwell

HOUR = timedelta(hours=1)
UPDATE = News(
    "licence",
    "Halden Labs confirms that Corvid 3 was downloaded 900,000 times on its first day",
    "Halden Labs says that Corvid 3, its open language model, was downloaded 900,000 times on its first day. "
    "The company had expected a tenth of that, and its servers slowed down for two hours.",
    hours=0.5,
)


async def held(world: World, *items: News, wait: float = 3 * 3600, step: Exception | None = None) -> Channel:
    """News told at once into a chat whose platform makes everything wait, or fails in another way."""
    feed_id = await world.feed("halden", garden())
    channel = await world.channel()
    await world.wants(channel, "now")
    await world.settle()
    world.platform.chats.clear()
    world.platform.script = [step or NotSent("slow down", wait)]
    for item in items:
        world.serve("halden", garden(), *items[: items.index(item) + 1])
        await world.poll(feed_id)
        await world.settle("group", "publish", "deliver")
        world.clock.advance(timedelta(minutes=5))
    return channel


async def test_what_waited_for_an_hour_leaves_as_one_post(both: World) -> None:
    channel = await held(both, corvid(hours=0), larkwell(hours=0))
    assert both.platform.headlines(channel) == []
    both.clock.advance(3 * HOUR)
    await both.settle("deliver")
    assert len(both.platform.chats["chat"]) == 1
    assert sorted(both.platform.headlines(channel)) == sorted([corvid().title, larkwell().title])
    assert (await both.states())[-3:] == ["superseded", "superseded", "done"]
    new = (await both.rows(operations))[-1].id
    assert {mark.operation_id for mark in await both.rows(told_marks)} >= {new}


async def test_what_a_filter_leaves_out_is_not_in_it_either(world: World) -> None:
    channel = await held(world, corvid(hours=0), larkwell(hours=0))
    async with world.store.write() as tx:
        await subscriptions.set_filter(tx, 1, "-outlet:elsewhere")
    await world.feed("elsewhere", corvid_elsewhere(hours=0))
    await world.settle("collect", "read", "group")
    world.clock.advance(3 * HOUR)
    await world.settle("deliver")
    (shown,) = world.platform.chats[channel.address]
    assert sorted(shown.headlines) == sorted([corvid().title, larkwell().title])
    assert not any("2 sources" in story["meta"] for story in shown.payload["stories"])


async def test_nothing_of_it_is_told_again(both: World) -> None:
    channel = await held(both, corvid(hours=0), larkwell(hours=0))
    both.clock.advance(3 * HOUR)
    await both.settle()
    await (await both.restarted()).settle()
    assert len(both.platform.headlines(channel)) == 2


async def test_what_waits_for_minutes_leaves_one_by_one(world: World) -> None:
    channel = await held(world, corvid(hours=0), larkwell(hours=0), wait=60)
    world.clock.advance(timedelta(minutes=2))
    await world.settle("deliver")
    assert len(world.platform.chats[channel.address]) == 2


async def test_a_story_and_its_update_become_one(world: World) -> None:
    channel = await held(world, corvid(hours=0), UPDATE)
    world.clock.advance(3 * HOUR)
    await world.settle("deliver")
    assert len(world.platform.headlines(channel)) == len(set(world.platform.headlines(channel)))
    assert len(world.platform.chats["chat"]) == 1


async def test_while_one_is_uncertain_nothing_is_withdrawn(world: World) -> None:
    world.platform.finding = NotSent("not now", 4 * 3600)
    channel = await held(world, corvid(hours=0), larkwell(hours=0), step=Unsure("cut off"))
    world.clock.advance(2 * HOUR)
    await world.settle("deliver")
    assert "superseded" not in await world.states()
    assert world.platform.headlines(channel) == []


async def test_a_digest_past_its_time_is_caught_up(world: World) -> None:
    await world.feed("halden", corvid())
    channel = await world.channel()
    await world.wants(channel, "10:00")
    await world.settle()
    world.clock.advance(HOUR + timedelta(minutes=2))
    world.platform.script = [ChannelLost("no rights")]
    await world.settle()
    world.platform.script = [ChannelLost("no rights")] * 40
    for _ in range(3):
        world.clock.advance(timedelta(days=1))
        await world.settle("deliver")
    assert world.platform.headlines(channel) == []
    world.platform.script = []
    async with world.store.write() as tx:
        await places.resume(tx, channel.id, world.clock())
    await world.settle("deliver")
    assert world.platform.headlines(channel) == [corvid().title]


async def test_a_lost_channel_is_tried_hourly_and_heals_by_itself(world: World) -> None:
    channel = await held(world, corvid(hours=0), wait=1)
    world.platform.script = [ChannelLost("no rights"), ChannelLost("no rights")]
    await world.settle("deliver")
    await world.settle("deliver")
    assert len(world.platform.script) == 1
    world.clock.advance(HOUR)
    await world.settle("deliver")
    assert world.platform.script == []
    assert (await world.record(channel)).state is ChannelState.PAUSED
    world.clock.advance(HOUR)
    await world.settle("deliver")
    assert (await world.record(channel)).state is ChannelState.ACTIVE
    assert world.platform.headlines(channel) == [corvid().title]


async def test_after_a_week_what_a_lost_channel_could_not_take_is_refused(world: World) -> None:
    channel = await held(world, corvid(hours=0), wait=1)
    marks = await world.count(told_marks)
    world.platform.script = [ChannelLost("no rights")] * 100
    for _ in range(9):
        await world.settle("deliver")
        world.clock.advance(timedelta(days=1))
    left = len(world.platform.script)
    await housekeeping(world.ctx, 0)
    await world.settle("deliver")
    assert len(world.platform.script) == left
    assert (await world.states())[-1] == "refused"
    assert await world.count(told_marks) == marks - 1
    assert (await world.record(channel)).retry_at is None


async def test_the_operator_hears_once_of_a_lost_channel(world: World) -> None:
    await operator(world)
    await held(world, corvid(hours=0), wait=1)
    for _ in range(3):
        world.platform.script = [ChannelLost("no rights")]
        await world.settle("deliver")
        world.clock.advance(HOUR)
    said = [shown.payload["said"][0] for shown in world.platform.chats["op"]]
    assert len(said) == 1
    assert "no rights" in said[0]
    assert "kept for a week" in said[0]


async def operator(world: World) -> None:
    person = Person(platform=world.platform.name, address="op")
    place = Place(platform=world.platform.name, address="op", kind=PlaceKind.PRIVATE)
    async with world.store.write() as tx:
        await places.ensure_channel_record(tx, place, {"language": "en", "zone": "UTC"})
        await places.offer_claim(tx, "CODE", world.clock() + HOUR)
        assert await places.use_claim(tx, "CODE", person, world.clock())


async def test_a_story_whose_feed_is_gone_is_left_out(world: World) -> None:
    elsewhere = await world.feed("ledger", larkwell(hours=3))
    await world.poll(elsewhere)
    channel = await held(world, corvid(hours=0), corvid(hours=0))
    world.serve("ledger", alpine(hours=0), larkwell(hours=3))
    await world.poll(elsewhere)
    await world.settle("group", "publish")
    async with world.store.write() as tx:
        await feeds.set_values(tx, elsewhere, state=FeedState.RETIRED)
    world.clock.advance(4 * HOUR)
    await world.settle("deliver")
    assert world.platform.headlines(channel) == [corvid().title]
    assert (await world.states())[-3:] == ["superseded", "superseded", "done"]


async def test_a_publishing_in_between_comes_first(world: World) -> None:
    channel = await held(world, corvid(hours=0), larkwell(hours=0))
    stale = await world.record(channel)
    async with world.store.write() as tx:
        await places.publish_turn(tx, channel.id)
    world.clock.advance(2 * HOUR)
    await catch_up(world.ctx, stale)
    assert "superseded" not in await world.states()


async def test_a_machine_that_slept_for_a_day_between_two_posts_loses_none(both: World) -> None:
    feed_id = await both.feed("halden", garden())
    channel = await both.channel()
    await both.wants(channel, "now")
    await both.settle()
    both.platform.chats.clear()
    both.serve("halden", garden(), corvid(hours=0), larkwell(hours=0), alpine(hours=0))
    await both.poll(feed_id)
    await both.settle("group", "publish")
    send = both.platform.send

    async def asleep(*args: Any) -> str:
        post = await send(*args)
        both.clock.advance(25 * HOUR)
        both.platform.send = send  # type: ignore[method-assign]
        return post

    both.platform.send = asleep  # type: ignore[method-assign]
    await both.settle("deliver")
    said = both.platform.headlines(channel)
    assert sorted(said) == sorted([corvid().title, larkwell().title, alpine().title])
    assert "expired" not in await both.states()


async def test_what_is_past_its_time_is_looked_at_again_when_something_was_published_meanwhile(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await held(both, corvid(hours=0), larkwell(hours=0))
    both.clock.advance(25 * HOUR)
    tries = 0

    async def overtaken(*args: Any) -> tuple[Any, Any]:
        nonlocal tries
        tries += 1
        if tries == 1:
            async with both.store.write() as tx:
                await places.publish_turn(tx, channel.id)
        return await cards(*args)

    cards = catchup._cards
    monkeypatch.setattr(catchup, "_cards", overtaken)
    await both.settle("deliver")
    assert tries == 2
    assert sorted(both.platform.headlines(channel)) == sorted([corvid().title, larkwell().title])
