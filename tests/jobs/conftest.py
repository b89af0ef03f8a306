"""A world on either database, and one on SQLite alone for what does not depend on it."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.feeds.fetch import Fetcher
from bot.feeds.robots import Robots
from bot.store import Store, database, open_store
from tests.conftest import StillClock
from tests.doubles.feeds import FeedServer, feed_server
from tests.doubles.machine import locked
from tests.support.world import World

Trouble = Callable[[World], AbstractAsyncContextManager[None]]


@pytest.fixture
async def file_store(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store on SQLite."""
    opened = await open_store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'strillone.db')}")
    yield opened
    await opened.close()


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Trouble:
    """What lets another program hold the database of `world` for a while, for which it does not wait; ask for it before the world."""
    monkeypatch.setattr(database, "BUSY", 0.1)

    @asynccontextmanager
    async def found(world: World) -> AsyncIterator[None]:
        async with locked(tmp_path / "strillone.db"):
            yield
        async with world.store.recovery_transaction():
            assert world.store.trouble

    return found


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
        robots = Robots(fetcher, world.ctx.offload, world.ctx.clock)
        ctx = replace(world.ctx, fetch=fetcher, check_robots=robots)
        yield replace(world, house=replace(world.house, ctx=ctx))
