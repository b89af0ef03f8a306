"""collect and group, over a real feed server and the real fetch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import DatabaseUnavailable
from bot.jobs.reading.collect import UNREADABLE, collect
from bot.jobs.reading.ingest import EDIT_LIMIT
from bot.model import Feed
from bot.settings.file import LimitSettings
from bot.store import Store, entries, feeds, usage
from bot.store.schema import entry_versions
from bot.store.schema import feeds as feed_table
from tests.conftest import StillClock
from tests.doubles.feeds import HTML, FeedServer, Reply, status
from tests.jobs.conftest import Trouble
from tests.support.world import FILLER, News, World, corvid, corvid_elsewhere, garden, larkwell, rss


async def add(world: World, url: str, **about: object) -> int:
    declared = feeds.DeclaredFeed(
        url=url, url_key=url, title="Loopback", outlet="Loopback", language="en", **about
    )  # type: ignore[arg-type]
    async with world.store.write() as tx:
        return await feeds.add(tx, declared, "config")


def body(world: World, *items: News) -> bytes:
    return rss("loopback", world.start, items)


async def feed(world: World, feed_id: int) -> object:
    async with world.store.read() as tx:
        return await feeds.get(tx, feed_id)


async def test_new_entries_are_stored_judged_and_wake_grouping(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.serve("/feed", Reply(body(online, corvid(), larkwell()))))
    await collect(online.ctx, feed_id)
    assert [e.title for e in await online.entries()] == [larkwell().title, corvid().title]
    assert all(e.backlog for e in await online.entries())
    async with online.store.read() as tx:
        verdict = await entries.verdict_of(tx, (await online.entries())[0].id, "ai")
    assert verdict is not None
    assert verdict.relevant
    assert online.woken == ["group"]


async def test_what_comes_after_the_first_poll_is_no_backlog(online: World, server: FeedServer) -> None:
    feed_id = await add(
        online,
        server.serve("/feed", Reply(body(online, corvid())), Reply(body(online, larkwell(), corvid()))),
    )
    await collect(online.ctx, feed_id)
    await collect(online.ctx, feed_id)
    assert [(e.title, e.backlog) for e in await online.entries()] == [
        (corvid().title, True),
        (larkwell().title, False),
    ]


async def test_validators_are_sent_back_and_an_unchanged_feed_adds_nothing(
    online: World, server: FeedServer
) -> None:
    feed_id = await add(online, server.serve("/feed", Reply(body(online, corvid()), etag='"1"')))
    await collect(online.ctx, feed_id)
    await collect(online.ctx, feed_id)
    assert server.asked("/feed")[1].headers["If-None-Match"] == '"1"'
    assert len(await online.entries()) == 1
    assert online.woken == ["group"]


async def test_the_same_bytes_without_validators_are_not_parsed_again(
    online: World, server: FeedServer
) -> None:
    feed_id = await add(online, server.serve("/feed", Reply(body(online, corvid()))))
    await collect(online.ctx, feed_id)
    await collect(online.ctx, feed_id)
    assert len(online.events("feed.collected")) == 1
    assert (await feed(online, feed_id)).failures == 0


async def test_a_material_edit_makes_a_version_and_is_grouped_again(
    online: World, server: FeedServer
) -> None:
    edited = corvid(title="Halden Labs releases Corvid 4, an open language model")
    feed_id = await add(
        online, server.serve("/feed", Reply(body(online, corvid())), Reply(body(online, edited)))
    )
    await collect(online.ctx, feed_id)
    await online.settle("group")
    await collect(online.ctx, feed_id)
    (entry,) = await online.entries()
    assert (entry.title, entry.version, entry.grouped_at) == (edited.title, 2, None)
    assert [v.change for v in await online.rows(entry_versions)] == ["first", "material"]


async def test_a_cosmetic_edit_makes_a_version_and_nothing_else(online: World, server: FeedServer) -> None:
    edited = corvid(text=corvid().text.replace("for an hour", "for one hour"))
    feed_id = await add(
        online, server.serve("/feed", Reply(body(online, corvid())), Reply(body(online, edited)))
    )
    await collect(online.ctx, feed_id)
    await online.settle("group")
    online.woken.clear()
    await collect(online.ctx, feed_id)
    (entry,) = await online.entries()
    assert (entry.text, entry.version) == (edited.text, 2)
    assert entry.grouped_at is not None
    assert online.woken == []


async def test_a_feed_that_edits_at_every_poll_is_recorded_only_so_often(
    online: World, server: FeedServer
) -> None:
    replies = [
        Reply(body(online, corvid(title=f"Visitors of Corvid: {n}000"))) for n in range(EDIT_LIMIT + 5)
    ]
    feed_id = await add(online, server.serve("/feed", *replies))
    for _ in replies:
        await collect(online.ctx, feed_id)
    assert await online.count(entry_versions) == EDIT_LIMIT + 1


async def test_a_moved_site_with_new_guids_brings_nothing_new(online: World, server: FeedServer) -> None:
    moved = corvid(guid="https://new.example/corvid", link="https://loopback.example/corvid?utm_source=rss")
    feed_id = await add(
        online, server.serve("/feed", Reply(body(online, corvid())), Reply(body(online, moved)))
    )
    await collect(online.ctx, feed_id)
    await collect(online.ctx, feed_id)
    assert len(await online.entries()) == 1


async def test_after_a_guid_changed_the_new_one_is_known_even_when_the_link_changes_too(
    online: World, server: FeedServer
) -> None:
    first = corvid(guid="a", link="https://loopback.example/one")
    second = corvid(guid="b-new-guid", link="https://loopback.example/one")
    third = corvid(guid="b-new-guid", link="https://loopback.example/two")
    replies = [Reply(body(online, item)) for item in (first, second, third)]
    feed_id = await add(online, server.serve("/feed", *replies))
    for _ in replies:
        await collect(online.ctx, feed_id)
    assert len(await online.entries()) == 1


async def test_a_feed_that_turns_into_a_page_is_named_and_comes_back(
    online: World, server: FeedServer
) -> None:
    html = Reply(HTML, headers={"Content-Type": "text/html"})
    feed_id = await add(
        online,
        server.serve("/feed", Reply(body(online, corvid())), html, Reply(body(online, corvid(), garden()))),
    )
    await collect(online.ctx, feed_id)
    await collect(online.ctx, feed_id)
    failed = await feed(online, feed_id)
    assert failed.failures == 1
    assert failed.error
    await collect(online.ctx, feed_id)
    healed = await feed(online, feed_id)
    assert (healed.failures, healed.error) == (0, "")
    assert len(await online.entries()) == 2


async def test_a_missing_feed_waits_longer_each_time(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.url("/gone"))
    pauses = []
    for _ in range(4):
        await collect(online.ctx, feed_id)
        pauses.append((await feed(online, feed_id)).next_poll_at - online.clock())
    assert pauses == sorted(pauses)
    assert pauses[0] >= timedelta(minutes=10)
    assert pauses[3] >= timedelta(minutes=80)
    assert "404" in (await feed(online, feed_id)).error


async def test_a_server_that_says_when_to_come_back_is_obeyed(online: World, server: FeedServer) -> None:
    feed_id = await add(online, server.serve("/busy", status(503, Retry_After="7200")))
    await collect(online.ctx, feed_id)
    assert (await feed(online, feed_id)).next_poll_at - online.clock() >= timedelta(hours=2)


async def test_one_bad_feed_leaves_the_others_alone(online: World, server: FeedServer) -> None:
    bad = await add(online, server.url("/gone"))
    good = await add(online, server.serve("/feed", Reply(body(online, corvid()))))
    for feed_id in (bad, good):
        await collect(online.ctx, feed_id)
    assert (await feed(online, good)).failures == 0
    assert len(await online.entries()) == 1


async def test_a_feed_that_is_gone_from_the_store_is_no_error(online: World) -> None:
    await collect(online.ctx, 99)
    assert await online.count(feed_table) == 0


async def test_two_polls_at_once_store_each_entry_once(world: World) -> None:
    import asyncio

    feed_id = await world.feed("halden", corvid(), larkwell())
    await asyncio.gather(*(collect(world.ctx, feed_id) for _ in range(4)))
    assert len(await world.entries()) == 2
    assert await world.count(entry_versions) == 2


async def test_a_feed_of_its_own_is_seen_only_by_its_server(world: World) -> None:
    mine, other = await world.channel("mine", server="a"), await world.channel("other", server="b")
    await world.feed("secret", corvid(), server_id=mine.server_id)
    for channel in (mine, other):
        await world.wants(channel, "10:00")
    world.clock.advance(timedelta(hours=1, minutes=2))
    await world.settle()
    assert world.platform.headlines(mine) == [corvid().title]
    assert world.platform.headlines(other) == []


# --- group -------------------------------------------------------------------------------------------------


async def test_two_feeds_on_one_event_make_one_story(world: World) -> None:
    await world.feed("halden", corvid())
    await world.feed("ledger", corvid_elsewhere(), larkwell())
    await world.settle()
    stories = [e.story_id for e in sorted(await world.entries(), key=lambda e: e.title)]
    assert stories[0] == stories[1] != stories[2]


async def test_a_restart_rebuilds_the_index_from_the_store(world: World) -> None:
    await world.feed("halden", corvid())
    await world.settle()
    again = await world.restarted()
    await again.feed("ledger", corvid_elsewhere())
    await again.settle()
    assert len({e.story_id for e in await again.entries()}) == 1


async def test_change_numbers_have_no_gaps_and_grow_with_every_change(world: World) -> None:
    await world.feed("halden", corvid(), larkwell(), garden())
    await world.settle()
    assert await world.newest_change() == 3
    world.serve(
        "halden", corvid(title="Halden Labs releases Corvid 4, an open language model"), larkwell(), garden()
    )
    world.clock.advance(timedelta(hours=6))
    await world.settle()
    assert await world.newest_change() == 4


async def test_an_edit_keeps_its_story(world: World) -> None:
    await world.feed("halden", corvid())
    await world.settle()
    before = (await world.entries())[0].story_id
    world.serve("halden", corvid(title="A garden of robots: 12 tulips", text=garden().text))
    world.clock.advance(timedelta(hours=6))
    await world.settle()
    (entry,) = await world.entries()
    assert (entry.story_id, entry.version) == (before, 2)


async def test_a_batch_that_fails_is_grouped_again_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.store import stories

    async def broken(*_: object) -> None:
        raise OSError("disk full")

    await world.feed("halden", corvid(), larkwell())
    await world.settle("collect")
    with monkeypatch.context() as patch:
        patch.setattr(stories, "add_frequencies", broken)
        with pytest.raises(OSError, match="disk full"):
            await world.settle("group")
    assert {e.story_id for e in await world.entries()} == {None}
    assert await world.newest_change() == 0
    await world.settle("group")
    assert None not in {e.story_id for e in await world.entries()}
    assert await world.newest_change() == 2


async def test_what_leaves_the_window_is_learned_for_good(world: World) -> None:
    from bot.store.schema import frequencies

    await world.feed("halden", corvid(hours=100), larkwell(hours=1))
    await world.settle()
    learned = {row.term: row.documents for row in await world.rows(frequencies)}
    assert learned[""] == 1
    assert learned["corvid"] == 1


async def test_a_feed_that_fails_unexpectedly_waits_like_any_other(world: World) -> None:
    feed_id = await world.feed("halden", corvid())

    async def broken(*_: object, **__: object) -> object:
        raise ValueError("bug")

    await collect(replace(world.ctx, offload=broken), feed_id)
    found = await feed(world, feed_id)
    assert isinstance(found, Feed)
    assert (found.failures, found.error) == (1, UNREADABLE)
    assert len(world.events("feed.crashed")) == 1


async def test_a_locked_database_is_no_fault_of_the_feed(trouble: Trouble, world: World) -> None:
    feed_id = await world.feed("halden", corvid())
    async with trouble(world):
        with pytest.raises(DatabaseUnavailable):
            await collect(world.ctx, feed_id)
    found = await feed(world, feed_id)
    assert isinstance(found, Feed)
    assert (found.failures, found.error) == (0, "")
    assert world.events("feed.crashed") == []
    await world.settle("collect")
    assert [e.title for e in await world.entries()] == [corvid().title]


# --- what one server may take ------------------------------------------------------------------------------


async def test_a_servers_own_feeds_bring_so_much_a_day(store: Store, clock: StillClock) -> None:
    limits = LimitSettings(entries_per_day=10)
    world = await World.on(store, clock, limits=limits)
    channel = await world.channel("club", server="club")
    many = [News(f"n{n}", f"Halden Labs releases Corvid {n}", FILLER, guid=f"g{n}") for n in range(12)]
    first = await world.feed("first", *many, server_id=channel.server_id)
    second = await world.feed("second", corvid(), server_id=channel.server_id)
    await world.feed("common", corvid())
    await world.poll(first)
    await world.settle("collect")
    async with store.read() as tx:
        by_id = {feed.id: feed for feed in await feeds.all_active(tx)}
    assert by_id[second].error.startswith("The feeds added here have brought 10 entries today")
    assert by_id[second].next_poll_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert {row.feed_id for row in await world.entries()} == {first, 3}
    clock.advance(timedelta(days=1))
    await world.settle("collect")
    assert {row.feed_id for row in await world.entries()} == {first, second, 3}


async def test_a_servers_own_feeds_take_so_many_bytes_a_day(store: Store, clock: StillClock) -> None:
    world = await World.on(store, clock, limits=LimitSettings(megabytes_per_day=1))
    channel = await world.channel("club", server="club")
    big = corvid(text="x" * 1_200_000)
    first = await world.feed("first", big, server_id=channel.server_id)
    second = await world.feed("second", corvid(), server_id=channel.server_id)
    await world.poll(first)
    await world.poll(second)
    async with store.read() as tx:
        found = await feeds.get(tx, second)
    assert found is not None
    assert found.error.startswith("The feeds added here have taken 1 MB today")


@pytest.mark.parametrize("earlier", [True, False])
async def test_a_feed_of_several_servers_rests_only_where_all_have_used_up_their_day(
    store: Store, clock: StillClock, earlier: bool
) -> None:
    """Whoever added it first has no say in it, and neither has the moment at which another adds it."""
    world = await World.on(store, clock, limits=LimitSettings(entries_per_day=10))
    many = [News(f"n{n}", f"Halden Labs releases Corvid {n}", FILLER, guid=f"g{n}") for n in range(12)]
    spender, other = [(await world.channel(name, server=name)).server_id for name in ("spender", "other")]
    common = await world.feed("common", corvid(), server_id=spender)
    if earlier:
        await world.feed("common", corvid(), server_id=other)
    await world.poll(await world.feed("flood", *many, server_id=spender))
    if not earlier:
        await world.poll(common)
        assert await rests(world, common)
        await world.feed("common", corvid(), server_id=other)
    clock.advance(timedelta(hours=2))
    world.serve("common", corvid(), larkwell())
    await world.settle("collect")
    assert not await rests(world, common)
    assert larkwell().title in [entry.title for entry in await world.entries()]


async def rests(world: World, feed_id: int) -> bool:
    async with world.store.read() as tx:
        found = await feeds.get(tx, feed_id)
    return found is not None and "limits.entries_per_day" in found.error


@pytest.mark.parametrize("document", ["the same", "no feed"])
async def test_bytes_count_whatever_they_bring(store: Store, clock: StillClock, document: str) -> None:
    world = await World.on(store, clock, limits=LimitSettings())
    server = (await world.channel("club", server="club")).server_id
    feed_id = await world.feed("own", corvid(text="x" * 10_000), server_id=server)
    if document == "no feed":
        world.web.documents["https://own.example/feed"] = b"<html>" + b"x" * 10_000
    for _ in range(3):
        await world.poll(feed_id)
    async with store.read() as tx:
        assert (await usage.used_on_day(tx, server, clock()))[usage.BYTES] > 30_000


async def test_a_server_that_says_for_ever_that_nothing_has_changed_is_asked_anew(
    online: World, server: FeedServer, clock: StillClock
) -> None:
    feed_id = await add(
        online,
        server.serve(
            "/feed",
            Reply(body(online, corvid()), etag='"1"'),
            Reply(body(online, larkwell(), corvid()), etag='"1"'),
        ),
    )
    for _ in range(30):
        await collect(online.ctx, feed_id)
        clock.advance(timedelta(hours=6))
    conditional = ["If-None-Match" in request.headers for request in server.requests]
    assert len(await online.entries()) == 2
    assert 1 <= conditional.count(False) - 1 <= 3


async def test_entries_that_share_a_page_take_no_text_from_it(online: World, server: FeedServer) -> None:
    changes = [
        replace(news, link="https://loopback.example/", text="A few words.")
        for news in (corvid(), larkwell())
    ]
    feed_id = await add(
        online, server.serve("/feed", Reply(body(online, *changes))), home="https://loopback.example/"
    )
    await collect(online.ctx, feed_id)
    async with online.store.read() as tx:
        assert not await entries.waits_for_page(tx, online.start - timedelta(days=2))


async def test_points_and_comments_stay_up_to_date_and_are_no_edit(online: World, server: FeedServer) -> None:
    def listed(points: int) -> Reply:
        words = f"<p>Article URL: https://lab.example/c</p><p>Comments URL: https://news.ycombinator.com/item?id=1</p><p>Points: {points}</p><p># Comments: 30</p>"
        item = f"<item><title>Corvid 3 is out</title><link>https://lab.example/c</link><guid>1</guid><description><![CDATA[{words}]]></description></item>"
        return Reply(f"<rss version='2.0'><channel><title>Loopback</title>{item}</channel></rss>".encode())

    feed_id = await add(online, server.serve("/feed", listed(42), listed(99)))
    await collect(online.ctx, feed_id)
    (first,) = await online.entries()
    await collect(online.ctx, feed_id)
    (second,) = await online.entries()
    assert (first.points, first.comments, first.text) == (42, 30, "")
    assert (second.points, second.version) == (99, 1)
