"""catchup: what a platform or a lost channel held back for long leaves as one post instead of many.

The old operations become superseded, and their stories' marks move to the new one, in one transaction:
nothing is told twice, nothing lost. Stories that a withdrawn digest only pointed to are forgotten, for nobody
saw it: they are pointed to when they change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.jobs import Context
from bot.jobs.publishing.enqueue import OutboxDocument, carry, render_payloads, write
from bot.jobs.publishing.summarize import summarize
from bot.model import Channel, Length, Operation, Purpose, Ranking, ToldMark
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import StoryCard
from bot.pipeline.filters.grammar import filter_of
from bot.pipeline.filters.matching import keep_passing
from bot.pipeline.selection.feed_rules import with_rules_of_feeds
from bot.pipeline.selection.rank import rank, sort_by_score
from bot.pipeline.timing.retry import GIVEN_UP
from bot.ports import SummaryTask
from bot.store import feeds, outbox, places, stories, subscriptions
from bot.store.outbox import Waiting

HELD_BACK = timedelta(hours=1)
"""How long a document waits before it counts as held back."""

MOST = 10
"""Stories that such a post tells; it names the others."""

LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Backlog:
    """The documents that are put into one, the stories they tell as the channel sees them now, and their
    marks.
    """

    documents: Sequence[Waiting]
    rankings: Sequence[Ranking]
    marks: dict[int, ToldMark]


def may_be_held_back(operation: Operation, now: datetime) -> bool:
    """Tell whether the operation that is next in a channel waits for so long that the others there are worth
    a look.
    """
    return now - operation.created_at > HELD_BACK or operation.not_after <= now


async def catch_up(ctx: Context, channel: Channel) -> bool:
    """Put what waits for a channel into one post, where several documents waited for long or one is past its
    time.

    False when something was published there meanwhile, after which it must be looked at again.
    """
    now = ctx.clock()
    async with ctx.store.read() as tx:
        documents = await outbox.waiting_documents(tx, channel.id)
    if not documents or not _is_held_back(documents, ctx):
        return True
    backlog = await _backlog(ctx, channel, documents)
    if not backlog.rankings:
        return True
    cards, tail = await _cards(ctx, channel, backlog)
    words = ctx.texts.for_language(channel.language)
    title = words("While posting here was held up")
    document = compose.gathered_document(title, cards, tail, words, channel, now)
    last = backlog.documents[-1].operations[0]
    payloads = render_payloads(ctx, document, channel, now)
    carried_stories = tuple(carry(ranking) for ranking in backlog.rankings)
    outgoing = OutboxDocument(
        intent=f"catchup:{channel.id}:{last}",
        purpose=Purpose.CATCHUP,
        payloads=payloads,
        not_after=now + LIFE,
        carried_stories=carried_stories,
    )
    return await _replace(ctx, channel, backlog, outgoing)


def _is_held_back(documents: Sequence[Waiting], ctx: Context) -> bool:
    now = ctx.clock()
    oldest = documents[0]
    late = any(document.not_after <= now for document in documents)
    return late or (len(documents) > 1 and now - oldest.created_at > HELD_BACK)


async def _backlog(ctx: Context, channel: Channel, documents: Sequence[Waiting]) -> _Backlog:
    """Load the stories of documents, each once, whole or as an update; what is too old is left to expire."""
    now = ctx.clock()
    recent = [document for document in documents if now - document.created_at <= GIVEN_UP]
    parts = _parts(recent)
    async with ctx.store.read() as tx:
        visible_feeds = await feeds.in_view(tx, channel.server_id)
        visible = [feed.id for feed in visible_feeds]
        marks = dict(await subscriptions.marks_in(tx, channel.id, list(parts)))
        filters = [filter_of(one) for one in await subscriptions.of_channel(tx, channel.id)]
        loaded_stories = {story_id: await stories.get(tx, story_id, visible) for story_id in parts}
    rankings = []
    for story_id, visible_story in loaded_stories.items():
        if visible_story is not None:
            (ruled_story,) = with_rules_of_feeds([visible_story], visible_feeds)
            story = keep_passing(ruled_story, filters, ctx.kinds)
            fresh = tuple(entry for entry in story.entries if entry.id in parts[story_id])
            ranking = rank(story, now, channel.languages_read, ctx.kinds)
            rankings.append(replace(ranking, update=bool(fresh), fresh=fresh))
    return _Backlog(recent, sort_by_score(rankings), marks)


def _parts(documents: Sequence[Waiting]) -> dict[int, frozenset[int]]:
    """Return by story the entries that bring the news where only updates of it wait, none where it is told
    whole.
    """
    parts: dict[int, frozenset[int]] = {}
    for carried_story in (one for document in documents for one in document.carries):
        before = parts.get(carried_story.story_id)
        is_whole = not carried_story.fresh or before == frozenset()
        parts[carried_story.story_id] = (
            frozenset() if is_whole else (before or frozenset()) | frozenset(carried_story.fresh)
        )
    return parts


async def _cards(
    ctx: Context, channel: Channel, backlog: _Backlog
) -> tuple[tuple[StoryCard, ...], tuple[Ranking, ...]]:
    first, rest = backlog.rankings[:MOST], backlog.rankings[MOST:]
    tasks = [SummaryTask(ranking, channel.language, Length.LINE) for ranking in first]
    summaries = await summarize(ctx, tasks, channel)
    cards = tuple(
        StoryCard(ranking, summary, backlog.marks.get(ranking.story.id) if ranking.update else None)
        for ranking, summary in zip(first, summaries, strict=True)
    )
    return cards, tuple(rest)


async def _replace(ctx: Context, channel: Channel, backlog: _Backlog, outgoing: OutboxDocument) -> bool:
    """Withdraw the old operations, queue the new ones and move the marks; False where something was published
    meanwhile.
    """
    now = ctx.clock()
    replaced_numbers = [number for document in backlog.documents for number in document.operations]
    async with ctx.store.write() as tx:
        if await places.publish_turn(tx, channel.id) != channel.publish_no:
            return False
        await outbox.supersede(tx, replaced_numbers, "told in one post with what else was held up")
        first = await write(tx, ctx, channel, outgoing, now)
        await subscriptions.carry_over(tx, replaced_numbers, first)
    ctx.log.info(
        "channel.caught_up",
        channel=channel.id,
        documents=len(backlog.documents),
        stories=len(backlog.rankings),
    )
    return True
