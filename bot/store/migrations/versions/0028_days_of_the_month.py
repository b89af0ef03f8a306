"""Schedules know days of the month"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """A subscription keeps on which days of a month, and in which of its weeks, it is posted: on all."""
    for name in ("month_days", "weeks"):
        op.add_column("subscriptions", sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
