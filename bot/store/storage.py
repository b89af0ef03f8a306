"""What uses how much of the database, what retention has yet to free, and how the room is given back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal_column, select, text

from bot.store.database import Store, Tx
from bot.store.entry_search import TABLE as SEARCH_TABLE
from bot.store.retention import FINISHED, KEPT_OPENING, is_forgettable
from bot.store.schema import (
    answers,
    entries,
    metadata,
    operations,
    slots,
    told_marks,
)


@dataclass(frozen=True, slots=True)
class TableUse:
    """A table with its rows and its bytes, those of its indices included; None where they are not known."""

    name: str
    rows: int
    size: int | None


@dataclass(frozen=True, slots=True)
class FileUse:
    """How large a database is, and how much of it is empty: kept for what comes."""

    size: int
    free: int


@dataclass(frozen=True, slots=True)
class Forgettable:
    """What is kept no longer than until housekeeping comes to it: how many rows, and about how many bytes."""

    rows: int
    size: int


async def measure_tables(tx: Tx) -> list[TableUse]:
    """Return what each table uses, the largest first. It counts every row: with a million it takes
    seconds.
    """
    sizes = await (_sizes_on_sqlite(tx) if tx.dialect.name == "sqlite" else _sizes_on_postgres(tx))
    uses = [
        TableUse(table, await _count(tx, table), sizes.get(table))
        for table in sorted([*metadata.tables, SEARCH_TABLE])
    ]
    return sorted(uses, key=lambda use: (-(use.size or 0), -use.rows))


async def _count(tx: Tx, table: str) -> int:
    return int((await tx.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar_one())  # noqa: S608  names of our own tables


async def _sizes_on_sqlite(tx: Tx) -> dict[str, int]:
    """Return bytes by table; nothing where SQLite was built without the table that tells them (dbstat)."""
    modules = (await tx.execute(text("SELECT name FROM pragma_module_list WHERE name = 'dbstat'"))).all()
    if not modules:
        return {}
    query = text(
        "SELECT coalesce(part.tbl_name, stat.name), sum(stat.pgsize) FROM dbstat('main', 1) AS stat "
        "LEFT JOIN sqlite_schema AS part ON part.name = stat.name GROUP BY 1"
    )
    sizes: dict[str, int] = {}
    for name, size in await tx.execute(query):
        table = SEARCH_TABLE if name.startswith(f"{SEARCH_TABLE}_") else name
        sizes[table] = sizes.get(table, 0) + int(size)
    return sizes


async def _sizes_on_postgres(tx: Tx) -> dict[str, int]:
    query = text(
        "SELECT relname, pg_total_relation_size(pg_class.oid) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    return {name: int(size) for name, size in await tx.execute(query)}


async def measure_file(tx: Tx) -> FileUse:
    """Return how large the database is; PostgreSQL does not tell how much of it is empty."""
    if tx.dialect.name != "sqlite":
        size = (await tx.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()
        return FileUse(int(size), 0)
    query = text(
        "SELECT page_count * page_size, freelist_count * page_size "
        "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    )
    size, free = (await tx.execute(query)).one()
    return FileUse(int(size), int(free))


async def count_texts(tx: Tx, before: datetime) -> Forgettable:
    """Return the texts that were first seen before a moment and are not cut yet."""
    rest = func.length(entries.c.text) - KEPT_OPENING
    is_long = and_(entries.c.text_cut.is_(False), entries.c.first_seen < before, rest > 0)
    return await _total(tx, rest, is_long)


async def count_entries(tx: Tx, before: datetime) -> Forgettable:
    """Return the entries of before a moment that need not stay."""
    size = func.length(entries.c.text) + func.length(entries.c.title) + func.length(entries.c.link)
    return await _total(tx, size, and_(entries.c.first_seen < before, is_forgettable(before)))


async def count_told_texts(tx: Tx, before: datetime) -> Forgettable:
    """Return the words in which stories were told before a moment."""
    has_text = and_(told_marks.c.told_at < before, told_marks.c.said != "")
    return await _total(tx, func.length(told_marks.c.said), has_text)


async def count_posts(tx: Tx, before: datetime) -> Forgettable:
    """Return what posts of before a moment were made of, with the digests' reasons and answers to calls."""
    payload = func.length(cast(operations.c.payload, Text))
    condition = and_(operations.c.created_at < before, operations.c.state.in_(FINISHED), payload > len("{}"))
    reasons = func.length(cast(slots.c.skipped, Text))
    parts = [
        await _total(tx, payload, condition),
        await _total(tx, reasons, slots.c.published_at < before),
        await _total(tx, literal_column("60"), answers.c.at < before),
    ]
    return Forgettable(sum(part.rows for part in parts), sum(part.size for part in parts))


async def _total(tx: Tx, size: ColumnElement[int], condition: ColumnElement[bool]) -> Forgettable:
    rows, total = (await tx.execute(select(func.count(), func.sum(size)).where(condition))).one()
    return Forgettable(int(rows), int(total or 0))


async def shrink_file(store: Store) -> None:
    """Let SQLite write its whole file anew, without what is empty in it. Nobody may use it meanwhile."""
    async with store.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is not None:
            await driver.execute("VACUUM")
            await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
