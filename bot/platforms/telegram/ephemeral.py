"""Messages in a group that one person alone sees: the ephemeral messages of Bot API 10.3.

python-telegram-bot knows the Bot API up to 10.0, so what it lacks is asked for by raw calls, here alone.
https://core.telegram.org/bots/api#ephemeral-messages-and-commands
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from telegram import Bot, MaybeInaccessibleMessage, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, EndPointNotFound, Forbidden, RetryAfter, TelegramError

from bot.errors import ChannelLost, NotSent, Refused
from bot.model import Attachment, Channel, Payload
from bot.platforms.telegram.failures import failure, translate_failures
from bot.platforms.telegram.keys import keyboard
from bot.platforms.telegram.send import chat, preview, send_file, send_text

log = structlog.get_logger(__name__)

_NUMBER = "ephemeral_message_id"
_NONE = 2_147_483_647
"""The number of no ephemeral message."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who alone sees a message, and what it answers: the press of a button (its query), and the ephemeral
    message whose button that was, which it may stand in place of; 0 for none.
    """

    user: int
    query: str = ""
    pressed: int = 0

    @property
    def parameters(self) -> dict[str, object]:
        """What goes with a request so that nobody else sees its message."""
        query = {"callback_query_id": self.query} if self.query else {}
        return {"ephemeral_message_parameters": {"receiver_user_id": self.user, **query}}


def ephemeral_number(message: MaybeInaccessibleMessage) -> int:
    """Return the number of an ephemeral message, 0 for any other."""
    return int(message.api_kwargs.get(_NUMBER) or 0)


class EphemeralMessages:
    """Says something in a group to one person. Where the server does not know how, or refuses it in a group,
    that is remembered, and nothing is said.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._is_known: bool | None = None
        """Whether the server knows ephemeral messages, None where it was not asked yet."""

        self._refusing: set[str] = set()
        """The chats in which it refused them."""

    async def say(
        self,
        reader: Reader,
        channel: Channel,
        payloads: Sequence[Payload],
        attachment: Attachment | None = None,
        *,
        reply_to: str = "",
        edits: bool = False,
    ) -> bool:
        """Show rendered messages, and a file, to one person; the first in place of the message whose button
        was pressed, where it `edits`. False where nothing can be shown.

        Raises a `DeliveryError` for what is lost after something was shown, or may have been.
        """
        if channel.address in self._refusing or not await self._is_served(reader, channel):
            return False
        shown = 0
        try:
            with translate_failures():
                for payload in payloads:
                    if edits and reader.pressed and not shown:
                        await self._edit(reader, channel, payload)
                    else:
                        message = await send_text(
                            self._bot, payload, channel, reply_to, raw=reader.parameters
                        )
                        if not await self._is_hidden(message):
                            return False
                    shown += 1
                if attachment is not None:
                    message = await send_file(self._bot, attachment, channel, reply_to, raw=reader.parameters)
                    await self._is_hidden(message)
        except (Refused, ChannelLost, NotSent) as error:
            if shown:
                raise
            log.info("telegram.ephemeral_refused", chat=channel.address, cause=str(error))
            if not isinstance(error, NotSent):
                self._refusing.add(channel.address)
            return False
        return True

    async def _is_served(self, reader: Reader, channel: Channel) -> bool:
        """Tell whether the server knows ephemeral messages. One that does not would ignore for whom a message
        is and show it to all, so it is asked for something harmless first.
        """
        if self._is_known is None:
            arguments = {"chat_id": chat(channel.address), "receiver_user_id": reader.user, _NUMBER: _NONE}
            try:
                await self._bot.do_api_request("deleteEphemeralMessage", api_kwargs=arguments)
            except EndPointNotFound:
                self._is_known = False
                log.info("telegram.ephemeral_unknown")
            except (BadRequest, Forbidden, RetryAfter):
                self._is_known = True
            except TelegramError as error:
                log.info("telegram.ephemeral_unasked", cause=str(failure(error)))
            else:
                self._is_known = True
        return bool(self._is_known)

    async def _is_hidden(self, message: Message) -> bool:
        """Tell whether one person alone sees a message; one that all see is taken away: the last of them."""
        if ephemeral_number(message):
            return True
        self._is_known = False
        log.warning("telegram.ephemeral_shown_to_all", chat=message.chat.id)
        await self._bot.delete_message(message.chat.id, message.message_id)
        return False

    async def _edit(self, reader: Reader, channel: Channel, payload: Payload) -> None:
        keys = keyboard(payload, channel, "")
        arguments = {
            "chat_id": chat(channel.address),
            "receiver_user_id": reader.user,
            _NUMBER: reader.pressed,
            "text": payload["text"],
            "parse_mode": ParseMode.HTML,
            "link_preview_options": preview(payload),
            **({"reply_markup": keys} if keys else {}),
        }
        await self._bot.do_api_request("editEphemeralMessageText", api_kwargs=arguments)
