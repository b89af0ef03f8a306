"""Desks of channels"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Where commands about a channel are answered: of those that were there before nobody knows."""
    op.add_column("channels", sa.Column("desk", sa.String(length=64), nullable=False, server_default=""))
