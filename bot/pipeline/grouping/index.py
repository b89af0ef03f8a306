"""Which entries tell the same event?

Entries come in batches, as they arrive together: `expect` counts a batch, then each entry is placed and
added, in the order of `sort_docs`, so that the result does not depend on who was polled first. Each is
compared with those of the last 72 hours (`window`):

0. the same canonical link, or the same normalised title (`same_pages`); but one feed's entries that share one
   page stay apart;
1. in one language, learned models of pairs, and of entry and story: the most likely story takes the entry if
   it is likely enough (`chances`);
2. across languages what titles share by name, or texts (`chances`).

At the end of a batch small stories that grew may join others, and some are known to belong to one affair
(`siblings`).

Precision comes before recall: a wrong merge hides news, a missed one only repeats it. An entry never changes
the id of a story.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.chances import Chances
from bot.pipeline.grouping.features import Doc, Item, Items
from bot.pipeline.grouping.model import Model
from bot.pipeline.grouping.siblings import Siblings
from bot.pipeline.grouping.weights import Weights
from bot.pipeline.grouping.window import WINDOW, Window
from bot.text.products import Tiers
from bot.text.terms import Frequencies

__all__ = ["WINDOW", "Doc", "Index", "Placement", "sort_docs"]

OWN_CANDIDATES_MAX = 200
"""Stories of servers' own entries that are looked at again in one batch, the newest."""

SURER = 0.1
"""How much likelier another story in another language must be for an entry to move there."""

REASON_TERMS_MAX = 3
"""Shared terms that a reason names."""

NO_TIERS = Tiers()
SAME_LINK_REASON = "the same link or title"
WORDS = "shared rare words"
ANCHORS = "the same names and figures in another language"
NEW = "nothing like it in 72 hours"
LONGEST_REASON = 64


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an entry belongs: a known story, or a new one (`story` None).

    `reason` says why: one of the codes above; behind `WORDS` and a colon stand the terms that weighed most.
    """

    story: int | None
    score: float
    reason: str


class Index:
    """The entries of the last 72 hours with their stories. A cache: it can be rebuilt from the store at any
    time.
    """

    def __init__(self, archive: Frequencies, model: Model, tiers: Tiers = NO_TIERS) -> None:
        self.archive = archive
        self.newest: datetime | None = None
        self.document_counts: Counter[str] = Counter()
        self._model = model
        weights, self._bursts = Weights(archive), Bursts(archive)
        self._items_of = Items(archive, weights, self._bursts, model.events, tiers)
        self._window = Window(self._items_of, weights)
        self._chances = Chances(self._window, model, self._items_of, self._bursts)
        self._siblings = Siblings(self._window, self._chances, self._bursts, model.bar)
        self._doubts: dict[int, float] = {}
        """Entries that joined a story across languages, with the probability by which they did."""

        self._grown: set[int] = set()
        self._own: dict[int, None] = {}
        """Stories that a server's own entries began, in order."""

        self._expected: dict[int, Item] = {}

    # --- a batch
    # ---------------------------------------------------------------------------------------------------

    def expect(self, docs: Sequence[Doc]) -> None:
        """Begin a batch: count its titles, so that what bursts in it is known before its first entry is
        placed.
        """
        for item in self._expected.values():
            if item.counted:
                self._bursts.forget(item.doc.id, item.weights)
        self._chances.forget()
        self._siblings.begin_batch()
        self._grown.clear()
        self._expected = {}
        newest = max(
            [*(doc.published for doc in docs), *([self.newest] if self.newest else [])], default=None
        )
        if newest is not None:
            self._prune(newest - WINDOW)
            for doc in docs:
                if doc.servers is None and doc.published >= newest - WINDOW:
                    self._bursts.count(doc.id, doc.language, dict.fromkeys(self._items_of.terms_of(doc), 0.0))
        self._bursts.settle()
        for doc in docs:
            item = self._expected[doc.id] = self._items_of.make(doc)
            item.counted = doc.servers is None and newest is not None and doc.published >= newest - WINDOW

    def place(self, doc: Doc) -> Placement:
        """Return where `doc` belongs, without adding it. One that was not expected is a batch of its own."""
        item = self._item(doc)
        twin = self._window.find_same(item)
        if twin is not None:
            return Placement(twin.story, 1.0, SAME_LINK_REASON)
        story, chance = _likeliest(self._chances.of_stories(item))
        if chance >= self._model.bar:
            return Placement(story, round(chance, 3), self._reason(item, story))
        crossing = self._chances.best_crossing(item)
        if crossing is None:
            return Placement(None, round(chance, 3), NEW)
        placement = Placement(crossing[0], round(crossing[1], 3), ANCHORS)
        self._doubts[doc.id] = placement.score
        return placement

    def add(self, doc: Doc, story: int) -> None:
        """Add `doc` as a member of `story`; entries older than the window leave and are counted into the
        archive.
        """
        item = self._item(doc)
        del self._expected[doc.id]
        self._grown.add(story)
        if story not in self._window.stories and doc.servers is not None:
            self._own[story] = None
        self._window.add(item, story)
        self.newest = max(self.newest, doc.published) if self.newest else doc.published
        if item.counted:
            self._prune(self.newest - WINDOW)

    def take_document_counts(self) -> dict[str, int]:
        """Return, once, the document counts that left the window since the last call; the empty term counts
        documents.
        """
        counts, self.document_counts = dict(self.document_counts), Counter()
        return counts

    # --- after a batch
    # ---------------------------------------------------------------------------------------------

    def twins(self, story: int) -> list[int]:
        """Return other stories that tell the same event as this one, the most likely first.

        The smaller of two must be small, and its entries on the average belong to the larger, by the rules
        that place entries.
        """
        return self._siblings.find_twins(story)

    def related(self, stories: Iterable[int]) -> dict[int, dict[int, float]]:
        """Return for each of some stories its neighbours: those of the same saga with how likely an entry of
        one belongs to the other on the average, the rest with 0.
        """
        return self._siblings.find_related(stories)

    def moves(self) -> list[tuple[int, int, float]]:
        """Return entries that a story of this batch fits much better than the one they joined across
        languages, with it and the share.

        Which of two outlets was polled first must not decide which language's entries a third one stands
        with.
        """
        moves: dict[int, tuple[float, int]] = {}
        for story in sorted(self._grown & self._window.stories.keys()):
            first = self._window.items[self._window.stories[story].first.members[0]]
            for number in self._chances.find_foreign(first):
                item, share = self._window.items[number], self._doubts.get(number)
                if share is None or item.story == story or not first.doc.is_evidence_for(item.doc):
                    continue
                better = self._chances.crosses(item, story)
                if better > max(share + SURER, moves.get(number, (0.0, 0))[0]):
                    moves[number] = (better, story)
        return [(number, story, round(share, 3)) for number, (share, story) in sorted(moves.items())]

    def move(self, number: int, target: int) -> None:
        """Move an entry to another story."""
        self._window.move(number, target)
        self._doubts.pop(number, None)

    def homes(self) -> list[tuple[int, int]]:
        """Return stories that only some servers see, each with a story seen by all to which its first entry
        belongs by now.

        What a server reads for itself waits for no proof from others, and is none for them: it is the one
        that moves.
        """
        homes = []
        for story in list(self._own)[-OWN_CANDIDATES_MAX:]:
            if story not in self._window.stories or self._window.is_for_all(story):
                del self._own[story]
                continue
            item = self._window.items[self._window.stories[story].first.members[0]]
            chances = self._chances.of_stories(item)
            home, chance = _likeliest({s: c for s, c in chances.items() if self._window.is_for_all(s)})
            if chance >= self._model.bar:
                homes.append((story, home))
        return homes

    def merge(self, source_id: int, target_id: int) -> None:
        """Move every member of one story to another."""
        self._window.merge(source_id, target_id)

    def _reason(self, item: Item, story: int) -> str:
        """Name the terms that weigh most among those which the story's entries share with an item."""
        terms = self._window.stories[story].parts[item.doc.language].terms
        names = ", ".join(itertools.islice((t for t in item.weights if terms.get(t)), REASON_TERMS_MAX))
        return f"{WORDS}: {names}"[:LONGEST_REASON] if names else WORDS

    def _prune(self, before: datetime) -> None:
        """Count what leaves the window into the archive."""
        for item in self._window.prune(before):
            if item.doc.servers is None:
                self.archive.learn(item.weights)
                self.document_counts.update(["", *item.weights])
            if item.counted:
                self._bursts.forget(item.doc.id, item.weights)
            self._doubts.pop(item.doc.id, None)

    def _item(self, doc: Doc) -> Item:
        """Return what is compared of an entry; one that was not expected begins a batch of its own."""
        if doc.id not in self._expected:
            self.expect([doc])
        return self._expected[doc.id]


def _likeliest(chances: Mapping[int, float]) -> tuple[int, float]:
    return max(chances.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))


def sort_docs(docs: Iterable[Doc]) -> list[Doc]:
    """Return the entries of a batch in the order in which grouping takes them: what all see first, by time,
    then by what they are, never by who came first.
    """
    return sorted(
        docs, key=lambda d: (d.servers is not None, d.published, d.title, d.link_key, d.outlet, d.id)
    )
