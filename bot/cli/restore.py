"""`strillone restore`: bring a backup into an empty place. Nothing is posted from there until a person says
`strillone resume`.
"""

import os
from pathlib import Path

from rich.console import Console

from bot.app.running import utc_now
from bot.cli.archive import OWN_FOLDER, SHIPPED_FOLDER, Archive, unpacking
from bot.errors import BackupError, StoreError, StoreTooNew
from bot.settings import database_of, environment
from bot.store import Store, open_store
from bot.store.database import is_missing, knows, schema_of
from bot.store.dump import is_empty, load_table, reset_sequences, tables_of
from bot.store.entry_search import has_index, index_all
from bot.store.posting_hold import start_hold

MORE_FOLDER = "config"
"""Where in the data folder files go that replaced shipped ones."""


async def restore(file: Path, console: Console) -> int:
    """Bring in a backup; returns 0. Raises `BackupError` or `StoreError`, and then nothing has changed."""
    env = environment()
    data, address = Path(env.strillone_data), database_of(env)
    with unpacking(file) as archive:
        _refuse_newer(archive)
        files = {data / name: text for name, text in archive.configuration(OWN_FOLDER).items()}
        files |= {
            data / MORE_FOLDER / name: text for name, text in archive.configuration(SHIPPED_FOLDER).items()
        }
        _refuse_occupied_files(files)
        await _refuse_filled_database(address, archive)
        rows = await _tables(address, archive)
        for path, text in files.items():
            _write(path, text)
        await (await open_store(address)).close()
        _tell(archive, rows, files, data, console)
    return 0


def _refuse_newer(archive: Archive) -> None:
    if not knows(archive.manifest.schema):
        msg = (
            f"This backup was made by a newer Strillone ({archive.manifest.version}; its schema is "
            f"{archive.manifest.schema}). "
            "Install that version to restore it."
        )
        raise StoreTooNew(msg)


def _refuse_occupied_files(files: dict[Path, bytes]) -> None:
    """Refuse to overwrite a file that reads otherwise."""
    occupied_paths = [
        str(path) for path, text in files.items() if path.is_file() and path.read_bytes() != text
    ]
    if occupied_paths:
        msg = (
            f"There is another configuration here: {', '.join(occupied_paths)}. Move it away, or name "
            "an empty folder with STRILLONE_DATA."
        )
        raise BackupError(msg)


async def _refuse_filled_database(address: str, archive: Archive) -> None:
    if is_missing(address):
        return
    store = await open_store(address, to="")
    try:
        async with store.read() as tx:
            schema = await schema_of(tx)
            free = schema is None or (schema == archive.manifest.schema and await is_empty(tx))
    finally:
        await store.close()
    if not free:
        remedy = (
            (
                "Stop what runs on it and move its files away (strillone.db, and -wal and -shm "
                "beside it), or name an empty folder with STRILLONE_DATA."
            )
            if store.is_sqlite
            else "Make an empty database and name it in DATABASE_URL."
        )
        raise BackupError(f"The database here is not empty. {remedy}")


async def _tables(address: str, archive: Archive) -> int:
    """Bring the tables in at the schema that they were saved from, all or none, and hold posts back."""
    store = await open_store(address, to=archive.manifest.schema)
    try:
        return await _take_in(store, archive)
    finally:
        await store.close()


async def _take_in(store: Store, archive: Archive) -> int:
    count = 0
    async with store.write() as tx:
        tables = await tables_of(tx)
        if {table.name for table in tables} != archive.tables:
            raise BackupError("The tables of this backup are not those of its schema; use another backup.")
        for table in tables:
            lines = archive.rows(table.name)
            try:
                count += await load_table(tx, table, next(lines), lines)
            except (StopIteration, ValueError) as error:
                msg = f"The table {table.name} of this backup cannot be read; use another backup."
                raise StoreError(msg) from error
        await reset_sequences(tx, tables)
        if await tx.run_sync(has_index):
            await tx.run_sync(index_all)
        await start_hold(tx, utc_now())
    return count


def _write(path: Path, text: bytes) -> None:
    """Write a file that only its owner may read: addresses in it may hold passwords."""
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(text)


def _tell(archive: Archive, rows: int, files: dict[Path, bytes], data: Path, console: Console) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    made_at = archive.manifest.made_at
    say(
        f"Restored as of {made_at:%Y-%m-%d %H:%M:%S} UTC: {rows} rows, "
        f"{len(files)} files of the configuration."
    )
    names = list(archive.manifest.environment)
    names += ["STRILLONE_CONFIG"] if archive.configuration(SHIPPED_FOLDER) else []
    if names:
        say("Set in the environment or in .env, as they were:")
        for name in names:
            hint = f"={data / MORE_FOLDER}" if name == "STRILLONE_CONFIG" else ""
            say(f"  {name}{hint}{'' if os.environ.get(name) is None else '  (is set)'}")
    say(
        "Nothing is posted yet. Start `strillone run`, so that feeds are read; stop the old "
        "one if it still runs. Then say"
    )
    say("  strillone resume          if nothing has been posted since the backup")
    say("  strillone resume --moved  if the old one went on posting after it")
