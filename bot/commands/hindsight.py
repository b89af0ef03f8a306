"""What a change of settings would have brought in the last fortnight, shown before it is saved; one way for
every setting that says which stories come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.views import View, is_before_readers
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Actions,
    Block,
    Button,
    Call,
    CallRef,
    FeedInView,
    Item,
    Listing,
    Story,
    Subscription,
    Text,
)
from bot.pipeline.filters.effects import Effect, Rules, compare_rules
from bot.pipeline.filters.grammar import filter_of
from bot.pipeline.selection.feed_rules import cap_feed
from bot.pipeline.selection.importance import COUNTED_PERIOD
from bot.pipeline.timing.slots import next_slot
from bot.store import Tx, stories, subscriptions

SAVED = "saved"
"""What a button carries beside the options: that the effect was seen."""

OPENING = 2_500
"""Characters of each entry by which a fortnight is compared."""

DEADLINE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Change:
    """A subscription as it is, None for a new one, and as it is to become."""

    before: Subscription | None
    after: Subscription


def is_to_be_seen(ctx: Context, call: Call) -> bool:
    """Tell whether a change is shown before it is saved: not where its own button comes back, and in no
    broadcast channel, where a button would stand before all readers.
    """
    return not call.arguments.get(SAVED) and not is_before_readers(ctx, call)


async def of_place(ctx: Context, view: View) -> list[Change]:
    """Return the subscriptions of a place as they are: for a change of what holds for all of them."""
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    return [Change(subscription, subscription) for subscription in channel_subscriptions]


async def find_effect(
    ctx: Context, view: View, changes: Sequence[Change], view_after: View | None = None
) -> Effect:
    """Return what changes would have done together, in a place that is to become `view_after`. It is found in
    a child process: a fortnight is much text.
    """
    now = ctx.clock()
    past = _Past(ctx, now, {})
    async with ctx.searches.turn(view.asker), ctx.store.read() as tx:
        before, after = [], []
        for change in changes:
            is_resized = change.before is not None and change.before.size != change.after.size
            if change.before is not None:
                before.append(await past.rules(tx, view, change.before, sized=is_resized))
            after.append(await past.rules(tx, view_after or view, change.after, sized=is_resized))
    return await ctx.offload(compare_rules, before, after, ctx.kinds, now, deadline=DEADLINE)


@dataclass(frozen=True, slots=True)
class _Past:
    """The stories of the last fortnight by topic and feeds, each read once."""

    ctx: Context
    now: datetime
    stories_by_scope: dict[tuple[str, tuple[int, ...]], Sequence[Story]]

    async def rules(self, tx: Tx, view: View, subscription: Subscription, *, sized: bool) -> Rules:
        """Return what a subscription takes of them; of each digest as many as it has, where that is asked."""
        feeds = [
            cap_feed(FeedInView(feed.id, rules=feed.rules), subscription.feed_cap)
            for feed in view.feeds
            if not subscription.feed_ids or feed.id in subscription.feed_ids
        ]
        scope = (subscription.topic, tuple(feed.id for feed in feeds))
        if scope not in self.stories_by_scope:
            self.stories_by_scope[scope] = await stories.since(
                tx, self.now - COUNTED_PERIOD, *scope, opening=OPENING
            )
        return Rules(
            stories=self.stories_by_scope[scope],
            filter=filter_of(subscription),
            bar=subscription.bar,
            feeds=feeds,
            languages=() if self.ctx.summarizer.translates else view.channel.languages_read,
            zone=view.channel.zone,
            size=subscription.size if sized else 0,
            slots=self._slots(view, subscription) if sized else (),
        )

    def _slots(self, view: View, subscription: Subscription) -> list[datetime]:
        moment, slots = self.now - COUNTED_PERIOD, []
        while upcoming := next_slot(subscription.schedule, view.channel.zone, moment):
            slots.append(upcoming)
            if upcoming > self.now:
                break
            moment = upcoming
        return slots


def effect_blocks(words: Words, effect: Effect, *, is_new: bool = False) -> list[Block]:
    """Return how many stories a change would have brought, and examples of those that only one side has."""
    blocks: list[Block] = [Text(_sentence(words, effect, is_new=is_new))]
    gained = words("For example:") if is_new else words("New, for example:")
    for title, titles in ((words("Gone, for example:"), effect.lost), (gained, effect.gained)):
        if titles:
            blocks.append(Listing(items=tuple(map(Item, titles)), title=title))
    return blocks


def _sentence(words: Words, effect: Effect, *, is_new: bool) -> str:
    before, after = rate(effect.before_a_day, words), rate(effect.after_a_day, words)
    if is_new:
        return words("In the last 14 days: {after}.", after=after)
    if not effect.changes_anything:
        return words("In the last 14 days it would have changed nothing: {rate}.", rate=after)
    if before == after:
        return words("In the last 14 days: {rate}, as many as now.", rate=after)
    if min(round(effect.before_a_day), round(effect.after_a_day)) > 1:
        return words(
            "In the last 14 days it would have brought about {after} stories a day instead of {before}.",
            after=words.number(round(effect.after_a_day)),
            before=words.number(round(effect.before_a_day)),
        )
    return words("In the last 14 days: {after} instead of {before}.", after=after, before=before)


def save_or_back(words: Words, save: CallRef, back: CallRef) -> list[Block]:
    """Return the word that nothing is saved yet, and the buttons that save it, or leave all as it is."""
    return [
        Text(words("Nothing is saved yet."), quiet=True),
        Actions((Button(words("Save"), call=save), Button(words("Back"), call=back))),
    ]


def save_call(call: Call, arguments: Mapping[str, str]) -> CallRef:
    """Return what saves what a Call has shown."""
    set_arguments = {name: value for name, value in arguments.items() if value}
    return CallRef(call.command, {**set_arguments, SAVED: "yes"})


def rate(a_day: float, words: Words) -> str:
    """Return how often a story comes, in words."""
    if round(a_day) >= 1:
        return words.plural("about one story a day", "about {n} stories a day", round(a_day))
    if round(a_day * 7) >= 1:
        return words.plural("about one story a week", "about {n} stories a week", round(a_day * 7))
    return words("hardly ever a story")
