"""Which entries tell the same event?

Entries come in batches, as they arrive together: `expect` counts a batch, then each entry is placed and
added, in the order of `sort_docs`, so that the result does not depend on who was polled first. Each is
compared with those of the last 72 hours:

0. the same canonical link, or the same normalised title (of four words or more, within two days); but one
   feed's entries that share one page stay apart;
1. in one language, a learned model of pairs (`pairs`): what titles share by weight (document frequencies come
   from the archive *before* the window), what bursts, kinds of events, figures, frames that prove nothing,
   and texts where there are any;
2. a learned model of entry and story (`story_fit`) on top: the best members, and the name that holds a story
   together. The most likely story takes the entry if it is likely enough; other versions of one product, and
   sisters of one family, part what shares names;
3. across languages only anchors count (names in Latin letters, model names, figures with their value and
   unit, and what a small lexicon knows by its names in many languages), against the language in which a story
   began: nothing is joined through a third. A learned model looks at those of titles (`crossings`), which
   must share two names; what is alike in texts has a bar of its own (`anchors`).

At the end of a batch small stories that grew may join others (`twins`).

Precision comes before recall: a wrong merge hides news, a missed one only repeats it. An entry never changes
the id of a story.
"""

import heapq
import itertools
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.pipeline.grouping.anchor_index import AnchorIndex
from bot.pipeline.grouping.anchors import overlap as shared_anchors
from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.crossings import Member, crossing_features
from bot.pipeline.grouping.features import Doc, Item, Items
from bot.pipeline.grouping.model import MOST, Model
from bot.pipeline.grouping.pairs import are_alike_in_text, pair_features
from bot.pipeline.grouping.story_fit import Part, story_features
from bot.pipeline.grouping.weights import Weights
from bot.text.products import Tiers, are_different_products
from bot.text.terms import OPENING, Frequencies
from bot.text.titles import normal_title

__all__ = ["WINDOW", "Doc", "Index", "Placement", "sort_docs"]

WINDOW = timedelta(hours=72)
SAME_TITLE = timedelta(hours=48)
LONG_TITLE = 16
"""Characters from which a normalised title says enough to be the same."""

CROSS_WINDOW = timedelta(hours=48)

POSTINGS = 60
CANDIDATES = 10
ALIKE = 0.09
"""The cosine, as far as the terms by which entries are found tell it, below which two are not looked at."""

LINKED_LOGIT = -3.0
"""The logit of its best member from which a story is asked."""

NEAR_LOGIT = -2.0
"""The logit from which the story of an entry may be a twin."""

LOOKED_AT = 8
"""Members of a story that an entry is compared with: those found, then the newest and the first."""

ENDS = 2
"""The newest and the first members whose neighbours may be twins of a story."""

SMALL = 5
"""Members up to which a story may still join another."""

CALLING, CALLED_BY, CALLED_FROM = 2.5, 3, 4
"""A name that bursts by CALLING nats in CALLED_FROM titles, among the CALLED_BY heaviest, calls in small
stories that had it before.
"""

MERGE_CANDIDATES_MAX = 60
"""Pairs of stories looked at in one batch: near copies in great numbers must not take for ever."""

RELATED_FROM = 0.3
"""The likeness from which two stories belong to one affair: nine of ten such pairs do, on eleven days."""

RELATED_CANDIDATES_MAX = 400
"""Pairs of stories whose likeness is worked out in one batch."""

OWN_CANDIDATES_MAX = 200
"""Stories of servers' own entries that are looked at again in one batch, the newest."""

SURER = 0.1
"""How much likelier another story in another language must be for an entry to move there."""

OWN_LOOKED_AT = 6
"""The newest members in an entry's own language that it is compared with, when a story that began in another
language is asked.
"""

SEVERAL_MIN = 3
"""Members from which a story takes an entry in another language only if two of those looked at are
like it.
"""

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


@dataclass(slots=True)
class _Story:
    """A story of the window: the language that it began in, and its members by language."""

    language: str
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(len(part.members) for part in self.parts.values())

    @property
    def first(self) -> Part:
        """The part in its first language."""
        return self.parts[self.first_language]

    @property
    def first_language(self) -> str:
        """The language in which it began; that of its largest part where those entries have left the
        window.
        """
        if self.language in self.parts:
            return self.language
        return max(self.parts, key=lambda language: len(self.parts[language].members))


def _postings() -> dict[str, deque[int]]:
    return defaultdict(lambda: deque(maxlen=POSTINGS))


class Index:
    """The entries of the last 72 hours with their stories. A cache: it can be rebuilt from the store at any
    time.
    """

    def __init__(self, archive: Frequencies, model: Model, tiers: Tiers = NO_TIERS) -> None:
        self.archive = archive
        self.newest: datetime | None = None
        self.document_counts: Counter[str] = Counter()
        self._model = model
        self._weights = Weights(archive)
        self._bursts = Bursts(archive)
        self._items_of = Items(archive, self._weights, self._bursts, model.events, tiers)
        self._items: dict[int, Item] = {}
        self._order: list[tuple[datetime, int]] = []
        self._found_by = _postings()
        self._anchor_index = AnchorIndex(self._items, self._items_of)
        self._stories: dict[int, _Story] = {}
        self._placed: Counter[str] = Counter()
        self._links: dict[str, int] = {}
        self._titles: dict[str, int] = {}
        self._doubts: dict[int, float] = {}
        """Entries that joined a story across languages, with the probability by which they did."""

        self._grown: set[int] = set()
        self._own: dict[int, None] = {}
        """Stories that a server's own entries began, in order."""

        self._expected: dict[int, Item] = {}
        self._logits: dict[tuple[int, int], float] = {}
        self._near: dict[int, list[int]] = {}
        self._asked = 0

    # --- a batch
    # ---------------------------------------------------------------------------------------------------

    def expect(self, docs: Sequence[Doc]) -> None:
        """Begin a batch: count its titles, so that what bursts in it is known before its first entry is
        placed.
        """
        for item in self._expected.values():
            if item.counted:
                self._bursts.forget(item.doc.id, item.weights)
        self._logits.clear()
        self._near.clear()
        self._grown.clear()
        self._expected, self._asked = {}, 0
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
        known_story = self._story_of_twin(item)
        if known_story is not None:
            return Placement(self._items[known_story].story, 1.0, SAME_LINK_REASON)
        chances = self._chances(item)
        story, chance = max(chances.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))
        if chance >= self._model.bar:
            return Placement(story, round(chance, 3), self._reason(item, story))
        crossing = self._crossing(item)
        if crossing is not None:
            self._doubts[doc.id] = crossing.score
        return crossing or Placement(None, round(chance, 3), NEW)

    def add(self, doc: Doc, story: int) -> None:
        """Add `doc` as a member of `story`; entries older than the window leave and are counted into the
        archive.
        """
        item = self._item(doc)
        del self._expected[doc.id]
        item.story = story
        self._grown.add(story)
        if story not in self._stories:
            item.began = doc.servers is None
            if item.began:
                self._weights.begin(doc.language, item.weights.keys())
            else:
                self._own[story] = None
            self._stories[story] = _Story(doc.language)
        part = self._stories[story].parts.setdefault(doc.language, Part())
        part.members.append(doc.id)
        part.terms.update(item.weights.keys())
        if doc.servers is None:
            self._placed.update(item.weights.keys())
        self._items[doc.id] = item
        heapq.heappush(self._order, (doc.published, doc.id))
        for drawer in doc.drawers:
            for term in item.found_by:
                self._found_by[drawer + term].append(doc.id)
            if doc.link_key:
                self._links[drawer + doc.link_key] = doc.id
            self._titles[drawer + item.title] = doc.id
        self._anchor_index.add(item)
        self.newest = max(self.newest, doc.published) if self.newest else doc.published
        if item.counted:
            self._prune(self.newest - WINDOW)

    def take_document_counts(self) -> dict[str, int]:
        """Return, once, the document counts that left the window since the last call; the empty term counts
        documents.
        """
        counts, self.document_counts = dict(self.document_counts), Counter()
        return counts

    # --- merges
    # ----------------------------------------------------------------------------------------------------

    def twins(self, story: int) -> list[int]:
        """Return other stories that tell the same event as this one, the most likely first.

        The smaller of two must be small, and its entries on the average belong to the larger, by the rules
        that place entries.
        """
        if story not in self._stories:
            return []
        chances = {}
        for neighbour in sorted(self._neighbours(story)):
            self._asked += 1
            if (
                self._asked <= MERGE_CANDIDATES_MAX
                and (chance := self._merge_chance(story, neighbour)) >= self._model.bar
            ):
                chances[neighbour] = chance
        return sorted(chances, key=lambda other: (-chances[other], other))

    def related(self, stories: Iterable[int]) -> dict[int, dict[int, float]]:
        """Return for each of some stories its neighbours: those of the same saga with how likely an entry of
        one belongs to the other on the average, the rest with 0.
        """
        related: dict[int, dict[int, float]] = {}
        asked = 0
        for story in stories:
            neighbours = sorted(self._neighbours(story)) if story in self._stories else []
            asked += len(neighbours)
            if asked > RELATED_CANDIDATES_MAX:
                break
            likeness = {neighbour: self._likeness(story, neighbour) for neighbour in neighbours}
            related[story] = {
                neighbour: round(value, 3) if value >= RELATED_FROM else 0.0
                for neighbour, value in likeness.items()
            }
        return related

    def moves(self) -> list[tuple[int, int, float]]:
        """Return entries that a story of this batch fits much better than the one they joined across
        languages, with it and the share.

        Which of two outlets was polled first must not decide which language's entries a third one stands
        with.
        """
        moves: dict[int, tuple[float, int]] = {}
        for story in sorted(self._grown & self._stories.keys()):
            first = self._items[self._stories[story].first.members[0]]
            for number in self._foreign_candidates(first):
                item, share = self._items[number], self._doubts.get(number)
                if share is None or item.story == story or not first.doc.is_evidence_for(item.doc):
                    continue
                better = self._crosses(item, story)
                if better > max(share + SURER, moves.get(number, (0.0, 0))[0]):
                    moves[number] = (better, story)
        return [(number, story, round(share, 3)) for number, (share, story) in sorted(moves.items())]

    def move(self, number: int, target: int) -> None:
        """Move an entry to another story."""
        item = self._items[number]
        self._leave(item)
        self._forget_beginnings(item)
        item.story = target
        part = self._stories[target].parts.setdefault(item.doc.language, Part())
        part.members.append(number)
        part.terms.update(item.weights.keys())
        self._doubts.pop(number, None)

    def homes(self) -> list[tuple[int, int]]:
        """Return stories that only some servers see, each with a story seen by all to which its first entry
        belongs by now.

        What a server reads for itself waits for no proof from others, and is none for them: it is the one
        that moves.
        """
        homes = []
        for story in list(self._own)[-OWN_CANDIDATES_MAX:]:
            if story not in self._stories or self._is_for_all(story):
                del self._own[story]
                continue
            item = self._items[self._stories[story].first.members[0]]
            chances = {
                candidate: chance
                for candidate, chance in self._chances(item).items()
                if self._is_for_all(candidate)
            }
            home, chance = max(chances.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))
            if chance >= self._model.bar:
                homes.append((story, home))
        return homes

    def merge(self, source_id: int, target_id: int) -> None:
        """Move every member of one story to another."""
        merged, target = self._stories.pop(source_id, None), self._stories.get(target_id)
        if merged is None or target is None:
            return
        for language, part in merged.parts.items():
            target_part = target.parts.setdefault(language, Part())
            target_part.members += part.members
            target_part.terms.update(part.terms)
            for member in part.members:
                self._items[member].story = target_id
                self._forget_beginnings(self._items[member])

    def _neighbours(self, story: int) -> set[int]:
        """Return the stories worth asking: of entries like its newest and first ones, and those that had its
        bursting names before.
        """
        stories: set[int] = set()
        for part in self._stories[story].parts.values():
            for number in dict.fromkeys((*part.members[-ENDS:], *part.members[:ENDS])):
                item = self._items[number]
                numbers = dict.fromkeys((*self._candidates(item), *self._sharing_names(item)))
                stories.update(
                    self._items[n].story for n in numbers if self._logit(item, self._items[n]) > NEAR_LOGIT
                )
                if self._stories[story].size <= SMALL and (crossed := self._crossing(item)) is not None:
                    stories.add(crossed.story or story)
        return stories - {story}

    def _sharing_names(self, item: Item) -> Iterator[int]:
        for term in itertools.islice(item.weights, CALLED_BY):
            if self._bursts.seen[term] >= CALLED_FROM and self._bursts.of(term) > CALLING:
                yield from (n for n in self._found_by.get(term, ()) if self._comparable(item, n))

    def _merge_chance(self, first: int, second: int) -> float:
        """Return the mean probability that the entries of the smaller story belong to the larger; 0 where
        neither is small.
        """
        sizes = {story: self._stories[story].size for story in (first, second)}
        small, large = sorted(
            (first, second), key=lambda story: (self._is_for_all(story), sizes[story], -story)
        )
        if sizes[small] > SMALL:
            return 0.0
        members = [self._items[n] for part in self._stories[small].parts.values() for n in part.members]
        if self._is_for_all(small):
            members = [item for item in members if item.doc.servers is None]
        return sum(self._belongs(item, large) for item in members) / len(members)

    def _likeness(self, first: int, second: int) -> float:
        """Return the larger of the mean probabilities that the entries of one story belong to the other, in
        the language in which both began; what only some servers see proves nothing of what all see.
        """
        if self._stories[first].language != self._stories[second].language:
            return 0.0
        means = []
        for source, target in ((first, second), (second, first)):
            members = self._stories[source].first.members[:LOOKED_AT]
            items = [self._items[n] for n in members]
            if self._is_for_all(source):
                items = [item for item in items if item.doc.servers is None]
            means.append(sum(self._belongs(item, target) for item in items) / max(1, len(items)))
        return max(means)

    def _is_for_all(self, story: int) -> bool:
        """Tell whether anything of a story is seen by everybody: only that may say what becomes of it."""
        parts = self._stories[story].parts.values()
        return any(self._items[n].doc.servers is None for part in parts for n in part.members)

    def _belongs(self, item: Item, story: int) -> float:
        """Return the probability that an entry belongs to a story; across languages 0 below the bar."""
        if item.doc.language in self._stories[story].parts:
            return self._chance(item, story, ())
        return self._crosses(item, story)

    # --- in one language
    # -------------------------------------------------------------------------------------------

    def _chances(self, item: Item) -> dict[int, float]:
        """Return the probability of each story with a member like an item."""
        members_by_story: dict[int, list[int]] = defaultdict(list)
        for number in self._candidates(item):
            members_by_story[self._items[number].story].append(number)
        return {
            story: self._chance(item, story, numbers)
            for story, numbers in members_by_story.items()
            if max(self._logit(item, self._items[n]) for n in numbers) > LINKED_LOGIT
        } | {
            story: self._model.bar
            for story, numbers in members_by_story.items()
            if self._says_the_same(item, numbers)
        }

    def _says_the_same(self, item: Item, numbers: Sequence[int]) -> bool:
        if item.doc.language in self._model.languages:
            return False
        candidates = (self._items[number] for number in numbers)
        return any(
            are_alike_in_text(item, candidate)
            and not are_different_products(item.products, candidate.products)
            and not _editions(item.doc, candidate.doc)
            for candidate in candidates
        )

    def _chance(self, item: Item, story: int, numbers: Sequence[int]) -> float:
        """Return the probability that an item belongs to a story that has members in its language, of which
        some were found to be like it.
        """
        part = self._seen_by(item, self._stories[story].parts[item.doc.language])
        if not part.members:
            return 0.0
        look = dict.fromkeys(
            (*numbers[: LOOKED_AT // 2], *part.members[: -LOOKED_AT // 2 - 1 : -1], *part.members)
        )
        members = list(itertools.islice(look, LOOKED_AT))
        return 0.0 if self._is_parted(item, members) else self._likelihood(item, part, members)

    def _seen_by(self, item: Item, part: Part) -> Part:
        """Return a part of a story as it is evidence for an entry: without what others, who see the entry, do
        not see.
        """
        if all(self._items[n].doc.is_evidence_for(item.doc) for n in part.members):
            return part
        members = [n for n in part.members if self._items[n].doc.is_evidence_for(item.doc)]
        terms: Counter[str] = Counter()
        for number in members:
            terms.update(self._items[number].weights.keys())
        return Part(members, terms)

    def _likelihood(self, item: Item, part: Part, members: Sequence[int]) -> float:
        is_placed = item.doc.id in self._items and item.doc.servers is None
        logits = [self._logit(item, self._items[number]) for number in members]
        features = story_features(item, part, logits, lambda term: self._placed[term] - is_placed)
        return self._model.story_chance(features)

    def _is_parted(self, item: Item, members: Sequence[int]) -> bool:
        """Tell whether most members of a story are of other versions or sisters of what an entry names."""
        apart_count = sum(
            are_different_products(item.products, self._items[number].products) for number in members
        )
        return apart_count * 2 > len(members)

    def _logit(self, a: Item, b: Item) -> float:
        """Return the logit of a pair, worked out once in a batch."""
        key = (a.doc.id, b.doc.id) if a.doc.id < b.doc.id else (b.doc.id, a.doc.id)
        logit = self._logits.get(key)
        if logit is None:
            logit = self._logits[key] = self._pair(a, b)
        return logit

    def _pair(self, a: Item, b: Item) -> float:
        if are_different_products(a.products, b.products) or _editions(a.doc, b.doc):
            return -MOST
        features = pair_features(a, b, self._bursts)
        return -MOST if features is None else self._model.pair_logit(features)

    def _candidates(self, item: Item) -> list[int]:
        """Return the entries that share most with an item, found once in a batch."""
        candidates = self._near.get(item.doc.id)
        if candidates is None:
            candidates = self._near[item.doc.id] = self._sought(item)
        return [number for number in candidates if self._comparable(item, number)]

    def _sought(self, item: Item) -> list[int]:
        votes: dict[int, float] = defaultdict(float)
        for term in item.found_by:
            weight = item.weights.get(term) or item.opening[term] / 2
            square = weight * weight
            for drawer in item.doc.looks_in:
                for number in self._found_by.get(drawer + term, ()):
                    votes[number] += square
        least = ALIKE * item.norm
        most = heapq.nlargest(2 * CANDIDATES, votes, key=lambda number: (votes[number], number))
        norms = ((n, self._items[n].norm) for n in most if n in self._items)
        alike = [(-votes[n] / norm, n) for n, norm in norms if votes[n] >= least * norm]
        return [number for _, number in sorted(alike)[:CANDIDATES]]

    def _comparable(self, item: Item, number: int) -> bool:
        """Tell whether an entry of the window is another one, in the same language and of the same time."""
        candidate = self._items.get(number)
        return (
            candidate is not None
            and candidate is not item
            and candidate.doc.is_evidence_for(item.doc)
            and candidate.doc.language == item.doc.language
            and abs(candidate.doc.published - item.doc.published) <= WINDOW
        )

    def _reason(self, item: Item, story: int) -> str:
        """Name the terms that weigh most among those which the story's entries share with an item."""
        terms = self._stories[story].parts[item.doc.language].terms
        names = ", ".join(itertools.islice((t for t in item.weights if terms.get(t)), REASON_TERMS_MAX))
        return f"{WORDS}: {names}"[:LONGEST_REASON] if names else WORDS

    # --- the same, and across languages
    # ----------------------------------------------------------------------------

    def _story_of_twin(self, item: Item) -> int | None:
        for number in self._numbers_under(self._links, item, item.doc.link_key):
            if not _one_page(item.doc, self._items[number].doc) and self._is_believed(
                item, self._items[number]
            ):
                return number
        return next(
            (n for n in self._numbers_under(self._titles, item, item.title) if self._has_same_title(item, n)),
            None,
        )

    def _numbers_under(self, files: Mapping[str, int], item: Item, key: str) -> Iterator[int]:
        """Give the entries of the window that are filed under a key, and are evidence for an item."""
        for drawer in item.doc.looks_in if key else ():
            numbers = files.get(drawer + key)
            if numbers in self._items and self._items[numbers].doc.is_evidence_for(item.doc):
                yield numbers

    def _is_believed(self, item: Item, candidate: Item) -> bool:
        """Tell whether one link says that two entries tell the same: of one outlet, in two languages, or with
        a word in common.
        """
        return (
            item.doc.outlet == candidate.doc.outlet
            or item.doc.language != candidate.doc.language
            or not item.weights.keys().isdisjoint(candidate.weights.keys())
            or are_alike_in_text(item, candidate)
        )

    def _has_same_title(self, item: Item, number: int) -> bool:
        if len(item.title) < LONG_TITLE:
            return False
        candidate = self._items[number].doc
        gap = abs(item.doc.published - candidate.published)
        return not _editions(item.doc, candidate) and gap <= SAME_TITLE

    def _crossing(self, item: Item) -> Placement | None:
        """Look for a story told in another language by the anchors it shares with the entries in its first
        language.
        """
        chances = {
            story: self._crosses(item, story)
            for story in dict.fromkeys(self._items[n].story for n in self._foreign_candidates(item))
            if story != item.story
        }
        story, chance = max(chances.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))
        return Placement(story, round(chance, 3), ANCHORS) if chance else None

    def _crosses(self, item: Item, story: int) -> float:
        """Return the probability that an entry belongs to a story that began in another language, 0 below the
        bar: by titles, or by the share of anchors that texts have in common.

        Texts bring only the first entry in a language: on one subject many share as much.
        """
        target = self._stories[story]
        if item.doc.language == target.language:
            return 0.0
        members = target.first.members
        neighbours = [self._items[n] for n in dict.fromkeys((*members[-LOOKED_AT:], *members[:ENDS]))]
        comparable = [n for n in neighbours if n.doc.is_evidence_for(item.doc) and _near(item, n)]
        look = [n for n in comparable if not are_different_products(item.products, n.products)]
        if not look or 2 * len(look) < len(comparable):
            return 0.0
        features = self._crossing_features(item, story, look)
        titles = 0.0 if features is None else self._model.crossing_chance(features)
        likely_by_titles = titles if titles >= self._model.crossing_bar else 0.0
        if item.doc.language in target.parts:
            return likely_by_titles
        return max(likely_by_titles, self._crosses_in_text(item, look))

    def _crossing_features(self, item: Item, story: int, look: Sequence[Item]) -> list[float] | None:
        target = self._stories[story]
        language, part = target.first_language, target.parts.get(item.doc.language)
        own_logits = [
            self._logit(item, self._items[n])
            for n in (part.members[-OWN_LOOKED_AT:] if part else ())
            if self._items[n] is not item and self._items[n].doc.is_evidence_for(item.doc)
        ]
        return crossing_features(
            Member(item, self._items_of.title_anchors(item)),
            [Member(neighbour, self._items_of.title_anchors(neighbour)) for neighbour in look],
            len(target.first.members),
            lambda anchor: self._anchor_index.count_titles(language, anchor),
            max(own_logits, default=None),
            self._bursts,
        )

    def _crosses_in_text(self, item: Item, look: Sequence[Item]) -> float:
        """Return how likely an entry with a text is to belong with others by the anchors of their texts; 0
        where too few of them are like it.
        """
        anchors = self._items_of.anchored(item)
        shares = [
            share
            for neighbour in look
            if not (item.bare or neighbour.bare)
            and (share := shared_anchors(anchors, self._items_of.anchored(neighbour)))
        ]
        if len(shares) < (2 if len(look) >= SEVERAL_MIN else 1):
            return 0.0
        return self._model.bar + (1 - self._model.bar) * max(shares)

    def _foreign_candidates(self, item: Item) -> list[int]:
        return self._anchor_index.find_foreign(item, lambda candidate: _near(item, candidate))

    # --- what leaves
    # -----------------------------------------------------------------------------------------------

    def _prune(self, before: datetime) -> None:
        while self._order and self._order[0][0] < before:
            item = self._items.pop(heapq.heappop(self._order)[1])
            if item.doc.servers is None:
                self.archive.learn(item.weights)
                self.document_counts.update(["", *item.weights])
                self._placed.subtract(item.weights.keys())
            if item.counted:
                self._bursts.forget(item.doc.id, item.weights)
            self._forget_beginnings(item)
            self._unlist(item)
            self._anchor_index.forget(item)
            self._leave(item)
            self._doubts.pop(item.doc.id, None)

    def _leave(self, item: Item) -> None:
        """Take an entry out of its story, and the story out of the window with its last one."""
        parts = self._stories[item.story].parts
        part = parts[item.doc.language]
        part.members.remove(item.doc.id)
        part.terms.subtract(item.weights.keys())
        if not part.members:
            del parts[item.doc.language]
        if not parts:
            del self._stories[item.story]

    def _unlist(self, item: Item) -> None:
        """Forget the link and the title of an entry, unless a later one has them."""
        for known, key in ((self._links, item.doc.link_key), (self._titles, item.title)):
            for drawer in item.doc.drawers:
                if known.get(drawer + key) == item.doc.id:
                    del known[drawer + key]

    def _forget_beginnings(self, item: Item) -> None:
        if item.began:
            item.began = False
            self._weights.end(item.doc.language, item.weights.keys())

    def _item(self, doc: Doc) -> Item:
        """Return what is compared of an entry; one that was not expected begins a batch of its own."""
        if doc.id not in self._expected:
            self.expect([doc])
        return self._expected[doc.id]


def _one_page(a: Doc, b: Doc) -> bool:
    """Tell whether one outlet uses one page for two entries, as changelogs do: other titles at one link."""
    return bool(a.outlet) and a.outlet == b.outlet and normal_title(a.title) != normal_title(b.title)


def _editions(a: Doc, b: Doc) -> bool:
    """Tell whether one outlet uses one headline for two texts: two editions of a column, and no story told
    twice.
    """
    if not a.outlet or a.outlet != b.outlet or a.text[:OPENING] == b.text[:OPENING]:
        return False
    return normal_title(a.title, a.outlet) == normal_title(b.title, b.outlet)


def _near(a: Item, b: Item) -> bool:
    return a.story != b.story and abs(a.doc.published - b.doc.published) <= CROSS_WINDOW


def sort_docs(docs: Iterable[Doc]) -> list[Doc]:
    """Return the entries of a batch in the order in which grouping takes them: what all see first, by time,
    then by what they are, never by who came first.
    """
    return sorted(
        docs, key=lambda d: (d.servers is not None, d.published, d.title, d.link_key, d.outlet, d.id)
    )
