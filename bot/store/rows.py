"""Reading rows into nouns, and the one insert that differs between databases."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Table
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
