"""Which entries tell the same event?

Each new entry is compared with those of the last 72 hours, in order of arrival:

0. the same canonical link, or the same normalised title (of four words or more, within a day);
1. TF-IDF over the title (twice) and the opening of the text. Document frequencies come from the archive *before*
   the window, so a name that bursts now stays rare, and "AI", "model" or "Google" stay cheap;
2. a guard: two shared informative words with enough weight, or one name that bursts; different versions of one
   model, or different sums, part what shares names;
3. the best member and the mean of a story decide; the best story above the bar takes the entry.
Across languages only anchors count (names in Latin letters, model names, figures with their value and unit): enough of
them must be shared, by weight and as a part of all that both have.

Precision comes before recall: a wrong merge hides news, a missed one only repeats it. The result is determined by
the order of entries; an entry never changes the id of a story.
"""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.pipeline.anchors import Anchors, anchors_of, clash, heaviest, versions_of
from bot.pipeline.anchors import shared as shared_anchors
from bot.pipeline.terms import OPENING, Frequencies, split_terms, terms_of
from bot.pipeline.text import normal_title, without_outlet, words

WINDOW = timedelta(hours=72)
CROSS_WINDOW = timedelta(hours=48)
BAR = 0.28
SURE = 0.6
MASS = 12.0
INFORMATIVE = 3.2
"""Nats: a pair needs two shared terms of at least INFORMATIVE, with MASS together."""

BEST_SHARE = 0.7
TITLE_TERMS = 12
LONGEST_BOOST = 2.0
"""The cosine of two texts falls with their length; it is scaled up to what titles of TITLE_TERMS would give."""

SHORT_TEXT = 80
"""Characters of text below which an entry is compared by its title alone."""

TITLE_POSTINGS = 10
TEXT_POSTINGS = 24
POSTINGS = 200
CANDIDATES = 40
SMALL = 5
"""Members up to which a story may still join another."""

BURST_SEEN = 4
CARRY_SHARE = 0.6
SHORTEST_NAME = 4
"""A new name of this many letters that BURST_SEEN entries have carries an entry to the story most of whose titles have it."""


@dataclass(frozen=True, slots=True)
class Doc:
    """What grouping needs of an entry. `link_key` may be empty; `text` is read from its start."""

    id: int
    title: str
    text: str
    language: str
    published: datetime
    link_key: str = ""
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an entry belongs: a known story, or a new one (`story` None); `reason` says why in a few words."""

    story: int | None
    score: float
    reason: str


@dataclass(slots=True)
class _Item:
    doc: Doc
    story: int
    vector: Mapping[str, float]
    terms: frozenset[str]
    anchors: Anchors
    names: frozenset[str]
    bare: bool
    versions: Mapping[str, frozenset[str]]


class Index:
    """The entries of the last 72 hours with their stories. A cache: it can be rebuilt from the store at any time."""

    def __init__(self, archive: Frequencies) -> None:
        self.archive = archive
        self.newest: datetime | None = None
        self.learned: Counter[str] = Counter()
        self._last: _Item | None = None
        self._items: dict[int, _Item] = {}
        self._order: deque[int] = deque()
        self._postings: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=POSTINGS))
        self._anchored: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=POSTINGS))
        self._named: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=POSTINGS))
        self._capital: Counter[str] = Counter()
        self._plain: set[str] = set()
        self._seen: Counter[str] = Counter()
        self._stories: dict[int, list[int]] = defaultdict(list)
        self._links: dict[str, int] = {}
        self._titles: dict[str, int] = {}

    def place(self, doc: Doc) -> Placement:
        """Return where `doc` belongs, without adding it."""
        same = self._same(doc)
        if same is not None:
            return Placement(self._items[same].story, 1.0, "the same link or title")
        return self._placed(self._item(doc, story=0))

    def _placed(self, item: _Item) -> Placement:
        """Return the best story for an item among those it is not in."""
        scores = self._scores(item)
        if scores:
            story, score = max(scores.items(), key=lambda pair: (pair[1], -pair[0]))
            if score >= BAR:
                return Placement(story, round(score, 3), "shared rare words")
        crossing = self._crossing(item)
        if crossing is not None:
            return crossing
        return Placement(None, round(max(scores.values(), default=0.0), 3), "nothing like it in 72 hours")

    def add(self, doc: Doc, story: int) -> None:
        """Add `doc` as a member of `story`; entries older than the window leave and are counted into the archive."""
        item = self._item(doc, story=0)
        item.story = story
        self._items[doc.id] = item
        self._order.append(doc.id)
        self._stories[story].append(doc.id)
        for term in item.terms:
            self._seen[term] += 1
        for term in self._heavy_terms(item):
            self._postings[term].append(doc.id)
        for anchor in heaviest(item.anchors):
            self._anchored[anchor].append(doc.id)
        for name in item.names:
            if self._is_new(name):
                self._named[name].append(doc.id)
        self._learn_capitals(doc.title)
        if doc.link_key:
            self._links[doc.link_key] = doc.id
        self._titles[normal_title(doc.title, doc.outlet)] = doc.id
        self.newest = max(self.newest, doc.published) if self.newest else doc.published
        self._prune(self.newest - WINDOW)

    def twins(self, story: int) -> list[int]:
        """Return other stories that tell the same event as this one, by the rule that places entries.

        Either this one is small and most of its members point to the other, or the other is small, shares a name that
        bursts, and most of its members point here.
        """
        found = [other] if (other := self._pointed(story)) is not None else []
        members = [self._items[member] for member in self._stories.get(story, ())]
        names = {name for item in members[-1:] for name in item.names if self._bursts(name)}
        near = {self._items[i].story for name in names for i in self._named[name] if i in self._items} - {
            story,
            *found,
        }
        return found + [other for other in sorted(near) if self._pointed(other) == story]

    def _pointed(self, story: int) -> int | None:
        """Return the story that most members of a small story point to."""
        members = [self._items[member] for member in self._stories.get(story, ())]
        if not members or len(members) > SMALL:
            return None
        votes = Counter(found for item in members if (found := self._placed(item).story) is not None)
        if not votes:
            return None
        best, count = min(votes.items(), key=lambda vote: (-vote[1], vote[0]))
        return best if count * 2 > len(members) else None

    def merge(self, gone: int, into: int) -> None:
        """Move every member of one story to another."""
        for member in self._stories.pop(gone, []):
            self._items[member].story = into
            self._stories[into].append(member)

    def take_learned(self) -> dict[str, int]:
        """Return, once, the document counts that left the window since the last call; the empty term counts documents."""
        learned, self.learned = dict(self.learned), Counter()
        return learned

    def _prune(self, before: datetime) -> None:
        while self._order and self._items[self._order[0]].doc.published < before:
            item = self._items.pop(self._order.popleft())
            self.archive.learn(item.terms)
            self.learned.update(["", *item.terms])
            self._seen.subtract(item.terms)
            members = self._stories[item.story]
            members.remove(item.doc.id)
            if not members:
                del self._stories[item.story]

    def _item(self, doc: Doc, story: int) -> _Item:
        """Return what is compared of an entry; the one just placed is not made again when it is added."""
        if self._last is None or self._last.doc is not doc:
            self._last = self._made(doc, story)
        return self._last

    def _made(self, doc: Doc, story: int) -> _Item:
        counts = terms_of(doc.title, doc.text)
        weights = {term: (1 + math.log(n)) * self.archive.idf(term) for term, n in counts.items()}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return _Item(
            doc,
            story,
            {term: w / norm for term, w in weights.items()},
            frozenset(counts),
            anchors_of(doc.title, doc.text, doc.language, self.archive),
            frozenset(
                t
                for t in split_terms(without_outlet(doc.title))
                if len(t) >= SHORTEST_NAME and not t.isdigit()
            ),
            len(doc.text) < SHORT_TEXT,
            versions_of(doc.title),
        )

    def _same(self, doc: Doc) -> int | None:
        for found in (self._links.get(doc.link_key) if doc.link_key else None, self._same_title(doc)):
            if found is not None and found in self._items:
                return found
        return None

    def _same_title(self, doc: Doc) -> int | None:
        title = normal_title(doc.title, doc.outlet)
        found = self._titles.get(title)
        if found is None or found not in self._items or len(title) < 16:
            return None
        other = self._items[found].doc
        gap = abs(doc.published - other.published)
        return None if _editions(doc, other) or gap > timedelta(hours=48) else found

    def _heavy_terms(self, item: _Item) -> list[str]:
        """Return the terms by which an item is found: the heaviest, more of them when there is a text."""
        ranked = sorted(item.vector, key=lambda t: (-item.vector[t], t))
        return ranked[: TITLE_POSTINGS if item.bare else TEXT_POSTINGS]

    def _candidates(self, item: _Item) -> list[_Item]:
        votes: Counter[int] = Counter()
        for term in self._heavy_terms(item):
            weight = self.archive.idf(term)
            for other in self._postings.get(term, ()):
                if other in self._items:
                    votes[other] += weight  # type: ignore[assignment]  # weights, not counts
        return [self._items[i] for i, _ in votes.most_common(CANDIDATES)]

    def _scores(self, item: _Item) -> dict[int, float]:
        by_story: dict[int, list[float]] = defaultdict(list)
        for other in self._candidates(item):
            if other.story != item.story and abs(item.doc.published - other.doc.published) <= WINDOW:
                by_story[other.story].append(self._likeness(item, other))
        found: dict[int, float] = {}
        for story, likes in by_story.items():
            best = sorted(likes, reverse=True)[:4]
            size = min(len(self._stories[story]), 4)
            found[story] = BEST_SHARE * best[0] + (1 - BEST_SHARE) * sum(best) / size
        for story, share in self._carried(item).items():
            found[story] = max(found.get(story, 0.0), BAR + 0.1 * share)
        return found

    def _carried(self, item: _Item) -> dict[int, float]:
        """Return the stories that a bursting name in the title carries an item to: those most of whose titles have it."""
        found: dict[int, float] = {}
        for name in item.names:
            holders = [self._items[i] for i in self._named.get(name, ()) if i in self._items]
            if len(holders) + 1 < BURST_SEEN or not (self._is_new(name) and self._is_name(name)):
                continue
            for story, count in Counter(
                h.story for h in holders if h.story != item.story and not clash(item.versions, h.versions)
            ).items():
                share = count / len(self._stories[story])
                if share >= CARRY_SHARE:
                    found[story] = max(found.get(story, 0.0), share)
        return found

    def _is_new(self, name: str) -> bool:
        """Tell whether a name was practically unknown to the archive."""
        return self.archive.terms.get(name, 0) * 2000 <= self.archive.documents

    def _is_name(self, term: str) -> bool:
        """Tell whether titles write a term as a name: capitalised where capitals tell, and never in lower case."""
        return self._capital[term] > 0 and term not in self._plain

    def _learn_capitals(self, title: str) -> None:
        """Learn from a title that is not set in capitals throughout which of its words are names."""
        long = [word for word in words(title)[1:] if len(word) >= SHORTEST_NAME and word[0].isalpha()]
        capital = [word for word in long if not word.islower()]
        if len(capital) * 10 > 6 * len(long):
            return
        self._capital.update(term for word in capital for term in split_terms(word))
        self._plain.update(term for word in long if word.islower() for term in split_terms(word))

    def _likeness(self, a: _Item, b: _Item) -> float:
        shared = a.vector.keys() & b.vector.keys()
        if not shared or _editions(a.doc, b.doc):
            return 0.0
        cosine = sum(a.vector[t] * b.vector[t] for t in shared)
        longer = 1.0
        if not (a.bare or b.bare):
            longer = min(LONGEST_BOOST, max(1.0, math.sqrt(min(len(a.terms), len(b.terms)) / TITLE_TERMS)))
        if clash(a.versions, b.versions) or not (cosine >= SURE or self._guarded(shared, longer)):
            return 0.0
        return min(1.0, cosine * longer)

    def _guarded(self, shared: set[str], longer: float) -> bool:
        informative = [t for t in shared if self.archive.idf(t) >= INFORMATIVE]
        mass = sum(self.archive.idf(t) for t in informative)
        if len(informative) >= 2 and mass >= MASS * longer:
            return True
        return any(self._bursts(t) for t in informative) and len(shared) >= 2

    def _bursts(self, term: str) -> bool:
        """Tell whether a name is everywhere now and was nowhere in the archive."""
        named = len(term) >= SHORTEST_NAME and not term.isdigit()
        return named and self._seen[term] >= BURST_SEEN and self._is_new(term) and self._is_name(term)

    def _crossing(self, item: _Item) -> Placement | None:
        """Look for a story told in another language by the anchors it shares."""
        votes: Counter[int] = Counter()
        for anchor in heaviest(item.anchors):
            for other in self._anchored.get(anchor, ()):
                votes[other] += 1
        best: tuple[float, int] | None = None
        for found, _ in votes.most_common(CANDIDATES):
            other_item = self._items.get(found)
            if other_item is None or not _foreign(item, other_item):
                continue
            share = shared_anchors(item.anchors, other_item.anchors, titles=item.bare or other_item.bare)
            if share > 0 and not clash(item.versions, other_item.versions):
                best = max(best or (0.0, 0), (share, -other_item.story))
        if best is None:
            return None
        return Placement(-best[1], round(best[0], 3), "the same names and figures in another language")


def _editions(a: Doc, b: Doc) -> bool:
    """Tell whether one outlet uses one headline for two texts: two editions of a column, and no story told twice."""
    if not a.outlet or a.outlet != b.outlet or a.text[:OPENING] == b.text[:OPENING]:
        return False
    return normal_title(a.title, a.outlet) == normal_title(b.title, b.outlet)


def _foreign(a: _Item, b: _Item) -> bool:
    other = a.doc.language != b.doc.language and a.story != b.story
    return other and abs(a.doc.published - b.doc.published) <= CROSS_WINDOW


def in_order(docs: Sequence[Doc]) -> list[Doc]:
    """Return entries in the order in which grouping takes them: by time, then id."""
    return sorted(docs, key=lambda doc: (doc.published, doc.id))
