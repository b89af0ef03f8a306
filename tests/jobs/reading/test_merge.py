"""group: stories that turn out to be one, and stories that stay two because a channel was told both."""

from datetime import timedelta

import pytest

from bot.model import MarkKind, ToldMark
from bot.pipeline.grouping.index import Index
from bot.store import stories, subscriptions
from bot.store.schema import stories as story_table
from tests.support.world import World, corvid, corvid_elsewhere, garden, larkwell


async def two_stories(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stories of one entry each, which the index takes for twins as soon as the first one grows."""
    await world.feed("halden", corvid(), larkwell())
    await world.settle("collect", "group")
    monkeypatch.setattr(Index, "twins", lambda _self, story: [3 - story] if story in {1, 2} else [])


async def tell(world: World, *story_ids: int, kind: MarkKind = MarkKind.TOLD) -> None:
    channel = await world.channel()
    async with world.store.write() as tx:
        said = "said" if kind is MarkKind.TOLD else ""
        marks = [
            ToldMark(
                story_id=story, told_at=world.clock(), entry_ids=frozenset({story}), said=said, kind=kind
            )
            for story in story_ids
        ]
        await subscriptions.store_marks(tx, channel.id, marks)


async def grow(world: World) -> None:
    """Let the story of Corvid get one more entry."""
    await world.feed("ledger", corvid_elsewhere())
    await world.settle("collect", "group")


async def test_twins_become_the_older_story(both: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await two_stories(both, monkeypatch)
    await grow(both)
    assert {e.story_id for e in await both.entries()} == {1}
    assert [row.merged_into for row in await both.rows(story_table)] == [None, 1]
    assert len(both.events("story.merged")) == 1


async def test_what_a_channel_was_told_goes_with_its_story(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_stories(both, monkeypatch)
    await tell(both, 2)
    await grow(both)
    async with both.store.read() as tx:
        assert set(await subscriptions.marks_in(tx, 1, [1, 2])) == {1}
        found = await stories.get(tx, 2, [1, 2])
    assert found is not None
    assert found.id == 1


async def test_two_stories_that_one_channel_was_told_stay_two(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_stories(both, monkeypatch)
    await tell(both, 1, 2)
    await grow(both)
    assert {e.story_id for e in await both.entries()} == {1, 2}
    assert both.events("story.merged") == []


@pytest.mark.parametrize(("told", "pointed"), [(1, 2), (2, 1)])
async def test_a_story_that_a_channel_was_only_pointed_to_goes_into_the_one_it_was_told(
    both: World, monkeypatch: pytest.MonkeyPatch, told: int, pointed: int
) -> None:
    await two_stories(both, monkeypatch)
    await tell(both, told)
    await tell(both, pointed, kind=MarkKind.POINTED)
    await grow(both)
    assert len(both.events("story.merged")) == 1
    async with both.store.read() as tx:
        marks = await subscriptions.marks_in(tx, 1, [1, 2])
    assert {story: mark.said for story, mark in marks.items()} == {1: "said"}


async def test_after_a_restart_a_merged_story_goes_on_as_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_stories(world, monkeypatch)
    await grow(world)
    monkeypatch.undo()
    again = await world.restarted()
    again.serve("halden", garden(hours=-6), corvid(), larkwell())
    again.clock.advance(timedelta(hours=6))
    await again.settle("collect", "group")
    by_title = {e.title: e.story_id for e in await again.entries()}
    assert by_title[corvid().title] == by_title[larkwell().title] != by_title[garden().title]
