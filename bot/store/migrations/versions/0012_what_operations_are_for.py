"""What operations are for, as columns"""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

INTENTS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"(?P<purpose>digest|night|recap):(?P<subject>\d+):[^:]*:(?P<part>\d+)",
        r"(?P<purpose>story):\d+:(?P<subject>\d+):\d+:(?P<part>\d+)",
        r"(?P<purpose>catchup):\d+:\d+:(?P<part>\d+)",
        r"(?P<purpose>notice):\d+:(?:server:(?P<subject>\d+):)?.*:(?P<part>\d+)",
        r"(?P<purpose>lost list):\d+:(?P<subject>\d+):\d+:(?P<part>\d+)",
        r"(?P<purpose>edit):(?P<document>\d+):(?P<edited>\d+):(?P<subject>\d+)\.\d+",
        r"(?P<purpose>correction|retraction):\d+:(?P<subject>\d+)\.\d+(?::(?P<part>\d+))?",
        r"(?P<purpose>instead):(?P<edit>edit:\d+:\d+:\d+\.\d+)(?::(?P<part>\d+))?",
    )
)
"""How intents were composed when they were the only place that said what an operation is."""

BATCH_ROWS = 1000

operations = sa.table(
    "operations", sa.column("id", sa.Integer), sa.column("intent", sa.String), sa.column("purpose", sa.String),
    sa.column("subject_id", sa.Integer), sa.column("part", sa.Integer), sa.column("document_id", sa.Integer),
    sa.column("priority", sa.Integer),
)


def upgrade() -> None:
    """What operations are for, whom or what they are about, which part of which document they carry, and how urgent they are."""
    op.add_column(
        "operations", sa.Column("purpose", sa.String(length=16), nullable=False, server_default="notice")
    )
    op.add_column("operations", sa.Column("subject_id", sa.Integer(), nullable=True))
    op.add_column("operations", sa.Column("part", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("operations", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.execute(  # Alembic adds no reference to a table of SQLite; both systems understand this
        "ALTER TABLE operations ADD COLUMN document_id INTEGER "
        "CONSTRAINT fk_operations_document_id REFERENCES operations (id)"
    )
    _read_intents(op.get_bind())
    op.create_index("ix_operations_document_id", "operations", ["document_id"])
    op.create_index("ix_operations_purpose_subject_id", "operations", ["purpose", "subject_id"])


def _read_intents(connection: sa.Connection) -> None:
    """Fill the columns of operations that are there from their intents. One that nobody here composes stays a notice about nothing."""
    firsts: dict[str, int] = {}
    edits: dict[str, int] = {}
    parts: dict[int, int] = {}
    statement = (
        operations.update()
        .where(operations.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam(f"new_{name}") for name in ("purpose", "subject_id", "part", "document_id", "priority")})
    )
    after = 0
    query = sa.select(operations.c.id, operations.c.intent).order_by(operations.c.id).limit(BATCH_ROWS)
    while rows := connection.execute(query.where(operations.c.id > after)).all():
        after = rows[-1].id
        found = [(row, match) for row in rows if (match := _match(row.intent)) is not None]
        records = [_record(row, match, firsts, edits, parts) for row, match in found]
        if records:
            connection.execute(statement, records)


def _match(intent: str) -> re.Match[str] | None:
    return next((match for pattern in INTENTS if (match := pattern.fullmatch(intent))), None)


def _record(
    row: Any, match: re.Match[str], firsts: dict[str, int], edits: dict[str, int], parts: dict[int, int]
) -> dict[str, object]:
    """Return the values of one operation; the first parts of documents, edits and parts before it are known by then, for ids count upwards."""
    groups = match.groupdict()
    purpose, subject = groups["purpose"], int(groups.get("subject") or 0) or None
    part = int(groups.get("part") or 1)
    document_id: int | None
    if purpose == "edit":
        part, document_id = parts.get(int(groups["edited"]), 1), int(groups["document"])
        edits[row.intent] = row.id
    else:
        whole = row.intent[: match.start("part") - 1] if groups["part"] else row.intent
        first = firsts.setdefault(whole, row.id)
        document_id = first if first != row.id else None
        parts[row.id] = part
    if purpose == "instead":
        subject = edits.get(groups["edit"])
    return {
        "row": row.id, "new_purpose": purpose, "new_subject_id": subject, "new_part": part,
        "new_document_id": document_id, "new_priority": int(purpose == "story"),
    }
