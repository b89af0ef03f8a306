"""Taking back the wish that was saved last in a place: its rules are taken away, which is shown before it
counts.

What others have changed meanwhile stays: only rules that are still as the wish made them become what they
were.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.commands.explaining import EXPIRED
from bot.commands.hindsight import SAVED, Change, effect_blocks, find_effect, save_call, save_or_back
from bot.commands.subscription_choice import OF
from bot.commands.subscription_lines import list_items, name_of
from bot.commands.subscriptions import refuse_twin
from bot.commands.views import View, view_of
from bot.commands.wish_blocks import rules_blocks
from bot.errors import CallError
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Bar,
    Block,
    Button,
    Call,
    CallRef,
    Document,
    Listing,
    Subscription,
    Text,
)
from bot.pipeline.filters.grammar import Filter, stored_filter
from bot.pipeline.filters.wishes import Wish
from bot.pipeline.timing.slots import describe, next_slot, parse_schedule
from bot.store import Tx, subscriptions, system

KEPT_FOR = timedelta(days=7)
"""How long the last wish of a place can be taken back."""

RULES = "rules"
_KEPT_VALUES = ("filter", "topic", "own_topic", "topic_terms", "size", "posts_per_day")


def _code(channel_id: int) -> str:
    """Return the code under which the last wish of a place is kept: no button's, which are hashes."""
    return f"wish {channel_id}"


async def keep_last_wish(tx: Tx, ctx: Context, channel_id: int, changes: Sequence[Change]) -> None:
    """Keep what a wish that is saved now has changed, so that it can be taken back; the changes name what it
    made new as it is stored.
    """
    rows = [
        {"id": after.id, "before": before and _values(before), "after": _values(after)}
        for before, after in ((change.before, change.after) for change in changes)
    ]
    stored = {RULES: json.dumps(rows), OF: ctx.clock().isoformat()}
    await system.keep_call(tx, _code(channel_id), EXPIRED, stored, ctx.clock() + KEPT_FOR)


def _values(subscription: Subscription) -> dict[str, Any]:
    values = {name: getattr(subscription, name) for name in _KEPT_VALUES}
    return {**values, "bar": subscription.bar.value, "schedule": describe(subscription.schedule)}


async def take_back(ctx: Context, view: View, call: Call) -> Answer:
    """Show what is without the last wish, or let it be so. Raises `CallError` where no wish is known."""
    async with ctx.store.read() as tx:
        stored_call = await system.kept_call(tx, _code(view.channel.id), ctx.clock()) if view.known else None
        active_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    arguments = stored_call[1] if stored_call else {}
    rows = {row["id"]: row for row in json.loads(arguments.get(RULES, "[]"))}
    changes = [_undone(one, rows[one.id]) for one in active_subscriptions if one.id in rows]
    if not any(change.before != change.after for change in changes if change):
        raise CallError(
            "I know no wish here that could be taken back: none was saved in the last week, or its rules "
            "have changed since. /filter and /list show what holds, and /filter remove takes a rule away."
        )
    if call.arguments.get(SAVED):
        if call.arguments.get(OF) != arguments.get(OF):
            raise CallError("What is posted here has changed since. /list shows it; please say that again.")
        return await _save(ctx, view, call, changes)
    return await _show(ctx, view, call, changes, arguments[OF])


def _undone(now: Subscription, row: Mapping[str, Any]) -> Change:
    """Return a subscription without the rules of a wish; one that the wish made ends (`after` without an
    id).
    """
    before, after = row["before"], row["after"]
    if before is None:
        return Change(now, replace(now, id=0))
    present = _values(now)
    values = {name: before[name] for name in before if present[name] == after[name] and name != "filter"}
    schedule = parse_schedule(values.pop("schedule")) if "schedule" in values else now.schedule
    bar = Bar(values.pop("bar")) if "bar" in values else now.bar
    filter_ = _restored_filter(now.filter, before["filter"], after["filter"])
    return Change(now, replace(now, **values, filter=filter_, bar=bar, schedule=schedule))


def _restored_filter(present: str, before: str, after: str) -> str:
    """Return a filter without the terms that a wish added, and with those that they replaced."""
    terms_before, terms_after = stored_filter(before).terms, stored_filter(after).terms
    new_terms = tuple(term for term in terms_after if term not in terms_before)
    old_terms = tuple(term for term in terms_before if term not in terms_after)
    present_filter = stored_filter(present)
    undone_terms = Filter(tuple(term for term in new_terms if term in present_filter.terms))
    return str(present_filter.without(undone_terms).with_terms(Filter(old_terms)))


async def _show(ctx: Context, view: View, call: Call, changes: Sequence[Change], stamp: str) -> Answer:
    words = view.words
    blocks: list[Block] = [Text(words("Without the last wish it is again:"))]
    for change in changes:
        if not change.after.id:
            blocks.append(Text(words("Not posted any more: {name}", name=name_of(ctx, view, change.after))))
            continue
        effect = await find_effect(ctx, view, [change])
        blocks += rules_blocks(ctx, view, Wish(), change)
        blocks += effect_blocks(words, effect, is_new=False)
    save = save_call(call, {"words": call.arguments["words"], OF: stamp})
    blocks += save_or_back(words, save, CallRef("list"))
    return Answer(document=Document(tuple(blocks), words.language))


async def _save(ctx: Context, view: View, call: Call, changes: Sequence[Change]) -> Answer:
    async with ctx.store.write() as tx:
        for change in changes:
            await _restore(tx, ctx, view, change)
        await system.keep_call(tx, _code(view.channel.id), EXPIRED, {}, ctx.clock())
        remaining_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    ctx.wake("collect")
    view = await view_of(ctx, call)
    words = view.words
    blocks: tuple[Block, ...] = (
        Text(words("The last wish is taken back.")),
        *(
            (Listing(items=list_items(ctx, view, remaining_subscriptions, numbered=False)),)
            if remaining_subscriptions
            else ()
        ),
        Actions((Button(words("What is posted here"), call=CallRef("list")),)),
    )
    return Answer(document=Document(blocks, words.language))


async def _restore(tx: Tx, ctx: Context, view: View, change: Change) -> None:
    assert change.before is not None  # noqa: S101 - what is taken back is posted
    before, after = change.before, change.after
    if not after.id:
        await subscriptions.end(tx, before.id)
        return
    await refuse_twin(tx, after, before)
    await subscriptions.set_rules(tx, after)
    if after.schedule != before.schedule:
        upcoming = next_slot(after.schedule, view.channel.zone, ctx.clock())
        await subscriptions.reschedule(tx, after.id, after.schedule, upcoming)
