"""group: the index is a cache, learned counts are not."""

from datetime import timedelta

from bot.jobs.group import Grouper
from bot.store.schema import frequencies
from tests.support.world import World, alpine, corvid, corvid_elsewhere, garden, larkwell, settings


async def test_where_nothing_waits_nothing_is_done(world: World) -> None:
    await Grouper(world.ctx, settings().frequencies, settings().grouping).run(0)
    assert world.woken == []
    assert world.events("entries.grouped") == []


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


# --- feeds of a server's own -------------------------------------------------------------------------------


async def test_a_servers_own_feed_hides_no_article_from_others(world: World) -> None:
    """Its entry has the words of a told story and the link of an article to come: elsewhere the article is told as ever."""
    channel = await world.channel("readers", server="readers")
    mallory = await world.channel("mallory", server="mallory")
    await world.feed("halden", larkwell(hours=2))
    await world.wants(channel, "10:00")
    await world.settle()
    world.clock.advance(timedelta(hours=1, minutes=2))
    await world.settle()
    assert any("Larkwell" in headline for headline in world.platform.headlines(channel))
    bait = larkwell(hours=1, slug="x", link="https://vale.example/alpine")
    own = await world.feed("mallory", bait, server_id=mallory.server_id)
    await world.poll(own)
    await world.settle("group")
    vale = await world.feed("vale", alpine(hours=0))
    await world.poll(vale)
    await world.settle("group")
    by_feed = {row.feed_id: row.story_id for row in await world.entries()}
    assert by_feed[own] == by_feed[1]
    assert by_feed[vale] not in {by_feed[1], by_feed[own]}


async def test_what_a_server_had_first_goes_into_the_story_that_all_see(world: World) -> None:
    mine = await world.channel("club", server="club")
    own = await world.feed("own", corvid(hours=3), server_id=mine.server_id)
    await world.poll(own)
    await world.settle("group")
    common = await world.feed("common", corvid_elsewhere(hours=1))
    await world.poll(common)
    await world.settle("group")
    by_feed = {row.feed_id: row.story_id for row in await world.entries()}
    assert by_feed[own] == by_feed[common]
