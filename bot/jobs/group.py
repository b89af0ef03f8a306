"""group: give each new entry its story, one after the other, in the order in which they were first seen."""

from bot.jobs import Context
from bot.model import Entry
from bot.pipeline.group import WINDOW, Doc, Frequencies, Index, Placement
from bot.pipeline.identify import link_key
from bot.store import Tx, entries, stories

BATCH = 200


class Grouper:
    """The serial job with its cache: the index of the last 72 hours, rebuilt from the store when it is new."""

    def __init__(self, ctx: Context, seed: Frequencies) -> None:
        self._ctx = ctx
        self._seed = seed
        self._index: Index | None = None

    async def due(self) -> list[int]:
        """Return a single token when entries wait and none of them is about to get its page read."""
        async with self._ctx.store.read() as tx:
            return [0] if await entries.ungrouped(tx, 1) else []

    async def run(self, _: int) -> None:
        """Group one batch of waiting entries, each in a transaction of its own."""
        if self._index is None:
            self._index = await self._rebuilt()
        async with self._ctx.store.read() as tx:
            waiting = await entries.ungrouped(tx, BATCH)
        told: list[Placement] = []
        for entry in waiting:
            async with self._ctx.store.write() as tx:
                told.append(await self._place(tx, self._index, entry))
        if learned := self._index.take_learned():
            async with self._ctx.store.write() as tx:
                await stories.add_frequencies(tx, learned)
        if told:
            joined = sum(1 for placement in told if placement.story is not None)
            self._ctx.log.info("grouped", entries=len(told), joined=joined, new_stories=len(told) - joined)
            self._ctx.wake("publish")

    async def _rebuilt(self) -> Index:
        async with self._ctx.store.read() as tx:
            learned = await stories.load_frequencies(tx)
            recent = await entries.grouped_since(tx, self._ctx.clock() - WINDOW)
        archive = Frequencies(self._seed.documents + learned.pop("", 0), dict(self._seed.terms))
        for term, count in learned.items():
            archive.terms[term] = archive.terms.get(term, 0) + count
        index = Index(archive)
        for entry in recent:
            if entry.story_id is not None:
                index.add(doc_of(entry), entry.story_id)
        return index

    async def _place(self, tx: Tx, index: Index, entry: Entry) -> Placement:
        now = self._ctx.clock()
        doc = doc_of(entry)
        if entry.story_id is not None:
            placement = Placement(entry.story_id, 1.0, "an edit of a known entry")
            await stories.join(tx, entry.story_id, entry.id, now)
            return placement
        placement = index.place(doc)
        story = placement.story
        if story is None:
            story = await stories.create(tx, entry.id, now)
        else:
            await stories.join(tx, story, entry.id, now)
        index.add(doc, story)
        return placement


def doc_of(entry: Entry) -> Doc:
    """Return what grouping needs of an entry."""
    return Doc(
        entry.id, entry.title, entry.text, entry.language, entry.published, link_key(entry.link), entry.outlet
    )
