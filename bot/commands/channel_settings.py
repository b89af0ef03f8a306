"""languages, quiet, missed, recap, once: what a place reads, when it sleeps, what becomes of missed digests,
when it looks back, who shares its memory.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from bot.commands.completions import TIMES, language_codes, subscription_numbers
from bot.commands.declaration import Option, Section, command
from bot.commands.hindsight import (
    SAVED,
    Change,
    effect_blocks,
    find_effect,
    is_to_be_seen,
    of_place,
    save_call,
    save_or_back,
)
from bot.commands.shown_values import OFF, find_value, no_such_value
from bot.commands.subscription_choice import split_number, subscription_at
from bot.commands.subscription_lines import name_of
from bot.commands.views import View, label, view_of
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.jobs.publishing.recap import is_monthly
from bot.model import (
    Answer,
    Block,
    Call,
    CallRef,
    Channel,
    Document,
    Heading,
    MissedPolicy,
    Quiet,
    Schedule,
    Subscription,
    Text,
)
from bot.pipeline.timing.quiet_hours import parse_quiet
from bot.pipeline.timing.slots import next_slot, parse_schedule
from bot.store import places, subscriptions
from bot.store import server_dedup as memory
from bot.text.language_names import language_called
from bot.text.typed_words import in_english
from bot.text.words import fold

SERVER = "server"
MEMORIES = (SERVER, "channel")
POLICIES = tuple(policy.value for policy in MissedPolicy)
RECAP_TIME = time(18)
"""When a look back comes of which only the day was said."""

HOURS = ("22:00-07:00", "22:00-07:00 silent", "22:00-07:00 biggest", "off")


@command(
    name="languages",
    code="ln",
    section=Section.CHANNEL,
    description="The languages that are read here",
    help_line="what is read here, the first first: /languages it en",
    details=(
        "The bot speaks the first that it knows. What others would have brought in the last 14 days is shown "
        "before it is saved."
    ),
    usage="/languages [CODES]",
    options=(Option("languages", "The first first, such as: it en", rest=True, complete=language_codes),),
    carried_options=(SAVED,),
    manager=True,
    examples=("/languages it en", "/languages German"),
)
async def languages(ctx: Context, call: Call) -> Answer:
    """Set or show the languages that are read in a place, the first first; the bot speaks the first that it
    knows.
    """
    view = await view_of(ctx, call)
    text = call.arguments.get("languages", "")
    if not text:
        return _text_answer(view, _read(view.channel, view.words))
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    codes = _codes(text)
    language = next((code for code in codes if code in ctx.texts.languages), view.channel.language)
    changes = await of_place(ctx, view) if codes != view.channel.languages_read else []
    if changes and is_to_be_seen(ctx, call):
        channel = replace(view.channel, languages=codes, language=language)
        return await _show_languages(ctx, view, call, channel, changes)
    async with ctx.store.write() as tx:
        await places.set_values(tx, view.channel.id, languages=list(codes), language=language)
    words = ctx.texts.for_language(language)
    text = _read(replace(view.channel, languages=codes), words)
    return Answer(document=Document((Text(text),), language))


async def _show_languages(
    ctx: Context, view: View, call: Call, channel: Channel, changes: Sequence[Change]
) -> Answer:
    """Answer with what other languages would have brought to a place, and with a button that saves them."""
    words = view.words
    effect = await find_effect(ctx, view, changes, replace(view, channel=channel))
    names = ", ".join(words.language_name(code) for code in channel.languages_read)
    blocks: list[Block] = [Heading(words("Languages"), names), *effect_blocks(words, effect)]
    if channel.language != view.channel.language:
        name = words.language_name(channel.language)
        blocks.append(
            Text(words("What I write here would be in another language: {language}.", language=name))
        )
    save = save_call(call, {"languages": call.arguments["languages"]})
    blocks += save_or_back(words, save, CallRef("languages"))
    return Answer(document=Document(tuple(blocks), words.language))


def _codes(text: str) -> tuple[str, ...]:
    """Return the languages of a line, by their codes. Raises `CallError` for a word that names none."""
    codes: dict[str, None] = {}
    for word in re.split(r"[\s,;]+", text.strip()):
        code = language_called(word)
        if not code:
            raise CallError(
                "`{code}` is no language. They are written as it, en or zh, for example: /languages it en",
                code=word[:40],
            )
        codes[code] = None
    return tuple(codes)


def _read(channel: Channel, words: Words) -> str:
    names = ", ".join(words.language_name(code) for code in channel.languages_read)
    return words(
        "Read here: {languages}. Stories that are told only in other languages are named, not told.",
        languages=names,
    )


@command(
    name="quiet",
    code="qu",
    section=Section.CHANNEL,
    description="Hours in which I post nothing here, or without a sound",
    help_line="when I post nothing, or without a sound: /quiet 22:00-07:00 silent",
    details=(
        "`silent` posts without a sound, a level behind the hours lets breaking news of it through, "
        "`off` ends them."
    ),
    usage="/quiet HOURS",
    options=(
        Option(
            "hours", "Such as 22:00-07:00, with silent or a bar behind it, or off", rest=True, complete=HOURS
        ),
    ),
    manager=True,
    examples=("/quiet 22:00-07:00", "/quiet 22:00-07:00 silent", "/quiet off"),
)
async def quiet(ctx: Context, call: Call) -> Answer:
    """Set, take away or show a place's quiet hours."""
    view = await view_of(ctx, call)
    text = call.arguments.get("hours", "")
    if not text:
        return _text_answer(view, _hours(view, view.channel.quiet))
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    hours = None if _is_off(ctx, view, text, "quiet") else parse_quiet(text)
    async with ctx.store.write() as tx:
        await places.set_quiet(tx, view.channel.id, hours)
        if not view.channel.is_paused(ctx.clock()):
            await subscriptions.wake(tx, view.channel.id)
    return _text_answer(view, _hours(view, hours))


def _hours(view: View, hours: Quiet | None) -> str:
    if hours is None:
        return view.words("There are no quiet hours here. For example: /quiet 22:00-07:00")
    if hours.silent:
        return view.words(
            "From {start} to {end} ({zone}) I post here without a sound.",
            start=f"{hours.start:%H:%M}",
            end=f"{hours.end:%H:%M}",
            zone=view.channel.zone,
        )
    if hours.wakes:
        return view.words(
            (
                "From {start} to {end} ({zone}) I post only breaking news of the level “{level}” "
                "here; the rest is told once, afterwards."
            ),
            start=f"{hours.start:%H:%M}",
            end=f"{hours.end:%H:%M}",
            zone=view.channel.zone,
            level=label(hours.wakes, view.words),
        )
    return view.words(
        "From {start} to {end} ({zone}) I post nothing here; what comes up is told once, afterwards.",
        start=f"{hours.start:%H:%M}",
        end=f"{hours.end:%H:%M}",
        zone=view.channel.zone,
    )


@command(
    name="recap",
    code="rc",
    section=Section.CHANNEL,
    description="Look back on what was told here",
    help_line="look back on what was told here: /recap sun 18:00",
    options=(Option("when", "Such as sun 18:00, or off", rest=True, complete=TIMES),),
    manager=True,
    examples=("/recap sun 18:00", "/recap off"),
)
async def recap(ctx: Context, call: Call) -> Answer:
    """Set when a place looks back on what it was told, take that away with `off`, or show it."""
    view = await view_of(ctx, call)
    text = call.arguments.get("when", "").strip()
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
        recap_subscription = await subscriptions.recap_of(tx, view.channel.id) if view.known else None
    if not channel_subscriptions and recap_subscription is None:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    if not text:
        return _text_answer(view, _look_back(view, recap_subscription))
    if recap_subscription is not None and _is_next_slot(ctx, view, text, recap_subscription):
        return _text_answer(view, _look_back(view, recap_subscription))
    is_off = OFF in {text.lower(), in_english(text)} or _is_off(ctx, view, text, "recap")
    usual = next(iter(recap_subscription.schedule.times if recap_subscription else ()), RECAP_TIME)
    schedule = None if is_off else replace(parse_schedule(text, usual=usual), instant=False)
    if schedule is not None and not schedule.times:
        raise CallError("A look back needs a time, for example: /recap sun 18:00")
    subscription = await _recap_from_now(ctx, view, recap_subscription, schedule)
    return _text_answer(view, _look_back(view, subscription))


async def _recap_from_now(
    ctx: Context, view: View, recap_subscription: Subscription | None, schedule: Schedule | None
) -> Subscription | None:
    upcoming = next_slot(schedule, view.channel.zone, ctx.clock()) if schedule else None
    async with ctx.store.write() as tx:
        if recap_subscription is not None:
            await subscriptions.end(tx, recap_subscription.id)
        if schedule is None:
            return None
        subscription = Subscription(
            id=0,
            channel_id=view.channel.id,
            topic="all",
            schedule=schedule,
            next_slot_at=upcoming,
            created_at=ctx.clock(),
            recap=True,
        )
        await subscriptions.add(tx, subscription)
        return subscription


def _is_next_slot(ctx: Context, view: View, text: str, subscription: Subscription) -> bool:
    """Tell whether a text is the moment of the next look back, as it is shown in a language of the bot."""
    upcoming, zone = subscription.next_slot_at, view.channel.zone
    every_words = map(ctx.texts.for_language, ctx.texts.languages)
    return upcoming is not None and fold(text) in {
        fold(f"{words.day(upcoming, zone)}, {words.time(upcoming, zone)}") for words in every_words
    }


def _look_back(view: View, subscription: Subscription | None) -> str:
    if subscription is None or subscription.next_slot_at is None:
        return view.words("There is no look back here. For one a week: /recap sun 18:00")
    upcoming, zone = subscription.next_slot_at, view.channel.zone
    when = f"{view.words.day(upcoming, zone)}, {view.words.time(upcoming, zone)}"
    if is_monthly(subscription.schedule):
        return view.words("The next look back here, on all since the one before it: {when}.", when=when)
    return view.words("The next look back here: {when}.", when=when)


@command(
    name="missed",
    code="mi",
    section=Section.CHANNEL,
    description="What becomes of digests that were missed",
    help_line="what becomes of digests that were missed",
    details="`merge` tells them as one, `skip` leaves them out, `each` posts them one by one.",
    usage="/missed [NUMBER] merge|skip|each",
    options=(
        Option("number", "Its number or name in /list", complete=subscription_numbers),
        Option("policy", "merge, skip or each", rest=True, complete=POLICIES),
    ),
    manager=True,
    examples=("/missed 1 merge", "/missed 2 skip"),
)
async def missed(ctx: Context, call: Call) -> Answer:
    """Set or show what becomes of a subscription's digests that could not be written in time."""
    view = await view_of(ctx, call)
    number, policy = await split_number(
        ctx, view, call.arguments.get("number", ""), call.arguments.get("policy", "")
    )
    subscription = await subscription_at(ctx, view, number)
    new_policy = _policy(ctx, view, policy) if policy else subscription.missed
    if policy:
        async with ctx.store.write() as tx:
            await subscriptions.set_missed_policy(tx, subscription.id, new_policy)
    return _text_answer(view, f"{name_of(ctx, view, subscription)}: {_meaning(new_policy, view.words)}")


def _meaning(policy: MissedPolicy, words: Words) -> str:
    match policy:
        case MissedPolicy.MERGE:
            return words("digests that were missed come as one.")
        case MissedPolicy.SKIP:
            return words("a digest that was missed by an hour is left out; the next one tells its stories.")
        case MissedPolicy.EACH:
            return words("digests that were missed come one by one.")


@command(
    name="once",
    code="oc",
    section=Section.CHANNEL,
    description="Whether a story is told once in the whole server",
    help_line="whether a story is told once in the whole server, or in each channel",
    details="Told once, the other channels point to it with a line.",
    usage="/once server|channel",
    options=(Option("whom", "server or channel", rest=True, complete=MEMORIES),),
    manager=True,
    examples=("/once server", "/once channel"),
)
async def once(ctx: Context, call: Call) -> Answer:
    """Set or show whether a server's channels share what they were told."""
    view = await view_of(ctx, call)
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    scope = _scope(ctx, view, call.arguments.get("whom", "").strip())
    async with ctx.store.write() as tx:
        if scope:
            await memory.set_dedup(tx, view.channel.server_id, scope == SERVER)
        is_shared = await memory.dedups_per_server(tx, view.channel.server_id)
    if is_shared:
        text = view.words(
            "A story is told once in this server; digests of its other channels point to it with a line."
        )
    else:
        text = view.words(
            "Each channel is told every story that it wants. Once in the whole server: /once server"
        )
    return _text_answer(view, text)


def _scope(ctx: Context, view: View, text: str) -> str:
    """Return who is to share what was told, empty where nothing was typed. Raises `CallError`."""
    if not text:
        return ""
    if scope := find_value(ctx, view, text, MEMORIES, scope_name):
        return scope
    names = [scope_name(scope, view.words) for scope in MEMORIES]
    raise no_such_value(text, names, f"/once {SERVER}")


def scope_name(scope: str, words: Words) -> str:
    """Return what it is called where a story is told once."""
    return words("in the whole server") if scope == SERVER else words("in each channel")


def policy_name(policy: str, words: Words) -> str:
    """Return what a way with missed digests is called."""
    names = {
        MissedPolicy.MERGE: words("as one"),
        MissedPolicy.SKIP: words("leave out"),
        MissedPolicy.EACH: words("one by one"),
    }
    return names[MissedPolicy(policy)]


def _is_off(ctx: Context, view: View, text: str, setting: str) -> bool:
    """Tell whether a text says, as the panel does, that a setting is to be off."""

    def off_name(_: str, words: Words) -> str:
        return words("no quiet hours") if setting == "quiet" else words("no look back")

    return find_value(ctx, view, text, (OFF,), off_name) == OFF


def _policy(ctx: Context, view: View, text: str) -> MissedPolicy:
    word = text.strip().lower()
    if policy := find_value(ctx, view, word, POLICIES, policy_name):
        return MissedPolicy(policy)
    names = [policy_name(policy, view.words) for policy in POLICIES]
    similar = difflib.get_close_matches(word, POLICIES, n=1, cutoff=0)
    raise no_such_value(text, names, f"/missed 1 {similar[0]}")


def _text_answer(view: View, text: str) -> Answer:
    return Answer(document=Document((Text(text),), view.words.language))
