"""recap: look back on what a channel was told. It retells by design, and neither reads cursors nor writes
told marks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.jobs import Context
from bot.jobs.publishing.enqueue import OutboxDocument, render_payloads, write
from bot.model import Channel, MarkKind, Purpose, Ranking, RelatedStories, Schedule, Subscription, ToldMark
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import PastStory
from bot.pipeline.filters.grammar import filter_of
from bot.pipeline.filters.matching import keep_passing
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.feed_rules import with_rules_of_feeds
from bot.pipeline.selection.rank import rank
from bot.pipeline.timing.slots import next_slot
from bot.store import Tx, feeds, outbox, places, sagas, stories, subscriptions

WEEK = timedelta(days=7)
MONTH = timedelta(days=36)
"""Beyond the longest time between two digests of one rule for a month, late ones included."""

MOST = 12
"""Stories that a look back names, the heaviest first."""

LIFE = timedelta(hours=24)


async def look_back(ctx: Context, subscription: Subscription, channel: Channel, slot_at: datetime) -> None:
    """Post what the channel was told since the last look back, a week ago at most, or where it comes on days
    of the month since the one before it was due; nothing where it was told nothing.
    """
    now = ctx.clock()
    earliest = now - WEEK
    if is_monthly(subscription.schedule):
        earliest = slot_before(subscription.schedule, channel.zone, slot_at) or slot_at - MONTH
    async with ctx.store.read() as tx:
        before = await subscriptions.slots_of(tx, subscription.id, earliest, 1)
        since = before[0].slot_at if before else earliest
        marks = await subscriptions.told_since(tx, channel.id, since)
        past_stories = await load_past_stories(tx, ctx, channel, marks, MOST)
    outgoing = (
        _look_back_document(ctx, subscription, channel, past_stories, slot_at, since)
        if past_stories
        else None
    )
    upcoming = next_slot(subscription.schedule, channel.zone, max(now, slot_at))
    async with ctx.store.write() as tx:
        if not await subscriptions.advance(tx, subscription, next_slot_at=upcoming, rests_until=None):
            return
        if outgoing is not None:
            await write(tx, ctx, channel, outgoing, now)
        record = subscriptions.SlotRecord(
            subscription_id=subscription.id,
            slot_at=slot_at,
            from_change=0,
            to_change=0,
            rules=ctx.rules.hash,
            told=(),
            listed=(),
            skipped=(),
        )
        await subscriptions.record_slot(tx, record, now)
    ctx.log.info(
        "recap.published", subscription=subscription.id, channel=channel.id, stories=len(past_stories)
    )
    ctx.wake("deliver")


def is_monthly(schedule: Schedule) -> bool:
    """Tell whether a schedule has its times on days of the month."""
    return bool(schedule.month_days or schedule.weeks)


def slot_before(schedule: Schedule, zone: str, slot_at: datetime) -> datetime | None:
    """Return the slot of a schedule for days of the month before another one, None where it has none."""
    before = None
    upcoming = next_slot(schedule, zone, slot_at - MONTH)
    while upcoming is not None and upcoming < slot_at:
        before, upcoming = upcoming, next_slot(schedule, zone, upcoming)
    return before


async def load_past_stories(
    tx: Tx, ctx: Context, channel: Channel, marks: Sequence[ToldMark], most: int
) -> list[PastStory]:
    """Return the stories that a channel was told, as they stand now, with the way to their posts: one of each
    saga, the heaviest first, at most so many.
    """
    visible_feeds = await feeds.in_view(tx, channel.server_id)
    visible = [feed.id for feed in visible_feeds]
    server = await places.address_of(tx, channel.server_id)
    filters = [filter_of(one) for one in await subscriptions.of_channel(tx, channel.id)]
    past_stories = []
    for mark in (mark for mark in marks if mark.kind is MarkKind.TOLD):
        story = await stories.get(tx, mark.story_id, visible)
        post = await outbox.get(tx, mark.operation_id) if mark.operation_id else None
        if story is not None:
            link = (
                ctx.platforms[channel.platform].link(channel, post.post, server) if post and post.post else ""
            )
            (ruled_story,) = with_rules_of_feeds([story], visible_feeds)
            passing = keep_passing(ruled_story, filters, ctx.kinds)
            ranking = rank(passing, ctx.clock(), channel.languages_read, ctx.kinds)
            past_stories.append(
                PastStory(lead_by_latest(ranking, ctx.kinds, channel.languages_read), mark, link)
            )
    related = await sagas.related_to(tx, [past.ranking.story.id for past in past_stories])
    return one_of_each_saga(past_stories, related)[:most]


def one_of_each_saga(past_stories: Sequence[PastStory], related: Sequence[RelatedStories]) -> list[PastStory]:
    """Return the heaviest story of each saga, the heaviest first: what the week came to is a line each."""
    pairs = {frozenset((pair.first_id, pair.second_id)) for pair in related}
    heaviest: list[PastStory] = []
    for past in sorted(past_stories, key=lambda one: -one.ranking.weight):
        story_id = past.ranking.story.id
        if not any({story_id, kept.ranking.story.id} in pairs for kept in heaviest):
            heaviest.append(past)
    return heaviest


def lead_by_latest(ranking: Ranking, kinds: Kinds, languages: Sequence[str]) -> Ranking:
    """Let a story be named by its latest settled state: the newest news in a language that is read which says
    what was decided, if any does.
    """
    deciding_entries = [
        entry
        for entry in ranking.story.entries
        if entry.id not in ranking.aside
        and entry.language in languages
        and kinds.is_news(entry)
        and kinds.decisions(entry.title, entry.language)
    ]
    return (
        replace(ranking, lead=max(deciding_entries, key=lambda e: (e.published, e.id)))
        if deciding_entries
        else ranking
    )


def _look_back_document(
    ctx: Context,
    subscription: Subscription,
    channel: Channel,
    past_stories: Sequence[PastStory],
    slot_at: datetime,
    since: datetime,
) -> OutboxDocument:
    now = ctx.clock()
    document = compose.recap_document(
        past_stories, since, ctx.texts.for_language(channel.language), channel, now
    )
    return OutboxDocument(
        intent=f"recap:{subscription.id}:{slot_at:%Y%m%dT%H%M%SZ}",
        purpose=Purpose.RECAP,
        subject_id=subscription.id,
        payloads=render_payloads(ctx, document, channel, now),
        not_after=now + LIFE,
    )
