"""Holding that news which was kept is what the database holds: while a test runs, both are compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bot.store import Tx, content
from bot.store.loaded_news import LoadedNews, News, load

CHANGED = LoadedNews.changed


@contextmanager
def compared_news() -> Iterator[list[str]]:
    """Compare all news that is given to a view with what is loaded for it anew; yield how they differ."""
    differences: list[str] = []

    async def changed(self: LoadedNews, tx: Tx, **window: Any) -> News:
        count_before = await content.change_count(tx)
        given, current = await CHANGED(self, tx, **window), await load(tx, **window)
        if await content.change_count(tx) != count_before:
            return given  # another transaction wrote between the two, where a read is no snapshot
        ids = {story.id for story in current.stories}
        entry_ids = {entry.id for story in current.stories for entry in story.entries}
        related = [pair for pair in given.related if ids & {pair.first_id, pair.second_id}]
        if (list(given.stories), given.off_topic & entry_ids, related) != (
            list(current.stories),
            current.off_topic,
            list(current.related),
        ):
            differences.append(f"{window}: kept {given}, stored {current}")
        return given

    with patch.object(LoadedNews, "changed", changed):
        yield differences
