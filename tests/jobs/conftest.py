"""A world on either database, and one on SQLite alone for what does not depend on it."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.feeds.fetch import Fetcher
from bot.store import Store, open_store
from tests.conftest import StillClock
from tests.doubles.feeds import FeedServer, feed_server
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


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as running:
        yield running


@pytest.fixture
async def online(world: World, server: FeedServer) -> AsyncIterator[World]:
    """A world whose fetch is the real one."""
    async with Fetcher("Strillone/test", opened=("127.0.0.1",)) as fetcher:
        ctx = replace(world.ctx, fetch=fetcher)
        yield replace(world, house=replace(world.house, ctx=ctx))
