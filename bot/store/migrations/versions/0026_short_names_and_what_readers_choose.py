"""Short names and limits of subscriptions, and what readers choose for themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """No subscription had a name or limits of its own, and nobody had chosen anything."""
    op.add_column("subscriptions", sa.Column("name", sa.String(32), nullable=False, server_default=""))
    for name in ("posts_per_hour", "posts_per_day", "feed_cap"):
        op.add_column("subscriptions", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
