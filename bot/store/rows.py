"""Reading rows into nouns, and what is written differently for the two databases."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Table, any_, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(tx: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that knows `on_conflict_do_nothing` and `on_conflict_do_update` on either database."""
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def pick(row: Row[Any], names: Iterable[str]) -> Mapping[str, Any]:
    """Return the named columns of a row."""
    mapping = row._mapping
    return {name: mapping[name] for name in names}


def among(tx: AsyncConnection, column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Match a column that has one of some numbers: all of them are one parameter, for there may be thousands.

    They only choose among what other conditions find: the sum keeps SQLite from walking an index of the
    column, number by number, through all of history.
    """
    if tx.dialect.name == "sqlite":
        return each(tx, column + 0, numbers)
    return each(tx, column, numbers)


def each(tx: AsyncConnection, column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Match a column that has one of some numbers, each of which is looked up in an index of the column: all
    of them are one parameter, for there may be thousands.
    """
    if tx.dialect.name == "sqlite":
        values = func.json_each(json.dumps(list(numbers))).table_valued("value")
        return column.in_(select(values.c.value))
    return column == any_(literal(list(numbers), postgresql.ARRAY(Integer)))
