"""The role of a server whose members manage its places"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Only those manage a server whom the platform names, until a manager says otherwise."""
    op.add_column(
        "servers", sa.Column("manager_role", sa.String(length=64), nullable=False, server_default="")
    )
