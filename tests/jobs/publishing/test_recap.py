"""recap: the look back on what a channel was told."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.publishing.recap import lead_by_latest, look_back, slot_before
from bot.model import Channel
from bot.pipeline.timing.slots import parse_schedule
from bot.store import feeds, sagas
from bot.store import subscriptions as subscription_rows
from bot.store.schema import operations, subscriptions, told_marks
from tests.pipeline.conftest import ago, entry, ranked
from tests.support.world import World, corvid, corvid_elsewhere, larkwell, settings

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def told_channel(world: World) -> Channel:
    """A channel that got a digest at ten and looks back on Mondays at noon."""
    await world.feed("halden", corvid(), larkwell())
    channel = await world.channel(server="s1")
    await world.wants(channel, "10:00")
    await world.wants(channel, "mon 12:00", topic="all", recap=True)
    await world.settle()
    world.clock.advance(HOUR + timedelta(minutes=2))
    await world.settle()
    return channel


async def test_a_look_back_names_what_was_told_with_its_post(both: World) -> None:
    channel = await told_channel(both)
    marks = await both.rows(told_marks)
    both.clock.advance(2 * HOUR)
    await both.settle()
    digest, recap = both.platform.chats[channel.address]
    lines = recap.payload["tail"]
    assert sorted(line.split(" · ")[0] for line in lines) == sorted(digest.headlines)
    assert await both.rows(told_marks) == marks
    assert (await both.rows(operations))[-1].carries == []


async def test_a_look_back_of_a_month_reaches_back_to_the_one_before(world: World) -> None:
    channel = await told_channel(world)
    await world.wants(channel, "monthly 1st 12:00", topic="all", recap=True)
    world.clock.advance(30 * DAY + 2 * HOUR)
    await world.settle()
    posts = world.platform.chats[channel.address]
    digest, recap = posts[0], posts[-1]
    lines = recap.payload["tail"]
    assert sorted(line.split(" · ")[0] for line in lines) == sorted(digest.headlines)


@pytest.mark.parametrize(
    ("when", "slot", "before"),
    [
        ("monthly 15th 09:00", "2026-03-15T09:00", "2026-02-15T09:00"),
        ("monthly 31st 09:00", "2026-02-28T09:00", "2026-01-31T09:00"),
        ("monthly 1st,15th 09:00", "2026-03-15T09:00", "2026-03-01T09:00"),
        ("last friday 18:00", "2026-05-29T18:00", "2026-04-24T18:00"),
        ("first monday 18:00", "2026-06-01T18:00", "2026-05-04T18:00"),
    ],
)
def test_the_slot_before_one_of_a_month(when: str, slot: str, before: str) -> None:
    slot_at = datetime.fromisoformat(slot).replace(tzinfo=UTC)
    found = slot_before(parse_schedule(when), "UTC", slot_at)
    assert found == datetime.fromisoformat(before).replace(tzinfo=UTC)


async def test_it_tells_what_became_of_a_story(world: World) -> None:
    channel = await told_channel(world)
    await world.feed("elsewhere", corvid_elsewhere(hours=0))
    await world.settle()
    world.clock.advance(2 * HOUR)
    await world.settle()
    lines = world.platform.chats[channel.address][-1].payload["tail"]
    assert lines[0].startswith(corvid().title)
    assert "2 sources · 1 new since then" in lines[0]


async def test_what_a_filter_leaves_out_is_not_told_of_a_story_later_either(world: World) -> None:
    channel = await told_channel(world)
    async with world.store.write() as tx:
        await subscription_rows.set_filter(tx, 1, "-outlet:elsewhere")
    await world.feed("elsewhere", corvid_elsewhere(hours=0))
    await world.settle()
    world.clock.advance(2 * HOUR)
    await world.settle()
    lines = world.platform.chats[channel.address][-1].payload["tail"]
    assert {line.split(" · ")[0] for line in lines} == {corvid().title, larkwell().title}
    assert not any("2 sources" in line for line in lines)


async def test_a_saga_has_one_line(world: World) -> None:
    channel = await told_channel(world)
    numbers = [mark.story_id for mark in await world.rows(told_marks)]
    async with world.store.write() as tx:
        await sagas.relate(tx, {numbers[0]: {numbers[1]: 0.35}}, world.clock())
    world.clock.advance(2 * HOUR)
    await world.settle()
    (line,) = world.platform.chats[channel.address][-1].payload["tail"]
    assert line.split(" · ")[0] in {corvid().title, larkwell().title}


async def test_where_nothing_was_told_nothing_is_posted_and_the_next_slot_comes(world: World) -> None:
    channel = await world.channel()
    number = await world.wants(channel, "mon 10:00", topic="all", recap=True)
    world.clock.advance(HOUR + timedelta(minutes=2))
    await world.settle()
    assert world.platform.chats[channel.address] == []
    assert (await world.subscription(number)).next_slot_at == world.start + 7 * DAY + HOUR


async def test_a_second_look_back_begins_where_the_first_ended(world: World) -> None:
    channel = await told_channel(world)
    world.clock.advance(2 * HOUR)
    await world.settle()
    world.clock.advance(7 * DAY)
    await world.settle()
    kinds = [row.purpose for row in await world.rows(operations)]
    assert kinds.count("recap") == 1
    assert channel.id


async def test_what_changed_meanwhile_is_not_looked_back_on(world: World) -> None:
    channel = await told_channel(world)
    subscription = (await world.rows(subscriptions))[1].id
    async with world.store.read() as tx:
        stale = await subscription_rows.get(tx, subscription)
    assert stale is not None
    async with world.store.write() as tx:
        await subscription_rows.end(tx, subscription)
    await look_back(world.ctx, stale, channel, world.clock())
    assert len(world.platform.chats[channel.address]) == 1


async def test_a_story_whose_feed_is_gone_is_not_retold(world: World) -> None:
    channel = await told_channel(world)
    async with world.store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
    world.clock.advance(2 * HOUR)
    await world.settle()
    assert len(world.platform.chats[channel.address]) == 1


def test_a_story_is_named_by_its_latest_settled_state() -> None:
    early = entry(1, title="Halden goes to court over Corvid", published=ago(50))
    verdict = entry(2, title="Jury throws out the suit against Halden", published=ago(20))
    column = entry(3, title="Opinion: Halden wins, and we lose", published=ago(10))
    found = lead_by_latest(ranked(early, verdict, column), settings().kinds, ("en",))
    assert found.lead.id == verdict.id
    assert lead_by_latest(ranked(early), settings().kinds, ("en",)).lead.id == early.id
