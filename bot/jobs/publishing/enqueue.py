"""Documents on their way into the outbox: their operations, and the marks that their stories were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.jobs import Context
from bot.model import Channel, Document, Payload, Ranking, ToldMark
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import Piece
from bot.pipeline.selection.novelty import opening
from bot.pipeline.timing.quiet_hours import quiet_until
from bot.store import Tx, outbox, posted_documents, subscriptions
from bot.store.outbox import Carried


@dataclass(frozen=True, slots=True)
class Writing:
    """One document on its way into the outbox: its intent, its pieces for memory, its messages."""

    intent: str
    pieces: tuple[Piece, ...]
    payloads: tuple[Payload, ...]
    not_after: datetime
    reply_to: int | None = None
    carries: tuple[Carried, ...] | None = None
    """What it tells, where that is not its pieces."""
    document: Document | None = None
    """What its messages were rendered from, where it may be corrected later."""
    pointed: tuple[Ranking, ...] = ()
    """Stories that it only points to, in the channel where they were told."""


def rendered(ctx: Context, document: Document, channel: Channel, now: datetime) -> tuple[Payload, ...]:
    """Return the messages that carry a document to a channel; in its silent hours they notify nobody."""
    payloads = ctx.platforms[channel.platform].render(document, channel)
    silent = (
        channel.quiet is not None
        and channel.quiet.silent
        and quiet_until(channel.quiet, channel.zone, now) is not None
    )
    return tuple({**payload, "silent": True} for payload in payloads) if silent else payloads


async def write(tx: Tx, ctx: Context, channel: Channel, writing: Writing, now: datetime) -> int | None:
    """Queue a document's messages and mark its stories as told; returns the first operation, None when it was written before."""
    first: int | None = None
    for part, payload in enumerate(writing.payloads, start=1):
        draft = outbox.Draft(
            channel.id,
            f"{writing.intent}:{part}",
            payload,
            writing.not_after,
            writing.reply_to if part == 1 else None,
            carries=_carried(writing) if part == 1 else (),
        )
        operation_id = await outbox.queue(tx, draft, ctx.instance, now)
        first = first or operation_id
    marks = [_mark(piece, now, first) for piece in writing.pieces]
    marks += [_pointed(ranked, now, first) for ranked in writing.pointed]
    await subscriptions.mark_told(tx, channel.id, marks)
    if writing.document is not None and first is not None:
        sources = {piece.ranking.story.id: piece.ranking.story.entries for piece in writing.pieces}
        lengths = {piece.ranking.story.id: piece.summary.length for piece in writing.pieces}
        await posted_documents.keep(tx, first, writing.document, sources, lengths, now)
    return first


def _carried(writing: Writing) -> tuple[Carried, ...]:
    if writing.carries is not None:
        return writing.carries
    return tuple(carried(piece.ranking) for piece in writing.pieces)


def carried(ranked: Ranking) -> Carried:
    """Return what of a story is told: all, or of an update its fresh entries."""
    return Carried(ranked.story.id, tuple(entry.id for entry in ranked.fresh) if ranked.update else ())


def _mark(piece: Piece, now: datetime, operation_id: int | None) -> ToldMark:
    """Return what the channel knows now. The first telling stays its carrier: an update that is refused untells nothing, and later ones answer the first."""
    before = piece.mark
    entries_told = piece.ranking.story.entries
    said = "\n".join((compose.told_text(piece.summary), *(opening(entry) for entry in entries_told)))
    ids = frozenset(e.id for e in entries_told)
    versions: Mapping[int, int] = {e.id: e.version for e in entries_told}
    if before is None:
        return ToldMark(piece.ranking.story.id, now, ids, said, operation_id, versions)
    carrier = before.operation_id or operation_id
    known = f"{before.said}\n{said}"
    return ToldMark(
        piece.ranking.story.id, now, ids | before.entry_ids, known, carrier, {**before.versions, **versions}
    )


def _pointed(ranked: Ranking, now: datetime, operation_id: int | None) -> ToldMark:
    """Return the mark of a story that a channel was pointed to and not told: it says nothing."""
    entries = ranked.story.entries
    return ToldMark(ranked.story.id, now, frozenset(e.id for e in entries), "", operation_id)
