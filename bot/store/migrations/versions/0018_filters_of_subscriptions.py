"""Filters of subscriptions"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """The line of terms by which a subscription takes or leaves out news."""
    op.add_column("subscriptions", sa.Column("filter", sa.Text(), nullable=False, server_default=""))
