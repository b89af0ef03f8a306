"""What python-telegram-bot raises, in our own words: whether an effect is certain, possible or ruled out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.errors import ChannelLost, ChannelMoved, DeliveryError, NotSent, PlatformDown, Refused, Unsure

# The library's documented opt-in (22.2): without it every flood wait raises a deprecation warning first.
os.environ.setdefault("PTB_TIMEDELTA", "1")

NO_SUCH_BOT = (
    "Telegram does not know the bot token (TELEGRAM_TOKEN). Ask @BotFather for the right "
    "one: /mybots, your bot, API Token."
)
CONFLICT = (
    "Another program reads this Telegram bot's messages (409 Conflict). "
    "Stop the other copy, or give this one a token of its own from @BotFather."
)

LOST_CHAT_WORDS = (
    "chat not found",
    "thread not found",
    "topic_deleted",
    "topic_closed",
    "topic not found",
    "not enough rights to send",
    "need administrator rights",
    "have no rights to send",
    "chat_write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "user is deactivated",
    "bot was kicked",
    "bot is not a member",
)
"""Parts of a 400's words that say: we may not post in this chat, or it is gone (tdlib/telegram-bot-api,
Client.cpp).
"""

DELETED = ("message to edit not found", "message_id_invalid")
"""Parts of a 400's words that say: the message to be changed is not there any more."""

UNSENT_ERRORS = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
    RuntimeError,
)
"""Causes of a NetworkError that are raised before a request is written; RuntimeError is a client already
closed.
"""


def failure(error: TelegramError) -> DeliveryError:
    """Return what an error of the library means for the operation that met it."""
    match error:
        case RetryAfter():
            return NotSent(f"Telegram asks us to wait: {error.message}.", after=seconds(error.retry_after))
        case ChatMigrated():
            return ChannelMoved("The group became a supergroup.", str(error.new_chat_id))
        case Forbidden():
            return ChannelLost(f"Telegram does not let us post there: {error.message}.")
        case InvalidToken():
            return PlatformDown(NO_SUCH_BOT, final=True)
        case Conflict():
            return PlatformDown(CONFLICT)
        case BadRequest():
            return _refusal(error.message)
        case _:
            return _network(error)


def _refusal(words: str) -> DeliveryError:
    if any(part in words.casefold() for part in LOST_CHAT_WORDS):
        return ChannelLost(f"Telegram does not let us post there: {words}.")
    if any(part in words.casefold() for part in DELETED):
        return Refused(f"The message was deleted on Telegram ({words}).")
    return Refused(f"Telegram refused the message: {words}.")


def _network(error: TelegramError) -> DeliveryError:
    if isinstance(error.__cause__, UNSENT_ERRORS):
        return NotSent(f"Telegram could not be reached ({type(error.__cause__).__name__}).")
    if "too many requests" in error.message.casefold():
        return NotSent("Telegram asks us to wait without saying how long.", after=30)
    return Unsure(f"Telegram did not say whether the message arrived: {_short(error)}.")


def _short(error: TelegramError) -> str:
    """A proxy's error page may repeat the address, in which the token stands: only its first words
    are kept.
    """
    return error.message.split(". Parsing", 1)[0].split(": ", 1)[0]


def seconds(wait: int | timedelta) -> float:
    """Return a wait in seconds; the library gives a number today and a timedelta with PTB_TIMEDELTA=1."""
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


@contextmanager
def translate_failures() -> Iterator[None]:
    """Raise a `DeliveryError` for what the library raises inside."""
    try:
        yield
    except TelegramError as error:
        raise failure(error) from error
