"""SQLite statements that cost one trip to the connection's thread in place of four.

aiosqlite gives every connection a thread, and SQLAlchemy asks it anew to open a cursor, to execute, to fetch
and to close. All four belong to one statement whose rows are read whole, so they are done at once there: each
trip wakes the thread and the event loop, which costs more than a small statement does.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import immutabledict


@dataclass(slots=True)
class _Outcome:
    """What is left of a cursor that was closed, as SQLAlchemy reads it behind the rows (PEP 249)."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1


class OneTripCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor that is opened, executed, read and closed in one trip."""

    __slots__ = ()

    _awaitable_cursor_close = False

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._cursor: Any = _Outcome()
        self._soft_closed_memoized = immutabledict()
        self._rows = deque()

    def close(self) -> None:
        """Forget the rows: nothing else is open."""
        self._rows.clear()

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        await self._run(lambda cursor: cursor.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._run(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    async def _run(self, execute: Callable[[sqlite3.Cursor], object]) -> None:
        driver: Any = self._connection

        def run() -> tuple[_Outcome, list[Any]]:
            cursor = driver._conn.cursor()
            try:
                execute(cursor)
                rows = cursor.fetchall() if cursor.description else []
                return _Outcome(cursor.description, cursor.rowcount, cursor.lastrowid), rows
            finally:
                cursor.close()

        async with self._adapt_connection._execute_mutex:
            self._cursor, rows = await driver._execute(run)
        self._rows = deque(rows)


class OneTripConnection(AsyncAdapt_aiosqlite_connection):
    """A connection whose statements cost one trip each."""

    __slots__ = ()

    _cursor_cls: Any = OneTripCursor


def connect(dialect: Dialect, _record: Any, arguments: Any, options: Any) -> OneTripConnection:
    """Open a connection as the dialect does, and let its statements cost one trip (`do_connect`)."""
    module: Any = dialect.loaded_dbapi
    return OneTripConnection(module, module.connect(*arguments, **options)._connection)
