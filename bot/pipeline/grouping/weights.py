"""How much a term tells of an entry: what the archive knows of it, and in how many stories of the window it
stands.
"""

from collections import Counter, defaultdict
from collections.abc import Set

from bot.text.terms import Frequencies

FEW = 500
"""Stories of a language below which their number says little: a share is one of at least so many."""


class Weights:
    """The weights of terms.

    The archive alone cannot tell: it may not know a language at all, so that every word of it seems rare. A
    term that many *stories* share is common there. Entries of one story count once, so that a name which
    bursts stays rare.
    """

    def __init__(self, archive: Frequencies) -> None:
        self._archive = archive
        self._begun: dict[str, Counter[str]] = defaultdict(Counter)
        self._stories: Counter[str] = Counter()

    def begin(self, language: str, terms: Set[str]) -> None:
        """Count the terms of an entry that begins a story."""
        self._stories[language] += 1
        self._begun[language].update(terms)

    def end(self, language: str, terms: Set[str]) -> None:
        """Take out the terms of an entry that had begun a story."""
        self._stories[language] -= 1
        self._begun[language].subtract(terms)

    def of(self, word: str, root: str, language: str) -> float:
        """Return the weight in nats of a word, whose root is counted in the window."""
        background_share = max(0, self._begun[language][root] - 1) / max(FEW, self._stories[language])
        return self._archive.idf(word, at_least=background_share)
