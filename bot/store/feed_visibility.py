"""Who a feed counts for: everybody, the servers that added it, or the one server that its address is a secret
of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, or_, select, update

from bot.model import ChannelState, Feed, FeedState
from bot.store import feed_rules
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import channels, feed_servers, feeds, servers
from bot.store.schema import feed_rules as rules_table
from bot.store.subscriptions import replace_feed


def counts_in(server: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Match the feeds that count in a server: those for everybody, and those it added."""
    added_by_server = and_(feed_servers.c.feed_id == feeds.c.id, feed_servers.c.server_id == server)
    return or_(
        feeds.c.shared,
        exists(select(feed_servers.c.feed_id).where(added_by_server).correlate_except(feed_servers)),
    )


async def link(tx: Tx, feed_id: int, server_id: int) -> None:
    """Remember that a server added a feed."""
    row = {"feed_id": feed_id, "server_id": server_id}
    await tx.execute(insert(tx, feed_servers).values(row).on_conflict_do_nothing())


async def linked_to(tx: Tx, server_id: int) -> frozenset[int]:
    """Return the feeds that a server added."""
    query = select(feed_servers.c.feed_id).where(feed_servers.c.server_id == server_id)
    return frozenset((await tx.execute(query)).scalars())


async def unlink(tx: Tx, feed_id: int, server_id: int) -> None:
    """Let a feed count no more in a server that added it; one that counts nowhere then is polled no more."""
    await feed_rules.remember(tx, feed_id, server_id)
    added = and_(feed_servers.c.feed_id == feed_id, feed_servers.c.server_id == server_id)
    await tx.execute(delete(feed_servers).where(added))
    counts_elsewhere = exists(select(feed_servers.c.feed_id).where(feed_servers.c.feed_id == feed_id))
    is_unread = and_(feeds.c.id == feed_id, feeds.c.shared.is_(False), ~counts_elsewhere)
    await tx.execute(update(feeds).where(is_unread).values(state=FeedState.RETIRED))


async def relink(tx: Tx, feed_id: int, server_id: int) -> str | None:
    """Let a feed count again in a server that had it; returns its title, or its address
    where it has none yet, None for any other.

    Where it has become another server's own meanwhile, the address is read anew: nobody learns of that.
    """
    query = select(feeds.c.title, feeds.c.url, feeds.c.server_id).where(
        feeds.c.id == feed_id, _was_of(server_id)
    )
    row = (await tx.execute(query)).first()
    if row is None:
        return None
    own_id = await _own_of(tx, feed_id, server_id)
    if own_id is None:
        is_free = row.server_id is None
        own_id = feed_id if is_free else await _insert_copy(tx, feed_id, added_by=server_id)
    is_retired = and_(feeds.c.id == own_id, feeds.c.state != FeedState.ACTIVE)
    await tx.execute(update(feeds).where(is_retired).values(state=FeedState.ACTIVE, next_poll_at=None))
    await link(tx, own_id, server_id)
    return str(row.title or row.url)


def _was_of(server_id: int) -> ColumnElement[bool]:
    """Match the feeds that a server has had."""
    remembered = and_(rules_table.c.feed_id == feeds.c.id, rules_table.c.server_id == server_id)
    return or_(
        feeds.c.added_by == server_id,
        exists(select(rules_table.c.feed_id).where(remembered).correlate(feeds)),
    )


async def _own_of(tx: Tx, feed_id: int, server_id: int) -> int | None:
    """Return the feed that is a server's own and has the address of another one."""
    url_key = select(feeds.c.url_key).where(feeds.c.id == feed_id).scalar_subquery()
    query = select(feeds.c.id).where(feeds.c.server_id == server_id, feeds.c.url_key == url_key)
    return (await tx.execute(query)).scalar_one_or_none()


async def former_ids(tx: Tx, server_id: int) -> dict[int, int]:
    """Return under which ids a server had feeds before they became its own, by the ids that they have now.

    People go on calling them so: a new number would tell that others read the same address.
    """
    former = feeds.alias("former")
    query = (
        select(feeds.c.id, func.min(former.c.id))
        .join(former, and_(former.c.url_key == feeds.c.url_key, former.c.id < feeds.c.id))
        .join(rules_table, and_(rules_table.c.feed_id == former.c.id, rules_table.c.server_id == server_id))
        .where(feeds.c.server_id == server_id)
        .group_by(feeds.c.id)
    )
    return {row[0]: row[1] for row in await tx.execute(query)}


_COPIED = ("url", "url_key", "title", "outlet", "home", "language", "kind", "format")
"""What a server's own copy of a feed begins with."""


async def make_own(tx: Tx, feed: Feed, server_id: int) -> int:
    """Let a feed that servers added be private to one of them; returns its id, which is another where others
    read it, too.
    """
    if feed.server_id == server_id:
        return feed.id
    own_id = await _own_of(tx, feed.id, server_id)
    if own_id is None and await readers_of(tx, feed) == [server_id]:
        own = {"server_id": server_id, "added_by": server_id}
        await tx.execute(update(feeds).where(feeds.c.id == feed.id).values(own))
        return feed.id
    if own_id is None:
        own_id = await _insert_copy(tx, feed.id, server_id=server_id, added_by=server_id)
    await tx.execute(update(feeds).where(feeds.c.id == own_id).values(state=FeedState.ACTIVE))
    await link(tx, own_id, server_id)
    await unlink(tx, feed.id, server_id)
    await feed_rules.copy_to_twin(tx, feed.id, own_id)
    await replace_feed(tx, feed.id, own_id, server_id)
    return int(own_id)


async def _insert_copy(tx: Tx, feed_id: int, **values: Any) -> int:
    """Add a feed with the address of another one; returns its id."""
    query = select(*(feeds.c[name] for name in _COPIED)).where(feeds.c.id == feed_id)
    row = (await tx.execute(query)).mappings().one()
    copy = {**row, "origin": "person", "shared": False, **values}
    return int((await tx.execute(insert(tx, feeds).values(copy).returning(feeds.c.id))).scalar_one())


READER = case((feeds.c.shared, 0), else_=func.coalesce(feed_servers.c.server_id, feeds.c.added_by, 0)).label(
    "reader"
)
"""A server that a feed is read for, in a query `with_readers`; 0 where it is read for everybody."""


def with_readers(query: Select[Any]) -> Select[Any]:
    """Return a query of feeds with one row for each server that one is read for."""
    return query.outerjoin(feed_servers, and_(feed_servers.c.feed_id == feeds.c.id, ~feeds.c.shared))


def is_wanted(lost_before: datetime) -> ColumnElement[bool]:
    """Match the feeds that somebody can be told of: all but those whose servers have lost every channel
    before a moment.
    """
    channels_of_readers = (
        select(channels.c.id)
        .join(feed_servers, feed_servers.c.server_id == channels.c.server_id)
        .where(feed_servers.c.feed_id == feeds.c.id)
        .correlate(feeds)
    )
    is_lost = and_(channels.c.state == ChannelState.PAUSED, channels.c.state_at < lost_before)
    has_lost = exists(channels_of_readers.where(is_lost))
    has_kept = exists(
        channels_of_readers.where(
            or_(channels.c.state == ChannelState.ACTIVE, channels.c.state_at >= lost_before)
        )
    )
    return or_(feeds.c.shared, ~has_lost, has_kept)


async def readers_of(tx: Tx, feed: Feed) -> list[int]:
    """Return the servers that a feed is read for; [0] for one that is read for everybody."""
    query = with_readers(select(READER).select_from(feeds)).where(feeds.c.id == feed.id)
    return list((await tx.execute(query.order_by(READER))).scalars())


async def servers_of(tx: Tx, feed_ids: Iterable[int]) -> dict[int, frozenset[int] | None]:
    """Return in which servers some feeds count, None for those that count for everybody."""
    query = (
        select(feeds.c.id, feeds.c.shared, feed_servers.c.server_id)
        .outerjoin(feed_servers, feed_servers.c.feed_id == feeds.c.id)
        .where(feeds.c.id.in_(set(feed_ids)))
    )
    servers: dict[int, frozenset[int] | None] = {}
    for row in await tx.execute(query):
        before = servers.get(row.id) or frozenset()
        visible_servers = before | ({row.server_id} if row.server_id is not None else frozenset())
        servers[row.id] = None if row.shared else visible_servers
    return servers


async def join(tx: Tx, feed_id: int, twin: int) -> None:
    """Let a feed count wherever one counts whose place it takes: in the servers that added that, for
    everybody where it was for everybody.
    """
    added_rows = await tx.execute(select(feed_servers.c.server_id).where(feed_servers.c.feed_id == feed_id))
    for server_id in added_rows.scalars().all():
        await link(tx, twin, server_id)
    await feed_rules.copy_to_twin(tx, feed_id, twin)
    if (await tx.execute(select(feeds.c.shared).where(feeds.c.id == feed_id))).scalar_one():
        await tx.execute(
            update(feeds).where(feeds.c.id == twin, feeds.c.server_id.is_(None)).values(shared=True)
        )


async def hand_over(tx: Tx, made_up: int, server_id: int) -> None:
    """Let what was added under a server that was made up count in the real one, whose channels it is for."""
    added_rows = await tx.execute(select(feed_servers.c.feed_id).where(feed_servers.c.server_id == made_up))
    for feed_id in added_rows.scalars().all():
        await link(tx, feed_id, server_id)
    await tx.execute(delete(feed_servers).where(feed_servers.c.server_id == made_up))
    await feed_rules.hand_over(tx, made_up, server_id)
    feeds_of_server = {
        row.url_key: row.id
        for row in await tx.execute(select(feeds.c.id, feeds.c.url_key).where(feeds.c.server_id == server_id))
    }
    secret = select(feeds.c.id, feeds.c.url_key).where(feeds.c.server_id == made_up)
    for row in (await tx.execute(secret)).all():
        if row.url_key in feeds_of_server:
            await replace_feed(tx, row.id, feeds_of_server[row.url_key])
        else:
            await tx.execute(update(feeds).where(feeds.c.id == row.id).values(server_id=server_id))


@dataclass(frozen=True, slots=True)
class Adder:
    """A server that added a feed. `name` is empty where its platform gives none."""

    platform: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A feed that counts only in the servers that added it, and could count for everybody."""

    feed_id: int
    title: str
    outlet: str
    url: str
    servers: tuple[Adder, ...]


async def waiting_feeds(tx: Tx) -> list[Waiting]:
    """Return the feeds that could count for everybody, once they have been read: those that most servers
    added first.
    """
    query = (
        select(feeds.c.id, feeds.c.title, feeds.c.outlet, feeds.c.url, servers.c.platform, servers.c.name)
        .select_from(feeds)
        .join(feed_servers)
        .join(servers, servers.c.id == feed_servers.c.server_id)
        .where(_waits())
        .order_by(feeds.c.id, servers.c.id)
    )
    waiting_feeds: dict[int, Waiting] = {}
    for row in await tx.execute(query):
        waiting_feed = waiting_feeds.get(row.id)
        adders = (*(waiting_feed.servers if waiting_feed else ()), Adder(row.platform, row.name))
        waiting_feeds[row.id] = Waiting(
            feed_id=row.id, title=row.title, outlet=row.outlet, url=row.url, servers=adders
        )
    return sorted(waiting_feeds.values(), key=lambda feed: -len(feed.servers))


def _waits() -> ColumnElement[bool]:
    return and_(
        feeds.c.state == FeedState.ACTIVE,
        ~feeds.c.shared,
        feeds.c.server_id.is_(None),
        feeds.c.first_ok_at.is_not(None),
    )


async def share(tx: Tx, feed_id: int, *, shared: bool) -> str | None:
    """Let a feed that a server added count for everybody, or there alone again; returns its title, None where
    it is not one for that.

    A private feed never is, and what the configuration declares counts for everybody anyway.
    """
    added_by_server = exists(select(1).where(feed_servers.c.feed_id == feeds.c.id).correlate(feeds))
    active_feed = and_(
        feeds.c.id == feed_id,
        feeds.c.state == FeedState.ACTIVE,
        feeds.c.server_id.is_(None),
        feeds.c.origin != "config",
        added_by_server,
    )
    statement = update(feeds).where(active_feed).values(shared=shared).returning(feeds.c.title)
    title: str | None = (await tx.execute(statement)).scalar_one_or_none()
    return title


async def unannounced(tx: Tx) -> list[int]:
    """Return the feeds that wait and that no operator was told of; none where there is but one server with
    channels, for whom nothing would change.
    """
    if len((await tx.execute(select(channels.c.server_id).distinct().limit(2))).all()) < 2:
        return []
    return list(
        (await tx.execute(select(feeds.c.id).where(_waits(), feeds.c.offered_at.is_(None)))).scalars()
    )


async def mark_announced(tx: Tx, feed_ids: Sequence[int], now: datetime) -> None:
    """Remember that operators were told that feeds wait."""
    await tx.execute(update(feeds).where(feeds.c.id.in_(feed_ids)).values(offered_at=now))
