"""Posts in forums and media channels: each opens a thread with a title and tags, answers stand inside it."""

from typing import Any

import discord

from bot.errors import ChannelLost, Refused
from bot.model import Channel, Operation, PlaceKind
from bot.platforms.discord.failures import THREAD_CLOSED_CODES
from bot.platforms.discord.kinds import Kind, MessageKinds
from bot.platforms.discord.send import chat_name, number_of, post, send_arguments
from bot.platforms.discord.tags import choose_tags


def is_forum(channel: Channel) -> bool:
    """Whether posts open threads there."""
    return channel.kind is PlaceKind.FORUM and not channel.thread


async def post_in_forum(
    client: discord.Client, kinds: MessageKinds, operation: Operation, channel: Channel, reply_to: str
) -> str:
    """Post an operation and return its post: `thread`, or `thread/message` where it answers inside one that
    is still open.
    """
    thread = reply_to.partition("/")[0]
    if thread.isdigit():
        try:
            message = await post(client.get_partial_messageable(int(thread)), kinds, operation, channel)
        except discord.HTTPException as error:
            if not isinstance(error, discord.NotFound) and error.code not in THREAD_CLOSED_CODES:
                raise
        else:
            return f"{thread}/{message.id}"
    forum = await forum_of(client, channel)
    payload = operation.payload
    name, tags = str(payload.get("name") or "…"), choose_tags(forum, payload.get("tags") or ())

    async def open_thread(kind: Kind) -> Any:
        parts = send_arguments(payload, operation.nonce, kind)
        return await forum.create_thread(name=name, applied_tags=tags, **parts)

    return str((await kinds.send(channel.address, payload, open_thread)).thread.id)


async def forum_of(client: discord.Client, channel: Channel) -> discord.ForumChannel:
    """Return the forum of a channel, from what the client knows or else from Discord. Raises
    `ChannelLost`.
    """
    number = number_of(channel.address)
    forum: Any = client.get_channel(number) or await client.fetch_channel(number)
    if not isinstance(forum, discord.ForumChannel):
        raise ChannelLost(f"{chat_name(channel)} is no forum any more.")
    return forum


async def reopen(client: discord.Client, thread_id: int) -> None:
    """Bring a thread back from the archive. Raises `Refused` where it is closed for good."""
    thread = await client.fetch_channel(thread_id)
    try:
        if isinstance(thread, discord.Thread) and not thread.locked:
            await thread.edit(archived=False)
            return
    except discord.Forbidden:
        pass  # whoever closed it wants it closed
    raise Refused("The thread is closed, so what stands in it stays as it is.")
