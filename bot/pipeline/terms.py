"""The words of entries that can tell stories apart, and how much each of them says."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.pipeline.stopwords import STOPWORDS
from bot.pipeline.text import fold, without_outlet, words

OPENING = 700
"""Characters of the text that are read beside the title."""

LONGEST_TERM = 60


@dataclass(slots=True)
class Frequencies:
    """In how many documents of the archive a term occurs; `common` says how often it stands in ordinary news, per sentence."""

    documents: int = 0
    terms: dict[str, int] = field(default_factory=dict)
    common: Mapping[str, float] = field(default_factory=dict)

    def idf(self, term: str) -> float:
        """Return the weight of a term in nats, smoothed: ln((N + 1) / (n + 0.5)), N at least 1,000.

        A word that is common in ordinary news counts as that common here, too: a small archive has not met it yet.
        """
        size = max(self.documents, 1000)
        seen = max(self.terms.get(term, 0), size * self.common.get(term, 0.0))
        return math.log((size + 1) / (seen + 0.5))

    def learn(self, terms: Iterable[str]) -> None:
        """Count one more document."""
        self.documents += 1
        for term in terms:
            self.terms[term] = self.terms.get(term, 0) + 1


def terms_of(title: str, text: str) -> Counter[str]:
    """Return the weighted terms of an entry: those of the title twice, those of the text's opening once."""
    counts: Counter[str] = Counter()
    for term in split_terms(without_outlet(title)):
        counts[term] += 2
    for term in set(split_terms(text[:OPENING])):
        counts[term] += 1
    return counts


def split_terms(text: str) -> list[str]:
    """Return the terms of a text in order: folded, without stopwords, English plurals as singulars, CJK in pairs."""
    found: list[str] = []
    for word in words(text):
        folded = fold(word).removesuffix("'s").removesuffix("'")
        parts = [folded] if any(c.isdigit() for c in folded) else re.split(r"['\-]", folded)
        for part in parts:
            stem = stem_of(part)
            if stem and stem not in STOPWORDS and (len(stem) > 1 or stem.isdigit()):
                found.append(stem[:LONGEST_TERM])
    return found


def stem_of(word: str) -> str:
    """Return an English plural's singular; other words as they are."""
    if len(word) > 4 and word.endswith("ies") and word.isascii():
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word.isascii():
        return word[:-1]
    return word
