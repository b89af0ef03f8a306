"""group: the index is a cache, learned counts are not."""

from bot.jobs.group import Grouper
from tests.jobs.world import World, corvid, corvid_elsewhere, larkwell, settings


async def test_where_nothing_waits_nothing_is_done(world: World) -> None:
    await Grouper(world.ctx, settings().frequencies).run(0)
    assert world.woken == []
    assert world.events("grouped") == []


async def test_a_restart_goes_on_with_the_same_stories_and_what_was_learned(both: World) -> None:
    await both.feed("halden", corvid(), larkwell())
    await both.settle("collect", "group")
    again = await both.restarted()
    await again.feed("ledger", corvid_elsewhere())
    await again.settle("collect", "group")
    stories = {entry.title: entry.story_id for entry in await again.entries()}
    assert stories[corvid_elsewhere().title] == stories[corvid().title] != stories[larkwell().title]
