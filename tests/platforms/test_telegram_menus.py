"""The menus of commands that Telegram shows: by kind of chat, in every language, and an operator's in their chat alone."""

import pytest

from bot.commands.registry import registry
from tests.doubles.telegram import BOT_ID
from tests.platforms.living import Chats, chats, guilds
from tests.support.world import texts

__all__ = ["chats", "guilds"]

SHOWN = [command.spec for command in registry().visible_commands]
READING = {spec.name for spec in SHOWN if not spec.manager and not spec.operator}
MANAGING = {spec.name for spec in SHOWN if not spec.operator}
SCOPES = {
    "default": READING,
    "all_private_chats": MANAGING,
    "all_group_chats": READING,
    "all_chat_administrators": MANAGING,
}
LANGUAGES = ["", *texts().languages[1:]]


def names(chats: Chats, scope: str, language: str = "") -> set[str]:
    return {command["command"] for command in chats.telegram.menus[scope, language]}


async def test_each_kind_of_chat_has_its_menu_in_every_language(chats: Chats) -> None:
    assert set(chats.telegram.menus) == {(scope, language) for scope in SCOPES for language in LANGUAGES}
    for scope, expected in SCOPES.items():
        assert {frozenset(names(chats, scope, language)) for language in LANGUAGES} == {frozenset(expected)}
    assert {"subscribe", "bar"} <= MANAGING - READING
    assert not MANAGING & {"claim", "names"}


async def test_what_commands_do_is_said_in_the_readers_language(chats: Chats) -> None:
    for language in LANGUAGES[1:]:
        words = texts().for_language(language)
        said = {c["command"]: c["description"] for c in chats.telegram.menus["all_private_chats", language]}
        assert said["subscribe"] == words("Post news here") != "Post news here"


async def test_an_operators_commands_are_shown_to_them_alone_once_they_are_one(chats: Chats) -> None:
    code = "AB12CD34"
    ada = chats.telegram.add_private(7)
    chats.telegram.add_private(8)
    await chats.offer(code)
    await chats.ask(8, 8, "/claim 00000000")
    await chats.ask(ada, 7, f"/start claim-{code}")
    await chats.telegram.until(lambda: ("chat 7", LANGUAGES[-1]) in chats.telegram.menus)
    assert names(chats, "chat 7") == {spec.name for spec in SHOWN}
    assert not any(scope == "chat 8" for scope, _ in chats.telegram.menus)


async def test_what_telegram_shows_already_is_not_told_again(chats: Chats) -> None:
    from bot.platforms.telegram.menus import Menus

    bot = chats.world.platform._bot
    assert bot.id == BOT_ID
    before = sum(method == "setMyCommands" for method, _ in chats.telegram.requests)
    await Menus(bot, [command.spec for command in registry().visible_commands], texts()).show()
    assert sum(method == "setMyCommands" for method, _ in chats.telegram.requests) == before


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_discord_describes_commands_and_their_options_in_every_language(language: str) -> None:
    words = texts().for_language(language)
    for spec in SHOWN:
        for option in (*spec.options, *((spec.target,) if spec.target else ())):
            assert words(option.description) != option.description or not option.description.isascii()
