"""What discord.py and aiohttp raise, in our own words: whether an effect is certain, possible or
ruled out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.errors import ChannelLost, DeliveryError, NotSent, PlatformDown, Refused, Unsure

CREDENTIAL_REFUSED = (
    "Discord does not know the bot token (DISCORD_TOKEN). The Developer Portal gives the "
    "right one: your application, Bot, Reset Token."
)
INTENTS = (
    "Discord refused an intent this program asks for. In the Developer Portal, open your application, Bot, "
    "and look at Privileged Gateway Intents."
)

NO_ACCESS, NO_RIGHT, NO_PRIVATE = 50001, 50013, 50007
UNKNOWN_MESSAGE = 10008
THREAD_CLOSED_CODES = {50083, 160005}
"""Error codes of Discord (Opcodes and Status Codes): an archived, a locked thread."""
TAG_REQUIRED_CODE = 40067

CLOUDFLARE_WAIT = 60.0
"""Seconds to wait when a 429 does not come from Discord itself and names no time."""


def failure(error: Exception, missing: tuple[str, ...] = (), chat_name: str = "there") -> DeliveryError:
    """Return what an error means for the operation that met it; `missing` are the rights we know to lack."""
    match error:
        case discord.RateLimited():
            return NotSent(
                f"Discord asks us to wait {error.retry_after:.0f} seconds.", after=error.retry_after
            )
        case discord.HTTPException():
            return _error_of_answer(error, missing, chat_name)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError() | RuntimeError():
            return NotSent("Discord could not be reached.")
        case _:
            return Unsure(f"Discord did not say whether the message arrived ({type(error).__name__}).")


def _error_of_answer(error: discord.HTTPException, missing: tuple[str, ...], chat_name: str) -> DeliveryError:
    if error.text.lstrip().startswith("<") and error.status < 500:
        return NotSent(f"Something before Discord refused the request ({error.status}).", after=_wait(error))
    if error.code in THREAD_CLOSED_CODES:
        return ChannelLost(f"The thread is closed: reopen it, or choose another place ({chat_name}).")
    if error.code == TAG_REQUIRED_CODE:
        return ChannelLost(
            f"{chat_name} asks for a tag on each post and has none that I may set: add one there, or give me "
            "*Manage Threads*."
        )
    match error.status:
        case 401:
            return PlatformDown(CREDENTIAL_REFUSED, final=True)
        case 403:
            return ChannelLost(_forbidden(error, missing, chat_name))
        case 404:
            return _gone_error(error, chat_name)
        case 429:
            return NotSent("Discord asks us to wait.", after=_wait(error))
        case status if status >= 500:
            return Unsure(f"Discord has trouble ({status}) and did not say whether the message arrived.")
        case _:
            return Refused(f"Discord refused the message: {' '.join(error.text.split()) or error.status}.")


def _forbidden(error: discord.HTTPException, missing: tuple[str, ...], chat_name: str) -> str:
    if error.code == NO_PRIVATE:
        return "This person does not take private messages from the bot."
    if error.code == NO_ACCESS and not missing:
        return f"I may not see {chat_name}: give me *View Channel* there."
    if error.code in {NO_ACCESS, NO_RIGHT}:
        rights = ", ".join(f"*{name}*" for name in missing) or "*Send Messages*"
        return f"I may not post in {chat_name}: give me {rights} there."
    return f"Discord does not let us post in {chat_name}: {error.text}."


def _gone_error(error: discord.HTTPException, chat_name: str) -> DeliveryError:
    if error.code == UNKNOWN_MESSAGE:
        return Refused("The message was deleted on Discord.")
    return ChannelLost(f"Discord does not know {chat_name} any more ({error.text or 'not found'}).")


def _wait(error: discord.HTTPException) -> float:
    """discord.py waits itself where Discord asks; what is left comes from the proxy before it."""
    try:
        return float(error.response.headers.get("Retry-After", CLOUDFLARE_WAIT))
    except (TypeError, ValueError):
        return CLOUDFLARE_WAIT


TROUBLE = (
    discord.HTTPException,
    discord.RateLimited,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    RuntimeError,
)
"""Everything a request of discord.py may raise; aiohttp's errors pass through it, RuntimeError is a closed
session.
"""


@contextmanager
def translate_failures(
    missing: Callable[[], tuple[str, ...]] = tuple, chat_name: str = "there"
) -> Iterator[None]:
    """Raise a `DeliveryError` for what a request raises inside; which rights are `missing` is only asked
    then.
    """
    try:
        yield
    except TROUBLE as error:
        raise failure(error, missing(), chat_name) from error
