"""languages, quiet, missed: what a place reads, when it sleeps, and what becomes of digests that were missed."""

import difflib
import re
from dataclasses import replace

from bot.commands.views import View, view_of
from bot.commands.wishes import name_of, numbered
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Answer, Call, Channel, Document, Missed, Quiet, Text
from bot.pipeline.quiet import parse_quiet
from bot.store import places, subscriptions
from bot.texts import Words

POLICIES = tuple(policy.value for policy in Missed)


async def quiet(ctx: Context, call: Call) -> Answer:
    """Set, take away or show a place's quiet hours."""
    view = await view_of(ctx, call)
    text = call.arguments.get("hours", "")
    if not text:
        return _said(view, _hours(view, view.channel.quiet))
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    chosen = parse_quiet(text)
    async with ctx.store.write() as tx:
        await places.set_quiet(tx, view.channel.id, chosen)
        await subscriptions.wake(tx, view.channel.id)
    return _said(view, _hours(view, chosen))


def _hours(view: View, hours: Quiet | None) -> str:
    if hours is None:
        return view.words("There are no quiet hours here. For example: /quiet 22:00-07:00")
    if hours.silent:
        return view.words(
            "From {start} to {end} ({zone}) I post here without a sound.",
            start=f"{hours.start:%H:%M}", end=f"{hours.end:%H:%M}", zone=view.channel.zone,
        )  # fmt: skip
    return view.words(
        "From {start} to {end} ({zone}) I post nothing here; what comes up is told once, afterwards.",
        start=f"{hours.start:%H:%M}", end=f"{hours.end:%H:%M}", zone=view.channel.zone,
    )  # fmt: skip


async def languages(ctx: Context, call: Call) -> Answer:
    """Set or show the languages that are read in a place, the first first; the bot speaks the first that it knows."""
    view = await view_of(ctx, call)
    text = call.arguments.get("languages", "")
    if not text:
        return _said(view, _read(view.channel, view.words))
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    codes = _codes(text)
    language = next((code for code in codes if code in ctx.texts.languages), view.channel.language)
    async with ctx.store.write() as tx:
        await places.set_values(tx, view.channel.id, languages=list(codes), language=language)
    words = ctx.texts.into(language)
    text = _read(replace(view.channel, languages=codes), words)
    return Answer(Document((Text(text),), language))


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(re.split(r"[\s,;]+", text.strip().lower())))
    for code in codes:
        if not re.fullmatch(r"[a-z]{2,3}", code):
            raise CallError(
                "`{code}` is no language. They are written as it, en or zh, for example: /languages it en",
                code=code[:40],
            )
    return codes


def _read(channel: Channel, words: Words) -> str:
    names = ", ".join(words.language_name(code) for code in channel.reads)
    return words(
        "Read here: {languages}. Stories that are told only in other languages are named, not told.",
        languages=names,
    )


async def missed(ctx: Context, call: Call) -> Answer:
    """Set or show what becomes of a subscription's digests that could not be written in time."""
    view = await view_of(ctx, call)
    number, policy = call.arguments.get("number", ""), call.arguments.get("policy", "")
    if number and not number.lstrip("#").isdigit():
        number, policy = "", f"{number} {policy}".strip()
    wish = await numbered(ctx, view, number.lstrip("#"))
    chosen = _policy(policy) if policy else wish.missed
    if policy:
        async with ctx.store.write() as tx:
            await subscriptions.set_missed(tx, wish.id, chosen)
    return _said(view, f"{name_of(ctx, view, wish)}: {_meaning(chosen, view.words)}")


def _meaning(policy: Missed, words: Words) -> str:
    match policy:
        case Missed.MERGE:
            return words("digests that were missed come as one.")
        case Missed.SKIP:
            return words("a digest that was missed by an hour is left out; the next one tells its stories.")
        case Missed.EACH:
            return words("digests that were missed come one by one.")


def _policy(text: str) -> Missed:
    wanted = text.strip().lower()
    if wanted in POLICIES:
        return Missed(wanted)
    near = difflib.get_close_matches(wanted, POLICIES, n=1, cutoff=0)
    raise CallError(
        "`{value}` is none of {policies}. For example: /missed 1 {near}",
        value=text[:40], policies=", ".join(POLICIES), near=near[0],
    )  # fmt: skip


def _said(view: View, text: str) -> Answer:
    return Answer(Document((Text(text),), view.words.language))
