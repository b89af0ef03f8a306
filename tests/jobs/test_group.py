"""group: the index is a cache, learned counts are not."""

from datetime import timedelta

from bot.jobs.group import Grouper
from bot.store.schema import frequencies
from tests.jobs.world import World, alpine, corvid, corvid_elsewhere, garden, larkwell, settings


async def test_where_nothing_waits_nothing_is_done(world: World) -> None:
    await Grouper(world.ctx, settings().frequencies, settings().grouping).run(0)
    assert world.woken == []
    assert world.events("grouped") == []


async def test_what_left_the_window_is_learned_and_survives_a_restart(both: World) -> None:
    feed = await both.feed("halden", corvid(), larkwell())
    await both.settle("collect", "group")
    both.clock.advance(timedelta(days=6))
    both.serve("halden", garden(hours=-140))
    await both.poll(feed)
    await both.settle("group")
    learned = {row.term: row.documents for row in await both.rows(frequencies)}
    assert learned[""] == 2
    again = await both.restarted()
    again.serve("halden", alpine(hours=-141))
    await again.poll(feed)
    await again.settle("group")
    assert len({entry.story_id for entry in await again.entries()}) == 4


async def test_a_restart_goes_on_with_the_same_stories(both: World) -> None:
    await both.feed("halden", corvid(), larkwell())
    await both.settle("collect", "group")
    again = await both.restarted()
    await again.feed("ledger", corvid_elsewhere())
    await again.settle("collect", "group")
    stories = {entry.title: entry.story_id for entry in await again.entries()}
    assert stories[corvid_elsewhere().title] == stories[corvid().title] != stories[larkwell().title]
