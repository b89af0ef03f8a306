"""What waits for a decision of whoever runs the instance: feeds that servers added, and names. Each is told
once, and not too often.
"""

from datetime import datetime, timedelta

from bot.jobs import Context
from bot.jobs.operating.notices import tell_operators
from bot.store import Tx, feed_visibility, names, system

FEEDS_INTERVAL = timedelta(days=1)
NAMES_INTERVAL = timedelta(days=7)


async def tell_offers(tx: Tx, ctx: Context) -> None:
    """Tell operators of feeds and names that wait and that they were not told of."""
    now = ctx.clock()
    waiting_feeds = await feed_visibility.unannounced(tx)
    if waiting_feeds and await _is_time(tx, "feeds offered", FEEDS_INTERVAL, now):
        await tell_operators(
            tx,
            ctx,
            f"feeds:{now:%Y%m%d%H%M}",
            (
                "Feeds that servers added could count for everybody, new among them: {n}. /feeds in "
                "our private chat shows them."
            ),
            n=len(waiting_feeds),
        )
        await feed_visibility.mark_announced(tx, waiting_feeds, now)
    proposed_names = await names.unannounced_names(tx)
    if proposed_names and await _is_time(tx, "names offered", NAMES_INTERVAL, now):
        await tell_operators(
            tx,
            ctx,
            f"names:{now:%Y%m%d%H%M}",
            "Names that may be new in AI wait for your word, new among them: {n}. /names shows them.",
            n=len(proposed_names),
        )
        await names.mark_names_announced(tx, proposed_names, now)


async def _is_time(tx: Tx, fact: str, interval: timedelta, now: datetime) -> bool:
    """Tell whether the last notice of a kind is long enough ago, and remember this one if so."""
    last = await system.fact(tx, fact)
    if last and now - datetime.fromisoformat(last) < interval:
        return False
    await system.remember(tx, fact, now.isoformat())
    return True
