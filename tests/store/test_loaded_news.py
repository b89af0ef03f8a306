"""News that many channels see alike is loaded once, and anew as soon as anything shown of it has changed."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import update

from bot.model import Verdict
from bot.store import Store, Tx, content, entries, feeds, loaded_news, open_store, sagas, stories
from bot.store.feeds import FailedPoll
from bot.store.loaded_news import LoadedNews, News
from bot.store.schema import entries as entry_table
from tests.store.conftest import NOW, World, later

LONG_AGO = NOW - timedelta(days=30)


class Reader:
    """Asks for news as publishing does, and counts how often it is loaded."""

    def __init__(self, store: Store, feed_ids: list[int]) -> None:
        self.store, self.feed_ids = store, feed_ids
        self.memory = LoadedNews(most=2)
        self.loads = 0

    async def read(self, after: int = 0, since: datetime = LONG_AGO, **view: Any) -> News:
        async def counted(*args: Any, **window: Any) -> News:
            self.loads += 1
            return await load(*args, **window)

        load = loaded_news.load
        with patch.object(loaded_news, "load", counted):
            async with self.store.read() as tx:
                return await self.memory.changed(
                    tx,
                    after=after,
                    up_to=await stories.newest_change(tx),
                    since=since,
                    **({"topic": "all", "feed_ids": self.feed_ids} | view),
                )


async def reader_of(world: World, store: Store) -> tuple[Reader, int]:
    """Return a reader of a feed with two stories, and the id of the newer one's entry."""
    feed_id = await world.feed()
    await world.story(await world.entry(feed_id))
    entry_id = await world.entry(feed_id)
    await world.story(entry_id)
    return Reader(store, [feed_id]), entry_id


async def test_what_nothing_has_changed_is_loaded_once(store: Store, world: World) -> None:
    reader, _ = await reader_of(world, store)
    first, second = await reader.read(), await reader.read()
    assert reader.loads == 1
    assert [story.id for story in first.stories] == [1, 2]
    assert all(a is b for a, b in zip(first.stories, second.stories, strict=True))


async def test_a_later_cursor_and_a_shorter_window_are_parts_of_it(store: Store, world: World) -> None:
    reader, _ = await reader_of(world, store)
    await world.story(await world.entry(reader.feed_ids[0]), at=later(hours=5))
    assert len((await reader.read()).stories) == 3
    assert [story.id for story in (await reader.read(after=1)).stories] == [2, 3]
    assert [story.id for story in (await reader.read(since=later(hours=1))).stories] == [3]
    assert reader.loads == 1


async def test_an_earlier_cursor_loads_for_both(store: Store, world: World) -> None:
    reader, _ = await reader_of(world, store)
    assert len((await reader.read(after=1)).stories) == 1
    assert len((await reader.read()).stories) == 2
    assert len((await reader.read(after=1)).stories) == 1
    assert reader.loads == 2


async def test_another_view_is_another_one(store: Store, world: World) -> None:
    reader, _ = await reader_of(world, store)
    await reader.read()
    assert (await reader.read(topic="ai")).stories == ()
    assert (await reader.read(feed_ids=[])).stories == ()
    assert reader.loads == 3
    await reader.read()
    assert reader.loads == 4, "only the last two views are kept"


async def edit(tx: Tx, entry_id: int) -> None:
    await tx.execute(update(entry_table).where(entry_table.c.id == entry_id).values(title="Other words"))


async def read_page(tx: Tx, entry_id: int) -> None:
    await entries.record_page(tx, entry_id, "What the page says.")


async def count_points(tx: Tx, entry_id: int) -> None:
    await entries.set_counts(tx, {entry_id: (42, 30)})


async def judge(tx: Tx, entry_id: int) -> None:
    await entries.store_verdicts(
        tx, {entry_id: [Verdict(topic="ai", relevant=True, score=1.0, rules="1", reason="")]}
    )


async def move(tx: Tx, entry_id: int) -> None:
    assert await stories.move_entry(tx, entry_id, 1, NOW)


async def name_feed(tx: Tx, _entry_id: int) -> None:
    await feeds.set_values(tx, 1, outlet="The Halden Post")


async def touch(tx: Tx, _entry_id: int) -> None:
    await stories.touch(tx, 1, await stories.take_changes(tx, 1), NOW)


async def relate(tx: Tx, _entry_id: int) -> None:
    await sagas.relate(tx, {1: {2: 0.5}}, NOW)


@pytest.mark.parametrize(
    "change",
    [edit, read_page, count_points, judge, move, name_feed, touch, relate],
    ids=lambda c: c.__name__,
)
async def test_what_has_changed_is_loaded_anew(
    store: Store, world: World, change: Callable[[Tx, int], Awaitable[None]]
) -> None:
    reader, entry_id = await reader_of(world, store)
    before = await reader.read()
    async with store.write() as tx:
        await change(tx, entry_id)
    after = await reader.read()
    assert reader.loads == 2
    assert (after.stories, after.off_topic, after.related) != (
        before.stories,
        before.off_topic,
        before.related,
    ) or change is judge, "verdicts of another topic change nothing here"


async def test_what_another_process_changes_is_noticed(store: Store, world: World, database: str) -> None:
    reader, entry_id = await reader_of(world, store)
    await reader.read()
    other = await open_store(database)
    async with other.write() as tx:
        await edit(tx, entry_id)
    await other.close()
    assert [entry.title for entry in (await reader.read()).stories[1].entries] == ["Other words"]


async def test_what_was_rolled_back_has_changed_nothing(store: Store, world: World) -> None:
    reader, entry_id = await reader_of(world, store)
    await reader.read()
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  the transaction is what fails
        async with store.write() as tx:
            await edit(tx, entry_id)
            _ = 1 / 0
    async with store.write() as tx:
        await entries.let_go(tx, [entry_id])
    await reader.read()
    assert reader.loads == 1


async def test_a_poll_that_brings_nothing_changes_nothing(store: Store, world: World) -> None:
    await reader_of(world, store)
    async with store.read() as tx:
        before = await content.change_count(tx)
    failure = FailedPoll(feed_id=1, at=NOW, next_poll_at=later(hours=1), error="gone")
    async with store.write() as tx:
        await feeds.record_failures(tx, [failure])
    async with store.read() as tx:
        assert await content.change_count(tx) == before > 0
