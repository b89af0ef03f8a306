"""When a feed is polled next: from its own rhythm, never sooner than its publisher asks, later after errors.

And what becomes of a feed that says it has moved or ended, once it has said so often enough to be believed.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from statistics import median

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=6)
USUAL = timedelta(minutes=30)
SILENT = timedelta(hours=24)
SILENT_AFTER = timedelta(days=30)
HINT_LIMIT = timedelta(hours=6)
"""Server hints beyond this are mistakes more often than wishes (max-age of sixteen years has been seen)."""

UNCONDITIONAL = timedelta(hours=1)
"""The shortest pause for a feed without validators, which costs its server the whole document each time."""

PUSHED = timedelta(hours=6)
"""The shortest pause for a feed whose hub pushes: a push may be lost."""

ANEW, ANEW_DAILY = timedelta(days=7), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOVED_AFTER = 3
MOVED_PERIOD = timedelta(hours=24)
"""A feed has moved after this many answers in a row that say so, or when they have said so for this long."""

GONE_AFTER = timedelta(hours=24)
"""A feed has ended (410, RFC 9110 15.5.11) when two answers this far apart say so."""

IDLE_AFTER = timedelta(days=365)
"""A feed that has brought nothing for this long may have been left behind by its site; those that bring
something once a quarter have not.
"""

NOTICE_AFTER = timedelta(days=3)
NOTICE_FAILURES = 10
SEARCH_AFTER = timedelta(days=3)
SEARCH_INTERVAL = timedelta(days=7)
"""A feed that has failed this long is looked for on its site, and again after a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHints:
    """What a feed and its server ask of those who poll: pauses in seconds, hours (GMT) and weekdays (Monday
    is 0) to leave out.

    `conditional` is whether it has a validator to send; `pushed` whether a hub tells us of news.
    """

    fresh: int = 0
    ttl: int = 0
    skip_hours: Collection[int] = ()
    skip_days: Collection[int] = ()
    conditional: bool = True
    pushed: bool = False


def next_poll(
    feed_id: int,
    now: datetime,
    rhythm: timedelta,
    hints: PollHints,
    *,
    shortest: timedelta = SHORTEST,
    longest: timedelta = LONGEST,
) -> datetime:
    """Return when to poll a feed again after a success.

    `shortest` and `longest` are the operator's bounds for the rhythm. A tenth of jitter, fixed per feed,
    keeps feeds from being polled all at once.
    """
    pause = min(max(rhythm, shortest), max(longest, shortest))
    if not hints.conditional:
        pause = max(pause, min(UNCONDITIONAL, max(longest, shortest)))
    if hints.pushed:
        pause = max(pause, PUSHED)
    hint = min(timedelta(seconds=max(hints.fresh, hints.ttl)), HINT_LIMIT)
    return _skip_quiet_times(now + max(pause, hint) * (1 + 0.1 * _phase(feed_id)), hints)


def _skip_quiet_times(moment: datetime, hints: PollHints) -> datetime:
    """Return the first moment from one on that lies in no hour or day to leave out; the moment itself where
    all are.
    """
    for hours in range(24 * 7):
        later = (
            moment
            if not hours
            else (moment + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        )
        if later.hour not in hints.skip_hours and later.weekday() not in hints.skip_days:
            return later
    return moment


def retry_poll(
    feed_id: int, now: datetime, failures: int, retry_after: int, *, shortest: timedelta = SHORTEST
) -> datetime:
    """Return when to poll a feed again after its `failures`-th failure in a row (from 1)."""
    pause = min(shortest * (1 << min(failures - 1, 8)), timedelta(hours=24))
    pause = max(pause, min(timedelta(seconds=retry_after), timedelta(hours=24)))
    return now + pause * (1 + 0.1 * _phase(feed_id))


def is_asked_anew(feed_id: int, polled_at: datetime | None, newest: datetime | None, now: datetime) -> bool:
    """Tell whether a feed is asked for its document whatever the server says of changes: some answer for ever
    that nothing has. Once a week, and once a day where nothing has come for a week.
    """
    if polled_at is None:
        return True
    pause = ANEW_DAILY if newest is not None and now - newest > ANEW else ANEW
    phase = ANEW * _phase(feed_id)
    return (polled_at - EPOCH + phase) // pause != (now - EPOCH + phase) // pause


def rhythm_of(published: Sequence[datetime]) -> timedelta:
    """Return half the usual gap between a feed's newest entries, at most `LONGEST`; `USUAL` where there are
    too few to tell.
    """
    newest = sorted(published, reverse=True)[:20]
    gaps = [(a - b).total_seconds() for a, b in itertools.pairwise(newest)]
    return min(timedelta(seconds=median(gaps)) / 2, LONGEST) if gaps else USUAL


def slow_down(rhythm: timedelta, newest: datetime | None, now: datetime) -> timedelta:
    """Return the rhythm of a feed, once a day when it has been silent for a month."""
    return SILENT if newest is not None and now - newest > SILENT_AFTER else rhythm


def _phase(feed_id: int) -> float:
    return blake2b(str(feed_id).encode(), digest_size=2).digest()[0] / 255


def has_moved(times_seen: int, since: datetime, now: datetime) -> bool:
    """Tell whether a feed that has said `times_seen` times in a row that it moved for good is believed."""
    return times_seen >= MOVED_AFTER or (times_seen >= 2 and now - since >= MOVED_PERIOD)


def has_ended(gone_at: datetime | None, now: datetime) -> bool:
    """Tell whether a feed whose first 410 came at a moment, and that answers 410 now, has ended."""
    return gone_at is not None and now - gone_at >= GONE_AFTER


def is_due_for_notice(failures: int, since: datetime, noticed_at: datetime | None, now: datetime) -> bool:
    """Tell whether the operator should hear, once, that a feed cannot be read."""
    return noticed_at is None and (failures >= NOTICE_FAILURES or now - since >= NOTICE_AFTER)


def is_due_for_search(since: datetime, searched_at: datetime | None, now: datetime) -> bool:
    """Tell whether a feed that cannot be read is looked for on its site."""
    return now - since >= SEARCH_AFTER and (searched_at is None or now - searched_at >= SEARCH_INTERVAL)


def is_idle(published: Sequence[datetime | None], now: datetime) -> bool:
    """Tell by the dates of its entries whether a feed brings nothing: it holds none, or its newest is very
    old. One whose entries are not all dated may be alive.
    """
    return all(moment is not None and now - moment > IDLE_AFTER for moment in published)


def has_recent(published: Sequence[datetime | None], now: datetime) -> bool:
    """Tell whether a list is surely alive: by one of the dates that it has."""
    dates = [moment for moment in published if moment is not None]
    return bool(dates) and not is_idle(dates, now)
