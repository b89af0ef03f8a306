"""What is kept, and for how long"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Keys of entries that are gone, by which their feeds may still name them, and indices by which is found
    what has been kept long enough. No text was cut and no entry is gone yet.
    """
    op.create_table(
        "gone_keys",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_gone_keys_feed_id_feeds")),
        sa.PrimaryKeyConstraint("feed_id", "digest", name=op.f("pk_gone_keys")),
        sqlite_with_rowid=False,
    )
    op.add_column("entries", sa.Column("text_cut", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_entries_whole_text",
        "entries",
        ["first_seen"],
        sqlite_where=sa.text("text_cut IS 0"),
        postgresql_where=sa.text("text_cut IS false"),
    )
    op.create_index(
        "ix_told_with_text",
        "told",
        ["told_at"],
        sqlite_where=sa.text("said != ''"),
        postgresql_where=sa.text("said != ''"),
    )
    op.create_index("ix_saved_stories_story_id", "saved_stories", ["story_id"])
