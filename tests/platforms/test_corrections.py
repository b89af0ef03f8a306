"""A post that is put right, on a loopback Telegram and a loopback Discord."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.model import Channel, Document, OperationState, Payload, PlaceKind, Text
from bot.platforms.discord.embeds import embeds_of, rows_of
from bot.store import Store
from bot.store.schema import operations
from tests.conftest import StillClock
from tests.doubles.discord import DiscordDouble
from tests.doubles.telegram import TelegramDouble
from tests.jobs.publishing.test_corrections import FIXED, LINES
from tests.platforms.test_discord import Acts, Desk, made
from tests.platforms.test_telegram_harness import running
from tests.support.world import World, corvid, larkwell


@dataclass
class Chat:
    """A chat on a double: what our bot says there, and the way to take it away."""

    platform: Any
    address: int
    double: Any

    def says(self) -> list[str]:
        found = (
            self.double.posts(self.address)
            if self.platform.name == "telegram"
            else self.double.shows(self.address)
        )
        return [message.text for message in found]

    def empty(self) -> None:
        chats = self.double._chats if self.platform.name == "telegram" else self.double._channels
        chats[self.address].messages.clear()

    def delete_last(self) -> None:
        chats = self.double._chats if self.platform.name == "telegram" else self.double._channels
        messages = chats[self.address].messages
        if isinstance(messages, dict):
            del messages[max(messages)]
        else:
            messages.pop()

    def edited(self) -> list[int]:
        if self.platform.name == "telegram":
            return [message.edits for message in self.double.posts(self.address)]
        return [message.edited for message in self.double.shows(self.address)]


@pytest.fixture(params=["telegram", "discord"])
async def chat(request: pytest.FixtureRequest) -> AsyncIterator[Chat]:
    if request.param == "telegram":
        async with TelegramDouble() as telegram, running(telegram) as platform:
            yield Chat(platform, telegram.add_group(), telegram)
        return
    async with DiscordDouble() as discord:
        desk = Desk(discord, made(discord), Acts())
        await desk.start()
        yield Chat(desk.platform, discord.add_channel(), discord)
        await desk.stop()
        await desk.platform.close()


async def digested(world: World, chat: Chat, channel: Channel | None = None) -> Channel:
    channel = channel or await world.channel(str(chat.address))
    await world.wants(channel, "10:00")
    await world.feed("halden", corvid(), larkwell())
    await world.settle(*LINES)
    world.clock.advance(timedelta(hours=1, minutes=2))
    await settled(world)
    return channel


async def settled(world: World) -> None:
    """Everything is done that is due, and what Telegram's own pace lets wait."""
    async with asyncio.timeout(20):
        await world.settle(*LINES)
        while OperationState.QUEUED in await world.states():
            await asyncio.sleep(0.1)
            world.clock.advance(60)
            await world.settle(*LINES)


async def changed(world: World) -> None:
    world.serve("halden", FIXED, larkwell())
    await world.poll(1)
    await settled(world)


async def test_a_digest_is_put_right_where_it_stands(chat: Chat, store: Store, clock: StillClock) -> None:
    world = await World.on(store, clock, chat.platform)
    await digested(world, chat)
    before = chat.says()
    assert any("70 billion" in text for text in before)
    await changed(world)
    after = chat.says()
    assert len(after) == len(before)
    assert any("17 billion" in text and "corrected" in text for text in after)
    assert not any("70 billion" in text for text in after)
    assert sum(chat.edited()) == 1


async def test_a_digest_that_was_deleted_stays_so(chat: Chat, store: Store, clock: StillClock) -> None:
    world = await World.on(store, clock, chat.platform)
    await digested(world, chat)
    chat.empty()
    await changed(world)
    assert chat.says() == []


async def test_a_digest_from_before_layouts_is_put_right_as_embeds(store: Store, clock: StillClock) -> None:
    async with DiscordDouble() as discord:
        desk = Desk(discord, made(discord), Acts())
        await desk.start()
        chat = Chat(desk.platform, discord.add_channel(), discord)
        world = await World.on(store, clock, chat.platform)
        channel = await world.channel(str(chat.address))
        await world.wants(channel, "10:00")
        await world.feed("halden", corvid(), larkwell())
        await world.settle(*LINES)
        world.clock.advance(timedelta(hours=1, minutes=2))
        await world.settle("publish")
        async with store.write() as tx:
            for row in (await tx.execute(select(operations))).all():
                former = {"embeds": embeds_of(row.payload), "rows": rows_of(row.payload)}
                await tx.execute(update(operations).where(operations.c.id == row.id).values(payload=former))
        await world.settle(*LINES)
        await changed(world)
        (shown,) = discord.shows(chat.address)
        await desk.stop()
    assert (shown.layout, shown.edited) == (False, 1)
    assert "17 billion" in shown.text


# --- fewer messages ----------------------------------------------------------------------------------------


def longer(platform: Any, words: str) -> None:
    """Let documents with some words have one more message on a platform."""
    render = platform.render

    def render_pages(document: Document, channel: Channel) -> tuple[Payload, ...]:
        rest = render(Document((Text("And so on."),)), channel) if words in str(document.blocks) else ()
        return (*render(document, channel), *rest)

    platform.render = render_pages


async def test_a_message_that_is_needed_no_more_is_deleted(
    chat: Chat, store: Store, clock: StillClock
) -> None:
    longer(chat.platform, "70 billion")
    world = await World.on(store, clock, chat.platform)
    await digested(world, chat)
    assert len(chat.says()) == 2
    await changed(world)
    (text,) = chat.says()
    assert "17 billion" in text
    assert "70 billion" not in text


async def test_a_message_that_somebody_deleted_before_stops_nothing(
    chat: Chat, store: Store, clock: StillClock
) -> None:
    longer(chat.platform, "70 billion")
    world = await World.on(store, clock, chat.platform)
    await digested(world, chat)
    chat.delete_last()
    await changed(world)
    (text,) = chat.says()
    assert "17 billion" in text
    assert await world.states() == [OperationState.DONE] * 4


async def test_a_message_that_telegram_keeps_is_emptied_to_a_line(store: Store, clock: StillClock) -> None:
    async with TelegramDouble() as telegram, running(telegram) as platform:
        chat = Chat(platform, telegram.add_group(), telegram)
        longer(platform, "70 billion")
        world = await World.on(store, clock, platform)
        await digested(world, chat)
        telegram.fail("deleteMessage", status=400, words="Bad Request: message can't be deleted")
        await changed(world)
        first, rest = chat.says()
    assert "17 billion" in first
    assert rest.startswith("Corrected: what stood here")


async def test_in_a_forum_what_is_needed_no_more_is_deleted_inside_the_post(
    store: Store, clock: StillClock
) -> None:
    async with DiscordDouble() as discord:
        desk = Desk(discord, made(discord), Acts())
        await desk.start()
        longer(desk.platform, "70 billion")
        forum = discord.add_channel("forum")
        world = await World.on(store, clock, desk.platform)
        chat = Chat(desk.platform, forum, discord)
        channel = await world.channel(str(forum), kind=PlaceKind.FORUM)
        await digested(world, chat, channel)
        await changed(world)
        (thread,) = discord.threads(forum)
        assert ["17 billion" in message.text for message in discord.shows(thread.id)] == [True]
        await desk.stop()
