"""Indices of what grows"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

WITHOUT_KEY = sa.text("link_key = ''")


def upgrade() -> None:
    """Indices by which queries find the window they ask for, however much came before it."""
    op.drop_index("ix_stories_changed_at", "stories")
    op.create_index("ix_stories_changed_at_change_no", "stories", ["changed_at", "change_no"])
    op.create_index("ix_stories_merged_into", "stories", ["merged_into"])
    op.drop_index("ix_entries_feed_id_link_key", "entries")
    op.create_index("ix_entries_link_key_feed_id", "entries", ["link_key", "feed_id"])
    op.create_index("ix_entries_feed_id_published", "entries", ["feed_id", "published"])
    op.create_index("ix_entries_first_seen_feed_id", "entries", ["first_seen", "feed_id"])
    op.create_index("ix_entries_published", "entries", ["published"])
    op.create_index("ix_entries_without_link_key", "entries", ["feed_id"], sqlite_where=WITHOUT_KEY, postgresql_where=WITHOUT_KEY)
    op.create_index("ix_told_channel_id_told_at", "told", ["channel_id", "told_at"])
    op.create_index("ix_told_operation_id", "told", ["operation_id"])
    op.create_index("ix_told_story_id", "told", ["story_id"])
