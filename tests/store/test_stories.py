"""Stories in the store: changes without gaps, and views that hold one channel's feeds and topic."""

import asyncio

import pytest
from sqlalchemy import select, update

from bot.model import ToldMark
from bot.store import Store, entries, stories, subscriptions
from bot.store.schema import stories as table
from tests.store.conftest import NOW, World, later


async def changes(store: Store) -> list[int]:
    async with store.read() as tx:
        return sorted((await tx.execute(select(table.c.change_no))).scalars())


async def test_change_numbers_have_no_gaps_whoever_takes_them(store: Store, world: World) -> None:
    feed_id = await world.feed()
    ids = [await world.entry(feed_id) for _ in range(12)]
    await asyncio.gather(*(world.story(entry_id) for entry_id in ids))
    assert await changes(store) == list(range(1, 13))


async def test_a_failed_grouping_gives_its_numbers_back(store: Store, world: World) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  the transaction is what fails
        async with store.write() as tx:
            await stories.create(tx, await stories.take_changes(tx, 3), NOW)
            _ = 1 / 0
    await world.story(await world.entry(await world.feed()))
    assert await changes(store) == [1]


async def test_several_numbers_are_consecutive(store: Store) -> None:
    async with store.write() as tx:
        assert await stories.newest_change(tx) == 0
        assert [await stories.take_changes(tx, n) for n in (1, 3, 2)] == [1, 2, 5]
        assert await stories.newest_change(tx) == 6


async def test_a_story_that_grows_changes(store: Store, world: World) -> None:
    feed_id = await world.feed()
    story_id = await world.story(await world.entry(feed_id))
    await world.joins(story_id, await world.entry(feed_id), later(hours=1))
    async with store.read() as tx:
        story = await stories.get(tx, story_id, [feed_id])
        assert await entries.ungrouped(tx, 10) == []
    assert story is not None
    assert (story.change_no, story.created_at, story.changed_at) == (2, NOW, later(hours=1))
    assert len(story.entries) == 2


async def test_a_view_holds_its_own_feeds_in_order_of_publication(store: Store, world: World) -> None:
    mine, other = await world.feed(outlet="Mine"), await world.feed()
    second = await world.entry(mine, published=later(hours=2))
    foreign = await world.entry(other, published=NOW)
    first = await world.entry(mine, published=later(hours=1))
    story_id = await world.story(second, foreign, first)
    async with store.read() as tx:
        view = await stories.get(tx, story_id, [mine])
        assert await stories.get(tx, story_id, []) is None
        assert await stories.get(tx, story_id + 1, [mine]) is None
    assert view is not None
    assert [entry.id for entry in view.entries] == [first, second]
    assert view.entries[0].outlet == "Mine"


async def test_what_changed_since_a_cursor_on_a_topic(store: Store, world: World) -> None:
    feed_id = await world.feed()
    found = [
        await world.story(await world.entry(feed_id, topic=topic)) for topic in ("ai", "chips", "ai", "ai")
    ]
    old = await world.story(await world.entry(feed_id, topic="ai"), at=later(days=-3))

    async def ids(after: int, up_to: int, topic: str = "ai") -> list[int]:
        async with store.read() as tx:
            return [
                s.id
                for s in await stories.changed_stories(tx, after, up_to, topic, [feed_id], later(days=-2))
            ]

    assert await ids(0, 10) == [found[0], found[2], found[3]]
    assert await ids(1, 3) == [found[2]]
    assert await ids(4, 4) == []
    assert await ids(0, 10, "chips") == [found[1]]
    assert await ids(0, 10, "all") == found
    assert old not in await ids(0, 10, "all")


async def test_a_topic_counts_only_in_the_feeds_of_the_view(store: Store, world: World) -> None:
    mine, other = await world.feed(), await world.feed()
    off_topic, on_topic = await world.entry(mine), await world.entry(other, topic="ai")
    await world.story(off_topic, on_topic)
    async with store.read() as tx:
        assert await stories.changed_stories(tx, 0, 9, "ai", [mine], later(days=-1)) == []
        (view,) = await stories.changed_stories(tx, 0, 9, "ai", [mine, other], later(days=-1))
        assert len(view.entries) == 2


async def test_a_merged_story_is_shown_as_the_one_it_went_into(store: Store, world: World) -> None:
    feed_id = await world.feed()
    gone, kept = [await world.story(await world.entry(feed_id, topic="ai")) for _ in range(2)]
    async with store.write() as tx:
        await tx.execute(update(table).where(table.c.id == gone).values(merged_into=kept))
        story = await stories.get(tx, gone, [feed_id])
        changed = await stories.changed_stories(tx, 0, 9, "ai", [feed_id], later(days=-1))
    assert story is not None
    assert story.id == kept
    assert [found.id for found in changed] == [kept]


async def test_document_frequencies_add_up(store: Store) -> None:
    async with store.write() as tx:
        await stories.add_frequencies(tx, {"": 2, "model": 2})
        await stories.add_frequencies(tx, {"": 1, "chip": 1, "model": 1})
        await stories.add_frequencies(tx, {})
        assert await stories.load_term_counts(tx) == {"": 3, "model": 3, "chip": 1}


async def test_a_fortnight_comes_with_the_openings_of_its_texts(store: Store, world: World) -> None:
    feed_id = await world.feed()
    entry_id = await world.entry(feed_id, text="abcdefgh")
    story_id = await world.story(entry_id)
    async with store.read() as tx:
        (found,) = await stories.since(tx, later(days=-14), "all", [feed_id], 3)
        assert (found.id, found.entries[0].text, found.entries[0].id) == (story_id, "abc", entry_id)
        assert await stories.since(tx, later(days=14), "all", [feed_id], 3) == []
        assert await stories.since(tx, later(days=-14), "ai", [feed_id], 3) == []


async def test_why_an_entry_has_its_story_is_remembered_once(store: Store, world: World) -> None:
    entry_id = await world.entry(await world.feed())
    async with store.write() as tx:
        await stories.record_placements(tx, {})
        await stories.record_placements(tx, {entry_id: (0.5, "shared rare words")})
        await stories.record_placements(tx, {entry_id: (0.9, "the same link or title")})
        assert await stories.placement_of(tx, entry_id) == (0.5, "shared rare words")
        assert await stories.placement_of(tx, entry_id + 1) is None


async def test_a_merged_story_is_known_by_both_its_ids(store: Store, world: World) -> None:
    feed_id = await world.feed()
    first, second = [await world.story(await world.entry(feed_id)) for _ in range(2)]
    async with store.write() as tx:
        await stories.merge(tx, second, first, NOW)
        assert sorted(await stories.names_of(tx, first)) == sorted([first, second])


async def test_an_entry_moves_to_another_story_unless_it_was_told(store: Store, world: World) -> None:
    feed_id = await world.feed()
    one, other = await world.entry(feed_id), await world.entry(feed_id)
    async with store.write() as tx:
        first, second = await stories.create(tx, 1, NOW), await stories.create(tx, 2, NOW)
        await stories.assign(tx, {one: first, other: second}, NOW)
        await stories.take_changes(tx, 2)
        assert await stories.move_entry(tx, one, second, NOW)
    async with store.read() as tx:
        assert [e.id for e in (await stories.get(tx, first, [feed_id])).entries] == [one, other]  # type: ignore[union-attr]
    channel = await world.channel()
    async with store.write() as tx:
        await subscriptions.store_marks(
            tx, channel.id, [ToldMark(story_id=second, told_at=NOW, entry_ids=frozenset({one}), said="said")]
        )
        assert not await stories.move_entry(tx, one, first, NOW)
