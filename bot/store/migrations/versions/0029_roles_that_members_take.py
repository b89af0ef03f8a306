"""Whether members take the role that posts mention themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Nobody takes a role until a manager lets them."""
    op.add_column(
        "channels",
        sa.Column("mention_self_assignable", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
