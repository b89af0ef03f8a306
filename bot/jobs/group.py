"""group: give each new entry its story, a batch at a time; within a batch the order in which feeds were
polled does not count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.jobs import Context
from bot.model import Entry
from bot.pipeline.entries.identify import link_key
from bot.pipeline.grouping.anchors import READ
from bot.pipeline.grouping.index import ANCHORS, WINDOW, Doc, Index, sort_docs
from bot.pipeline.grouping.model import Model
from bot.store import Tx, entries, feed_visibility, locks, sagas, stories
from bot.tally import Counted
from bot.text.terms import Frequencies
from bot.threads import in_thread

BATCH, BATCHES_MAX = 200, 5
PATIENCE = timedelta(seconds=45)
"""How long an entry waits for its page before it is grouped by its teaser."""


@dataclass(frozen=True, slots=True)
class _Assignment:
    """An entry with its story, whether that begins with it, and why it is there; without a reason one that
    was edited in the story it has.
    """

    entry_id: int
    story: int
    is_new: bool = False
    placement: tuple[float, str] | None = None


class Grouper:
    """The serial job with its cache: the index of the last 72 hours, rebuilt from the store when it is new,
    or when another process grouped since.
    """

    def __init__(self, ctx: Context, seed: Frequencies, model: Model) -> None:
        self._ctx = ctx
        self._seed = seed
        self._model = model
        self._index: Index | None = None
        self._newest_change = 0

    async def due(self) -> list[int]:
        """Return a single token when entries wait and none of them is about to get its page read."""
        async with self._ctx.store.read() as tx:
            return [0] if await entries.ungrouped(tx, 1, self._ctx.clock() - PATIENCE) else []

    async def run(self, _: int) -> None:
        """Group waiting entries, a batch at a time, but not so many that nobody could end the program."""
        for _batch in range(BATCHES_MAX):
            if await self._group_batch() < BATCH:
                return

    async def _group_batch(self) -> int:
        """Group one batch of waiting entries and return how many these were; the index is rebuilt if that
        fails.

        Entries are placed before anything is written, so that others may write meanwhile, and beside the
        event loop. Nobody else makes stories, or gives entries theirs.
        """
        index, self._index = self._index, None
        async with self._ctx.store.read() as tx:
            is_current = await stories.newest_change(tx) == self._newest_change
        if index is None or not is_current:
            index = await self._rebuild()
        async with self._ctx.store.read() as tx:
            waiting = await entries.ungrouped(tx, BATCH, self._ctx.clock() - PATIENCE)
            servers = await feed_visibility.servers_of(tx, (entry.feed_id for entry in waiting))
            numbers = await stories.reserve_ids(tx, len(waiting))
        assignments = await in_thread(_place, index, waiting, servers, iter(numbers))
        async with self._ctx.store.write(narrow=True) as tx:
            await locks.change_stories(tx)
            joined_count = await self._write(tx, index, assignments) if assignments else 0
            await stories.add_frequencies(tx, index.take_document_counts())
            self._newest_change = await stories.newest_change(tx)
        self._index = index
        if waiting:
            new = len(waiting) - joined_count
            self._ctx.tally.add(Counted.STORIES, "new", new)
            self._ctx.tally.add(Counted.STORIES, "joined", joined_count)
            self._ctx.log.info("entries.grouped", entries=len(waiting), joined=joined_count, new_stories=new)
            self._ctx.wake("publish")
        return len(waiting)

    async def _rebuild(self) -> Index:
        docs: list[Doc] = []
        story_of: list[int] = []
        async with self._ctx.store.read() as tx:
            frequencies = await stories.load_term_counts(tx)
            servers: dict[int, frozenset[int] | None] = {}
            async for part in entries.grouped_since(tx, self._ctx.clock() - WINDOW):
                new_feed_ids = {entry.feed_id for _, entry in part} - servers.keys()
                servers |= await feed_visibility.servers_of(tx, new_feed_ids) if new_feed_ids else {}
                story_of += [story for story, _ in part]
                docs += [doc_of(entry, servers) for _, entry in part]
        return await in_thread(self._filled, frequencies, docs, story_of)

    def _filled(self, frequencies: Mapping[str, int], docs: Sequence[Doc], story_of: Sequence[int]) -> Index:
        """Return an index of entries with the stories that they have; with some thousands it takes
        seconds.
        """
        seed = self._seed
        archive = replace(seed, documents=seed.documents + frequencies.get("", 0), terms=dict(seed.terms))
        for term, count in frequencies.items():
            if term:
                archive.terms[term] = archive.terms.get(term, 0) + count
        index = Index(archive, self._model, self._ctx.rules.tiers)
        index.expect(docs)
        for doc, story in zip(docs, story_of, strict=True):
            index.add(doc, story)
        return index

    async def _write(self, tx: Tx, index: Index, assignments: Sequence[_Assignment]) -> int:
        """Give each entry its story, let stories merge that are one, and tell which belong to one affair;
        returns how many entries joined a known story.
        """
        now = self._ctx.clock()
        first = await stories.take_changes(tx, len(assignments))
        for change_no, assignment in enumerate(assignments, start=first):
            if assignment.is_new:
                await stories.create(tx, change_no, now, assignment.story)
            else:
                await stories.touch(tx, assignment.story, change_no, now)
        await stories.assign(tx, {assignment.entry_id: assignment.story for assignment in assignments}, now)
        await stories.record_placements(
            tx,
            {
                assignment.entry_id: assignment.placement
                for assignment in assignments
                if assignment.placement is not None
            },
        )
        grown_stories = {assignment.story for assignment in assignments if not assignment.is_new}
        for story in sorted(grown_stories):
            await self._merge(tx, index, story)
        for entry_id, to, share in await in_thread(index.moves):
            await self._move(tx, index, entry_id, to, share)
        for current_story, home in await in_thread(index.homes):
            if await stories.merge(tx, current_story, home, now):
                index.merge(current_story, home)
        related = await in_thread(index.related, sorted({assignment.story for assignment in assignments}))
        await sagas.relate(tx, related, now)
        return sum(not assignment.is_new for assignment in assignments)

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
            (sibling for sibling in await in_thread(index.twins, story) if sibling not in considered_stories),
            None,
        ):
            considered_stories.add(twin)
            target, source = sorted((story, twin))
            if not await stories.merge(tx, source, target, self._ctx.clock()):
                continue
            index.merge(source, target)
            story = target
            self._ctx.log.info("story.merged", story=source, into=target)


def _place(
    index: Index,
    waiting: Sequence[Entry],
    servers: Mapping[int, frozenset[int] | None],
    numbers: Iterator[int],
) -> list[_Assignment]:
    """Return the stories of a batch of entries, in its order; new ones have the next of some numbers."""
    by_id = {entry.id: entry for entry in waiting}
    docs = sort_docs(doc_of(entry, servers) for entry in waiting)
    index.expect([doc for doc in docs if by_id[doc.id].story_id is None])
    assignments: list[_Assignment] = []
    for doc in docs:
        known_story = by_id[doc.id].story_id
        if known_story is not None:
            assignments.append(_Assignment(doc.id, known_story))
            continue
        placement = index.place(doc)
        story = placement.story if placement.story is not None else next(numbers)
        index.add(doc, story)
        assignments.append(
            _Assignment(
                doc.id,
                story,
                is_new=placement.story is None,
                placement=(placement.score, placement.reason),
            )
        )
    return assignments


def doc_of(entry: Entry, servers: Mapping[int, frozenset[int] | None]) -> Doc:
    """Return what grouping needs of an entry; `servers` tells where feeds count."""
    return Doc(
        id=entry.id,
        title=entry.title,
        text=entry.text[:READ],
        language=entry.language,
        published=entry.published,
        link_key=link_key(entry.link),
        outlet=entry.outlet,
        servers=servers.get(entry.feed_id),
        feed=entry.feed_id,
    )
