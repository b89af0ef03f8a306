"""Operations onto Discord: messages are sent, edited and published, and every failure gets a meaning."""

import asyncio
from collections.abc import Awaitable, Callable

import discord
import structlog

from bot.errors import Refused
from bot.model import Channel, Operation, OperationKind, PlaceKind
from bot.platforms.discord.failures import (
    THREAD_CLOSED_CODES,
    TROUBLE,
    UNKNOWN_MESSAGE,
    translate_failures,
)
from bot.platforms.discord.forum import is_forum, post_in_forum, reopen
from bot.platforms.discord.kinds import Kind, MessageKinds, kind_of_payload
from bot.platforms.discord.places import missing
from bot.platforms.discord.send import chat_name, edit_arguments, post, room

log = structlog.get_logger(__name__)

PATIENCE = 90.0
"""Seconds for one operation: discord.py's own repeats after 500s take up to 25, its waits for a rate limit up
to 30.
"""

PUBLISHING = 10.0
"""Seconds for handing a post to followers of an announcement channel, which may be done 10 times an hour."""

ALREADY_PUBLISHED = 40033


async def perform(
    client: discord.Client, kinds: MessageKinds, operation: Operation, channel: Channel, reply_to: str
) -> str:
    """Perform an operation and return the id of its post. Raises a `DeliveryError`.

    In a forum a post is `thread`, or `thread/message` when it answers inside one.
    """
    with translate_failures(lambda: _missing(client, kinds, channel), chat_name(channel)):
        async with asyncio.timeout(PATIENCE):
            if operation.kind is OperationKind.EDIT:
                return await _edit(client, kinds, operation, channel)
            if operation.kind is OperationKind.DELETE:
                return await _remove(client, kinds, operation, channel)
            if is_forum(channel):
                return await post_in_forum(client, kinds, operation, channel, reply_to)
            message = await post(room(client, channel), kinds, operation, channel, reply_to)
    if channel.kind is PlaceKind.BROADCAST:
        await _publish(message)
    return str(message.id)


def _missing(client: discord.Client, kinds: MessageKinds, channel: Channel) -> tuple[str, ...]:
    return missing(client, channel, as_embeds=not kinds.takes_layouts(channel.address))


async def _edit(client: discord.Client, kinds: MessageKinds, operation: Operation, channel: Channel) -> str:
    post_id, message = _message_of(client, operation, channel)
    post_payload = operation.payload.get("posted") or operation.payload
    payload = {**operation.payload, "mention": post_payload.get("mention", "")}

    async def edit(kind: Kind) -> None:
        await message.edit(**edit_arguments(payload, operation.nonce, kind))

    async def edit_in_its_kind() -> None:
        await kinds.edit(channel.address, kind_of_payload(post_payload), edit)

    await _in_open_thread(client, message.channel.id, edit_in_its_kind)
    return post_id


async def _remove(client: discord.Client, kinds: MessageKinds, operation: Operation, channel: Channel) -> str:
    """Delete a message of ours; one that has opened a thread of its own gets the payload in its place, for
    an empty thread would stay.
    """
    post_id, message = _message_of(client, operation, channel)
    if is_forum(channel) and "/" not in post_id:
        return await _edit(client, kinds, operation, channel)
    try:
        await _in_open_thread(client, message.channel.id, message.delete)
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise
    return post_id


def _message_of(
    client: discord.Client, operation: Operation, channel: Channel
) -> tuple[str, discord.PartialMessage]:
    """Return the post that an operation changes and its message. Raises `Refused` where it names none."""
    post_id = str(operation.payload.get("post") or operation.post)
    thread, _, number = post_id.rpartition("/")
    if not number.isdigit():
        raise Refused("This edit names no message to change.")
    target = (
        client.get_partial_messageable(int(thread or number)) if is_forum(channel) else room(client, channel)
    )
    return post_id, target.get_partial_message(int(number))


async def _in_open_thread(
    client: discord.Client, thread_id: int, change: Callable[[], Awaitable[None]]
) -> None:
    """Change a message, in a thread that is brought back from the archive where it has to be."""
    try:
        await change()
    except discord.HTTPException as error:
        if error.code not in THREAD_CLOSED_CODES:
            raise
        await reopen(client, thread_id)
        await change()


async def _publish(message: discord.Message) -> None:
    """Hand a post to the servers that follow the channel; it is posted all the same when that fails."""
    try:
        async with asyncio.timeout(PUBLISHING):
            await message.publish()
    except TROUBLE as error:
        if getattr(error, "code", 0) != ALREADY_PUBLISHED:
            log.warning("discord.not_published", channel=message.channel.id, cause=str(error))
