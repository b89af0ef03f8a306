"""What waits, and since when: for whoever watches the instance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, or_, select, text

from bot.model import ChannelState, FeedState, OperationState, Purpose
from bot.store.database import Tx
from bot.store.places import is_paused_by_person
from bot.store.schema import channels, entries, feeds, operations
from bot.store.subscriptions import oldest_due_slot

WAITING = (OperationState.QUEUED, OperationState.SENDING, OperationState.UNCERTAIN, OperationState.HELD)

NEWEST_POSTS = 500
"""Operations that are looked at for how long news takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Since when the oldest of each kind waits that could go on, None where nothing does; and how many
    operations are in each state that is not final.
    """

    feed: datetime | None
    slot: datetime | None
    operation: datetime | None
    entry: datetime | None
    operations: Mapping[str, int]


async def measure_backlog(tx: Tx, now: datetime, linking: Sequence[str]) -> Backlog:
    """Return what waits; of slots and operations those whose channel can be posted to."""
    feed = select(func.min(feeds.c.next_poll_at)).where(
        feeds.c.state == FeedState.ACTIVE, feeds.c.next_poll_at <= now
    )
    operation = (
        select(func.min(operations.c.created_at))
        .join(channels)
        .where(
            operations.c.state == OperationState.QUEUED,
            or_(operations.c.not_before.is_(None), operations.c.not_before <= now),
            channels.c.state == ChannelState.ACTIVE,
            ~is_paused_by_person(now),
        )
    )
    entry = select(func.min(entries.c.first_seen)).where(entries.c.grouped_at.is_(None))
    states = (
        select(operations.c.state, func.count())
        .where(operations.c.state.in_(WAITING))
        .group_by(operations.c.state)
    )
    counts = {str(state): int(count) for state, count in await tx.execute(states)}
    return Backlog(
        feed=(await tx.execute(feed)).scalar(),
        slot=await oldest_due_slot(tx, now, linking),
        operation=(await tx.execute(operation)).scalar(),
        entry=(await tx.execute(entry)).scalar(),
        operations={state: counts.get(state, 0) for state in WAITING},
    )


async def count_jobs(tx: Tx) -> Mapping[str, int]:
    """Return how many jobs wait, rest and run in the job engine, which PostgreSQL alone has."""
    query = text(
        "SELECT count(*) FILTER (WHERE status = 'todo' AND scheduled_at IS NULL) AS waiting,"
        " count(*) FILTER (WHERE status = 'todo' AND scheduled_at IS NOT NULL) AS resting,"
        " count(*) FILTER (WHERE status = 'doing') AS running FROM procrastinate_jobs"
    )
    return dict((await tx.execute(query)).one()._mapping)


@dataclass(frozen=True, slots=True)
class NewsDelay:
    """How long news took from the feed to a post: the median and the longest."""

    median: timedelta
    longest: timedelta


async def measure_news_delay(tx: Tx, since: datetime) -> NewsDelay | None:
    """Return how long stories that were told at once since a moment took, from when their newest entry was
    first seen; None where there was none.
    """
    columns = (operations.c.purpose, operations.c.subject_id, operations.c.created_at, operations.c.done_at)
    newest = select(*columns).order_by(operations.c.id.desc()).limit(NEWEST_POSTS)
    posts = [
        row
        for row in await tx.execute(newest)
        if row.purpose == Purpose.STORY and row.done_at is not None and row.done_at >= since
    ]
    seen: dict[int, list[datetime]] = {}
    query = select(entries.c.story_id, entries.c.first_seen).where(
        entries.c.story_id.in_({row.subject_id for row in posts})
    )
    for story_id, first_seen in await tx.execute(query):
        seen.setdefault(story_id, []).append(first_seen)
    delays = [
        row.done_at - max(known)
        for row in posts
        if (known := [at for at in seen.get(row.subject_id, ()) if at <= row.created_at])
    ]
    if not delays:
        return None
    middle = median(delay.total_seconds() for delay in delays)
    return NewsDelay(timedelta(seconds=middle), max(delays))
