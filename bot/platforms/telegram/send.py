"""Operations and answers onto Telegram: messages are sent and edited, and every failure gets a meaning."""

from collections.abc import Mapping

from telegram import Bot, InputFile, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.errors import Refused
from bot.model import Attachment, Channel, Operation, OperationKind, Payload
from bot.platforms.telegram.failures import translate_failures
from bot.platforms.telegram.keys import keyboard, picking_keyboard
from bot.platforms.telegram.markup import untimed

NOT_MODIFIED = "message is not modified"
NOT_DELETABLE = "message can't be deleted"
NOT_THERE_WORDS = ("message to delete not found", "message_id_invalid")
"""Parts of a 400's words that say: the message to be deleted is not there any more."""


async def perform(bot: Bot, operation: Operation, channel: Channel, reply_to: str) -> str:
    """Perform an operation and return the id of its message. Raises a `DeliveryError`."""
    with translate_failures():
        if operation.kind is OperationKind.EDIT:
            return await _change(bot, operation, channel)
        if operation.kind is OperationKind.DELETE:
            return await _remove(bot, operation, channel)
        return await post(bot, operation.payload, channel, reply_to, operation.nonce)


async def _change(bot: Bot, operation: Operation, channel: Channel) -> str:
    message = str(operation.payload.get("post") or operation.post)
    if not message.isdigit():
        raise Refused("This edit names no message to change.")
    await edit(bot, operation.payload, channel, message, operation.nonce)
    return message


async def _remove(bot: Bot, operation: Operation, channel: Channel) -> str:
    """Delete a message of ours; one that Telegram does not let us delete, as after 48 hours, gets the payload
    in its place.
    """
    message = str(operation.payload.get("post") or "")
    if not message.isdigit():
        raise Refused("This removal names no message.")
    try:
        await bot.delete_message(chat(channel.address), int(message))
    except BadRequest as error:
        words = error.message.casefold()
        if NOT_DELETABLE in words:
            await edit(bot, operation.payload, channel, message, operation.nonce)
        elif not any(part in words for part in NOT_THERE_WORDS):
            raise
    return message


async def post(bot: Bot, payload: Payload, channel: Channel, reply_to: str = "", nonce: str = "") -> str:
    """Send a rendered message and return its id. Raises `TelegramError`."""
    return str((await send_text(bot, payload, channel, reply_to, nonce)).message_id)


async def send_text(
    bot: Bot,
    payload: Payload,
    channel: Channel,
    reply_to: str = "",
    nonce: str = "",
    raw: Mapping[str, object] | None = None,
) -> Message:
    """Send a rendered message, with `raw` parameters that the library does not know. Raises
    `TelegramError`.
    """
    try:
        return await _send_text(bot, payload, channel, reply_to, nonce, raw)
    except BadRequest as error:
        if (plainer := _plainer_payload(error, payload)) is None:
            raise
        return await send_text(bot, plainer, channel, reply_to, nonce, raw)


async def _send_text(
    bot: Bot,
    payload: Payload,
    channel: Channel,
    reply_to: str,
    nonce: str,
    raw: Mapping[str, object] | None,
) -> Message:
    return await bot.send_message(
        chat_id=chat(channel.address),
        text=payload["text"],
        parse_mode=ParseMode.HTML,
        message_thread_id=int(channel.thread) if channel.thread else None,
        link_preview_options=preview(payload),
        reply_parameters=_reply(reply_to),
        reply_markup=picking_keyboard(payload) or keyboard(payload, channel, nonce),
        disable_notification=bool(payload.get("silent")),
        api_kwargs=dict(raw or {}),
    )


async def post_file(bot: Bot, attachment: Attachment, channel: Channel, reply_to: str = "") -> str:
    """Send a file of text and return the id of its message. Raises `TelegramError`."""
    return str((await send_file(bot, attachment, channel, reply_to)).message_id)


async def send_file(
    bot: Bot,
    attachment: Attachment,
    channel: Channel,
    reply_to: str = "",
    raw: Mapping[str, object] | None = None,
) -> Message:
    """Send a file of text, with `raw` parameters that the library does not know. Raises `TelegramError`."""
    return await bot.send_document(
        chat_id=chat(channel.address),
        document=InputFile(attachment.text.encode(), filename=attachment.name),
        message_thread_id=int(channel.thread) if channel.thread else None,
        reply_parameters=_reply(reply_to),
        api_kwargs=dict(raw or {}),
    )


async def edit(bot: Bot, payload: Payload, channel: Channel, message: str, nonce: str = "") -> bool:
    """Give a message this content; False when it already has it. Raises `TelegramError`."""
    try:
        await bot.edit_message_text(
            chat_id=chat(channel.address),
            message_id=int(message),
            text=payload["text"],
            parse_mode=ParseMode.HTML,
            link_preview_options=preview(payload),
            reply_markup=keyboard(payload, channel, nonce),
        )
    except BadRequest as error:
        if NOT_MODIFIED in error.message.casefold():
            return False
        if (plainer := _plainer_payload(error, payload)) is None:
            raise
        return await edit(bot, plainer, channel, message, nonce)
    return True


def _plainer_payload(error: BadRequest, payload: Payload) -> Payload | None:
    """Return a payload without what a server of one's own is too old for: moments by the reader's clock (Bot
    API 9.5) and styles of buttons (9.4); None where it was refused for something else.
    """
    words = error.message.casefold()
    plainer = payload
    if "unsupported start tag" in words:
        plainer = _as_written(payload)
    elif "style" in words:
        plainer = _unstyled(payload)
    return plainer if plainer != payload else None


def _unstyled(payload: Payload) -> Payload:
    rows = [
        [{name: value for name, value in key.items() if name != "style"} for key in row]
        for row in payload.get("buttons") or ()
    ]
    return {**payload, "buttons": rows}


def _as_written(payload: Payload) -> Payload:
    return {**payload, "text": untimed(payload["text"])}


def chat(address: str) -> int | str:
    """Return a chat's address as the Bot API takes it: a number, or the public name of a channel."""
    return int(address) if address.lstrip("-").isdigit() else address


def preview(payload: Payload) -> LinkPreviewOptions:
    """Return the options that show the payload's picture above the text, or nothing at all."""
    if not payload.get("preview"):
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=payload["preview"], prefer_large_media=True, show_above_text=True)


def _reply(reply_to: str) -> ReplyParameters | None:
    if not reply_to.isdigit():
        return None
    return ReplyParameters(int(reply_to), allow_sending_without_reply=True)
