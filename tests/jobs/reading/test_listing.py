"""A page's list of news polled as a feed is, over a real server, the real fetch and the real reader."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.jobs.reading.collect import collect
from bot.model import Feed, FeedFormat, Schedule
from bot.store import feeds
from bot.store.schema import entries as entry_table
from tests.doubles.feeds import FeedServer, Reply
from tests.feeds.listing.pages import NAMES, TITLES, article, cards, page
from tests.support.world import World

ROBOTS = "/robots.txt"
PATH = "/news"
NEW = ("heron-5", "Heron 5, an open language model, learns to say what it does not know")
DAYS = ("Mar 1, 2026", "Feb 26, 2026", "Feb 20, 2026", "Feb 11, 2026", "Jan 30, 2026", "Jan 12, 2026")
MOVED = [f"post-{number}" for number in range(10)]


def listing(
    *new: tuple[str, str], banner: str = "", names: tuple[str, ...] = NAMES, days: tuple[str, ...] = DAYS
) -> Reply:
    fresh = len(new)
    body = cards(
        ("Mar 2, 2026",) * fresh + days,
        [title for _, title in new] + list(TITLES),
        [name for name, _ in new] + list(names),
    )
    return Reply(page(banner + body), headers={"Content-Type": "text/html; charset=utf-8"})


async def add(world: World, url: str) -> int:
    declared = feeds.DeclaredFeed(
        url=url, url_key=url, title="Halden Lab", outlet="Halden Lab", language="en", format=FeedFormat.PAGE
    )
    async with world.store.write() as tx:
        return await feeds.add(tx, declared, "config")


async def polled(world: World, feed_id: int, times: int = 1) -> Feed:
    for _ in range(times):
        await collect(world.ctx, feed_id)
    async with world.store.read() as tx:
        found = await feeds.get(tx, feed_id)
    assert found is not None
    return found


async def news(world: World) -> list[str]:
    """Return the titles of entries that a digest may tell: those within its horizon."""
    since = world.ctx.clock() - world.ctx.policy.horizon
    async with world.store.read() as tx:
        return list(
            (
                await tx.execute(
                    select(entry_table.c.title)
                    .where(entry_table.c.published >= since)
                    .order_by(entry_table.c.id)
                )
            ).scalars()
        )


async def test_what_a_page_holds_at_first_sight_is_known_and_no_news(
    online: World, server: FeedServer
) -> None:
    feed_id = await add(online, server.serve(PATH, listing(), listing(NEW)))
    feed = await polled(online, feed_id)
    assert (feed.failures, feed.format) == (0, FeedFormat.PAGE)
    assert len(await online.entries()) == len(TITLES)
    assert await news(online) == []
    await polled(online, feed_id)
    assert await news(online) == [NEW[1]]


async def test_undated_items_are_known_at_first_sight_too(online: World, server: FeedServer) -> None:
    bare = ("",) * 6
    feed_id = await add(online, server.serve(PATH, listing(days=bare), listing(NEW, days=bare)))
    await polled(online, feed_id)
    assert await news(online) == []
    await polled(online, feed_id)
    assert await news(online) == [NEW[1]]


async def test_it_is_read_at_most_hourly_and_with_validators(online: World, server: FeedServer) -> None:
    first = listing()
    url = server.serve(PATH, Reply(first.body, headers=first.headers, etag='"1"'))
    feed = await polled(online, await add(online, url))
    assert feed.next_poll_at is not None
    assert feed.next_poll_at - online.ctx.clock() >= timedelta(hours=1)
    await polled(online, feed.id)
    asked = [one for one in server.requests if one.path == PATH]
    assert asked[-1].headers["If-None-Match"] == '"1"'
    assert "text/html" in asked[-1].headers["Accept"]


async def test_a_page_that_its_site_closes_to_programs_is_not_fetched(
    online: World, server: FeedServer
) -> None:
    server.serve(ROBOTS, Reply(b"User-agent: *\nDisallow: /news"))
    feed = await polled(online, await add(online, server.serve(PATH, listing())))
    assert feed.failures == 1
    assert "robots.txt" in feed.error
    assert [one.path for one in server.requests] == [ROBOTS]


async def test_the_crawl_delay_of_a_site_is_kept(online: World, server: FeedServer) -> None:
    server.serve(ROBOTS, Reply(b"User-agent: *\nCrawl-delay: 20"))
    first = await polled(online, await add(online, server.serve(PATH, listing())))
    second = await polled(online, await add(online, server.serve("/research", listing())))
    assert first.ok_at is not None
    assert (second.ok_at, second.failures) == (None, 0)
    assert second.next_poll_at == online.ctx.clock() + timedelta(seconds=20)


async def test_a_change_of_the_furniture_brings_nothing(online: World, server: FeedServer) -> None:
    banner = "<div><a href='/join'>We look for people who mend old radios</a></div>"
    feed_id = await add(online, server.serve(PATH, listing(), listing(banner=banner)))
    await polled(online, feed_id, 2)
    assert [entry.title for entry in await online.entries()] == list(TITLES)[::-1]


async def test_after_a_redesign_what_was_known_is_no_news(online: World, server: FeedServer) -> None:
    moved = tuple(MOVED[:6])
    feed_id = await add(
        online, server.serve(PATH, listing(), listing(NEW, names=moved), listing(NEW, names=moved))
    )
    await polled(online, feed_id, 3)
    assert await news(online) == [NEW[1]]
    assert len(await online.entries()) == len(TITLES) + 1


async def test_a_page_with_nothing_that_was_known_floods_nobody(online: World, server: FeedServer) -> None:
    others = [
        (f"other-{number}", f"Another report on language models, the {number}th of this long week")
        for number in range(8)
    ]
    elsewhere = page(
        cards(("Mar 2, 2026",) * 8, [title for _, title in others], [name for name, _ in others])
    )
    feed_id = await add(
        online, server.serve(PATH, listing(), Reply(elsewhere, headers={"Content-Type": "text/html"}))
    )
    await polled(online, feed_id, 2)
    assert await news(online) == []
    assert len(await online.entries()) == len(TITLES) + 8


async def test_a_teaser_that_goes_is_no_edit(online: World, server: FeedServer) -> None:
    first = listing()
    bare = Reply(
        first.body.replace(
            b"A short account of what was tried", b"Other words stand here now and they are many"
        ),
        headers=first.headers,
    )
    feed_id = await add(online, server.serve(PATH, first, bare))
    before = {entry.id: entry.text for entry in await online.entries()}
    await polled(online, feed_id, 2)
    assert all(before.get(entry.id, entry.text) == entry.text for entry in await online.entries())
    assert not [event for event in online.events("feed.collected") if event["edited"]]


@pytest.mark.parametrize("gone", [article(), "<main><h1>News</h1><p>We are moving house.</p></main>"])
async def test_a_list_that_is_gone_is_a_failure_that_says_what_is_there(
    online: World, server: FeedServer, gone: str
) -> None:
    feed_id = await add(online, server.serve(PATH, listing(), Reply(page(gone))))
    feed = await polled(online, feed_id, 2)
    assert feed.failures == 1
    assert "list" in feed.error
    assert feed.next_poll_at is not None
    assert feed.next_poll_at - online.ctx.clock() >= timedelta(hours=1)


async def test_the_list_comes_back_without_news(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.serve(PATH, listing(), Reply(page(article())), listing(NEW)))
    feed = await polled(online, feed_id, 3)
    assert feed.failures == 0
    assert await news(online) == [NEW[1]]


async def test_a_new_item_is_told_and_the_old_ones_are_not(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.serve(PATH, listing(), listing(NEW)))
    channel = await online.channel()
    await online.wants(channel, Schedule(instant=True), topic="all", feed_ids=(feed_id,))
    await polled(online, feed_id)
    await online.settle()
    assert online.platform.headlines(channel) == []
    await online.poll(feed_id)
    await online.settle()
    assert online.platform.headlines(channel) == [NEW[1]]


async def test_a_list_that_is_gone_for_three_days_is_told_to_the_places_that_draw_on_it(
    online: World, server: FeedServer
) -> None:
    feed_id = await add(online, server.serve(PATH, listing(), Reply(page(article()))))
    channel = await online.channel()
    await online.wants(channel, Schedule(instant=True), topic="all", feed_ids=(feed_id,))
    await polled(online, feed_id, 2)
    await online.settle()
    assert online.platform.chats[channel.address] == []
    online.clock.now += timedelta(days=3, hours=1)
    await polled(online, feed_id)
    await online.settle()
    (shown,) = online.platform.chats[channel.address]
    notice = str(shown.payload)
    assert (
        "The list of news of Halden Lab cannot be read since 2026-03-02: The page reads like one article"
        in notice
    )


async def test_a_known_title_under_another_link_is_no_news(online: World, server: FeedServer) -> None:
    moved = (*(f"en-{name}" for name in NAMES[:3]), *NAMES[3:])
    feed_id = await add(online, server.serve(PATH, listing(), listing(NEW, names=moved)))
    await polled(online, feed_id, 2)
    assert await news(online) == [NEW[1]]


@pytest.mark.parametrize(("year", "form"), [("2023", FeedFormat.PAGE), ("2025", FeedFormat.FEED)])
async def test_a_page_that_a_list_calls_a_feed_is_read_itself_where_its_feed_was_left_behind(
    online: World, server: FeedServer, year: str, form: FeedFormat
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/old.xml">'
    item = f"<item><title>One</title><link>https://lab.example/1</link><pubDate>3 Dec {year} 08:00 GMT</pubDate></item>"
    server.serve("/old.xml", Reply(f"<rss><channel><title>Lab</title>{item}</channel></rss>".encode()))
    url = server.serve(
        PATH, Reply(page(cards(DAYS), head=link), headers={"Content-Type": "text/html; charset=utf-8"})
    )
    declared = feeds.DeclaredFeed(url=url, url_key=url, title="Lab", outlet="Lab", language="en")
    async with online.store.write() as tx:
        feed_id = await feeds.add(tx, declared, "config")
    feed = await polled(online, feed_id)
    assert feed.format is form
    assert feed.url.endswith(PATH if form is FeedFormat.PAGE else "/old.xml")


MONTHS = ("January 2026", "December 2025", "November 2025", "October 2025", "September 2025", "August 2025")


@pytest.mark.parametrize(
    ("day", "days"), [("", DAYS), ("Montag, 2.III.", DAYS), ("February 2026", MONTHS), ("March 2026", MONTHS)]
)
async def test_a_new_item_above_old_ones_is_news_when_it_is_first_seen(
    online: World, server: FeedServer, day: str, days: tuple[str, ...]
) -> None:
    body = cards((day, *days), [NEW[1], *TITLES], [NEW[0], *NAMES])
    reply = Reply(page(body), headers={"Content-Type": "text/html; charset=utf-8"})
    feed_id = await add(online, server.serve(PATH, listing(days=days), reply))
    await polled(online, feed_id)
    online.clock.advance(timedelta(days=1))
    await polled(online, feed_id)
    assert await news(online) == [NEW[1]]
