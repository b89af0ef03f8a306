"""Paused places, views behind links, claims and usage"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Rights that a place lacks, keys of views, chats of operators, claims that replace, trusted servers, and what servers use."""
    op.add_column("channels", sa.Column("missing", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "channels", sa.Column("view_key", sa.String(length=32), nullable=False, server_default="")
    )
    op.add_column("persons", sa.Column("chat", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("claims", sa.Column("replaces", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("servers", sa.Column("trusted", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "usage",
        sa.Column("server_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name=op.f("fk_usage_server_id_servers")),
        sa.PrimaryKeyConstraint("server_id", "day", "kind", name=op.f("pk_usage")),
    )
    op.add_column("feeds", sa.Column("added_by", sa.Integer(), nullable=True))
    _name_adders()
    _key_channels()
    _trust_known_servers()


def _key_channels() -> None:
    """Give every channel the key by which its posts' links show its view."""
    connection = op.get_bind()
    channels = sa.table("channels", sa.column("id"), sa.column("view_key"))
    for number in connection.execute(sa.select(channels.c.id)).scalars().all():
        key = channels.update().where(channels.c.id == number).values(view_key=secrets.token_hex(8))
        connection.execute(key)


def _name_adders() -> None:
    """Record for feeds that do not count for everybody which server reads them at whose expense: the first that added them."""
    feeds = sa.table("feeds", sa.column("id"), sa.column("shared"), sa.column("added_by"))
    adders = sa.table("feed_servers", sa.column("feed_id"), sa.column("server_id"))
    first = sa.select(sa.func.min(adders.c.server_id)).where(adders.c.feed_id == feeds.c.id).scalar_subquery()
    op.get_bind().execute(feeds.update().where(sa.not_(feeds.c.shared)).values(added_by=first))


def _trust_known_servers() -> None:
    """Trust the servers that have added feeds already: what people set up keeps working."""
    feeds = sa.table("feed_servers", sa.column("server_id"))
    servers = sa.table("servers", sa.column("id"), sa.column("trusted"))
    known = sa.select(feeds.c.server_id)
    op.get_bind().execute(servers.update().where(servers.c.id.in_(known)).values(trusted=True))
