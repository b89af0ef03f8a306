"""Servers told once, lists seen, news that wakes"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Servers told once, lists seen, news that wakes."""
    op.add_column("servers", sa.Column("once", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column(
        "channels", sa.Column("quiet_wakes", sa.String(length=16), nullable=False, server_default="")
    )
    op.create_table(
        "seen",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("thread", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("stories", sa.JSON(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "address", "thread", "person", name=op.f("pk_seen")),
    )
