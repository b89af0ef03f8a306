"""Two places for an instance: where it is, and where it goes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.world import CONFIG


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a backup goes: a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'there' / 'strillone.db'}"
        return
    with request.getfixturevalue("postgres").fresh(migrated=False) as address:
        yield address


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], Path]:
    """Makes the environment that of an instance: its data folder and its database."""

    def choose(folder: str, database: str) -> Path:
        data = tmp_path / folder
        data.mkdir(exist_ok=True)
        monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))
        monkeypatch.setenv("STRILLONE_DATA", str(data))
        monkeypatch.setenv("DATABASE_URL", database)
        return data

    return choose
