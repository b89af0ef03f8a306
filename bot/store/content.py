"""How often what is shown of the news has changed: what was loaded before a change is loaded anew.

Every transaction that writes to one of those tables counts itself at its end, in the database, so that the
other processes on it notice, too.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, event, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.dml import UpdateBase

from bot.store.rows import insert
from bot.store.schema import counters, entries, feeds, related_stories, stories, verdicts

COUNTER = "content_no"

SHOWN = frozenset({entries, feeds, related_stories, stories, verdicts})
"""The tables of which stories and their order are made."""

UNSEEN: Mapping[str, Any] = {"unseen": True}
"""The execution options of a statement that writes to such a table only what no reader sees of it, as when a
feed is polled again: there are many of those.
"""

_CHANGED = "changes_content"


def watch(engine: AsyncEngine) -> None:
    """Notice which transactions of an engine change what is shown."""
    event.listen(engine.sync_engine, "before_execute", _note)


def _note(
    connection: Connection,
    statement: Any,
    _multiparams: Any,
    _params: Any,
    execution_options: Mapping[str, Any],
) -> None:
    if isinstance(statement, UpdateBase) and statement.table in SHOWN and "unseen" not in execution_options:
        connection.info[_CHANGED] = True


async def begin(tx: AsyncConnection) -> None:
    """Forget what an earlier transaction of the same connection has changed."""
    (await tx.get_raw_connection()).info.pop(_CHANGED, None)


async def count_change(tx: AsyncConnection) -> None:
    """Count a transaction that has changed what is shown: as the last thing it does, for others that count
    themselves wait from here to its end.
    """
    if not (await tx.get_raw_connection()).info.pop(_CHANGED, False):
        return
    statement = insert(tx, counters).values(name=COUNTER, value=1)
    plus_one = {"value": counters.c.value + 1}
    await tx.execute(statement.on_conflict_do_update(index_elements=[counters.c.name], set_=plus_one))


async def change_count(tx: AsyncConnection) -> int:
    """Return how many transactions have changed what is shown, as a transaction sees it."""
    query = select(counters.c.value).where(counters.c.name == COUNTER)
    return int((await tx.execute(query)).scalar() or 0)
