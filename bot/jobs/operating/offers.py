"""What waits for a decision of whoever runs the instance: feeds that servers added, and names. Each is told once, and not too often."""

from datetime import datetime, timedelta

from bot.jobs import Context
from bot.jobs.operating.notices import tell_operators
from bot.store import Tx, feed_visibility, names, system

FEEDS_EVERY = timedelta(days=1)
NAMES_EVERY = timedelta(days=7)


async def tell_offers(tx: Tx, ctx: Context) -> None:
    """Tell operators of feeds and names that wait and that they were not told of."""
    now = ctx.clock()
    found = await feed_visibility.unannounced(tx)
    if found and await _is_time(tx, "feeds offered", FEEDS_EVERY, now):
        await tell_operators(
            tx, ctx, f"feeds:{now:%Y%m%d%H%M}",
            "Feeds that servers added could count for everybody, new among them: {n}. /feeds in our private chat shows them.", n=len(found),
        )  # fmt: skip
        await feed_visibility.announced(tx, found, now)
    proposed = await names.unannounced(tx)
    if proposed and await _is_time(tx, "names offered", NAMES_EVERY, now):
        await tell_operators(
            tx, ctx, f"names:{now:%Y%m%d%H%M}",
            "Names that may be new in AI wait for your word, new among them: {n}. /names shows them.", n=len(proposed),
        )  # fmt: skip
        await names.announced(tx, proposed, now)


async def _is_time(tx: Tx, fact: str, every: timedelta, now: datetime) -> bool:
    """Tell whether the last notice of a kind is long enough ago, and remember this one if so."""
    last = await system.fact(tx, fact)
    if last and now - datetime.fromisoformat(last) < every:
        return False
    await system.remember(tx, fact, now.isoformat())
    return True
