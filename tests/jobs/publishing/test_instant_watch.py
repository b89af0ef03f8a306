"""News at once for many channels: who need not look is moved on together, and nobody misses anything."""

from datetime import timedelta

from sqlalchemy import update

from bot.model import Bar, Channel, Pause
from bot.store import places, subscriptions
from bot.store.schema import subscriptions as table
from tests.support.world import News, World, corvid, larkwell

PLUMS = News(
    "plums", "A cake of plums", "Wash the plums, halve them and lay them on the dough. " * 4, hours=-1
)


async def due(world: World) -> list[int]:
    line = next(line for line in world.house.lines if line.name == "publish")
    return list(await line.due())


async def hearing(world: World, count: int, when: str = "now", **values: object) -> list[tuple[Channel, int]]:
    """Channels that want news at once, of a world that has looked at its changes before."""
    made = []
    for n in range(count):
        channel = await world.channel(f"chat{n}")
        made.append((channel, await world.wants(channel, when, **values)))
    await world.feed("halden", ai_only=False)
    await world.settle()
    assert (await world.entries()) == []
    assert await due(world) == []
    world.clock.advance(timedelta(hours=1))
    return made


async def brought(world: World, *items: News) -> int:
    world.serve("halden", *items)
    await world.poll(1)
    await world.settle("group")
    return await world.newest_change()


async def test_what_is_on_no_topic_of_theirs_makes_nobody_look(both: World) -> None:
    made = await hearing(both, 3)
    top = await brought(both, PLUMS)
    assert await due(both) == []
    for _, number in made:
        assert (await both.subscription(number)).instant_up_to == top


async def test_what_may_matter_makes_all_look_whom_it_may_matter_to(both: World) -> None:
    made = await hearing(both, 2)
    other = await both.channel("cooks")
    everything = await both.wants(other, "now", topic="all", instant_up_to=await both.newest_change())
    await brought(both, PLUMS)
    assert await due(both) == [everything]
    await brought(both, PLUMS, larkwell(hours=0))
    assert sorted(await due(both)) == sorted([everything, *(number for _, number in made)])
    await both.settle()
    for channel, _ in made:
        assert both.platform.headlines(channel) == [larkwell().title]
    assert len(both.platform.headlines(other)) == 2
    assert await due(both) == []


async def test_beside_digests_nobody_looks_at_what_can_break_for_nobody(world: World) -> None:
    made = await hearing(world, 2, "now 23:00")
    top = await brought(world, larkwell(hours=0))
    assert await due(world) == []
    assert {(await world.subscription(number)).instant_up_to for _, number in made} == {top}
    world.clock.advance(timedelta(hours=14))
    await world.settle()
    for channel, _ in made:
        assert world.platform.headlines(channel) == [larkwell().title]


async def test_a_slot_that_has_come_and_what_rests_are_left_alone(world: World) -> None:
    (_, slot), (_, rests), (paused_channel, paused), (_, free) = await hearing(world, 4)
    before = await world.newest_change()
    async with world.store.write() as tx:
        await tx.execute(update(table).where(table.c.id == slot).values(next_slot_at=world.clock()))
        await subscriptions.rest(tx, rests, world.clock() + timedelta(hours=1))
        await places.set_pause(tx, paused_channel.id, Pause(world.clock()))
    top = await brought(world, PLUMS)
    assert await due(world) == [slot]
    cursors = {
        number: (await world.subscription(number)).instant_up_to for number in (slot, rests, paused, free)
    }
    assert cursors == {slot: before, rests: before, paused: before, free: top}


async def test_what_changed_before_the_start_everybody_looks_at(world: World) -> None:
    ((channel, number),) = await hearing(world, 1, bar=Bar.EVERYTHING)
    await brought(world, corvid(hours=0))
    again = await world.restarted()
    await brought(again, corvid(hours=0), PLUMS)
    assert await due(again) == [number]
    await again.settle()
    assert again.platform.headlines(channel) == [corvid().title]
