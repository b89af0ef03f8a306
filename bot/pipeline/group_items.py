"""What grouping compares of an entry: its terms with their weights, anchors, names and products."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.pipeline.anchors import Anchors, anchors_of, heaviest
from bot.pipeline.group_names import Names
from bot.pipeline.group_weights import Weights
from bot.pipeline.products import Products, Tiers, products_of
from bot.pipeline.terms import Frequencies, root_of, terms_of
from bot.pipeline.text import normal_title

SHORT_TEXT = 80
"""Characters of text below which an entry is compared by its title alone."""

TITLE_POSTINGS = 10
TEXT_POSTINGS = 24


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


@dataclass(slots=True)
class Item:
    """An entry as it is compared; `story` is its story once it has one, and `began` tells whether it began that."""

    doc: Doc
    story: int
    vector: Mapping[str, float]
    weights: Mapping[str, float]
    terms: frozenset[str]
    anchors: Anchors
    names: frozenset[str]
    bare: bool
    products: Products
    title: str
    found_by: Sequence[str]
    anchored_by: Sequence[str]
    began: bool = False


class Items:
    """Makes items with what the index knows at the moment."""

    def __init__(self, archive: Frequencies, weights: Weights, names: Names, tiers: Tiers) -> None:
        self._archive = archive
        self._weights = weights
        self._names = names
        self._tiers = tiers

    def make(self, doc: Doc) -> Item:
        """Return what is compared of an entry, weighed by what is known now."""
        counts = terms_of(doc.title, doc.text)
        weights, vector = self._weighed(counts, doc.language)
        anchors = anchors_of(doc.title, doc.text, doc.language, self._archive)
        bare = len(doc.text) < SHORT_TEXT
        return Item(
            doc,
            0,
            vector,
            weights,
            frozenset(counts),
            anchors,
            self._names.in_title(doc.title, doc.language),
            bare,
            products_of(doc.title, doc.language, self._tiers),
            normal_title(doc.title, doc.outlet),
            _heaviest_terms(vector, TITLE_POSTINGS if bare else TEXT_POSTINGS),
            heaviest(anchors),
        )

    def _weighed(self, counts: Counter[str], language: str) -> tuple[dict[str, float], dict[str, float]]:
        """Return the weight of each root, by its most common form, and the vector of length 1 that counts make of them."""
        weights: dict[str, float] = {}
        times: dict[str, int] = {}
        for word, n in counts.items():
            root = root_of(word, language)
            weights[root] = min(weights.get(root, math.inf), self._weights.of(word, root, language))
            times[root] = max(times.get(root, 0), n)
        scaled = {root: (1 + math.log(n)) * weights[root] for root, n in times.items()}
        norm = math.sqrt(sum(w * w for w in scaled.values())) or 1.0
        return weights, {root: w / norm for root, w in scaled.items()}


def _heaviest_terms(vector: Mapping[str, float], count: int) -> list[str]:
    """Return the terms by which an item is found."""
    return sorted(vector, key=lambda term: (-vector[term], term))[:count]
