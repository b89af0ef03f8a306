"""How pages are read"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """How pages are read."""
    op.add_column("entries", sa.Column("read_tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("entries", sa.Column("wall", sa.String(length=16), nullable=False, server_default=""))
