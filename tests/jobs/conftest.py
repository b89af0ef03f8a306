"""A world on either database, and one on SQLite alone for what does not depend on it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.conftest import StillClock
from tests.jobs.world import World


@pytest.fixture
async def file_store(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store on SQLite."""
    opened = await open_store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'strillone.db')}")
    yield opened
    await opened.close()


@pytest.fixture
async def world(file_store: Store, clock: StillClock) -> World:
    return await World.on(file_store, clock)


@pytest.fixture
async def both(store: Store, clock: StillClock) -> World:
    """A world that the test sees once on each database."""
    return await World.on(store, clock)
