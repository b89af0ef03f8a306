"""One statement costs one trip to the connection's thread."""

from pathlib import Path
from typing import Any

import pytest
from aiosqlite import Connection
from sqlalchemy import text

from bot.store import Store, open_store


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the thread of a connection was asked for."""
    asked: list[object] = []
    usual = Connection._execute

    async def execute(self: Connection, act: Any, *args: Any, **options: Any) -> Any:
        asked.append(act)
        return await usual(self, act, *args, **options)

    monkeypatch.setattr(Connection, "_execute", execute)
    return asked


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    return await open_store(f"sqlite:///{tmp_path / 'strillone.db'}")


async def test_a_statement_costs_one_trip(store: Store, trips: list[object]) -> None:
    async with store.read() as tx:
        trips.clear()
        rows = (await tx.execute(text("SELECT id FROM feeds UNION ALL SELECT 7 UNION ALL SELECT 8"))).all()
        assert [row.id for row in rows] == [7, 8]
        assert len(trips) == 1
        (await tx.execute(text("SELECT 1 WHERE 1 = :one"), {"one": 1})).scalar_one()
        assert len(trips) == 2
    await store.close()


async def test_what_writes_tells_how_much(store: Store, trips: list[object]) -> None:
    async with store.write() as tx:
        await tx.execute(text("CREATE TABLE owls (id INTEGER PRIMARY KEY, name TEXT)"))
        trips.clear()
        owls = [{"name": "Ann"}, {"name": "Bob"}]
        await tx.execute(text("INSERT INTO owls (name) VALUES (:name)"), owls)
        assert len(trips) == 1
        changed = await tx.execute(text("UPDATE owls SET name = 'Eve'"))
        assert changed.rowcount == 2
        added = await tx.execute(text("INSERT INTO owls (name) VALUES ('Ada')"))
        assert added.lastrowid == 3
        named = await tx.execute(text("DELETE FROM owls WHERE name = 'Eve' RETURNING id"))
        assert named.scalars().all() == [1, 2]
    await store.close()


async def test_a_mistake_is_the_databases_own_error(store: Store) -> None:
    async with store.read() as tx:
        with pytest.raises(Exception, match="no such table: owls"):
            await tx.execute(text("SELECT * FROM owls"))
        assert (await tx.execute(text("SELECT 1"))).scalar() == 1
    await store.close()


async def test_rows_can_be_streamed(store: Store) -> None:
    async with store.read() as tx:
        result = await tx.stream(text("SELECT 1 AS n UNION ALL SELECT 2"))
        assert [row.n async for row in result] == [1, 2]
    await store.close()
