"""Points and comments of entries"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """How often lists of links (Hacker News) say that an entry was voted for and talked about; none of any other."""
    op.add_column("entries", sa.Column("points", sa.Integer()))
    op.add_column("entries", sa.Column("comments", sa.Integer()))
