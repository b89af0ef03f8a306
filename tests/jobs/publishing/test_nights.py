"""publish: quiet hours, and digests that were missed."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.model import Bar, Channel, MissedPolicy, Quiet
from bot.store import places
from bot.store.schema import operations, slots
from tests.support.world import News, World, corvid, garden, larkwell

HOUR = timedelta(hours=1)
NIGHT = Quiet(time(9, 30), time(12))


async def place(world: World, when: str, quiet: Quiet | None, **subscription: object) -> Channel:
    channel = await world.channel()
    await world.wants(channel, when, **subscription)
    async with world.store.write() as tx:
        await places.set_quiet(tx, channel.id, quiet)
    return channel


async def comes(world: World, feed_id: int, *items: News) -> None:
    world.serve("halden", garden(), *items)
    await world.poll(feed_id)
    await world.settle("group", "publish", "deliver")


async def test_a_digest_of_a_quiet_night_comes_once_at_its_end_and_is_not_late(both: World) -> None:
    await both.feed("halden", corvid(), larkwell())
    channel = await place(both, "10:00 11:00", NIGHT)
    await both.settle()
    for _ in range(2):
        both.clock.advance(HOUR + timedelta(minutes=2))
        await both.settle()
        assert both.platform.headlines(channel) == []
    both.clock.advance(HOUR)
    await both.settle()
    assert sorted(both.platform.headlines(channel)) == sorted([corvid().title, larkwell().title])
    assert len(both.platform.chats["chat"]) == 1
    assert not any("late" in text for text in both.platform.chats["chat"][0].payload["said"])


async def test_news_of_a_quiet_night_is_told_in_one_post(both: World) -> None:
    feed_id = await both.feed("halden", garden())
    channel = await place(both, "now", NIGHT)
    await both.settle()
    both.platform.chats.clear()
    both.clock.advance(HOUR)
    await comes(both, feed_id, corvid(hours=0.5))
    await comes(both, feed_id, corvid(hours=0.5), larkwell(hours=0.5))
    assert both.platform.headlines(channel) == []
    both.clock.advance(2 * HOUR)
    await both.settle()
    assert len(both.platform.chats["chat"]) == 1
    assert sorted(both.platform.headlines(channel)) == sorted([corvid().title, larkwell().title])
    assert await both.settle() == 0


async def test_one_story_of_a_quiet_night_is_an_ordinary_post(world: World) -> None:
    feed_id = await world.feed("halden", garden())
    channel = await place(world, "now", NIGHT)
    await world.settle()
    world.clock.advance(HOUR)
    await comes(world, feed_id, corvid(hours=0.5))
    world.clock.advance(2 * HOUR)
    await world.settle()
    assert world.platform.headlines(channel)[-1] == corvid().title
    assert (await world.rows(operations))[-1].purpose == "story"


async def test_a_silent_night_posts_without_a_sound(world: World) -> None:
    await world.feed("halden", corvid())
    await place(world, "10:00", Quiet(NIGHT.start, NIGHT.end, silent=True))
    await world.settle()
    world.clock.advance(HOUR + timedelta(minutes=2))
    await world.settle()
    (shown,) = world.platform.chats["chat"]
    assert shown.payload["silent"] is True


async def test_by_day_nothing_is_silent(world: World) -> None:
    await world.feed("halden", corvid())
    await place(world, "10:00", Quiet(time(22), time(7), silent=True))
    await world.settle()
    world.clock.advance(HOUR + timedelta(minutes=2))
    await world.settle()
    (shown,) = world.platform.chats["chat"]
    assert "silent" not in shown.payload


@pytest.mark.parametrize(
    ("missed", "digests"), [(MissedPolicy.MERGE, 1), (MissedPolicy.SKIP, 0), (MissedPolicy.EACH, 3)]
)
async def test_what_becomes_of_digests_that_were_missed(
    both: World, missed: MissedPolicy, digests: int
) -> None:
    await both.feed("halden", corvid(), larkwell())
    channel = await place(both, "10:00 11:00 12:00", None, missed=missed)
    await both.settle("collect", "group")
    both.clock.advance(timedelta(hours=4, minutes=30))
    await both.settle("publish", "deliver")
    assert len(both.platform.chats["chat"]) == digests
    assert len(both.platform.headlines(channel)) == (2 if digests else 0)
    assert len(await both.rows(slots)) == digests


async def test_a_skipped_digest_loses_no_story(world: World) -> None:
    await world.feed("halden", corvid())
    channel = await place(world, "10:00 18:00", None, missed=MissedPolicy.SKIP)
    await world.settle("collect", "group")
    world.clock.advance(timedelta(hours=4))
    await world.settle("publish", "deliver")
    assert world.platform.headlines(channel) == []
    world.clock.advance(timedelta(hours=5, minutes=2))
    await world.settle("publish", "deliver")
    assert world.platform.headlines(channel) == [corvid().title]


async def test_each_missed_digest_tells_what_was_known_at_its_time(world: World) -> None:
    feed_id = await world.feed("halden", corvid())
    channel = await place(world, "10:00 12:00", None, missed=MissedPolicy.EACH)
    await world.settle("collect", "group")
    world.clock.advance(timedelta(hours=2))
    world.serve("halden", corvid(), larkwell(hours=1))
    await world.poll(feed_id)
    await world.settle("group")
    world.clock.advance(timedelta(hours=4))
    await world.settle("publish", "deliver")
    first, second = world.platform.chats[channel.address]
    assert first.headlines == [corvid().title]
    assert second.headlines == [larkwell().title]


# --- news that wakes ---------------------------------------------------------------------------------------


async def test_news_that_may_wake_comes_at_once_and_the_rest_afterwards(both: World) -> None:
    feed_id = await both.feed("halden", garden(), kind="lab blog")
    channel = await place(both, "now", replace(NIGHT, wakes=Bar.NOTABLE))
    await both.settle()
    both.platform.chats.clear()
    both.clock.advance(HOUR)
    await comes(both, feed_id, corvid(hours=0.5))
    assert both.platform.headlines(channel) == [corvid().title]
    await both.feed("ledger", larkwell(hours=0.5))
    both.clock.advance(61)
    await both.settle()
    assert both.platform.headlines(channel) == [corvid().title]
    both.clock.advance(2 * HOUR)
    assert await both.settle() > 0
    assert both.platform.headlines(channel)[0] == corvid().title
    assert both.platform.headlines(channel).count(corvid().title) == 1
    assert await both.settle() == 0


async def test_a_digest_of_a_night_is_not_missed_where_nothing_ran_until_its_end(world: World) -> None:
    await world.feed("halden", corvid())
    night = replace(NIGHT, wakes=Bar.BIGGEST)
    channel = await place(world, "now 10:00", night, missed=MissedPolicy.SKIP)
    world.clock.advance(HOUR + timedelta(minutes=2))
    await world.settle("collect", "group", "publish")
    world.clock.advance(2 * HOUR)
    await world.settle("publish", "deliver")
    (shown,) = world.platform.chats[channel.address]
    assert shown.headlines == [corvid().title]
    assert not any("late" in line for line in shown.payload["said"])
