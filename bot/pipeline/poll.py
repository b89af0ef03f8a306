"""When a feed is polled next: from its own rhythm, never sooner than its publisher asks, later after errors."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from statistics import median

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=6)
USUAL = timedelta(minutes=30)
SILENT = timedelta(hours=24)
SILENT_AFTER = timedelta(days=30)
HINT_LIMIT = timedelta(hours=6)
"""Server hints beyond this are mistakes more often than wishes (max-age of sixteen years has been seen)."""


def next_poll(
    feed_id: int,
    now: datetime,
    published: Sequence[datetime],
    wait: int,
    *,
    shortest: timedelta = SHORTEST,
    longest: timedelta = LONGEST,
) -> datetime:
    """Return when to poll a feed again after a success.

    `published` are the dates of its newest entries, newest first; `wait` is the pause in seconds that the feed
    or its server asks for; `shortest` and `longest` are the operator's bounds for the rhythm. A tenth of jitter, fixed per feed, keeps feeds from being polled all at once.
    """
    hint = min(timedelta(seconds=wait), HINT_LIMIT)
    pause = max(min(_rhythm(now, published, shortest), max(longest, shortest)), hint)
    return now + pause * (1 + 0.1 * _phase(feed_id))


def retry_poll(
    feed_id: int, now: datetime, failures: int, retry_after: int, *, shortest: timedelta = SHORTEST
) -> datetime:
    """Return when to poll a feed again after its `failures`-th failure in a row (from 1)."""
    pause = min(shortest * (1 << min(failures - 1, 8)), timedelta(hours=24))
    pause = max(pause, min(timedelta(seconds=retry_after), timedelta(hours=24)))
    return now + pause * (1 + 0.1 * _phase(feed_id))


def _rhythm(now: datetime, published: Sequence[datetime], shortest: timedelta) -> timedelta:
    if len(published) < 2:
        return max(shortest, USUAL)
    if now - published[0] > SILENT_AFTER:
        return max(shortest, SILENT)
    newest = sorted(published, reverse=True)[:20]
    gaps = [(a - b) for a, b in itertools.pairwise(newest)]
    return max(shortest, min(timedelta(seconds=median(g.total_seconds() for g in gaps)) / 2, LONGEST))


def _phase(feed_id: int) -> float:
    return blake2b(str(feed_id).encode(), digest_size=2).digest()[0] / 255
