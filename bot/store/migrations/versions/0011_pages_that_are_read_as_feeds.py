"""Pages that are read as feeds"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """What is at a feed's address: all that were there before are feeds."""
    op.add_column("feeds", sa.Column("format", sa.String(length=16), nullable=False, server_default="feed"))
