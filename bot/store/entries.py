"""Entries: what feeds brought, their versions and verdicts, and what waits to be read or grouped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from bot.model import Change, Entry, Keys, TextKind, Verdict
from bot.store.database import Tx
from bot.store.rows import insert, pick
from bot.store.schema import entries, entry_versions, feeds, verdicts

OWN = tuple(f.name for f in fields(Entry) if f.name not in {"outlet", "kind", "weight"})

CHUNK = 100
"""Entries written by one statement: SQLite takes at most 32,766 values in one."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored entry as identification and edits need it."""

    id: int
    keys: Keys
    content_hash: str
    title: str
    text: str
    text_kind: TextKind
    version: int


def with_feed() -> Select[Any]:
    """Return the query that gives whole entries, with outlet, kind and weight of their feeds."""
    return select(entries, feeds.c.outlet, feeds.c.kind, feeds.c.weight, feeds.c.server_id).join(feeds)


def entry_of(row: Row[Any]) -> Entry:
    """Return the entry in a row of `with_feed`."""
    values = dict(pick(row, (*OWN, "outlet", "kind", "weight")))
    values["text_kind"] = TextKind(values["text_kind"])
    return Entry(**values)


async def known(tx: Tx, feed_id: int, keys: Sequence[Keys]) -> list[Known]:
    """Return the stored entries of a feed that any of the given keys could mean."""
    matches = or_(
        entries.c.key.in_([k.key for k in keys]),
        entries.c.alias.in_([k.alias for k in keys if k.alias]),
        entries.c.link_key.in_([k.link_key for k in keys if k.link_key]),
    )
    rows = await tx.execute(
        select(entries).where(entries.c.feed_id == feed_id, matches).order_by(entries.c.id)
    )
    return [
        Known(
            r.id,
            Keys(r.key, r.alias, r.link_key),
            r.content_hash,
            r.title,
            r.text,
            TextKind(r.text_kind),
            r.version,
        )
        for r in rows
    ]


async def add(tx: Tx, feed_id: int, new: Sequence[tuple[Keys, Mapping[str, Any]]]) -> dict[str, int]:
    """Add entries with their first versions; returns their ids by key, without those that another poll added meanwhile."""
    ids: dict[str, int] = {}
    for start in range(0, len(new), CHUNK):
        rows = [
            {"feed_id": feed_id, "key": keys.key, "alias": keys.alias, "link_key": keys.link_key, **values}
            for keys, values in new[start : start + CHUNK]
        ]
        statement = insert(tx, entries).values(rows).on_conflict_do_nothing()
        added = await tx.execute(statement.returning(entries.c.id, entries.c.key))
        ids |= {row.key: row.id for row in added}
    versions = [
        _version_row(ids[keys.key], 1, Change.FIRST, values, values["first_seen"])
        for keys, values in new
        if keys.key in ids
    ]
    if versions:
        await tx.execute(insert(tx, entry_versions), versions)
    return ids


async def edit(
    tx: Tx, entry_id: int, version: int, change: Change, values: Mapping[str, Any], now: datetime
) -> None:
    """Record a new version of an entry; a material one is grouped again so that its story counts as changed."""
    extra = {"grouped_at": None} if change is Change.MATERIAL else {}
    await tx.execute(
        update(entries).where(entries.c.id == entry_id).values(version=version, **values, **extra)
    )
    row = _version_row(entry_id, version, change, values, now)
    await tx.execute(insert(tx, entry_versions).values(row).on_conflict_do_nothing())


def _version_row(
    entry_id: int, version: int, change: Change, values: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    text = {"title": values["title"], "text": values["text"]}
    return {"entry_id": entry_id, "version": version, "change": change, "at": at, **text}


async def rekey(tx: Tx, entry_id: int, keys: Keys) -> None:
    """Let an entry be known by the names its feed uses for it now, unless another entry of the feed has that key."""
    others = entries.alias()
    taken = select(others.c.id).where(
        others.c.feed_id == entries.c.feed_id, others.c.key == keys.key, others.c.id != entry_id
    )
    await tx.execute(
        update(entries)
        .where(entries.c.id == entry_id, ~taken.exists())
        .values(key=keys.key, alias=keys.alias, link_key=keys.link_key)
    )


async def judged(tx: Tx, found: Mapping[int, Iterable[Verdict]]) -> None:
    """Store verdicts by entry id, replacing those of older rules."""
    rows = [{"entry_id": entry_id, **asdict(verdict)} for entry_id, made in found.items() for verdict in made]
    statement = insert(tx, verdicts)
    fresh = {name: statement.excluded[name] for name in ("rules", "relevant", "score", "reason")}
    same = [verdicts.c.entry_id, verdicts.c.topic]
    if rows:
        await tx.execute(statement.on_conflict_do_update(index_elements=same, set_=fresh), rows)


async def newest_dates(tx: Tx, feed_id: int, limit: int = 20) -> list[datetime]:
    """Return when the newest entries of a feed were published, newest first."""
    query = (
        select(entries.c.published)
        .where(entries.c.feed_id == feed_id)
        .order_by(entries.c.published.desc())
        .limit(limit)
    )
    return list((await tx.execute(query)).scalars())


async def unjudged(tx: Tx, rules: str, since: datetime, limit: int) -> list[tuple[Entry, bool]]:
    """Return entries seen since a moment that have no verdict by these rules, each with whether its feed is AI-only."""
    judged_now = (
        select(verdicts.c.entry_id)
        .where(verdicts.c.entry_id == entries.c.id, verdicts.c.rules == rules)
        .exists()
    )
    query = (
        with_feed()
        .add_columns(feeds.c.ai_only)
        .where(entries.c.first_seen >= since, ~judged_now)
        .limit(limit)
    )
    return [(entry_of(row), bool(row.ai_only)) for row in await tx.execute(query)]


async def ungrouped(tx: Tx, limit: int, unread_before: datetime | None = None) -> list[Entry]:
    """Return entries that wait for a story, in the order in which grouping takes them.

    With `unread_before`, those whose page is about to be read wait too, unless they were seen before that moment.
    """
    waiting: list[ColumnElement[bool]] = [entries.c.grouped_at.is_(None)]
    if unread_before is not None:
        waiting.append(or_(entries.c.read_due_at.is_(None), entries.c.first_seen <= unread_before))
    query = with_feed().where(*waiting).order_by(entries.c.first_seen, entries.c.published, entries.c.id)
    return [entry_of(row) for row in await tx.execute(query.limit(limit))]


async def waits_for_group(tx: Tx, before: datetime) -> bool:
    """Tell whether an entry seen before a moment is still without a story."""
    query = (
        select(entries.c.id).where(entries.c.grouped_at.is_(None), entries.c.first_seen <= before).limit(1)
    )
    return (await tx.execute(query)).first() is not None


async def waits_for_page(tx: Tx, since: datetime) -> bool:
    """Tell whether a page that became due since a moment is still unread."""
    query = select(entries.c.id).where(entries.c.read_due_at >= since).limit(1)
    return (await tx.execute(query)).first() is not None


async def grouped_since(tx: Tx, since: datetime) -> list[Entry]:
    """Return the entries with a story that were published since a moment, in the order of grouping."""
    query = with_feed().where(and_(entries.c.story_id.is_not(None), entries.c.published >= since))
    return [
        entry_of(row)
        for row in await tx.execute(query.order_by(entries.c.first_seen, entries.c.published, entries.c.id))
    ]


async def want_page(tx: Tx, entry_ids: Sequence[int], now: datetime) -> None:
    """Make the pages of entries due to be read."""
    if entry_ids:
        await tx.execute(update(entries).where(entries.c.id.in_(entry_ids)).values(read_due_at=now))


async def read_due(tx: Tx, now: datetime, limit: int) -> list[int]:
    """Return ids of entries whose page is due to be read."""
    query = (
        select(entries.c.id).where(entries.c.read_due_at <= now).order_by(entries.c.read_due_at, entries.c.id)
    )
    return list((await tx.execute(query.limit(limit))).scalars())


async def get(tx: Tx, entry_id: int) -> Entry | None:
    """Return an entry."""
    row = (await tx.execute(with_feed().where(entries.c.id == entry_id))).first()
    return entry_of(row) if row else None


async def read_done(tx: Tx, entry_id: int, text: str | None) -> None:
    """Record that a page was read; its text replaces the teaser when it is given."""
    values: dict[str, Any] = {"read_due_at": None}
    if text is not None:
        values |= {"text": text, "text_kind": TextKind.PAGE}
    await tx.execute(update(entries).where(entries.c.id == entry_id).values(values))


async def count_since(tx: Tx, since: datetime, feed_ids: Sequence[int]) -> int:
    """Return how many entries of some feeds were seen since a moment."""
    query = select(func.count()).where(entries.c.first_seen >= since, entries.c.feed_id.in_(feed_ids))
    return int((await tx.execute(query)).scalar_one())


async def verdict_of(tx: Tx, entry_id: int, topic: str) -> Verdict | None:
    """Return what was decided about an entry and a topic."""
    query = select(verdicts).where(verdicts.c.entry_id == entry_id, verdicts.c.topic == topic)
    row = (await tx.execute(query)).first()
    return Verdict(row.topic, row.relevant, row.score, row.reason, row.rules) if row else None
