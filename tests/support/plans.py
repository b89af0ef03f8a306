"""How the databases mean to carry out what `bot.store` asks them: what walks through a table that grows with history is a fault.

Every statement that a test lets the store execute is explained before it runs, once for each database. SQLite names what it scans whole.
PostgreSQL would scan or hash any small table, so that it is told not to where it can help it: what it scans then is without an index.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

import bot.store

STORE = str(Path(bot.store.__file__).parent)
WHOLE_TABLES = frozenset(
    str(Path(STORE, name)) for name in ("dump.py", "replay.py", "storage.py", "transfer.py")
)
"""What reads whole tables because it copies or counts them."""

GROWING = frozenset({
    "answers", "composed", "composed_entries", "entries", "entry_versions", "entry_words", "operations", "placements", "related_stories", "saved_stories", "slots", "stories",
    "told", "verdicts", "written",
})  # fmt: skip
"""Tables that have more rows the longer the bot lives, or the more news there is."""

ALLOWED = (
    "UPDATE operations SET not_before=",  # a clock was set back: once, and whoever did it waits for it
    # from the newest change back to a slot that was missed: what came since
    "SELECT max(stories.change_no) AS max_1 FROM stories WHERE",
    # whether an entry is wanted: PostgreSQL reads all verdicts at once only where they are few
    "SELECT entries.id FROM entries JOIN feeds",
    # by the beginning of their key: SQLite scans a table of which it has counted a row or two
    "DELETE FROM entry_versions WHERE entry_versions.entry_id = ",
)
"""What statements begin with that may scan."""

BACKWARDS = re.compile(r"ORDER BY (?:entries|operations)\.id DESC LIMIT \S+(?: OFFSET \S+)?$")
"""How a statement ends that walks back from the newest row until it has found as many as are shown."""

CHOICES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material")
"""What PostgreSQL prefers to an index where tables are small."""

WALK = re.compile(r"SCAN (\w+)(?! VIRTUAL TABLE)|SEARCH (\w+) USING (?:COVERING )?INDEX \w+$")
"""What SQLite calls a walk: a scan, and the search of the least or greatest value that also meets a condition (sqlite.org/optoverview.html,
"The MIN/MAX Optimization").
"""

ASKED = "asked by the store"
"""Where a connection notes that the statement which comes is the store's, and no test's."""

_explained: set[tuple[str, str]] = set()


@contextmanager
def watched_plans() -> Iterator[list[str]]:
    """Explain what the store executes meanwhile, what was explained before excepted; gives the scans that are not allowed."""
    scans: list[str] = []
    execute = AsyncConnection.execute

    async def noted(self: AsyncConnection, *args: Any, **options: Any) -> Any:
        assert self.sync_connection is not None
        file = sys._getframe(1).f_code.co_filename
        self.sync_connection.info[ASKED] = file.startswith(STORE) and file not in WHOLE_TABLES
        return await execute(self, *args, **options)

    def explain(
        connection: Connection, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        is_ours = connection.info.pop(ASKED, False) and sql.startswith(("SELECT", "UPDATE", "DELETE"))
        asked = (connection.dialect.name, _shape(sql))
        if not is_ours or asked in _explained:
            return
        _explained.add(asked)
        found = scanned(connection, sql, parameters[0] if many else parameters)
        line = " ".join(sql.split())
        if found and not (line.startswith(ALLOWED) or BACKWARDS.search(line)):
            scans.append(f"{', '.join(sorted(found))} on {connection.dialect.name}: {line}")

    event.listen(Engine, "before_cursor_execute", explain)
    AsyncConnection.execute = noted  # type: ignore[method-assign]
    try:
        yield scans
    finally:
        AsyncConnection.execute = execute  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", explain)


def scanned(connection: Connection, sql: str, parameters: Any) -> set[str]:
    """Return the growing tables that a statement walks through."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
        found = {match[1] or match[2] for row in rows if (match := WALK.match(row.detail))}
        if found and _has_counted(connection):
            found = set()
    else:
        for choice in CHOICES:
            connection.exec_driver_sql(f"SET LOCAL {choice} = off")
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()
        for choice in CHOICES:
            connection.exec_driver_sql(f"SET LOCAL {choice} = on")
        found = set(_walked(plan[0]["Plan"]))
    return {table for name in found if (table := re.sub(r"_\d+$", "", name)) in GROWING}


def _has_counted(connection: Connection) -> bool:
    """Whether SQLite has counted its tables: it rightly walks through those that a test leaves small."""
    named = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"
    return connection.exec_driver_sql(named).first() is not None


def _walked(node: dict[str, Any], above: str = "") -> Iterator[str]:
    is_found = "Index Cond" in node or "Recheck Cond" in node
    is_first = above == "Limit" and "Filter" not in node and node["Node Type"].startswith("Index")
    if "Relation Name" in node and not (is_found or is_first) and node["Node Type"] != "ModifyTable":
        yield node["Relation Name"]
    for inner in node.get("Plans", ()):
        yield from _walked(inner, node["Node Type"])


def _shape(sql: str) -> str:
    """Return a statement with as many parameters in its lists as in any other one."""
    return re.sub(r"\((?:(?:\?|%\(\w+\)s(?:::\w+)?)(?:, )?)+\)", "(?)", sql)
