"""All rows of a database, table by table, in a form that either system takes in again.

Tables are read as they stand in the database, so that a backup of an older schema is of that schema.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import StoreError
from bot.store.database import Store, Tx
from bot.store.schema import channels, metadata

STAYS = frozenset({"leases"})
"""Tables that belong to the running process, not to the instance."""

BATCH_ROWS = 500
"""Rows read or written at a time."""


@asynccontextmanager
async def consistent_snapshot(store: Store) -> AsyncIterator[Tx]:
    """Give a transaction that reads every table as it was at one moment, whatever is written meanwhile."""
    async with store.engine.connect() as tx:
        if not store.is_sqlite:
            await tx.execution_options(isolation_level="REPEATABLE READ")
        async with tx.begin():
            yield tx


async def tables_of(tx: Tx) -> list[Table]:
    """Return the tables of a database, those that others refer to first."""
    return await tx.run_sync(_reflect)


def _reflect(connection: Connection) -> list[Table]:
    reflection = MetaData()
    reflection.reflect(connection, only=lambda name, _: name in metadata.tables and name not in STAYS)
    return reflection.sorted_tables


async def is_empty(tx: Tx) -> bool:
    """Tell whether no table has a row."""
    for table in await tables_of(tx):
        if (await tx.execute(select(table).limit(1))).first() is not None:
            return False
    return True


async def platforms_of(tx: Tx) -> set[str]:
    """Return the platforms that have channels, whatever the schema."""
    return set((await tx.execute(select(channels.c.platform).distinct())).scalars())


async def rows_of(
    tx: Tx, table: Table, *, names: Sequence[str] = (), after_id: int | None = None
) -> AsyncGenerator[list[list[Any]], None]:
    """Give the rows of a table, some at a time, as lists that JSON can hold, in an order that both systems
    have: with the columns of these names where any are given, and only rows after an id where one is.
    """
    columns = [table.c[name] for name in names] if names else table.columns
    query = select(*columns).order_by(*(_sortable(column, tx) for column in table.primary_key.columns))
    result = await tx.stream(query if after_id is None else query.where(table.c.id > after_id))
    try:
        async for rows in result.partitions(BATCH_ROWS):
            yield [[_plain(value) for value in row] for row in rows]
    finally:
        await result.close()


def _sortable(column: Column[Any], tx: Tx) -> ColumnElement[Any]:
    """Return what sorts by a column: texts byte by byte, as SQLite does, whatever a server's language."""
    is_text = isinstance(column.type, String)
    return column.collate("C") if is_text and tx.dialect.name == "postgresql" else column


def _plain(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()


async def load_table(tx: Tx, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows of `rows_of`, in the order of these columns, into an empty table; returns how many. Raises
    `StoreError`.

    References of a table to itself are filled in at the end: the row that is meant may come later.
    """
    count = 0
    refers = references_within(table)
    later: dict[str, list[dict[str, Any]]] = {column.name: [] for column in refers}
    waiting = iter(rows)
    try:
        columns = [table.c[name] for name in names]
        while batch := list(islice(waiting, BATCH_ROWS)):
            records = [_row(columns, row) for row in batch]
            for column in refers:
                later[column.name] += _cut(records, column)
            await tx.execute(insert(table), records)
            count += len(records)
        for column in refers:
            await refer(tx, column, later[column.name])
    except (SQLAlchemyError, KeyError, ValueError, TypeError) as error:
        msg = f"The rows of {table.name} cannot be written: {_cause(error)}."
        raise StoreError(msg) from error
    return count


def references_within(table: Table) -> list[Column[Any]]:
    """Return the columns by which rows of a table refer to others of the same table."""
    return [c for c in table.columns if any(key.column.table is table for key in c.foreign_keys)]


def _row(columns: Sequence[Column[Any]], values: Sequence[Any]) -> dict[str, Any]:
    return {
        column.name: datetime.fromisoformat(value) if value and isinstance(column.type, DateTime) else value
        for column, value in zip(columns, values, strict=True)
    }


def _cut(rows: Sequence[dict[str, Any]], column: Column[Any]) -> list[dict[str, Any]]:
    """Take a reference out of rows; returns what is to be filled in."""
    references = [
        {"row": row["id"], "means": row[column.name]} for row in rows if row.get(column.name) is not None
    ]
    for row in rows:
        row[column.name] = None
    return references


async def refer(tx: Tx, column: Column[Any], references: Sequence[dict[str, Any]]) -> None:
    """Fill in a reference: `row` is the id of the row, `means` the one that it refers to."""
    key = column.table.c.id
    statement = update(column.table).where(key == bindparam("row")).values({column: bindparam("means")})
    if references:
        await tx.execute(statement, references)


def _cause(error: Exception) -> str:
    """Return what the database said, without the values."""
    message = str(error.orig) if isinstance(error, DBAPIError) else f"{type(error).__name__}: {error}"
    return message.splitlines()[0].rstrip(".") if message else type(error).__name__


async def reset_sequences(tx: Tx, tables: Sequence[Table]) -> None:
    """Let new rows get numbers above those that were taken in; SQLite does so by itself."""
    if tx.dialect.name == "sqlite":
        return
    for table in tables:
        if "id" in table.c:
            newest = (await tx.execute(select(func.max(table.c.id)))).scalar()
            place = func.pg_get_serial_sequence(table.name, "id")
            await tx.execute(select(func.setval(place, newest or 1, newest is not None)))
