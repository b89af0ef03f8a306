"""Whom feeds count for, and learned names"""

import re
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0008"
down_revision = "0007"

SECRET = re.compile(
    r"//[^/?#]*@|[?&](?:[\w.-]*[_.-])?(?:token|accesstoken|apikey|key|secret|auth|password|passwd|pass|pwd|sig|signature)=[^&#]"
    r"|[/=](?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[0-9]*[a-z])(?=[a-z]*[0-9])[0-9a-z]{32,})(?![\w-])",
    re.IGNORECASE,
)
"""What made an address a secret when this was written."""

feeds = sa.table(
    "feeds", sa.column("id", sa.Integer), sa.column("url", sa.Text), sa.column("url_key", sa.Text), sa.column("server_id", sa.Integer),
    sa.column("shared", sa.Boolean), sa.column("state", sa.String), sa.column("origin", sa.String), sa.column("error", sa.Text),
)
feed_servers = sa.table(
    "feed_servers", sa.column("feed_id", sa.Integer), sa.column("server_id", sa.Integer)
)
channels = sa.table("channels", sa.column("id", sa.Integer), sa.column("server_id", sa.Integer))
subscriptions = sa.table(
    "subscriptions", sa.column("id", sa.Integer), sa.column("channel_id", sa.Integer),
    sa.column("feed_ids", sa.JSON), sa.column("state", sa.String),
)


def upgrade() -> None:
    """Whom feeds count for, and learned names."""
    op.add_column("feeds", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("feeds", sa.Column("offered_at", Moment(timezone=True), nullable=True))
    op.create_table(
        "feed_servers",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_servers_feed_id")),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name=op.f("fk_feed_servers_server_id")),
        sa.PrimaryKeyConstraint("feed_id", "server_id", name=op.f("pk_feed_servers")),
    )
    op.create_index("ix_feed_servers_server_id", "feed_servers", ["server_id"])
    op.create_table(
        "names",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("outlets", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("elsewhere", sa.Integer(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("offered_at", Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_names")),
    )
    _who_added(op.get_bind())


def _who_added(connection: sa.Connection) -> None:
    """Remember which servers added what: the feeds they had for themselves, and those that their subscriptions name.

    What several servers had each for itself becomes one feed, unless its address is a secret.
    """
    added: set[tuple[int, int]] = set()
    own = connection.execute(sa.select(feeds).where(feeds.c.server_id.is_not(None)).order_by(feeds.c.id)).all()
    connection.execute(sa.update(feeds).where(feeds.c.server_id.is_not(None)).values(shared=False))
    by_address: defaultdict[str, list[Any]] = defaultdict(list)
    for feed in own:
        if SECRET.search(feed.url):
            added.add((feed.id, feed.server_id))
        else:
            by_address[feed.url_key].append(feed)
    instead: dict[int, int] = {}
    for url_key, same in by_address.items():
        kept = _one_of(connection, url_key, same)
        added |= {(kept, feed.server_id) for feed in same}
        instead |= {feed.id: kept for feed in same if feed.id != kept}
    added |= _named(connection, instead)
    for feed_id, server_id in sorted(added):
        connection.execute(sa.insert(feed_servers).values(feed_id=feed_id, server_id=server_id))


def _one_of(connection: sa.Connection, url_key: str, same: list[Any]) -> int:
    """Return the feed that stays of those at one address: the one without a server, else the first that is read; the others are retired."""
    active = [feed for feed in same if feed.state == "active"]
    free = connection.execute(sa.select(feeds).where(feeds.c.url_key == url_key, feeds.c.server_id.is_(None))).first()
    kept = free or (active or same)[0]
    others = [feed.id for feed in same if feed.id != kept.id]
    said = "It is read once for all who added it."
    connection.execute(sa.update(feeds).where(feeds.c.id.in_(others)).values(state="retired", error=said))
    if free is None:
        connection.execute(sa.update(feeds).where(feeds.c.id == kept.id).values(server_id=None))
    elif free.state == "retired" and active:
        values = {"state": "active", "shared": False, "origin": "person"}
        connection.execute(sa.update(feeds).where(feeds.c.id == kept.id).values(values))
    return int(kept.id)


def _named(connection: sa.Connection, instead: dict[int, int]) -> set[tuple[int, int]]:
    """Return which feeds active subscriptions name, with their servers; those that were retired are replaced there."""
    known = set(connection.execute(sa.select(feeds.c.id)).scalars())
    query = sa.select(subscriptions.c.id, subscriptions.c.feed_ids, subscriptions.c.state, channels.c.server_id).join(
        channels, channels.c.id == subscriptions.c.channel_id
    )
    named: set[tuple[int, int]] = set()
    for row in connection.execute(query).all():
        now = list(dict.fromkeys(instead.get(feed_id, feed_id) for feed_id in row.feed_ids))
        if now != row.feed_ids:
            connection.execute(
                sa.update(subscriptions).where(subscriptions.c.id == row.id).values(feed_ids=now)
            )
        if row.state == "active":
            named |= {(feed_id, row.server_id) for feed_id in now if feed_id in known}
    return named
