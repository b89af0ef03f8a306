"""read: pages over a real server and the real fetch; who is asked for leave, what is kept, when it is tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import DatabaseUnavailable, DeadlineMissed, HostBusy
from bot.feeds.robots import Robots
from bot.jobs.reading.collect import collect
from bot.jobs.reading.pages import PageReader, is_better, is_same
from bot.model import Entry, Page, TextKind, Wall
from bot.store import entries, feeds, places
from bot.store.schema import entry_versions
from tests.doubles.feeds import HTML, FeedServer, Reply, redirect, status
from tests.jobs.conftest import Trouble
from tests.support.world import FILLER, News, World, corvid, garden, inline, larkwell, rss

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEASER = "Halden Labs released Corvid 3."
WEB = {"Content-Type": "text/html; charset=utf-8"}


def page(*paragraphs: str, head: str = "", title: str = "Halden Labs releases Corvid 3") -> Reply:
    told = "".join(f"<p>{text}</p>" for text in paragraphs)
    text = f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body><main><article><h1>{title}</h1>{told}</article></main></body></html>"
    return Reply(text.encode(), headers=WEB)


ARTICLE = page(FILLER, FILLER.replace("Oslo", "Bergen"))


@pytest.fixture
async def online(online: World) -> World:
    """A world whose fetch is the real one, with a channel that wants news about AI."""
    await online.wants(await online.channel(), "10:00")
    return online


def reader(world: World) -> PageReader:
    return PageReader(world.ctx, Robots(world.ctx.fetch, world.ctx.offload, world.ctx.clock))


async def teaser(world: World, server: FeedServer, *replies: Reply, **item: object) -> int:
    """Let a feed bring one entry with a teaser, whose page gives these answers."""
    link = server.serve("/page", *replies) if replies else server.url("/nowhere")
    news = corvid(text=TEASER, link=link, **item)
    url = server.serve("/feed", Reply(rss("loopback", world.start, [news])))
    declared = feeds.DeclaredFeed(
        url=url, url_key=url, title="Loopback", outlet="Loopback", language="en", ai_only=True
    )
    async with world.store.write() as tx:
        feed_id = await feeds.add(tx, declared, "config")
    await collect(world.ctx, feed_id)
    (entry,) = await world.entries()
    return int(entry.id)


async def entry(world: World) -> Entry:
    (row,) = await world.entries()
    async with world.store.read() as tx:
        found = await entries.get(tx, row.id)
    assert found is not None
    return found


async def due_in(world: World) -> timedelta | None:
    (row,) = await world.entries()
    return None if row.read_due_at is None else row.read_due_at - world.clock()


# --- what is kept ------------------------------------------------------------------------------------------


async def test_the_page_replaces_a_teaser_and_is_no_new_version(online: World, server: FeedServer) -> None:
    entry_id = await teaser(online, server, ARTICLE)
    assert await reader(online).due() == [entry_id]
    await reader(online).run(entry_id)
    read = await entry(online)
    assert read.text_kind == TextKind.PAGE
    assert "former cannery" in read.text
    assert read.version == 1
    assert await online.count(entry_versions) == 1
    assert await reader(online).due() == []


async def test_the_teaser_stays_when_the_page_says_less(online: World, server: FeedServer) -> None:
    entry_id = await teaser(online, server, Reply(HTML, headers=WEB))
    await reader(online).run(entry_id)
    assert ((await entry(online)).text_kind, (await entry(online)).text) == (TextKind.TEASER, TEASER)
    assert await due_in(online) is None


async def test_the_picture_and_the_author_fill_in_what_the_feed_left_out(
    online: World, server: FeedServer
) -> None:
    head = "<meta property='og:image' content='https://img.example/corvid.jpg'><meta name='author' content='Ada Byron'>"
    await reader(online).run(await teaser(online, server, page(FILLER, head=head)))
    read = await entry(online)
    assert (read.image, read.author) == ("https://img.example/corvid.jpg", "Ada Byron")


async def test_a_page_that_was_read_survives_an_edit_of_the_teaser(online: World, server: FeedServer) -> None:
    await reader(online).run(await teaser(online, server, ARTICLE))
    changed = corvid(text="Halden Labs released Corvid 3 today.", link=server.url("/page"))
    server.serve("/feed", Reply(rss("loopback", online.start, [changed])))
    await collect(online.ctx, 1)
    read = await entry(online)
    assert "former cannery" in read.text
    assert read.version == 2


async def test_a_paid_article_keeps_what_is_free_and_says_so(online: World, server: FeedServer) -> None:
    head = (
        '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    )
    await reader(online).run(
        await teaser(online, server, page(FILLER, "Subscribe to continue reading.", head=head))
    )
    read = await entry(online)
    assert (read.wall, read.text_kind) == (Wall.PAY, TextKind.PAGE)
    assert "Subscribe" not in read.text


async def test_a_wall_is_recorded_and_its_words_are_not_kept(online: World, server: FeedServer) -> None:
    words = "We value your privacy. We and our partners store cookies on your device to show you advertising. Accept all cookies or manage your choices below."
    await reader(online).run(await teaser(online, server, page(words, words, title="Before you continue")))
    assert ((await entry(online)).wall, (await entry(online)).text) == (Wall.CONSENT, TEASER)


async def test_what_a_page_shows_an_entry_to_be_about_brings_its_story_back(
    online: World, server: FeedServer
) -> None:
    robots = FILLER + " The humanoid robots walk, and a robot arm sorts parcels; robotics firms follow."
    entry_id = await teaser(online, server, page(robots, robots))
    online.clock.advance(timedelta(minutes=1))
    await online.settle("group")
    assert (await online.entries())[0].grouped_at is not None
    before = await _topics(online, entry_id)
    await reader(online).run(entry_id)
    after = await _topics(online, entry_id)
    assert before < after
    assert (await online.entries())[0].grouped_at is None


async def _topics(world: World, entry_id: int) -> set[str]:
    async with world.store.read() as tx:
        return await entries.topics_of(tx, entry_id)


def told(**values: object) -> Entry:
    return replace(
        Entry(
            id=1,
            feed_id=1,
            title="Halden Labs releases Corvid 3",
            link="https://a.example/1",
            text=TEASER,
            language="en",
            published=NOW,
            first_seen=NOW,
        ),
        **values,
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("read", "better"),
    [
        (Page(text=f"Halden Labs says: {FILLER}", language="en"), True),
        (Page(text=f"Halden Labs says: {FILLER}"), True),
        (Page(text=f"Halden Labs says: {FILLER}", language="en", wall=Wall.PAY), True),
        (Page(text=f"Halden Labs says: {FILLER}", language="en", wall=Wall.LOGIN), False),
        (Page(text=f"Halden Labs says: {FILLER}", language="de"), False),
        (Page(text="Halden Labs.", language="en"), False),
        (Page(text="Leeks and potatoes make a soup. " * 20, title="Soup of the week", language="en"), False),
        (
            Page(
                text="Leeks and potatoes make a soup. " * 20, title="Corvid 3 by Halden Labs", language="en"
            ),
            True,
        ),
        (Page(text=""), False),
    ],
)
def test_which_page_is_better_than_a_teaser(read: Page, better: bool) -> None:
    assert is_better(told(), read) is better


@pytest.mark.parametrize(
    ("title", "text", "same"),
    [
        ("月之暗面发布新的开源模型", "月之暗面周一发布了一个新的开源语言模型。", True),
        ("月之暗面发布新的开源模型", "今天的汤是土豆汤。", False),
        ("研究所が言語モデルを公開", "研究所は月曜日に言語モデルを公開した。", True),
        ("", "Anything.", True),
    ],
)
def test_a_page_about_something_else_is_another_page(title: str, text: str, same: bool) -> None:
    assert is_same(told(title=title), Page(text=text)) is same


# --- for whom ----------------------------------------------------------------------------------------------


async def test_nobody_wants_it_and_nobody_is_asked(world: World) -> None:
    await world.feed("halden", corvid(text=TEASER))
    await world.settle()
    assert not [url for url in world.web.asked if "feed" not in url]
    assert (await world.entries())[0].read_due_at is None


async def test_who_subscribes_later_gets_the_pages_of_recent_news(world: World) -> None:
    await world.feed("halden", corvid(text=TEASER), larkwell(hours=2.0))
    await world.settle()
    world.web.documents["https://halden.example/corvid"] = ARTICLE.body
    await world.wants(await world.channel(), "10:00")
    await world.settle()
    assert [e.text_kind for e in await world.entries()].count(TextKind.PAGE) == 1


async def test_only_entries_in_view_and_on_topic_are_read(both: World) -> None:
    mine, other = await both.channel("mine", server="a"), await both.channel("other", server="b")
    secret = await both.feed("secret", corvid(text=TEASER), server_id=mine.server_id)
    named = await both.feed("named", garden(text="RV-9 is a robot that weeds."))
    await both.feed("kitchen", News("cake", "A plum cake", "Plums and flour."), ai_only=False)
    await both.wants(other, "10:00", feed_ids=(named,))
    await both.settle("collect")
    assert await _wanted_feeds(both) == {named}
    await both.wants(mine, "10:00", topic="all", feed_ids=(secret, 99))
    assert await _wanted_feeds(both) == {named, secret}


async def test_a_topic_nobody_wants_and_a_paused_channel_ask_for_nothing(both: World) -> None:
    channel = await both.channel()
    await both.feed("halden", corvid(text=TEASER))
    await both.wants(channel, "10:00", topic="chips")
    await both.settle("collect")
    assert await _wanted_feeds(both) == set()
    await both.wants(channel, "10:00")
    assert await _wanted_feeds(both) == {1}
    async with both.store.write() as tx:
        await places.pause(tx, channel.id, "", both.clock())
    assert await _wanted_feeds(both) == set()


async def _wanted_feeds(world: World) -> set[int]:
    rows = await world.entries()
    async with world.store.read() as tx:
        wanted = await entries.find_wanted(tx, [row.id for row in rows], world.clock() - timedelta(days=2))
    return {row.feed_id for row in rows if row.id in wanted}


async def test_old_news_of_a_new_feed_is_not_read(world: World) -> None:
    await world.wants(await world.channel(), "10:00")
    await world.feed("halden", corvid(text=TEASER, hours=24.0 * 30))
    await world.settle("collect", "read")
    assert world.web.asked == ["https://halden.example/feed"]
    assert (await world.entries())[0].read_due_at is None


async def test_an_irrelevant_teaser_costs_no_request(world: World) -> None:
    await world.wants(await world.channel(), "10:00")
    await world.feed("kitchen", News("soup", "Soup of the week", "Leeks and potatoes."), ai_only=False)
    await world.settle("collect", "read")
    assert world.web.asked == ["https://kitchen.example/feed"]


# --- manners and failures ----------------------------------------------------------------------------------


async def test_a_site_that_forbids_it_is_not_asked(online: World, server: FeedServer) -> None:
    server.serve(
        "/robots.txt", Reply(b"User-agent: *\nDisallow: /page", headers={"Content-Type": "text/plain"})
    )
    entry_id = await teaser(online, server, ARTICLE)
    await reader(online).run(entry_id)
    assert server.asked("/page") == []
    assert (await entry(online)).text == TEASER
    assert await reader(online).due() == []


async def test_a_crawl_delay_lies_between_two_pages(world: World) -> None:
    await world.wants(await world.channel(), "10:00")
    world.web.documents["https://halden.example/robots.txt"] = b"User-agent: *\nCrawl-delay: 20"
    for slug in ("corvid", "garden"):
        world.web.documents[f"https://halden.example/{slug}"] = ARTICLE.body
    await world.feed("halden", corvid(text=TEASER), garden(text="RV-9 is a robot."))
    await world.settle("collect", "read")
    assert sum(1 for url in world.web.asked if url.endswith(("corvid", "garden"))) == 1
    world.clock.advance(timedelta(seconds=20))
    await world.settle("read")
    assert sum(1 for url in world.web.asked if url.endswith(("corvid", "garden"))) == 2


async def test_a_redirect_to_a_site_that_forbids_it_brings_nothing(world: World) -> None:
    async def elsewhere(request: object) -> object:
        found = await world.web.fetch(request)  # type: ignore[arg-type]
        return replace(found, url="https://closed.example/corvid") if found.url.endswith("/corvid") else found

    world.web.documents["https://halden.example/corvid"] = ARTICLE.body
    world.web.documents["https://closed.example/robots.txt"] = b"User-agent: Strillone\nDisallow: /"
    await world.feed("halden", corvid(text=TEASER))
    await world.settle("collect")
    ctx = replace(world.ctx, fetch=elsewhere)
    await reader(replace(world, house=replace(world.house, ctx=ctx))).run(1)
    assert (await entry(world)).text == TEASER


async def test_a_failed_page_is_tried_an_hour_and_six_hours_later_and_then_never(
    online: World, server: FeedServer
) -> None:
    entry_id = await teaser(online, server, status(500))
    at = reader(online)
    waits = []
    for _ in range(3):
        assert await at.due() == [entry_id]
        await at.run(entry_id)
        waits.append(await due_in(online))
        online.clock.advance(waits[-1] or timedelta(days=1))
    assert waits == [timedelta(hours=1), timedelta(hours=6), None]
    assert await at.due() == []
    assert len(online.events("page.not_read")) == 3


async def test_a_server_that_says_when_to_come_back_is_obeyed(online: World, server: FeedServer) -> None:
    await reader(online).run(await teaser(online, server, status(503, Retry_After="7200")))
    assert await due_in(online) == timedelta(hours=2)


@pytest.mark.parametrize("answer", [status(410), redirect("http://10.0.0.1/inside")])
async def test_what_would_fail_again_is_not_tried_again(
    online: World, server: FeedServer, answer: Reply
) -> None:
    await reader(online).run(await teaser(online, server, answer))
    assert await due_in(online) is None


async def test_a_page_that_kills_its_child_fails_alone(online: World, server: FeedServer) -> None:
    async def slow(*_: object, **__: object) -> object:
        msg = "It took too long."
        raise DeadlineMissed(msg)

    entry_id = await teaser(online, server, ARTICLE)
    ctx = replace(online.ctx, offload=slow)  # type: ignore[arg-type]
    await PageReader(ctx, Robots(ctx.fetch, inline, ctx.clock)).run(entry_id)
    assert await due_in(online) == timedelta(hours=1)


async def test_an_unexpected_failure_is_logged_and_tried_again(online: World, server: FeedServer) -> None:
    def broken(*_: object) -> Page:
        msg = "no such thing"
        raise LookupError(msg)

    entry_id = await teaser(online, server, ARTICLE)
    ctx = replace(online.ctx, read_page=broken)
    await PageReader(ctx, Robots(ctx.fetch, ctx.offload, ctx.clock)).run(entry_id)
    assert len(online.events("page.crashed")) == 1
    assert await due_in(online) == timedelta(hours=1)


async def test_a_busy_host_is_no_fault_of_the_page(online: World, server: FeedServer) -> None:
    async def busy(*_: object) -> object:
        raise HostBusy("busy", 90)

    entry_id = await teaser(online, server, ARTICLE)
    ctx = replace(online.ctx, fetch=busy)  # type: ignore[arg-type]
    await PageReader(ctx, Robots(online.ctx.fetch, ctx.offload, ctx.clock)).run(entry_id)
    assert await due_in(online) == timedelta(seconds=90)
    assert online.events("page.not_read") == []
    online.clock.advance(91)
    assert await reader(online).due() == [entry_id]


async def test_a_locked_database_is_no_fault_of_the_page(
    trouble: Trouble, online: World, server: FeedServer
) -> None:
    entry_id = await teaser(online, server, ARTICLE)
    async with trouble(online):
        with pytest.raises(DatabaseUnavailable):
            await reader(online).run(entry_id)
    assert online.events("page.crashed") == []
    assert await reader(online).due() == [entry_id]
    await reader(online).run(entry_id)
    assert (await entry(online)).text_kind == TextKind.PAGE


async def test_a_page_tried_in_vain_keeps_neither_grouping_nor_a_digest_waiting(
    online: World, server: FeedServer
) -> None:
    entry_id = await teaser(online, server, status(500))
    async with online.store.read() as tx:
        assert await entries.waits_for_page(tx, online.clock() - timedelta(minutes=1))
    await reader(online).run(entry_id)
    async with online.store.read() as tx:
        assert not await entries.waits_for_page(tx, online.clock() - timedelta(minutes=1))
        assert len(await entries.ungrouped(tx, 10, online.clock() - timedelta(seconds=45))) == 1


async def test_reading_an_entry_that_does_not_exist_is_no_error(online: World) -> None:
    await reader(online).run(7)


async def test_an_entry_that_is_gone_is_no_error(world: World) -> None:
    await reader(world).run(99)
    assert world.web.asked == []
