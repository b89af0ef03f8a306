"""A place on Telegram that is made while the bot runs: links to sources and buttons from its first post on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.i18n import Texts
from bot.model import Identity, PlaceKind
from bot.pipeline.composing.story_key import story_key
from bot.platforms.telegram import create
from bot.ports import PlatformOptions
from bot.store import Store, places
from tests.conftest import StillClock
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.platforms.test_telegram_harness import Desk, running
from tests.support.world import World, corvid


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble() as double:
        yield double


async def test_the_first_post_of_a_new_place_has_its_links(
    telegram: TelegramDouble, store: Store, clock: StillClock
) -> None:
    async with running(telegram, Desk()) as platform:
        world = await World.on(store, clock, platform)  # type: ignore[arg-type]
        chat = telegram.add_channel("News", announce=True)
        channel = await world.channel(str(chat), kind=PlaceKind.BROADCAST)
        await world.feed("halden", corvid())
        await world.wants(channel, "10:00")
        await world.settle()
        clock.advance(timedelta(hours=1, minutes=2))
        await world.settle()
        (post,) = telegram.posts(chat)
    record = await world.record(channel)
    links = [entity["url"] for entity in post.entities if "url" in entity]
    assert f"https://t.me/strillone_test_bot?start=st-i1-{story_key(record, 1)}" in links
    assert [key["url"] for row in post.keyboard for key in row][:1] == [
        "https://t.me/strillone_test_bot?start=la"
    ]


async def test_nothing_is_rendered_before_the_bots_name_is_known(store: Store, clock: StillClock) -> None:
    """A declared channel is due at the first start, before Telegram has answered who we are."""
    unconnected: Any = create(PlatformOptions(token=TOKEN), Texts({}))
    world = await World.on(store, clock, unconnected)
    channel = await world.channel("-100123")
    await world.feed("halden", corvid())
    await world.wants(channel, "10:00")
    clock.advance(timedelta(hours=1, minutes=2))
    await world.settle()
    assert await world.states() == []
    async with store.write() as tx:
        await places.set_bot_link(
            tx, "telegram", Identity(name="Strillone", address="https://t.me/x", places=1, invites=()).address
        )
    await world.settle("publish")
    assert await world.states() == ["queued"]
