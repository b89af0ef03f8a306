"""Where we may post: a platform tells of a whole group, and its topics go with it."""

from bot.jobs.delivering.pausing import pause_channel
from bot.model import ChannelState, Place, PlaceKind
from tests.commands.conftest import Counter

GROUP = Place(platform="scripted", address="forum", kind=PlaceKind.GROUP, server_address="forum")


async def test_a_topic_goes_on_when_its_group_takes_the_bot_back(counter: Counter) -> None:
    world = counter.world
    topic = await world.channel("forum", thread="7", server="forum")
    await world.wants(topic, "now")
    async with world.store.write() as tx:
        await pause_channel(tx, world.ctx, topic, "The bot was removed.")
    await counter.dispatcher.placed(GROUP, True)
    assert (await world.record(topic)).state is ChannelState.ACTIVE


async def test_a_topic_is_paused_when_its_group_removes_the_bot(counter: Counter) -> None:
    world = counter.world
    topic = await world.channel("forum", thread="7", server="forum")
    elsewhere = await world.channel("other", thread="7", server="other")
    await counter.dispatcher.placed(GROUP, False)
    assert (await world.record(topic)).state is ChannelState.PAUSED
    assert (await world.record(elsewhere)).state is ChannelState.ACTIVE
