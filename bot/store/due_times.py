"""Everything that waits for a moment, of whichever noun."""

from datetime import datetime

from sqlalchemy import update

from bot.store.database import Tx
from bot.store.schema import channels, entries, feeds, operations, subscriptions

MOMENTS = (
    feeds.c.next_poll_at,
    entries.c.read_due_at,
    channels.c.retry_at,
    subscriptions.c.rests_until,
    operations.c.not_before,
)
"""Times at which something is tried or looked at again; what is too early then waits anew."""


async def make_all_due(tx: Tx, now: datetime) -> None:
    """Let what waits for a later moment be due now. Digests have times of their own."""
    for moment in MOMENTS:
        await tx.execute(update(moment.table).where(moment > now).values({moment: now}))
