"""`strillone storage`: what uses how much of a database, what housekeeping will free; and room given back."""

import shutil
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url
from structlog.typing import FilteringBoundLogger

from bot.app.lease import ProcessLease
from bot.app.running import utc_now
from bot.cli.existing_store import open_existing
from bot.errors import StoreError
from bot.feeds.opml import read_opml
from bot.jobs import Keep
from bot.settings import Settings, load
from bot.store import Store, Tx, storage
from bot.store.storage import FileUse, Forgettable

SHOWN_MIN = 0.005
"""Share of the whole below which tables are shown in one line."""


async def show_storage(console: Console, log: FilteringBoundLogger, *, shrink: bool) -> int:
    """Print what the database holds, or give its empty room back; returns 0. Raises `StoreError`."""
    settings = load(read_opml)
    async with open_existing(settings.database) as store:
        if shrink:
            await _shrink(store, settings, console, log)
        else:
            await _show(store, settings, console)
    return 0


async def _show(store: Store, settings: Settings, console: Console) -> None:
    async with store.read() as tx:
        file = await storage.measure_file(tx)
        uses = await storage.measure_tables(tx)
        pending = await _pending(tx, settings.file.keep.keep())
    free = f", {_bytes(file.free)} of it empty" if store.is_sqlite else ""
    console.print(f"The database holds {_bytes(file.size)}{free}.", markup=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("table")
    table.add_column("rows", justify="right")
    table.add_column("size with indices", justify="right")
    large_uses = [use for use in uses if use.size is None or use.size >= SHOWN_MIN * file.size]
    for use in large_uses:
        table.add_row(use.name, f"{use.rows:,}", "?" if use.size is None else _bytes(use.size))
    rest = [use for use in uses if use not in large_uses]
    rest_size = _bytes(sum(use.size or 0 for use in rest))
    table.add_row(f"{len(rest)} others", f"{sum(use.rows for use in rest):,}", rest_size)
    console.print(table)
    _print_pending(console, pending)
    if file.free * 4 > file.size:
        console.print("`strillone storage --shrink` gives the empty room back to the disk.", markup=False)


async def _pending(tx: Tx, keep: Keep) -> list[tuple[str, str, Forgettable | None]]:
    """Return what housekeeping has yet to forget: what, by which setting, and how much; None for nothing
    ever.
    """
    now = utc_now()
    texts = await storage.count_texts(tx, now - keep.texts) if keep.texts else None
    untold_entries = await storage.count_entries(tx, now - keep.entries) if keep.entries else None
    told_texts = await storage.count_told_texts(tx, now - keep.entries) if keep.entries else None
    posts = await storage.count_posts(tx, now - keep.posts) if keep.posts else None
    return [
        ("texts beyond their opening", "texts_days", texts),
        ("entries that nobody was told or saved", "entries_days", untold_entries),
        ("words of what was told", "entries_days", told_texts),
        ("what posts were made of, and why", "posts_days", posts),
    ]


def _print_pending(console: Console, pending: list[tuple[str, str, Forgettable | None]]) -> None:
    console.print("Housekeeping has yet to forget, by [keep] in strillone.toml:", markup=False)
    for what, setting, found in pending:
        amount = "never" if found is None else f"{found.rows:,} ({_bytes(found.size)})"
        console.print(f"  {what} ({setting}): {amount}", markup=False, soft_wrap=True)


async def _shrink(store: Store, settings: Settings, console: Console, log: FilteringBoundLogger) -> None:
    """Write an SQLite file anew, while no other Strillone runs on it. Raises `StoreError`."""
    if not store.is_sqlite:
        console.print("PostgreSQL uses empty room again by itself (autovacuum): nothing to do.", markup=False)
        return
    lease = ProcessLease.of(store, utc_now, log)
    await lease.take(standby=0)
    try:
        async with store.read() as tx:
            before = await storage.measure_file(tx)
        _check_room(settings, before)
        console.print(
            f"Writing {_bytes(before.size - before.free)} anew: some seconds for each 100 MB, "
            "more on a slow disk.",
            markup=False,
        )
        await storage.shrink_file(store)
        async with store.read() as tx:
            after = await storage.measure_file(tx)
    finally:
        await lease.drop()
    console.print(f"{_bytes(before.size)} before, {_bytes(after.size)} now.", markup=False)


def _check_room(settings: Settings, use: FileUse) -> None:
    """Refuse where the disk has no room for what is written beside the old file: a copy, and its log."""
    folder = Path(make_url(settings.database).database or ".").parent
    needed, free = 2 * (use.size - use.free), shutil.disk_usage(folder).free
    if free < needed:
        msg = (
            f"The disk has {_bytes(free)} free, and writing the file anew needs {_bytes(needed)}. Free some, "
            "or move the database to a larger disk: `strillone backup`, then `strillone restore` there."
        )
        raise StoreError(msg)


def _bytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} kB"
