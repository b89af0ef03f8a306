"""People named short: “de Souza” behind a sentence with “Francis de Souza” says little to whoever reads it
alone.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import takewhile
from operator import attrgetter
from typing import NamedTuple

from bot.lexicon import lexicon_of
from bot.text.stopwords import STOPWORDS
from bot.text.words import fold

_WORD = r"[A-ZÀ-ÖØ-Þ][\w.’'-]*\w"
_NAME = re.compile(rf"(?<![\w’'-]){_WORD}(?: (?:(?:d[aei]|del|della|van|von|bin|al|la|le) )?{_WORD})*")
_POSSESSIVE = re.compile(r"['’]s?$")


class _Name(NamedTuple):
    """A name in a text: its last word, in small letters without accents, how many words it has, and where."""

    last: str
    size: int
    start: int


class FullNames:
    """The names of a text, of which one is in full where its last word stands first."""

    def __init__(self, text: str, language: str) -> None:
        self._names = [] if lexicon_of(language).writing.capital_nouns else list(_names_in(text))
        self._first: dict[str, _Name] = {}
        for name in self._names:
            self._first.setdefault(name.last, name)

    def find_short(self, start: int, end: int) -> frozenset[str]:
        """Return the last words of names that stand short between two places of the text, and in full only
        before them.
        """
        first = bisect_left(self._names, start, key=attrgetter("start"))
        names = takewhile(lambda name: name.start < end, self._names[first:])
        return frozenset(name.last for name in names if self._is_short(name, start))

    def _is_short(self, name: _Name, start: int) -> bool:
        full = self._first[name.last]
        return full.start < start and full.size > name.size


def _names_in(text: str) -> Iterator[_Name]:
    for match in _NAME.finditer(text):
        words = [word for word in match[0].split(" ") if word.lower() not in STOPWORDS]
        if words:
            yield _Name(fold(_POSSESSIVE.sub("", words[-1])), len(words), match.start())
