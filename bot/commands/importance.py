"""bar: how much a story must weigh to be told here, with what each level would have brought."""

import difflib
from datetime import timedelta

from bot.commands.completions import subscription_numbers
from bot.commands.declaration import Option, Section, command
from bot.commands.subscriptions import OF, check_is_meant, name_of, split_number, subscription_at
from bot.commands.views import View, label, view_of
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
    PlaceKind,
    Subscription,
    Text,
)
from bot.pipeline.selection.importance import COUNTED_PERIOD, stories_per_day
from bot.store import stories, subscriptions
from bot.text.typed_words import in_english

LEVELS = tuple(set_bar.value for set_bar in Bar)
OPENING = 2500
"""Characters of each entry that tell a reprint."""

DEADLINE = timedelta(seconds=20)


@command(
    name="bar",
    code="ba",
    section=Section.CHANNEL,
    description="How much a story must weigh to be posted",
    help_line="how much a story must weigh: /bar 1 important",
    details="Without a level it shows how many stories a day each would bring.",
    options=(
        Option("number", "Its number in /list", complete=subscription_numbers),
        Option("level", "everything, notable, important or biggest", rest=True, complete=LEVELS),
    ),
    carried_options=(OF,),
    manager=True,
    examples=("/bar", "/bar 1 important"),
)
async def bar(ctx: Context, call: Call) -> Answer:
    """Set the bar of a subscription, or show what each level brings."""
    view = await view_of(ctx, call)
    number, text = split_number(call.arguments, "level")
    level = _level(text) if text else None
    subscription = await subscription_at(ctx, view, number)
    check_is_meant(call, subscription)
    if level is None:
        return Answer(document=await _levels(ctx, view, subscription, call.conversation.kind))
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


def _level(text: str) -> Bar:
    word = in_english(text)
    if word in LEVELS:
        return Bar(word)
    similar = difflib.get_close_matches(word, LEVELS, n=1, cutoff=0)
    raise CallError(
        "`{value}` is no bar. There are {levels}. For example /bar 1 {near}",
        value=text[:40],
        levels=", ".join(LEVELS),
        near=similar[0],
    )


async def _levels(ctx: Context, view: View, subscription: Subscription, kind: PlaceKind) -> Document:
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
    if kind is not PlaceKind.BROADCAST:
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


def rate(a_day: float, words: Words) -> str:
    """Return how often a story comes, in words."""
    if round(a_day) >= 1:
        return words.plural("about one story a day", "about {n} stories a day", round(a_day))
    if round(a_day * 7) >= 1:
        return words.plural("about one story a week", "about {n} stories a week", round(a_day * 7))
    return words("hardly ever a story")
