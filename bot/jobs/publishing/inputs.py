"""What one publishing starts from: everything it needs of the store, read in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.jobs import Context
from bot.model import Bar, Channel, DatedEntry, MarkKind, Subscription, ToldMark
from bot.pipeline.planning.due import AsleepDue, DigestDue, InstantDue, decide_due
from bot.pipeline.planning.plan import PlanRules, PublishInputs
from bot.pipeline.selection.feed_rules import cap_feed, with_rules_of_feeds
from bot.store import Tx, entries, feeds, places, server_dedup, stories, subscriptions

PATIENCE = timedelta(minutes=1)
"""How long a slot waits for entries that were collected before it to be read and grouped."""

PREVIOUS_SLOT_PERIOD = timedelta(days=30)
"""How far back the slot before is looked for."""

TOLD_AFTER_PAUSE = timedelta(days=14)
"""How much of a pause the first digest after it looks back on, at most."""


def rules_of(ctx: Context) -> PlanRules:
    """Return what decides beside the inputs, as it stands now."""
    return PlanRules(
        rules=ctx.rules,
        kinds=ctx.kinds,
        caps=ctx.policy.caps,
        horizon=ctx.policy.horizon,
        translates=ctx.summarizer.translates,
        rank=ctx.rankings.rank,
        judge=ctx.candidates.judge,
    )


async def load_inputs(ctx: Context, subscription_id: int) -> PublishInputs | None:
    """Return the inputs of what is due for a subscription now, None where it is not active or nothing
    is due.
    """
    now = ctx.clock()
    async with ctx.store.read() as tx:
        subscription, channel = await _load_subscription(tx, subscription_id)
        due = decide_due(subscription, channel, now) if subscription and channel else None
        if subscription is None or channel is None or due is None:
            return None
        top = await stories.newest_change(tx)
        inputs = PublishInputs(
            due=due, subscription=subscription, channel=channel, feeds=(), now=now, top=top
        )
        if isinstance(due, InstantDue | AsleepDue) and not await _has_news(tx, ctx, inputs):
            return inputs
        inputs = await _add_feeds(tx, inputs)
        match due:
            case DigestDue():
                is_unfinished = await _is_unfinished(tx, subscription.next_slot_at or due.slot_at, now)
                return replace(await _load_digest(tx, ctx, inputs, due), is_unfinished=is_unfinished)
            case InstantDue() | AsleepDue(wakes=Bar()):
                return await _add_stories(tx, ctx, inputs, subscription.instant_up_to)
            case _:
                return inputs


async def _has_news(tx: Tx, ctx: Context, inputs: PublishInputs) -> bool:
    """Tell whether anything on a subscription's topic has changed since it was last told news at once, by
    whichever feeds: looking at its own costs more.
    """
    subscription, since = inputs.subscription, inputs.now - ctx.policy.horizon
    return await stories.has_changed(tx, subscription.instant_up_to, inputs.top, subscription.topic, since)


async def load_preview(ctx: Context, subscription_id: int, *, retells: bool = False) -> PublishInputs | None:
    """Return the inputs of a digest as if it were due now, None where the subscription is not active; of one
    that `retells` as if nothing had been told.
    """
    now = ctx.clock()
    async with ctx.store.read() as tx:
        subscription, channel = await _load_subscription(tx, subscription_id)
        if subscription is None or channel is None:
            return None
        if retells:
            subscription = replace(subscription, read_up_to=0)
        due, top = DigestDue(now), await stories.newest_change(tx)
        inputs = PublishInputs(
            due=due, subscription=subscription, channel=channel, feeds=(), now=now, top=top
        )
        inputs = await _load_digest(tx, ctx, await _add_feeds(tx, inputs), due)
    return replace(inputs, marks={}, recent_marks=(), posted_elsewhere={}) if retells else inputs


async def _load_subscription(tx: Tx, subscription_id: int) -> tuple[Subscription | None, Channel | None]:
    subscription = await subscriptions.get(tx, subscription_id)
    channel = await places.channel(tx, subscription.channel_id) if subscription else None
    if subscription is not None and channel is not None and channel.look.length is not None:
        subscription = replace(subscription, length=channel.look.length)
    return subscription, channel


async def _add_feeds(tx: Tx, inputs: PublishInputs) -> PublishInputs:
    """Return inputs with the feeds that their subscription draws on."""
    subscription = inputs.subscription
    visible = await feeds.in_view(tx, inputs.channel.server_id)
    drawn_on = [
        cap_feed(feed, subscription.feed_cap)
        for feed in visible
        if not subscription.feed_ids or feed.id in subscription.feed_ids
    ]
    return replace(inputs, feeds=drawn_on)


async def _load_digest(tx: Tx, ctx: Context, inputs: PublishInputs, due: DigestDue) -> PublishInputs:
    """Return inputs with all that a digest is made from."""
    moment = await _move_to_slot(tx, await _add_pause(tx, inputs), due)
    news = await _add_stories(tx, ctx, moment, inputs.subscription.read_up_to)
    return await _add_figures(tx, news, due.slot_at)


async def _is_unfinished(tx: Tx, slot_at: datetime, now: datetime) -> bool:
    """Tell whether a slot that has just come must wait for what was collected before it."""
    if now - slot_at >= PATIENCE:
        return False
    return await entries.waits_for_group(tx, slot_at) or await entries.waits_for_page(tx, slot_at - PATIENCE)


async def _add_pause(tx: Tx, inputs: PublishInputs) -> PublishInputs:
    """Return inputs with how long a person had paused the channel, where this is the first digest since
    then.
    """
    pause = inputs.channel.pause
    if pause is None or pause.until is None or inputs.now - pause.until > PREVIOUS_SLOT_PERIOD:
        return inputs
    if await subscriptions.slots_of(tx, inputs.subscription.id, pause.since, 1):
        return inputs
    return replace(inputs, paused_for=min(inputs.now - pause.since, TOLD_AFTER_PAUSE))


async def _move_to_slot(tx: Tx, inputs: PublishInputs, due: DigestDue) -> PublishInputs:
    """Return inputs as they were at a slot that was missed: what changed later belongs to the next one."""
    if not due.missed:
        return inputs
    top = await stories.newest_change_at(tx, due.slot_at)
    return replace(inputs, now=due.slot_at, top=max(top, inputs.subscription.read_up_to))


async def _add_stories(tx: Tx, ctx: Context, inputs: PublishInputs, after: int) -> PublishInputs:
    """Return inputs with the stories changed after a cursor, and with what the channel and its server know of
    them.
    """
    channel, topic = inputs.channel, inputs.subscription.topic
    since = inputs.now - ctx.policy.horizon - inputs.paused_for
    news = await ctx.loaded_news.changed(
        tx, after=after, up_to=inputs.top, since=since, topic=topic, feed_ids=inputs.feed_ids
    )
    if not news.stories:
        return replace(inputs, stories=())
    changed = with_rules_of_feeds(news.stories, inputs.feeds)
    story_ids = [story.id for story in changed]
    recent_marks = await subscriptions.told_since(tx, channel.id, since)
    return replace(
        inputs,
        stories=changed,
        marks=await subscriptions.marks_in(tx, channel.id, story_ids),
        recent_marks=recent_marks,
        told_of_capped=await _load_told_of_capped(tx, inputs, recent_marks),
        off_topic=news.off_topic,
        related=news.related,
        posted_elsewhere=await server_dedup.find_posted_elsewhere(tx, channel, story_ids),
        instant_posts=await subscriptions.instant_posts_since(tx, channel.id, inputs.now - timedelta(days=1)),
    )


async def _load_told_of_capped(
    tx: Tx, inputs: PublishInputs, marks: Sequence[ToldMark]
) -> dict[int, DatedEntry]:
    """Return the entries of feeds with a cap among those that a channel was told."""
    capped_ids = [feed.id for feed in inputs.feeds if feed.rules.daily_cap]
    told_ids = [entry_id for mark in marks if mark.kind is MarkKind.TOLD for entry_id in mark.entry_ids]
    return await entries.dates_of(tx, told_ids, capped_ids) if capped_ids and told_ids else {}


async def _add_figures(tx: Tx, inputs: PublishInputs, slot_at: datetime) -> PublishInputs:
    """Return inputs with what a digest says of itself: its counts, the slot before it, and the address of its
    server.
    """
    slots = await subscriptions.slots_of(tx, inputs.subscription.id, inputs.now - PREVIOUS_SLOT_PERIOD, 1)
    return replace(
        inputs,
        entry_count=await entries.count_since(tx, slot_at - timedelta(days=1), inputs.feed_ids),
        previous_slot_at=slots[0].slot_at if slots else None,
        server_address=await places.address_of(tx, inputs.channel.server_id),
    )
