"""Servers that are told once: the first channel tells a story, the others point to it."""

from datetime import timedelta

from bot.errors import ChannelLost, NotSent
from bot.jobs.delivering.deliver import deliver
from bot.jobs.publishing.recap import look_back
from bot.model import Channel, OperationState
from bot.store import outbox, places, server_dedup, subscriptions
from bot.store.schema import operations, slots, told_marks
from tests.jobs.delivering.test_catchup import UPDATE
from tests.support.world import World, alpine, corvid, garden, larkwell

HOUR = timedelta(hours=1)


async def server(world: World) -> tuple[Channel, Channel]:
    """Two channels of one server that is told once: the first is posted to at ten, the second at noon."""
    first = await world.channel("first", server="s1", name="news")
    second = await world.channel("second", server="s1", name="lab")
    await world.wants(first, "10:00 14:00")
    await world.wants(second, "12:00 16:00")
    async with world.store.write() as tx:
        await server_dedup.set_dedup(tx, first.server_id, once=True)
    return first, second


async def at(world: World, hour: int) -> None:
    world.clock.now = world.start.replace(hour=hour, minute=2)
    await world.settle()


async def test_another_channel_points_to_the_post_and_tells_the_rest(both: World) -> None:
    first, _ = await server(both)
    feed = await both.feed("halden", corvid(), larkwell())
    await at(both, 10)
    assert len(both.platform.headlines(first)) == 2
    both.serve("halden", corvid(), larkwell(), garden())
    await both.poll(feed)
    await at(both, 12)
    (post,) = both.platform.chats["second"]
    assert post.headlines == [garden().title]
    assert sorted(post.payload["tail"]) == sorted(
        [f"{corvid().title} · #news", f"{larkwell().title} · #news"]
    )
    slot = (await both.rows(slots))[-1]
    assert [reason for _, *reason in slot.skipped] == [["elsewhere", {}], ["elsewhere", {}]]


async def test_topics_of_one_group_are_not_told_apart_by_its_name(world: World) -> None:
    for address, when in (("first", "10:00"), ("second", "12:00")):
        topic = await world.channel(address, server="s1", name="Owls")
        await world.wants(topic, when)
    async with world.store.write() as tx:
        await server_dedup.set_dedup(tx, topic.server_id, once=True)
    await world.feed("halden", corvid())
    await at(world, 10)
    await at(world, 12)
    (post,) = world.platform.chats["second"]
    assert post.payload["tail"] == [corvid().title]


async def test_it_is_pointed_to_once_and_its_update_comes_where_it_was_told(both: World) -> None:
    first, second = await server(both)
    feed = await both.feed("halden", corvid(), garden())
    await at(both, 10)
    await at(both, 12)
    both.serve("halden", corvid(), garden(), UPDATE)
    await both.poll(feed)
    await at(both, 14)
    assert UPDATE.title in both.platform.headlines(first)
    await at(both, 16)
    lines = [line for shown in both.platform.chats["second"] for line in shown.payload["tail"]]
    assert len([line for line in lines if "Corvid" in line]) == 1
    assert both.platform.headlines(second) == []


async def test_a_channel_of_another_server_is_told_everything(world: World) -> None:
    await server(world)
    other = await world.channel("other", server="s2")
    await world.wants(other, "12:00")
    await world.feed("halden", corvid())
    await at(world, 10)
    await at(world, 12)
    assert world.platform.headlines(other) == [corvid().title]


async def test_each_channel_remembers_for_itself_where_nobody_asked(world: World) -> None:
    first, second = await server(world)
    async with world.store.write() as tx:
        await server_dedup.set_dedup(tx, first.server_id, once=False)
    await world.feed("halden", corvid())
    await at(world, 10)
    await at(world, 12)
    assert world.platform.headlines(second) == world.platform.headlines(first) == [corvid().title]


async def test_two_channels_at_the_same_moment_tell_it_once(both: World) -> None:
    channels = [await both.channel(name, server="s1") for name in ("a", "b", "c", "d")]
    for channel in channels:
        await both.wants(channel, "10:00")
    async with both.store.write() as tx:
        await server_dedup.set_dedup(tx, channels[0].server_id, once=True)
    await both.feed("halden", corvid())
    await at(both, 10)
    await both.settle()
    assert [h for channel in channels for h in both.platform.headlines(channel)] == [corvid().title]
    pointed = [
        shown.payload["tail"] for channel in channels for shown in both.platform.chats[channel.address]
    ]
    assert sorted(map(len, pointed)) == [0, 1, 1, 1]


async def test_news_told_at_once_in_one_channel_is_not_told_at_once_in_another(world: World) -> None:
    first, second = await world.channel("first", server="s1"), await world.channel("second", server="s1")
    for channel in (first, second):
        await world.wants(channel, "now")
    async with world.store.write() as tx:
        await server_dedup.set_dedup(tx, first.server_id, once=True)
    feed = await world.feed("halden", garden())
    await world.settle()
    world.serve("halden", garden(), corvid(hours=0))
    await world.poll(feed)
    await world.settle()
    assert world.platform.headlines(first) + world.platform.headlines(second) == [corvid().title]


async def test_what_the_first_channel_never_got_is_told_in_the_second(both: World) -> None:
    first, second = await server(both)
    feed = await both.feed("halden", corvid())
    await at(both, 10)
    await at(both, 12)
    (lost, _) = await both.rows(operations)
    async with both.store.write() as tx:
        await outbox.settle(tx, lost.id, OperationState.REFUSED, "the channel is gone")
        await subscriptions.untell(tx, lost.id)
    assert [mark.channel_id for mark in await both.rows(told_marks)] == [second.id]
    both.serve("halden", corvid(), UPDATE)
    await both.poll(feed)
    await deliver(both.ctx, first.id)
    both.clock.now = both.start.replace(hour=16, minute=2)
    await both.settle("collect", "group")
    await both.settle()
    told_in = both.platform.headlines(first)[1:] + both.platform.headlines(second)
    assert len(told_in) == 1


async def refused_in_the_first(world: World) -> tuple[Channel, Channel]:
    """The second channel points to a story that never arrives in the first one."""
    first, second = await server(world)
    await world.feed("halden", corvid())
    await at(world, 10)
    await at(world, 12)
    (lost, pointing) = await world.rows(operations)
    async with world.store.write() as tx:
        await outbox.settle(tx, lost.id, OperationState.REFUSED, "the channel is gone")
        await subscriptions.untell(tx, lost.id)
        await subscriptions.end(tx, 1)
    assert [mark.operation_id for mark in await world.rows(told_marks)] == [pointing.id]
    return first, second


async def test_what_was_only_pointed_to_is_told_by_the_post_that_tells_it(both: World) -> None:
    _, second = await refused_in_the_first(both)
    both.serve("halden", corvid(), UPDATE)
    await both.poll(1)
    await at(both, 16)
    assert both.platform.headlines(second) != []
    (mark,) = await both.rows(told_marks)
    assert (mark.kind, bool(mark.said)) == ("told", True)
    assert mark.operation_id == (await both.rows(operations))[-1].id


async def test_a_look_back_leaves_out_what_was_only_pointed_to(world: World) -> None:
    _, second = await server(world)
    feed = await world.feed("halden", corvid())
    await at(world, 10)
    world.serve("halden", corvid(), garden())
    await world.poll(feed)
    await at(world, 12)
    number = await world.wants(second, "mon 13:00", topic="all", recap=True)
    await look_back(world.ctx, await world.subscription(number), second, world.clock.now)
    await deliver(world.ctx, second.id)
    (line,) = world.platform.chats["second"][-1].payload["tail"]
    assert line.startswith(garden().title)


async def test_a_withdrawn_digest_points_to_nothing(both: World) -> None:
    _, second = await server(both)
    feed = await both.feed("halden", corvid())
    await at(both, 10)
    async with both.store.write() as tx:
        await subscriptions.end(tx, 1)
    both.serve("halden", corvid(), garden())
    await both.poll(feed)
    both.platform.script = [NotSent("slow down", 5 * 3600)]
    await at(both, 12)
    both.serve("halden", corvid(), garden(), larkwell(hours=-7))
    await both.poll(feed)
    await at(both, 16)
    both.clock.advance(2 * HOUR)
    await both.settle("deliver")
    new = (await both.rows(operations))[-1].id
    marks = {
        mark.story_id: mark.operation_id
        for mark in await both.rows(told_marks)
        if mark.channel_id == second.id
    }
    assert set(marks.values()) == {new}
    assert len(marks) == 2


async def test_they_are_named_by_weight_and_a_few_of_many(world: World) -> None:
    first, _ = await server(world)
    await world.feed("halden", corvid(), larkwell(), alpine(), garden())
    await world.feed("ledger", garden(slug="again"))
    await at(world, 10)
    await at(world, 12)
    (post,) = world.platform.chats["second"]
    assert [line.split(" · ")[0] for line in post.payload["tail"]] == world.platform.headlines(first)


async def test_what_waits_for_a_channel_that_is_lost_is_told_in_another(world: World) -> None:
    first, second = await server(world)
    await world.feed("halden", corvid())
    world.platform.script = [ChannelLost("No right to post.")]
    await at(world, 10)
    await at(world, 12)
    assert world.platform.headlines(second) == [corvid().title]
    async with world.store.write() as tx:
        await places.resume(tx, first.id, world.clock())
    await deliver(world.ctx, first.id)
    assert world.platform.headlines(first) == [corvid().title]
