"""No tests: the whole program on a platform's real library, over its loopback double."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.platforms.discord import create as create_discord
from bot.platforms.telegram import create as create_telegram
from bot.ports import PlatformOptions
from bot.store import Store, places
from bot.store.schema import channels, subscriptions
from tests.conftest import StillClock
from tests.doubles.discord import DiscordDouble, User
from tests.doubles.telegram import TOKEN as TELEGRAM_TOKEN
from tests.doubles.telegram import Message, TelegramDouble
from tests.platforms import test_discord
from tests.support.world import World, texts


@asynccontextmanager
async def living(platform: Any, store: Store, clock: StillClock) -> AsyncIterator[World]:
    """The whole program with one platform, connected."""
    connected = asyncio.Event()
    world = await World.on(store, clock, platform)
    world.house.dispatcher.on_connected = lambda _: connected.set()
    task = asyncio.create_task(platform.run(world.house.dispatcher))
    try:
        async with asyncio.timeout(10):
            await connected.wait()
        yield world
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await platform.close()


@dataclass
class Chats:
    """A Telegram with a program behind it."""

    telegram: TelegramDouble
    world: World

    async def ask(self, chat: int, user: int, text: str, answered_in: int = 0) -> Message:
        """Type in a chat; returns the answer, which stands there or in another one."""
        told = answered_in or chat
        before = len(self.telegram.posts(told))
        self.telegram.say(chat, user, text)
        await self.telegram.until(lambda: len(self.telegram.posts(told)) > before)
        return self.telegram.posts(told)[-1]

    async def press(self, chat: int, message: Message, label: str) -> Message:
        before = [(post.message_id, post.edits) for post in self.telegram.posts(chat)]
        self.telegram.press(chat, message.message_id, label)
        await self.telegram.until(
            lambda: [(post.message_id, post.edits) for post in self.telegram.posts(chat)] != before
        )
        return self.telegram.posts(chat)[-1]

    async def offer(self, code: str) -> None:
        """Let a code make whoever says it an operator."""
        async with self.world.store.write() as tx:
            await places.offer_claim(tx, code, self.world.clock() + timedelta(minutes=5))

    async def wishes(self, chat: int) -> list[str]:
        return await wishes(self.world, str(chat))


def plain(message: Message) -> str:
    """What a message says, without what keeps names in it from becoming links."""
    return message.text.replace("\u2060", "")


async def wishes(world: World, address: str, thread: str = "") -> list[str]:
    """What a place wants, by topic."""
    numbers = [r.id for r in await world.rows(channels) if (r.address, r.thread) == (address, thread)]
    return [row.topic for row in await world.rows(subscriptions) if row.channel_id in numbers]


@pytest.fixture
async def chats(store: Store, clock: StillClock) -> AsyncIterator[Chats]:
    async with TelegramDouble() as telegram:
        options = PlatformOptions(token=TELEGRAM_TOKEN, addresses={"api": telegram.url})
        platform: Any = create_telegram(options, texts())
        async with living(platform, store, clock) as world:
            yield Chats(telegram, world)


@dataclass
class Guilds:
    """A Discord with a program behind it, and a channel to ask in."""

    discord: DiscordDouble
    world: World
    lobby: int
    ada: User

    async def ask(self, command: str, about: int, user: User | None = None, **options: str) -> str:
        """Use a command about a channel; returns what the asker alone is told."""
        asked = await self.discord.slash(self.lobby, user or self.ada, command, options, about=about)
        assert not asked.failed
        return self.discord.ephemeral(user or self.ada)[-1].text.replace("\\", "")


@pytest.fixture
async def guilds(store: Store, clock: StillClock) -> AsyncIterator[Guilds]:
    async with DiscordDouble() as discord:
        lobby, ada = discord.add_channel("text", name="lobby"), discord.user(manager=True)
        platform: Any = create_discord(PlatformOptions(discord.token, discord.addresses), texts())
        async with living(platform, store, clock) as world:
            await test_discord.until(lambda: discord.commands)
            yield Guilds(discord, world, lobby, ada)
