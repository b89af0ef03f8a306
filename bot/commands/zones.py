"""The time zone of a place for which nobody has chosen one: it is asked for, with a button for each that is
likely.
"""

from bot.commands.targets import typed_target
from bot.commands.views import NO_ZONE, View, is_before_readers
from bot.jobs import Context
from bot.model import Actions, Block, Button, Call, CallRef, Channel, Subscription, Text
from bot.store import subscriptions


async def zone_question(
    ctx: Context, view: View, call: Call, channel: Channel, subscription: Subscription
) -> tuple[Block, ...]:
    """Return the question in which time zone a place is, where its new subscription needs one that nobody has
    chosen.
    """
    is_known = channel.zone != NO_ZONE or not subscription.schedule.times
    if is_known or is_before_readers(ctx, call):
        return ()
    async with ctx.store.read() as tx:
        number = len(await subscriptions.of_channel(tx, channel.id))
    words = view.words
    question = words(
        "Times are those of UTC, for I do not know your time zone. Which is it? Any other: {command}",
        command=f"/schedule {number} Europe/Rome{typed_target(ctx, call)}",
    )
    keys = tuple(
        Button(_city(zone), call=CallRef("schedule", {"when": f"{number} {zone}"})) for zone in words.zones
    )
    return (Text(question, quiet=True), *((Actions(keys),) if keys else ()))


def _city(zone: str) -> str:
    """Return the city that a time zone is called after."""
    return zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")
