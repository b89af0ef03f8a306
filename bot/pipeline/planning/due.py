"""What is due for a subscription at a moment: a slot, news at once, a look back, or nothing before the quiet
hours end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Bar, Channel, MissedPolicy, Subscription
from bot.pipeline.timing.quiet_hours import closed_until
from bot.pipeline.timing.slots import next_slot

MISSED_AFTER = timedelta(hours=1)
"""How late a digest may be before it counts as missed where missed ones are skipped."""


@dataclass(frozen=True, slots=True)
class DigestDue:
    """A digest: the slot that it is for; `missed` where a later slot has come, and what changed since belongs
    to that.
    """

    slot_at: datetime
    missed: bool = False


@dataclass(frozen=True, slots=True)
class RecapDue:
    """A look back, for a slot."""

    slot_at: datetime


@dataclass(frozen=True, slots=True)
class SkipDue:
    """A digest that was missed and is left out: the next one tells its stories."""

    slot_at: datetime


@dataclass(frozen=True, slots=True)
class InstantDue:
    """News at once."""


@dataclass(frozen=True, slots=True)
class AsleepDue:
    """Quiet hours, which end at a moment: only what meets `wakes` may break them, nothing where that
    is None.
    """

    until: datetime
    wakes: Bar | None


Due = DigestDue | RecapDue | SkipDue | InstantDue | AsleepDue


def decide_due(subscription: Subscription, channel: Channel, now: datetime) -> Due | None:
    """Return what is due now, None where nothing is."""
    until = closed_until(channel, now)
    if until is not None:
        hears_news = subscription.schedule.instant and not subscription.recap
        return AsleepDue(until, channel.quiet.wakes if channel.quiet and hears_news else None)
    slot_at = subscription.next_slot_at
    if slot_at is not None and slot_at <= now:
        return _slot_due(subscription, channel, slot_at, now)
    return InstantDue() if subscription.schedule.instant else None


def _slot_due(subscription: Subscription, channel: Channel, slot_at: datetime, now: datetime) -> Due:
    """Return what a slot that has come makes due. Those of a person's pause come as one, also where missed
    ones come one by one: nobody ends a pause for a flood.
    """
    latest = _latest_slot(subscription, channel, slot_at, now)
    if subscription.recap:
        return RecapDue(latest)
    is_missed = channel.is_paused(latest) or now - expected_at(subscription, channel, latest) > MISSED_AFTER
    if subscription.missed is MissedPolicy.SKIP and is_missed:
        return SkipDue(latest)
    if subscription.missed is MissedPolicy.EACH and slot_at < latest and not channel.is_paused(slot_at):
        return DigestDue(slot_at, missed=True)
    return DigestDue(latest)


def _latest_slot(subscription: Subscription, channel: Channel, slot_at: datetime, now: datetime) -> datetime:
    """Return the newest slot that has come: missed ones are merged into it."""
    while (following := next_slot(subscription.schedule, channel.zone, slot_at)) and following <= now:
        slot_at = following
    return slot_at


def expected_at(subscription: Subscription, channel: Channel, slot_at: datetime) -> datetime:
    """Return when a slot was to be published: at its time, or at the end of the quiet hours it fell into,
    even if nothing ran by then.
    """
    night = closed_until(channel, slot_at)
    return max(slot_at, subscription.rests_until or slot_at, night or slot_at)
