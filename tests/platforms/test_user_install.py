"""On Discord, somebody who has installed the bot for themselves reads the news in places that have not."""

import pytest

from bot.model import PlaceKind
from bot.store.schema import channels, subscriptions
from tests.doubles.discord import DiscordDouble
from tests.platforms.living import Guilds, guilds
from tests.platforms.test_discord import Acts, Desk, made, until
from tests.support.world import corvid, larkwell

__all__ = ["guilds"]

READING = (
    "latest",
    "search",
    "story",
    "why",
    "digest",
    "help",
    "about",
    "privacy",
    "saved",
    "trending",
    "topics",
)
MANAGING = (
    "subscribe",
    "unsubscribe",
    "schedule",
    "settings",
    "feeds",
    "import",
    "filter",
    "pause",
    "mention",
    "names",
)


async def test_reading_is_offered_everywhere_and_managing_where_the_bot_is(guilds: Guilds) -> None:
    by_name = {each["name"]: each for each in guilds.discord.commands if each["type"] == 1}
    for name in READING:
        assert sorted(by_name[name]["integration_types"]) == [0, 1], name
        assert sorted(by_name[name]["contexts"]) == [0, 1, 2], name
    for name in MANAGING:
        assert by_name[name]["integration_types"] == [0], name
        assert sorted(by_name[name]["contexts"]) == [0, 1], name
    assert {tuple(each["integration_types"]) for each in guilds.discord.commands if each["type"] != 1} == {
        (0,)
    }


@pytest.mark.parametrize("kind", ["text", "private"])
async def test_where_only_the_person_has_it_news_is_for_them_alone(guilds: Guilds, kind: str) -> None:
    await guilds.world.feed("halden", corvid(), larkwell())
    await guilds.world.settle()
    elsewhere = guilds.discord.add_place_without_bot(kind)
    bea = guilds.discord.user("Bea", installed=True, manager=True, locale="it")
    for command, options in (
        ("latest", {}),
        ("story", {"number": "1"}),
        ("search", {"words": "corvid"}),
        ("why", {"what": "1"}),
        ("digest", {}),
        ("about", {}),
    ):
        asked = await guilds.discord.slash(elsewhere, bea, command, options)
        assert not asked.failed, command
        assert guilds.discord.shows(elsewhere) == [], f"/{command} is seen by others"
    said = guilds.discord.ephemeral(bea)
    assert len(said) >= 6
    assert "Ultime" in said[0].text, "in their own language"
    assert await guilds.world.rows(channels) == [], "nothing is kept of the place"


async def test_a_button_there_is_answered_to_them_alone_as_well(guilds: Guilds) -> None:
    await guilds.world.feed("halden", corvid(), larkwell())
    await guilds.world.settle()
    elsewhere = guilds.discord.add_place_without_bot()
    bea = guilds.discord.user("Bea", installed=True)
    await guilds.discord.slash(elsewhere, bea, "latest", {"topic": "1"})
    shown = guilds.discord.ephemeral(bea)[-1]
    asked = await guilds.discord.press(elsewhere, shown.id, "1 source", bea)
    assert not asked.failed
    assert guilds.discord.shows(elsewhere) == []
    assert "Each sentence rests" in guilds.discord.ephemeral(bea)[-1].text


async def test_nothing_of_what_a_server_had_is_shown_to_them_and_nothing_changes(guilds: Guilds) -> None:
    """The bot was there once, and what it knew of the place is still stored."""
    elsewhere = guilds.discord.add_place_without_bot()
    server = str(guilds.discord._channels[elsewhere].guild)
    channel = await guilds.world.channel(str(elsewhere), server=server)
    await guilds.world.wants(channel, "08:00")
    await guilds.world.feed("secret", corvid(), server_id=channel.server_id)
    await guilds.world.settle("collect", "read", "group")
    before = await guilds.world.rows(subscriptions)
    bea = guilds.discord.user("Bea", installed=True, manager=True)
    for command in ("latest", "list", "status"):
        await guilds.discord.slash(elsewhere, bea, command)
    said = " ".join(message.text for message in guilds.discord.ephemeral(bea))
    assert "Corvid" not in said
    assert "What is posted here" not in said
    assert await guilds.world.rows(subscriptions) == before


async def test_where_the_server_has_the_bot_everything_is_as_before(guilds: Guilds) -> None:
    bea = guilds.discord.user("Bea", installed=True, manager=True)
    assert "Subscribed" in await guilds.ask("subscribe", guilds.lobby, bea, what="ai", when="08:00")
    (channel,) = await guilds.world.rows(channels)
    assert channel.kind == PlaceKind.GROUP


async def test_an_app_that_persons_may_not_install_is_registered_for_servers_alone() -> None:
    async with DiscordDouble() as double:
        double.fault("PUT */commands", status=400, code=50035, message="Invalid Form Body: integration_types")
        desk = Desk(double, made(double), Acts())
        await desk.start()
        await until(lambda: double.syncs == 1)
        await desk.stop()
    assert {tuple(each["integration_types"]) for each in double.commands} == {(0,)}


async def test_there_nothing_is_offered_that_cannot_be_and_the_way_in_is_told(guilds: Guilds) -> None:
    elsewhere = guilds.discord.add_place_without_bot("text")
    bea = guilds.discord.user("Bea", installed=True, manager=True)
    for command in ("list", "status", "start", "help"):
        await guilds.discord.slash(elsewhere, bea, command, {})
        said = guilds.discord.ephemeral(bea)[-1]
        assert "/subscribe ai 08:00" not in said.text, command
        assert "A daily digest here" not in said.labels, command
        assert "/claim" not in said.text, command
        if command in {"list", "status"}:
            assert "Whoever manages it can bring me in." in said.text, command
            assert "Bring me in" in said.labels, command
