"""How much of what a feed brings is on any topic: counted from the verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from bot.store.database import Tx
from bot.store.rows import among
from bot.store.schema import entries, feeds, verdicts


@dataclass(frozen=True, slots=True)
class Share:
    """How many entries of a feed there were before and since a moment, and how many of them were on a
    topic.
    """

    feed_id: int
    before: int
    kept_before: int
    since: int
    kept_since: int


async def shares(tx: Tx, feed_ids: Sequence[int], start: datetime, middle: datetime) -> list[Share]:
    """Return the shares of feeds that are read for all subjects, of what was seen from `start` to `middle`
    and since.
    """
    on_topic = (
        select(verdicts.c.entry_id)
        .where(verdicts.c.entry_id == entries.c.id, verdicts.c.relevant)
        .correlate(entries)
        .exists()
    )
    late = entries.c.first_seen >= middle
    counts = [
        func.count(case((condition, 1)))
        for condition in (~late, and_(~late, on_topic), late, and_(late, on_topic))
    ]
    feed_id = entries.c.feed_id + 0  # by the plain column SQLite would walk all entries, feed by feed
    query = (
        select(feed_id, *counts)
        .join(feeds)
        .where(among(tx, entries.c.feed_id, feed_ids), entries.c.first_seen >= start, ~feeds.c.ai_only)
        .group_by(feed_id)
        .order_by(feed_id)
    )
    return [Share(*map(int, row)) for row in await tx.execute(query)]
