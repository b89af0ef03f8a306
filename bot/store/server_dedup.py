"""Servers in which a story is told once: what their other channels were told, and where that stands."""

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.model import Channel, ChannelState, MarkKind, PostedElsewhere
from bot.store import places
from bot.store.database import Tx
from bot.store.rows import each
from bot.store.schema import channels, operations, servers, told_marks


async def dedups_per_server(tx: Tx, server_id: int) -> bool:
    """Tell whether a server's channels share what they were told."""
    return bool((await tx.execute(select(servers.c.once).where(servers.c.id == server_id))).scalar())


async def set_dedup(tx: Tx, server_id: int, once: bool) -> None:
    """Let a server's channels share what they were told, or remember each for itself."""
    await tx.execute(update(servers).where(servers.c.id == server_id).values(once=once))


async def find_posted_elsewhere(
    tx: Tx, channel: Channel, story_ids: Sequence[int]
) -> dict[int, PostedElsewhere]:
    """Return by id the stories that another channel of the same server was told before this one; none where
    each remembers for itself.

    A channel that was only pointed to a story was not told it. What a paused one was told keeps nobody
    waiting.
    """
    if not await dedups_per_server(tx, channel.server_id):
        return {}
    query = (
        select(told_marks.c.story_id, told_marks.c.channel_id, operations.c.post)
        .join(channels, channels.c.id == told_marks.c.channel_id)
        .outerjoin(operations, operations.c.id == told_marks.c.operation_id)
        .where(
            channels.c.server_id == channel.server_id,
            channels.c.state == ChannelState.ACTIVE,
            each(tx, told_marks.c.story_id, story_ids),
            told_marks.c.kind == MarkKind.TOLD,
        )
        .order_by(told_marks.c.told_at, told_marks.c.channel_id)
    )
    first = {row.story_id: row for row in reversed((await tx.execute(query)).all())}
    sibling_posts = {story: row for story, row in first.items() if row.channel_id != channel.id}
    posting_channels = await places.channels_by_id(tx, [row.channel_id for row in sibling_posts.values()])
    return {
        story: PostedElsewhere(posting_channels[row.channel_id], row.post or "")
        for story, row in sibling_posts.items()
    }
