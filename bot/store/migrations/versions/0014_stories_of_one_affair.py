"""Stories of one affair"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Stories of one affair: grouping relates those that come from now on."""
    op.create_table(
        "related_stories",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["stories.id"], name=op.f("fk_related_stories_first_id_stories")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["stories.id"], name=op.f("fk_related_stories_second_id_stories")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_related_stories")),
    )
    op.create_index("ix_related_stories_second_id", "related_stories", ["second_id"])
