"""The entries of the last 72 hours with their stories, and where they are filed to be found."""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.pipeline.grouping.anchor_index import AnchorIndex
from bot.pipeline.grouping.features import Item, Items
from bot.pipeline.grouping.same_pages import share_link, share_title
from bot.pipeline.grouping.story_fit import Part
from bot.pipeline.grouping.weights import Weights

WINDOW = timedelta(hours=72)
POSTINGS = 60
CANDIDATES = 10
ALIKE = 0.09
"""The cosine, as far as the terms by which entries are found tell it, below which two are not looked at."""


@dataclass(slots=True)
class WindowStory:
    """A story of the window: the language that it began in, and its members by language."""

    language: str
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of its members in the window."""
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

    @property
    def members(self) -> list[int]:
        """The ids of its entries in all languages."""
        return [number for part in self.parts.values() for number in part.members]


class Window:
    """Entries by id, by the terms that find them, by link, title and anchors, and stories by id."""

    def __init__(self, items_of: Items, weights: Weights) -> None:
        self.items: dict[int, Item] = {}
        self.stories: dict[int, WindowStory] = {}
        self.anchors = AnchorIndex(self.items, items_of)
        self._weights = weights
        self._order: list[tuple[datetime, int]] = []
        self._found_by: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=POSTINGS))
        self._titles_with: Counter[str] = Counter()
        self._links: dict[str, int] = {}
        self._titles: dict[str, int] = {}

    # --- what comes and goes
    # ---------------------------------------------------------------------------------------

    def add(self, item: Item, story: int) -> None:
        """File an entry as a member of a story, which it may begin."""
        doc = item.doc
        item.story = story
        if story not in self.stories:
            self._begin(item, story)
        self._join(item)
        if doc.servers is None:
            self._titles_with.update(item.weights.keys())
        self.items[doc.id] = item
        heapq.heappush(self._order, (doc.published, doc.id))
        for drawer in doc.drawers:
            for term in item.found_by:
                self._found_by[drawer + term].append(doc.id)
            if doc.link_key:
                self._links[drawer + doc.link_key] = doc.id
            self._titles[drawer + item.title] = doc.id
        self.anchors.add(item)

    def move(self, number: int, target: int) -> None:
        """Move an entry to another story."""
        item = self.items[number]
        self._leave(item)
        self._forget_beginning(item)
        item.story = target
        self._join(item)

    def merge(self, source: int, target: int) -> None:
        """Move every member of one story to another; stories that have left the window stay as they are."""
        source_story, target_story = self.stories.pop(source, None), self.stories.get(target)
        if source_story is None or target_story is None:
            return
        for language, part in source_story.parts.items():
            target_part = target_story.parts.setdefault(language, Part())
            target_part.members += part.members
            target_part.terms.update(part.terms)
            for member in part.members:
                self.items[member].story = target
                self._forget_beginning(self.items[member])

    def prune(self, before: datetime) -> list[Item]:
        """Take out, and return, the entries from before a moment."""
        leaving = []
        while self._order and self._order[0][0] < before:
            item = self.items.pop(heapq.heappop(self._order)[1])
            if item.doc.servers is None:
                self._titles_with.subtract(item.weights.keys())
            self._forget_beginning(item)
            self._unlist(item)
            self.anchors.forget(item)
            self._leave(item)
            leaving.append(item)
        return leaving

    def _begin(self, item: Item, story: int) -> None:
        item.began = item.doc.servers is None
        if item.began:
            self._weights.begin(item.doc.language, item.weights.keys())
        self.stories[story] = WindowStory(item.doc.language)

    def _join(self, item: Item) -> None:
        part = self.stories[item.story].parts.setdefault(item.doc.language, Part())
        part.members.append(item.doc.id)
        part.terms.update(item.weights.keys())

    def _leave(self, item: Item) -> None:
        """Take an entry out of its story, and the story out of the window with its last one."""
        parts = self.stories[item.story].parts
        part = parts[item.doc.language]
        part.members.remove(item.doc.id)
        part.terms.subtract(item.weights.keys())
        if not part.members:
            del parts[item.doc.language]
        if not parts:
            del self.stories[item.story]

    def _unlist(self, item: Item) -> None:
        """Forget the link and the title of an entry, unless a later one has them."""
        for files, key in ((self._links, item.doc.link_key), (self._titles, item.title)):
            for drawer in item.doc.drawers:
                if files.get(drawer + key) == item.doc.id:
                    del files[drawer + key]

    def _forget_beginning(self, item: Item) -> None:
        if item.began:
            item.began = False
            self._weights.end(item.doc.language, item.weights.keys())

    # --- what is found
    # ---------------------------------------------------------------------------------------------

    def items_of(self, story: int) -> list[Item]:
        """Return the entries of a story, in all languages."""
        return [self.items[number] for number in self.stories[story].members]

    def is_for_all(self, story: int) -> bool:
        """Tell whether anything of a story is seen by everybody: only that may say what becomes of it."""
        return any(item.doc.servers is None for item in self.items_of(story))

    def count_titles(self, term: str) -> int:
        """Return how many titles that everybody sees have a term."""
        return self._titles_with[term]

    def find_like(self, item: Item) -> list[int]:
        """Return the entries that share most with one by the terms that find them, the most alike first."""
        votes: dict[int, float] = defaultdict(float)
        for term in item.found_by:
            weight = item.weights.get(term) or item.opening[term] / 2
            square = weight * weight
            for drawer in item.doc.looks_in:
                for number in self._found_by.get(drawer + term, ()):
                    votes[number] += square
        least = ALIKE * item.norm
        most = heapq.nlargest(2 * CANDIDATES, votes, key=lambda number: (votes[number], number))
        norms = ((n, self.items[n].norm) for n in most if n in self.items)
        alike = [(-votes[n] / norm, n) for n, norm in norms if votes[n] >= least * norm]
        return [number for _, number in sorted(alike)[:CANDIDATES]]

    def find_with(self, item: Item, term: str) -> Iterator[int]:
        """Give the entries with a term that may be compared with one."""
        return (number for number in self._found_by.get(term, ()) if self.is_comparable(item, number))

    def find_same(self, item: Item) -> Item | None:
        """Return an entry whose link, or else whose title, says that it tells the same as another one."""
        by_link = (i for i in self._filed(self._links, item, item.doc.link_key) if share_link(item, i))
        by_title = (i for i in self._filed(self._titles, item, item.title) if share_title(item, i))
        return next(by_link, None) or next(by_title, None)

    def is_comparable(self, item: Item, number: int) -> bool:
        """Tell whether an entry of the window is another one, in the same language and of the same time."""
        candidate = self.items.get(number)
        return (
            candidate is not None
            and candidate is not item
            and candidate.doc.is_evidence_for(item.doc)
            and candidate.doc.language == item.doc.language
            and abs(candidate.doc.published - item.doc.published) <= WINDOW
        )

    def _filed(self, files: Mapping[str, int], item: Item, key: str) -> Iterator[Item]:
        """Give the entries that are filed under a key, and are evidence for one."""
        for drawer in item.doc.looks_in if key else ():
            candidate = self.items.get(files.get(drawer + key, -1))
            if candidate is not None and candidate.doc.is_evidence_for(item.doc):
                yield candidate
