"""A digest tells a saga once: the story that leads, and the others a line each."""

from dataclasses import replace
from datetime import timedelta

from bot.model import Channel
from bot.store import sagas
from bot.store.schema import slots, told_marks
from tests.support.world import World, alpine, corvid, garden, larkwell

HOUR = timedelta(hours=1)


async def saga_at_ten(world: World) -> Channel:
    """A channel with a digest at ten, and four stories of which two belong together; it is two past ten."""
    await world.feed("halden", corvid(), larkwell(), alpine(), garden())
    channel = await world.channel()
    await world.wants(channel, "10:00")
    await world.settle()
    numbers = {entry.title: entry.story_id for entry in await world.entries()}
    async with world.store.write() as tx:
        pair = {numbers[corvid().title]: {numbers[larkwell().title]: 0.35}}
        await sagas.relate(tx, pair, world.clock())
    world.clock.advance(HOUR + timedelta(minutes=2))
    return channel


async def digest_of_a_saga(world: World) -> Channel:
    channel = await saga_at_ten(world)
    await world.settle()
    return channel


async def test_related_stories_stand_in_one_place(both: World) -> None:
    channel = await digest_of_a_saga(both)
    (shown,) = both.platform.chats[channel.address]
    saga = {story["headline"]: story["below"] for story in shown.payload["stories"]}
    assert len(saga) == 3
    assert sorted(map(len, saga.values())) == [0, 0, 1]
    leader = next(headline for headline, below in saga.items() if below)
    assert {leader, *saga[leader]} == {corvid().title, larkwell().title}


async def test_what_has_a_line_is_told_and_remembered(both: World) -> None:
    channel = await digest_of_a_saga(both)
    (slot,) = await both.rows(slots)
    assert len(slot.told) == 4
    assert sorted(mark.story_id for mark in await both.rows(told_marks)) == sorted(slot.told)
    both.clock.advance(timedelta(days=1))
    await both.settle()
    assert both.platform.chats[channel.address][-1].payload["stories"] == []


async def test_a_digest_that_expires_untells_its_lines_as_well(world: World) -> None:
    await saga_at_ten(world)
    await world.settle("collect", "read", "group", "publish")
    assert await world.count(told_marks) == 4
    world.clock.advance(timedelta(days=8))
    await world.settle("deliver")
    assert await world.count(told_marks) == 0


async def test_a_line_that_its_source_takes_back_is_answered(world: World) -> None:
    channel = await digest_of_a_saga(world)
    world.clock.advance(HOUR)
    taken_back = [replace(one, title=f"Retraction: {one.title}") for one in (corvid(), larkwell())]
    world.serve("halden", *taken_back, alpine(), garden())
    await world.poll(1)
    await world.settle("group", "publish", "correct", "deliver")
    answers = [shown for shown in world.platform.chats[channel.address] if shown.reply_to]
    assert {shown.payload["stories"][0]["headline"] for shown in answers} == {one.title for one in taken_back}
