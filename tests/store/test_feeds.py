"""Feeds in the store: which are due, who sees them, what polls leave."""

from datetime import timedelta

from bot.model import FeedState, ParsedFeed
from bot.store import Store, feed_visibility, feeds
from bot.store.feeds import FailedPoll, Polled, Read
from tests.store.conftest import NOW, World, later


async def polled(store: Store, feed_id: int, next_minutes: float) -> None:
    async with store.write() as tx:
        await feeds.polled(
            tx,
            [
                Polled(
                    feed_id=feed_id,
                    at=NOW,
                    next_poll_at=later(minutes=next_minutes),
                    etag='"1"',
                    last_modified="Mon",
                    body_hash="b",
                )
            ],
        )


async def test_new_feeds_are_due_first_then_the_longest_overdue(store: Store, world: World) -> None:
    overdue, future, new, longest = [await world.feed() for _ in range(4)]
    for feed_id, minutes in ((overdue, -1), (future, 1), (longest, -5)):
        await polled(store, feed_id, minutes)
    async with store.read() as tx:
        assert [f.id for f in await feeds.due(tx, NOW, 10, 4)] == [new, longest, overdue]
        assert [f.id for f in await feeds.due(tx, NOW, 2, 4)] == [new, longest]
        assert [f.id for f in await feeds.due(tx, later(minutes=1), 10, 4)] == [new, longest, overdue, future]


async def test_a_servers_own_feeds_are_due_a_few_at_a_time(store: Store, world: World) -> None:
    """However many a server adds, others' feeds are polled beside them."""
    hoarder, other = [(await world.channel(server=name)).server_id for name in ("hoarder", "other")]
    theirs = [await world.feed(server_id=hoarder) for _ in range(9)]
    mine = await world.feed(server_id=other)
    common = [await world.feed(origin="config") for _ in range(6)]
    async with store.read() as tx:
        due = await feeds.due(tx, NOW, 50, 2)
    assert [f.id for f in due] == [*theirs[:2], mine, *common]
    assert [f.requester for f in due] == [hoarder] * 2 + [other] + [0] * 6


async def test_a_feed_that_several_servers_added_is_due_in_the_turn_of_any(
    store: Store, world: World
) -> None:
    hoarder, other = [(await world.channel(server=name)).server_id for name in ("hoarder", "other")]
    theirs = [await world.feed(server_id=hoarder) for _ in range(9)]
    async with store.write() as tx:
        await feed_visibility.link(tx, theirs[-1], other)
    async with store.read() as tx:
        assert [f.id for f in await feeds.due(tx, NOW, 50, 2)] == [*theirs[:2], theirs[-1]]


async def test_a_retired_feed_is_not_due_and_not_seen(store: Store, world: World) -> None:
    gone = await world.feed(origin="config")
    kept = await world.feed(origin="config")
    async with store.write() as tx:
        await feeds.retire_missing(tx, "config", [kept])
        assert [f.id for f in await feeds.due(tx, NOW, 10, 4)] == [kept]
        assert [feed.id for feed in await feeds.visible(tx, None)] == [kept]
        assert [feed.id for feed in await feeds.all_active(tx)] == [kept]
        retired = await feeds.get(tx, gone)
    assert retired is not None
    assert retired.state is FeedState.RETIRED


async def test_the_same_address_twice_is_one_feed(store: Store, world: World) -> None:
    assert await world.feed("a.example/feed") == await world.feed("a.example/feed")


async def test_an_unknown_feed_is_nothing(store: Store) -> None:
    async with store.read() as tx:
        assert await feeds.get(tx, 404) is None


async def test_a_private_feed_is_seen_by_its_server_alone(store: Store, world: World) -> None:
    mine, theirs = (await world.channel()).server_id, (await world.channel()).server_id
    shared = await world.feed(title="A")
    private = await world.feed(title="B", server_id=mine, private=True)
    async with store.read() as tx:
        assert [feed.id for feed in await feeds.visible(tx, mine)] == [shared, private]
        assert [feed.id for feed in await feeds.visible(tx, theirs)] == [shared]
        assert [feed.id for feed in await feeds.visible(tx, None)] == [shared]
        assert {feed.id for feed in await feeds.all_active(tx)} == {shared, private}


async def test_two_servers_may_have_the_same_secret_each_for_itself(store: Store, world: World) -> None:
    mine, theirs = (await world.channel()).server_id, (await world.channel()).server_id
    first = await world.feed("a.example/feed", server_id=mine, private=True)
    second = await world.feed("a.example/feed", server_id=theirs, private=True)
    assert first != second
    assert await world.feed("a.example/feed", server_id=mine, private=True) == first


async def test_a_server_that_adds_a_shared_feed_gets_the_shared_one(store: Store, world: World) -> None:
    server_id = (await world.channel()).server_id
    shared = await world.feed("a.example/feed", origin="config", title="As configured")
    assert await world.feed("a.example/feed", server_id=server_id, title="Mine") == shared
    async with store.read() as tx:
        feed = await feeds.get(tx, shared)
    assert feed is not None
    assert (feed.title, feed.server_id, feed.shared) == ("As configured", None, True)


async def test_a_feed_that_is_shared_later_does_not_lose_the_private_one(store: Store, world: World) -> None:
    server_id = (await world.channel()).server_id
    private = await world.feed("a.example/feed", server_id=server_id, private=True)
    shared = await world.feed("a.example/feed", origin="config")
    assert shared != private


async def test_the_configuration_changes_what_it_declares_and_nothing_else(
    store: Store, world: World
) -> None:
    feed_id = await world.feed("a.example/feed", title="Old", outlet="Old", weight=1.0)
    await polled(store, feed_id, 10)
    again = await world.feed(
        "a.example/feed", origin="config", title="New", outlet="New", weight=2.0, language="it"
    )
    async with store.read() as tx:
        feed = await feeds.get(tx, feed_id)
    assert again == feed_id
    assert feed is not None
    assert (feed.title, feed.outlet, feed.weight, feed.language, feed.etag) == (
        "New",
        "New",
        2.0,
        "it",
        '"1"',
    )


async def test_a_configured_feed_that_comes_back_is_polled_again(store: Store, world: World) -> None:
    feed_id = await world.feed("a.example/feed", origin="config")
    async with store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
    assert await world.feed("a.example/feed", origin="config") == feed_id
    async with store.read() as tx:
        assert [f.id for f in await feeds.due(tx, NOW, 10, 4)] == [feed_id]


async def test_retiring_leaves_the_feeds_of_people(store: Store, world: World) -> None:
    own = await world.feed()
    async with store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
        assert [f.id for f in await feeds.due(tx, NOW, 10, 4)] == [own]


async def test_a_retired_feed_that_a_person_adds_is_theirs_from_then_on(store: Store, world: World) -> None:
    """Else the next start would retire what a person chose."""
    feed_id = await world.feed("a.example/feed", origin="config")
    async with store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
    assert await world.feed("a.example/feed", origin="person") == feed_id
    async with store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
        assert [f.id for f in await feeds.due(tx, NOW, 10, 4)] == [feed_id]


async def test_a_poll_that_worked(store: Store, world: World) -> None:
    feed_id = await world.feed()
    async with store.write() as tx:
        await feeds.record_failures(
            tx, [FailedPoll(feed_id=feed_id, at=NOW, next_poll_at=later(minutes=5), error="no answer")]
        )
        await feeds.polled(
            tx,
            [
                Polled(
                    feed_id=feed_id,
                    at=later(minutes=5),
                    next_poll_at=later(minutes=35),
                    etag="e",
                    last_modified="m",
                    body_hash="b",
                )
            ],
        )
        await feeds.polled(
            tx,
            [
                Polled(
                    feed_id=feed_id,
                    at=later(minutes=35),
                    next_poll_at=later(minutes=65),
                    etag="",
                    last_modified="",
                    body_hash="c",
                )
            ],
        )
        feed = await feeds.get(tx, feed_id)
    assert feed is not None
    assert (feed.failures, feed.error) == (0, "")
    assert (feed.etag, feed.last_modified, feed.body_hash) == ("", "", "c")
    assert (feed.polled_at, feed.ok_at) == (later(minutes=35), later(minutes=35))
    assert (feed.first_ok_at, feed.next_poll_at) == (later(minutes=5), later(minutes=65))


async def test_a_poll_that_failed_keeps_the_validators(store: Store, world: World) -> None:
    feed_id = await world.feed()
    await polled(store, feed_id, 10)
    async with store.write() as tx:
        for _ in range(2):
            await feeds.record_failures(
                tx,
                [
                    FailedPoll(
                        feed_id=feed_id,
                        at=later(minutes=10),
                        next_poll_at=later(minutes=40),
                        error="x" * 2000,
                    )
                ],
            )
        feed = await feeds.get(tx, feed_id)
    assert feed is not None
    assert (feed.failures, len(feed.error), feed.etag) == (2, 500, '"1"')
    assert (feed.polled_at, feed.ok_at, feed.next_poll_at) == (later(minutes=10), NOW, later(minutes=40))


async def test_a_feed_describes_itself_only_where_nobody_has(store: Store, world: World) -> None:
    named = await world.feed(title="Named", outlet="", language="de")
    bare = await world.feed(title="", outlet="")
    async with store.write() as tx:
        for feed_id in (named, bare):
            for title, language, home in (("Self", "it", "https://self.example/"), ("Later", "fr", "")):
                feed = await feeds.get(tx, feed_id)
                assert feed is not None
                poll = Polled(
                    feed_id=feed_id,
                    at=NOW,
                    next_poll_at=later(minutes=5),
                    etag="e",
                    last_modified="m",
                    body_hash="b",
                )
                document = ParsedFeed(title=title, home=home, language=language, entries=())
                await feeds.record_documents(
                    tx, [Read(before=feed, poll=poll, feed=document, rhythm=timedelta(hours=1), newest=None)]
                )
        found = [await feeds.get(tx, feed_id) for feed_id in (named, bare)]
    assert [(f.title, f.outlet, f.language, f.home, f.etag) for f in found if f] == [
        ("Named", "Self", "de", "https://self.example/", "e"),
        ("Self", "Self", "it", "https://self.example/", "e"),
    ]


async def test_polls_are_recorded_together(store: Store, world: World) -> None:
    ids = [await world.feed() for _ in range(3)]
    async with store.write() as tx:
        await feeds.polled(
            tx,
            [
                Polled(
                    feed_id=i,
                    at=NOW,
                    next_poll_at=later(minutes=i),
                    etag=f"e{i}",
                    last_modified="",
                    body_hash="b",
                )
                for i in ids
            ],
        )
        found = {feed.id: feed for feed in await feeds.all_active(tx)}
    assert [found[i].etag for i in ids] == [f"e{i}" for i in ids]
    assert [found[i].next_poll_at for i in ids] == [later(minutes=i) for i in ids]


async def test_a_failure_is_counted_from_its_first_moment_and_a_success_ends_it(
    store: Store, world: World
) -> None:
    feed_id = await world.feed()
    async with store.write() as tx:
        await feeds.record_failures(
            tx, [FailedPoll(feed_id=feed_id, at=NOW, next_poll_at=NOW, error="x", gone=True)]
        )
        await feeds.record_failures(
            tx, [FailedPoll(feed_id=feed_id, at=later(minutes=9), next_poll_at=NOW, error="x", gone=True)]
        )
        failing = await feeds.get(tx, feed_id)
        await feeds.record_failures(
            tx, [FailedPoll(feed_id=feed_id, at=later(minutes=10), next_poll_at=NOW, error="x")]
        )
        other = await feeds.get(tx, feed_id)
        await feeds.polled(
            tx, [Polled(feed_id=feed_id, at=NOW, next_poll_at=NOW, etag="", last_modified="", body_hash="")]
        )
        well = await feeds.get(tx, feed_id)
    assert failing is not None
    assert other is not None
    assert well is not None
    assert (failing.failing_since, failing.gone_at) == (NOW, NOW)
    assert (other.failing_since, other.gone_at) == (NOW, None)
    assert (well.failing_since, well.gone_at) == (None, None)


async def test_a_moved_feed_is_known_by_both_addresses(store: Store, world: World) -> None:
    feed_id = await world.feed("old.example/feed", origin="config")
    async with store.write() as tx:
        await feeds.polled(
            tx,
            [Polled(feed_id=feed_id, at=NOW, next_poll_at=NOW, etag="e", last_modified="m", body_hash="b")],
        )
        feed = await feeds.get(tx, feed_id)
        assert feed is not None
        await feeds.move(tx, feed, "https://new.example/feed", "new.example/feed")
        await feeds.move(tx, feed, "https://newest.example/feed", "newest.example/feed")
        feed = await feeds.get(tx, feed_id)
        twins = [
            await feeds.twin_of(tx, key, None) for key in ("old.example/feed", "newest.example/feed", "x")
        ]
    assert feed is not None
    assert (feed.url, feed.etag, feed.body_hash) == ("https://newest.example/feed", "", "")
    assert twins == [feed_id, feed_id, None]
    assert await world.feed("old.example/feed", origin="config") == feed_id


async def test_a_configured_feed_that_has_ended_stays_so_until_a_person_asks(
    store: Store, world: World
) -> None:
    feed_id = await world.feed("a.example/feed", origin="config")
    async with store.write() as tx:
        await feeds.set_values(tx, feed_id, state=FeedState.RETIRED, gone_at=NOW)
    await world.feed("a.example/feed", origin="config")
    async with store.read() as tx:
        assert [f.id for f in await feeds.due(tx, NOW, 10, 4)] == []
    await world.feed("a.example/feed", origin="person")
    async with store.read() as tx:
        assert [f.id for f in await feeds.due(tx, NOW, 10, 4)] == [feed_id]


async def test_what_a_document_tells_of_its_feed(store: Store, world: World) -> None:
    feed_id = await world.feed()
    parsed = ParsedFeed(
        title="T",
        home="",
        language="",
        entries=(),
        min_interval=900,
        skip_hours=frozenset({1, 0}),
        skip_days=frozenset({6}),
        items=("a1", "b2"),
    )
    async with store.write() as tx:
        assert await feeds.items_of(tx, [feed_id]) == {feed_id: frozenset()}
        before = await feeds.get(tx, feed_id)
        assert before is not None
        poll = Polled(
            feed_id=feed_id, at=NOW, next_poll_at=later(minutes=5), etag="e", last_modified="m", body_hash="b"
        )
        await feeds.record_documents(
            tx, [Read(before=before, poll=poll, feed=parsed, rhythm=timedelta(minutes=20), newest=NOW)]
        )
        assert await feeds.items_of(tx, [feed_id]) == {feed_id: {"a1", "b2"}}
        feed = await feeds.get(tx, feed_id)
    assert feed is not None
    assert (feed.rhythm, feed.ttl, feed.skip_hours, feed.skip_days, feed.newest_at) == (
        1200,
        900,
        [0, 1],
        [6],
        NOW,
    )


async def test_a_hub_knows_a_feed_by_its_key(store: Store, world: World) -> None:
    feed_id = await world.feed()
    await world.feed()
    async with store.write() as tx:
        await feeds.set_values(tx, feed_id, hub_key="k")
        found = await feeds.by_hub_key(tx, "k")
        assert await feeds.by_hub_key(tx, "") is None
    assert found is not None
    assert found.id == feed_id
