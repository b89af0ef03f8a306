"""What every platform promises of files: the text of one that comes with an answer reaches whoever asked, letter for letter."""

import asyncio
import base64
import contextlib
import html
import io
import os
import pkgutil
import pty
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

import bot.platforms
from bot.model import Answer, Attachment, Call, CommandSpec, Document, Text
from bot.platforms.terminal import Terminal
from tests.doubles.discord import DiscordDouble
from tests.doubles.telegram import TelegramDouble
from tests.platforms import test_discord, test_telegram_harness, test_terminal, test_web

NAMES = sorted(module.name for module in pkgutil.iter_modules(bot.platforms.__path__))
FILE = Attachment("strillone-feeds.opml", '<opml version="2.0">\n  <!-- 模型 & “Ünï” [bold]:smile:</b> -->\n</opml>\n' + "  <outline/>\n" * 3000)  # fmt: skip
ANSWER = Answer(document=Document((Text("3 feeds."),)), attachment=FILE)
EXPORT = CommandSpec(name="export", code="x", description="The feeds as a file")

Shown = tuple[str, str]
"""A file as somebody has it: its name (empty where a platform has none) and its text."""


async def on_telegram(_: pytest.MonkeyPatch) -> Shown:
    desk = test_telegram_harness.Desk()
    desk.answers["export"] = ANSWER
    async with TelegramDouble() as telegram, test_telegram_harness.running(telegram, desk):
        chat = telegram.add_private(7)
        telegram.say(chat, 7, "/export")
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)
        said, sent = telegram.posts(chat)
        await desk.until(lambda: len(desk.closed) == 2)
    assert said.text == "3 feeds."
    assert desk.closed == [(1, str(said.message_id)), (2, str(sent.message_id))]
    return sent.file_name, sent.body.decode()


async def on_discord(monkeypatch: pytest.MonkeyPatch) -> Shown:
    monkeypatch.setattr("bot.platforms.discord.connection.READY", 0.03)

    async def answer(_: Call) -> Answer:
        return ANSWER

    acts = test_discord.Acts(answer=answer, commands=(EXPORT,))
    async with DiscordDouble() as double:
        desk = test_discord.Desk(double, test_discord.made(double), acts)
        await desk.start()
        try:
            asked = await double.slash(double.add_channel(), double.user(), "export")
        finally:
            await desk.stop()
    (message,) = asked.messages
    assert message.text == "3 feeds."
    ((name, text),) = message.files.items()
    return name, text


async def on_the_page(_: pytest.MonkeyPatch) -> Shown:
    async with test_web.served() as house:

        async def answer(_: Call) -> Answer:
            return ANSWER

        house.web._gateway = replace(house.desk.gateway(), answer=answer)
        shown = (await house.call({"text": "/export"}))["html"]
    assert "3 feeds." in shown
    found = re.search(r'<a class="button" download="([^"]+)" href="data:[^"]*;base64,([^"]+)"', shown)
    assert found is not None
    return html.unescape(found[1]), base64.b64decode(found[2]).decode()


async def on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> Shown:
    master, slave = pty.openpty()
    monkeypatch.setattr("sys.stdin", os.fdopen(slave, "rb", buffering=0))
    out, desk = Console(file=io.StringIO(), width=72), test_terminal.Desk()

    async def answer(_: Call) -> Answer:
        return ANSWER

    gateway = replace(desk.gateway(), answer=answer)
    task = asyncio.create_task(Terminal(out).run(gateway))
    async with asyncio.timeout(5):
        await desk.up.wait()
        os.write(master, b"/export\n")
        while not test_terminal.printed(out).rstrip().endswith("outline/>"):
            await asyncio.wait({task}, timeout=0.02)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    os.close(master)
    said, _, text = test_terminal.printed(out).partition("\n\n")
    assert said == "3 feeds."
    return "", text


WAYS: dict[str, Callable[[Any], Awaitable[Shown]]] = {
    "telegram": on_telegram,
    "discord": on_discord,
    "web": on_the_page,
    "terminal": on_the_terminal,
}


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_reaches_whoever_asked_letter_for_letter(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, text = await WAYS[name](monkeypatch)
    assert text.rstrip("\n") == FILE.text.rstrip("\n")
    assert found in {FILE.name, ""}
