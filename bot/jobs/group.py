"""group: give each new entry its story, a batch at a time; within a batch the order in which feeds were
polled does not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.jobs import Context
from bot.model import Entry
from bot.pipeline.entries.identify import link_key
from bot.pipeline.grouping.index import ANCHORS, WINDOW, Doc, Index, sort_docs
from bot.pipeline.grouping.model import Model
from bot.store import Tx, entries, feed_visibility, sagas, stories
from bot.text.terms import Frequencies
from bot.threads import in_thread

BATCH = 200
PATIENCE = timedelta(seconds=45)
"""How long an entry waits for its page before it is grouped by its teaser."""


class Grouper:
    """The serial job with its cache: the index of the last 72 hours, rebuilt from the store when it
    is new.
    """

    def __init__(self, ctx: Context, seed: Frequencies, model: Model) -> None:
        self._ctx = ctx
        self._seed = seed
        self._model = model
        self._index: Index | None = None

    async def due(self) -> list[int]:
        """Return a single token when entries wait and none of them is about to get its page read."""
        async with self._ctx.store.read() as tx:
            return [0] if await entries.ungrouped(tx, 1, self._ctx.clock() - PATIENCE) else []

    async def run(self, _: int) -> None:
        """Group one batch of waiting entries in one transaction; the index is rebuilt if that fails."""
        index, self._index = self._index or await self._rebuild(), None
        async with self._ctx.store.write() as tx:
            waiting = await entries.ungrouped(tx, BATCH, self._ctx.clock() - PATIENCE)
            joined_count = await self._place(tx, index, waiting) if waiting else 0
            await stories.add_frequencies(tx, index.take_document_counts())
        self._index = index
        if waiting:
            new = len(waiting) - joined_count
            self._ctx.log.info("entries.grouped", entries=len(waiting), joined=joined_count, new_stories=new)
            self._ctx.wake("publish")

    async def _rebuild(self) -> Index:
        async with self._ctx.store.read() as tx:
            frequencies = await stories.load_term_counts(tx)
            recent = await entries.grouped_since(tx, self._ctx.clock() - WINDOW)
            servers = await feed_visibility.servers_of(tx, (entry.feed_id for _, entry in recent))
        seed = self._seed
        archive = replace(seed, documents=seed.documents + frequencies.pop("", 0), terms=dict(seed.terms))
        for term, count in frequencies.items():
            archive.terms[term] = archive.terms.get(term, 0) + count
        index = Index(archive, self._model, self._ctx.rules.tiers)
        docs = [doc_of(entry, servers) for _, entry in recent]
        await in_thread(_fill, index, docs, [story for story, _ in recent])
        return index

    async def _place(self, tx: Tx, index: Index, waiting: Sequence[Entry]) -> int:
        """Give each entry its story; returns how many joined a known one."""
        now = self._ctx.clock()
        first = await stories.take_changes(tx, len(waiting))
        by_id = {entry.id: entry for entry in waiting}
        servers = await feed_visibility.servers_of(tx, (entry.feed_id for entry in waiting))
        docs = sort_docs(doc_of(entry, servers) for entry in waiting)
        await in_thread(index.expect, [doc for doc in docs if by_id[doc.id].story_id is None])
        story_of: dict[int, int] = {}
        reasons: dict[int, tuple[float, str]] = {}
        joined_count = 0
        grown_stories: set[int] = set()
        new_stories: set[int] = set()
        for change_no, doc in enumerate(docs, start=first):
            entry = by_id[doc.id]
            is_edited = entry.story_id is not None
            story = entry.story_id
            if story is None:
                placement = index.place(doc)
                story = placement.story
                reasons[entry.id] = (placement.score, placement.reason)
            if story is None:
                story = await stories.create(tx, change_no, now)
                new_stories.add(story)
            else:
                await stories.touch(tx, story, change_no, now)
                joined_count += 1
                grown_stories.add(story)
            if not is_edited:
                index.add(doc, story)
            story_of[entry.id] = story
        await stories.assign(tx, story_of, now)
        await stories.record_placements(tx, reasons)
        for story in sorted(grown_stories):
            await self._merge(tx, index, story)
        for entry_id, to, share in index.moves():
            await self._move(tx, index, entry_id, to, share)
        for current_story, home in index.homes():
            if await stories.merge(tx, current_story, home, now):
                index.merge(current_story, home)
        related = await in_thread(index.related, sorted(grown_stories | new_stories))
        await sagas.relate(tx, related, now)
        return joined_count

    async def _move(self, tx: Tx, index: Index, entry_id: int, to: int, share: float) -> None:
        """Give an entry the story that fits it better than the one it was doubtfully given, unless a channel
        was told it there.
        """
        if await stories.move_entry(tx, entry_id, to, self._ctx.clock()):
            await stories.record_placement(tx, entry_id, share, ANCHORS)
            index.move(entry_id, to)
            self._ctx.log.info("entry.moved", entry=entry_id, into=to)

    async def _merge(self, tx: Tx, index: Index, story: int) -> None:
        """Let a small story join its twins, one after the other: the older one stays, and two that one
        channel was told never become one.
        """
        considered_stories = {story}
        while twin := next(
            (sibling for sibling in index.twins(story) if sibling not in considered_stories), None
        ):
            considered_stories.add(twin)
            target, source = sorted((story, twin))
            if not await stories.merge(tx, source, target, self._ctx.clock()):
                continue
            index.merge(source, target)
            story = target
            self._ctx.log.info("story.merged", story=source, into=target)


def _fill(index: Index, docs: Sequence[Doc], story_of: Sequence[int]) -> None:
    """Put entries into an index with the stories that they have; with some thousands it takes seconds."""
    index.expect(docs)
    for doc, story in zip(docs, story_of, strict=True):
        index.add(doc, story)


def doc_of(entry: Entry, servers: Mapping[int, frozenset[int] | None]) -> Doc:
    """Return what grouping needs of an entry; `servers` tells where feeds count."""
    return Doc(
        id=entry.id,
        title=entry.title,
        text=entry.text,
        language=entry.language,
        published=entry.published,
        link_key=link_key(entry.link),
        outlet=entry.outlet,
        servers=servers.get(entry.feed_id),
    )
