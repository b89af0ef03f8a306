"""What was composed for a post and which versions of entries it was made from, kept for a while so that it
can be corrected.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from bot import model
from bot.model import (
    Block,
    Change,
    Document,
    Entry,
    Length,
    MarkKind,
    Operation,
    OperationKind,
    OperationState,
    Purpose,
)
from bot.store.database import Tx
from bot.store.entries import entry_of, with_feed
from bot.store.outbox import OPEN, operation_of
from bot.store.rows import insert
from bot.store.schema import (
    channels,
    composed_entries,
    compositions,
    entries,
    entry_versions,
    operations,
    told_marks,
)

RETENTION = timedelta(days=7)

BLOCKS: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        model.Heading,
        model.StoryBlock,
        model.Text,
        model.Quote,
        model.Listing,
        model.Table,
        model.Picture,
        model.Actions,
        model.Footer,
        model.Button,
        model.CallRef,
        model.Item,
        model.ShownTime,
    )
} | {"Moment": model.ShownTime}
"""What a document is made of, by name, also by those of documents that were kept before."""

NOTICES = (Purpose.CORRECTION, Purpose.INSTEAD)
"""What answers a post to correct it: one for all edits that were refused before it."""

FORMER_BUTTON = re.compile(r"st:i(\d{1,18})(?::|$)")


@dataclass(frozen=True, slots=True)
class Source:
    """An entry that a post was made from: as it reads now, and as it read when the post was made or last put
    right.
    """

    story_id: int
    current: Entry
    earlier: Entry


@dataclass(frozen=True, slots=True)
class PostedDocument:
    """A document that was posted: its sources, the length of each story by id, the operations that carried
    it, in order, without those whose messages were removed, and the notices that answer it and stand there.
    """

    document: Document
    lengths: Mapping[int, Length]
    sources: tuple[Source, ...]
    parts: tuple[Operation, ...]
    notices: tuple[Operation, ...] = ()


async def keep(
    tx: Tx,
    operation_id: int,
    document: Document,
    sources: Mapping[int, Sequence[Entry]],
    lengths: Mapping[int, Length],
    now: datetime,
) -> None:
    """Keep what an operation is the first part of: its document, and by story the entries and the length of
    what it says.
    """
    row = {
        "operation_id": operation_id,
        "document": _plain(document),
        "at": now,
        "lengths": {str(story): length for story, length in lengths.items()},
    }
    await tx.execute(insert(tx, compositions).values(row))
    rows = [
        {"operation_id": operation_id, "entry_id": entry.id, "story_id": story, "version": entry.version}
        for story, source_versions in sources.items()
        for entry in source_versions
    ]
    if rows:
        await tx.execute(insert(tx, composed_entries).on_conflict_do_nothing(), rows)


def _plain(value: Any) -> Any:
    """Return a document, or a part of one, as JSON that says what each part is."""
    if is_dataclass(value):
        return {"is": type(value).__name__, **{f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _document(values: Mapping[str, Any]) -> Document:
    blocks: tuple[Block, ...] = tuple(_part(block) for block in values["blocks"])
    return Document(blocks, values["language"], tuple(values.get("topics", ())))


def _part(value: Any) -> Any:
    if isinstance(value, dict) and "is" in value:
        return _identified(
            BLOCKS[value["is"]](**{name: _part(inner) for name, inner in value.items() if name != "is"})
        )
    return tuple(_part(inner) for inner in value) if isinstance(value, list) else value


def _identified(part: Any) -> Any:
    """Return a part of a document; a story kept before blocks had ids has its id from its button, as buttons
    were written then.
    """
    if isinstance(part, model.StoryBlock) and part.story_id is None and part.more is not None:
        match = FORMER_BUTTON.match(part.more.data)
        return replace(part, story_id=int(match[1])) if match else part
    return part


async def outdated(tx: Tx, platforms: Collection[str], since: datetime, limit: int) -> list[int]:
    """Return operations that are the first part of a post whose sources were changed materially since then
    and since a moment, on some platforms.
    """
    newer = and_(
        entry_versions.c.entry_id == composed_entries.c.entry_id,
        entry_versions.c.version > composed_entries.c.version,
        entry_versions.c.change == Change.MATERIAL,
        entry_versions.c.at >= since,
    )
    changed_ids = select(composed_entries.c.operation_id).join(entry_versions, newer)
    query = (
        select(operations.c.id)
        .join(compositions, compositions.c.operation_id == operations.c.id)
        .join(channels, channels.c.id == operations.c.channel_id)
        .where(
            operations.c.id.in_(changed_ids),
            operations.c.state == OperationState.DONE,
            compositions.c.at >= since,
            channels.c.platform.in_(list(platforms)),
        )
        .order_by(operations.c.id)
        .limit(limit)
    )
    return list((await tx.execute(query)).scalars())


async def count_edited(tx: Tx, since: datetime) -> tuple[int, datetime | None]:
    """Return how many material changes of entries there were since a moment, and when the newest was: when
    these stay, there is no new one.
    """
    query = select(func.count(), func.max(entry_versions.c.at)).where(
        entry_versions.c.change == Change.MATERIAL, entry_versions.c.at >= since
    )
    count, newest = (await tx.execute(query)).one()
    return int(count), newest


async def refused_edits(tx: Tx, since: datetime, deleted: str, limit: int) -> list[int]:
    """Return edits since a moment that a platform refused and no notice has answered: those that put right
    what does not hold, and not where the cause begins like `deleted`.
    """
    query = select(operations.c.id).where(_is_refused_edit(deleted), operations.c.created_at >= since)
    return list((await tx.execute(query.order_by(operations.c.id).limit(limit))).scalars())


async def entries_of_refused_edits(tx: Tx, operation_id: int, deleted: str) -> set[int]:
    """Return the entries whose changes the refused edits told that no notice has answered, of the post that
    an operation is the first part of.
    """
    query = select(operations.c.subject_id).where(
        _is_refused_edit(deleted), operations.c.document_id == operation_id
    )
    return set((await tx.execute(query)).scalars())


def _is_refused_edit(deleted: str) -> ColumnElement[bool]:
    notices = operations.alias()
    is_answered = select(notices.c.id).where(
        notices.c.reply_to == operations.c.document_id,
        notices.c.purpose.in_(NOTICES),
        notices.c.id > operations.c.id,
    )
    return and_(
        operations.c.kind == OperationKind.EDIT,
        operations.c.purpose == Purpose.EDIT,
        operations.c.state == OperationState.REFUSED,
        ~operations.c.cause.startswith(deleted),
        ~is_answered.exists(),
    )


async def get(tx: Tx, operation_id: int) -> PostedDocument | None:
    """Return what was composed for the post that an operation is the first part of."""
    row = (await tx.execute(select(compositions).where(compositions.c.operation_id == operation_id))).first()
    if row is None:
        return None
    lengths = {int(story): Length(length) for story, length in row.lengths.items()}
    return PostedDocument(
        _document(row.document),
        lengths,
        await _sources(tx, operation_id),
        await _parts(tx, operation_id),
        await _notices(tx, operation_id),
    )


async def _sources(tx: Tx, operation_id: int) -> tuple[Source, ...]:
    used_versions = {
        row.entry_id: row
        for row in await tx.execute(
            select(composed_entries).where(composed_entries.c.operation_id == operation_id)
        )
    }
    condition = and_(
        composed_entries.c.operation_id == operation_id,
        composed_entries.c.entry_id == entry_versions.c.entry_id,
        composed_entries.c.version == entry_versions.c.version,
    )
    earlier_versions = {
        row.entry_id: row
        for row in await tx.execute(select(entry_versions).join(composed_entries, condition))
    }
    current_entries = [
        entry_of(row) for row in await tx.execute(with_feed().where(entries.c.id.in_(used_versions)))
    ]
    return tuple(
        Source(
            used_versions[now.id].story_id,
            now,
            _as_it_was(now, used_versions[now.id].version, earlier_versions.get(now.id)),
        )
        for now in sorted(current_entries, key=lambda e: (e.published, e.id))
    )


def _as_it_was(now: Entry, version: int, row: Any) -> Entry:
    if row is None:
        return replace(now, version=version)
    return replace(now, title=row.title, text=row.text, version=version)


async def _parts(tx: Tx, operation_id: int) -> tuple[Operation, ...]:
    same_document = or_(operations.c.id == operation_id, operations.c.document_id == operation_id)
    removals = operations.alias()
    removed_parts = select(removals.c.part).where(
        removals.c.document_id == operation_id,
        removals.c.kind == OperationKind.DELETE,
        removals.c.state.in_((*OPEN, OperationState.DONE)),
    )
    query = select(operations).where(
        same_document, operations.c.kind == OperationKind.SEND, operations.c.part.not_in(removed_parts)
    )
    return tuple(operation_of(row) for row in await tx.execute(query.order_by(operations.c.id)))


async def _notices(tx: Tx, operation_id: int) -> tuple[Operation, ...]:
    removals = operations.alias()
    removed = select(removals.c.id).where(
        removals.c.document_id == operation_id,
        removals.c.kind == OperationKind.DELETE,
        removals.c.state.in_((*OPEN, OperationState.DONE)),
        removals.c.payload["post"].as_string() == operations.c.post,
    )
    query = select(operations).where(
        operations.c.reply_to == operation_id,
        operations.c.purpose.in_(NOTICES),
        operations.c.state == OperationState.DONE,
        ~removed.exists(),
    )
    return tuple(operation_of(row) for row in await tx.execute(query.order_by(operations.c.id)))


async def put_right(tx: Tx, operation_id: int, document: Document, versions: Mapping[int, int]) -> None:
    """Keep how a post reads now, with the versions of its entries, by id, that were looked at."""
    own_document = compositions.c.operation_id == operation_id
    await tx.execute(update(compositions).where(own_document).values(document=_plain(document)))
    for entry_id, version in versions.items():
        own_entry = and_(
            composed_entries.c.operation_id == operation_id, composed_entries.c.entry_id == entry_id
        )
        await tx.execute(update(composed_entries).where(own_entry).values(version=version))


async def append_told_text(tx: Tx, channel_id: int, story_ids: Sequence[int], words: str) -> None:
    """Add words to what a channel was told of a story, under any of the ids it was known by."""
    own_marks = and_(
        told_marks.c.channel_id == channel_id,
        told_marks.c.story_id.in_(story_ids),
        told_marks.c.kind == MarkKind.TOLD,
    )
    await tx.execute(update(told_marks).where(own_marks).values(said=told_marks.c.said + ("\n" + words)))


async def forget(tx: Tx, now: datetime) -> None:
    """Remove what was composed a week ago."""
    old = select(compositions.c.operation_id).where(compositions.c.at < now - RETENTION)
    await tx.execute(delete(composed_entries).where(composed_entries.c.operation_id.in_(old)))
    await tx.execute(delete(compositions).where(compositions.c.at < now - RETENTION))
