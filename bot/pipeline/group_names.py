"""Names that burst: everywhere in the titles of now, and nowhere in the archive. Such a name can tell a story alone."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator

from bot.pipeline.terms import Frequencies, split_terms
from bot.pipeline.text import without_outlet, words

BURST_SEEN = 4
"""Entries of the window from which a new name bursts."""

FRESH_SEEN = 2
"""Entries before from which a name that the archive never met is more than one outlet's word."""

NEW = 2000
"""A name is new that at most one in this many documents of the archive has."""

SHORTEST_NAME = 4
POSTINGS = 200
FAMILIAR = 0.4
"""The share of a language's words that the archive must have met before a word that it has not met can be called new."""

_UNCASED = frozenset({"zh", "ja", "ko"})


class Names:
    """The names in the titles of the window, and who has them."""

    def __init__(self, archive: Frequencies) -> None:
        self._archive = archive
        self._holders: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=POSTINGS))
        self._seen: Counter[str] = Counter()
        self._capital: Counter[str] = Counter()
        self._plain: set[str] = set()
        self._met: Counter[tuple[str, bool]] = Counter()

    def in_title(self, title: str, language: str) -> frozenset[str]:
        """Return the words of a title that may be names; none in a language that the archive does not know."""
        terms = split_terms(without_outlet(title))
        if not self._familiar(terms, language):
            return frozenset()
        return frozenset(term for term in terms if len(term) >= SHORTEST_NAME and not term.isdigit())

    def add(self, number: int, title: str, language: str, names: Iterable[str], terms: Iterable[str]) -> None:
        """Count an entry: its names, and every term it has."""
        self._seen.update(terms)
        for name in names:
            if self._is_new(name):
                self._holders[name].append(number)
        self._met.update((language, term in self._archive.terms) for term in split_terms(title))
        self._learn_capitals(title)

    def forget(self, terms: Iterable[str]) -> None:
        """Take out what an entry that leaves the window had added to the counts."""
        self._seen.subtract(terms)

    def holders(self, name: str) -> Iterator[int]:
        """Return the entries that have a new name; some may have left the window."""
        return iter(self._holders.get(name, ()))

    def bursts(self, name: str) -> bool:
        """Tell whether a name is everywhere now and was nowhere in the archive."""
        return self._seen[name] >= BURST_SEEN and self.is_new_name(name)

    def is_new_name(self, name: str) -> bool:
        """Tell whether titles write a word as a name, and the archive practically did not know it."""
        return self._is_new(name) and self._is_name(name)

    def is_fresh(self, name: str) -> bool:
        """Tell whether a name that neither the archive nor ordinary news ever met is said by several."""
        unknown = name not in self._archive.terms and name not in self._archive.common
        return unknown and self._seen[name] >= FRESH_SEEN and self._is_name(name)

    def _is_new(self, name: str) -> bool:
        return self._archive.terms.get(name, 0) * NEW <= self._archive.documents

    def _is_name(self, term: str) -> bool:
        """Tell whether titles write a term as a name: capitalised where capitals tell, and never in lower case."""
        return self._capital[term] > 0 and term not in self._plain

    def _familiar(self, terms: list[str], language: str) -> bool:
        """Tell whether the archive knows a language; beside CJK characters only names are written in Latin letters."""
        met = self._met[language, True] + sum(term in self._archive.terms for term in terms)
        total = self._met[language, True] + self._met[language, False] + len(terms)
        return language in _UNCASED or met >= FAMILIAR * total

    def _learn_capitals(self, title: str) -> None:
        """Learn from a title that is not set in capitals throughout which of its words are names."""
        cased = [word for word in words(title)[1:] if word.lower() != word.upper()]
        long = [word for word in cased if len(word) >= SHORTEST_NAME and word[0].isalpha()]
        capital = [word for word in long if not word.islower()]
        if len(capital) * 10 <= 6 * len(long):
            self._capital.update(term for word in capital for term in split_terms(word))
            self._plain.update(term for word in long if word.islower() for term in split_terms(word))
