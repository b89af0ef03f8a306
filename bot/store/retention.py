"""What is kept no longer: texts of entries beyond their opening, entries that nobody was told or saved, and
what old posts were made of. All of it goes in parts, so that no transaction is long.

What readers were told stays told: marks are never deleted, nor is what they mark. The keys of entries that go
are remembered (`gone_keys`), for their feeds may bring them still.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, func, or_, select, text, update

from bot.model import Keys, OperationState, PlaceKind
from bot.store import entry_search, gone_keys
from bot.store.database import Tx
from bot.store.schema import (
    answers,
    capped_stories,
    channels,
    composed_entries,
    entries,
    entry_versions,
    operations,
    placements,
    related_stories,
    saved_stories,
    slots,
    stories,
    told_marks,
    verdicts,
)

KEPT_OPENING = entry_search.OPENING
"""Characters that stay of a text: as far as searches and filters look."""

KEPT_OF_FEED = 20
"""Newest entries of each feed that stay however old they are: by them its rhythm is known, its language, and
whether its address serves another site now.
"""

FINISHED = (
    OperationState.DONE,
    OperationState.REFUSED,
    OperationState.EXPIRED,
    OperationState.SUPERSEDED,
)

_UNLIST = {
    "sqlite": text("DELETE FROM entry_words WHERE rowid = :entry"),
    "postgresql": text("DELETE FROM entry_words WHERE entry_id = :entry"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """How much one part of the work changed, and after which id the next part begins; None at the end."""

    count: int
    after: int | None


async def cut_texts(tx: Tx, before: datetime, limit: int) -> int:
    """Cut the texts of entries that were first seen before a moment to their opening, the oldest first, and
    forget how these read earlier; returns how many.

    Those of stories that were told or saved since that moment stay whole: posts about them may be corrected.
    """
    told_lately = select(told_marks.c.story_id).where(
        told_marks.c.story_id == entries.c.story_id, told_marks.c.told_at >= before
    )
    query = (
        select(entries.c.id)
        .where(
            entries.c.text_cut.is_(False),
            entries.c.first_seen < before,
            ~told_lately.correlate(entries).exists(),
            _unsaved(before),
        )
        .order_by(entries.c.first_seen)
        .limit(limit)
    )
    entry_ids = list((await tx.execute(query)).scalars())
    if entry_ids:
        opening = func.substr(entries.c.text, 1, KEPT_OPENING)
        statement = update(entries).where(entries.c.id.in_(entry_ids)).values(text=opening, text_cut=True)
        await tx.execute(statement)
        is_earlier = and_(entry_versions.c.entry_id == bindparam("entry"), entry_versions.c.at < before)
        rows = [{"entry": entry_id} for entry_id in entry_ids]
        await tx.execute(delete(entry_versions).where(is_earlier), rows)
    return len(entry_ids)


async def forget_entries(tx: Tx, before: datetime, after: int, limit: int) -> Step:
    """Delete those of the next entries above an id that were first seen and published before a moment, with
    all that belongs to them, and the stories that are empty then.

    What any channel was told and anybody has saved stays, and so do the newest entries of each feed. The
    entry with the highest id stays, too: SQLite would give its id to another one.
    """
    page_query = select(entries.c.id, entries.c.first_seen).where(entries.c.id > after)
    page = (await tx.execute(page_query.order_by(entries.c.id).limit(limit))).all()
    old_ids = [row.id for row in page if row.first_seen < before]
    if not old_ids:
        return Step(0, None)
    rows = (await tx.execute(_forgettable(old_ids, before))).all()
    await _delete_entries(tx, rows)
    await _delete_empty_stories(tx, sorted({row.story_id for row in rows if row.story_id is not None}))
    is_last = len(page) < limit or len(old_ids) < len(page)
    return Step(len(rows), None if is_last else old_ids[-1])


def _forgettable(entry_ids: Sequence[int], before: datetime) -> Any:
    columns = ("id", "feed_id", "key", "alias", "link_key", "title", "story_id")
    return select(*(entries.c[name] for name in columns)).where(
        entries.c.id.in_(entry_ids), is_forgettable(before)
    )


def is_forgettable(before: datetime) -> ColumnElement[bool]:
    """Match entries that were published before a moment and need not stay."""
    newer = entries.alias()
    newer_of_feed = (
        select(newer.c.id)
        .where(newer.c.feed_id == entries.c.feed_id, newer.c.published > entries.c.published)
        .order_by(newer.c.published)
        .limit(1)
        .offset(KEPT_OF_FEED - 1)
        .correlate(entries)
    )
    own_marks = select(told_marks.c.story_id).where(told_marks.c.story_id == entries.c.story_id)
    own_compositions = select(composed_entries.c.entry_id).where(composed_entries.c.entry_id == entries.c.id)
    newest = select(func.max(entries.c.id)).scalar_subquery()
    return and_(
        entries.c.id < newest,
        entries.c.published < before,
        entries.c.grouped_at.is_not(None),
        ~own_marks.correlate(entries).exists(),
        _unsaved(),
        ~own_compositions.correlate(entries).exists(),
        newer_of_feed.scalar_subquery().is_not(None),
    )


def _unsaved(since: datetime | None = None) -> ColumnElement[bool]:
    """Match entries whose story nobody has saved (since a moment), under any of the ids it was known by."""
    sources = stories.alias()
    lately = () if since is None else (saved_stories.c.saved_at >= since,)
    own = select(saved_stories.c.story_id).where(saved_stories.c.story_id == entries.c.story_id, *lately)
    other = (
        select(sources.c.id)
        .join(saved_stories, saved_stories.c.story_id == sources.c.id)
        .where(sources.c.merged_into == entries.c.story_id, *lately)
    )
    return and_(~own.correlate(entries).exists(), ~other.correlate(entries).exists())


async def _delete_entries(tx: Tx, rows: Sequence[Row[Any]]) -> None:
    if not rows:
        return
    await gone_keys.add(
        tx, [(row.feed_id, Keys(row.key, row.alias, row.link_key), row.title) for row in rows]
    )
    entry_ids = [row.id for row in rows]
    await tx.execute(_UNLIST[tx.dialect.name], [{"entry": entry_id} for entry_id in entry_ids])
    for table in (placements, verdicts, entry_versions):
        await tx.execute(delete(table).where(table.c.entry_id.in_(entry_ids)))
    await tx.execute(delete(entries).where(entries.c.id.in_(entry_ids)))


async def _delete_empty_stories(tx: Tx, story_ids: Sequence[int]) -> None:
    """Delete those of some stories that have no entries any more, each with all that went into it; the one
    with the highest id stays, as with entries.
    """
    newest = (await tx.execute(select(func.max(stories.c.id)))).scalar() or 0
    root_of = await _with_merged(tx, [story_id for story_id in story_ids if story_id < newest])
    kept_roots = {root_of[story_id] for story_id in await _referred(tx, list(root_of))}
    ids = sorted((story_id for story_id, root in root_of.items() if root not in kept_roots), reverse=True)
    if not ids:
        return
    pairs = or_(related_stories.c.first_id.in_(ids), related_stories.c.second_id.in_(ids))
    await tx.execute(delete(related_stories).where(pairs))
    await tx.execute(delete(capped_stories).where(capped_stories.c.story_id.in_(ids)))
    await tx.execute(update(stories).where(stories.c.id.in_(ids)).values(merged_into=None))
    await tx.execute(delete(stories).where(stories.c.id.in_(ids)))


async def _with_merged(tx: Tx, story_ids: Sequence[int]) -> dict[int, int]:
    """Return some stories, and those that went into them, each with the one of the former it went into."""
    root_of = {story_id: story_id for story_id in story_ids}
    generation = list(story_ids)
    while generation:
        query = select(stories.c.id, stories.c.merged_into).where(stories.c.merged_into.in_(generation))
        rows = [row for row in await tx.execute(query) if row.id not in root_of]
        root_of |= {row.id: root_of[row.merged_into] for row in rows}
        generation = [row.id for row in rows]
    return root_of


async def _referred(tx: Tx, story_ids: Sequence[int]) -> set[int]:
    """Return which of some stories have entries, or were told or saved."""
    referred: set[int] = set()
    for column in (entries.c.story_id, told_marks.c.story_id, saved_stories.c.story_id):
        referred |= set((await tx.execute(select(column).where(column.in_(story_ids)).distinct())).scalars())
    return referred


async def cut_told_texts(tx: Tx, before: datetime, limit: int) -> int:
    """Forget in which words channels were told stories before a moment, the oldest first, but not of those
    that have changed since; returns how many. That they were told stays.
    """
    newer_stories = select(stories.c.id).where(
        stories.c.id == told_marks.c.story_id, stories.c.changed_at >= before
    )
    query = (
        select(told_marks.c.channel_id, told_marks.c.story_id)
        .where(told_marks.c.told_at < before, told_marks.c.said != text("''"), ~newer_stories.exists())
        .order_by(told_marks.c.told_at)
        .limit(limit)
    )
    rows = (await tx.execute(query)).all()
    own_mark = and_(
        told_marks.c.channel_id == bindparam("channel"), told_marks.c.story_id == bindparam("story")
    )
    if rows:
        statement = update(told_marks).where(own_mark).values(said="")
        await tx.execute(statement, [{"channel": row.channel_id, "story": row.story_id} for row in rows])
    return len(rows)


async def empty_operations(tx: Tx, before: datetime, after: int, limit: int) -> Step:
    """Forget what the next finished operations above an id carried, where they were made before a moment.

    That they are done, and where, stays; and so does what stands on a page, which shows it.
    """
    query = select(operations.c.id, operations.c.created_at).where(operations.c.id > after)
    page = (await tx.execute(query.order_by(operations.c.id).limit(limit))).all()
    old_ids = [row.id for row in page if row.created_at < before]
    if not old_ids:
        return Step(0, None)
    on_page = select(channels.c.id).where(
        channels.c.id == operations.c.channel_id, channels.c.kind == PlaceKind.PAGE
    )
    condition = and_(operations.c.id.in_(old_ids), operations.c.state.in_(FINISHED), ~on_page.exists())
    result = await tx.execute(update(operations).where(condition).values(payload={}))
    return Step(result.rowcount, old_ids[-1])


async def forget_slots(tx: Tx, before: datetime, limit: int) -> int:
    """Delete slots that were published before a moment, some at a time; returns how many."""
    return await _delete_oldest(tx, slots.c.id, slots.c.published_at, before, limit)


async def forget_answers(tx: Tx, before: datetime, limit: int) -> int:
    """Delete answers to calls that were made before a moment, some at a time; returns how many."""
    return await _delete_oldest(tx, answers.c.id, answers.c.at, before, limit)


async def _delete_oldest(
    tx: Tx, number: ColumnElement[int], moment: ColumnElement[datetime], before: datetime, limit: int
) -> int:
    """Delete the rows of the lowest numbers as long as they are of before a moment; the last one stays."""
    newest = (await tx.execute(select(func.max(number)))).scalar() or 0
    query = select(number, moment).where(number < newest).order_by(number).limit(limit)
    old_ids = [row[0] for row in await tx.execute(query) if row[1] < before]
    if old_ids:
        table = number.table
        await tx.execute(delete(table).where(number.in_(old_ids)))
    return len(old_ids)
