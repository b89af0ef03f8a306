"""A command is declared in one module and known everywhere: one is put beside the others here, and looked for."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import commands as package
from bot.commands.registry import registry
from bot.model import CommandSpec
from tests.commands.conftest import Counter, counter, words_of, world
from tests.doubles.discord import DiscordDouble
from tests.doubles.gateway import Gateway
from tests.doubles.telegram import TelegramDouble
from tests.i18n.source import said
from tests.platforms import test_discord, test_telegram_harness
from tests.platforms.test_telegram_harness import running
from tools.docs import ROOT, commands_page, commands_table, documents

__all__ = ["counter", "world"]

MODULE = '''"""weather: what a gazette of the sky would answer."""

from bot.commands.declaration import Option, Section, command
from bot.jobs import Context
from bot.model import Answer, Call, Document, Text


async def towns(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the towns there are."""
    return ("halden", "larkwell")


@command(
    name="weather",
    code="we",
    section=Section.CHANNEL,
    description="The weather of a town",
    help_line="the weather of a town: /weather halden",
    options=(Option("town", "The name of a town", required=True, complete=towns),),
    carried_options=("day",),
    manager=True,
)
async def weather(ctx: Context, call: Call) -> Answer:
    """Answer with the weather."""
    rain = f"Rain in {call.arguments['town']}, day {call.arguments.get('day', '1')}."
    return Answer(document=Document((Text(rain),)))
'''


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module with a command, beside those of the package."""
    folder = tmp_path / "bot"
    folder.mkdir()
    (folder / "weather.py").write_text(MODULE)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    importlib.invalidate_caches()
    registry.cache_clear()
    yield folder
    registry.cache_clear()
    sys.modules.pop("bot.commands.weather", None)
    vars(package).pop("weather", None)


@pytest.mark.usefixtures("declared")
async def test_it_is_answered_typed_and_pressed(counter: Counter) -> None:
    assert await counter.said("/weather halden") == "Rain in halden, day 1."
    assert words_of((await counter.press("we:larkwell:2")).document) == "Rain in larkwell, day 2."
    assert "Usage: /weather TOWN" in await counter.said("/weather")
    assert "Did you mean /weather?" in await counter.said("/wether")


@pytest.mark.usefixtures("declared")
async def test_its_rights_are_looked_at(counter: Counter) -> None:
    assert "ask someone who may manage" in await counter.by(manager=False).said("/weather halden")
    asked = await counter.dispatcher.pressed("we:halden", counter.call)
    assert asked.arguments == {
        "data": "we:halden",
        "usage": "/weather halden",
        "about": "The weather of a town",
    }


@pytest.mark.usefixtures("declared")
async def test_help_and_completion_know_it(counter: Counter) -> None:
    assert "/weather — The weather of a town" in await counter.said("/help")
    assert "the weather of a town: /weather halden" in await counter.said("/help weather")
    complete, call = counter.dispatcher.complete, counter.call
    assert await complete("weather", "town", "L", call) == ("larkwell",)
    assert await complete("help", "command", "we", call) == ("weather",)


@pytest.mark.usefixtures("declared")
async def test_discord_has_it_as_a_slash_command(counter: Counter) -> None:
    async with DiscordDouble() as double:
        acts = test_discord.Acts(commands=counter.dispatcher.commands)
        desk = test_discord.Desk(double, test_discord.made(double), acts)
        await desk.start()
        (weather,) = [each for each in double.commands if each["name"] == "weather"]
        await desk.stop()
    assert weather["description"] == "The weather of a town"
    assert [(option["name"], option.get("autocomplete", False)) for option in weather["options"]] == [
        ("town", True), ("channel", False)
    ]  # fmt: skip


@pytest.mark.usefixtures("declared")
async def test_telegrams_menu_has_it(counter: Counter) -> None:
    class Desk(test_telegram_harness.Desk):
        def gateway(self) -> Gateway:
            return replace(super().gateway(), commands=counter.dispatcher.commands)

    async with TelegramDouble() as double, running(double, Desk()):
        menus = double.menus
    weather = {"command": "weather", "description": "The weather of a town"}
    shown = {scope for (scope, language), menu in menus.items() if weather in menu and not language}
    assert shown == {"all_private_chats", "all_chat_administrators"}


@pytest.mark.usefixtures("declared")
def test_the_docs_tell_of_it() -> None:
    assert "### `/weather TOWN`\n\nThe weather of a town: `/weather halden`." in commands_page()
    assert "| `/weather TOWN` | the weather of a town: `/weather halden` |" in commands_table()


def test_catalogues_must_translate_what_it_says(declared: Path) -> None:
    (declared.parent / "config").mkdir()
    (declared.parent / "config" / "topics.toml").write_text("")
    found = said(declared)
    assert found.keys() == {
        "The weather of a town", "the weather of a town: /weather halden", "The name of a town"
    }  # fmt: skip
    assert found["The weather of a town"].description


# --- those there are ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", documents(), ids=str)
def test_the_docs_are_as_the_commands_are(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == documents()[path], "say `make docs`"


def test_the_readme_has_the_marks_between_which_the_table_stands() -> None:
    assert commands_table() in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", registry().visible_commands, ids=lambda command: command.spec.name)
def test_each_has_a_description_and_a_usage(command: object) -> None:
    spec: CommandSpec = command.spec  # type: ignore[attr-defined]
    assert spec.description
    assert command.usage.split()[0] == f"/{spec.name}"  # type: ignore[attr-defined]
