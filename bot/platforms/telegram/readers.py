"""Who is told what a command brought that was typed in a channel, where nobody knows its author."""

from collections.abc import Set

import structlog
from telegram import Bot, Chat, User
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.model import Person
from bot.platforms.telegram.failures import failure
from bot.platforms.telegram.places import may_manage, person

log = structlog.get_logger(__name__)

ASKED_MAX = 10
"""Administrators of a channel who are tried until one has a private chat with us."""


async def find_reader(bot: Bot, chat: Chat, desks: Set[str]) -> Person | None:
    """Return somebody who manages a channel and has a private chat with us, None where there is nobody.

    Whoever has brought us in (`desks`) comes before all others.
    """
    try:
        administrators = await bot.get_chat_administrators(chat.id)
    except TelegramError as error:
        log.warning("telegram.rights_unknown", chat=chat.id, cause=str(failure(error)))
        return None
    users = [member.user for member in administrators if may_manage(member, chat.type)]
    users.sort(key=lambda user: str(user.id) not in desks)
    for user in users[:ASKED_MAX]:
        if not user.is_bot and await _may_write_to(bot, user):
            return person(user, private=True)
    return None


async def _may_write_to(bot: Bot, user: User) -> bool:
    """Tell whether a user has a private chat with us, without a word: by showing that we type there."""
    try:
        return await bot.send_chat_action(user.id, ChatAction.TYPING)
    except TelegramError:
        return False  # none was begun, or it was ended; where Telegram is away, nothing can be said either
