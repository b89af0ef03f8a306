"""How much a sentence says of a story by itself: by its place, what the story's entries agree on, the
headline, figures, and how it is made.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from bot.model import Entry
from bot.pipeline.summarizing.units import LONGEST_HANGING, Unit, unit_terms
from bot.pipeline.verification.check import same_figure
from bot.text.numbers import Figure, figures
from bot.text.words import words

POSITION, DECAY = 2.4, 0.45
CENTRAL, TITLE, FIGURES = 0.4, 0.9, 0.1
"""What place, agreement with the whole story, the title's words and figures weigh."""

THIN = 16
"""A later sentence with fewer words than these and no figure mostly announces what the next one says."""

EASY, LENGTHY = 20, 0.02
"""Words that are read with ease, and what each further one of a sentence costs: of two that tell as much the
shorter is read.
"""

SCENE = 1.3
"""What a sentence loses that begins with what was before the news."""

COVERS = 1.2
"""What a first sentence gains that says all that the headline says: the news stands where its words do. A
later one would only say it again.
"""

SAME_FIGURE, SAME_SUBJECT, DATED = 0.4, 0.25, 0.25
"""What a sentence gains that has a figure of the headline, or begins with what the headline begins with; and
a first one that says on which day or by whose word it happened: so news is told.
"""

BEGINNING, SUBJECT_TERMS = 6, 2
"""Words in which a sentence names what it is about, and a headline does."""

UNRELATED = 0.5
"""What a sentence loses that has none of the headline's words."""

HANGS = 0.9
"""What a sentence loses that hangs on what stands before it, unless that is told."""

FIRST_YEAR, LAST_YEAR = 1500, 2100
_YEAR = re.compile(
    r"\b(?:in|since|of|nel|dal|del|im|seit|en|depuis|desde|de|em|by|until) "
    r"(?:1[5-9]|20)\d\d\b|(?:1[5-9]|20)\d\d\s?年|(?:1[5-9]|20)\d\d\)"
)


class Headline(NamedTuple):
    """What sentences are compared with: the words of a headline, those it begins with, and its figures."""

    terms: Set[str]
    beginning: Set[str]
    figures: Sequence[Figure]


def rate_openings(units: Sequence[Unit], weights: Sequence[float], headline: Headline) -> list[float]:
    """Return what units are worth as the first sentence: those that say what the headline says, and when it
    happened, gain.
    """
    frequency = Counter(itertools.chain.from_iterable(unit.terms for unit in units))
    idf = {term: math.log(1 + len(units) / frequency[term]) for term in headline.terms if term in frequency}
    mass = sum(idf.values()) or 1.0
    return [
        weight + DATED * unit.dated + COVERS * sum(idf[t] for t in idf.keys() & unit.terms.keys()) / mass
        for unit, weight in zip(units, weights, strict=True)
    ]


def rate_units(units: Sequence[Unit], headline: Headline, lead: Entry) -> list[float]:
    """Return what units are worth, whatever is told beside them; those of other entries than the lead are
    worth a little less.
    """
    frequency = Counter(itertools.chain.from_iterable(unit.terms for unit in units))
    idf_of = {n: math.log(1 + len(units) / n) for n in set(frequency.values())}
    most = max((math.log1p(n * weight) for n, weight in idf_of.items()), default=1.0)
    central_of = {n: weight * math.log1p(n * weight) / most for n, weight in idf_of.items()}
    idf = {term: idf_of[n] for term, n in frequency.items()}
    central = {term: central_of[n] for term, n in frequency.items()}
    return [_score(unit, central, idf, headline, lead) for unit in units]


def read_headline(title: str, language: str) -> Headline:
    """Return what sentences are compared with of a title."""
    terms = unit_terms(words(title.lower()))
    return Headline(terms.keys(), set(list(terms)[:SUBJECT_TERMS]), _telling(figures(title, language), title))


def _score(
    unit: Unit,
    central: Mapping[str, float],
    idf: Mapping[str, float],
    headline: Headline,
    lead: Entry,
) -> float:
    title_terms = headline.terms
    mass = sum(map(idf.__getitem__, unit.terms)) or 1.0
    agreement = sum(map(central.__getitem__, unit.terms)) / mass
    shared_mass = sum(idf[term] for term in unit.terms if term in title_terms)
    overlap = shared_mass / mass
    position = 1 / (1 + DECAY * unit.place)
    score = (
        POSITION * position
        + CENTRAL * agreement
        + TITLE * overlap
        + FIGURES * min(4, _figure_count(unit))
        + SAME_SUBJECT * begins_alike(unit, headline)
        + SAME_FIGURE * any(same_figure(f, g) for f in particulars(unit) for g in headline.figures)
    )
    if not shared_mass and unit.place == 0 and headline.terms:
        score -= UNRELATED
    score -= LENGTHY * max(0.0, unit.as_words - EASY)
    if unit.entry.id != lead.id:
        score -= 0.25
    if unit.hangs:
        score -= HANGS
    if unit.scene:
        score -= SCENE
    if not unit.figures and unit.size < THIN and unit.place > 0:
        score -= 0.45
    if unit.text.rstrip('"”’»').endswith(("?", "？", "!")):
        score -= 0.4
    return score


def begins_alike(unit: Unit, headline: Headline) -> bool:
    """Tell whether a sentence begins with what the headline begins with: it is about the same."""
    return not headline.beginning.isdisjoint(list(unit.terms)[:BEGINNING])


def _figure_count(unit: Unit) -> int:
    return sum(1 for f in unit.figures if f.unit or f.value > 31)


def particulars(unit: Unit) -> list[Figure]:
    """Return the figures of a unit that tell something."""
    return _telling(unit.figures, unit.text)


def _telling(figures_of_text: Sequence[Figure], text: str) -> list[Figure]:
    """Return the figures of a text that tell something: no years, and no small numbers without a unit."""
    return [f for f in figures_of_text if (f.unit or f.value > 31) and not _is_year(f, text)]


def _is_year(figure: Figure, text: str) -> bool:
    """Tell whether a figure is the year of something, which the words round it say: in 1957, 1957年."""
    bare = not figure.unit and FIRST_YEAR <= figure.value <= LAST_YEAR
    return bare and bool(_YEAR.search(text, max(0, figure.start - LONGEST_HANGING), figure.end + 1))
