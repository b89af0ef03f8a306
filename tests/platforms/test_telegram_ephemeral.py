"""What one person alone sees in a group of Telegram, and what nobody else may: over the wire, on servers of
several versions of the Bot API.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.commands.registry import registry
from bot.platforms.telegram import create
from bot.ports import PlatformOptions
from bot.store import Store
from tests.conftest import StillClock
from tests.doubles.telegram import TOKEN, USERNAME, Message, TelegramDouble
from tests.platforms.living import Chats, living, plain
from tests.support.world import corvid, garden, larkwell, texts

WAY = f"I answer that in private: write to me first, at https://t.me/{USERNAME}"
OLD, HALF, NEW = (10, 0), (10, 2), (10, 3)


@asynccontextmanager
async def chats_on(api: tuple[int, int], store: Store, clock: StillClock) -> AsyncIterator[Chats]:
    async with TelegramDouble(api=api) as telegram:
        platform: Any = create(PlatformOptions(token=TOKEN, addresses={"api": telegram.url}), texts())
        async with living(platform, store, clock) as world:
            await world.feed("halden", corvid(), larkwell(), garden())
            await world.settle()
            yield Chats(telegram, world)


@pytest.fixture
async def chats(store: Store, clock: StillClock) -> AsyncIterator[Chats]:
    async with chats_on(NEW, store, clock) as made:
        yield made


async def told_alone(chats: Chats, chat: int, user: int, text: str) -> Sequence[Message]:
    """Type in a group; returns what its author alone is told."""
    before = len(chats.telegram.shows_alone(chat, user))
    chats.telegram.say(chat, user, text)
    await chats.telegram.until(lambda: len(chats.telegram.shows_alone(chat, user)) > before)
    return chats.telegram.shows_alone(chat, user)[before:]


async def test_an_answer_for_one_is_seen_by_one(chats: Chats) -> None:
    group = chats.telegram.add_group("Owls", admins=[7], members=[8])
    (status,) = await told_alone(chats, group, 8, "/status")
    assert "Nothing is posted here yet." in plain(status)
    assert status.thread == 0
    assert chats.telegram.posts(group) == []


async def test_it_stands_in_the_topic_where_it_was_asked(chats: Chats) -> None:
    group = chats.telegram.add_group("Owls", admins=[7])
    topic = chats.telegram.add_topic(group)
    chats.telegram.say(group, 7, "/status", thread=topic)
    await chats.telegram.until(lambda: chats.telegram.shows_alone(group, 7))
    assert chats.telegram.shows_alone(group, 7)[0].thread == topic


async def test_its_buttons_act_there_and_change_it_in_place(chats: Chats) -> None:
    group = chats.telegram.add_group("Owls", admins=[7])
    (rules,) = await told_alone(chats, group, 7, "/wish no crypto, evenings")
    chats.telegram.press_alone(rules, "Save")
    await chats.telegram.until(lambda: len(chats.telegram.shows_alone(group, 7)) > 1 or rules.edits)
    assert await chats.wishes(group) == ["ai"]
    (panel,) = (await told_alone(chats, group, 7, "/settings"))[-1:]
    chats.telegram.press_alone(panel, "Times")
    await chats.telegram.until(lambda: panel.edits)
    assert chats.telegram.posts(group) == []


@pytest.mark.parametrize("private", [False, True])
async def test_an_older_server_gets_none_and_the_group_sees_the_way(
    store: Store, clock: StillClock, private: bool
) -> None:
    async with chats_on(OLD, store, clock) as chats:
        group = chats.telegram.add_group("Owls", admins=[7])
        if private:
            chats.telegram.add_private(7)
        answer = await chats.ask(group, 7, "/status", answered_in=7 if private else 0)
        assert ("Nothing is posted here yet." in plain(answer)) is private
        assert (plain(answer) == WAY) is not private
        sent = [arguments for method, arguments in chats.telegram.requests if method == "sendMessage"]
        assert not any("ephemeral_message_parameters" in arguments for arguments in sent)


async def test_what_a_server_shows_to_all_is_taken_away_at_once(store: Store, clock: StillClock) -> None:
    """It knows the requests about ephemeral messages, and not yet how they are sent."""
    async with chats_on(HALF, store, clock) as chats:
        group = chats.telegram.add_group("Owls", admins=[7])
        chats.telegram.say(group, 7, "/status")
        await chats.telegram.until(lambda: WAY in [plain(post) for post in chats.telegram.posts(group)])
        chats.telegram.say(group, 7, "/status")
        await chats.telegram.until(lambda: len(chats.telegram.posts(group)) == 2)
        assert [plain(post) for post in chats.telegram.posts(group)] == [WAY, WAY]


async def test_a_group_that_refuses_them_is_asked_once(chats: Chats) -> None:
    group, ada = chats.telegram.add_group("Owls", admins=[7]), chats.telegram.add_private(7)
    chats.telegram.fail("sendMessage", 400, words="EPHEMERAL_FORBIDDEN", chat=group)
    for number in (1, 2):
        chats.telegram.say(group, 7, "/status")
        await chats.telegram.until(lambda number=number: len(chats.telegram.posts(ada)) == number)
    tries = [
        arguments
        for method, arguments in chats.telegram.requests
        if method == "sendMessage" and "ephemeral_message_parameters" in arguments
    ]
    assert len(tries) == 1
    assert chats.telegram.posts(group) == []


@pytest.mark.parametrize("api", [OLD, NEW])
async def test_no_answer_that_is_one_persons_own_is_seen_by_others(
    store: Store, clock: StillClock, api: tuple[int, int]
) -> None:
    """Every command with each of its examples, by a manager without a private chat."""
    async with chats_on(api, store, clock) as chats:
        group = chats.telegram.add_group("Owls", admins=[7])
        shown: list[str] = []
        for command in (each for each in registry().visible_commands if not each.spec.public):
            for line in (f"/{command.spec.name}", *command.examples):
                told, alone = chats.telegram.posts(group), chats.telegram.shows_alone(group, 7)
                chats.telegram.say(group, 7, line)
                await chats.telegram.until(
                    lambda told=told, alone=alone: (
                        chats.telegram.posts(group) != told or chats.telegram.shows_alone(group, 7) != alone
                    )
                )
                seen = [plain(post) for post in chats.telegram.posts(group)[len(told) :]]
                shown += [f"{line}: {text}" for text in seen if text != WAY]
        assert shown == []
