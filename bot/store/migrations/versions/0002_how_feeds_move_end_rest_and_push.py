"""How feeds move, end, rest and push"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """How feeds move, end, rest and push."""
    op.add_column("feeds", sa.Column("failing_since", Moment(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("noticed_at", Moment(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("searched_at", Moment(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("gone_at", Moment(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("moved_to", sa.Text(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("moved_since", Moment(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("moved_seen", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("item_hashes", sa.Text(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("rhythm", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("newest_at", Moment(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("ttl", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("skip_hours", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("feeds", sa.Column("skip_days", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("feeds", sa.Column("former_key", sa.Text(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("hub", sa.Text(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("hub_topic", sa.Text(), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("hub_key", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("hub_secret", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("feeds", sa.Column("hub_asked_at", Moment(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("hub_until", Moment(timezone=True), nullable=True))
    op.create_index("ix_feeds_hub_key", "feeds", ["hub_key"], unique=False)
    op.add_column("entries", sa.Column("categories", sa.JSON(), nullable=False, server_default="[]"))
