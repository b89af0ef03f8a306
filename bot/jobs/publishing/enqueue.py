"""Documents on their way into the outbox: their operations, and the marks that their stories were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.jobs import Context
from bot.model import Channel, Document, Length, MarkKind, Payload, PlaceKind, Purpose, Ranking, ToldMark
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import StoryCard
from bot.pipeline.selection.novelty import opening
from bot.pipeline.summarizing.headlines import headline_of
from bot.pipeline.timing.quiet_hours import quiet_until
from bot.store import Tx, outbox, posted_documents, subscriptions
from bot.store.outbox import CarriedStory


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxDocument:
    """One document on its way into the outbox: its intent, its cards for memory, its messages.

    `purpose`, `subject_id` and `priority` are those of its operations.
    """

    intent: str
    purpose: Purpose
    subject_id: int | None = None
    priority: int = 0
    cards: tuple[StoryCard, ...] = ()
    payloads: tuple[Payload, ...]
    not_after: datetime
    reply_to: int | None = None
    carried_stories: tuple[CarriedStory, ...] | None = None
    """What it tells, where that is not its cards."""
    document: Document | None = None
    """What its messages were rendered from, where it may be corrected later."""
    pointed: tuple[Ranking, ...] = ()
    """Stories that it only points to, in the channel where they were told."""


def render_payloads(
    ctx: Context, document: Document, channel: Channel, now: datetime, *, mentions: bool = False
) -> tuple[Payload, ...]:
    """Return the messages that carry a document to a channel; in its silent hours they notify nobody. The
    first mentions the role of the channel where the document is one that `mentions`.
    """
    payloads = ctx.platforms[channel.platform].render(document, channel)
    if mentions and channel.mention and payloads:
        payloads = ({**payloads[0], "mention": channel.mention}, *payloads[1:])
    silent = (
        channel.quiet is not None
        and channel.quiet.silent
        and quiet_until(channel.quiet, channel.zone, now) is not None
    )
    return tuple({**payload, "silent": True} for payload in payloads) if silent else payloads


async def write(
    tx: Tx, ctx: Context, channel: Channel, outgoing: OutboxDocument, now: datetime
) -> int | None:
    """Queue a document's messages and mark its stories as told; returns the first operation, None when it was
    written before.
    """
    drafts = [
        outbox.Draft(
            channel_id=channel.id,
            intent=f"{outgoing.intent}:{part}",
            purpose=outgoing.purpose,
            subject_id=outgoing.subject_id,
            priority=outgoing.priority,
            payload=payload,
            not_after=outgoing.not_after,
            reply_to=outgoing.reply_to if part == 1 else None,
            carries=_carried_stories(outgoing) if part == 1 else (),
        )
        for part, payload in enumerate(outgoing.payloads, start=1)
    ]
    opens_thread = channel.kind is PlaceKind.FORUM and not channel.thread
    first = await outbox.queue_document(tx, drafts, ctx.instance, now, is_threaded=opens_thread)
    marks = [_mark(card, now, first) for card in outgoing.cards]
    marks += [_line_mark(ranking, now, first) for card in outgoing.cards for ranking in card.ranking.saga]
    marks += [_pointer_mark(ranking, now, first) for ranking in outgoing.pointed]
    await subscriptions.store_marks(tx, channel.id, marks)
    if outgoing.document is not None and first is not None:
        rankings = [ranking for card in outgoing.cards for ranking in (card.ranking, *card.ranking.saga)]
        sources = {ranking.story.id: ranking.story.entries for ranking in rankings}
        lengths = {ranking.story.id: Length.HEADLINE for ranking in rankings}
        lengths |= {card.ranking.story.id: card.summary.length for card in outgoing.cards}
        await posted_documents.keep(tx, first, outgoing.document, sources, lengths, now)
    return first


def _carried_stories(outgoing: OutboxDocument) -> tuple[CarriedStory, ...]:
    if outgoing.carried_stories is not None:
        return outgoing.carried_stories
    return tuple(carry(ranking) for card in outgoing.cards for ranking in (card.ranking, *card.ranking.saga))


def carry(ranking: Ranking) -> CarriedStory:
    """Return what of a story is told: all, or of an update its fresh entries."""
    return CarriedStory(
        ranking.story.id, tuple(entry.id for entry in ranking.fresh) if ranking.update else ()
    )


def _mark(card: StoryCard, now: datetime, operation_id: int | None) -> ToldMark:
    """Return what the channel knows now. The first telling stays its carrier: an update that is refused
    untells nothing, and later ones answer the first.
    """
    before = card.mark
    told_entries = card.ranking.story.entries
    told_text = "\n".join((compose.told_text(card.summary), *(opening(entry) for entry in told_entries)))
    ids = frozenset(e.id for e in told_entries)
    versions: Mapping[int, int] = {e.id: e.version for e in told_entries}
    if before is None:
        return ToldMark(
            story_id=card.ranking.story.id,
            told_at=now,
            entry_ids=ids,
            said=told_text,
            operation_id=operation_id,
            versions=versions,
        )
    carrier = before.operation_id or operation_id
    all_told_text = f"{before.said}\n{told_text}"
    return ToldMark(
        story_id=card.ranking.story.id,
        told_at=now,
        entry_ids=ids | before.entry_ids,
        said=all_told_text,
        operation_id=carrier,
        versions={**before.versions, **versions},
    )


def _line_mark(ranking: Ranking, now: datetime, operation_id: int | None) -> ToldMark:
    """Return the mark of a story that has a line below another of its saga."""
    entries = ranking.story.entries
    return ToldMark(
        story_id=ranking.story.id,
        told_at=now,
        entry_ids=frozenset(e.id for e in entries),
        said="\n".join((headline_of(ranking.lead), *(opening(entry) for entry in entries))),
        operation_id=operation_id,
        versions={e.id: e.version for e in entries},
    )


def _pointer_mark(ranking: Ranking, now: datetime, operation_id: int | None) -> ToldMark:
    """Return the mark of a story that a channel was pointed to and not told."""
    entries = ranking.story.entries
    return ToldMark(
        story_id=ranking.story.id,
        told_at=now,
        entry_ids=frozenset(e.id for e in entries),
        said="",
        operation_id=operation_id,
        kind=MarkKind.POINTED,
    )
