"""Stories: the gapless order of their changes, and what one view of them holds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.model import Entry, MarkKind, Story
from bot.store import sagas
from bot.store.database import Tx
from bot.store.entries import entry_of, with_feed
from bot.store.rows import among, each, insert
from bot.store.schema import counters, entries, frequencies, placements, stories, told_marks, verdicts

AT_A_TIME = 100
"""Stories whose entries are taken from the database in one go; between them others have their turn."""

TERMS_AT_A_TIME = 2_000

FAR_BEHIND = 1_000
"""Changes between which it is asked first where a window of time begins: a database may walk through all of
them, also those of years ago.
"""


async def take_changes(tx: Tx, n: int) -> int:
    """Take `n` consecutive change numbers and return the first. They are without gaps: a rollback gives them
    back.
    """
    row = {"name": "change_no", "value": n}
    statement = insert(tx, counters).values(row)
    plus = statement.on_conflict_do_update(
        index_elements=[counters.c.name], set_={"value": counters.c.value + n}
    )
    return int((await tx.execute(plus.returning(counters.c.value))).scalar_one()) - n + 1


async def reserve_ids(tx: Tx, count: int) -> list[int]:
    """Return ids for stories that are about to be created, in a transaction to come: by one task, the only
    one that creates any.
    """
    if tx.dialect.name == "sqlite":
        last = (await tx.execute(select(func.max(stories.c.id)))).scalar() or 0
        return list(range(last + 1, last + count + 1))
    numbers = func.nextval(func.pg_get_serial_sequence("stories", "id"))
    return list((await tx.execute(select(numbers).select_from(func.generate_series(1, count)))).scalars())


async def create(tx: Tx, change_no: int, now: datetime, story_id: int | None = None) -> int:
    """Start a story, with an id that was reserved for it if one is given, and return its id."""
    row: dict[str, Any] = {"change_no": change_no, "created_at": now, "changed_at": now}
    if story_id is not None:
        row["id"] = story_id
    return int((await tx.execute(insert(tx, stories).values(row).returning(stories.c.id))).scalar_one())


async def touch(tx: Tx, story_id: int, change_no: int, now: datetime) -> None:
    """Record that a story has changed."""
    values = {"change_no": change_no, "changed_at": now}
    await tx.execute(update(stories).where(stories.c.id == story_id).values(values))


async def merge(tx: Tx, source_id: int, target_id: int, now: datetime) -> bool:
    """Let one story go into another, with its entries and what channels were told of it.

    False, and nothing happens, where some channel was told both: they stay apart. Having been pointed to one
    is no telling.
    """
    query = select(told_marks.c.channel_id, told_marks.c.story_id, told_marks.c.kind).where(
        told_marks.c.story_id.in_((source_id, target_id))
    )
    marks = list(await tx.execute(query.order_by(told_marks.c.kind == MarkKind.POINTED)))
    latest: dict[int, int] = {}
    for channel_id, story_id, kind in marks:
        if channel_id in latest and kind == MarkKind.TOLD:
            return False
        latest.setdefault(channel_id, story_id)
    for channel_id, story_id, _ in marks:
        if latest[channel_id] != story_id:
            double = and_(told_marks.c.channel_id == channel_id, told_marks.c.story_id == story_id)
            await tx.execute(delete(told_marks).where(double))
    await tx.execute(update(told_marks).where(told_marks.c.story_id == source_id).values(story_id=target_id))
    await tx.execute(update(entries).where(entries.c.story_id == source_id).values(story_id=target_id))
    await tx.execute(update(stories).where(stories.c.id == source_id).values(merged_into=target_id))
    await sagas.inherit(tx, source_id, target_id, now)
    await touch(tx, target_id, await take_changes(tx, 1), now)
    return True


async def assign(tx: Tx, story_of: Mapping[int, int], now: datetime) -> None:
    """Give entries their stories, by entry id."""
    statement = (
        update(entries)
        .where(entries.c.id == bindparam("entry"))
        .values(story_id=bindparam("story"), grouped_at=bindparam("at"))
    )
    rows = [{"entry": entry, "story": story, "at": now} for entry, story in story_of.items()]
    if rows:
        await tx.execute(statement, rows)


async def move_entry(tx: Tx, entry_id: int, target_id: int, now: datetime) -> bool:
    """Give an entry another story; False, and nothing happens, where some channel was told it in the one it
    has.
    """
    before = (await tx.execute(select(entries.c.story_id).where(entries.c.id == entry_id))).scalar()
    marks = await tx.execute(select(told_marks.c.entry_ids).where(told_marks.c.story_id == before))
    if before is None or any(entry_id in row.entry_ids for row in marks):
        return False
    await tx.execute(update(entries).where(entries.c.id == entry_id).values(story_id=target_id))
    remaining = (await tx.execute(select(entries.c.id).where(entries.c.story_id == before).limit(1))).first()
    if remaining is None:
        await tx.execute(update(stories).where(stories.c.id == before).values(merged_into=target_id))
        await sagas.inherit(tx, before, target_id, now)
    else:
        await touch(tx, before, await take_changes(tx, 1), now)
    await touch(tx, target_id, await take_changes(tx, 1), now)
    return True


async def record_placement(tx: Tx, entry_id: int, score: float, reason: str) -> None:
    """Remember with which score and for which reason an entry got another story."""
    row = update(placements).where(placements.c.entry_id == entry_id)
    await tx.execute(row.values(score=score, reason=reason))


async def record_placements(tx: Tx, placement_by_entry: Mapping[int, tuple[float, str]]) -> None:
    """Remember with which score and for which reason grouping gave entries their stories, by entry id."""
    rows = [
        {"entry_id": entry, "score": score, "reason": reason}
        for entry, (score, reason) in placement_by_entry.items()
    ]
    if rows:
        await tx.execute(insert(tx, placements).on_conflict_do_nothing(), rows)


async def forget_placements(tx: Tx, before: datetime) -> None:
    """Forget why entries that were seen before a moment are in their stories."""
    newest_old = (
        select(entries.c.id)
        .where(entries.c.first_seen < before)
        .order_by(entries.c.first_seen.desc())
        .limit(1)
    )
    await tx.execute(delete(placements).where(placements.c.entry_id <= newest_old.scalar_subquery()))


async def placement_of(tx: Tx, entry_id: int) -> tuple[float, str] | None:
    """Return the score and the reason with which an entry got its story."""
    row = (await tx.execute(select(placements).where(placements.c.entry_id == entry_id))).first()
    return (row.score, row.reason) if row else None


async def newest_change(tx: Tx) -> int:
    """Return the number of the newest change, 0 before the first."""
    query = select(counters.c.value).where(counters.c.name == "change_no")
    return int((await tx.execute(query)).scalar() or 0)


async def newest_change_at(tx: Tx, moment: datetime) -> int:
    """Return the number of the newest change up to a moment, 0 when there was none."""
    query = select(func.max(stories.c.change_no)).where(stories.c.changed_at <= moment)
    return int((await tx.execute(query)).scalar() or 0)


async def changed_stories(
    tx: Tx,
    after: int,
    up_to: int,
    topic: str,
    feed_ids: Sequence[int],
    since: datetime,
    opening: int | None = None,
) -> list[Story]:
    """Return stories as one view sees them: changed in (after, up_to] and since a moment, with at least one
    entry on the topic.

    Each has only entries of the given feeds, in order of publication, with so many characters of their texts;
    `all` takes every topic.
    """
    window = await _window(tx, after, up_to, since)
    return await _with_entries(tx, _in_view(tx, window, topic, feed_ids), feed_ids, opening)


async def has_changed(tx: Tx, after: int, up_to: int, topic: str, since: datetime) -> bool:
    """Tell whether any story on a topic changed in (after, up_to] and since a moment, of whichever feeds."""
    on_topic = select(entries.c.id).where(entries.c.story_id == stories.c.id)
    window = await _window(tx, after, up_to, since)
    condition = and_(window, _on_topic(on_topic, topic).correlate(stories).exists())
    return (await tx.execute(select(stories.c.id).where(condition).limit(1))).first() is not None


async def _window(tx: Tx, after: int, up_to: int, since: datetime) -> ColumnElement[bool]:
    """Match the stories changed in (after, up_to] and since a moment."""
    first = await _first_change_since(tx, since) if up_to - after > FAR_BEHIND else after + 1
    return and_(
        stories.c.change_no >= max(after + 1, first),
        stories.c.change_no <= up_to,
        stories.c.changed_at >= since,
    )


async def _first_change_since(tx: Tx, moment: datetime) -> int:
    """Return the lowest number of the changes since a moment, one that no change has where there is none."""
    number = stories.c.change_no + 0  # of a plain column a database walks the index from the first change on
    query = select(func.min(number)).where(stories.c.changed_at >= moment)
    first: int | None = (await tx.execute(query)).scalar()
    return await newest_change(tx) + 1 if first is None else first


async def changed_anywhere(tx: Tx, after: int, up_to: int, since: datetime) -> list[Story]:
    """Return the stories changed in (after, up_to] and since a moment with the entries of all feeds, without
    their texts.
    """
    window = and_(stories.c.change_no > after, stories.c.change_no <= up_to, stories.c.changed_at >= since)
    return await _with_entries(tx, and_(window, stories.c.merged_into.is_(None)), None, 0)


async def since(tx: Tx, moment: datetime, topic: str, feed_ids: Sequence[int], opening: int) -> list[Story]:
    """Return the stories of a view that began after a moment, with so many characters of each entry's
    text.
    """
    began = and_(stories.c.changed_at >= moment, stories.c.created_at >= moment)
    return await _with_entries(tx, _in_view(tx, began, topic, feed_ids), feed_ids, opening)


def _in_view(tx: Tx, window: ColumnElement[bool], topic: str, feed_ids: Sequence[int]) -> ColumnElement[bool]:
    """Match the stories of a window that have an entry of some feeds on a topic.

    It is asked story by story, so that it costs what the window holds, and not what the database does.
    """
    entries_in_view = select(entries.c.id).where(
        entries.c.story_id == stories.c.id, among(tx, entries.c.feed_id, feed_ids)
    )
    in_view = _on_topic(entries_in_view, topic).correlate(stories).exists()
    return and_(window, stories.c.merged_into.is_(None), in_view)


def _on_topic(query: Select[Any], topic: str) -> Select[Any]:
    """Let a query of entries give those on a topic; `all` takes every one."""
    if topic == "all":
        return query
    return query.join(verdicts, verdicts.c.entry_id == entries.c.id).where(
        verdicts.c.topic == topic, verdicts.c.relevant
    )


async def of_ids(tx: Tx, story_ids: Sequence[int], feed_ids: Sequence[int], opening: int) -> list[Story]:
    """Return some stories as a view sees them, with so many characters of each entry's text; those that went
    into others are left out.
    """
    unmerged = and_(stories.c.id.in_(story_ids), stories.c.merged_into.is_(None))
    return await _with_entries(tx, unmerged, feed_ids, opening)


async def get(tx: Tx, story_id: int, feed_ids: Sequence[int]) -> Story | None:
    """Return one story as a view sees it; a merged one as the story it went into; None when the view has
    nothing of it.
    """
    merged_into = (await tx.execute(select(stories.c.merged_into).where(stories.c.id == story_id))).scalar()
    loaded_stories = await _with_entries(tx, stories.c.id == (merged_into or story_id), feed_ids)
    return loaded_stories[0] if loaded_stories else None


async def entry_at(tx: Tx, link: str, link_key: str, feed_ids: Sequence[int]) -> Entry | None:
    """Return the entry of a view with a link, in its canonical form or as it is; the one first seen where
    there are several.
    """
    has_no_key = and_(entries.c.link_key == literal_column("''"), entries.c.link == link)
    same_link = or_(and_(entries.c.link_key == link_key, entries.c.link_key != ""), has_no_key)
    query = with_feed().where(same_link, among(tx, entries.c.feed_id, feed_ids))
    row = (await tx.execute(query.order_by(entries.c.first_seen, entries.c.id).limit(1))).first()
    return entry_of(row) if row else None


async def names_of(tx: Tx, story_id: int) -> list[int]:
    """Return the ids under which a story was ever known: its own, and those of stories that went into it."""
    query = select(stories.c.id).where(or_(stories.c.id == story_id, stories.c.merged_into == story_id))
    return list((await tx.execute(query)).scalars())


async def _with_entries(
    tx: Tx, condition: ColumnElement[bool], feed_ids: Sequence[int] | None, opening: int | None = None
) -> list[Story]:
    rows = list(await tx.execute(select(stories).where(condition).order_by(stories.c.id)))
    members: dict[int, list[Entry]] = defaultdict(list)
    query = with_feed(opening)
    if feed_ids is not None:
        query = query.where(among(tx, entries.c.feed_id, feed_ids))
    query = query.order_by(entries.c.published, entries.c.id)
    for start in range(0, len(rows), AT_A_TIME):
        story_ids = [row.id for row in rows[start : start + AT_A_TIME]]
        for row in await tx.execute(query.where(each(tx, entries.c.story_id, story_ids))):
            members[row.story_id].append(entry_of(row))
    return [_story(row, tuple(members[row.id])) for row in rows if members[row.id]]


def _story(row: Row[Any], story_entries: tuple[Entry, ...]) -> Story:
    return Story(
        id=row.id,
        change_no=row.change_no,
        created_at=row.created_at,
        changed_at=row.changed_at,
        entries=story_entries,
    )


async def load_term_counts(tx: Tx) -> dict[str, int]:
    """Return in how many documents of the archive each term occurs."""
    counts: dict[str, int] = {}
    result = await tx.stream(select(frequencies.c.term, frequencies.c.documents))
    async for part in result.partitions(TERMS_AT_A_TIME):
        counts |= {row.term: row.documents for row in part}
    return counts


async def add_frequencies(tx: Tx, counts: dict[str, int]) -> None:
    """Add document counts to the archive; the number of documents itself stands under the empty term."""
    rows = [{"term": term, "documents": documents} for term, documents in counts.items()]
    statement = insert(tx, frequencies)
    plus = {"documents": frequencies.c.documents + statement.excluded.documents}
    if rows:
        await tx.execute(
            statement.on_conflict_do_update(index_elements=[frequencies.c.term], set_=plus), rows
        )
