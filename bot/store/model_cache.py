"""What models have written, under the hash of all it depends on, with the text that was sent for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select

from bot.model import Length, Receipt, Sentence
from bot.ports import CachedSummary, Clock
from bot.store.database import Store, Tx
from bot.store.rows import insert
from bot.store.schema import written

KEPT = timedelta(days=14)
"""How long a summary may be used again."""


class StoredCache:
    """What models have written, kept in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def find(self, keys: Sequence[str]) -> Mapping[str, CachedSummary]:
        """Return what is kept under some of these keys."""
        async with self._store.read() as tx:
            rows = await tx.execute(select(written).where(written.c.key.in_(keys)))
            return {row.key: _kept(row) for row in rows}

    async def keep(self, made: CachedSummary) -> None:
        """Keep what a model wrote; a second keeping under one key changes nothing."""
        row = {
            "key": made.key, "story_id": made.story, "language": made.language, "length": made.length, "model": made.model,
            "sentences": [_json(sentence) for sentence in made.sentences], "refused": made.refused, "sent": made.sent, "at": self._clock(),
        }  # fmt: skip
        async with self._store.write() as tx:
            await tx.execute(insert(tx, written).values(row).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Sent:
    """What went to a model about a story, and when; `refused` counts the sentences of its answer that could not be told."""

    model: str
    language: str
    length: Length
    at: datetime
    text: str
    refused: int


async def sent(tx: Tx, story_id: int) -> list[Sent]:
    """Return every text that went to a model about a story, newest first, as long as it is kept."""
    query = select(written).where(written.c.story_id == story_id).order_by(written.c.at.desc(), written.c.key)
    return [
        Sent(row.model, row.language, Length(row.length), row.at, row.sent, row.refused)
        for row in await tx.execute(query)
    ]


async def forget(tx: Tx, now: datetime) -> None:
    """Remove what is too old to be used again."""
    await tx.execute(delete(written).where(written.c.at < now - KEPT))


def _json(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "receipts": [[r.entry_id, r.start, r.end] for r in sentence.receipts]}


def _kept(row: Row[Any]) -> CachedSummary:
    sentences = tuple(
        Sentence(one["text"], tuple(Receipt(*numbers) for numbers in one["receipts"]))
        for one in row.sentences
    )
    return CachedSummary(
        row.key, row.story_id, row.language, Length(row.length), row.model, sentences, row.refused, row.sent
    )
