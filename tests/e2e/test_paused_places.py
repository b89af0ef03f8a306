"""Discord channels whose right to post is taken and given back: what waited leaves at once, on every way back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.i18n import Texts
from bot.model import Channel, ChannelState
from bot.platforms.discord import create
from bot.ports import PlatformOptions
from bot.store import Store, places
from tests.conftest import StillClock
from tests.doubles.discord import DiscordDouble, User
from tests.support.world import World, corvid, larkwell


@dataclass
class Town:
    """A real Discord platform on a loopback Discord, with the real desk and jobs behind it."""

    double: DiscordDouble
    world: World
    clock: StillClock
    manager: User
    feed: int = 0
    running: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        platform: Any = self.world.platform
        self.running = asyncio.create_task(platform.run(self.world.house.dispatcher))
        await until(self.is_connected)

    async def is_connected(self) -> bool:
        return self.double.connected and bool(self.double.commands)

    async def disconnect(self) -> None:
        assert self.running is not None
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def asked(self, room: int, command: str, **options: str) -> str:
        asked = await self.double.slash(room, self.manager, command, options)
        return asked.messages[-1].text

    async def channel(self, room: int) -> Channel:
        async with self.world.store.read() as tx:
            return next(c for c in await places.channels_of(tx, "discord") if c.address == str(room))

    async def is_in(self, room: int, state: ChannelState) -> bool:
        return (await self.channel(room)).state is state

    async def news(self, *items: Any) -> None:
        self.clock.advance(timedelta(minutes=30))
        self.world.serve("halden", *items)
        await self.world.poll(self.feed)
        await self.world.settle()

    def headlines(self, room: int) -> list[str]:
        return [message.text for message in self.double.shows(room)]


async def until(fact: Callable[[], Awaitable[bool]], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not await fact():  # noqa: ASYNC110 - facts of the store, which announce nothing
            await asyncio.sleep(0.01)


@pytest.fixture
async def town(store: Store, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr("bot.platforms.discord.connection.READY", 0.03)
    async with DiscordDouble() as double:
        platform: Any = create(PlatformOptions(double.token, double.addresses), Texts({}))
        world = await World.on(store, clock, platform)
        made = Town(double, world, clock, double.user("Mara", manager=True))
        made.feed = await world.feed("halden", corvid(hours=3))
        await world.settle()
        await made.connect()
        yield made
        await made.disconnect()
        await platform.close()


async def subscribed(town: Town) -> int:
    room = town.double.add_channel(name="news")
    assert "Subscribed to" in await town.asked(room, "subscribe", what="ai", when="now")
    return room


async def paused(town: Town, room: int) -> None:
    """Take the right away, and let a story come that cannot be posted."""
    town.double.revoke(room, "send_messages")
    await until(lambda: town.is_in(room, ChannelState.PAUSED))
    await town.news(larkwell(hours=-0.3), corvid(hours=3))
    assert town.headlines(room) == []


async def told(town: Town, room: int) -> bool:
    await town.world.settle("publish", "deliver")
    return len(town.headlines(room)) == 1 and "Larkwell" in town.headlines(room)[0]


async def test_a_right_given_back_lets_what_waited_leave_at_once(town: Town) -> None:
    room = await subscribed(town)
    await paused(town, room)
    town.double.grant(room, "send_messages")
    await until(lambda: town.is_in(room, ChannelState.ACTIVE))
    assert await told(town, room)


async def test_a_right_given_back_while_we_were_away_is_noticed_at_the_start(town: Town) -> None:
    room = await subscribed(town)
    await paused(town, room)
    await town.disconnect()
    town.double.grant(room, "send_messages")
    await town.connect()
    await until(lambda: town.is_in(room, ChannelState.ACTIVE))
    assert await told(town, room)


async def test_a_right_taken_while_we_were_away_pauses_with_its_name(town: Town) -> None:
    room = await subscribed(town)
    await town.disconnect()
    town.double.revoke(room, "send_messages")
    await town.connect()
    await until(lambda: town.is_in(room, ChannelState.PAUSED))
    assert (await town.channel(room)).missing == ("Send Messages",)


async def test_a_bot_that_is_invited_again_goes_on(town: Town) -> None:
    guild = town.double.add_guild("Elsewhere", tell=True)
    room = town.double.add_channel(guild=guild, name="news")
    assert "Subscribed to" in await town.asked(room, "subscribe", what="ai", when="now")
    town.double.remove_guild(guild)
    await until(lambda: town.is_in(room, ChannelState.PAUSED))
    await town.news(larkwell(hours=-0.3), corvid(hours=3))
    town.double.return_guild(guild)
    await until(lambda: town.is_in(room, ChannelState.ACTIVE))
    assert await told(town, room)


async def test_a_command_there_lets_it_go_on(town: Town) -> None:
    room = await subscribed(town)
    async with town.world.store.write() as tx:
        await places.pause(tx, (await town.channel(room)).id, "posting failed", town.clock())
    assert "That is posted here already" in await town.asked(room, "subscribe", what="ai", when="now")
    assert await town.is_in(room, ChannelState.ACTIVE)


async def test_the_hourly_try_needs_nothing_that_waits(town: Town) -> None:
    """A place that was paused by an event has nothing queued: the next story itself is the try."""
    room = await subscribed(town)
    channel = await town.channel(room)
    async with town.world.store.write() as tx:
        await places.pause(tx, channel.id, "posting failed", town.clock(), town.clock() + timedelta(hours=1))
    await town.news(larkwell(hours=-0.3), corvid(hours=3))
    assert town.headlines(room) == []
    town.clock.advance(timedelta(hours=1))
    assert await told(town, room)
    assert await town.is_in(room, ChannelState.ACTIVE)


async def test_a_paused_place_says_so_first_and_names_the_right(town: Town) -> None:
    room = await subscribed(town)
    await paused(town, room)
    first = (await town.asked(room, "status")).splitlines()[0]
    assert first.startswith("Nothing is posted here, because I may not: give me Send Messages here.")
    assert (await town.asked(room, "list")).startswith("Nothing is posted here, because I may not")
    refused = await town.asked(room, "subscribe", what="robotics", when="now")
    assert refused.startswith("I may not post here yet: give me Send Messages here")


async def test_nothing_is_saved_where_a_right_is_missing(town: Town) -> None:
    room = town.double.add_channel(name="locked")
    town.double.revoke(room, "send_messages")
    refused = await town.asked(room, "subscribe", what="ai", when="08:00")
    assert refused == "I may not post here yet: give me Send Messages here, then say that again."
    async with town.world.store.read() as tx:
        assert await places.channels_of(tx, "discord") == []


async def test_whoever_runs_the_instance_is_told_of_a_right_that_was_taken(town: Town) -> None:
    room = await subscribed(town)
    town.double.revoke(room, "send_messages")
    await until(lambda: town.is_in(room, ChannelState.PAUSED))
    (notice,) = town.world.events("notice.sent")
    assert "Posting to news is paused: I may not post there: give me Send Messages." in notice["text"]
