"""bar: how much a story must weigh to be told here, with what each level would have brought."""

import difflib
from dataclasses import replace

from bot.commands.completions import subscription_numbers
from bot.commands.declaration import Option, Section, command
from bot.commands.hindsight import (
    DEADLINE,
    OPENING,
    SAVED,
    Change,
    effect_blocks,
    find_effect,
    is_to_be_seen,
    rate,
    save_call,
    save_or_back,
)
from bot.commands.shown_values import find_value
from bot.commands.subscription_choice import OF, check_is_meant, split_number, subscription_at
from bot.commands.subscription_lines import name_of
from bot.commands.views import View, is_before_readers, label, view_of
from bot.errors import CallError
from bot.i18n import Words
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
    Heading,
    Item,
    Listing,
    Subscription,
    Text,
)
from bot.pipeline.selection.importance import COUNTED_PERIOD, stories_per_day
from bot.store import stories, subscriptions
from bot.text.typed_words import in_english

LEVELS = tuple(set_bar.value for set_bar in Bar)


@command(
    name="bar",
    code="ba",
    section=Section.CHANNEL,
    description="How much a story must weigh to be posted",
    help_line="how much a story must weigh: /bar 1 important",
    details=(
        "Without a level it shows how many stories a day each would bring; with one, what would have been "
        "another in the last 14 days, before anything is saved."
    ),
    options=(
        Option("number", "Its number or name in /list", complete=subscription_numbers),
        Option("level", "everything, notable, important or biggest", rest=True, complete=LEVELS),
    ),
    carried_options=(OF, SAVED),
    manager=True,
    examples=("/bar", "/bar 1 important"),
)
async def bar(ctx: Context, call: Call) -> Answer:
    """Set the bar of a subscription, or show what each level brings."""
    view = await view_of(ctx, call)
    number, text = await split_number(
        ctx, view, call.arguments.get("number", ""), call.arguments.get("level", "")
    )
    level = _level(ctx, view, text) if text else None
    subscription = await subscription_at(ctx, view, number)
    check_is_meant(call, subscription)
    if level is None or level is subscription.bar:
        return Answer(document=await _levels(ctx, view, call, subscription))
    if is_to_be_seen(ctx, call):
        return await _show(ctx, view, call, subscription, level)
    async with ctx.store.write() as tx:
        await subscriptions.set_bar(tx, subscription.id, level)
    counts = await _stories_per_level(ctx, view, subscription)
    answer = view.words(
        "{name}: the bar is {level} now, {rate}.",
        name=name_of(ctx, view, subscription),
        level=label(level, view.words),
        rate=rate(counts[level], view.words),
    )
    return Answer(document=Document((Text(answer),), view.words.language))


async def _show(ctx: Context, view: View, call: Call, subscription: Subscription, level: Bar) -> Answer:
    """Answer with what a level would have brought, and with a button that saves it."""
    words = view.words
    effect = await find_effect(ctx, view, [Change(subscription, replace(subscription, bar=level))])
    number = str(await _place(ctx, view, subscription))
    save = save_call(call, {"number": number, "level": level, OF: str(subscription.id)})
    blocks: list[Block] = [
        Heading(words("The bar of {name}", name=name_of(ctx, view, subscription)), label(level, words)),
        *effect_blocks(words, effect),
        *save_or_back(words, save, CallRef("bar", {"number": number})),
    ]
    return Answer(document=Document(tuple(blocks), words.language))


def _level(ctx: Context, view: View, text: str) -> Bar:
    """Return the level that a word means, also as it is called in any language of the bot. Raises
    `CallError`.
    """
    word = in_english(text)
    if word in LEVELS:
        return Bar(word)
    if level := find_value(ctx, view, text, LEVELS, lambda level, words: label(Bar(level), words)):
        return Bar(level)
    similar = difflib.get_close_matches(word, LEVELS, n=1, cutoff=0)
    raise CallError(
        "`{value}` is no bar. There are {levels}. For example /bar 1 {near}",
        value=text[:40],
        levels=", ".join(LEVELS),
        near=similar[0],
    )


async def _levels(ctx: Context, view: View, call: Call, subscription: Subscription) -> Document:
    words = view.words
    counts = await _stories_per_level(ctx, view, subscription)
    items = tuple(
        Item(
            f"{'▸ ' if level is subscription.bar else ''}{label(level, words)}: {rate(counts[level], words)}"
        )
        for level in Bar
    )
    blocks: list[Block] = [
        Heading(
            words("The bar of {name}", name=name_of(ctx, view, subscription)),
            words("counted over the last 14 days"),
        ),
        Listing(items=items),
    ]
    if not is_before_readers(ctx, call):
        place = await _place(ctx, view, subscription)
        other_levels = (level for level in Bar if level is not subscription.bar)
        blocks.append(Actions(tuple(_button(level, place, subscription, words) for level in other_levels)))
    return Document(tuple(blocks), words.language)


def _button(level: Bar, place: int, subscription: Subscription, words: Words) -> Button:
    call = CallRef("bar", {"number": str(place), "level": level, OF: str(subscription.id)})
    return Button(label(level, words), call=call)


async def _place(ctx: Context, view: View, subscription: Subscription) -> int:
    async with ctx.store.read() as tx:
        ids = [other.id for other in await subscriptions.of_channel(tx, view.channel.id)]
    return ids.index(subscription.id) + 1


async def _stories_per_level(ctx: Context, view: View, subscription: Subscription) -> dict[Bar, float]:
    """Return how many stories a day each level would have brought, counted in a child process: a fortnight is
    much text.
    """
    now = ctx.clock()
    feed_ids = [
        feed.id for feed in view.feeds if not subscription.feed_ids or feed.id in subscription.feed_ids
    ]
    async with ctx.store.read() as tx:
        recent_stories = await stories.since(tx, now - COUNTED_PERIOD, subscription.topic, feed_ids, OPENING)
    return await ctx.offload(stories_per_day, recent_stories, ctx.kinds, now, deadline=DEADLINE)
