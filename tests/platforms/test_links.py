"""A link that somebody else has made shows, and asks; it changes nothing, whoever taps it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.commands.declaration import Command, Option
from bot.commands.registry import registry
from bot.store.schema import metadata
from tests.platforms.living import Chats, chats, guilds, wishes
from tests.support.world import corvid, larkwell

__all__ = ["chats", "guilds"]

CODE = "AB12CD34"
VALUES = {
    "what": "robotics", "when": "09", "number": "1", "languages": "xx", "hours": "off", "policy": "skip", "whom": "server",
    "level": "biggest", "action": "open", "feed": "1", "name": "Spamcorp", "code": CODE, "payload": f"claim_{CODE}",
    "topic": "ai", "command": "list", "file": "opml", "address": "example", "data": "un",
}  # fmt: skip
"""What a link may hold for the options of the commands there are; of others the number 1."""

READ = frozenset({"seen", "calls", "answers"})
"""Tables in which it stands what somebody was shown."""


def payloads(command: Command) -> Iterator[str]:
    """Every way in which a link may call a command: with nothing, one argument, the same for each choice, and all."""
    given = [(option, value) for option in command.options for value in values(option)]
    names = list(command.arguments)
    yield command.spec.code
    for option, value in given:
        yield joined(command, {option.name: value}, names)
    whole = {option.name: value for option, value in given}
    yield joined(command, whole | dict.fromkeys(command.carried_options, "yes"), names)


def values(option: Option) -> tuple[str, ...]:
    return option.choices or (VALUES.get(option.name, "1"),)


def joined(command: Command, arguments: dict[str, str], names: list[str]) -> str:
    return "-".join([command.spec.code, *(arguments.get(name, "") for name in names)]).rstrip("-")


async def everything(chats: Chats) -> dict[str, Any]:
    """All that the database holds, save what somebody was shown."""
    return {
        table.name: [tuple(row) for row in await chats.world.rows(table)]
        for table in metadata.sorted_tables
        if table.name not in READ
    }


@pytest.mark.timeout(240)
async def test_no_command_of_a_link_changes_anything(chats: Chats) -> None:
    """Ada runs the instance, manages her chat and brings the bot into channels: she may do all of it herself."""
    ada = chats.telegram.add_private(7)
    await chats.offer("99887766")
    await chats.ask(ada, 7, "/claim 99887766")
    await chats.world.feed("halden", corvid(), larkwell())
    await chats.world.settle("collect", "read", "group")
    await chats.ask(ada, 7, "/subscribe ai 08:00 Europe/Rome")
    await chats.ask(ada, 7, "/recap sun 18:00")
    await chats.offer(CODE)
    before, tapped = await everything(chats), 0
    for command in registry().commands:
        for payload in payloads(command):
            if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):  # Telegram passes no other on
                await chats.ask(ada, 7, f"/start {payload}")
                assert await everything(chats) == before, payload
                tapped += 1
    assert tapped > 2 * len(registry().commands)


async def test_what_a_link_asks_for_is_done_by_ones_own_button_alone(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    asked = await chats.ask(ada, 7, "/start su-robotics-now")
    assert "Nothing has changed yet." in asked.text
    assert await wishes(chats.world, str(ada)) == []
    await chats.press(ada, asked, "Do it")
    assert await wishes(chats.world, str(ada)) == ["robotics"]
