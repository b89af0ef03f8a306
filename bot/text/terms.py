"""The words of entries that can tell stories apart, and how much each of them says."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bot.text.stopwords import STOPWORDS
from bot.text.titles import without_outlet
from bot.text.words import fold, words

OPENING = 700
"""Characters of the text that are read beside the title."""

LONGEST_TERM = 60
PAIR_TITLES_MIN = 3
"""Titles of the archive from which it is worth knowing that they have two terms together."""

ROOT = 6
"""Letters of a word that its forms share, in languages where nouns have many."""

_INFLECTED = frozenset({"ar", "pl", "ru", "sl", "tr", "uk"})
"""German and the Romance languages are not among them: there roots joined different events told in the same
words.
"""

_ARABIC_ARTICLE = re.compile("^(?:[وبكف]?ال|لل)(?=..)")


@dataclass(slots=True, kw_only=True)
class Frequencies:
    """In how many documents of the archive a term occurs; `common` says how often it stands in ordinary news,
    per sentence.

    `pairs` says how many of `paired` titles have two terms, in order of the alphabet, together; seldom ones
    are left out.
    """

    documents: int = 0
    terms: dict[str, int] = field(default_factory=dict)
    common: Mapping[str, float] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    paired: int = 0

    def idf(self, term: str, at_least: float = 0.0) -> float:
        """Return the weight of a term in nats, smoothed: ln((N + 1) / (n + 0.5)), N at least 1,000.

        A word that is common in ordinary news counts as that common here, too: a small archive has not met it
        yet. So does one that is known to stand in `at_least` a share of the documents elsewhere.
        """
        size = max(self.documents, 1000)
        occurrences = max(self.terms.get(term, 0), size * max(self.common.get(term, 0.0), at_least))
        return math.log((size + 1) / (occurrences + 0.5))

    def learn(self, terms: Iterable[str]) -> None:
        """Count one more document."""
        self.documents += 1
        for term in terms:
            self.terms[term] = self.terms.get(term, 0) + 1


def count_pairs(titles: Iterable[Iterable[str]]) -> dict[tuple[str, str], int]:
    """Return how many titles, given by their terms, have two terms together, at least `PAIR_TITLES_MIN`
    times.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for terms in titles:
        counts.update(itertools.combinations(sorted(set(terms)), 2))
    return {pair: count for pair, count in counts.items() if count >= PAIR_TITLES_MIN}


def terms_of(title: str, text: str) -> Counter[str]:
    """Return the weighted terms of an entry: those of the title twice, those of the text's opening once."""
    counts: Counter[str] = Counter()
    for term in split_terms(without_outlet(title)):
        counts[term] += 2
    for term in set(split_terms(text[:OPENING])):
        counts[term] += 1
    return counts


def split_terms(text: str) -> list[str]:
    """Return the terms of a text in order: folded, without stopwords, English plurals as singulars, CJK in
    pairs.
    """
    return [term for word in words(text) for term in _terms_in(word)]


@lru_cache(maxsize=1 << 16)
def _terms_in(word: str) -> tuple[str, ...]:
    folded_word = fold(word).removesuffix("'s").removesuffix("'")
    parts = [folded_word] if any(c.isdigit() for c in folded_word) else re.split(r"['\-]", folded_word)
    stems = (stem_of(part) for part in parts)
    return tuple(s[:LONGEST_TERM] for s in stems if s and s not in STOPWORDS and (len(s) > 1 or s.isdigit()))


def stem_of(word: str) -> str:
    """Return an English plural's singular; other words as they are."""
    if len(word) > 4 and word.endswith("ies") and word.isascii():
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word.isascii():
        return word[:-1]
    return word


def root_of(term: str, language: str) -> str:
    """Return the beginning that the forms of a word share, where a language inflects; names with digits stay
    whole.
    """
    if language not in _INFLECTED or any(c.isdigit() for c in term):
        return term
    return _ARABIC_ARTICLE.sub("", term)[:ROOT] if language == "ar" else term[:ROOT]
