"""Short names and limits of subscriptions, the look of channels, and what readers choose for themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """No subscription had a name or limits of its own, no channel a look, and nobody had chosen anything."""
    op.add_column("subscriptions", sa.Column("name", sa.String(32), nullable=False, server_default=""))
    for name in ("posts_per_hour", "posts_per_day", "feed_cap"):
        op.add_column("subscriptions", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("channels", sa.Column("look", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "reader_languages",
        sa.Column("platform", sa.String(16), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("language", sa.String(16), nullable=False),
    )
    op.create_table(
        "mutes",
        sa.Column("platform", sa.String(16), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("term", sa.String(100), primary_key=True),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "follows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("change_no", sa.Integer(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_follows_channel_id_channels")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint(
            "platform", "person", "story_id", name=op.f("uq_follows_platform_person_story_id")
        ),
    )
    op.create_index("ix_follows_story_id", "follows", ["story_id"])
