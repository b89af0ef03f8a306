"""Entries: what feeds brought, their versions and verdicts, and what waits to be read or grouped."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.model import (
    Change,
    ChannelState,
    DatedEntry,
    Entry,
    FeedState,
    Keys,
    KnownEntry,
    Page,
    TextKind,
    TitledEntry,
    Verdict,
    Wall,
)
from bot.store import entry_search
from bot.store.content import UNSEEN
from bot.store.database import Tx
from bot.store.feed_visibility import READER, counts_in, with_readers
from bot.store.rows import among, each, insert
from bot.store.schema import Moment, channels, entries, entry_versions, feeds, subscriptions, verdicts
from bot.threads import in_thread

FEED_COLUMNS = ("outlet", "kind", "weight")

OWN_COLUMNS = tuple(f.name for f in fields(Entry) if f.name not in {*FEED_COLUMNS, "leads", "for_models"})

BATCH_ROWS = 200
"""Keys looked up by one query for several feeds: the database tries each of them with each of the feeds."""

PAGE = 100
"""Entries written or read by one statement: between two of them the event loop turns."""


def with_feed(opening: int | None = None) -> Select[Any]:
    """Return the query that gives entries, with so many characters of their texts, or all, and with outlet,
    kind and weight of their feeds.
    """
    own = {name: entries.c[name] for name in OWN_COLUMNS}
    text = entries.c.text if opening is None else func.substr(entries.c.text, 1, opening)
    columns = own | {"text": text.label("text")}
    return select(*columns.values(), *(feeds.c[name] for name in FEED_COLUMNS)).join(feeds)


def entry_of(row: Row[Any]) -> Entry:
    """Return the entry in a row of `with_feed`, whatever stands behind it there."""
    values: dict[str, Any] = dict(zip((*OWN_COLUMNS, *FEED_COLUMNS), row, strict=False))
    values["text_kind"], values["wall"] = TextKind(values["text_kind"]), Wall(values["wall"])
    return Entry(**values)


async def find_known(tx: Tx, keys: Mapping[int, Sequence[Keys]]) -> dict[int, list[KnownEntry]]:
    """Return the stored entries of feeds that any key given for one of them could mean, by feed."""
    few = sum(map(len, keys.values())) <= BATCH_ROWS
    known_entries: dict[int, list[KnownEntry]] = {}
    for group in [keys] if few else [{feed_id: feed_keys} for feed_id, feed_keys in keys.items()]:
        for row in await tx.execute(_meant_by(group)):
            known_entries.setdefault(row.feed_id, []).append(_known_entry(row))
    return known_entries


def _meant_by(keys: Mapping[int, Sequence[Keys]]) -> Select[Any]:
    all_keys = [k for feed_keys in keys.values() for k in feed_keys]
    matches = or_(
        entries.c.key.in_([k.key for k in all_keys]),
        entries.c.alias.in_([k.alias for k in all_keys if k.alias]),
        entries.c.link_key.in_([k.link_key for k in all_keys if k.link_key]),
    )
    return select(entries).where(entries.c.feed_id.in_(list(keys)), matches).order_by(entries.c.id)


def _known_entry(row: Row[Any]) -> KnownEntry:
    keys = Keys(row.key, row.alias, row.link_key)
    return KnownEntry(
        id=row.id,
        keys=keys,
        content_hash=row.content_hash,
        title=row.title,
        text=row.text,
        text_kind=TextKind(row.text_kind),
        version=row.version,
        is_cut=row.text_cut,
        published=row.published,
    )


async def newest_entries(tx: Tx, feed_id: int, limit: int) -> list[KnownEntry]:
    """Return the newest entries of a feed."""
    query = (
        select(entries)
        .where(entries.c.feed_id == feed_id)
        .order_by(entries.c.published.desc(), entries.c.id.desc())
    )
    return [_known_entry(row) for row in await tx.execute(query.limit(limit))]


async def newest_languages(tx: Tx, feed_id: int, limit: int) -> list[str]:
    """Return the languages of the newest entries of a feed."""
    query = (
        select(entries.c.language)
        .where(entries.c.feed_id == feed_id)
        .order_by(entries.c.published.desc(), entries.c.id.desc())
    )
    return [row.language for row in await tx.execute(query.limit(limit))]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be added to a feed; `values` are its columns."""

    feed_id: int
    keys: Keys
    values: Mapping[str, Any]


async def add(tx: Tx, new: Sequence[NewEntry]) -> dict[tuple[int, str], int]:
    """Add entries with their first versions; returns their ids by feed and key, without those that another
    poll added meanwhile.
    """
    rows = [
        {
            "feed_id": e.feed_id,
            "key": e.keys.key,
            "alias": e.keys.alias,
            "link_key": e.keys.link_key,
            **e.values,
        }
        for e in new
    ]
    if not rows:
        return {}
    statement = insert(tx, entries).on_conflict_do_nothing()
    inserted_rows = await tx.execute(
        statement.returning(entries.c.id, entries.c.feed_id, entries.c.key),
        rows,
        execution_options={"insertmanyvalues_page_size": PAGE},
    )
    ids = {(row.feed_id, row.key): row.id for row in inserted_rows}
    versions = [
        _version_row(ids[e.feed_id, e.keys.key], 1, Change.FIRST, e.values, e.values["first_seen"])
        for e in new
        if (e.feed_id, e.keys.key) in ids
    ]
    if versions:
        await tx.execute(insert(tx, entry_versions), versions)
    await entry_search.index(tx, ids.values())
    return ids


async def edit(
    tx: Tx, entry_id: int, version: int, change: Change, values: Mapping[str, Any], now: datetime
) -> None:
    """Record a new version of an entry; a material one is grouped again so that its story counts as
    changed.
    """
    extra = {"grouped_at": None} if change is Change.MATERIAL else {}
    await tx.execute(
        update(entries).where(entries.c.id == entry_id).values(version=version, **values, **extra)
    )
    row = _version_row(entry_id, version, change, values, now)
    await tx.execute(insert(tx, entry_versions).values(row).on_conflict_do_nothing())
    await entry_search.index(tx, [entry_id])


async def end_backlog(tx: Tx, entry_id: int) -> None:
    """Record that an entry which its feed held when we first saw it tells something new now."""
    await tx.execute(update(entries).where(entries.c.id == entry_id).values(backlog=False))


async def set_counts(tx: Tx, counts: Mapping[int, tuple[int | None, int | None]]) -> None:
    """Keep how many points and comments entries have now; that is no edit of them."""
    for entry_id, (points, comments) in counts.items():
        await tx.execute(
            update(entries).where(entries.c.id == entry_id).values(points=points, comments=comments)
        )


def _version_row(
    entry_id: int, version: int, change: Change, values: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    text = {"title": values["title"], "text": values["text"]}
    return {"entry_id": entry_id, "version": version, "change": change, "at": at, **text}


async def rekey(tx: Tx, entry_id: int, keys: Keys) -> None:
    """Let an entry be known by the names its feed uses for it now, unless another entry of the feed has that
    key.
    """
    other_entries = entries.alias()
    taken_key = select(other_entries.c.id).where(
        other_entries.c.feed_id == entries.c.feed_id,
        other_entries.c.key == keys.key,
        other_entries.c.id != entry_id,
    )
    await tx.execute(
        update(entries)
        .where(entries.c.id == entry_id, ~taken_key.exists())
        .values(key=keys.key, alias=keys.alias, link_key=keys.link_key)
    )


async def store_verdicts(tx: Tx, verdicts_by_entry: Mapping[int, Iterable[Verdict]]) -> None:
    """Store verdicts by entry id, replacing those of older rules."""
    rows = [
        {"entry_id": entry_id, **asdict(verdict)}
        for entry_id, entry_verdicts in verdicts_by_entry.items()
        for verdict in entry_verdicts
    ]
    statement = insert(tx, verdicts)
    fresh = {name: statement.excluded[name] for name in ("rules", "relevant", "score", "reason")}
    key_columns = [verdicts.c.entry_id, verdicts.c.topic]
    if rows:
        await tx.execute(statement.on_conflict_do_update(index_elements=key_columns, set_=fresh), rows)


async def newest_dates(tx: Tx, feed_ids: Sequence[int], limit: int = 20) -> dict[int, list[datetime]]:
    """Return when the newest entries of feeds were published, by feed, newest first."""
    place = func.row_number().over(partition_by=entries.c.feed_id, order_by=entries.c.published.desc())
    ranked_dates = (
        select(entries.c.feed_id, entries.c.published, place.label("place"))
        .where(entries.c.feed_id.in_(feed_ids))
        .subquery()
    )
    query = select(ranked_dates.c.feed_id, ranked_dates.c.published).where(ranked_dates.c.place <= limit)
    dates: dict[int, list[datetime]] = {}
    for row in await tx.execute(query.order_by(ranked_dates.c.feed_id, ranked_dates.c.place)):
        dates.setdefault(row.feed_id, []).append(row.published)
    return dates


async def unjudged(tx: Tx, rules: str, since: datetime, limit: int) -> list[tuple[Entry, bool]]:
    """Return entries seen since a moment that have no verdict by these rules, each with whether its feed is
    AI-only.
    """
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

    With `unread_before`, those whose page is about to be read for the first time wait too, unless they were
    seen before that moment.
    """
    waiting: list[ColumnElement[bool]] = [entries.c.grouped_at.is_(None)]
    if unread_before is not None:
        waiting.append(
            or_(
                entries.c.read_due_at.is_(None),
                entries.c.read_tries > 0,
                entries.c.first_seen <= unread_before,
            )
        )
    query = with_feed().where(*waiting).order_by(entries.c.first_seen, entries.c.published, entries.c.id)
    return [entry_of(row) for row in await tx.execute(query.limit(limit))]


async def waits_for_group(tx: Tx, before: datetime) -> bool:
    """Tell whether an entry seen before a moment is still without a story."""
    query = (
        select(entries.c.id).where(entries.c.grouped_at.is_(None), entries.c.first_seen <= before).limit(1)
    )
    return (await tx.execute(query)).first() is not None


async def waits_for_page(tx: Tx, since: datetime) -> bool:
    """Tell whether a page that became due since a moment was not tried yet."""
    query = select(entries.c.id).where(entries.c.read_due_at >= since, entries.c.read_tries == 0).limit(1)
    return (await tx.execute(query)).first() is not None


async def grouped_since(tx: Tx, since: datetime) -> AsyncIterator[list[tuple[int, Entry]]]:
    """Give stories with their entries that were published since a moment, in the order of grouping; in parts,
    for there may be very many.
    """
    order = select(entries.c.first_seen, entries.c.published, entries.c.id).where(
        entries.c.published >= since, entries.c.story_id.is_not(None)
    )
    keys: list[tuple[datetime, datetime, int]] = []
    result = await tx.stream(order)
    async for part in result.partitions(PAGE):
        keys += [(row.first_seen, row.published, row.id) for row in part]
    entry_ids = [entry_id for *_, entry_id in await in_thread(sorted, keys)]
    for start in range(0, len(entry_ids), PAGE):
        page = entry_ids[start : start + PAGE]
        rows = {row.id: row for row in await tx.execute(with_feed().where(entries.c.id.in_(page)))}
        yield [(rows[entry_id].story_id, entry_of(rows[entry_id])) for entry_id in page]


async def want_page(tx: Tx, entry_ids: Sequence[int], now: datetime) -> None:
    """Make the pages of entries due to be read."""
    if entry_ids:
        due = update(entries).where(entries.c.id.in_(entry_ids)).values(read_due_at=now)
        await tx.execute(due.execution_options(**UNSEEN))


async def read_due(tx: Tx, now: datetime, limit: int, of_one_server: int) -> list[int]:
    """Return ids of entries whose page is due to be read; of feeds that a server reads for itself at most so
    many.
    """
    order = (entries.c.read_due_at, entries.c.id)
    turn = func.row_number().over(partition_by=READER, order_by=order).label("turn")
    due_entries = with_readers(select(*order, READER, turn).select_from(entries.join(feeds)))
    ordered_entries = due_entries.where(entries.c.read_due_at <= now).subquery()
    fair = or_(ordered_entries.c.reader == 0, ordered_entries.c.turn <= of_one_server)
    query = (
        select(ordered_entries.c.id)
        .where(fair)
        .group_by(ordered_entries.c.id, ordered_entries.c.read_due_at)
        .order_by(ordered_entries.c.read_due_at, ordered_entries.c.id)
    )
    return list((await tx.execute(query.limit(limit))).scalars())


async def get(tx: Tx, entry_id: int) -> Entry | None:
    """Return an entry."""
    row = (await tx.execute(with_feed().where(entries.c.id == entry_id))).first()
    return entry_of(row) if row else None


async def find_wanted(tx: Tx, entry_ids: Sequence[int], since: datetime) -> set[int]:
    """Return those of some entries that an active subscription wants: on its topic, from a feed in its view,
    published since a moment.
    """
    query = (
        select(entries.c.id)
        .join(feeds)
        .where(entries.c.id.in_(entry_ids), entries.c.published >= since, _is_wanted(tx))
    )
    return set((await tx.execute(query)).scalars())


async def wanted_teasers(tx: Tx, after: int, since: datetime) -> list[int]:
    """Return ids above `after` of wanted entries published since a moment of which only a teaser is known and
    no page was tried.
    """
    oldest = select(func.min(entries.c.id + 0)).where(entries.c.published >= since)
    query = (
        select(entries.c.id)
        .join(feeds)
        .where(
            entries.c.id > after,
            entries.c.id >= oldest.scalar_subquery(),
            entries.c.published >= since,
            entries.c.text_kind == TextKind.TEASER,
            entries.c.read_due_at.is_(None),
            entries.c.read_tries == 0,
            entries.c.link != "",
            _is_wanted(tx),
        )
        .order_by(entries.c.id)
    )
    return list((await tx.execute(query)).scalars())


async def first_id_since(tx: Tx, moment: datetime) -> int | None:
    """Return the lowest id of the entries seen since a moment, None where there is none."""
    number = entries.c.id + 0  # of a plain column a database walks through all ids
    query = select(func.min(number)).where(entries.c.first_seen >= moment)
    first: int | None = (await tx.execute(query)).scalar()
    return first


def _is_wanted(tx: Tx) -> ColumnElement[bool]:
    """Match an entry, joined with its feed, that an active subscription of an active channel wants to see."""
    on_topic = (
        select(verdicts.c.entry_id)
        .where(
            verdicts.c.entry_id == entries.c.id,
            verdicts.c.topic == subscriptions.c.topic,
            verdicts.c.relevant,
        )
        .correlate(entries, subscriptions)
        .exists()
    )
    return (
        select(subscriptions.c.id)
        .join(channels)
        .where(
            subscriptions.c.state == "active",
            subscriptions.c.recap.is_(False),
            channels.c.state == ChannelState.ACTIVE,
            feeds.c.state == FeedState.ACTIVE,
            counts_in(channels.c.server_id),
            or_(subscriptions.c.topic == "all", on_topic),
            _draws_on(tx, entries.c.feed_id),
        )
        .correlate(entries, feeds)
        .exists()
    )


def _draws_on(tx: Tx, feed_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Match a subscription that names a feed, or no feed at all."""
    unpack = func.json_each if tx.dialect.name == "sqlite" else func.json_array_elements_text
    feed_numbers = unpack(subscriptions.c.feed_ids).table_valued("value")
    listed_feeds = select(feed_numbers.c.value).where(cast(feed_numbers.c.value, Integer) == feed_id)
    return or_(
        func.json_array_length(subscriptions.c.feed_ids) == 0,
        listed_feeds.correlate(subscriptions, entries, feeds).exists(),
    )


async def newest_ids(tx: Tx) -> tuple[int, int, int]:
    """Return the id of the newest entry, and the number and newest id of active subscriptions: when these
    change, others are wanted.
    """
    query = select(func.count(), func.coalesce(func.max(subscriptions.c.id), 0)).join(channels)
    active = query.where(subscriptions.c.state == "active", channels.c.state == ChannelState.ACTIVE)
    newest = (await tx.execute(select(func.coalesce(func.max(entries.c.id), 0)))).scalar_one()
    count, last = (await tx.execute(active)).one()
    return int(newest), int(count), int(last)


async def let_go(tx: Tx, entry_ids: Iterable[int]) -> None:
    """Make the pages of entries not due any more."""
    undue = update(entries).where(entries.c.id.in_(list(entry_ids))).values(read_due_at=None)
    await tx.execute(undue.execution_options(**UNSEEN))


async def topics_of(tx: Tx, entry_id: int) -> set[str]:
    """Return the topics that an entry is about."""
    query = select(verdicts.c.topic).where(verdicts.c.entry_id == entry_id, verdicts.c.relevant)
    return set((await tx.execute(query)).scalars())


async def topics_by_entry(tx: Tx, entry_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return by entry the topics that some entries are about."""
    topics: dict[int, set[str]] = {}
    for start in range(0, len(entry_ids), BATCH_ROWS):
        query = select(verdicts.c.entry_id, verdicts.c.topic).where(
            verdicts.c.entry_id.in_(entry_ids[start : start + BATCH_ROWS]), verdicts.c.relevant
        )
        for row in await tx.execute(query):
            topics.setdefault(row.entry_id, set()).add(row.topic)
    return topics


async def dates_of(tx: Tx, entry_ids: Sequence[int], feed_ids: Sequence[int]) -> dict[int, DatedEntry]:
    """Return of which feed, and from when, those of some entries are that some feeds brought."""
    query = select(entries.c.id, entries.c.feed_id, entries.c.published).where(
        entries.c.id.in_(entry_ids), entries.c.feed_id.in_(feed_ids)
    )
    return {row.id: DatedEntry(row.feed_id, row.published) for row in await tx.execute(query)}


async def off_topic(tx: Tx, entry_ids: Sequence[int], topic: str) -> frozenset[int]:
    """Return which of some entries are not about a topic; none where the topic is `all`."""
    if topic == "all":
        return frozenset()
    on_topic_ids = select(verdicts.c.entry_id).where(
        verdicts.c.topic == topic, verdicts.c.relevant, each(tx, verdicts.c.entry_id, entry_ids)
    )
    return frozenset(entry_ids) - set((await tx.execute(on_topic_ids)).scalars())


async def record_page(
    tx: Tx, entry_id: int, text: str | None, page: Page | None = None, *, regroup: bool = False
) -> None:
    """Record that a page was read; its text replaces the teaser when it is given, its picture and author fill
    gaps.

    That is no new version: the publisher has changed nothing. `regroup` lets its story count as changed all
    the same.
    """
    values: dict[str, Any] = {"read_due_at": None}
    if text is not None:
        values |= {"text": text, "text_kind": TextKind.PAGE}
    if page is not None:
        values |= {"wall": page.wall} | {
            name: case((entries.c[name] == "", value), else_=entries.c[name])
            for name, value in (("image", page.image), ("author", page.author))
        }
    if regroup:
        values["grouped_at"] = None
    await tx.execute(update(entries).where(entries.c.id == entry_id).values(values))
    if text is not None:
        await entry_search.index(tx, [entry_id])


async def record_page_failure(tx: Tx, entry_id: int, again_at: Sequence[datetime]) -> None:
    """Record that a page could not be read: it is due again at the moment for so many tries, never when there
    is none left.
    """
    ladder = [
        (entries.c.read_tries == tries, literal(moment, Moment)) for tries, moment in enumerate(again_at)
    ]
    due = case(*ladder, else_=None) if ladder else None
    await tx.execute(
        update(entries)
        .where(entries.c.id == entry_id)
        .values(read_due_at=due, read_tries=entries.c.read_tries + 1)
        .execution_options(**UNSEEN)
    )


async def newest_on(tx: Tx, topic: str, feed_ids: Sequence[int], limit: int) -> list[Entry]:
    """Return the entries of some feeds that were last added on a topic (`all` takes every one), newest
    first.
    """
    query = with_feed().where(among(tx, entries.c.feed_id, feed_ids))
    if topic != "all":
        on_topic = select(verdicts.c.entry_id).where(
            verdicts.c.entry_id == entries.c.id, verdicts.c.topic == topic, verdicts.c.relevant
        )
        query = query.where(on_topic.exists())
    return [entry_of(row) for row in await tx.execute(query.order_by(entries.c.id.desc()).limit(limit))]


async def count_since(tx: Tx, since: datetime, feed_ids: Sequence[int]) -> int:
    """Return how many entries of some feeds were seen since a moment."""
    condition = and_(entries.c.first_seen >= since, among(tx, entries.c.feed_id, feed_ids))
    query = select(func.count()).where(condition)
    return int((await tx.execute(query)).scalar_one())


async def titles_since(
    tx: Tx, since: datetime, topic: str, feed_ids: Sequence[int], limit: int
) -> list[TitledEntry]:
    """Return the titles of entries on a topic that some feeds published since a moment, with their stories;
    the newest, at most `limit`.
    """
    on_topic = (
        select(verdicts.c.entry_id)
        .where(verdicts.c.entry_id == entries.c.id, verdicts.c.topic == topic, verdicts.c.relevant)
        .exists()
    )
    columns = (entries.c.story_id, feeds.c.outlet, entries.c.title, entries.c.link, entries.c.published)
    query = (
        select(*columns)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(
            entries.c.first_seen >= since,
            entries.c.published >= since,
            entries.c.feed_id.in_(feed_ids),
            entries.c.story_id.is_not(None),
            on_topic,
        )
        .order_by(entries.c.first_seen.desc())
        .limit(limit)
    )
    return [TitledEntry(**row._mapping) for row in await tx.execute(query)]


async def verdict_of(tx: Tx, entry_id: int, topic: str) -> Verdict | None:
    """Return what was decided about an entry and a topic."""
    query = select(verdicts).where(verdicts.c.entry_id == entry_id, verdicts.c.topic == topic)
    row = (await tx.execute(query)).first()
    return (
        Verdict(topic=row.topic, relevant=row.relevant, score=row.score, reason=row.reason, rules=row.rules)
        if row
        else None
    )
