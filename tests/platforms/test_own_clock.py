"""Moments by the clock of whoever reads them, over the wire."""

from datetime import UTC, datetime

from bot.commands.views import moment_in
from bot.model import ShownTime
from bot.platforms.discord import markup as discord_markup
from bot.platforms.telegram import markup as telegram_markup
from bot.platforms.telegram.markup import timed
from tests.platforms.living import Chats, Guilds, chats, guilds, plain
from tests.support.world import corvid

__all__ = ["chats", "guilds"]

AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


async def test_telegram_shows_the_next_digest_by_the_readers_clock(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    said = await chats.ask(ada, 7, "/subscribe ai 08:00")
    assert "Next digest here: Tuesday 3 March, 08:00 (UTC)." in plain(said)
    (moment,) = [each for each in said.entities if each["type"] == "date_time"]
    assert moment["unix_time"] == AT.timestamp()
    shown = said.text[moment["offset"] : moment["offset"] + moment["length"]]
    assert shown == "Tuesday 3 March, 08:00 (UTC)"


async def test_what_is_told_in_private_says_when_by_the_readers_clock(chats: Chats) -> None:
    await chats.world.feed("halden", corvid())
    await chats.world.settle()
    ada, group = chats.telegram.add_private(7), chats.telegram.add_group("Owls", members=[7])
    private, shared = await chats.ask(ada, 7, "/latest"), await chats.ask(group, 7, "/latest")
    assert [each["type"] for each in private.entities].count("date_time") == 1
    assert [each["type"] for each in shared.entities].count("date_time") == 0, "of others nobody knows it"


async def test_a_server_that_knows_no_moments_gets_them_as_they_are_written(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    chats.telegram.fail("sendMessage", 400, words='can\'t parse entities: Unsupported start tag "tg-time"')
    said = await chats.ask(ada, 7, "/subscribe ai 08:00")
    assert "Next digest here: Tuesday 3 March, 08:00 (UTC)." in plain(said)
    assert [each for each in said.entities if each["type"] == "date_time"] == []


async def test_discord_shows_both_by_the_readers_clock(guilds: Guilds) -> None:
    await guilds.world.feed("halden", corvid())
    await guilds.world.settle()
    said = await guilds.ask("subscribe", guilds.lobby, what="ai", when="08:00")
    assert f"Next digest in lobby: <t:{int(AT.timestamp())}:F>." in said
    asked = await guilds.discord.slash(guilds.lobby, guilds.ada, "latest")
    assert not asked.failed
    listed = guilds.discord.ephemeral(guilds.ada)[-1].text
    reported = int(datetime(2026, 3, 2, 8, 0, tzinfo=UTC).timestamp())
    assert f"halden · <t:{reported}:t>" in listed


def test_the_zone_behind_a_moment_belongs_to_it_in_every_writing() -> None:
    chinese = "下一期摘要：3月3日星期二 08:00（Asia/Shanghai）。"
    assert (
        moment_in(chinese, "3月3日星期二 08:00", "Asia/Shanghai", AT).shown
        == "3月3日星期二 08:00（Asia/Shanghai）"
    )


def test_only_the_moment_itself_is_marked() -> None:
    moment = ShownTime("08:00", int(AT.timestamp()))
    assert timed("Wire, 10:24", moment) == "Wire, 10:24"
    marked = timed("08:00 Wire, 08:00", moment)
    assert marked == f'08:00 Wire, <tg-time unix="{int(AT.timestamp())}" format="t">08:00</tg-time>'


async def test_story_why_and_list_say_when_by_the_readers_clock(chats: Chats, guilds: Guilds) -> None:
    for world in (chats.world, guilds.world):
        await world.feed("halden", corvid())
        await world.settle()
    ada = chats.telegram.add_private(7)
    await chats.ask(ada, 7, "/subscribe ai 08:00")
    for command, count in (("/story 1", 3), ("/why 1", 2), ("/list", 1)):
        said = await chats.ask(ada, 7, command)
        assert [each["type"] for each in said.entities].count("date_time") >= count, command
    await guilds.ask("subscribe", guilds.lobby, what="ai", when="08:00")
    for command, options in (("story", {"number": "1"}), ("why", {"what": "1"}), ("list", {})):
        asked = await guilds.discord.slash(guilds.lobby, guilds.ada, command, options)
        assert not asked.failed
        assert "<t:" in guilds.discord.ephemeral(guilds.ada)[-1].text, command


def test_a_link_and_a_moment_stand_beside_each_other() -> None:
    at = int(AT.timestamp())
    moment = (ShownTime("08:00", at),)
    line, link = "Wire *1* · 08:00 — Title [x](y)", "https://a.example/x"
    on_discord = discord_markup.linked_and_timed(line, link, 200, moment)
    assert on_discord.startswith(f"Wire \\*1\\* · <t:{at}:t> — [Title ")
    assert on_discord.endswith("](https://a.example/x)")
    assert discord_markup.linked_and_timed("Wire, 08:00", link, 200, moment) == f"[Wire]({link}), <t:{at}:t>"
    assert discord_markup.linked_and_timed("Wire, 09:00", link, 200, moment) == f"[Wire, 09:00]({link})"
    on_telegram = telegram_markup.linked_and_timed("<b>Wire, 08:00", link, moment)
    assert on_telegram.startswith(f'<a href="{link}">&lt;b&gt;Wire</a>, <tg-time unix="{at}"')
    assert telegram_markup.linked_and_timed("08:00 — T", "", moment).endswith("</tg-time> — T")
