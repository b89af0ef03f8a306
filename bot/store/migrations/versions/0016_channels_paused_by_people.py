"""Channels paused by people"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Since when, and until when, a person lets nothing be posted in a channel."""
    for name in ("paused_at", "paused_until"):
        op.add_column("channels", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
