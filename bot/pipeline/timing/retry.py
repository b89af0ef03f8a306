"""When a channel that we may not post to is tried again: seldom, for platforms bar who goes on asking, and
not for ever.
"""

from datetime import datetime, timedelta

FIRST_DAY = timedelta(days=1)
GIVEN_UP = timedelta(days=7)
"""How long what waits for a lost channel is kept."""


def next_retry(since: datetime, now: datetime) -> datetime | None:
    """Return when a channel lost `since` a moment is tried again: hourly on the first day, then daily for a
    week; None after it.
    """
    elapsed = now - since
    if elapsed >= GIVEN_UP:
        return None
    return now + (timedelta(hours=1) if elapsed < FIRST_DAY else timedelta(days=1))
