"""/test over the wire: the very messages of the next digest, to whoever asks alone."""

from datetime import timedelta

from tests.platforms import test_discord
from tests.platforms.living import Chats, Guilds, chats, guilds, plain
from tests.support.world import corvid, garden, larkwell

__all__ = ["chats", "guilds"]


async def test_on_telegram_it_comes_in_private_as_it_would_be_posted(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden())
    await chats.world.settle()
    ada, wire = (
        chats.telegram.add_private(7),
        chats.telegram.add_channel("Wire", admins=[7], username="wire_news"),
    )
    await chats.ask(ada, 7, "/subscribe ai 10:00 @wire_news")
    before = len(chats.telegram.posts(ada))
    chats.telegram.say(ada, 7, "/test @wire_news")
    await chats.telegram.until(lambda: len(chats.telegram.posts(ada)) == before + 2)
    note, sample = chats.telegram.posts(ada)[-2:]
    assert plain(note).startswith(
        "Wire\n\nA test, and only you see it: below, AI as it would be posted in Wire now."
    )
    assert chats.telegram.posts(wire) == []
    chats.world.clock.advance(timedelta(minutes=61))
    await chats.world.settle("publish", "deliver")
    (posted,) = chats.telegram.posts(wire)
    assert plain(sample).replace("09:00", "10:00") == plain(posted)
    assert sample.links == posted.links
    assert any("?start=" in link for link in sample.links)


async def test_in_a_group_without_a_private_chat_nobody_sees_what_looks_like_a_post(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden())
    await chats.world.settle()
    group = chats.telegram.add_group("Owls", admins=[7])
    await chats.ask(group, 7, "/subscribe ai 10:00")
    answer = await chats.ask(group, 7, "/test")
    assert plain(answer).startswith("I answer that in private: write to me first")
    assert not any("Corvid" in plain(post) for post in chats.telegram.posts(group))


async def test_on_discord_it_is_for_the_asker_alone(guilds: Guilds) -> None:
    await guilds.world.feed("halden", corvid(), larkwell(), garden())
    await guilds.world.settle()
    news = guilds.discord.add_channel("text", name="news")
    await guilds.ask("subscribe", news, what="ai", when="10:00")
    asked = await guilds.discord.slash(guilds.lobby, guilds.ada, "test", {}, about=news)
    await test_discord.until(lambda: len(guilds.discord.ephemeral(guilds.ada)) >= 3)
    assert not asked.failed
    note, sample = guilds.discord.ephemeral(guilds.ada)[-2:]
    assert "below, AI as it would be posted in" in note.text
    assert guilds.discord.shows(news) == []
    guilds.world.clock.advance(timedelta(minutes=61))
    await guilds.world.settle("publish", "deliver")
    (posted,) = guilds.discord.shows(news)
    assert sample.text.replace("09:00", "10:00") == posted.text
