"""A time zone that is given with one subscription is its whole place's: before that moves others, it is asked
what is meant.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.subscription_lines import name_of, schedule_in_words
from bot.commands.views import View
from bot.jobs import Context
from bot.model import Actions, Answer, Button, Call, CallRef, Document, Schedule, Subscription, Text
from bot.pipeline.timing.slots import EVERY_DAY, describe
from bot.store import subscriptions

MOVES = "moves"
"""The argument of a button by which all that is posted in a place moves to a time zone."""

NAMED_MAX = 3
"""Subscriptions that move, and are named."""


async def find_neighbours(
    ctx: Context, view: View, call: Call, zone: str, own_id: int = 0
) -> list[Subscription]:
    """Return the other subscriptions whose times a zone would move, none where that was asked for."""
    if not zone or not view.known or zone == view.channel.zone or call.arguments.get(MOVES):
        return []
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    return [
        subscription
        for subscription in channel_subscriptions
        if subscription.schedule.times and subscription.id != own_id
    ]


def ask_about_zone(
    ctx: Context,
    view: View,
    neighbours: Sequence[Subscription],
    schedule: Schedule,
    zone: str,
    call_at: Callable[[str], CallRef],
) -> Answer:
    """Ask whether all is to move to a zone, or one schedule is to come at that moment by the place's own
    clock; `call_at` makes the Call of a button from times.
    """
    words, own_zone = view.words, view.channel.zone
    names = ", ".join(
        f"{name_of(ctx, view, one)} ({schedule_in_words(one.schedule, words)})"
        for one in neighbours[:NAMED_MAX]
    )
    question = words(
        "A place has one time zone, here {old}: with {zone} this would move, too: {names}. What is meant?",
        old=own_zone,
        zone=zone,
        names=names,
    )
    move_call = call_at(f"{describe(schedule)} {zone}")
    move_call = replace(move_call, arguments={**move_call.arguments, MOVES: "yes"})
    buttons = [Button(words("All in {zone}", zone=zone), call=move_call)]
    own_schedule = by_other_clock(schedule, zone, own_zone, ctx.clock())
    if own_schedule is not None:
        when = schedule_in_words(own_schedule, words)
        label = words("Only this: {when} ({zone})", when=when, zone=own_zone)
        buttons.insert(0, Button(label, call=call_at(describe(own_schedule))))
    rows = (Actions((button,)) for button in buttons)
    return Answer(document=Document((Text(question), *rows), words.language), told=False)


def by_other_clock(schedule: Schedule, zone: str, own_zone: str, now: datetime) -> Schedule | None:
    """Return a schedule of a zone by the clock of another, as the two are apart today; None where a time
    would be on another day than the schedule names.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    moments = [
        datetime.combine(today, at, ZoneInfo(zone)).astimezone(ZoneInfo(own_zone)) for at in schedule.times
    ]
    is_any_day = schedule.days == EVERY_DAY and not (schedule.month_days or schedule.weeks)
    if not is_any_day and any(moment.date() != today for moment in moments):
        return None
    return replace(schedule, times=tuple(sorted({moment.time() for moment in moments})))
