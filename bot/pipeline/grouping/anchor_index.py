"""The entries of the window by their anchors, to find those in other languages that may tell the same event.

Most instances read few languages, so an entry is looked through only when one in another language comes.
"""

import itertools
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping

from bot.pipeline.grouping.anchors import heaviest
from bot.pipeline.grouping.features import Item, Items

POSTINGS = 60
FOREIGN_MAX = 20
"""Entries in other languages that an entry is compared with."""


class AnchorIndex:
    """Entries by language and anchor. `items` are those of the window, by id."""

    def __init__(self, items: Mapping[int, Item], items_of: Items) -> None:
        self._items = items
        self._items_of = items_of
        self._pending: dict[str, dict[int, Item]] = defaultdict(dict)
        self._postings: dict[str, dict[str, deque[int]]] = defaultdict(
            lambda: defaultdict(lambda: deque(maxlen=POSTINGS))
        )
        self._titles: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, item: Item) -> None:
        """File an entry of the window."""
        self._pending[item.doc.language][item.doc.id] = item

    def forget(self, item: Item) -> None:
        """Take out an entry that leaves the window."""
        is_pending = self._pending[item.doc.language].pop(item.doc.id, None) is not None
        if not is_pending and item.doc.servers is None:
            self._titles[item.doc.language].subtract(self._items_of.title_anchors(item).keys())

    def find_foreign(self, item: Item, is_comparable: Callable[[Item], bool]) -> list[int]:
        """Return the entries in other languages that share most anchors with one, the most first, of those
        that may be compared with it.
        """
        languages = [language for language in self._pending if language != item.doc.language]
        if not languages:
            return []
        anchors = heaviest(self._items_of.anchored(item))
        keys = [drawer + anchor for drawer in item.doc.looks_in for anchor in anchors]
        votes: Counter[int] = Counter()
        for language in languages:
            postings = self._filed(language)
            votes.update(itertools.chain.from_iterable(filter(None, map(postings.get, keys))))
        ordered = sorted(votes.items(), key=lambda pair: (-pair[1], -pair[0]))
        numbers = (number for number, _ in ordered if number in self._items)
        return [n for n in itertools.islice(numbers, FOREIGN_MAX) if is_comparable(self._items[n])]

    def count_titles(self, language: str, anchor: str) -> int:
        """Return how many titles of a language that everybody sees have an anchor."""
        self._filed(language)
        return self._titles[language][anchor]

    def _filed(self, language: str) -> Mapping[str, deque[int]]:
        """Return the entries in a language by their anchors, with those that came since the last time."""
        postings = self._postings[language]
        for number, item in self._pending[language].items():
            for anchor in heaviest(self._items_of.anchored(item)):
                for drawer in item.doc.drawers:
                    postings[drawer + anchor].append(number)
            if item.doc.servers is None:
                self._titles[language].update(self._items_of.title_anchors(item).keys())
        self._pending[language].clear()
        return postings
