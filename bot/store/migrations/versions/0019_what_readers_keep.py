"""What readers keep for themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Stories that people save, and until when they have caught up with a channel: nobody had either."""
    op.create_table(
        "saved_stories",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "person", "story_id", name=op.f("pk_saved_stories")),
    )
    op.create_table(
        "catch_ups",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("caught_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_catch_ups_channel_id_channels")
        ),
        sa.PrimaryKeyConstraint("platform", "person", "channel_id", name=op.f("pk_catch_ups")),
    )
