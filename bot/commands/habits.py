"""quiet, missed: when a place sleeps, and what becomes of digests that were missed."""

import difflib

from bot.commands.views import View, view_of
from bot.commands.wishes import name_of, numbered
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Answer, Call, Document, Missed, Quiet, Text
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
