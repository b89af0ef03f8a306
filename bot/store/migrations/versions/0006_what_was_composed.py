"""What was composed, so that a post can be corrected"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """What was composed, so that a post can be corrected."""
    op.create_table(
        "composed",
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("lengths", sa.JSON(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_composed_operation_id")),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_composed")),
    )
    op.create_index("ix_composed_at", "composed", ["at"])
    op.create_table(
        "composed_entries",
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_composed_entries_entry_id")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["composed.operation_id"], name=op.f("fk_composed_entries_operation_id")
        ),
        sa.PrimaryKeyConstraint("operation_id", "entry_id", name=op.f("pk_composed_entries")),
    )
    op.create_index("ix_composed_entries_entry_id", "composed_entries", ["entry_id"])
    op.create_index("ix_entry_versions_change_at", "entry_versions", ["change", "at"])
