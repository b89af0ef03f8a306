"""A monitor elsewhere hears from us while the work goes on, and only then: a real server is asked over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.feeds.fetch import Fetcher
from bot.jobs.operating.heartbeat import Heartbeat
from bot.store import Store
from bot.store.schema import entries
from tests.conftest import StillClock
from tests.doubles.feeds import FeedServer, Reply, feed_server, status
from tests.support.world import World, corvid

POLLS, DIGESTS = "/ping/a-secret-path-of-polls", "/ping/a-secret-path-of-digests"


@dataclass
class Monitor:
    """The world, the monitor that hears of it, and what tells it."""

    world: World
    server: FeedServer
    heartbeat: Heartbeat

    async def beat(self) -> tuple[int, int]:
        """Do what is due, and return how often each address has been asked by now."""
        for number in await self.heartbeat.due():
            await self.heartbeat.run(number)
        return len(self.server.asked(POLLS)), len(self.server.asked(DIGESTS))


@pytest.fixture
async def monitor(store: Store, clock: StillClock) -> AsyncIterator[Monitor]:
    world = await World.on(store, clock)
    async with feed_server() as server, Fetcher("Strillone", own=["127.0.0.1"]) as fetch:
        addresses = {
            "polls": server.serve(POLLS, Reply(b"OK")),
            "digests": server.serve(DIGESTS, Reply(b"OK")),
        }
        policy = replace(world.ctx.policy, heartbeats=addresses)
        yield Monitor(world, server, Heartbeat(replace(world.ctx, policy=policy, fetch=fetch)))


async def test_polls_are_told_once_each_time_and_a_quiet_program_says_nothing(monitor: Monitor) -> None:
    assert await monitor.beat() == (0, 0)
    feed = await monitor.world.feed("halden", corvid())
    await monitor.world.settle()
    assert await monitor.beat() == (1, 0)
    assert await monitor.beat() == (1, 0)
    await monitor.world.poll(feed)
    assert await monitor.beat() == (2, 0)


async def test_failed_polls_are_no_sign_of_life(monitor: Monitor) -> None:
    await monitor.world.feed("halden")
    monitor.world.web.documents.clear()
    await monitor.world.settle("collect")
    assert await monitor.beat() == (0, 0)


async def test_a_digest_that_arrived_is_told(monitor: Monitor) -> None:
    world = monitor.world
    await world.wants(await world.channel(), "daily 10:00")
    await world.feed("halden", corvid())
    await world.settle()
    assert await monitor.beat() == (1, 0)
    world.clock.advance(timedelta(hours=1))
    await world.settle("publish", "deliver")
    assert await monitor.beat() == (1, 1)


async def test_what_is_late_is_not_told(monitor: Monitor) -> None:
    world = monitor.world
    feed = await world.feed("halden", corvid())
    await world.settle()
    async with world.store.write() as tx:
        await tx.execute(update(entries).values(grouped_at=None))
    world.clock.advance(timedelta(minutes=16))
    assert await monitor.beat() == (0, 0)
    async with world.store.write() as tx:
        await tx.execute(update(entries).values(grouped_at=world.clock()))
    await world.poll(feed)
    assert await monitor.beat() == (1, 0)


async def test_a_monitor_that_does_not_answer_is_asked_again_and_its_path_is_not_logged(
    monitor: Monitor,
) -> None:
    monitor.server.serve(POLLS, status(503), Reply(b"OK"))
    await monitor.world.feed("halden", corvid())
    await monitor.world.settle()
    await monitor.beat()
    (failure,) = monitor.world.events("heartbeat.failed")
    assert failure["of"] == "polls"
    assert "secret" not in str(failure)
    assert await monitor.heartbeat.due() == [0]
    assert (await monitor.beat())[0] == 2
    assert await monitor.heartbeat.due() == []


async def test_without_addresses_nothing_is_due(monitor: Monitor) -> None:
    await monitor.world.feed("halden", corvid())
    await monitor.world.settle()
    assert await Heartbeat(monitor.world.ctx).due() == []
