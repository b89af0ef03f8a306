"""How feeds are asked for, and what places make of them"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """What is sent to a feed beside, how often, and whether pages are read; what a server, or everybody (0), makes of it."""
    op.add_column("feeds", sa.Column("poll_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("reads_pages", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("feeds", sa.Column("headers", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("feeds", sa.Column("proxy", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "feed_rules",
        sa.Column("feed_id", sa.Integer(), sa.ForeignKey("feeds.id"), primary_key=True),
        sa.Column("server_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("daily_cap", sa.Integer()),
        sa.Column("leads", sa.Boolean()),
        sa.Column("for_models", sa.Boolean()),
    )
    op.create_index("ix_feed_rules_server_id", "feed_rules", ["server_id"])
