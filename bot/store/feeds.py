"""Feeds: which are due, and what a poll brought."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Boolean, ColumnElement, Row, Select, and_, bindparam, case, func, or_, select, update

from bot.model import Feed, FeedFormat, FeedInView, FeedRules, FeedState, ParsedFeed
from bot.store import feed_rules, feed_visibility
from bot.store.content import UNSEEN
from bot.store.database import Tx
from bot.store.feed_rules import NO_RULES
from bot.store.feed_visibility import READER, counts_in, is_wanted, link, with_readers
from bot.store.rows import insert
from bot.store.schema import feed_servers, feeds

UNWANTED_AFTER = timedelta(days=7)
"""How long every channel of those who added a feed must be lost before it is polled no more."""

NAMES = tuple(f.name for f in fields(Feed) if f.name not in {"rules", "former_id"})


def _select() -> Select[Any]:
    """Select all but `item_hashes`, which is long and only read for parsing."""
    return select(*(feeds.c[name] for name in NAMES))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFeed:
    """A feed as the configuration or a person names it; `url_key` is the address without its spelling
    variants.

    `server_id` is the server that adds it, None for everybody; a `private` one has a secret in its address.
    """

    url: str
    url_key: str
    title: str
    outlet: str
    language: str = ""
    kind: str = "news outlet"
    weight: float = 1.0
    ai_only: bool = False
    home: str = ""
    server_id: int | None = None
    private: bool = False
    format: FeedFormat = FeedFormat.FEED


def _feed(row: Row[Any], rules: FeedRules = NO_RULES, former_id: int = 0) -> Feed:
    values: dict[str, Any] = dict(zip(NAMES, row, strict=True))
    values["state"] = FeedState(values["state"])
    values["format"] = FeedFormat(values["format"])
    return Feed(**values, rules=rules, former_id=former_id)


async def get(tx: Tx, feed_id: int) -> Feed | None:
    """Return a feed."""
    row = (await tx.execute(_select().where(feeds.c.id == feed_id))).first()
    return _feed(row) if row else None


async def due(tx: Tx, now: datetime, limit: int, of_one_server: int) -> list[Feed]:
    """Return active feeds whose time has come, longest overdue first; new ones (no time yet) first of all.

    Of those that a server reads for itself at most so many, however many it added: they are polled in turn,
    and others beside them. One that several servers added has its turn when it comes for any of them, and
    none while all of them are lost to us: nobody wants it then.
    """
    due_condition = and_(
        or_(feeds.c.next_poll_at.is_(None), feeds.c.next_poll_at <= now), is_wanted(now - UNWANTED_AFTER)
    )
    order = (feeds.c.next_poll_at.is_not(None), feeds.c.next_poll_at, feeds.c.id)
    turn = func.row_number().over(partition_by=READER, order_by=order).label("turn")
    waiting = with_readers(select(feeds.c.id, READER, turn).select_from(feeds))
    ordered_feeds = waiting.where(feeds.c.state == FeedState.ACTIVE, due_condition).subquery()
    fair = select(ordered_feeds.c.id).where(
        or_(ordered_feeds.c.reader == 0, ordered_feeds.c.turn <= of_one_server)
    )
    query = _select().where(feeds.c.id.in_(fair)).order_by(*order).limit(limit)
    return [_feed(row) for row in await tx.execute(query)]


async def visible(tx: Tx, server_id: int | None) -> list[Feed]:
    """Return the active feeds a server may see: those for everybody, and what it added itself; with what it
    makes of each.
    """
    rules = await feed_rules.load(tx, server_id or 0)
    visible_condition = counts_in(server_id) if server_id else feeds.c.shared
    query = (
        _select()
        .where(feeds.c.state == FeedState.ACTIVE, visible_condition)
        .order_by(feeds.c.title, feeds.c.id)
    )
    rows = list(await tx.execute(query))
    former_ids = await feed_visibility.former_ids(tx, server_id) if server_id else {}
    free = {own: former for own, former in former_ids.items() if former not in {row.id for row in rows}}
    return [_feed(row, rules.get(row.id, NO_RULES), free.get(row.id, 0)) for row in rows]


async def in_view(tx: Tx, server_id: int | None) -> list[FeedInView]:
    """Return the active feeds a server may see, as `visible` does, with what a digest and most commands need:
    whole feeds would cost more than those.
    """
    rules = await feed_rules.load(tx, server_id or 0)
    visible_condition = counts_in(server_id) if server_id else feeds.c.shared
    query = (
        select(feeds.c.id, feeds.c.failures, feeds.c.title, feeds.c.outlet)
        .where(feeds.c.state == FeedState.ACTIVE, visible_condition)
        .order_by(feeds.c.title, feeds.c.id)
    )
    return [
        FeedInView(feed_id, failures, rules.get(feed_id, NO_RULES), title, outlet)
        for feed_id, failures, title, outlet in (await tx.execute(query)).all()
    ]


async def all_active(tx: Tx) -> list[Feed]:
    """Return every active feed, of whichever server."""
    query = _select().where(feeds.c.state == FeedState.ACTIVE).order_by(feeds.c.id)
    return [_feed(row) for row in await tx.execute(query)]


async def add(tx: Tx, feed: DeclaredFeed, origin: str) -> int:
    """Add a feed, or revive and return the one that has this address already. A person's feed never changes a
    configured one.

    What a server adds counts there alone until it is shared; what is added without a server counts for
    everybody. A configured feed that its publisher has ended stays retired until a person asks for it again.
    """
    same_feed = and_(_at(feed.url_key), or_(feeds.c.server_id.is_(None), feeds.c.server_id == feed.server_id))
    query: Select[Any] = select(feeds.c.id, feeds.c.state, feeds.c.gone_at, feeds.c.title).where(same_feed)
    is_own = and_(feeds.c.server_id == feed.server_id, feeds.c.state == FeedState.ACTIVE)
    order = case((is_own, 0), (feeds.c.server_id.is_(None), 1), else_=2)
    existing = (await tx.execute(query.order_by(order).limit(1))).first()
    feed_id = await _insert(tx, feed, origin) if existing is None else int(existing.id)
    if existing is not None:
        await tx.execute(
            update(feeds).where(feeds.c.id == feed_id).values(_changes_on_readding(existing, feed, origin))
        )
    if feed.server_id is not None:
        await link(tx, feed_id, feed.server_id)
    return feed_id


async def _insert(tx: Tx, feed: DeclaredFeed, origin: str) -> int:
    values = {
        f.name: getattr(feed, f.name) for f in fields(DeclaredFeed) if f.name not in {"private", "server_id"}
    }
    values |= {"shared": feed.server_id is None, "server_id": feed.server_id if feed.private else None}
    values["added_by"] = feed.server_id
    result = await tx.execute(insert(tx, feeds).values(**values, origin=origin).returning(feeds.c.id))
    return int(result.scalar_one())


def _changes_on_readding(existing: Row[Any], feed: DeclaredFeed, origin: str) -> dict[str, Any]:
    """Return what changes about a known feed when it is added once more."""
    is_retired_by_host = (
        existing.state == FeedState.RETIRED and existing.gone_at is not None and origin == "config"
    )
    values: dict[str, Any] = {"state": FeedState.RETIRED if is_retired_by_host else FeedState.ACTIVE}
    if existing.state == FeedState.RETIRED:
        values["origin"] = origin
    if feed.server_id is None:
        values["shared"] = True
    rests = and_(feeds.c.failures == 0, feeds.c.error != "")  # at the expense of those who added it before
    values["next_poll_at"] = case((rests, None), else_=feeds.c.next_poll_at)
    values["format"] = case((feeds.c.first_ok_at.is_(None), feed.format), else_=feeds.c.format)
    if origin == "config":
        return values | {
            "title": feed.title,
            "outlet": feed.outlet,
            "language": feed.language,
            "kind": feed.kind,
            "weight": feed.weight,
            "ai_only": feed.ai_only,
            "origin": origin,
        }
    return values if existing.title else values | {"title": feed.title, "outlet": feed.outlet}


def _at(url_key: str) -> ColumnElement[bool]:
    """Match the feed that has an address, or had it before it moved."""
    return or_(feeds.c.url_key == url_key, feeds.c.former_key == url_key)


async def move(tx: Tx, feed: Feed, url: str, url_key: str) -> None:
    """Give a feed another address. The old one still means it; what was sent to its host is sent to no
    other.
    """
    before, after = urlsplit(feed.url), urlsplit(url)
    is_at_home = (before.hostname, before.port) == (after.hostname, after.port)
    await tx.execute(
        update(feeds)
        .where(feeds.c.id == feed.id)
        .values(
            headers=feed.headers if is_at_home else {},
            url=url,
            url_key=url_key,
            former_key=case((feeds.c.former_key == "", feeds.c.url_key), else_=feeds.c.former_key),
            etag="",
            last_modified="",
            body_hash="",
            item_hashes="",
            moved_to="",
            moved_since=None,
            moved_seen=0,
            searched_at=None,
            hub="",
            hub_topic="",
            hub_until=None,
        )
    )


async def count_feeds_added_by(tx: Tx, server_id: int) -> int:
    """Return how many active feeds that do not count for everybody a server has added."""
    condition = and_(
        feed_servers.c.server_id == server_id, feeds.c.state == FeedState.ACTIVE, feeds.c.shared.is_(False)
    )
    query = select(func.count()).select_from(feeds.join(feed_servers)).where(condition)
    return int((await tx.execute(query)).scalar_one())


async def retire_missing(tx: Tx, origin: str, kept_ids: Sequence[int]) -> None:
    """Stop polling feeds of this origin that are no longer declared. What a server had added, too, counts on,
    but there alone.
    """
    missing = and_(feeds.c.origin == origin, feeds.c.id.not_in(kept_ids))
    is_added_by_server = feeds.c.id.in_(select(feed_servers.c.feed_id))
    still_wanted = and_(missing, is_added_by_server, feeds.c.state == FeedState.ACTIVE)
    await tx.execute(update(feeds).where(still_wanted).values(shared=False, origin="person"))
    await tx.execute(update(feeds).where(missing).values(shared=False, state=FeedState.RETIRED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What a successful poll leaves with a feed: validators to send next time, and when that is."""

    feed_id: int
    at: datetime
    next_poll_at: datetime
    etag: str
    last_modified: str
    body_hash: str
    moved_to: str = ""
    moved_since: datetime | None = None
    moved_seen: int = 0


HEALTHY: dict[str, Any] = {
    "failures": 0,
    "error": "",
    "failing_since": None,
    "noticed_at": None,
    "searched_at": None,
    "gone_at": None,
}
"""What a success makes of a feed that failed before."""


async def polled(tx: Tx, polls: Sequence[Polled]) -> None:
    """Record successful polls."""
    statement = (
        update(feeds)
        .where(feeds.c.id == bindparam("feed_id"))
        .values(
            polled_at=bindparam("at"),
            ok_at=bindparam("at"),
            first_ok_at=func.coalesce(feeds.c.first_ok_at, bindparam("at")),
            next_poll_at=bindparam("next_at"),
            etag=bindparam("new_etag"),
            last_modified=bindparam("new_modified"),
            body_hash=bindparam("hash"),
            moved_to=bindparam("moved"),
            moved_since=bindparam("since"),
            moved_seen=bindparam("seen"),
            **HEALTHY,
        )
    )
    rows = [
        {
            "feed_id": p.feed_id,
            "at": p.at,
            "next_at": p.next_poll_at,
            "new_etag": p.etag,
            "new_modified": p.last_modified,
            "hash": p.body_hash,
            "moved": p.moved_to,
            "since": p.moved_since,
            "seen": p.moved_seen,
        }
        for p in polls
    ]
    if rows:
        await tx.execute(statement.execution_options(**UNSEEN), rows)


async def items_of(tx: Tx, feed_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return the hashes of the items that feeds held when they were last parsed, by feed."""
    rows = await tx.execute(select(feeds.c.id, feeds.c.item_hashes).where(feeds.c.id.in_(feed_ids)))
    return {row.id: frozenset(row.item_hashes.split()) for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A successful poll of a changed document, and what the document tells of its feed: its items, its
    rhythm, what it asks of those who poll.
    """

    before: Feed
    poll: Polled
    feed: ParsedFeed
    rhythm: timedelta
    newest: datetime | None


READ = (
    "title",
    "language",
    "home",
    "item_hashes",
    "rhythm",
    "newest_at",
    "ttl",
    "skip_hours",
    "skip_days",
    "polled_at",
    "ok_at",
    "first_ok_at",
    "next_poll_at",
    "etag",
    "last_modified",
    "body_hash",
    "moved_to",
    "moved_since",
    "moved_seen",
)
"""What is written when a document was read."""


async def record_documents(tx: Tx, reads: Sequence[Read]) -> None:
    """Record what changed documents tell. What one says of itself is taken where nobody has said it yet."""
    rows = [_row_of(read) for read in reads]
    if rows:
        changes: dict[str, Any] = {name: bindparam(f"new_{name}") for name in READ}
        statement = update(feeds).where(feeds.c.id == bindparam("feed_id")).values(**changes, **HEALTHY)
        await tx.execute(statement.execution_options(**UNSEEN), rows)
    for read in reads:
        if not read.before.outlet:
            await set_values(tx, read.before.id, outlet=_own_name(read.before, read.feed))


def _row_of(read: Read) -> dict[str, Any]:
    before, poll, feed = read.before, read.poll, read.feed
    values = {
        "title": before.title or _own_name(before, feed),
        "language": before.language or feed.language,
        "home": before.home or feed.home,
        "item_hashes": " ".join(feed.items),
        "rhythm": int(read.rhythm.total_seconds()),
        "newest_at": read.newest,
        "ttl": feed.min_interval,
        "skip_hours": sorted(feed.skip_hours),
        "skip_days": sorted(feed.skip_days),
        "polled_at": poll.at,
        "ok_at": poll.at,
        "first_ok_at": before.first_ok_at or poll.at,
        "next_poll_at": poll.next_poll_at,
        "etag": poll.etag,
        "last_modified": poll.last_modified,
        "body_hash": poll.body_hash,
        "moved_to": poll.moved_to,
        "moved_since": poll.moved_since,
        "moved_seen": poll.moved_seen,
    }
    return {"feed_id": before.id} | {f"new_{name}": values[name] for name in READ}


def _own_name(before: Feed, feed: ParsedFeed) -> str:
    """Return how a feed calls itself, else the host that serves it."""
    return feed.title or urlsplit(before.url).hostname or ""


async def set_values(tx: Tx, feed_id: int, **values: Any) -> None:
    """Change a feed."""
    await tx.execute(update(feeds).where(feeds.c.id == feed_id).values(values))


async def twin_of(tx: Tx, url_key: str, server_id: int | None) -> int | None:
    """Return the feed that has this address already, and that is not private to another server."""
    same_feed = and_(_at(url_key), or_(feeds.c.server_id.is_(None), feeds.c.server_id == server_id))
    query = (
        select(feeds.c.id)
        .where(same_feed, feeds.c.state == FeedState.ACTIVE)
        .order_by(feeds.c.server_id.is_not(None))
    )
    return (await tx.execute(query.limit(1))).scalar_one_or_none()


async def by_hub_key(tx: Tx, key: str) -> Feed | None:
    """Return the feed that a hub knows by this key."""
    row = (await tx.execute(_select().where(feeds.c.hub_key == key))).first() if key else None
    return _feed(row) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPoll:
    """What a failed poll leaves with a feed: the cause in the words that `/status` shows; `gone` ones are
    counted from the first on.
    """

    feed_id: int
    at: datetime
    next_poll_at: datetime
    error: str
    gone: bool = False


async def record_failures(tx: Tx, failures: Sequence[FailedPoll]) -> None:
    """Record failed polls."""
    at = bindparam("at", type_=feeds.c.polled_at.type)
    statement = (
        update(feeds)
        .where(feeds.c.id == bindparam("feed_id"))
        .values(
            polled_at=at,
            next_poll_at=bindparam("next_at"),
            failures=feeds.c.failures + 1,
            error=bindparam("cause"),
            failing_since=func.coalesce(feeds.c.failing_since, at),
            gone_at=case((bindparam("gone", type_=Boolean), func.coalesce(feeds.c.gone_at, at)), else_=None),
            moved_to="",
            moved_since=None,
            moved_seen=0,
        )
    )
    rows = [
        {"feed_id": f.feed_id, "at": f.at, "next_at": f.next_poll_at, "cause": f.error[:500], "gone": f.gone}
        for f in failures
    ]
    if rows:
        await tx.execute(statement.execution_options(**UNSEEN), rows)
