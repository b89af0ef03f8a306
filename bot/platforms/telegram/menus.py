"""The menus of commands that Telegram shows: for each kind of chat those that may be used there, in every
language of the bot.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import InvalidToken, TelegramError

from bot.i18n import Texts
from bot.model import CommandSpec
from bot.platforms.telegram.failures import failure

log = structlog.get_logger(__name__)

COMMANDS_MAX = 100
DESCRIPTION_MAX = 256
"""Commands of one menu, and characters of a description (Bot API, setMyCommands and BotCommand)."""

_NAME = re.compile(r"[a-z0-9_]{1,32}")


class Menus:
    """The menus of one bot. Only what differs from what Telegram shows is told, for it takes few changes."""

    def __init__(self, bot: Bot, specs: Iterable[CommandSpec], texts: Texts) -> None:
        shown = [spec for spec in specs if _NAME.fullmatch(spec.name) and spec.description]
        self._everything = shown[:COMMANDS_MAX]
        self._bot = bot
        self._texts = texts

    async def show(self) -> None:
        """Show every kind of chat its menu. Without it all works the same. Raises `InvalidToken`."""
        managing = [spec for spec in self._everything if not spec.operator]
        reading = [spec for spec in managing if not spec.manager]
        menus: tuple[tuple[BotCommandScope, list[CommandSpec]], ...] = (
            (BotCommandScopeDefault(), reading),
            (BotCommandScopeAllPrivateChats(), managing),
            (BotCommandScopeAllGroupChats(), reading),
            (BotCommandScopeAllChatAdministrators(), managing),
        )
        await asyncio.gather(*(self._set(scope, specs) for scope, specs in menus))

    async def show_operator(self, chat: str) -> None:
        """Show whoever runs the instance all commands in their private chat. Raises `InvalidToken`."""
        if chat.isdigit():
            await self._set(BotCommandScopeChat(int(chat)), self._everything)

    async def _set(self, scope: BotCommandScope, specs: Sequence[CommandSpec]) -> None:
        """Set a menu in every language; that in English is for all who have none of ours."""
        try:
            for language in self._texts.languages:
                code = "" if language == self._texts.languages[0] else language
                words = self._texts.for_language(language)
                menu = [BotCommand(spec.name, words(spec.description)[:DESCRIPTION_MAX]) for spec in specs]
                if list(await self._bot.get_my_commands(scope=scope, language_code=code)) != menu:
                    await self._bot.set_my_commands(menu, scope=scope, language_code=code)
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("telegram.menu_not_set", scope=scope.type, cause=str(failure(error)))
