"""setback: notice that the machine's clock was set back, and let nothing wait for times that come a second
time.

What lies ahead of a clock that was wrong (the next poll of a feed, the end of a pause, the next digest) would
else be hours or a year away. Seen from one renewal of the lease to the next, and from one life of the program
to the next.
"""

from datetime import datetime, timedelta

from bot.jobs import Context
from bot.model import Subscription
from bot.pipeline.timing.slots import next_slot
from bot.store import Tx, due_times, places, subscriptions, system

FACT = "clock"
TOLERATED = timedelta(minutes=1)
"""How far clocks are corrected all the time, without anybody waiting for it."""

FAR = timedelta(hours=12)
"""By how much a clock is set back at least for a digest to come a second time at the same hour: by less, the
one that came will do.
"""


async def detect_clock_rollback(ctx: Context) -> bool:
    """Remember what the clock shows; where it shows less than before let nothing wait for the difference.
    True if it does.
    """
    now = ctx.clock()
    async with ctx.store.read() as tx:
        back = datetime.fromisoformat(await system.fact(tx, FACT) or now.isoformat()) - now
    async with ctx.store.write(narrow=back < TOLERATED) as tx:
        await system.remember(tx, FACT, now.isoformat())
        if back < TOLERATED:
            return False
        await due_times.make_all_due(tx, now)
        for subscription in await subscriptions.active(tx):
            if subscription.next_slot_at is not None and subscription.next_slot_at > now:
                await _reschedule(tx, subscription, now, back)
    ctx.log.warning("clock.set_back", seconds=round(back.total_seconds()))
    return True


async def _reschedule(tx: Tx, subscription: Subscription, now: datetime, back: timedelta) -> None:
    """Let a subscription's next digest be the next by the clock as it is: one that came already only after a
    long way back, a minute later.
    """
    channel = await places.channel(tx, subscription.channel_id)
    zone = channel.zone if channel else "UTC"
    upcoming = next_slot(subscription.schedule, zone, now)
    while upcoming is not None and await subscriptions.has_slot(tx, subscription.id, upcoming):
        following = next_slot(subscription.schedule, zone, upcoming)
        upcoming = upcoming + timedelta(minutes=1) if back >= FAR else following
    if (
        upcoming is not None
        and subscription.next_slot_at is not None
        and upcoming < subscription.next_slot_at
    ):
        await subscriptions.advance(tx, subscription, next_slot_at=upcoming)
