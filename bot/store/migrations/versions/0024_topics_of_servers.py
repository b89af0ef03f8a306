"""Topics that servers make for themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Terms under a name of a server; a subscription to one knows its name and its terms."""
    op.create_table(
        "own_topics",
        sa.Column("server_id", sa.Integer(), sa.ForeignKey("servers.id"), primary_key=True),
        sa.Column("name_key", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("within", sa.String(64), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    for name, kind in (("own_topic", sa.String(64)), ("own_topic_key", sa.String(64)), ("topic_terms", sa.Text())):
        op.add_column("subscriptions", sa.Column(name, kind, nullable=False, server_default=""))
