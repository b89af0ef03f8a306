"""A clock that is set back: nothing waits for the time that comes once more, and no digest comes twice within hours."""

from datetime import datetime, timedelta

from bot.jobs.operating.clock_rollback import detect_clock_rollback
from bot.store.schema import feeds, operations, slots
from tests.support.world import World, at, corvid, garden, larkwell

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def set_back(world: World, by: timedelta) -> bool:
    await detect_clock_rollback(world.ctx)
    world.clock.advance(-by)
    return await detect_clock_rollback(world.ctx)


async def next_slot(world: World, subscription: int) -> datetime | None:
    return (await world.subscription(subscription)).next_slot_at


async def test_a_clock_that_goes_on_or_is_corrected_a_little_changes_nothing(both: World) -> None:
    await both.feed("halden", corvid())
    await both.settle()
    before = (await both.rows(feeds))[0].next_poll_at
    assert not await detect_clock_rollback(both.ctx)
    both.clock.advance(MINUTE)
    assert not await detect_clock_rollback(both.ctx)
    assert not await set_back(both, MINUTE / 2)
    assert (await both.rows(feeds))[0].next_poll_at == before


async def test_feeds_are_polled_and_posts_leave_by_the_clock_as_it_is(both: World) -> None:
    await both.feed("halden", garden())
    await both.settle()
    channel = await both.channel()
    await both.wants(channel, at(10))
    both.clock.advance(DAY)
    await both.settle("collect", "read", "group", "publish")
    async with both.store.write() as tx:
        await tx.execute(operations.update().values(not_before=both.clock() + MINUTE))
    assert await set_back(both, DAY)
    both.serve("halden", garden(), corvid())
    await both.settle()
    assert {row.state for row in await both.rows(operations)} == {"done"}
    assert all(row.polled_at == both.clock() for row in await both.rows(feeds))
    assert both.events("clock.set_back")


async def test_a_digest_that_came_does_not_come_again_an_hour_later(both: World) -> None:
    await both.feed("halden", corvid(), larkwell())
    subscription = await both.wants(await both.channel(), at(10))
    both.clock.advance(HOUR + 2 * MINUTE)
    await both.settle()
    tomorrow = await next_slot(both, subscription)
    assert await set_back(both, HOUR)
    assert await next_slot(both, subscription) == tomorrow
    both.clock.advance(HOUR)
    await both.settle()
    assert await both.count(slots) == 1


async def test_a_clock_that_was_a_year_ahead_lets_no_digest_wait_for_a_year(both: World) -> None:
    feed = await both.feed("halden", garden())
    subscription = await both.wants(await both.channel(), at(10))
    both.clock.advance(365 * DAY + HOUR + 2 * MINUTE)
    await both.settle()
    assert await set_back(both, 365 * DAY)
    upcoming = await next_slot(both, subscription)
    assert upcoming is not None
    assert both.clock() < upcoming <= both.clock() + DAY
    both.serve("halden", garden(), corvid())
    await both.poll(feed)
    both.clock.now = upcoming + 2 * MINUTE
    await both.settle()
    assert await both.count(slots) == 2


async def test_after_a_long_way_back_a_digest_comes_though_its_hour_came_before(both: World) -> None:
    await both.feed("halden", corvid())
    subscription = await both.wants(await both.channel(), at(10))
    both.clock.advance(HOUR + 2 * MINUTE)
    await both.settle()
    assert await set_back(both, DAY)
    both.clock.advance(DAY)
    assert await set_back(both, 13 * HOUR)
    upcoming = await next_slot(both, subscription)
    assert upcoming is not None
    assert upcoming - both.clock() <= DAY
    assert upcoming.minute == 1


async def test_what_is_told_at_once_has_no_hour_to_wait_for_and_an_hour_ahead_stays(both: World) -> None:
    channel = await both.channel()
    kept = [await both.wants(channel, "now"), await both.wants(channel, at(10))]
    before = [await next_slot(both, subscription) for subscription in kept]
    both.clock.advance(MINUTE * 30)
    assert await set_back(both, MINUTE * 10)
    assert (
        [await next_slot(both, subscription) for subscription in kept] == before == [None, both.start + HOUR]
    )
