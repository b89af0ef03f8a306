"""What many channels are told is worked out once, and no word of it differs for that."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.model import Summary
from bot.pipeline.selection.rank_memory import RankMemory
from bot.ports import SummaryTask
from bot.store import open_store
from bot.store.schema import compositions, operations, slots
from bot.summarizers import extractive
from bot.summarizers.extractive import Extractive
from tests.conftest import StillClock
from tests.support.world import World, alpine, corvid, corvid_elsewhere, garden, larkwell


async def days_of(world: World) -> list[dict[Any, Any]]:
    """Let channels of several habits read two days of news, with an edit in between; gives all that was decided and written."""
    for n, (when, values) in enumerate(
        [
            ("10:00", {}),
            ("10:00", {}),
            ("10:00", {"size": 2}),
            ("10:00 now", {}),
            ("10:01", {"filter": "-vineyards"}),
        ]
    ):
        await world.wants(await world.channel(f"chat{n}", language="de" if n == 1 else "en"), when, **values)
    await world.feed("halden", corvid(), larkwell())
    await world.feed("ledger", corvid_elsewhere(), garden())
    await world.settle()
    world.clock.advance(timedelta(hours=1, minutes=2))
    await world.settle()
    edited = corvid(text=corvid().text.replace("70 billion", "90 billion"))
    world.serve("halden", edited, larkwell(), alpine(hours=-2))
    world.clock.advance(timedelta(hours=24))
    await world.settle()
    posts = {row.id: (row.channel_id, row.purpose, row.created_at) for row in await world.rows(operations)}
    payloads = {posts[row.id]: _without_keys(row.payload) for row in await world.rows(operations)}
    documents = {
        posts[row.operation_id]: _without_keys(row.document) for row in await world.rows(compositions)
    }
    decided = {
        (row.subscription_id, row.slot_at): (row.told, row.listed, row.skipped)
        for row in await world.rows(slots)
    }
    return [payloads, documents, decided]


def _without_keys(shown: Any) -> str:
    """Return what is shown without the keys of its links, which no two instances share."""
    return re.sub(r"x[0-9a-f]{16}", "", json.dumps(shown))


async def test_documents_are_the_same_with_and_without_what_is_kept(
    world: World, migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[int] = []
    choose = extractive.summarize_extractively

    def counted(task: SummaryTask) -> Summary:
        chosen.append(task.ranking.story.id)
        return choose(task)

    monkeypatch.setattr(extractive, "summarize_extractively", counted)
    remembered = await days_of(world)
    chosen_once = len(chosen)
    store = await open_store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'other.db')}")
    other = await World.on(store, StillClock())
    object.__setattr__(other.ctx, "rankings", RankMemory(0))
    object.__setattr__(other.ctx, "summarizer", Extractive(0))
    assert await days_of(other) == remembered
    await store.close()
    assert all(remembered)
    assert 0 < chosen_once < len(chosen) - chosen_once
