"""Entries in the store: known by three names, edited in versions, judged, grouped in order."""

from datetime import datetime

import pytest
from sqlalchemy import select

from bot.model import Change, TextKind, Verdict
from bot.store import Store, entries
from bot.store.entries import BATCH_ROWS, NewEntry
from bot.store.schema import entry_versions
from tests.store.conftest import NOW, World, keys, later


async def test_an_entry_comes_back_with_what_its_feed_says(store: Store, world: World) -> None:
    feed_id = await world.feed(outlet="The Lab", kind="blog", weight=1.5)
    entry_id = await world.entry(
        feed_id, title="Title", author="A", image="https://i.example/1", backlog=True
    )
    async with store.read() as tx:
        entry = await entries.get(tx, entry_id)
    assert entry is not None
    assert (entry.outlet, entry.kind, entry.weight) == ("The Lab", "blog", 1.5)
    assert (entry.title, entry.author, entry.image, entry.backlog) == (
        "Title",
        "A",
        "https://i.example/1",
        True,
    )
    assert (entry.version, entry.story_id, entry.published) == (1, None, NOW)


async def test_an_entry_is_known_by_key_alias_or_link_within_its_feed(store: Store, world: World) -> None:
    feed_id, other = await world.feed(), await world.feed()
    by_key = await world.entry(feed_id, keys("k1", "a1", "l1"))
    by_alias = await world.entry(feed_id, keys("k2", "a2", "l2"))
    by_link = await world.entry(feed_id, keys("k3", "a3", "l3"))
    await world.entry(feed_id, keys("k4"))
    await world.entry(other, keys("k1", "a2", "l3"))
    async with store.read() as tx:
        asked = [keys("k1"), keys("x", "a2"), keys("y", "", "l3"), keys("z")]
        found = (await entries.find_known(tx, {feed_id: asked}))[feed_id]
        nothing = await entries.find_known(tx, {feed_id: []})
    assert [entry.id for entry in found] == [by_key, by_alias, by_link]
    assert found[1].keys == keys("k2", "a2", "l2")
    assert nothing == {}


@pytest.mark.parametrize("many", [0, BATCH_ROWS])
async def test_entries_of_several_feeds_are_looked_up_together(store: Store, world: World, many: int) -> None:
    """Many keys are looked up feed by feed; that changes nothing in what is found."""
    one, two = await world.feed(), await world.feed()
    first = await world.entry(one, keys("k1", "a1", "l1"))
    second = await world.entry(two, keys("k2", "a2", "l2"))
    strange = [keys(f"x{n}") for n in range(many)]
    async with store.read() as tx:
        found = await entries.find_known(tx, {one: [keys("k1", "a1"), *strange], two: [keys("z", "", "l2")]})
    assert {feed_id: [entry.id for entry in known] for feed_id, known in found.items()} == {one: [first], two: [second]}  # fmt: skip


async def test_an_empty_alias_or_link_matches_nothing(store: Store, world: World) -> None:
    feed_id = await world.feed()
    await world.entry(feed_id, keys("k1"))
    async with store.read() as tx:
        assert await entries.find_known(tx, {feed_id: [keys("k2")]}) == {}


async def test_the_same_key_twice_is_one_entry_of_a_feed(store: Store, world: World) -> None:
    feed_id, other = await world.feed(), await world.feed()
    first = await world.entry(feed_id, keys("k"))
    assert await world.entry(other, keys("k")) != first
    row = {
        "title": "Again", "link": "", "text": "", "content_hash": "h", "text_kind": "feed", "published": NOW, "first_seen": NOW,
    }  # fmt: skip
    async with store.write() as tx:
        added = await entries.add(tx, [NewEntry(feed_id, keys(k), row) for k in ("k", "l")])
        assert list(added) == [(feed_id, "l")]
        assert await entries.add(tx, []) == {}
        entry = await entries.get(tx, first)
    assert entry is not None
    assert entry.title != "Again"


async def test_many_entries_are_added_at_once(store: Store, world: World) -> None:
    feed_id = await world.feed()
    row = {
        "title": "T", "link": "", "text": "", "content_hash": "h", "text_kind": "feed", "published": NOW, "first_seen": NOW,
    }  # fmt: skip
    async with store.write() as tx:
        added = await entries.add(tx, [NewEntry(feed_id, keys(f"k{n}"), row) for n in range(201)])
        rows = (await tx.execute(select(entry_versions.c.entry_id))).scalars()
        assert set(rows) == set(added.values())
    assert len(added) == 201


async def test_an_edit_is_a_new_version_and_the_old_one_stays(store: Store, world: World) -> None:
    entry_id = await world.entry(await world.feed(), title="One", text="First.")
    async with store.write() as tx:
        edit = {"title": "Two", "text": "Second.", "content_hash": "h2"}
        await entries.edit(tx, entry_id, 2, Change.COSMETIC, edit, later(hours=1))
        entry = await entries.get(tx, entry_id)
        rows = await tx.execute(select(entry_versions).order_by(entry_versions.c.version))
        versions = [(row.version, row.change, row.title, row.text, row.at) for row in rows]
    assert entry is not None
    assert (entry.title, entry.text, entry.version) == ("Two", "Second.", 2)
    assert versions == [(1, "first", "One", "First.", NOW), (2, "cosmetic", "Two", "Second.", later(hours=1))]


async def test_only_a_material_edit_is_grouped_again(store: Store, world: World) -> None:
    feed_id = await world.feed()
    ids = [await world.entry(feed_id) for _ in range(2)]
    story_id = await world.story(*ids)
    async with store.write() as tx:
        for entry_id, change in zip(ids, (Change.COSMETIC, Change.MATERIAL), strict=True):
            await entries.edit(
                tx, entry_id, 2, change, {"title": "New", "text": "New.", "content_hash": "h2"}, NOW
            )
        waiting = await entries.ungrouped(tx, 10)
    assert [(entry.id, entry.story_id) for entry in waiting] == [(ids[1], story_id)]


async def test_an_entry_takes_the_names_its_feed_uses_now(store: Store, world: World) -> None:
    feed_id = await world.feed()
    entry_id = await world.entry(feed_id, keys("old", "alias", "l1"))
    async with store.write() as tx:
        await entries.rekey(tx, entry_id, keys("new", "alias", "l2"))
        found = (await entries.find_known(tx, {feed_id: [keys("new")]}))[feed_id]
    assert [(entry.id, entry.keys) for entry in found] == [(entry_id, keys("new", "alias", "l2"))]


async def test_a_name_that_another_entry_of_the_feed_has_is_not_taken(store: Store, world: World) -> None:
    feed_id = await world.feed()
    first = await world.entry(feed_id, keys("k1", "", "l"))
    second = await world.entry(feed_id, keys("k2", "", "l"))
    async with store.write() as tx:
        await entries.rekey(tx, second, keys("k1", "", "l"))
        found = (await entries.find_known(tx, {feed_id: [keys("k1"), keys("k2")]}))[feed_id]
    assert [(entry.id, entry.keys.key) for entry in found] == [(first, "k1"), (second, "k2")]


async def test_a_name_that_an_entry_of_another_feed_has_is_free(store: Store, world: World) -> None:
    """Two feeds of one site share their guids."""
    feed_id, other = await world.feed(), await world.feed()
    entry_id = await world.entry(feed_id, keys("old"))
    await world.entry(other, keys("new"))
    async with store.write() as tx:
        await entries.rekey(tx, entry_id, keys("new"))
        assert [entry.id for entry in (await entries.find_known(tx, {feed_id: [keys("new")]}))[feed_id]] == [
            entry_id
        ]


async def test_verdicts_of_older_rules_are_replaced(store: Store, world: World) -> None:
    entry_id = await world.entry(await world.feed())
    new = Verdict(topic="ai", relevant=False, score=0.2, reason="a bird", rules="r2")
    async with store.write() as tx:
        first = [
            Verdict(topic="ai", relevant=True, score=0.9, reason="a model", rules="r1"),
            Verdict(topic="chips", relevant=True, score=1, reason="", rules="r1"),
        ]
        await entries.store_verdicts(tx, {entry_id: first})
        await entries.store_verdicts(tx, {entry_id: [new]})
        await entries.store_verdicts(tx, {entry_id: []})
        assert await entries.verdict_of(tx, entry_id, "ai") == new
        assert (await entries.verdict_of(tx, entry_id, "chips")) == Verdict(
            topic="chips", relevant=True, score=1, reason="", rules="r1"
        )
        assert await entries.verdict_of(tx, entry_id, "robots") is None


async def test_what_the_rules_of_today_have_not_seen(store: Store, world: World) -> None:
    ai_only, general = await world.feed(ai_only=True), await world.feed()
    old = await world.entry(general, topic="ai", first_seen=later(hours=-5))
    ids = [await world.entry(ai_only, topic="ai"), await world.entry(general)]
    async with store.read() as tx:
        by_old = await entries.unjudged(tx, "r1", later(hours=-10), 10)
        by_new = await entries.unjudged(tx, "r2", later(hours=-1), 10)
        everything = await entries.unjudged(tx, "r2", later(hours=-10), 10)
    assert [entry.id for entry, _ in by_old] == [ids[1]]
    assert {(entry.id, flag) for entry, flag in by_new} == {(ids[0], True), (ids[1], False)}
    assert {entry.id for entry, _ in everything} == {old, *ids}


async def test_grouping_takes_entries_as_they_came(store: Store, world: World) -> None:
    feed_id = await world.feed()

    async def entry(seen: float, published: float) -> int:
        return await world.entry(feed_id, first_seen=later(minutes=seen), published=later(minutes=published))

    last = await entry(2, -9)
    second = await entry(1, -4)
    first = await entry(1, -5)
    third = await entry(1, -4)
    await world.story(await entry(0, 0))
    async with store.read() as tx:
        assert [found.id for found in await entries.ungrouped(tx, 10)] == [first, second, third, last]
        assert [found.id for found in await entries.ungrouped(tx, 2)] == [first, second]
        assert await entries.waits_for_group(tx, later(minutes=1))
        assert not await entries.waits_for_group(tx, NOW)


async def test_the_recent_archive_comes_in_the_order_of_grouping(store: Store, world: World) -> None:
    feed_id = await world.feed()

    async def grouped(seen: float, published: float) -> int:
        entry_id = await world.entry(feed_id, first_seen=later(hours=seen), published=later(hours=published))
        await world.story(entry_id)
        return entry_id

    second, first = await grouped(2, 1), await grouped(1, 1)
    await grouped(0, -100)
    await world.entry(feed_id)
    async with store.read() as tx:
        parts = [part async for part in entries.grouped_since(tx, NOW)]
    assert [entry.id for part in parts for _, entry in part] == [first, second]


async def test_pages_of_a_servers_own_feeds_are_read_a_few_at_a_time(store: Store, world: World) -> None:
    hoarder = (await world.channel(server="hoarder")).server_id
    theirs, common = await world.feed(server_id=hoarder), await world.feed(origin="config")
    slow = [await world.entry(theirs, text_kind="teaser") for _ in range(5)]
    others = [await world.entry(common, text_kind="teaser") for _ in range(3)]
    async with store.write() as tx:
        await entries.want_page(tx, [*slow, *others], NOW)
    async with store.read() as tx:
        assert await entries.read_due(tx, NOW, 10, 2) == [*slow[:2], *others]


async def test_pages_are_read_when_they_are_wanted(store: Store, world: World) -> None:
    feed_id = await world.feed()
    later_one, first, never = [await world.entry(feed_id, text_kind="teaser") for _ in range(3)]

    async def due(now: datetime) -> list[int]:
        async with store.read() as tx:
            return await entries.read_due(tx, now, 10, 2)

    async with store.write() as tx:
        await entries.want_page(tx, [later_one], later(minutes=5))
        await entries.want_page(tx, [first], NOW)
        await entries.want_page(tx, [], NOW)
    assert await due(NOW) == [first]
    assert await due(later(minutes=5)) == [first, later_one]
    async with store.write() as tx:
        assert await entries.waits_for_page(tx, later(minutes=1))
        await entries.record_page(tx, first, "The whole article.")
        await entries.record_page(tx, later_one, None)
        found = [await entries.get(tx, entry_id) for entry_id in (first, later_one, never)]
        assert not await entries.waits_for_page(tx, later(minutes=-1))
    assert [(entry.text, entry.text_kind) for entry in found if entry] == [
        ("The whole article.", TextKind.PAGE),
        ("Text.", TextKind.TEASER),
        ("Text.", TextKind.TEASER),
    ]
    assert await due(later(hours=1)) == []


async def test_counting(store: Store, world: World) -> None:
    feed_id, other = await world.feed(), await world.feed()
    for feed, hours in ((feed_id, -2), (other, -1)):
        await world.entry(feed, keys("k", "", "l"), published=later(hours=hours))
    await world.entry(feed_id, first_seen=later(hours=-9), published=later(hours=-9))
    async with store.read() as tx:
        assert await entries.count_since(tx, NOW, [feed_id, other]) == 2
        assert await entries.count_since(tx, later(hours=-9), [feed_id]) == 2
        assert await entries.count_since(tx, NOW, []) == 0
        assert await entries.newest_dates(tx, [feed_id, other]) == {
            feed_id: [later(hours=-2), later(hours=-9)],
            other: [later(hours=-1)],
        }
        assert await entries.newest_dates(tx, [feed_id], 1) == {feed_id: [later(hours=-2)]}
