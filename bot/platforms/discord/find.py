"""Looking for an operation that may have arrived: its nonce stands in a button of the message that carried
it.
"""

from collections.abc import Sequence
from datetime import timedelta

import discord
from discord.utils import snowflake_time

from bot.errors import ChannelLost, NotSent, Refused, Unsure
from bot.model import Channel, Finding, Operation, OperationKind, Search, SearchResult
from bot.platforms.discord.failures import translate_failures
from bot.platforms.discord.forum import forum_of, is_forum
from bot.platforms.discord.keys import carries
from bot.platforms.discord.places import may_read
from bot.platforms.discord.send import chat_name, room

MESSAGES = 1_000
"""Messages that are read back before we say that we cannot know."""

THREADS = 25
"""Threads of a forum that are looked into, newest first."""

REPLIES = 50
"""Messages that are read in each of them for an operation that answers another."""

SLACK = timedelta(minutes=10)
"""How far our clock and Discord's may lie apart."""

ABSENT, UNKNOWN = SearchResult(Finding.ABSENT), SearchResult(Finding.UNKNOWN)


async def find(
    client: discord.Client, operation: Operation, channel: Channel, search: Search
) -> SearchResult:
    """Look for an operation that may have arrived. Raises `NotSent` when asking failed, or `PlatformDown`."""
    try:
        with translate_failures(chat_name=chat_name(channel)):
            if operation.kind is OperationKind.EDIT:
                return await _find_by_edit(client, operation, channel)
            if operation.kind is OperationKind.DELETE:
                return ABSENT  # the same removal twice does no harm
            if is_forum(channel):
                return await _in_forum(client, operation, await forum_of(client, channel))
            return await _among(room(client, channel), operation, search, history=may_read(client, channel))
    except (ChannelLost, Refused):
        return UNKNOWN
    except Unsure as error:
        raise NotSent(f"Discord did not let us look for a message: {error}") from error


async def _among(
    target: discord.PartialMessageable, operation: Operation, search: Search, history: bool | None
) -> SearchResult:
    """Read back from the newest message to our last known one, or to before the operation was made.

    Without the right to read history Discord answers with an empty list, not with an error.
    """
    if history is False:
        return UNKNOWN
    after = discord.Object(int(search.after)) if search.after.isdigit() else None
    floor = operation.created_at - SLACK
    count = 0
    async for message in target.history(limit=MESSAGES, after=after, oldest_first=False):
        if carries(message, operation.nonce):
            return SearchResult(Finding.FOUND, str(message.id))
        if message.created_at < floor:
            return ABSENT
        count += 1
    nothing_readable = not count and history is None
    return UNKNOWN if nothing_readable or count >= MESSAGES else ABSENT


async def _find_by_edit(client: discord.Client, operation: Operation, channel: Channel) -> SearchResult:
    post = str(operation.payload.get("post") or operation.post)
    thread, _, number = post.rpartition("/")
    if not number.isdigit():
        return ABSENT
    target = (
        client.get_partial_messageable(int(thread or number)) if is_forum(channel) else room(client, channel)
    )
    message = await target.fetch_message(int(number))
    return SearchResult(Finding.FOUND, post) if carries(message, operation.nonce) else ABSENT


async def _in_forum(
    client: discord.Client, operation: Operation, forum: discord.ForumChannel
) -> SearchResult:
    threads, look = await _threads(client, forum), _reply
    if not operation.reply_to:
        floor = operation.created_at - SLACK
        threads, look = (
            [forum_thread for forum_thread in threads if snowflake_time(forum_thread.id) >= floor],
            _starter,
        )
    for thread in threads[:THREADS]:
        result = await look(thread, operation)
        if result is not None:
            return result
    return ABSENT if len(threads) <= THREADS else UNKNOWN


async def _threads(client: discord.Client, forum: discord.ForumChannel) -> Sequence[discord.Thread]:
    """Return our threads of a forum, the newest first."""
    own_id = client.user.id if client.user is not None else None
    active = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
    archived = [thread async for thread in forum.archived_threads(limit=THREADS)]
    threads_by_id = {thread.id: thread for thread in active + archived if thread.owner_id == own_id}
    return sorted(threads_by_id.values(), key=lambda thread: thread.id, reverse=True)


async def _starter(thread: discord.Thread, operation: Operation) -> SearchResult | None:
    """The message that opened a thread has the thread's own id."""
    try:
        message = await thread.fetch_message(thread.id)
    except discord.NotFound:
        return None
    return SearchResult(Finding.FOUND, str(thread.id)) if carries(message, operation.nonce) else None


async def _reply(thread: discord.Thread, operation: Operation) -> SearchResult | None:
    """What answers another stands in its thread, or has opened one where that was closed."""
    async for message in thread.history(limit=REPLIES):
        if carries(message, operation.nonce):
            own_thread = message.id == thread.id
            return SearchResult(Finding.FOUND, str(thread.id) if own_thread else f"{thread.id}/{message.id}")
    return None
