"""Which entries tell the same event?

Each new entry is compared with those of the last 72 hours, in order of arrival:

0. the same canonical link, or the same normalised title (of four words or more, within a day);
1. TF-IDF over the title (twice) and the opening of the text, over roots where a language inflects its nouns. Document
   frequencies come from the archive *before* the window, so a name that bursts now stays rare, and "AI", "model" or
   "Google" stay cheap; what many stories of the window share is cheap, too;
2. a guard: two shared informative words with enough weight, or one name that bursts; other versions of one product,
   and sisters of one family, part what shares names, and a story most of which is parted takes no entry by what names
   neither. A name that nobody knew before needs less likeness beside it;
3. the best member and the mean of a story decide; the best story above the bar takes the entry.
Across languages only anchors count (names in Latin letters, model names, figures with their value and unit, and what a
small lexicon knows by its names in many languages): enough of them must be shared, by weight and as a part of all that
both have.

Precision comes before recall: a wrong merge hides news, a missed one only repeats it. The result is determined by
the order of entries; an entry never changes the id of a story.
"""

import itertools
import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.pipeline.anchors import shared as shared_anchors
from bot.pipeline.group_items import Doc, Item, Items
from bot.pipeline.group_names import BURST_SEEN, Names
from bot.pipeline.group_weights import Weights
from bot.pipeline.products import Tiers, apart
from bot.pipeline.terms import OPENING, Frequencies
from bot.pipeline.text import normal_title

__all__ = ["WINDOW", "Doc", "Index", "Placement", "in_order"]

WINDOW = timedelta(hours=72)
CROSS_WINDOW = timedelta(hours=48)
BAR = 0.28
SURE = 0.6
MASS = 12.0
INFORMATIVE = 3.2
"""Nats: a pair needs two shared terms of at least INFORMATIVE, with MASS together."""

SOME = 0.18
CARRIED = 0.35
"""Two entries that share a name nobody knew before are as like as CARRIED, if they are like by SOME at all."""

BEST_SHARE = 0.7
TITLE_TERMS = 12
LONGEST_BOOST = 2.0
"""The cosine of two texts falls with their length; it is scaled up to what titles of TITLE_TERMS would give."""

POSTINGS = 200
CANDIDATES = 20
SMALL = 5
"""Members up to which a story may still join another."""

CARRY_SHARE = 0.6
"""A name that bursts carries an entry to the story most of whose titles have it."""

BRIDGES = 2
"""Titles that must have both of two names which burst before the two are of one event."""


NO_TIERS = Tiers()
SAME = "the same link or title"
WORDS = "shared rare words"
ANCHORS = "the same names and figures in another language"
NEW = "nothing like it in 72 hours"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an entry belongs: a known story, or a new one (`story` None); `reason` says why in a few words."""

    story: int | None
    score: float
    reason: str


def _postings() -> dict[str, deque[int]]:
    return defaultdict(lambda: deque(maxlen=POSTINGS))


class Index:
    """The entries of the last 72 hours with their stories. A cache: it can be rebuilt from the store at any time."""

    def __init__(self, archive: Frequencies, tiers: Tiers = NO_TIERS) -> None:
        self.archive = archive
        self.newest: datetime | None = None
        self.learned: Counter[str] = Counter()
        self._weights = Weights(archive)
        self._names = Names(archive)
        self._items_of = Items(archive, self._weights, self._names, tiers)
        self._last: Item | None = None
        self._near_last: list[Item] | None = None
        self._items: dict[int, Item] = {}
        self._order: deque[int] = deque()
        self._found_by = _postings()
        self._anchored: dict[str, dict[str, deque[int]]] = defaultdict(_postings)
        self._stories: dict[int, list[int]] = defaultdict(list)
        self._links: dict[str, int] = {}
        self._titles: dict[str, int] = {}

    def place(self, doc: Doc) -> Placement:
        """Return where `doc` belongs, without adding it."""
        item = self._item(doc)
        same = self._same(item)
        if same is not None:
            return Placement(self._items[same].story, 1.0, SAME)
        return self._placed(item)

    def _placed(self, item: Item) -> Placement:
        """Return the best story for an item among those it is not in."""
        scores = self._scores(item)
        if scores:
            story, score = max(scores.items(), key=lambda pair: (pair[1], -pair[0]))
            if score >= BAR:
                return Placement(story, round(score, 3), WORDS)
        crossing = self._crossing(item)
        if crossing is not None:
            return crossing
        return Placement(None, round(max(scores.values(), default=0.0), 3), NEW)

    def add(self, doc: Doc, story: int) -> None:
        """Add `doc` as a member of `story`; entries older than the window leave and are counted into the archive."""
        item = self._item(doc)
        item.story = story
        if story not in self._stories:
            item.began = True
            self._weights.begin(doc.language, item.weights.keys())
        self._items[doc.id] = item
        self._order.append(doc.id)
        self._stories[story].append(doc.id)
        self._names.add(doc.id, doc.title, doc.language, item.names, item.terms)
        for term in item.found_by:
            self._found_by[term].append(doc.id)
        anchored = self._anchored[doc.language]
        for anchor in item.anchored_by:
            anchored[anchor].append(doc.id)
        if doc.link_key:
            self._links[doc.link_key] = doc.id
        self._titles[item.title] = doc.id
        self.newest = max(self.newest, doc.published) if self.newest else doc.published
        self._prune(self.newest - WINDOW)

    def twins(self, story: int) -> list[int]:
        """Return other stories that tell the same event as this one, by the rule that places entries.

        Either this one is small and most of its members point to the other; or the other is small, shares a name that
        bursts, and most of its members point here; or each is about a name that bursts, and several titles have both.
        """
        names = self._bursting(story)
        found = [other] if (other := self._pointed(story)) is not None else []
        drawn = self._drawn(story, names) if names else set()
        found += [other for other in sorted(drawn - {story, *found}) if self._pointed(other) == story]
        bridged = (other for other in self._bridged(story, names) if not self._are_apart(story, other))
        return found + [other for other in bridged if other not in found]

    def _bursting(self, story: int) -> list[str]:
        """Return the names that burst in the newest title of a story."""
        members = self._stories.get(story)
        return sorted(filter(self._names.bursts, self._items[members[-1]].names)) if members else []

    def _drawn(self, story: int, names: Sequence[str]) -> set[int]:
        """Return the stories with one of `names` that the newest entry of a story may have drawn to it.

        Only those are worth asking: what it is like, and all that have a name which now carries entries to its story.
        """
        like = {other.story for other in self._candidates(self._items[self._stories[story][-1]])}
        found: set[int] = set()
        for name in names:
            counts = Counter(holder.story for holder in self._holders(name))
            carries = counts[story] >= CARRY_SHARE * len(self._stories[story])
            found.update(counts if carries else counts.keys() & like)
        return found

    def _holders(self, name: str) -> list[Item]:
        """Return the entries of the window whose titles have a new name."""
        return [self._items[i] for i in self._names.holders(name) if i in self._items]

    def _pointed(self, story: int) -> int | None:
        """Return the story that most members of a small story point to.

        The newest is asked first, and nobody once no story can have most votes any more: placing costs most of the time.
        """
        members = self._stories.get(story, ())
        if len(members) > SMALL:
            return None
        votes: Counter[int] = Counter()
        for left, member in zip(range(len(members) - 1, -1, -1), reversed(members), strict=True):
            if (found := self._placed(self._items[member]).story) is not None:
                votes[found] += 1
                if votes[found] * 2 > len(members):
                    return found
            if (max(votes.values(), default=0) + left) * 2 <= len(members):
                break
        return None

    def _bridged(self, story: int, names: Sequence[str]) -> list[int]:
        """Return the stories about a name that bursts which enough titles name beside another one of `names`."""
        found: set[int] = set()
        for one, other in itertools.combinations(names, 2):
            first, second = self._holders(one), self._holders(other)
            both = {item.doc.id for item in first} & {item.doc.id for item in second}
            if len(both) >= BRIDGES:
                found |= self._mostly(first) | self._mostly(second)
        return sorted(found - {story})

    def _mostly(self, holders: Iterable[Item]) -> set[int]:
        """Return the stories of several entries most of which are among `holders`."""
        counts = Counter(item.story for item in holders)
        return {s for s, n in counts.items() if n > 1 and n >= CARRY_SHARE * len(self._stories[s])}

    def _are_apart(self, one: int, other: int) -> bool:
        """Tell whether two stories are of different versions or sisters: most pairs of their newest titles are."""
        first, second = ([self._items[i] for i in self._stories[story][-SMALL:]] for story in (one, other))
        pairs = [apart(a.products, b.products) for a in first for b in second]
        return sum(pairs) * 2 > len(pairs)

    def merge(self, gone: int, into: int) -> None:
        """Move every member of one story to another."""
        for member in self._stories.pop(gone, []):
            self._items[member].story = into
            self._stories[into].append(member)
            self._no_longer_begins(self._items[member])

    def _no_longer_begins(self, item: Item) -> None:
        if item.began:
            item.began = False
            self._weights.end(item.doc.language, item.weights.keys())

    def take_learned(self) -> dict[str, int]:
        """Return, once, the document counts that left the window since the last call; the empty term counts documents."""
        learned, self.learned = dict(self.learned), Counter()
        return learned

    def _prune(self, before: datetime) -> None:
        while self._order and self._items[self._order[0]].doc.published < before:
            item = self._items.pop(self._order.popleft())
            self.archive.learn(item.terms)
            self.learned.update(["", *item.terms])
            self._names.forget(item.terms)
            self._no_longer_begins(item)
            self._unlist(item)
            members = self._stories[item.story]
            members.remove(item.doc.id)
            if not members:
                del self._stories[item.story]

    def _unlist(self, item: Item) -> None:
        """Forget the link and the title of an entry, unless a later one has them."""
        for known, key in ((self._links, item.doc.link_key), (self._titles, item.title)):
            if known.get(key) == item.doc.id:
                del known[key]

    def _item(self, doc: Doc) -> Item:
        """Return what is compared of an entry; the one just placed is not made again when it is added."""
        if self._last is None or self._last.doc is not doc:
            self._last, self._near_last = self._items_of.make(doc), None
        return self._last

    def _same(self, item: Item) -> int | None:
        found = self._links.get(item.doc.link_key) if item.doc.link_key else None
        return found if found is not None and found in self._items else self._same_title(item)

    def _same_title(self, item: Item) -> int | None:
        doc, found = item.doc, self._titles.get(item.title)
        if found is None or found not in self._items or len(item.title) < 16:
            return None
        other = self._items[found].doc
        gap = abs(doc.published - other.published)
        return None if _editions(doc, other) or gap > timedelta(hours=48) else found

    def _candidates(self, item: Item) -> list[Item]:
        """Return the entries that share most with an item; those of the last one are asked for again when it is added."""
        if item is not self._last:
            return self._sought(item)
        if self._near_last is None:
            self._near_last = self._sought(item)
        return [other for other in self._near_last if other.doc.id in self._items]

    def _sought(self, item: Item) -> list[Item]:
        votes: dict[int, float] = defaultdict(float)
        for term in item.found_by:
            weight = item.weights[term]
            for other in self._found_by.get(term, ()):
                votes[other] += weight
        live = filter(self._items.__contains__, sorted(votes, key=votes.__getitem__, reverse=True))
        return [self._items[i] for i in itertools.islice(live, CANDIDATES)]

    def _scores(self, item: Item) -> dict[int, float]:
        by_story: dict[int, list[float]] = defaultdict(list)
        parted: Counter[int] = Counter()
        first, last = item.doc.published - WINDOW, item.doc.published + WINDOW
        for other in self._candidates(item):
            if other.story != item.story and first <= other.doc.published <= last:
                differs = apart(item.products, other.products)
                by_story[other.story].append(0.0 if differs else self._likeness(item, other))
                parted[other.story] += differs
        found: dict[int, float] = {}
        for story, likes in by_story.items():
            if parted[story] * 2 > len(likes):
                continue
            best = sorted(likes, reverse=True)[:4]
            size = min(len(self._stories[story]), 4)
            found[story] = BEST_SHARE * best[0] + (1 - BEST_SHARE) * sum(best) / size
        for story, share in self._carried(item).items():
            found[story] = max(found.get(story, 0.0), BAR + 0.1 * share)
        return found

    def _carried(self, item: Item) -> dict[int, float]:
        """Return the stories that a bursting name in the title carries an item to: those most of whose titles have it."""
        found: dict[int, float] = {}
        for name in item.names:
            if not self._names.is_new_name(name) or len(holders := self._holders(name)) + 1 < BURST_SEEN:
                continue
            fitting = (h for h in holders if h.story != item.story and not apart(item.products, h.products))
            for story, count in Counter(h.story for h in fitting).items():
                share = count / len(self._stories[story])
                if share >= CARRY_SHARE:
                    found[story] = max(found.get(story, 0.0), share)
        return found

    def _likeness(self, a: Item, b: Item) -> float:
        shared = list(filter(b.vector.__contains__, a.vector))
        cosine = sum([a.vector[t] * b.vector[t] for t in shared])
        longer = 1.0
        if not (a.bare or b.bare):
            longer = min(LONGEST_BOOST, max(1.0, math.sqrt(min(len(a.terms), len(b.terms)) / TITLE_TERMS)))
        if cosine * longer < SOME or _editions(a.doc, b.doc):
            return 0.0
        names = a.names & b.names
        if cosine * longer < CARRIED and any(self._names.is_fresh(name) for name in names):
            return CARRIED
        if cosine < SURE and not self._guarded(a, shared, longer, names):
            return 0.0
        return min(1.0, cosine * longer)

    def _guarded(self, a: Item, shared: Sequence[str], longer: float, names: Set[str]) -> bool:
        informative = [a.weights[t] for t in shared if a.weights[t] >= INFORMATIVE]
        if len(informative) >= 2 and sum(informative) >= MASS * longer:
            return True
        return len(shared) >= 2 and any(self._names.bursts(name) for name in names)

    def _crossing(self, item: Item) -> Placement | None:
        """Look for a story told in another language by the anchors it shares."""
        best: tuple[float, int] | None = None
        for other in self._foreign_candidates(item):
            share = shared_anchors(item.anchors, other.anchors, titles=item.bare and other.bare)
            if share > 0 and not apart(item.products, other.products):
                best = max(best or (0.0, 0), (share, -other.story))
        if best is None:
            return None
        return Placement(-best[1], round(best[0], 3), ANCHORS)

    def _foreign_candidates(self, item: Item) -> list[Item]:
        votes: Counter[int] = Counter()
        for language, postings in self._anchored.items():
            if language != item.doc.language:
                votes.update(itertools.chain.from_iterable(filter(None, map(postings.get, item.anchored_by))))
        found = (self._items[i] for i, _ in votes.most_common(CANDIDATES) if i in self._items)
        return [other for other in found if _near(item, other)]


def _editions(a: Doc, b: Doc) -> bool:
    """Tell whether one outlet uses one headline for two texts: two editions of a column, and no story told twice."""
    if not a.outlet or a.outlet != b.outlet or a.text[:OPENING] == b.text[:OPENING]:
        return False
    return normal_title(a.title, a.outlet) == normal_title(b.title, b.outlet)


def _near(a: Item, b: Item) -> bool:
    return a.story != b.story and abs(a.doc.published - b.doc.published) <= CROSS_WINDOW


def in_order(docs: Sequence[Doc]) -> list[Doc]:
    """Return entries in the order in which grouping takes them: by time, then id."""
    return sorted(docs, key=lambda doc: (doc.published, doc.id))
