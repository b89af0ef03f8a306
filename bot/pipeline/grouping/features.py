"""What grouping compares of an entry: its terms with their weights, its text, anchors, figures and
products.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from sys import intern

from bot.pipeline.grouping.anchors import READ, Anchors, anchors_of
from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.events import Events
from bot.pipeline.grouping.weights import Weights
from bot.text.numbers import SCALE_WORDS, figures
from bot.text.products import Products, Tiers, products_of
from bot.text.terms import OPENING, Frequencies, root_of, split_terms
from bot.text.titles import normal_title, without_outlet
from bot.text.words import fold, is_cjk, words

SHORT_TEXT = 80
"""Characters of text below which an entry is compared by its title alone."""

DENSER = 2.5
"""How many characters of other scripts say as much as one of Chinese or Japanese."""

SCALES = frozenset(map(fold, SCALE_WORDS))
"""Words that scale a figure: 34 and 10 miliardi are two figures, and no word that two titles share."""

TITLE_POSTINGS = 8
TEXT_POSTINGS = 10

LARGEST = 8.5
"""Nats: a word in one of e^8.5 titles is as rare as any, so that weights do not grow with the archive."""

PAIRED = 0.5
"""What a pair of CJK characters weighs beside a word: each character stands in two of them."""

HEADS = re.compile(
    (
        r"^(?:(?:show|ask|launch|tell) "
        r"hn|sources?|filing|report|memo|q&a|interviews?|exclusive|opinion|review|watch|video)\s*:\s*"
    ),
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?<!\s)\s*+\([^()/]*+/[^()]*+\)\s*+$")
"""“(Author/Outlet)”, as Techmeme writes it."""

_TAIL = re.compile(r"(?<!\s)\s*+(?:\[(?:pdf|video|audio)\]|\((?:19|20)\d\d\))\s*+$", re.IGNORECASE)
_PLAIN = frozenset({(1.0, ""), (2.0, "")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """What grouping needs of an entry. `link_key` may be empty; `text` is read from its start."""

    id: int
    title: str
    text: str
    language: str
    published: datetime
    link_key: str = ""
    outlet: str = ""
    servers: frozenset[int] | None = None
    """The servers in which its feed counts, None where it counts for everybody."""

    feed: int = 0
    """The feed that brought it, 0 where that is not known."""

    def is_evidence_for(self, doc: "Doc") -> bool:
        """Tell whether everybody who sees another entry sees this one, too: what a server reads for itself
        proves nothing elsewhere.
        """
        return self.servers is None or (doc.servers is not None and doc.servers <= self.servers)

    @property
    def drawers(self) -> tuple[str, ...]:
        """Where it is filed, as beginnings of keys: for all, or apart for each server that sees it."""
        return ("",) if self.servers is None else tuple(f"{server}\x00" for server in sorted(self.servers))

    @property
    def looks_in(self) -> tuple[str, ...]:
        """Where entries are filed that may be evidence for it."""
        return ("",) if self.servers is None else ("", *self.drawers)


LAUNCH = "launch"
"""The kind of event by which a product comes out."""


@dataclass(frozen=True, slots=True)
class Launch:
    """That a title says who brings out what: the terms before its verb, and the products that have a
    version.
    """

    subject: frozenset[str]
    products: frozenset[str]

    def is_of_others(self, launch: "Launch") -> bool:
        """Tell whether others bring out something else, in words that may be the same."""
        return self.products.isdisjoint(launch.products) and self.subject.isdisjoint(launch.subject)


@dataclass(slots=True)
class Item:
    """An entry as it is compared; `story` is its story once it has one, and `began` tells whether it began
    that.

    `weights` are the terms of the title, heaviest first, and `opening` what those of title and text weigh,
    empty where there is no text. `counted` tells whether the entry is of the present: one of a backlog is
    compared with its own time, and never bursts.
    """

    doc: Doc
    weights: Mapping[str, float]
    norm: float
    mass: float
    kinds: frozenset[str]
    telling: frozenset[str]
    frames: frozenset[str]
    figures: frozenset[tuple[float, str]]
    products: Products
    launch: Launch | None
    title: str
    letters: str
    opening: Mapping[str, float]
    multiples: Mapping[str, float]
    """By how much those count that stand in title and text more than once."""

    length: float
    """The length of their vector."""

    found_by: Sequence[str]
    familiar: bool
    story: int = 0
    began: bool = False
    counted: bool = False
    anchors: Anchors | None = field(default=None)
    title_anchors: Anchors | None = field(default=None)

    @property
    def scale(self) -> float:
        """What its terms weigh beside words: pairs of characters half as much, where the archive does not
        know them.
        """
        return PAIRED if not self.familiar and is_cjk(self.doc.title) else 1.0

    @property
    def bare(self) -> bool:
        """Whether there is no text to compare beside the title."""
        return not self.opening

    def part_of(self, term: str) -> float:
        """Return what a term is in the vector of title and text, scaled to length 1."""
        return self.multiples.get(term, 1.0) * self.opening[term] / self.length


class Items:
    """Makes items with what the index knows at the moment."""

    def __init__(
        self, archive: Frequencies, weights: Weights, bursts: Bursts, events: Events, tiers: Tiers
    ) -> None:
        self._archive = archive
        self._weights = weights
        self._bursts = bursts
        self._events = events
        self._tiers = tiers
        self._known: dict[str, float] = {}

    def terms_of(self, doc: Doc) -> list[str]:
        """Return the terms of a title, or their roots where the language inflects; what only scales a figure
        is none.
        """
        terms = split_terms(bare_title(doc))
        return [intern(root_of(term, doc.language)) for term in terms if term not in SCALES]

    def make(self, doc: Doc) -> Item:
        """Return what is compared of an entry, weighed by what is known now."""
        title = bare_title(doc)
        familiar = self._bursts.is_familiar(doc.language)
        terms = self.terms_of(doc)
        weights = self._weighed(terms, doc.language, familiar=familiar)
        folded_words = [fold(word) for word in words(title)]
        kinds = self._events.of(folded_words, doc.language)
        opening, multiples, length = self._opening(doc, terms, familiar=familiar)
        products = products_of(doc.title, doc.language, self._tiers)
        return Item(
            replace(doc, text=doc.text[:READ]),
            weights,
            math.sqrt(sum([w * w for w in weights.values()])) or 1.0,
            sum(weights.values()) or 1.0,
            kinds,
            kinds & self._events.telling,
            self._events.frames_of(doc.title),
            _figures(title, doc.language),
            products,
            self._launch(title, doc.language, products) if LAUNCH in kinds else None,
            normal_title(doc.title, doc.outlet),
            normal_title(HEADS.sub("", title)).replace(" ", ""),
            opening,
            multiples,
            length,
            _posting_terms(weights, opening, multiples),
            familiar,
        )

    def anchored(self, item: Item) -> Anchors:
        """Return the anchors of an item, which are looked for when an entry in another language comes."""
        if item.anchors is None:
            item.anchors = anchors_of(item.doc.title, item.doc.text, item.doc.language, self._archive)
        return item.anchors

    def title_anchors(self, item: Item) -> Anchors:
        """Return the anchors of an item's title."""
        if item.title_anchors is None:
            item.title_anchors = anchors_of(item.doc.title, "", item.doc.language, self._archive)
        return item.title_anchors

    def _launch(self, title: str, language: str, products: Products) -> Launch | None:
        """Return who brings out what by a title; None where it does not say both."""
        with_version = frozenset(
            name
            for name, versions in products.by_name.items()
            if any(product.version for product in versions)
        )
        title_words = words(title)
        verbs = (n for n, word in enumerate(title_words) if LAUNCH in self._events.of([fold(word)], language))
        before = title_words[: next(verbs, 0)]
        subject = frozenset(root_of(term, language) for word in before for term in split_terms(word))
        return Launch(subject, with_version) if with_version and subject else None

    def _weighed(self, terms: Sequence[str], language: str, *, familiar: bool) -> dict[str, float]:
        """Return what each term weighs, heaviest first."""
        weights = {term: self._weight(term, language, familiar=familiar) for term in terms}
        return dict(sorted(weights.items(), key=lambda pair: (-pair[1], pair[0])))

    def _weight(self, term: str, language: str, *, familiar: bool) -> float:
        """Return the nats of a term: by the archive; in a language that it does not know by the stories of
        the window, too.
        """
        if not familiar:
            weight = min(LARGEST, self._weights.of(term, term, language))
            return PAIRED * weight if is_cjk(term) else weight
        weight = self._known.get(term, 0.0)
        if not weight:
            weight = self._known[term] = min(LARGEST, self._archive.idf(term))
        return weight

    def _opening(
        self, doc: Doc, title: Sequence[str], *, familiar: bool
    ) -> tuple[dict[str, float], dict[str, float], float]:
        """Return what the terms of title (twice) and opening weigh, by how much those count that stand there
        more than once, and the length of their vector; nothing for an entry without text.
        """
        if len(doc.text) < SHORT_TEXT / (DENSER if is_cjk(doc.text) else 1):
            return {}, {}, 1.0
        counts = Counter({root_of(t, doc.language) for t in split_terms(doc.text[:OPENING])})
        for term in title:
            counts[term] += 2
        weights = {term: self._weight(term, doc.language, familiar=familiar) for term in counts}
        multiples = {term: 1 + math.log(n) for term, n in counts.items() if n > 1}
        scaled_weights = [multiples.get(term, 1.0) * weight for term, weight in weights.items()]
        return weights, multiples, math.sqrt(sum([w * w for w in scaled_weights])) or 1.0


def bare_title(doc: Doc) -> str:
    """Return a title without what is no part of what it tells: outlet, credit, kind of file, year."""
    return _TAIL.sub("", _CREDIT.sub("", without_outlet(doc.title, doc.outlet)))


def _figures(title: str, language: str) -> frozenset[tuple[float, str]]:
    """Return the figures of a title, without years and what is said of anything."""
    if not any(c.isdigit() for c in title):
        return frozenset()
    all_figures = figures(title, language)
    return (
        frozenset((round(f.value, 6), f.unit) for f in all_figures if f.unit or not 1990 <= f.value <= 2100)
        - _PLAIN
    )


def _posting_terms(
    weights: Mapping[str, float], opening: Mapping[str, float], multiples: Mapping[str, float]
) -> list[str]:
    """Return the terms by which an item is found: the heaviest of its title, and of its text."""
    terms = list(weights)[:TITLE_POSTINGS]
    if opening:
        text_terms = [term for term in opening if term not in weights]
        text_terms.sort(key=lambda term: (-multiples.get(term, 1.0) * opening[term], term))
        terms += text_terms[:TEXT_POSTINGS]
    return terms
