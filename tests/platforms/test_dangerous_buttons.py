"""What cannot be taken back is shown so, over the wire; on servers that do not know how, it is a button as others."""

from tests.doubles.telegram import Message
from tests.platforms.living import Chats, Guilds, chats, guilds

__all__ = ["chats", "guilds"]


def styles(message: Message) -> dict[str, str]:
    return {key["text"]: key.get("style", "") for row in message.keyboard for key in row}


async def test_on_telegram_a_button_that_forgets_everything_is_red(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    said = await chats.ask(ada, 7, "/forget_me")
    assert styles(said) == {"Yes, forget it": "danger"}
    latest = await chats.ask(ada, 7, "/start")
    assert set(styles(latest).values()) == {""}


async def test_a_server_that_knows_no_styles_gets_buttons_without(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    chats.telegram.fail("sendMessage", 400, words="Bad Request: can't parse inline keyboard button: field \"style\" is unknown")  # fmt: skip
    said = await chats.ask(ada, 7, "/forget_me")
    assert styles(said) == {"Yes, forget it": ""}


async def test_on_discord_it_is_red_as_well(guilds: Guilds) -> None:
    asked = await guilds.discord.slash(guilds.lobby, guilds.ada, "forget_me")
    assert not asked.failed
    message = guilds.discord.ephemeral(guilds.ada)[-1]
    assert [button.get("style") for button in message.buttons] == [4]
