"""What bursts: terms, and pairs of terms, that the titles of now have far more often than the archive.

    burst(x) = ln[ (n + .1) / (N + 10) · (M + 200) / (m + 1) ]

with n of N titles in the window and m of M in the archive. A pair of terms is expected as often as the
archive had it, or as independence says, whichever is more. The titles of a batch are all counted before the
first of them is placed, so that what bursts does not depend on their order.
"""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping

from bot.text.terms import Frequencies

HOLDERS = 200
"""Entries of the window that are remembered for a term."""

AT_LEAST = 2
"""Titles of the window without which nothing bursts."""

FAMILIAR = 0.4
"""The share of a language's words that the archive must have met before a word of it can be said to burst."""

COUNTED_MAX = 40
"""Titles up to which more of them say more."""

LOGS = tuple(math.log1p(n) for n in range(COUNTED_MAX + 1))


class Bursts:
    """The terms of the titles of the window, who has them, and how much more often than in the archive they
    occur.
    """

    def __init__(self, archive: Frequencies) -> None:
        self._archive = archive
        self.titles = 0
        self.seen: Counter[str] = Counter()
        self._holders: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=HOLDERS))
        self._met: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        self.settle()

    def settle(self) -> None:
        """Forget what was worked out: the counts are about to change, or have changed."""
        self._bursts: dict[str, float] = {}
        self._pairs: dict[tuple[str, str], tuple[float, int]] = {}
        self._sets: dict[str, frozenset[int]] = {}

    def count(self, number: int, language: str, terms: Mapping[str, float]) -> None:
        """Count the title of an entry."""
        self.titles += 1
        self.seen.update(terms.keys())
        for term in terms:
            self._holders[term].append(number)
        self._met[language] += sum(map(self._archive.terms.__contains__, terms))
        self._all[language] += len(terms)

    def forget(self, number: int, terms: Iterable[str]) -> None:
        """Take out the title of an entry that leaves the window, or was never added."""
        self.titles -= 1
        for term in terms:
            self.seen[term] -= 1
            if not self.seen[term]:
                del self.seen[term], self._holders[term]
            elif self._holders[term] and self._holders[term][0] == number:
                self._holders[term].popleft()

    def is_familiar(self, language: str) -> bool:
        """Tell whether the archive knows the words of a language: in one that it does not know everything
        would burst.
        """
        return self._met[language] >= FAMILIAR * max(1, self._all[language])

    def of(self, term: str) -> float:
        """Return by how many nats a term is more frequent now than in the archive, 0 where it is not or one
        title has it.
        """
        burst = self._bursts.get(term)
        if burst is None:
            archive = self._archive
            before = max(archive.terms.get(term, 0), archive.documents * archive.common.get(term, 0.0) * 0.1)
            burst = self._bursts[term] = self._nats(self.seen[term], before, archive.documents)
        return burst

    def of_pair(self, first: str, second: str) -> tuple[float, int]:
        """Return by how many nats titles have two terms together more often than in the archive, and how many
        titles do.
        """
        key = (first, second) if first < second else (second, first)
        burst = self._pairs.get(key)
        if burst is None:
            titles = len(self._set(first) & self._set(second))
            nats = self._nats(titles, self._expected_pairs(key) - 0.5, self._archive.documents)
            burst = self._pairs[key] = (nats, titles)
        return burst

    def _expected_pairs(self, key: tuple[str, str]) -> float:
        archive = self._archive
        by_chance = archive.terms.get(key[0], 0) * archive.terms.get(key[1], 0) / max(1, archive.documents)
        return max(by_chance, archive.pairs.get(key, 0) * archive.documents / max(1, archive.paired))

    def _nats(self, now: int, before: float, documents: int) -> float:
        if now < AT_LEAST:
            return 0.0
        return max(0.0, math.log((now + 0.1) / (self.titles + 10) * (documents + 200) / (before + 1)))

    def _set(self, term: str) -> frozenset[int]:
        numbers = self._sets.get(term)
        if numbers is None:
            numbers = self._sets[term] = frozenset(self._holders.get(term, ()))
        return numbers
