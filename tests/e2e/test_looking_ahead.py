"""Search, preview, filters and pauses over the real libraries of both platforms: what a manager types and presses, and what is shown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from bot.i18n import Texts
from bot.platforms.discord import create as create_discord
from bot.platforms.telegram import create as create_telegram
from bot.ports import PlatformOptions
from bot.store import Store
from tests.conftest import StillClock
from tests.doubles.discord import DiscordDouble, User
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.e2e.test_paused_places import until
from tests.support.world import World, alpine, corvid, garden, larkwell

MANAGER = 501


class Seat(Protocol):
    """Somebody who may manage a place on a platform, and asks there."""

    world: World

    async def asked(self, command: str, **options: str) -> str: ...

    async def pressed(self, label: str) -> str: ...


@dataclass
class DiscordSeat:
    double: DiscordDouble
    world: World
    room: int
    manager: User
    message: int = 0

    async def asked(self, command: str, **options: str) -> str:
        answer = await self.double.slash(self.room, self.manager, command, options)
        self.message = answer.messages[-1].id
        return answer.messages[-1].text

    async def pressed(self, label: str) -> str:
        answer = await self.double.press(self.room, self.message, label, self.manager)
        self.message = answer.messages[-1].id
        return answer.messages[-1].text


@dataclass
class TelegramSeat:
    double: TelegramDouble
    world: World
    chat: int

    async def _answer(self, before: int) -> str:
        await self.double.until(lambda: len(self.double.posts(self.chat)) > before)
        return self.double.posts(self.chat)[-1].text

    async def asked(self, command: str, **options: str) -> str:
        before = len(self.double.posts(self.chat))
        self.double.say(self.chat, MANAGER, " ".join((f"/{command}", *options.values())))
        return await self._answer(before)

    async def pressed(self, label: str) -> str:
        posts = self.double.posts(self.chat)
        self.double.press(self.chat, posts[-1].message_id, label, MANAGER)
        return await self._answer(len(posts))


async def with_news(store: Store, clock: StillClock, platform: Any) -> World:
    world = await World.on(store, clock, platform)
    await world.feed("halden", corvid(), larkwell())
    await world.feed("ledger", alpine(), garden())
    await world.settle("collect", "read", "group")
    return world


@asynccontextmanager
async def discord_seat(store: Store, clock: StillClock) -> AsyncIterator[Seat]:
    async with DiscordDouble() as double:
        platform: Any = create_discord(PlatformOptions(double.token, double.addresses), Texts({}))
        world = await with_news(store, clock, platform)

        async def is_connected() -> bool:
            return double.connected and bool(double.commands)

        async with connection(platform, world, is_connected):
            room = double.add_channel(name="news")
            yield DiscordSeat(double, world, room, double.user("Mara", manager=True))


@asynccontextmanager
async def telegram_seat(store: Store, clock: StillClock) -> AsyncIterator[Seat]:
    async with TelegramDouble() as double:
        platform: Any = create_telegram(PlatformOptions(TOKEN, {"api": double.url}), Texts({}))
        world = await with_news(store, clock, platform)

        async def is_connected() -> bool:
            return any(method == "deleteWebhook" for method, _ in double.requests)

        async with connection(platform, world, is_connected):
            yield TelegramSeat(double, world, double.add_private(MANAGER))


@asynccontextmanager
async def connection(platform: Any, world: World, is_connected: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(platform.run(world.house.dispatcher))
    await until(is_connected)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await platform.close()


@pytest.fixture(params=[discord_seat, telegram_seat], ids=["discord", "telegram"])
async def seat(
    request: pytest.FixtureRequest, store: Store, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Seat]:
    monkeypatch.setattr("bot.platforms.discord.connection.READY", 0.03)
    async with request.param(store, clock) as made:
        yield made


async def test_a_filter_is_seen_and_saved_and_a_digest_looked_at(seat: Seat) -> None:
    await seat.asked("subscribe", what="ai", when="10:00")
    shown = await seat.asked("filter", number="1", action="add", terms='-robot +"voices"')
    assert "Gone, for example:" in shown
    assert "Nothing is saved yet." in shown
    assert 'Saved. AI: -robot +"voices"' in await seat.pressed("Save")
    assert "-robot" in await seat.asked("list")
    assert "Of the last entries it keeps 1 and leaves out 3." in await seat.asked(
        "filter", number="1", action="test"
    )
    assert "Only you see this: the next digest of AI" in await seat.asked("preview")


async def test_a_pause_is_made_and_ended_by_its_button(seat: Seat) -> None:
    await seat.asked("subscribe", what="ai", when="10:00")
    assert "Posting is paused here until Tuesday 3 March, 08:00 (UTC)" in await seat.asked(
        "pause", until="tomorrow"
    )
    assert "Posts come here again." in await seat.pressed("Post again now")
    assert "Posting is paused" not in await seat.asked("status")


async def test_a_search_is_turned_over(seat: Seat) -> None:
    first = await seat.asked("search", words="the since:week")
    assert first.removeprefix("## ").startswith("Search")
    assert "4 stories" in first
    hits = [one.title for one in (corvid(), larkwell(), alpine(), garden()) if one.title in first]
    assert len(hits) == 3
