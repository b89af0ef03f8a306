"""Moments by the clock of whoever reads them, over the wire."""

from datetime import UTC, datetime

from bot.commands.views import moment_in
from bot.model import ShownTime
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
