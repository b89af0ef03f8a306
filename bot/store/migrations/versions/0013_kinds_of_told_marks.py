"""Kinds of told marks"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Kinds of told marks: those that say nothing were pointers."""
    op.add_column("told", sa.Column("kind", sa.String(length=16), nullable=False, server_default="told"))
    marks = sa.table("told", sa.column("said", sa.Text), sa.column("kind", sa.String))
    op.get_bind().execute(marks.update().where(marks.c.said == "").values(kind="pointed"))
