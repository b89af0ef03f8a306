"""What a simulation takes from a store, and how the store begins in which it runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.model import ChannelState, FeedFormat, FeedState
from bot.store.database import Tx
from bot.store.schema import channels, compositions, entries, feeds, operations, subscriptions

KEPT_ITEMS = 50
"""Entries that a feed holds at once."""


async def entries_since(tx: Tx, since: datetime) -> list[Any]:
    """Return the entries that came since a moment, the oldest first, each with its feed."""
    query = (
        select(
            entries.c.link,
            entries.c.title,
            entries.c.text,
            entries.c.published,
            entries.c.first_seen,
            feeds.c.url,
            feeds.c.title.label("feed_title"),
            feeds.c.outlet,
            feeds.c.kind,
            feeds.c.weight,
            feeds.c.ai_only,
            feeds.c.language,
        )
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.first_seen >= since)
        .order_by(entries.c.first_seen, entries.c.id)
    )
    return list(await tx.execute(query))


async def begin_anew(tx: Tx, now: datetime) -> None:
    """Let all feeds be unread, all channels open and all subscriptions fresh."""
    unread = {"etag": "", "last_modified": "", "body_hash": "", "item_hashes": "", "rhythm": 0, "ttl": 0}
    unknown = {"polled_at": None, "ok_at": None, "first_ok_at": None, "newest_at": None, "hub": ""}
    ready = {"next_poll_at": now, "format": FeedFormat.FEED, "failures": 0, "error": ""}
    await tx.execute(
        update(feeds).where(feeds.c.state == FeedState.ACTIVE).values(**unread, **unknown, **ready)
    )
    await tx.execute(update(channels).values(state=ChannelState.ACTIVE))
    fresh = {"read_up_to": 0, "instant_up_to": 0, "created_at": now, "rests_until": None}
    await tx.execute(update(subscriptions).values(**fresh))


async def make_due(tx: Tx, urls: Sequence[str], at: datetime) -> None:
    """Let feeds be read at a moment."""
    await tx.execute(update(feeds).where(feeds.c.url.in_(urls)).values(next_poll_at=at))


async def composed_posts(tx: Tx) -> list[Any]:
    """Return everything that was composed, in its order: of which channel, purpose and subject, and when."""
    query = (
        select(
            operations.c.id,
            operations.c.channel_id,
            operations.c.purpose,
            operations.c.subject_id,
            compositions.c.at,
        )
        .join(compositions, compositions.c.operation_id == operations.c.id)
        .order_by(operations.c.id)
    )
    return list(await tx.execute(query))
