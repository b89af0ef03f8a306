"""The hour at which a place gets its news, for what names days and no time."""

from collections.abc import Sequence
from datetime import time

from bot.model import Subscription
from bot.pipeline.timing.slots import parse_time

DEFAULT = "08:00"
"""When news is posted where nobody has ever said when."""


def usual_time(channel_subscriptions: Sequence[Subscription]) -> time:
    """Return the first time of the first of a place's subscriptions that has any, else the default."""
    times = (at for subscription in channel_subscriptions for at in subscription.schedule.times)
    return next(times, parse_time(DEFAULT))
