"""schedule: when a subscription is posted."""

import re
from dataclasses import replace

from bot.commands.completions import times_and_zones
from bot.commands.declaration import Option, Section, command
from bot.commands.subscription_choice import subscription_at, take_name
from bot.commands.subscription_lines import name_of
from bot.commands.subscriptions import confirmation, listing, move_to_zone, place_name
from bot.commands.views import View, pause_reasons, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.model import (
    Answer,
    Call,
    Document,
    Schedule,
    Subscription,
)
from bot.pipeline.timing.slots import next_slot, parse_schedule
from bot.pipeline.timing.zones import take_zone
from bot.store import subscriptions
from bot.text.typed_words import in_english


@command(
    name="schedule",
    code="sc",
    section=Section.SUBSCRIPTIONS,
    description="Change when a subscription posts",
    help_line="change when: /schedule 1 08:00 18:00 Europe/Rome",
    usage="/schedule [NUMBER] WHEN",
    options=(Option("when", "Its number, then times: 1 08:00 18:00", rest=True, complete=times_and_zones),),
    manager=True,
    examples=("/schedule 1 08:00 18:00", "/schedule now", "/schedule 2 mon 09:00 Rome"),
)
async def schedule(ctx: Context, call: Call) -> Answer:
    """Change when a subscription posts; without a number there must be only one."""
    view = await view_of(ctx, call)
    text = call.arguments.get("when", "")
    if not text:
        return await listing(ctx, call)
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    own_number, text = take_name(text, channel_subscriptions)
    if own_number and not text:
        return await listing(ctx, call)
    zone, text = take_zone(text)
    if not own_number:
        own_number, text = _take_number(text, len(channel_subscriptions))
    typed, text = text, in_english(text, hours_are_times=True)
    number, times = (
        (own_number, text)
        if own_number
        else _split_number(text, len(channel_subscriptions), zoned=bool(zone))
    )
    subscription = await subscription_at(ctx, view, number)
    new_schedule = parse_schedule(times, typed) if times.strip() else subscription.schedule
    return Answer(document=await _reschedule(ctx, view, subscription, new_schedule, zone, place_name(call)))


async def _reschedule(
    ctx: Context, view: View, subscription: Subscription, new_schedule: Schedule, zone: str, place: str
) -> Document:
    async with ctx.store.write() as tx:
        if zone:
            await move_to_zone(tx, view.channel.id, zone, ctx.clock())
        upcoming = next_slot(new_schedule, zone or view.channel.zone, ctx.clock())
        await subscriptions.reschedule(tx, subscription.id, new_schedule, upcoming)
    rescheduled = Subscription(
        id=subscription.id,
        channel_id=subscription.channel_id,
        topic=subscription.topic,
        own_topic=subscription.own_topic,
        schedule=new_schedule,
        feed_ids=subscription.feed_ids,
        next_slot_at=upcoming,
    )
    name = name_of(ctx, view, subscription)
    cautions = pause_reasons(view, ctx.clock())
    channel = replace(view.channel, zone=zone or view.channel.zone)
    return confirmation(view.words, name, rescheduled, channel, place=place, cautions=cautions, is_new=False)


def _take_number(text: str, count: int) -> tuple[str, str]:
    """Return the number of a subscription that stands before times in plain words, and these; empty where it
    may be an hour itself. In `1 ogni mattina` it is none: the words say when without it.
    """
    match = re.match(r"\s*#?(\d{1,2})\s+(\S.*)$", text)
    if match is None or not 1 <= int(match[1]) <= count or not re.search(r"[^\W\d_]", match[2]):
        return "", text
    try:
        parse_schedule(in_english(match[2], hours_are_times=True), match[2])
    except CallError:
        return "", text
    return match[1], match[2]


def _split_number(text: str, count: int, *, zoned: bool = False) -> tuple[str, str]:
    """Return the subscription's number that a schedule begins with, empty where it names none, and the rest.

    A number alone in front is a subscription, never an hour: times are written in full. Raises `CallError`
    where nothing says when.
    """
    match = re.match(r"\s*#?(\d{1,2})(?:\s+(.+))?\s*$", text)
    if match is None:
        return "", text
    number, rest = match[1], (match[2] or "").strip()
    if not rest and zoned:
        return number, ""
    if not re.search(r"[:.h]|[^\W\d_]{2}", rest.lower()):
        raise CallError(
            (
                "When is it to be posted? A number alone is a subscription; times are written in "
                "full: /schedule {number} 09:00"
            ),
            number=number if 1 <= int(number) <= count else 1,
        )
    return number, rest
