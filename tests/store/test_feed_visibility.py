"""Whom feeds count for: everybody, the servers that added them, or one alone."""

import json

from sqlalchemy import text

from bot.model import FeedState, Place, PlaceKind
from bot.store import Store, feed_visibility, feeds, open_store, places
from bot.store.feed_visibility import Adder
from bot.store.feeds import Polled
from tests.store.conftest import NOW, World


async def seen(store: Store, server_id: int | None) -> list[int]:
    async with store.read() as tx:
        return sorted(feed.id for feed in await feeds.visible(tx, server_id))


async def servers(world: World, count: int = 2) -> list[int]:
    return [(await world.channel(f"chat-{n}", server=f"server-{n}")).server_id for n in range(count)]


async def read(store: Store, *feed_ids: int) -> None:
    async with store.write() as tx:
        await feeds.polled(
            tx,
            [
                Polled(feed_id=number, at=NOW, next_poll_at=NOW, etag="", last_modified="", body_hash="b")
                for number in feed_ids
            ],
        )


async def test_what_a_server_adds_counts_there_until_it_is_opened_and_closed_again(
    store: Store, world: World
) -> None:
    mine, theirs = await servers(world)
    feed_id = await world.feed(server_id=mine, title="A")
    assert (await seen(store, mine), await seen(store, theirs), await seen(store, None)) == (
        [feed_id],
        [],
        [],
    )
    for shared, count in ((True, 1), (False, 0)):
        async with store.write() as tx:
            assert await feed_visibility.share(tx, feed_id, shared=shared) == "A"
        assert len(await seen(store, theirs)) == len(await seen(store, None)) == count
        assert await seen(store, mine) == [feed_id]


async def test_two_servers_that_add_the_same_address_share_one_row(store: Store, world: World) -> None:
    mine, theirs = await servers(world)
    feed_id = await world.feed("a.example/feed", server_id=mine)
    assert await world.feed("a.example/feed", server_id=theirs, title="Another name") == feed_id
    assert await seen(store, mine) == await seen(store, theirs) == [feed_id]
    async with store.read() as tx:
        feed = await feeds.get(tx, feed_id)
    assert feed is not None
    assert (feed.title, feed.shared, feed.server_id) == ("a.example/feed", False, None)


async def test_what_a_server_added_is_everybodys_once_it_is_configured_and_theirs_afterwards(
    store: Store, world: World
) -> None:
    mine, theirs = await servers(world)
    feed_id = await world.feed("a.example/feed", server_id=mine)
    assert await world.feed("a.example/feed", origin="config") == feed_id
    assert await seen(store, theirs) == [feed_id]
    async with store.write() as tx:
        assert await feed_visibility.share(tx, feed_id, shared=False) is None
        await feeds.retire_missing(tx, "config", [])
    assert await seen(store, theirs) == []
    assert await seen(store, mine) == [feed_id]
    async with store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
    assert await seen(store, mine) == [feed_id]


async def test_a_server_that_revives_what_the_operator_took_away_has_it_for_itself(
    store: Store, world: World
) -> None:
    mine, theirs = await servers(world)
    feed_id = await world.feed("a.example/feed", origin="config")
    async with store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
    assert await seen(store, mine) == []
    assert await world.feed("a.example/feed", server_id=mine) == feed_id
    assert (await seen(store, mine), await seen(store, theirs)) == ([feed_id], [])


async def test_what_has_ended_comes_back_as_open_as_it_was(store: Store, world: World) -> None:
    mine, theirs = await servers(world)
    feed_id = await world.feed("a.example/feed", server_id=mine)
    async with store.write() as tx:
        await feed_visibility.share(tx, feed_id, shared=True)
        await feeds.set_values(tx, feed_id, state=FeedState.RETIRED, gone_at=NOW)
        assert await feed_visibility.share(tx, feed_id, shared=False) is None
    await world.feed("a.example/feed", server_id=theirs)
    assert await seen(store, None) == [feed_id]


async def test_a_private_feed_is_never_opened_nor_offered(store: Store, world: World) -> None:
    mine, theirs = await servers(world)
    feed_id = await world.feed(server_id=mine, private=True)
    await read(store, feed_id)
    async with store.write() as tx:
        assert await feed_visibility.share(tx, feed_id, shared=True) is None
        assert await feed_visibility.waiting_feeds(tx) == []
        assert await feed_visibility.unannounced(tx) == []
    assert (await seen(store, mine), await seen(store, theirs)) == ([feed_id], [])


async def test_a_feed_without_a_server_cannot_be_closed(store: Store, world: World) -> None:
    """It would count for nobody."""
    feed_id = await world.feed()
    async with store.write() as tx:
        assert await feed_visibility.share(tx, feed_id, shared=False) is None
        assert await feed_visibility.share(tx, 404, shared=True) is None


async def test_what_waits_is_offered_once_it_is_read_with_who_added_it(store: Store, world: World) -> None:
    mine, theirs = await servers(world)
    async with store.write() as tx:
        named = Place(
            platform="telegram",
            address="chat-1",
            kind=PlaceKind.GROUP,
            server_address="server-1",
            server_name="Owls",
        )
        await places.ensure_channel_record(tx, named, {})
    one, both = (
        await world.feed(title="One", server_id=mine),
        await world.feed("b", title="Both", server_id=mine),
    )
    await world.feed("b", server_id=theirs)
    await world.feed("unread", server_id=mine)
    await read(store, one, both)
    async with store.read() as tx:
        found = await feed_visibility.waiting_feeds(tx)
    assert [(feed.feed_id, feed.title) for feed in found] == [(both, "Both"), (one, "One")]
    assert found[0].servers == (Adder("telegram", ""), Adder("telegram", "Owls"))


async def test_operators_are_told_of_a_feed_once_and_only_where_there_are_others_to_open_it_to(
    store: Store, world: World
) -> None:
    mine = (await world.channel("chat-0", server="server-0")).server_id
    feed_id = await world.feed(server_id=mine)
    await read(store, feed_id)
    async with store.write() as tx:
        assert await feed_visibility.unannounced(tx) == []
    await servers(world)
    async with store.write() as tx:
        assert await feed_visibility.unannounced(tx) == [feed_id]
        await feed_visibility.mark_announced(tx, [feed_id], NOW)
        assert await feed_visibility.unannounced(tx) == []


async def test_a_feed_whose_place_another_takes_hands_over_whom_it_counts_for(
    store: Store, world: World
) -> None:
    mine, theirs, others = await servers(world, 3)
    old, new = await world.feed(server_id=mine), await world.feed(server_id=theirs)
    async with store.write() as tx:
        await feed_visibility.join(tx, old, new)
    assert [len(await seen(store, server)) for server in (mine, theirs, others)] == [2, 1, 0]
    everybodys = await world.feed()
    secret = await world.feed(server_id=mine, private=True)
    async with store.write() as tx:
        await feed_visibility.join(tx, everybodys, secret)
        await feed_visibility.join(tx, everybodys, new)
    assert await seen(store, others) == [new, everybodys]


# --- databases from before ---------------------------------------------------------------------------------

BEFORE = """
INSERT INTO servers (id, platform, address, name) VALUES (1, 'telegram', 'a', ''), (2, 'telegram', 'b', ''), (3, 'telegram', 'c', '');
INSERT INTO channels (id, platform, address, thread, server_id, name, kind, language, zone, rights, bot_link, state, state_reason, last_post, publish_no, origin)
  VALUES (1, 'telegram', 'a', '', 1, '', 'group', 'en', 'UTC', '[]', '', 'active', '', '', 0, 'person'),
         (2, 'telegram', 'b', '', 2, '', 'group', 'en', 'UTC', '[]', '', 'active', '', '', 0, 'person');
"""
FEED = (
    "INSERT INTO feeds (id, url, url_key, server_id, title, outlet, home, language, kind, weight, ai_only, origin, state, etag,"
    " last_modified, body_hash, failures, error) VALUES (:id, :url, :key, :server, '', '', '', '', 'news outlet', 1, false, :origin,"
    " :state, '', '', '', 0, '')"
)
WISH = (
    "INSERT INTO subscriptions (id, channel_id, topic, feed_ids, times, days, instant, size, length, read_up_to, instant_up_to,"
    " created_at, origin, state) VALUES (:id, :channel, 'ai', :feeds, '[]', '[]', false, 5, 'line', 0, 0, '2026-03-02 09:00:00', 'person', :state)"
)
OLD = [
    (1, "configured.example", None, "config", "active"),
    (2, "both.example", 1, "person", "active"),
    (3, "both.example", 2, "person", "active"),
    (4, "ann:s3cret@secret.example", 1, "person", "active"),
    (5, "alone.example", 3, "person", "active"),
    (6, "dropped.example", None, "config", "retired"),
    (7, "dropped.example", 2, "person", "active"),
]


async def test_what_servers_had_before_is_theirs_and_the_same_address_becomes_one(
    empty_database: str,
) -> None:
    old = await open_store(empty_database, to="0007")
    async with old.write() as tx:
        for statement in BEFORE.split(";")[:-1]:
            await tx.execute(text(statement))
        for number, key, server, origin, state in OLD:
            row = {
                "id": number,
                "url": f"https://{key}/f",
                "key": f"{key}/f",
                "server": server,
                "origin": origin,
            }
            await tx.execute(text(FEED), {**row, "state": state})
        for number, channel, named, state in (
            (1, 2, [3], "active"),
            (2, 2, [1, 3, 2], "active"),
            (3, 1, [5], "retired"),
        ):
            row = {"id": number, "channel": channel, "feeds": json.dumps(named), "state": state}
            await tx.execute(text(WISH), row)
    await old.close()
    store = await open_store(empty_database)
    assert await seen(store, None) == [1]
    assert await seen(store, 1) == [1, 2, 4]
    assert await seen(store, 2) == [1, 2, 6]
    assert await seen(store, 3) == [1, 5]
    async with store.read() as tx:
        rows = [
            row.feed_ids for row in await tx.execute(text("SELECT feed_ids FROM subscriptions ORDER BY id"))
        ]
        added = await tx.execute(
            text("SELECT feed_id, server_id FROM feed_servers ORDER BY feed_id, server_id")
        )
        assert [tuple(row) for row in added] == [(1, 2), (2, 1), (2, 2), (4, 1), (5, 3), (6, 2)]
        secret = await feeds.get(tx, 4)
    assert [json.loads(w) if isinstance(w, str) else w for w in rows] == [[2], [1, 2], [5]]
    assert secret is not None
    assert (secret.server_id, secret.shared) == (1, False)
    await store.close()
