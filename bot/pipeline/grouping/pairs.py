"""What grouping looks at in a pair of entries: the features of `model.PAIR`, in that order.

All but the last six are of the titles, so that they mean the same whether there is a text or not.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from math import sqrt

from bot.pipeline.grouping.bursts import COUNTED_MAX, LOGS, Bursts
from bot.pipeline.grouping.features import Item
from bot.text.terms import root_of, split_terms
from bot.text.words import words

BURSTING = 2.0
"""Nats from which a term is rare enough to burst, and by which it must be more frequent for its titles to be
counted.
"""

UNHEARD, UNHEARD_MIN = 8.0, 2
RARE, RARE_MIN = 4.0, 5
"""Nats from which a term is hardly ever, or seldom, in a title, and how many of those two entries of one
outlet must share for anything to burst between them.
"""

PAIRS_OF = 6
"""The heaviest shared terms whose pairs are looked at."""

CARRY_TIME = timedelta(hours=36)
"""How far apart two entries may be that what bursts can join."""

INFORMATIVE = 3.2
MASS = 12.0
"""Nats of informative terms that two texts must share to be alike by themselves."""

TITLE_TOLD_SHARE = 0.35
"""The share of one of the titles, by weight, that the other entry must tell. On the development pairs with
texts F falls from .707 to .691 by it; without it two items on one subject were one story (a lab's model and a
regulator's rule on models, in Italian)."""

LIKENESS = 0.28
TITLE_TERMS = 12
LONGEST_BOOST = 2.0
"""The cosine of two texts falls with their length; it is scaled up to what titles of TITLE_TERMS
would give.
"""

GRAM = 4
SHORTEST_TITLE = 14
"""Letters below which one title over two entries (“Weekly news”) proves nothing."""

SHOUTED = 0.6
"""The share of a title's words in capitals from which capitals prove nothing."""

_CREDIT = re.compile(r"(?<!\s)\s*+\([^()]*+\)\s*+$")
"""What stands in brackets at the end of a title: who tells it."""

NOTHING = (0.0, 0.0, 0.0, 0.0, 0.0)


def pair_features(a: Item, b: Item, bursts: Bursts) -> list[float] | None:
    """Return the features of a pair; None where titles share no term and there are no texts that could, or
    are one short phrase.
    """
    if a.letters == b.letters and len(a.letters) < SHORTEST_TITLE:
        return None
    second_weights = b.weights
    shared_terms = [term for term in a.weights if term in second_weights]
    if not shared_terms and (a.bare or b.bare):
        return None
    if "funding" in a.frames and "funding" in b.frames and _are_of_others(a, b):
        return None
    if a.launch is not None and b.launch is not None and a.launch.is_of_others(b.launch):
        return None
    first_weights = a.weights
    weights = [first_weights[term] for term in shared_terms]
    mass, count = sum(weights), len(shared_terms)
    lighter, heavier = (a.mass, b.mass) if a.mass < b.mass else (b.mass, a.mass)
    first, second, third = (*weights[:3], 0.0, 0.0, 0.0)[:3]
    sizes = len(first_weights), len(second_weights)
    return [
        sum([w * second_weights[term] for w, term in zip(weights, shared_terms, strict=True)])
        / (a.norm * b.norm),
        mass / 10,
        first / 5,
        second / 5,
        third / 5,
        min(count, 8) / 4,
        mass / lighter,
        mass / heavier,
        mass / max(1e-9, lighter + heavier - mass),
        *_bursting(a, b, shared_terms, weights, bursts),
        _letters(a.letters, b.letters),
        (lighter - mass) / 20,
        *_event_features(a, b),
        float(a.letters == b.letters),
        min(sizes) / 8,
        abs(sizes[0] - sizes[1]) / 8,
        float(count == 1),
        float(not a.familiar),
        *_texts(a, b),
    ]


def _are_of_others(a: Item, b: Item) -> bool:
    """Tell whether two rounds of funding are of different firms: the titles share no name, where both show by
    their capitals what is one. Sums do not tell: one firm raises what another was worth.
    """
    first, second = _names_of(a), _names_of(b)
    return bool(first and second) and first.isdisjoint(second)


def _names_of(item: Item) -> frozenset[str]:
    """Return the terms of a title that are names; none where capitals do not tell."""
    title = _CREDIT.sub("", item.doc.title)
    title_words = [word for word in words(title) if word[0].isalpha() and len(word) > 1]
    capitals = [word for word in title_words if word[0].isupper()]
    if len(capitals) > SHOUTED * len(title_words):
        return frozenset()
    terms = (term for word in capitals for term in split_terms(word))
    return frozenset(root_of(term, item.doc.language) for term in terms)


def _bursting(
    a: Item, b: Item, shared_terms: Sequence[str], weights: Sequence[float], bursts: Bursts
) -> Sequence[float]:
    """Return burst, titles of it, second burst, burst of a pair, titles of that; nothing for entries of
    different times, nor of one outlet, unless they share two names that are hardly ever heard or many rare
    words: what one outlet repeats is its subject, and in a young window all of it bursts.
    """
    if not (a.counted and b.counted and a.familiar) or abs(a.doc.published - b.doc.published) > CARRY_TIME:
        return NOTHING
    if a.doc.outlet and a.doc.outlet == b.doc.outlet and not _share_an_event(weights):
        return NOTHING
    most = second = 0.0
    titles = 0
    for term, weight in zip(shared_terms, weights, strict=True):
        if weight < BURSTING:
            break
        nats = bursts.of(term)
        if nats > most:
            most, second = nats, most
        elif nats > second:
            second = nats
        if nats > BURSTING:
            titles = max(titles, bursts.seen[term])
    pair, strongest = 0.0, 0
    for first, partner in itertools.combinations(shared_terms[:PAIRS_OF], 2):
        nats, pair_burst = bursts.of_pair(first, partner)
        pair = max(pair, nats)
        if nats > BURSTING:
            strongest = max(strongest, pair_burst)
    return most / 3, LOGS[min(COUNTED_MAX, titles)], second / 3, pair / 3, LOGS[min(COUNTED_MAX, strongest)]


def _share_an_event(weights: Sequence[float]) -> bool:
    """Tell whether what two entries of one outlet share is more than its subject."""
    unheard_count = sum(weight >= UNHEARD for weight in weights)
    return unheard_count >= UNHEARD_MIN or sum(weight >= RARE for weight in weights) >= RARE_MIN


def _event_features(a: Item, b: Item) -> Sequence[float]:
    """Return what the titles tell in common or apart: kinds of events, figures, frames."""
    figures = bool(a.figures and b.figures)
    has_same_figure = figures and not a.figures.isdisjoint(b.figures)
    telling = bool(a.telling and b.telling)
    clear = telling and not a.telling.isdisjoint(b.telling)
    frames = a.frames & b.frames if a.frames and b.frames else ()
    return (
        float(not a.kinds.isdisjoint(b.kinds)),
        float(clear),
        float(telling and not clear),
        float(has_same_figure),
        float(figures and not has_same_figure),
        float("funding" in frames),
        float("launch_hn" in frames),
        float("offer" in frames),
        float(("how_to" in a.frames) != ("how_to" in b.frames)),
    )


def _texts(a: Item, b: Item) -> Sequence[float]:
    """Return what texts add: both have one, their likeness, what they share, how far each tells the other's
    title; or one has one.
    """
    if a.opening and b.opening:
        shared_terms = [term for term in a.opening if term in b.opening]
        likeness = sum([a.part_of(t) * b.part_of(t) for t in shared_terms])
        longer = _longer(a, b)
        mass = sum([w for t in shared_terms if (w := a.opening[t]) >= INFORMATIVE])
        told_share = (_told_in(a.weights, b.opening) + _told_in(b.weights, a.opening)) / 2
        return 1.0, min(1.0, likeness * longer), min(mass, 100.0) / 40, told_share, 0.0, 0.0
    if a.opening or b.opening:
        bare, full = (b, a) if a.opening else (a, b)
        return 0.0, 0.0, 0.0, 0.0, 1.0, _told_in(bare.weights, full.opening)
    return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0


def are_alike_in_text(a: Item, b: Item) -> bool:
    """Tell whether two texts are alike by what they share, for languages in which the weights were not
    learned.

    There every word looks rare, so what one title says must stand in the other's opening, too: two texts on
    one subject share words enough.
    """
    if (
        a.bare
        or b.bare
        or max(_told_in(a.weights, b.opening), _told_in(b.weights, a.opening)) < TITLE_TOLD_SHARE
    ):
        return False
    shared_terms = [term for term in a.opening if term in b.opening]
    longer = _longer(a, b)
    informative = [w for term in shared_terms if (w := a.opening[term]) >= INFORMATIVE * a.scale]
    enough = len(informative) >= 2 and sum(informative) >= MASS * longer * a.scale
    return enough and longer * sum([a.part_of(term) * b.part_of(term) for term in shared_terms]) >= LIKENESS


def _longer(a: Item, b: Item) -> float:
    return min(LONGEST_BOOST, max(1.0, sqrt(min(len(a.opening), len(b.opening)) / TITLE_TERMS)))


def _told_in(title: Mapping[str, float], text: Mapping[str, float]) -> float:
    """Return the share of a title, by weight, that stands in another entry's title and opening."""
    return sum([w for term, w in title.items() if term in text]) / (sum(title.values()) or 1.0)


def _letters(left: str, right: str) -> float:
    """Return the share of the shorter title's runs of four letters that the other has."""
    first, second = _grams(left), _grams(right)
    return len(first & second) / (min(len(first), len(second)) or 1)


@lru_cache(maxsize=1 << 14)
def _grams(letters: str) -> frozenset[str]:
    return frozenset([letters[n : n + GRAM] for n in range(max(1, len(letters) - GRAM + 1))])
