"""The role that posts of a channel mention"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Nobody is mentioned until a manager says so."""
    op.add_column("channels", sa.Column("mention", sa.String(length=64), nullable=False, server_default=""))
