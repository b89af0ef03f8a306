"""`strillone backup`: one file that holds the whole instance, made while it runs."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Table

from bot import __version__
from bot.app.running import utc_now
from bot.cli.archive import LARGEST, OWN_FOLDER, SHIPPED_FOLDER, TABLES, Manifest, Packing, packing
from bot.errors import BackupError
from bot.platforms import chat_platforms
from bot.settings import Environment, database_of, environment, own_files
from bot.store import Store, Tx, open_store, system
from bot.store.database import is_missing, schema_of
from bot.store.dump import consistent_snapshot, platforms_of, rows_of, tables_of

MODEL = ("openai_api_key", "openai_base_url", "openai_model")


async def back_up(file: Path | None, console: Console) -> int:
    """Write database and configuration as they are at this moment to a file; returns 0. Raises `BackupError`,
    `StoreError`.
    """
    env, now = environment(), utc_now()
    path = file or Path(f"strillone-{now:%Y%m%d-%H%M%S}.zip")
    if is_missing(database_of(env)):
        msg = (
            f"There is no database to back up: {Path(env.strillone_data) / 'strillone.db'} does not "
            "exist. Set STRILLONE_DATA or DATABASE_URL as `strillone run` has them."
        )
        raise BackupError(msg)
    store = await open_store(database_of(env), to="")
    try:
        with packing(path) as packing_file:
            rows = await _write_everything(store, env, now, packing_file)
    finally:
        await store.close()
    console.print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {rows} rows.", markup=False, soft_wrap=True)
    console.print(
        "Keep it to yourself: it holds what feeds need to be read (passwords in addresses, "
        "secrets shared with hubs), so only its owner may read it. "
        "Tokens and keys are not in it.",
        markup=False,
        soft_wrap=True,
    )
    return 0


async def _write_everything(store: Store, env: Environment, now: datetime, packing_file: Packing) -> int:
    configuration = list(_configuration(env))
    for name, data in configuration:
        with packing_file.member(name) as write:
            write(data)
    async with consistent_snapshot(store) as tx:
        schema = await schema_of(tx)
        if schema is None:
            msg = "The database has no tables of Strillone yet; `strillone run` makes them."
            raise BackupError(msg)
        rows = 0
        for table in await tables_of(tx):
            rows += await _table(tx, table, packing_file)
        names = await _environment(tx, env, dict(configuration))
        instance = await system.fact(tx, "instance") or ""
    packing_file.close(
        Manifest(version=__version__, schema=schema, instance=instance, made_at=now, environment=names)
    )
    return rows


async def _table(tx: Tx, table: Table, packing_file: Packing) -> int:
    count = 0
    with packing_file.member(f"{TABLES}/{table.name}.jsonl") as write:
        write(_line([column.name for column in table.columns]))
        async for rows in rows_of(tx, table):
            write(b"".join(map(_line, rows)))
            count += len(rows)
    return count


def _line(values: list[Any]) -> bytes:
    return (
        json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
    )


def _configuration(env: Environment) -> Iterator[tuple[str, bytes]]:
    own_names, shipped_names = own_files(env)
    for folder, files in ((OWN_FOLDER, own_names), (SHIPPED_FOLDER, shipped_names)):
        for name, path in files.items():
            data = path.read_bytes()
            if len(data) > LARGEST:
                msg = (
                    f"{path} is larger than {LARGEST // 1024 // 1024} MB: that is no file of the "
                    "configuration."
                )
                raise BackupError(msg)
            yield f"{folder}/{name}", data


async def _environment(tx: Tx, env: Environment, configuration: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of variables that whoever restores this has to set: never their values."""
    names = await platforms_of(tx)
    variables = {spec.credential for spec in chat_platforms() if spec.name in names}
    variables |= {name.upper() for name in MODEL if _given(getattr(env, name))}
    for name, data in configuration.items():
        if name.endswith("/strillone.toml"):
            variables |= set(_referred(_toml(data)))
    return tuple(sorted(variables))


def _given(value: Any) -> bool:
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


def _toml(data: bytes) -> Mapping[str, Any]:
    """Return a file's contents; one that cannot be read is backed up all the same, `strillone doctor` says
    what is wrong.
    """
    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}


def _referred(value: Any) -> Iterator[str]:
    """Give the names that stand as `$NAME` for a value of the environment."""
    if isinstance(value, str) and re.fullmatch(r"\$[A-Za-z_]\w*", value):
        yield value[1:]
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _referred(inner)
