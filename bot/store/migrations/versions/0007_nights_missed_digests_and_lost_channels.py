"""Nights, missed digests and lost channels"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nights, missed digests and lost channels."""
    for name in ("quiet_start", "quiet_end"):
        op.add_column("channels", sa.Column(name, sa.String(length=5), nullable=False, server_default=""))
    op.add_column(
        "channels", sa.Column("quiet_silent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("channels", sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
    for name in ("state_at", "retry_at"):
        op.add_column("channels", sa.Column(name, Moment(timezone=True), nullable=True))
    op.add_column(
        "subscriptions", sa.Column("missed", sa.String(length=16), nullable=False, server_default="merge")
    )
    op.add_column("operations", sa.Column("carries", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "subscriptions", sa.Column("recap", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("subscriptions", sa.Column("rests_until", Moment(timezone=True), nullable=True))
