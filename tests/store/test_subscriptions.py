"""Subscriptions in the store: when they are due, cursors that move once, slots and told marks."""

import asyncio
from dataclasses import replace
from datetime import datetime, time

import pytest

from bot.model import Length, Reason, ReasonCode, Schedule, Subscription, ToldMark
from bot.store import Store, places, subscriptions
from tests.store.conftest import NOW, World, later


async def due(store: Store, now: datetime = NOW, limit: int = 10) -> list[int]:
    async with store.read() as tx:
        return await subscriptions.due(tx, now, limit)


async def got(store: Store, subscription_id: int) -> Subscription:
    async with store.read() as tx:
        found = await subscriptions.get(tx, subscription_id)
    assert found is not None
    return found


async def test_a_wish_comes_back_as_it_was_made(store: Store, world: World) -> None:
    channel = await world.channel()
    subscription = Subscription(
        id=0, channel_id=channel.id, topic="ai", schedule=Schedule((time(9), time(18, 30)), (0, 4), instant=True), feed_ids=(3, 5), size=7, length=Length.LONG, read_up_to=11, instant_up_to=12, next_slot_at=later(hours=1), created_at=NOW,
    )  # fmt: skip
    async with store.write() as tx:
        number = await subscriptions.add(tx, subscription)
        assert await subscriptions.of_channel(tx, channel.id) == [replace(subscription, id=number)]
    assert await got(store, number) == replace(subscription, id=number)


async def test_a_slot_is_due_when_it_has_come(store: Store, world: World) -> None:
    channel = await world.channel()
    second = await world.subscription(channel, next_slot_at=NOW)
    first = await world.subscription(channel, next_slot_at=later(hours=-1))
    future = await world.subscription(channel, next_slot_at=later(minutes=1))
    await world.subscription(channel)
    assert await due(store) == [first, second]
    assert await due(store, limit=1) == [first]
    assert await due(store, later(minutes=1)) == [first, second, future]


async def test_news_at_once_are_due_when_a_story_has_changed(store: Store, world: World) -> None:
    channel, feed_id = await world.channel(), await world.feed()
    at_once = await world.subscription(channel, schedule=Schedule(instant=True))
    await world.subscription(channel)
    assert await due(store) == []
    await world.story(await world.entry(feed_id))
    assert await due(store) == [at_once]
    async with store.write() as tx:
        before = await subscriptions.get(tx, at_once)
        assert before is not None
        assert await subscriptions.advance(tx, before, instant_up_to=1)
    assert await due(store) == []


async def test_slots_that_have_come_go_before_news_at_once_on_either_database(
    store: Store, world: World
) -> None:
    channel = await world.channel()
    at_once = [await world.subscription(channel, schedule=Schedule(instant=True)) for _ in range(3)]
    late = await world.subscription(channel, next_slot_at=later(hours=-1))
    later_still = await world.subscription(channel, next_slot_at=later(hours=-2))
    both = await world.subscription(channel, schedule=Schedule(instant=True), next_slot_at=later(hours=1))
    await world.story(await world.entry(await world.feed()))
    async with store.write() as tx:
        before = await subscriptions.get(tx, at_once[0])
        assert before is not None
        assert await subscriptions.advance(tx, before, instant_up_to=1)
    await world.story(await world.entry(await world.feed()))
    assert await due(store) == [later_still, late, at_once[1], at_once[2], both, at_once[0]]


async def test_a_paused_channel_is_not_due(store: Store, world: World) -> None:
    channel = await world.channel()
    number = await world.subscription(channel, next_slot_at=NOW)
    async with store.write() as tx:
        await places.pause(tx, channel.id, "asked to", NOW)
    assert await due(store) == []
    async with store.write() as tx:
        await places.resume(tx, channel.id, NOW)
    assert await due(store) == [number]


async def test_a_cursor_moves_only_from_where_it_was_read(store: Store, world: World) -> None:
    number = await world.subscription(await world.channel(), read_up_to=3)
    before = await got(store, number)
    moved = []

    async def advance(read_up_to: int) -> None:
        async with store.write() as tx:
            if await subscriptions.advance(tx, before, read_up_to=read_up_to, next_slot_at=later(days=1)):
                moved.append(read_up_to)

    await asyncio.gather(*(advance(up_to) for up_to in (4, 5, 6)))
    assert len(moved) == 1
    after = await got(store, number)
    assert (after.read_up_to, after.next_slot_at) == (moved[0], later(days=1))


async def test_an_ended_wish_is_gone_and_does_not_move(store: Store, world: World) -> None:
    channel = await world.channel()
    number = await world.subscription(channel, next_slot_at=NOW)
    before = await got(store, number)
    async with store.write() as tx:
        await subscriptions.end(tx, number)
        assert not await subscriptions.advance(tx, before, read_up_to=9)
        assert await subscriptions.get(tx, number) is None
        assert await subscriptions.of_channel(tx, channel.id) == []
        assert await subscriptions.active(tx) == []
    assert await due(store) == []


async def test_a_wish_can_be_rescheduled(store: Store, world: World) -> None:
    number = await world.subscription(await world.channel(), read_up_to=3)
    schedule = Schedule((time(7, 5),), (5, 6), instant=True)
    async with store.write() as tx:
        await subscriptions.reschedule(tx, number, schedule, later(days=2))
    found = await got(store, number)
    assert (found.schedule, found.next_slot_at, found.read_up_to) == (schedule, later(days=2), 3)


async def test_a_configured_wish_is_brought_up_to_date_and_keeps_its_cursor(
    store: Store, world: World
) -> None:
    channel = await world.channel()
    number = await world.subscription(channel, "news", read_up_to=5, size=5, origin="config")
    again = await world.subscription(
        channel, "news", read_up_to=0, size=9, origin="config", created_at=later(days=1)
    )
    found = await got(store, number)
    assert again == number
    assert (found.size, found.read_up_to, found.created_at) == (9, 5, NOW)
    async with store.read() as tx:
        assert await subscriptions.with_key(tx, "news") == found
        assert await subscriptions.with_key(tx, "olds") is None


async def test_the_configuration_retires_its_own_and_can_bring_them_back(store: Store, world: World) -> None:
    channel = await world.channel()
    declared = await world.subscription(channel, "news")
    personal = await world.subscription(channel)
    async with store.write() as tx:
        await subscriptions.retire_missing(tx, [])
        assert [found.id for found in await subscriptions.active(tx)] == [personal]
        assert await subscriptions.with_key(tx, "news") is None
    assert await world.subscription(channel, "news") == declared
    assert (await got(store, declared)).id == declared


# --- slots and told marks ----------------------------------------------------------------------------------


def record(subscription_id: int, hours: float, told: tuple[int, ...]) -> subscriptions.SlotRecord:
    return subscriptions.SlotRecord(
        subscription_id=subscription_id,
        slot_at=later(hours=hours),
        from_change=1,
        to_change=9,
        rules="r1",
        told=told,
        listed=(7,),
        skipped=((8, Reason(ReasonCode.RETOLD)),),
    )


async def test_the_last_slot_that_told_something(store: Store, world: World) -> None:
    channel = await world.channel()
    number = await world.subscription(channel)
    elsewhere = await world.subscription(await world.channel())
    async with store.write() as tx:
        assert await subscriptions.last_slot(tx, channel.id) is None
        for slot in (
            record(number, 1, (3,)),
            record(number, 2, (4, 5)),
            record(number, 3, ()),
            record(elsewhere, 4, (6,)),
        ):
            await subscriptions.record_slot(tx, slot, NOW)
        await subscriptions.record_slot(tx, record(number, 2, (99,)), NOW)
        assert await subscriptions.last_slot(tx, channel.id) == (NOW, record(number, 2, (4, 5)))


async def test_a_story_is_told_once_per_channel_and_may_be_told_on(store: Store, world: World) -> None:
    channel, other = await world.channel(), await world.channel()
    stories = [await world.story(await world.entry(await world.feed())) for _ in range(2)]
    operation = await world.operation(channel)
    first = ToldMark(
        story_id=stories[0],
        told_at=NOW,
        entry_ids=frozenset({1}),
        said="First words.",
        operation_id=operation,
    )
    second = ToldMark(
        story_id=stories[0],
        told_at=later(hours=1),
        entry_ids=frozenset({1, 2}),
        said="More words.",
        operation_id=None,
    )
    async with store.write() as tx:
        await subscriptions.store_marks(tx, channel.id, [first])
        assert await subscriptions.marks_in(tx, channel.id, stories) == {stories[0]: first}
        assert await subscriptions.marks_in(tx, other.id, stories) == {}
        await subscriptions.store_marks(tx, channel.id, [second])
        assert await subscriptions.marks_in(tx, channel.id, stories) == {stories[0]: second}
        assert await subscriptions.marks_in(tx, channel.id, []) == {}


async def test_what_never_reached_its_readers_is_untold(store: Store, world: World) -> None:
    channel = await world.channel()
    stories = [await world.story(await world.entry(await world.feed())) for _ in range(2)]
    lost, arrived = await world.operation(channel), await world.operation(channel)
    async with store.write() as tx:
        marks = [
            ToldMark(story_id=story, told_at=NOW, entry_ids=frozenset(), said="", operation_id=op)
            for story, op in zip(stories, (lost, arrived), strict=True)
        ]
        await subscriptions.store_marks(tx, channel.id, marks)
        await subscriptions.untell(tx, lost)
        assert set(await subscriptions.marks_in(tx, channel.id, stories)) == {stories[1]}


@pytest.mark.parametrize("times", [(), (time(0, 0),), (time(23, 59),)])
async def test_times_of_day_survive(times: tuple[time, ...], store: Store, world: World) -> None:
    number = await world.subscription(await world.channel(), schedule=Schedule(times))
    assert (await got(store, number)).schedule.times == times
