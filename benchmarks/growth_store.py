"""A store of many entries, written straight into its tables: so many a day, with all that hangs on them after so long a life.

Words are made up and spread as in a language (the n-th most frequent has a share of 1/n), so that grouping finds its candidates as among
real titles, and a text of 180 of them weighs what news does. One entry in five is on the topic `ai`; one story in seven is told by two
to four outlets, within hours. Each channel was told five stories a day during the last month.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Table, insert

from bot.model import Change, OperationKind, OperationState, Purpose, TextKind
from bot.store import Store, Tx, entry_search, stories
from bot.store import schema as tables
from tests.support.world import World, settings

FEEDS = 1_000
TOLD_DAYS, TOLD_A_DAY = 30, 5
BATCH = 2_000
VOCABULARY = 30_000
TITLE_WORDS, SENTENCE_WORDS, SENTENCES = 9, 18, 10
SYLLABLES = tuple(c + v for c in "bdfgklmnprstvz" for v in ("a", "e", "i", "o", "u", "an", "er", "is"))


class Language:
    """Titles and texts of words that are made up, by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        made = (
            "".join(self._random.choices(SYLLABLES, k=self._random.randint(2, 4)))
            for _ in range(2 * VOCABULARY)
        )
        self._words = list(dict.fromkeys(made))[:VOCABULARY]
        self._shares = list(accumulate(1 / (n + 40) for n in range(len(self._words))))

    def words(self, count: int) -> list[str]:
        """Return so many words, each as often as its place says."""
        return self._random.choices(self._words, cum_weights=self._shares, k=count)

    def title(self, earlier: str = "") -> str:
        """Return a title; one that retells an earlier one keeps two words of three."""
        if not earlier:
            return " ".join(self.words(TITLE_WORDS)).capitalize()
        fresh = iter(self.words(TITLE_WORDS))
        return " ".join(
            word if place % 3 else next(fresh) for place, word in enumerate(earlier.split())
        ).capitalize()

    def text(self) -> str:
        """Return a text of some sentences, in two paragraphs."""
        sentences = [f"{' '.join(self.words(SENTENCE_WORDS)).capitalize()}." for _ in range(SENTENCES)]
        return " ".join(sentences[:4]) + "\n\n" + " ".join(sentences[4:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How many entries a store has, how many come a day, and how many channels are told of them."""

    size: int
    rate: int = 2_500
    channels: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One entry to be written, with the story it belongs to."""

    id: int
    story_id: int
    title: str
    at: datetime
    on_topic: bool


async def fill(store: Store, shape: Shape, now: datetime) -> None:
    """Fill an empty, migrated store, whose newest entry is a minute old."""
    language = Language(shape.size)
    draw = random.Random(shape.size)
    async with store.write() as tx:
        await _add(tx, tables.servers, [_server(n) for n in range(1, shape.channels + 1)])
        await _add(tx, tables.channels, [_channel(n) for n in range(1, shape.channels + 1)])
        await _add(tx, tables.feeds, [_feed(n, now) for n in range(1, FEEDS + 1)])
    change_no = 0
    for batch in _batches(_entries(shape, now, language, draw)):
        async with store.write() as tx:
            await _add_stories(tx, batch)
            await _add_entries(tx, batch, language, draw)
        change_no = batch[-1].story_id
    async with store.write() as tx:
        await stories.take_changes(tx, change_no)
    await _add_history(store, now, shape, change_no)


def _entries(shape: Shape, now: datetime, language: Language, draw: random.Random) -> Iterator[Written]:
    """Give entries in order of time, those of one story beside each other."""
    step = timedelta(days=1) / shape.rate
    at, number, story = now - shape.size * step, 0, 0
    while number < shape.size:
        story += 1
        title, on_topic = language.title(), draw.random() < 0.2
        telling = 1 if draw.random() < 6 / 7 else draw.randint(2, 4)
        for place in range(min(telling, shape.size - number)):
            number += 1
            yield Written(
                id=number,
                story_id=story,
                title=language.title(title) if place else title,
                at=at + number * step - step,
                on_topic=on_topic,
            )


def _batches(written: Iterator[Written]) -> Iterator[list[Written]]:
    """Give entries in parts, none of which ends within a story."""
    batch: list[Written] = []
    for one in written:
        if len(batch) >= BATCH and one.story_id != batch[-1].story_id:
            yield batch
            batch = []
        batch.append(one)
    yield batch


async def _add_stories(tx: Tx, batch: Sequence[Written]) -> None:
    first: dict[int, datetime] = {}
    last: dict[int, datetime] = {}
    for one in batch:
        first.setdefault(one.story_id, one.at)
        last[one.story_id] = one.at
    rows = [
        {"id": story, "change_no": story, "created_at": first[story], "changed_at": last[story]}
        for story in first
    ]
    await _add(tx, tables.stories, rows)


async def _add_entries(tx: Tx, batch: Sequence[Written], language: Language, draw: random.Random) -> None:
    texts = [language.text() for _ in batch]
    rows = [_entry(one, text, draw) for one, text in zip(batch, texts, strict=True)]
    await _add(tx, tables.entries, rows)
    versions = [
        {"entry_id": one.id, "version": 1, "change": Change.FIRST, "title": one.title, "text": text, "at": one.at}
        for one, text in zip(batch, texts, strict=True)
    ]  # fmt: skip
    await _add(tx, tables.entry_versions, versions)
    verdicts = [
        {"entry_id": one.id, "topic": "ai", "rules": settings().rules.hash, "relevant": one.on_topic, "score": 1.0, "reason": "made up"}
        for one in batch
    ]  # fmt: skip
    await _add(tx, tables.verdicts, verdicts)
    placements = [{"entry_id": one.id, "score": 0.5, "reason": "new"} for one in batch]
    await _add(tx, tables.placements, placements)
    await entry_search.index(tx, [one.id for one in batch])


def _entry(one: Written, text: str, draw: random.Random) -> dict[str, Any]:
    link = f"https://{one.id % FEEDS}.example/{one.id}"
    return {
        "id": one.id, "feed_id": draw.randint(1, FEEDS), "key": f"{one.id:064d}", "alias": f"a{one.id:063d}", "link_key": f"l{one.id:063d}",
        "title": one.title, "link": link, "text": text, "text_kind": TextKind.FEED, "language": "en", "published": one.at,
        "first_seen": one.at, "content_hash": f"{one.id:064d}", "grouped_at": one.at, "story_id": one.story_id,
    }  # fmt: skip


def _server(n: int) -> dict[str, Any]:
    return {"id": n, "platform": "scripted", "address": f"server {n}"}


def _channel(n: int) -> dict[str, Any]:
    return {"id": n, "platform": "scripted", "address": f"chat {n}", "server_id": n, "kind": "group"}


def _feed(n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": n, "url": f"https://{n}.example/feed", "url_key": f"{n}.example/feed", "title": f"Feed {n}", "outlet": f"Outlet {n}",
        "language": "en", "origin": "config", "next_poll_at": now + timedelta(hours=1), "polled_at": now, "ok_at": now, "first_ok_at": now,
    }  # fmt: skip


async def _add_history(store: Store, now: datetime, shape: Shape, newest_story: int) -> None:
    """Write what channels were told: a digest a day each, of five stories of that day."""
    days = min(TOLD_DAYS, shape.size // shape.rate + 1)
    for day in range(days, 0, -1):
        slot_at = now - timedelta(days=day)
        newest = max(TOLD_A_DAY, newest_story - round((day - 1) * newest_story / days))
        told = [max(1, newest - 7 * place) for place in range(TOLD_A_DAY)]
        first = (days - day) * shape.channels
        async with store.write() as tx:
            for n in range(1, shape.channels + 1):
                await _add_digest(tx, first + n, n, slot_at, told)


async def _add_digest(tx: Tx, number: int, channel: int, slot_at: datetime, told: Sequence[int]) -> None:
    operation = {
        "id": number, "channel_id": channel, "intent": f"history:{number}", "nonce": f"{number:025d}", "kind": OperationKind.SEND,
        "payload": {"text": "x" * 3_000}, "state": OperationState.DONE, "created_at": slot_at, "not_after": slot_at,
        "done_at": slot_at, "post": f"m{number}", "purpose": Purpose.DIGEST, "subject_id": channel,
    }  # fmt: skip
    marks = [
        {"channel_id": channel, "story_id": story, "told_at": slot_at, "entry_ids": [], "said": f"Made up {number} {story}. " + "word " * 60, "operation_id": number}
        for story in dict.fromkeys(told)
    ]  # fmt: skip
    await _add(tx, tables.operations, [operation])
    await tx.execute(insert(tables.told_marks), marks)


async def _add(tx: Tx, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    await tx.execute(insert(table), list(rows))


async def subscribe(world: World, channels: int, after: int) -> tuple[list[int], list[int]]:
    """Let each of so many channels want a digest at nine and news at once; returns both sorts of subscriptions. `after` is the change that the digests have read up to."""
    digests, instant = [], []
    async with world.store.read() as tx:
        top = await stories.newest_change(tx)
    for n in range(1, channels + 1):
        channel = await world.channel(f"chat {n}")
        digests.append(await world.wants(channel, "9:00", read_up_to=after, instant_up_to=top))
        instant.append(await world.wants(channel, "now", read_up_to=top, instant_up_to=top))
    return digests, instant
