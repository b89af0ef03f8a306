"""Feeds: which are due, and what a poll brought."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update

from bot.model import Feed, FeedState
from bot.store.database import Tx
from bot.store.rows import insert, pick
from bot.store.schema import feeds

NAMES = tuple(f.name for f in fields(Feed))


@dataclass(frozen=True, slots=True)
class Declared:
    """A feed as the configuration or a person names it; `url_key` is the address without its spelling variants."""

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


def _feed(row: Row[Any]) -> Feed:
    values = dict(pick(row, NAMES))
    values["state"] = FeedState(values["state"])
    return Feed(**values)


async def get(tx: Tx, feed_id: int) -> Feed | None:
    """Return a feed."""
    row = (await tx.execute(select(feeds).where(feeds.c.id == feed_id))).first()
    return _feed(row) if row else None


async def due(tx: Tx, now: datetime, limit: int) -> list[int]:
    """Return ids of active feeds whose time has come, longest overdue first; new ones (no time yet) first of all."""
    when = or_(feeds.c.next_poll_at.is_(None), feeds.c.next_poll_at <= now)
    order = (feeds.c.next_poll_at.is_not(None), feeds.c.next_poll_at, feeds.c.id)
    query = select(feeds.c.id).where(feeds.c.state == FeedState.ACTIVE, when).order_by(*order).limit(limit)
    return list((await tx.execute(query)).scalars())


async def visible(tx: Tx, server_id: int | None) -> list[Feed]:
    """Return the active feeds a server may see: the shared ones and its own."""
    mine = (
        or_(feeds.c.server_id.is_(None), feeds.c.server_id == server_id)
        if server_id
        else feeds.c.server_id.is_(None)
    )
    query = select(feeds).where(feeds.c.state == FeedState.ACTIVE, mine).order_by(feeds.c.title, feeds.c.id)
    return [_feed(row) for row in await tx.execute(query)]


async def all_active(tx: Tx) -> list[Feed]:
    """Return every active feed, of whichever server."""
    query = select(feeds).where(feeds.c.state == FeedState.ACTIVE).order_by(feeds.c.id)
    return [_feed(row) for row in await tx.execute(query)]


async def add(tx: Tx, feed: Declared, origin: str) -> int:
    """Add a feed, or revive and return the one that has this address already. A person's feed never changes a configured one."""
    same = and_(
        feeds.c.url_key == feed.url_key, or_(feeds.c.server_id.is_(None), feeds.c.server_id == feed.server_id)
    )
    order = feeds.c.server_id.is_not(None)
    query = select(feeds.c.id, feeds.c.state).where(same).order_by(order).limit(1)
    known = (await tx.execute(query)).first()
    if known is not None:
        values: dict[str, Any] = {"state": FeedState.ACTIVE}
        if known.state == FeedState.RETIRED:
            values["origin"] = origin
        if origin == "config":
            values |= {
                "title": feed.title, "outlet": feed.outlet, "language": feed.language, "kind": feed.kind,
                "weight": feed.weight, "ai_only": feed.ai_only, "origin": origin,
            }  # fmt: skip
        await tx.execute(update(feeds).where(feeds.c.id == known.id).values(values))
        return int(known.id)
    values = {name: getattr(feed, name) for name in (f.name for f in fields(Declared))}
    result = await tx.execute(insert(tx, feeds).values(**values, origin=origin).returning(feeds.c.id))
    return int(result.scalar_one())


async def retire_missing(tx: Tx, origin: str, kept: Sequence[int]) -> None:
    """Stop polling feeds of this origin that are no longer declared."""
    gone = and_(feeds.c.origin == origin, feeds.c.id.not_in(kept))
    await tx.execute(update(feeds).where(gone).values(state=FeedState.RETIRED))


async def polled(
    tx: Tx,
    feed_id: int,
    now: datetime,
    next_poll_at: datetime,
    *,
    etag: str,
    last_modified: str,
    body_hash: str,
) -> None:
    """Record a successful poll with the validators to send next time."""
    await tx.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            polled_at=now,
            ok_at=now,
            first_ok_at=func.coalesce(feeds.c.first_ok_at, now),
            next_poll_at=next_poll_at,
            etag=etag,
            last_modified=last_modified,
            body_hash=body_hash,
            failures=0,
            error="",
        )
    )


async def described(tx: Tx, feed_id: int, title: str, language: str, home: str) -> None:
    """Fill in what a feed says of itself where nobody has said it yet."""
    for column, value in (
        (feeds.c.title, title),
        (feeds.c.outlet, title),
        (feeds.c.language, language),
        (feeds.c.home, home),
    ):
        if value:
            await tx.execute(
                update(feeds).where(feeds.c.id == feed_id, column == "").values({column.name: value})
            )


async def failed(tx: Tx, feed_id: int, now: datetime, next_poll_at: datetime, error: str) -> None:
    """Record a failed poll in the words `/status` shows."""
    await tx.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(polled_at=now, next_poll_at=next_poll_at, failures=feeds.c.failures + 1, error=error[:500])
    )
