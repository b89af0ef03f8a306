"""What becomes of feeds that move, end, fail, are rebuilt or turn into something else; over a real server and the real fetch."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import HostBusy
from bot.jobs.reading.collect import Collector, collect
from bot.model import Feed, FeedState, Person, Place, PlaceKind, Schedule, Subscription
from bot.store import feed_visibility, feeds, places, subscriptions
from bot.store.schema import operations
from tests.doubles.feeds import HTML, FeedServer, Reply, redirect, status
from tests.jobs.reading.test_collect import add, body
from tests.support.world import World, alpine, corvid, garden, larkwell, rss

HOUR = timedelta(hours=1)


async def feed_of(world: World, feed_id: int) -> Feed:
    async with world.store.read() as tx:
        found = await feeds.get(tx, feed_id)
    assert found is not None
    return found


async def poll(world: World, feed_id: int, times: int = 1, pause: timedelta = HOUR) -> Feed:
    for _ in range(times):
        await collect(world.ctx, feed_id)
        world.clock.advance(pause)
    return await feed_of(world, feed_id)


def news(world: World) -> Reply:
    return Reply(body(world, corvid(), larkwell()))


async def test_a_feed_that_moved_for_good_is_read_there_after_three_answers(
    online: World, server: FeedServer
) -> None:
    server.serve("/new", news(online))
    feed_id = await add(online, server.serve("/old", redirect("/new", 301)))
    feed = await poll(online, feed_id, 2)
    assert (feed.url, feed.moved_to, feed.moved_seen) == (server.url("/old"), server.url("/new"), 2)
    feed = await poll(online, feed_id)
    assert (feed.url, feed.moved_seen) == (server.url("/new"), 0)
    await poll(online, feed_id)
    assert len(server.asked("/old")) == 3
    assert len(await online.entries()) == 2


async def test_a_day_of_saying_so_is_enough(online: World, server: FeedServer) -> None:
    server.serve("/new", news(online))
    feed_id = await add(online, server.serve("/old", redirect("/new", 308)))
    assert (await poll(online, feed_id, 2, timedelta(hours=25))).url == server.url("/new")


@pytest.mark.parametrize("other", [redirect("/elsewhere", 301), redirect("/new", 302), status(500)])
async def test_only_the_same_answer_in_a_row_counts(other: Reply, online: World, server: FeedServer) -> None:
    server.serve("/new", news(online))
    server.serve("/elsewhere", news(online))
    there = redirect("/new", 301)
    feed_id = await add(online, server.serve("/old", there, there, other, there, there))
    assert (await poll(online, feed_id, 5)).url == server.url("/old")


async def test_a_move_to_what_is_no_feed_is_not_believed(online: World, server: FeedServer) -> None:
    server.serve("/new", Reply(HTML))
    feed_id = await add(online, server.serve("/old", redirect("/new", 301)))
    feed = await poll(online, feed_id, 4)
    assert (feed.url, feed.failures, feed.moved_seen) == (server.url("/old"), 4, 0)


async def test_a_feed_that_moved_to_one_that_is_read_already_joins_it(
    online: World, server: FeedServer
) -> None:
    there = await add(online, server.serve("/new", news(online)))
    here = await add(online, server.serve("/old", redirect("/new", 301)))
    channel = await online.channel()
    async with online.store.write() as tx:
        subscription = Subscription(
            id=0,
            channel_id=channel.id,
            topic="ai",
            schedule=Schedule(),
            feed_ids=(here,),
            created_at=online.clock(),
        )
        both = Subscription(
            id=0,
            channel_id=channel.id,
            topic="ai",
            schedule=Schedule(),
            feed_ids=(here, there),
            created_at=online.clock(),
        )
        ids = [await subscriptions.add(tx, each) for each in (subscription, both)]
        kept = server.url("/new")
        await feeds.set_values(tx, there, url_key=kept.removeprefix("http://"))
        await feed_visibility.link(tx, here, channel.server_id)
        await feeds.set_values(tx, here, shared=False)
        await feeds.set_values(tx, there, shared=False)
    feed = await poll(online, here, 3)
    assert (feed.state, feed.error) == (FeedState.RETIRED, f"It moved to {kept}, which is read already.")
    async with online.store.read() as tx:
        drawn = {subscription.id: subscription.feed_ids for subscription in await subscriptions.active(tx)}
        seen = await feeds.visible(tx, channel.server_id)
    assert [drawn[i] for i in ids] == [(there,), (there,)]
    assert [feed.id for feed in seen] == [there]


async def test_a_feed_that_has_ended_is_retired_a_day_later(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.serve("/feed", news(online), status(410)))
    feed = await poll(online, feed_id, 2)
    assert (feed.state, feed.failures) == (FeedState.ACTIVE, 1)
    online.clock.advance(timedelta(hours=24))
    feed = await poll(online, feed_id)
    assert feed.state is FeedState.RETIRED
    assert "410" in feed.error
    asked = len(server.asked("/feed"))
    await poll(online, feed_id)
    assert len(server.asked("/feed")) == asked


async def test_a_feed_that_is_gone_for_an_hour_comes_back(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.serve("/feed", status(410), news(online)))
    online.clock.advance(timedelta(days=2))
    feed = await poll(online, feed_id, 2)
    assert (feed.state, feed.gone_at, feed.failures) == (FeedState.ACTIVE, None, 0)


async def test_a_lost_feed_is_found_on_its_site(online: World, server: FeedServer) -> None:
    home = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss/all.xml"></head><body>News</body></html>'
    server.serve("/", Reply(home, headers={"Content-Type": "text/html"}))
    server.serve("/rss/all.xml", news(online))
    feed_id = await add(online, server.serve("/feed", news(online), status(404)))
    async with online.store.write() as tx:
        await feeds.set_values(tx, feed_id, home=server.url("/"))
    feed = await poll(online, feed_id, 3)
    assert feed.url == server.url("/feed")
    online.clock.advance(timedelta(days=3))
    feed = await poll(online, feed_id)
    assert feed.url == server.url("/rss/all.xml")
    feed = await poll(online, feed_id)
    assert (feed.failures, feed.error) == (0, "")
    assert len(await online.entries()) == 2


@pytest.mark.parametrize("page", [status(500), Reply(HTML)])
async def test_a_lost_feed_that_is_nowhere_is_looked_for_once_a_week(
    page: Reply, online: World, server: FeedServer
) -> None:
    server.serve("/", page)
    feed_id = await add(online, server.serve("/feed", status(404)))
    await poll(online, feed_id, 2, timedelta(days=3))
    looked = len(server.asked("/"))
    assert looked == 1
    await poll(online, feed_id, 2, timedelta(days=2))
    assert len(server.asked("/")) == looked
    await poll(online, feed_id, 2, timedelta(days=4))
    assert len(server.asked("/")) == looked + 1


async def notices(world: World) -> list[str]:
    async with world.store.read() as tx:
        rows = await tx.execute(operations.select().where(operations.c.purpose == "notice"))
        return [str(row.payload) for row in rows]


async def claimed(world: World) -> None:
    """Let somebody with a private chat run the instance."""
    async with world.store.write() as tx:
        await places.offer_claim(tx, "CODE", world.clock() + HOUR)
        assert await places.use_claim(tx, "CODE", Person(platform="scripted", address="42"), world.clock())
        place = Place(platform="scripted", address="42", kind=PlaceKind.PRIVATE)
        await places.ensure_channel_record(tx, place, {"language": "it", "zone": "UTC", "origin": "person"})


async def test_the_operator_hears_once_that_a_feed_fails(online: World, server: FeedServer) -> None:
    await claimed(online)
    feed_id = await add(online, server.serve("/feed", status(403)))
    await poll(online, feed_id, 9)
    assert await notices(online) == []
    await poll(online, feed_id, 5)
    (said,) = await notices(online)
    assert "Loopback" in said
    assert "403" in said
    assert "da sé" in said


async def test_without_an_operator_the_log_says_it(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.serve("/feed", status(403)))
    await poll(online, feed_id, 2, timedelta(days=4))
    assert await notices(online) == []
    assert any(line.get("event") == "notice.sent" for line in online.logged)


async def test_a_busy_host_is_no_fault_of_the_feed(online: World, server: FeedServer) -> None:
    async def busy(_: Any) -> Any:
        raise HostBusy("busy", 90)

    feed_id = await add(online, server.url("/feed"))
    await collect(replace(online.ctx, fetch=busy), feed_id)
    feed = await feed_of(online, feed_id)
    assert (feed.failures, feed.next_poll_at) == (0, online.clock() + timedelta(seconds=90))


async def test_a_rebuilt_site_brings_nothing_new(online: World, server: FeedServer) -> None:
    told = (corvid(), larkwell(), alpine(), garden(), corvid(slug="x1", title="A fifth story of the day"))
    rebuilt = tuple(
        type(item)(
            f"new-{item.slug}",
            item.title,
            item.text,
            item.hours,
            f"other-{n}",
            f"https://rebuilt.example/{n}",
        )
        for n, item in enumerate(told)
    )
    feed_id = await add(
        online, server.serve("/feed", Reply(body(online, *told)), Reply(body(online, *rebuilt)))
    )
    await poll(online, feed_id, 2)
    assert len(await online.entries()) == 5
    feed = await feed_of(online, feed_id)
    assert feed.failures == 0


async def test_another_sites_feed_is_flagged_and_not_taken(online: World, server: FeedServer) -> None:
    other = rss("casino", online.start, [garden()]).replace(
        b"<link>https://casino.example", b"<link>https://spam.test", 1
    )
    feed_id = await add(online, server.serve("/feed", Reply(body(online, corvid())), Reply(other)))
    await poll(online, feed_id)
    async with online.store.write() as tx:
        await feeds.set_values(tx, feed_id, title="Loopback", home="https://loopback.example/")
    feed = await poll(online, feed_id)
    assert feed.failures == 1
    assert "another site's feed" in feed.error
    assert len(await online.entries()) == 1


async def test_only_what_is_new_in_a_changed_document_is_read(online: World, server: FeedServer) -> None:
    feed_id = await add(
        online,
        server.serve("/feed", Reply(body(online, corvid())), Reply(body(online, larkwell(), corvid()))),
    )
    seen: list[int] = []

    async def offload(fn: Any, *args: Any, deadline: timedelta, requester: int = 0) -> Any:
        answer = await online.ctx.offload(fn, *args, deadline=deadline)
        seen.append(len(answer.feed.entries))
        return answer

    collector = Collector(replace(online.ctx, offload=offload))
    for _ in range(2):
        await collector.run(feed_id)
    assert seen == [1, 1]
    assert len(await online.entries()) == 2
