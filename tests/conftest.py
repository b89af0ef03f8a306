"""What every test gets: a clean environment, sockets on loopback only, a clock that stands still, both databases."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from bot.settings import Environment
from bot.store import Store, open_store
from tests.doubles.postgres import Missing, Postgres, migrate, running
from tests.support.current_news import compared_news
from tests.support.memory_files import keep_files_in_memory
from tests.support.plans import watched_plans

keep_files_in_memory()

TEST_DATABASE = os.environ.get("STRILLONE_TEST_DATABASE_URL", "")
PREFIXES = ("DISCORD_", "TELEGRAM_", "OPENAI_", "STRILLONE_")
NAMES = frozenset({"DATABASE_URL", "PORT", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})
SHARED = Path(__file__).parents[2] / "shared" / "data"
LOOPBACK = ["127.0.0.1", "::1"]


@dataclass
class StillClock:
    """A clock that moves only when it is told to."""

    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta | float) -> datetime:
        """Move on by a duration, or by seconds."""
        self.now += by if isinstance(by, timedelta) else timedelta(seconds=by)
        return self.now


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that ask for more time than others begin first, so that none runs on alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


def pytest_runtest_setup() -> None:
    """Let no test leave this machine."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the program would read. A test of `.env` names its file: `Environment(_env_file=…)`."""
    for name in tuple(os.environ):
        if name.upper().startswith(PREFIXES) or name.upper() in NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setitem(Environment.model_config, "env_file", None)


@pytest.fixture(autouse=True)
def no_scan() -> Iterator[None]:
    """Nothing that a test lets the store do walks through a table that grows with history."""
    with watched_plans() as scans:
        yield
    assert not scans, "\n".join(scans)


@pytest.fixture(autouse=True)
def current_news() -> Iterator[None]:
    """What is kept of news for many channels never differs from what the database holds."""
    with compared_news() as differences:
        yield
    assert not differences, "\n".join(differences)


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands at nine o'clock UTC on Monday, 2 March 2026."""
    return StillClock()


@pytest.fixture
def shared() -> Path:
    """The development data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"the development data is not here: {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """A PostgreSQL server that the workers of this run share."""
    worker = getattr(request.config, "workerinput", {})
    run = str(worker.get("testrunuid", os.getpid()))[-12:]
    try:
        with running(run, TEST_DATABASE) as server:
            yield server
    except Missing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied: making them takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "strillone.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, on either system."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'strillone.db'}"
        return
    with request.getfixturevalue("postgres").fresh(migrated=False) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database for this test alone, on either system, with all tables."""
    if request.param == "sqlite":
        copied = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "strillone.db")
        yield f"sqlite:///{copied}"
        return
    with request.getfixturevalue("postgres").fresh() as address:
        yield address


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """An open, migrated, empty store; the test runs once on each system."""
    opened = await open_store(database)
    try:
        yield opened
    finally:
        await opened.close()
