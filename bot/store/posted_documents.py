"""What was composed for a post and which versions of entries it was made from, kept for a while so that it can be corrected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, select, update

from bot import model
from bot.model import Block, Change, Document, Entry, Length, Operation, OperationKind, OperationState
from bot.store.database import Tx
from bot.store.entries import entry_of, with_feed
from bot.store.outbox import operation_of
from bot.store.rows import insert
from bot.store.schema import channels, composed, composed_entries, entries, entry_versions, operations, told

KEPT = timedelta(days=7)

BLOCKS: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        model.Heading, model.StoryBlock, model.Text, model.Quote, model.Listing, model.Table, model.Picture, model.Actions, model.Footer,
        model.Button, model.Item,
    )
}  # fmt: skip
"""What a document is made of, by name."""


@dataclass(frozen=True, slots=True)
class Source:
    """An entry that a post was made from: as it reads now, and as it read when the post was made or last put right."""

    story_id: int
    now: Entry
    then: Entry


@dataclass(frozen=True, slots=True)
class Composed:
    """A document that was posted: its sources, the length of each story by id, and the operations that carried it, in order."""

    document: Document
    lengths: Mapping[int, Length]
    sources: tuple[Source, ...]
    parts: tuple[Operation, ...]


async def keep(
    tx: Tx,
    operation_id: int,
    document: Document,
    sources: Mapping[int, Sequence[Entry]],
    lengths: Mapping[int, Length],
    now: datetime,
) -> None:
    """Keep what an operation is the first part of: its document, and by story the entries and the length of what it says."""
    row = {
        "operation_id": operation_id, "document": _plain(document), "at": now,
        "lengths": {str(story): length for story, length in lengths.items()},
    }  # fmt: skip
    await tx.execute(insert(tx, composed).values(row))
    rows = [
        {"operation_id": operation_id, "entry_id": entry.id, "story_id": story, "version": entry.version}
        for story, found in sources.items()
        for entry in found
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
    return Document(blocks, values["language"])


def _part(value: Any) -> Any:
    if isinstance(value, dict):
        return BLOCKS[value["is"]](**{name: _part(inner) for name, inner in value.items() if name != "is"})
    return tuple(_part(inner) for inner in value) if isinstance(value, list) else value


async def outdated(tx: Tx, platforms: Collection[str], since: datetime, limit: int) -> list[int]:
    """Return operations that are the first part of a post whose sources were changed materially since then and since a moment, on some platforms."""
    newer = and_(
        entry_versions.c.entry_id == composed_entries.c.entry_id,
        entry_versions.c.version > composed_entries.c.version,
        entry_versions.c.change == Change.MATERIAL,
        entry_versions.c.at >= since,
    )
    query = (
        select(composed_entries.c.operation_id)
        .join(entry_versions, newer)
        .join(operations, operations.c.id == composed_entries.c.operation_id)
        .join(composed, composed.c.operation_id == composed_entries.c.operation_id)
        .join(channels, channels.c.id == operations.c.channel_id)
        .where(
            operations.c.state == OperationState.DONE,
            composed.c.at >= since,
            channels.c.platform.in_(list(platforms)),
        )
        .distinct()
        .order_by(composed_entries.c.operation_id)
        .limit(limit)
    )
    return list((await tx.execute(query)).scalars())


async def edited(tx: Tx, since: datetime) -> tuple[int, datetime | None]:
    """Return how many material changes of entries there were since a moment, and when the newest was: when these stay, there is no new one."""
    query = select(func.count(), func.max(entry_versions.c.at)).where(
        entry_versions.c.change == Change.MATERIAL, entry_versions.c.at >= since
    )
    count, newest = (await tx.execute(query)).one()
    return int(count), newest


async def refused_edits(tx: Tx, since: datetime, deleted: str, limit: int) -> list[int]:
    """Return edits since a moment that a platform refused and nothing was posted instead of, but not where the cause begins like `deleted`."""
    instead = operations.alias()
    posted = select(instead.c.id).where(instead.c.intent == "instead:" + operations.c.intent)
    query = select(operations.c.id).where(
        operations.c.kind == OperationKind.EDIT, operations.c.state == OperationState.REFUSED,
        operations.c.created_at >= since, ~posted.exists(), ~operations.c.cause.startswith(deleted),
    )  # fmt: skip
    return list((await tx.execute(query.order_by(operations.c.id).limit(limit))).scalars())


async def get(tx: Tx, operation_id: int) -> Composed | None:
    """Return what was composed for the post that an operation is the first part of."""
    row = (await tx.execute(select(composed).where(composed.c.operation_id == operation_id))).first()
    if row is None:
        return None
    lengths = {int(story): Length(length) for story, length in row.lengths.items()}
    return Composed(
        _document(row.document), lengths, await _sources(tx, operation_id), await _parts(tx, operation_id)
    )


async def _sources(tx: Tx, operation_id: int) -> tuple[Source, ...]:
    used = {
        row.entry_id: row
        for row in await tx.execute(
            select(composed_entries).where(composed_entries.c.operation_id == operation_id)
        )
    }
    mine = and_(
        composed_entries.c.operation_id == operation_id,
        composed_entries.c.entry_id == entry_versions.c.entry_id,
        composed_entries.c.version == entry_versions.c.version,
    )
    then = {
        row.entry_id: row for row in await tx.execute(select(entry_versions).join(composed_entries, mine))
    }
    found = [entry_of(row) for row in await tx.execute(with_feed().where(entries.c.id.in_(used)))]
    return tuple(
        Source(used[now.id].story_id, now, _as_it_was(now, used[now.id].version, then.get(now.id)))
        for now in sorted(found, key=lambda e: (e.published, e.id))
    )


def _as_it_was(now: Entry, version: int, row: Any) -> Entry:
    if row is None:
        return replace(now, version=version)
    return replace(now, title=row.title, text=row.text, version=version)


async def _parts(tx: Tx, operation_id: int) -> tuple[Operation, ...]:
    first = (await tx.execute(select(operations).where(operations.c.id == operation_id))).one()
    together = operations.c.intent.startswith(f"{first.intent.rpartition(':')[0]}:", autoescape=True)
    query = select(operations).where(operations.c.channel_id == first.channel_id, together)
    return tuple(operation_of(row) for row in await tx.execute(query.order_by(operations.c.id)))


async def put_right(tx: Tx, operation_id: int, document: Document, seen: Mapping[int, int]) -> None:
    """Keep how a post reads now, with the versions of its entries, by id, that were looked at."""
    mine = composed.c.operation_id == operation_id
    await tx.execute(update(composed).where(mine).values(document=_plain(document)))
    for entry_id, version in seen.items():
        one = and_(composed_entries.c.operation_id == operation_id, composed_entries.c.entry_id == entry_id)
        await tx.execute(update(composed_entries).where(one).values(version=version))


async def add_said(tx: Tx, channel_id: int, story_ids: Sequence[int], words: str) -> None:
    """Add words to what a channel knows of a story, under any of the ids it was known by."""
    mine = and_(told.c.channel_id == channel_id, told.c.story_id.in_(story_ids))
    await tx.execute(update(told).where(mine).values(said=told.c.said + ("\n" + words)))


async def forget(tx: Tx, now: datetime) -> None:
    """Remove what was composed a week ago."""
    old = select(composed.c.operation_id).where(composed.c.at < now - KEPT)
    await tx.execute(delete(composed_entries).where(composed_entries.c.operation_id.in_(old)))
    await tx.execute(delete(composed).where(composed.c.at < now - KEPT))
