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
from bot.store.schema import cached_summaries

RETENTION = timedelta(days=14)
"""How long a summary may be used again."""


class StoredCache:
    """What models have written, kept in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def find(self, keys: Sequence[str]) -> Mapping[str, CachedSummary]:
        """Return what is kept under some of these keys."""
        async with self._store.read() as tx:
            rows = await tx.execute(select(cached_summaries).where(cached_summaries.c.key.in_(keys)))
            return {row.key: _cached_summary(row) for row in rows}

    async def keep(self, summaries: CachedSummary) -> None:
        """Keep what a model wrote; a second keeping under one key changes nothing."""
        row = {
            "key": summaries.key,
            "story_id": summaries.story,
            "language": summaries.language,
            "length": summaries.length,
            "model": summaries.model,
            "sentences": [_json(sentence) for sentence in summaries.sentences],
            "refused": summaries.refused,
            "sent": summaries.sent,
            "at": self._clock(),
        }
        async with self._store.write() as tx:
            await tx.execute(insert(tx, cached_summaries).values(row).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True, kw_only=True)
class SentText:
    """What went to a model about a story, and when; `refused` counts the sentences of its answer that could
    not be told.
    """

    model: str
    language: str
    length: Length
    at: datetime
    text: str
    refused: int


async def sent_texts(tx: Tx, story_id: int) -> list[SentText]:
    """Return every text that went to a model about a story, newest first, as long as it is kept."""
    query = (
        select(cached_summaries)
        .where(cached_summaries.c.story_id == story_id)
        .order_by(cached_summaries.c.at.desc(), cached_summaries.c.key)
    )
    return [
        SentText(
            model=row.model,
            language=row.language,
            length=Length(row.length),
            at=row.at,
            text=row.sent,
            refused=row.refused,
        )
        for row in await tx.execute(query)
    ]


async def forget(tx: Tx, now: datetime) -> None:
    """Remove what is too old to be used again."""
    await tx.execute(delete(cached_summaries).where(cached_summaries.c.at < now - RETENTION))


def _json(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "receipts": [[r.entry_id, r.start, r.end] for r in sentence.receipts]}


def _cached_summary(row: Row[Any]) -> CachedSummary:
    sentences = tuple(
        Sentence(sentence["text"], tuple(Receipt(*numbers) for numbers in sentence["receipts"]))
        for sentence in row.sentences
    )
    return CachedSummary(
        key=row.key,
        story=row.story_id,
        language=row.language,
        length=Length(row.length),
        model=row.model,
        sentences=sentences,
        refused=row.refused,
        sent=row.sent,
    )
