"""The look of posts over the wire: what is shown before it is saved is what is posted then."""

from datetime import timedelta

from tests.platforms import test_discord
from tests.platforms.living import Chats, Guilds, chats, guilds, plain
from tests.support.world import corvid, garden, larkwell

__all__ = ["chats", "guilds"]


async def test_on_telegram_hashtags_are_alive_and_lines_are_text(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden())
    await chats.world.settle()
    ada, wire = (
        chats.telegram.add_private(7),
        chats.telegram.add_channel("Wire", admins=[7], username="wire_news"),
    )
    await chats.ask(ada, 7, "/subscribe ai 10:00 @wire_news")
    for typed in ("/look hashtags on", "/look footer <b>Ours</b> #talk", "/look buttons none"):
        before = len(chats.telegram.posts(ada))
        chats.telegram.say(ada, 7, typed.replace("/look", "/look @wire_news"))
        await chats.telegram.until(lambda before=before: len(chats.telegram.posts(ada)) == before + 2)
        question, sample = chats.telegram.posts(ada)[-2:]
        chats.telegram.press(ada, question.message_id, "Save")
        await chats.telegram.until(lambda before=before: len(chats.telegram.posts(ada)) == before + 3)
    assert chats.telegram.posts(wire) == []
    chats.world.clock.advance(timedelta(minutes=61))
    await chats.world.settle("publish", "deliver")
    (posted,) = chats.telegram.posts(wire)
    assert posted.text.endswith(" #AI")
    assert "<b>Ours</b> #talk" in plain(posted)
    assert "#talk" not in posted.text
    assert not any("?start=" in link for link in posted.links)
    assert [key for row in posted.keyboard for key in row if key.get("url")] == []
    assert plain(sample).split("\n")[2:] == plain(posted).split("\n")[2:]


async def test_on_discord_lines_stand_above_and_below_and_buttons_go(guilds: Guilds) -> None:
    await guilds.world.feed("halden", corvid(), larkwell(), garden())
    await guilds.world.settle()
    await guilds.ask("subscribe", guilds.lobby, what="ai", when="10:00")
    for feature, value in (("header", "AI at noon"), ("footer", "Ask @everyone"), ("buttons", "none")):
        count = len(guilds.discord.ephemeral(guilds.ada))
        asked = await guilds.discord.slash(
            guilds.lobby, guilds.ada, "look", {"feature": feature, "value": value}, about=guilds.lobby
        )
        assert not asked.failed
        await test_discord.until(lambda count=count: len(guilds.discord.ephemeral(guilds.ada)) == count + 2)
        question = guilds.discord.ephemeral(guilds.ada)[-2]
        await guilds.discord.press(guilds.lobby, question.id, "Save", guilds.ada)
    guilds.world.clock.advance(timedelta(minutes=61))
    await guilds.world.settle("publish", "deliver")
    (posted,) = guilds.discord.shows(guilds.lobby)
    assert posted.text.startswith("AI at noon")
    assert "Ask @" in posted.text
    assert not any("source" in label for label in posted.labels)


async def test_on_telegram_a_single_story_shows_its_page_in_small(chats: Chats) -> None:
    feed_id = await chats.world.feed("halden", garden())
    ada, wire = (
        chats.telegram.add_private(7),
        chats.telegram.add_channel("Wire", admins=[7], username="wire_news"),
    )
    await chats.ask(ada, 7, "/subscribe ai now @wire_news")
    await chats.world.settle()
    await chats.press(ada, await chats.ask(ada, 7, "/look previews on @wire_news"), "Save")
    chats.world.clock.advance(timedelta(hours=1))
    chats.world.serve("halden", garden(), corvid(hours=0.5))
    await chats.world.poll(feed_id)
    await chats.world.settle("group", "publish", "deliver")
    posted = chats.telegram.posts(wire)[-1]
    assert corvid().title in posted.text
    assert posted.preview.get("url") == "https://halden.example/corvid"
