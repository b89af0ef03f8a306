"""All rows of one database brought into another, in steps that may be interrupted, and compared row by row.

A table whose rows have an id goes on after the last one that arrived; of others what arrived is thrown away
when the transfer goes on. `facts`, which tells whether a database is whole, comes last.
"""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import Table, delete, func, null, select

from bot.errors import StoreError
from bot.store.database import Store, Tx
from bot.store.dump import (
    is_empty,
    load_table,
    refer,
    references_within,
    reset_sequences,
    rows_of,
    tables_of,
)
from bot.store.entry_search import has_index, index_all
from bot.store.schema import facts
from bot.store.system import fact, remember

ARRIVING = "arriving_from"
"""The fact of a database that is being filled; its value is the instance whose rows arrive."""

MOVE_TARGET = "moved_to"
"""The fact of a database whose rows were brought elsewhere: when, and where to."""


async def is_arriving(tx: Tx) -> bool:
    """Tell whether a database is only half filled."""
    return await fact(tx, ARRIVING) is not None


async def moved_to(tx: Tx) -> str:
    """Return when and whither a database was moved, empty where it was not."""
    return await fact(tx, MOVE_TARGET) or ""


async def forget_move(tx: Tx) -> None:
    """Let a database be used that was moved elsewhere."""
    await tx.execute(delete(facts).where(facts.c.name == MOVE_TARGET))


async def record_move(tx: Tx, where: str, now: datetime) -> None:
    """Remember that the rows of a database are elsewhere now."""
    await remember(tx, MOVE_TARGET, f"{where} on {now:%Y-%m-%d at %H:%M} UTC")


async def begin_transfer(target: Store, instance: str) -> bool:
    """Make a target ready for the rows of an instance, or for the rest of them; returns False where all have
    arrived. Raises `StoreError` where it holds anything else.
    """
    async with target.write() as tx:
        arriving = await fact(tx, ARRIVING)
        if arriving is None and await fact(tx, "instance") == instance:
            return False
        if arriving is None and not await is_empty(tx):
            msg = "The database to move to is not empty. Name an empty one."
            raise StoreError(msg)
        if arriving not in {None, instance}:
            msg = "The database to move to is half filled from another instance. Name an empty one."
            raise StoreError(msg)
        await remember(tx, ARRIVING, instance)
        for table in reversed(await tables_of(tx)):
            if "id" not in table.c and table.name != facts.name:
                await tx.execute(delete(table))
    return True


async def transfer(source: Store, target: Store, tell: Callable[[str, int], object]) -> None:
    """Bring all rows over but the facts, and tell of each table how many it has; both databases are of the
    newest schema, and nobody else writes to either. Raises `StoreError`.
    """
    arriving_tables = await _tables_by_name(target)
    async with source.read() as reading:
        for table in await tables_of(reading):
            if table.name != facts.name:
                tell(table.name, await _bring(reading, target, table, arriving_tables[table.name]))


async def copy_tables(source: Store, target: Store, names: Sequence[str]) -> None:
    """Bring the rows of some tables into an empty database of the same schema."""
    arriving_tables = await _tables_by_name(target)
    async with source.read() as reading:
        for table in await tables_of(reading):
            if table.name in names:
                await _bring(reading, target, table, arriving_tables[table.name])
    async with target.write() as tx:
        await reset_sequences(tx, await tables_of(tx))


async def _tables_by_name(store: Store) -> dict[str, Table]:
    async with store.read() as tx:
        return {table.name: table for table in await tables_of(tx)}


async def _bring(reading: Tx, target: Store, table: Table, arriving_table: Table) -> int:
    async with target.read() as tx:
        count, newest = await _count(tx, arriving_table)
    names = [column.name for column in table.columns]
    async with aclosing(rows_of(reading, table, after_id=newest)) as batches:
        async for rows in batches:
            async with target.write() as tx:
                count += await load_table(tx, arriving_table, names, _without_references(table, rows))
    await _fill_references(reading, target, table, arriving_table)
    return count


async def _count(tx: Tx, table: Table) -> tuple[int, int | None]:
    """Return how many rows a table has, and the id of its last one."""
    newest = func.max(table.c.id) if "id" in table.c else null()
    count, last = (await tx.execute(select(func.count(), newest).select_from(table))).one()
    return int(count), last


def _without_references(table: Table, rows: list[list[Any]]) -> list[list[Any]]:
    """Return rows that do not refer to others of their table yet: these may come later."""
    refers = {column.name for column in references_within(table)}
    return [
        [None if column.name in refers else value for column, value in zip(table.columns, row, strict=True)]
        for row in rows
    ]


async def _fill_references(reading: Tx, target: Store, table: Table, arriving_table: Table) -> None:
    for column in references_within(table):
        query = select(table.c.id, column).where(column.is_not(None))
        references = [{"row": row, "means": other} for row, other in await reading.execute(query)]
        async with target.write() as tx:
            await refer(tx, arriving_table.c[column.name], references)


async def finish_transfer(source: Store, target: Store) -> None:
    """Let the facts arrive, and with them the end of the transfer; what is derived is made anew."""
    async with source.read() as reading, target.write() as tx:
        tables = await tables_of(tx)
        (own_table,) = [table for table in await tables_of(reading) if table.name == facts.name]
        (arriving_table,) = [table for table in tables if table.name == facts.name]
        await tx.execute(delete(arriving_table))
        async with aclosing(rows_of(reading, own_table)) as batches:
            async for rows in batches:
                await load_table(tx, arriving_table, [column.name for column in own_table.columns], rows)
        await reset_sequences(tx, tables)
        if await tx.run_sync(has_index):
            await tx.run_sync(index_all)


async def find_difference(source: Store, target: Store) -> str:
    """Compare two databases row by row but for their facts; return the first table and row that differ, empty
    where none does.
    """
    async with source.read() as first, target.read() as second:
        tables = {table.name: table for table in await tables_of(second)}
        for table in (table for table in await tables_of(first) if table.name != facts.name):
            number = await _first_difference(first, second, table, tables[table.name])
            if number:
                return f"{table.name}, row {number}"
    return ""


async def _first_difference(first: Tx, second: Tx, table: Table, other: Table) -> int:
    """Return the number of the first row of a table that differs from the other's, 0 where none does."""
    count, names = 0, [column.name for column in table.columns]
    async with (
        aclosing(rows_of(first, table)) as batches,
        aclosing(rows_of(second, other, names=names)) as others,
    ):
        async for rows in batches:
            other_rows: list[list[Any]] = await anext(others, [])
            if rows != other_rows:
                pairs = zip_longest(rows, other_rows)
                return count + 1 + next(place for place, (one, two) in enumerate(pairs) if one != two)
            count += len(rows)
        return count + 1 if await anext(others, []) else 0
