"""Files that people attach become arguments of a Call: real libraries against loopback servers that keep the platforms' ways."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.commands.attached import LARGEST
from bot.model import Answer, Attachment, Call, CommandSpec, Document, Option, Text
from tests.doubles.discord import DiscordDouble
from tests.doubles.gateway import Gateway
from tests.doubles.telegram import TelegramDouble
from tests.platforms import test_discord, test_telegram_harness
from tests.platforms.test_telegram_harness import running

IMPORT = CommandSpec(
    name="import",
    code="im",
    description="Add feeds",
    options=(Option("file", "A list", file=True), Option("address", "Where it is")),
)
LATEST = CommandSpec(name="latest", code="la", description="The newest")
LIST = "<opml><!-- Ünï 模型 --></opml>"
FILE = ("feeds.opml", LIST.encode())
BROKEN = b"PK\x03\x04 and no more"


class Desk(test_telegram_harness.Desk):
    """A desk that takes files."""

    def gateway(self) -> Gateway:
        return replace(super().gateway(), commands=(LATEST, IMPORT))


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble() as double:
        yield double


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- Telegram ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caption", ["/import", "/import@strillone_test_bot", ""])
async def test_a_list_sent_in_private_is_imported(telegram: TelegramDouble, desk: Desk, caption: str) -> None:
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(chat, 7, caption, file=FILE)
        await telegram.until(lambda: telegram.posts(chat))
    (call,) = desk.calls
    assert (call.command, call.arguments) == ("import", {"file": LIST})
    assert call.person.manager


async def test_a_list_with_words_that_are_no_command_is_taken(telegram: TelegramDouble, desk: Desk) -> None:
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(chat, 7, "my feeds", file=FILE)
        await telegram.until(lambda: telegram.posts(chat))
        telegram.say(chat, 7, "", file=("feeds.zip", BROKEN))
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)
    assert [call.arguments for call in desk.calls] == [{"file": LIST}]
    assert any(post.text.startswith("That archive cannot be read") for post in telegram.posts(chat))


async def test_a_packed_list_is_taken_and_a_broken_archive_is_said(
    telegram: TelegramDouble, desk: Desk
) -> None:
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(chat, 7, "", file=("feeds.opml.gz", gzip.compress(LIST.encode())))
        telegram.say(chat, 7, "/import", file=("feeds.zip", BROKEN))
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)
    assert [call.arguments for call in desk.calls] == [{"file": LIST}]
    assert any(post.text.startswith("That archive cannot be read") for post in telegram.posts(chat))


@pytest.mark.parametrize("name", ["photo.jpg", "notes.txt", "opml"])
async def test_other_files_without_a_word_are_not_ours(
    telegram: TelegramDouble, desk: Desk, name: str
) -> None:
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(chat, 7, "", file=(name, b"x"))
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
    assert [call.command for call in desk.calls] == ["latest"]


async def test_a_file_with_a_command_that_takes_none_is_left_alone(
    telegram: TelegramDouble, desk: Desk
) -> None:
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest", file=FILE)
        await telegram.until(lambda: telegram.posts(chat))
    assert desk.calls[0].arguments == {}
    assert not [method for method, _ in telegram.requests if method in {"getFile", "download"}]


async def test_in_a_group_a_file_needs_its_command(telegram: TelegramDouble, desk: Desk) -> None:
    group = telegram.add_group(admins=[7])
    telegram.set_bot(group, "administrator")
    async with running(telegram, desk):
        telegram.say(group, 7, "", file=FILE)
        sent = telegram.say(group, 7, "look at this", file=FILE)
        telegram.say(group, 7, "/import", reply_to=sent.message_id)
        await telegram.until(lambda: telegram.posts(group))
    assert [call.arguments for call in desk.calls] == [{"file": LIST}]


async def test_a_file_that_is_too_large_is_refused_without_fetching_it(
    telegram: TelegramDouble, desk: Desk
) -> None:
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(chat, 7, "", file=("feeds.opml", b"x" * (LARGEST + 1)))
        await telegram.until(lambda: telegram.posts(chat))
    assert telegram.posts(chat)[0].text.startswith("That file is larger than 1 MB.")
    assert desk.calls == []
    assert "download" not in [method for method, _ in telegram.requests]


@pytest.mark.parametrize("method", ["getFile", "download"])
async def test_a_file_that_telegram_does_not_give_is_said(
    telegram: TelegramDouble, desk: Desk, method: str
) -> None:
    chat = telegram.add_private(7)
    telegram.fail(method, 500)
    async with running(telegram, desk):
        telegram.say(chat, 7, "", file=FILE)
        await telegram.until(lambda: telegram.posts(chat))
    assert telegram.posts(chat)[0].text.startswith("The file could not be fetched.")
    assert desk.calls == []


async def test_an_answers_file_goes_where_the_answer_goes(telegram: TelegramDouble, desk: Desk) -> None:
    group = telegram.add_group(members=[7])
    topic = telegram.add_topic(group)
    desk.answers["latest"] = Answer(
        document=Document((Text("Here."),)), private=False, attachment=Attachment("a.opml", LIST)
    )
    async with running(telegram, desk):
        asked = telegram.say(group, 7, "/latest", thread=topic)
        await telegram.until(lambda: len(telegram.posts(group)) == 2)
    words, file = telegram.posts(group)
    assert (file.file_name, file.body.decode()) == ("a.opml", LIST)
    assert file.thread == words.thread == topic
    assert file.reply_to == words.reply_to == asked.message_id


# --- Discord -----------------------------------------------------------------------------------------------


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[test_discord.Desk]:
    monkeypatch.setattr("bot.platforms.discord.connection.READY", 0.03)
    acts = test_discord.Acts(commands=(LATEST, IMPORT))
    async with DiscordDouble() as double:
        desk = test_discord.Desk(double, test_discord.made(double), acts)
        await desk.start()
        try:
            yield desk
        finally:
            await desk.stop()


def lent(text: str = "Here.", *, private: bool = True) -> Answer:
    return Answer(document=Document((Text(text),)), private=private, attachment=Attachment("a.opml", LIST))


async def test_an_attachment_is_an_option_of_its_own_kind(discord: test_discord.Desk) -> None:
    spec = next(each for each in discord.double.commands if each["name"] == "import")
    assert [(each["name"], each["type"], each.get("required", False)) for each in spec["options"]] == [
        ("file", 11, False),
        ("address", 3, False),
    ]


async def test_an_attached_list_is_an_argument(discord: test_discord.Desk) -> None:
    double = discord.double
    await double.slash(double.add_channel(), double.user(), "import", files={"file": FILE})
    assert discord.acts.calls[0].arguments == {"file": LIST}
    await double.slash(double.add_channel(), double.user(), "import", {"address": "a.example"})
    assert discord.acts.calls[1].arguments == {"address": "a.example"}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("big.opml", b"x" * (LARGEST + 1)), "That file is larger than 1 MB."),
        (("lost.opml", b"x"), "The file could not be fetched."),
        (("feeds.zip", BROKEN), "That archive cannot be read"),
    ],
)
async def test_an_attachment_that_is_not_taken_is_said(
    discord: test_discord.Desk, file: tuple[str, bytes], said: str
) -> None:
    double = discord.double
    asked = await double.slash(double.add_channel(), double.user(), "import", files={"file": file})
    assert asked.messages[0].text.startswith(said)
    assert discord.acts.calls == []


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("wait", [0.0, 0.3])
async def test_an_answers_file_comes_at_once_and_late(
    discord: test_discord.Desk, monkeypatch: pytest.MonkeyPatch, wait: float, private: bool
) -> None:
    monkeypatch.setattr("bot.platforms.discord.calls.PATIENCE", 0.1)

    async def answer(_: Call) -> Answer:
        await asyncio.sleep(wait)
        return lent(private=private)

    discord.acts.answer = answer
    double = discord.double
    asked = await double.slash(double.add_channel(), double.user(), "latest")
    (message,) = asked.messages
    assert (message.text, message.files) == ("Here.", {"a.opml": LIST})
    assert asked.deferred == bool(wait)
