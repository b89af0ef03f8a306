"""Bars and breaking news"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bars and breaking news."""
    for table in ("subscriptions", "slots"):
        op.add_column(table, sa.Column("bar", sa.String(length=16), nullable=False, server_default="everything"))
    op.create_table(
        "capped",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_capped_story_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_capped_subscription_id")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "story_id", name=op.f("pk_capped")),
    )
    op.create_table(
        "placements",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_placements_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_placements")),
    )
