"""Operations onto Discord: messages are sent, edited and published, and every failure gets a meaning."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypedDict

import discord
import structlog

from bot.errors import ChannelLost, Refused
from bot.model import Channel, Operation, OperationKind, Payload, PlaceKind
from bot.platforms.discord.failures import TROUBLE, translate_failures
from bot.platforms.discord.keys import view
from bot.platforms.discord.places import missing

log = structlog.get_logger(__name__)

PATIENCE = 90.0
"""Seconds for one operation: discord.py's own repeats after 500s take up to 25, its waits for a rate limit up
to 30.
"""

PUBLISHING = 10.0
"""Seconds for handing a post to followers of an announcement channel, which may be done 10 times an hour."""

NO_HISTORY = 160002
"""Discord: a reply needs Read Message History."""

ALREADY_PUBLISHED = 40033


class SendArguments(TypedDict, total=False):
    """What discord.py's senders take of a payload."""

    embeds: list[discord.Embed]
    view: discord.ui.View
    silent: bool
    file: discord.File
    content: str
    allowed_mentions: discord.AllowedMentions


def send_arguments(payload: Payload, nonce: str = "") -> SendArguments:
    """Return a payload as arguments of discord.py's senders."""
    parts = SendArguments(embeds=embeds(payload))
    if payload.get("silent"):
        parts["silent"] = True
    if role := str(payload.get("mention") or ""):
        parts["content"] = f"<@&{role}>"
        parts["allowed_mentions"] = discord.AllowedMentions(roles=[discord.Object(int(role))])
    buttons = view(payload, nonce)
    if buttons is not None:
        parts["view"] = buttons
    return parts


def embeds(payload: Payload) -> list[discord.Embed]:
    """Return the payload's embeds as discord.py's."""
    return [discord.Embed.from_dict(embed) for embed in payload.get("embeds") or []]


async def perform(client: discord.Client, operation: Operation, channel: Channel, reply_to: str) -> str:
    """Perform an operation and return the id of its post. Raises a `DeliveryError`.

    In a forum a post is `thread`, or `thread/message` when it answers inside one.
    """
    with translate_failures(lambda: missing(client, channel), chat_name(channel)):
        async with asyncio.timeout(PATIENCE):
            if operation.kind is OperationKind.EDIT:
                return await _edit(client, operation, channel)
            if channel.kind is PlaceKind.FORUM and not channel.thread:
                return await _in_forum(client, operation, channel, reply_to)
            message = await _post(room(client, channel), operation, reply_to)
    if channel.kind is PlaceKind.BROADCAST:
        await _publish(message)
    return str(message.id)


def room(client: discord.Client, channel: Channel) -> discord.PartialMessageable:
    """Return where messages of a channel go, without asking Discord about it."""
    return client.get_partial_messageable(_number(channel.thread or channel.address))


def chat_name(channel: Channel) -> str:
    """Return the channel in words."""
    return f"#{channel.name.removeprefix('#')}" if channel.name else f"the channel {channel.address}"


def _number(address: str) -> int:
    if not address.isdigit():
        raise ChannelLost(
            f"`{address}` is no Discord channel: its id is a number such as 1135912345678901234."
        )
    return int(address)


async def _post(target: discord.PartialMessageable, operation: Operation, reply_to: str) -> discord.Message:
    parts = send_arguments(operation.payload, operation.nonce)
    reference = _reference(target, reply_to)
    if reference is None:
        return await target.send(**parts, nonce=operation.nonce)
    try:
        return await target.send(**parts, nonce=operation.nonce, reference=reference)
    except discord.HTTPException as error:
        if error.code != NO_HISTORY:
            raise
    return await target.send(**send_arguments(operation.payload, operation.nonce), nonce=operation.nonce)


def _reference(target: discord.PartialMessageable, reply_to: str) -> discord.MessageReference | None:
    message = reply_to.rpartition("/")[2]
    if not message.isdigit():
        return None
    return discord.MessageReference(message_id=int(message), channel_id=target.id, fail_if_not_exists=False)


async def _edit(client: discord.Client, operation: Operation, channel: Channel) -> str:
    post = str(operation.payload.get("post") or operation.post)
    thread, _, message = post.rpartition("/")
    if not message.isdigit():
        raise Refused("This edit names no message to change.")
    if channel.kind is PlaceKind.FORUM and not channel.thread:
        target = client.get_partial_messageable(int(thread or message))
    else:
        target = room(client, channel)
    buttons = view(operation.payload, operation.nonce)
    await target.get_partial_message(int(message)).edit(embeds=embeds(operation.payload), view=buttons)
    return post


async def _in_forum(client: discord.Client, operation: Operation, channel: Channel, reply_to: str) -> str:
    thread = reply_to.partition("/")[0]
    if thread.isdigit():
        message = await _post(client.get_partial_messageable(int(thread)), operation, "")
        return f"{thread}/{message.id}"
    forum = await forum_of(client, channel)
    parts = send_arguments(operation.payload, operation.nonce)
    name = str(operation.payload.get("name") or "…")
    forum_thread = await forum.create_thread(name=name, applied_tags=_tags(forum), **parts)
    return str(forum_thread.thread.id)


async def forum_of(client: discord.Client, channel: Channel) -> discord.ForumChannel:
    """Return the forum of a channel, from what the client knows or else from Discord."""
    number = _number(channel.address)
    forum: Any = client.get_channel(number) or await client.fetch_channel(number)
    if not isinstance(forum, discord.ForumChannel):
        raise ChannelLost(f"{chat_name(channel)} is no forum any more.")
    return forum


def _tags(forum: discord.ForumChannel) -> Sequence[discord.ForumTag]:
    """A forum may demand a tag; then its first is better than no post."""
    return forum.available_tags[:1] if forum.flags.require_tag else []


async def _publish(message: discord.Message) -> None:
    """Hand a post to the servers that follow the channel; it is posted all the same when that fails."""
    try:
        async with asyncio.timeout(PUBLISHING):
            await message.publish()
    except TROUBLE as error:
        if getattr(error, "code", 0) != ALREADY_PUBLISHED:
            log.warning("discord.not_published", channel=message.channel.id, cause=str(error))
