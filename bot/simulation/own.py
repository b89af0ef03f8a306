"""An instance's own past: its places with their subscriptions, and what its feeds brought, as it came."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from bot.pipeline.timing.slots import next_slot
from bot.simulation.recording import Recording
from bot.store import Store, places, replay, subscriptions, transfer

PLACES = (
    "servers",
    "channels",
    "feeds",
    "feed_servers",
    "feed_rules",
    "own_topics",
    "subscriptions",
    "names",
)
"""The tables that say who wants what from where; what was told is not among them."""


async def record(store: Store, since: datetime) -> Recording:
    """Return what the feeds of a store have brought since a moment."""
    pieces: dict[str, list[tuple[datetime, Any]]] = defaultdict(list)
    feeds: dict[str, dict[str, Any]] = {}
    async with store.read() as tx:
        for entry in await replay.entries_since(tx, since):
            feeds[entry.url] = {
                "url": entry.url,
                "title": entry.feed_title,
                "outlet": entry.outlet,
                "kind": entry.kind,
                "weight": entry.weight,
                "ai_only": entry.ai_only,
                "language": entry.language,
                "served": "items",
                "keep": replay.KEPT_ITEMS,
            }
            item = {"link": entry.link, "title": entry.title, "teaser": entry.text}
            published = entry.published.isoformat()
            pieces[entry.url].append((entry.first_seen, {**item, "at": published, "published": published}))
    return Recording(feeds.values(), pieces, {})


async def copy_places(source: Store, target: Store, start: datetime) -> None:
    """Bring the places of a store into an empty one, as if each had subscribed at a moment."""
    await transfer.copy_tables(source, target, PLACES)
    async with target.write() as tx:
        await replay.begin_anew(tx, start)
        for subscription in await subscriptions.active(tx):
            channel = await places.channel(tx, subscription.channel_id)
            if channel is not None and subscription.schedule.times:
                upcoming = next_slot(subscription.schedule, channel.zone, start)
                await subscriptions.reschedule(tx, subscription.id, subscription.schedule, upcoming)
