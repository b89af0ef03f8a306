"""What watches the store's statements sees one that walks through a table that grows."""

from typing import Any

import pytest
from sqlalchemy import Select, func, select

from bot.store import Store
from bot.store.schema import channels, entries, stories, told_marks
from tests.support.plans import scanned

WALKS = [
    select(entries.c.id).where(entries.c.title == "x"),
    select(told_marks.c.kind).where(told_marks.c.kind > "x"),
    select(func.min(stories.c.change_no)).where(stories.c.change_no + 0 > 1),
]
FINDS = [
    select(entries.c.title).where(entries.c.id == 1),
    select(entries.c.id).where(entries.c.story_id == 1),
    select(channels.c.id).where(channels.c.name == "x"),
]


@pytest.mark.parametrize(
    ("query", "walks"), [*((query, True) for query in WALKS), *((query, False) for query in FINDS)]
)
async def test_a_walk_through_a_table_that_grows_is_seen(
    store: Store, query: Select[Any], walks: bool
) -> None:
    async with store.read() as tx:
        sql = str(query.compile(dialect=tx.dialect, compile_kwargs={"literal_binds": True}))
        assert await tx.run_sync(lambda connection: bool(scanned(connection, sql, ()))) is walks
