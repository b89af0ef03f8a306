"""Payloads as arguments of discord.py, and messages on their way into a channel."""

from typing import Any, TypedDict

import discord

from bot.errors import ChannelLost
from bot.model import Channel, Operation, Payload
from bot.platforms.discord.embeds import embeds_of
from bot.platforms.discord.keys import rows_view
from bot.platforms.discord.kinds import Kind, MessageKinds, kind_of_payload
from bot.platforms.discord.layout import layout_view

NO_HISTORY = 160002
"""Discord: a reply needs Read Message History."""


class SendArguments(TypedDict, total=False):
    """What discord.py's senders take of a payload."""

    embeds: list[discord.Embed]
    view: Any
    """A View or a LayoutView, as the payload decides; discord.py's overloads want to know before."""
    silent: bool
    file: discord.File
    content: str
    allowed_mentions: discord.AllowedMentions


def send_arguments(
    payload: Payload, nonce: str = "", kind: Kind | None = None, file: discord.File | None = None
) -> SendArguments:
    """Return a payload as arguments of discord.py's senders, in its own kind unless another is asked for."""
    parts = SendArguments(silent=True) if payload.get("silent") else SendArguments()
    if file is not None:
        parts["file"] = file
    role = str(payload.get("mention") or "")
    if role:
        parts["allowed_mentions"] = discord.AllowedMentions(roles=[discord.Object(int(role))])
    if (kind or kind_of_payload(payload)) is Kind.LAYOUT:
        parts["view"] = layout_view(payload, nonce, file)
        return parts
    parts["embeds"] = embeds(payload)
    if role:
        parts["content"] = f"<@&{role}>"
    if (buttons := rows_view(payload, nonce)) is not None:
        parts["view"] = buttons
    return parts


def embeds(payload: Payload) -> list[discord.Embed]:
    """Return the payload as discord.py's embeds."""
    return [discord.Embed.from_dict(embed) for embed in embeds_of(payload)]


class EditArguments(TypedDict, total=False):
    """What discord.py's editors take of a payload."""

    embeds: list[discord.Embed]
    view: discord.ui.View | discord.ui.LayoutView | None
    attachments: list[discord.File]


def edit_arguments(
    payload: Payload, nonce: str = "", kind: Kind | None = None, file: discord.File | None = None
) -> EditArguments:
    """Return a payload as arguments of discord.py's editors, in its own kind unless another is asked for."""
    parts = EditArguments(attachments=[file]) if file is not None else EditArguments()
    if (kind or kind_of_payload(payload)) is Kind.LAYOUT:
        parts["view"] = layout_view(payload, nonce, file)
    else:
        parts |= {"embeds": embeds(payload), "view": rows_view(payload, nonce)}
    return parts


def room(client: discord.Client, channel: Channel) -> discord.PartialMessageable:
    """Return where messages of a channel go, without asking Discord about it."""
    return client.get_partial_messageable(number_of(channel.thread or channel.address))


def chat_name(channel: Channel) -> str:
    """Return the channel in words."""
    return f"#{channel.name.removeprefix('#')}" if channel.name else f"the channel {channel.address}"


def number_of(address: str) -> int:
    """Return an id as discord.py takes it. Raises `ChannelLost` where it is none."""
    if not address.isdigit():
        raise ChannelLost(
            f"`{address}` is no Discord channel: its id is a number such as 1135912345678901234."
        )
    return int(address)


async def post(
    target: discord.PartialMessageable,
    kinds: MessageKinds,
    operation: Operation,
    channel: Channel,
    reply_to: str = "",
) -> discord.Message:
    """Send an operation's message, as an answer where it can be one. Raises `discord.HTTPException`."""
    reference = _reference(target, reply_to)

    async def send(kind: Kind) -> discord.Message:
        parts = send_arguments(operation.payload, operation.nonce, kind)
        if reference is None:
            return await target.send(**parts, nonce=operation.nonce)
        return await target.send(**parts, nonce=operation.nonce, reference=reference)

    try:
        return await kinds.send(channel.address, operation.payload, send)
    except discord.HTTPException as error:
        if error.code != NO_HISTORY:
            raise
    return await post(target, kinds, operation, channel)


def _reference(target: discord.PartialMessageable, reply_to: str) -> discord.MessageReference | None:
    message = reply_to.rpartition("/")[2]
    if not message.isdigit():
        return None
    return discord.MessageReference(message_id=int(message), channel_id=target.id, fail_if_not_exists=False)
