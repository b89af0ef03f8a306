"""schedule: when a subscription is posted."""

import re
from dataclasses import replace

from bot.commands.completions import times_and_zones
from bot.commands.declaration import Option, Section, command
from bot.commands.subscription_choice import OF, check_is_meant, subscription_at, take_list_name
from bot.commands.subscription_lines import name_of, schedule_in_words
from bot.commands.subscriptions import confirmation, listing, move_to_zone, place_name
from bot.commands.usual_hours import DEFAULT, usual_time
from bot.commands.views import View, pause_reasons, view_of
from bot.commands.zone_moves import MOVES, ask_about_zone, find_neighbours
from bot.errors import CallError
from bot.jobs import Context
from bot.model import (
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Document,
    Schedule,
    Subscription,
    Text,
)
from bot.pipeline.timing.slots import describe, next_slot, parse_schedule, parse_time
from bot.pipeline.timing.zones import take_zone
from bot.store import subscriptions
from bot.text.typed_words import in_english


@command(
    name="schedule",
    code="sc",
    section=Section.SUBSCRIPTIONS,
    description="Change when a subscription posts",
    help_line="change when: /schedule 1 08:00 18:00 Europe/Rome",
    details=(
        "Days of the week (`mon,thu 09:00`, `weekdays 08:00`) or of the month: `monthly 1st,15th 09:00`, "
        "`monthly last day 18:00`, `first monday 09:00`, `last friday 17:00`; the 31st is the last day of "
        "every shorter month. In any language of the bot."
    ),
    usage="/schedule [NUMBER] WHEN",
    options=(Option("when", "Its number, then times: 1 08:00 18:00", rest=True, complete=times_and_zones),),
    carried_options=(OF, MOVES),
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
    own_number, text = take_list_name(ctx, view, text, channel_subscriptions)
    if own_number and not text:
        return await listing(ctx, call)
    zone, text = take_zone(text)
    number, times = (
        (own_number, in_english(text, hours_are_times=True))
        if own_number
        else _split_number(text, len(channel_subscriptions), zoned=bool(zone))
    )
    typed = _NUMBERED.match(text) if number and not own_number else None
    text = typed[2] if typed else text
    subscription = await subscription_at(ctx, view, number)
    check_is_meant(call, subscription)
    usual = usual_time((subscription, *channel_subscriptions))
    new_schedule = parse_schedule(times, text, usual=usual) if times.strip() else subscription.schedule
    position = 1 + [candidate.id for candidate in channel_subscriptions].index(subscription.id)
    neighbours = await find_neighbours(ctx, view, call, zone, subscription.id) if times.strip() else []
    if neighbours:
        of = str(subscription.id)
        return ask_about_zone(
            ctx,
            view,
            neighbours,
            new_schedule,
            zone,
            lambda line: CallRef("schedule", {"when": f"{position} {line}", OF: of}),
        )
    return Answer(
        document=await _reschedule(ctx, view, position, subscription, new_schedule, zone, place_name(call))
    )


async def _reschedule(
    ctx: Context,
    view: View,
    position: int,
    subscription: Subscription,
    new_schedule: Schedule,
    zone: str,
    place: str,
) -> Document:
    """Change when a subscription posts; returns what is said then: how it was, and the way back to that."""
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
    words, before = view.words, subscription.schedule
    before_zone = view.channel.zone if channel.zone != view.channel.zone else ""
    notes: list[Block] = []
    offers: list[Button] = []
    if before != new_schedule or before_zone:
        schedule_text = (
            f"{schedule_in_words(before, words)} {f'({before_zone})' if before_zone else ''}".strip()
        )
        line = f"{position} {describe(before)} {before_zone}".strip()
        arguments = {"when": line, OF: str(subscription.id), **({MOVES: "yes"} if before_zone else {})}
        notes.append(Text(words("Until now: {when}", when=schedule_text), quiet=True))
        offers.append(Button(words("As before"), call=CallRef("schedule", arguments)))
    return confirmation(
        words, name, rescheduled, channel, notes, offers, place=place, cautions=cautions, is_new=False
    )


def _split_number(text: str, count: int, *, zoned: bool = False) -> tuple[str, str]:
    """Return the number of one of so many subscriptions that a schedule begins with, empty where it names
    none, and the times behind it in the words of English.

    A number is a subscription where what follows says when without it (`1 ogni mattina`), or where it stands
    alone: times are written in full. Raises `CallError` where nothing says when.
    """
    typed = _NUMBERED.match(text)
    if typed is not None and 1 <= int(typed[1]) <= count and _is_schedule(typed[2]):
        return typed[1], in_english(typed[2], hours_are_times=True)
    times = in_english(text, hours_are_times=True)
    match = _NUMBERED.match(times)
    if match is None or _is_day(int(match[1]), times):
        return "", times
    number, rest = match.groups()
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


_NUMBERED = re.compile(r"\s*#?(\d{1,2})(?!\S)\s*(.*?)\s*$", re.DOTALL)


def _is_day(number: int, times: str) -> bool:
    """Tell whether the number that a line in the words of commands begins with is one of its days of the
    month (`1 of each month at 9`), and no hour.
    """
    try:
        whole_line = parse_schedule(times)
    except CallError:
        return False
    return number in whole_line.month_days and all(at.hour != number for at in whole_line.times)


def _is_schedule(text: str) -> bool:
    """Tell whether somebody's words, in any language of the bot, say when: digits alone may be hours."""
    if not re.search(r"[^\W\d_]", text):
        return False
    try:
        parse_schedule(in_english(text, hours_are_times=True), text, usual=parse_time(DEFAULT))
    except CallError:
        return False
    return True
