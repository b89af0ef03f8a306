"""Which sentences tell a story best within a length: by their place, what several sources agree on, the
headline, figures, and what is told already.
"""

import itertools
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from bot.model import Entry, Length, Sentence
from bot.pipeline.summarizing.phrases import DOUBT
from bot.pipeline.summarizing.rating import (
    HANGS,
    begins_alike,
    particulars,
    rate_openings,
    rate_units,
    read_headline,
)
from bot.pipeline.summarizing.units import Unit, find_units, unit_terms
from bot.pipeline.verification.check import same_figure
from bot.text.numbers import Figure, figures
from bot.text.words import is_cjk, words


class Budget(NamedTuple):
    """What a summary may hold, what each further sentence must add to be worth reading, and what more it adds
    with a new figure.

    `headed`: the headline stands for the opening, so that figures count from the first sentence on.
    """

    words: int
    characters: int
    sentences: int
    worth: float = 1.2
    particular: float = 0.0
    headed: bool = False


PARTICULAR = 1.0
"""What more a sentence adds with a new figure where there is room for particulars."""

BUDGETS = {
    Length.HEADLINE: Budget(0, 0, 0),
    Length.LINE: Budget(45, 80, 2),
    Length.SHORT: Budget(95, 170, 3, particular=PARTICULAR),
    Length.LONG: Budget(260, 520, 7, worth=0.3, particular=PARTICULAR),
}
"""What the named lengths hold."""

NEWS, REPEATS = 0.25, 1.6
"""What new figures and repetition weigh."""

BEGINNING = 800
"""Characters of an entry in which a sentence must stand that can be told."""

TOP = 3
"""The place up to which a sentence may open a summary though it has none of the headline's words."""

SLIGHT = 7
"""A sentence with fewer words than these and no figure tells nothing."""

DISPUTED, DOUBT_WEIGHTS = 1.0, 0.3
"""What a doubt adds beside a sentence with the figure that it disputes, and beside any other."""

GAP = 8
"""Characters between two sentences of which one follows the other: spaces, lines, the mark of a
list's item.
"""

CLAIM = 300
"""Characters before a doubt in which the claim that it disputes stands."""

TORN_OUT = 0.8
"""What a sentence loses in the middle of a paragraph when the one before it is not told: it speaks of what
that one named.
"""

OPENING_ROOM = 1.5
"""How much of the room the opening may take: what happened stands there, and in one long sentence more often
than not.
"""

OTHER_ENTRY = 2.0
"""What a sentence of another entry without a new figure loses behind the first: it tells the same news once
more, or something else.
"""

SHARED_TERMS = 2
"""The headline's words that a sentence of another entry must have: it may be about something else."""

TOLD_ABOVE, SEVERAL = 0.5, 2
"""The share of the headline's words from which it tells what the opening tells, and the figures, more than
there are with it, for which that then makes room.
"""

LONGEST_DOUBT = 30
"""Words, or CJK characters, of a doubt that is told past the room."""

ECHO = 0.65
"""The share of a sentence's words from which the others of a summary tell it, too, when they have all its
figures.
"""

LEAST = -0.5
"""What the first sentence must be worth."""

NEWEST = 3
"""New figures that count."""


def choose(
    units: Sequence[Unit], title: str, lead: Entry, length: Length, told_text: str = ""
) -> list[Sentence]:
    """Return the sentences that tell a story best within a length, in reading order.

    `title` is the headline shown above them (they add to it, and none says it again), `told_text` what the
    channel was told before. Where nothing fits, one sentence stands whole rather than cut; so does an opening
    that is up to half as long again. In the longer lengths a doubt stands behind what it disputes even where
    it does not fit: a contested figure never stands bare.
    """
    if length is Length.HEADLINE:
        return []
    headline_words = words(title.lower())
    subject = unit_terms(headline_words).keys()
    units = [
        u
        for u in units
        if u.ours
        and not _is_slight(u)
        and words(u.text.lower()) != headline_words
        and (u.entry.id == lead.id or len(u.terms.keys() & subject) >= SHARED_TERMS)
    ]
    if not any(_may_open(unit, subject) for unit in units):
        return []
    budget = BUDGETS[length]
    selection = select_units(units, title, lead, budget, told_text) or _shortest(
        units, rate_units(units, read_headline(title, lead.language), lead)
    )
    selection = _rather_figures(units, selection, title, lead, budget, told_text)
    if budget.particular:
        selection = _with_its_doubt(selection, units)
    return [Sentence(unit.text, unit.receipts) for unit in selection]


def offers_sentence(entry: Entry, title: str) -> bool:
    """Tell whether the beginning of an entry has a sentence that may be told below a headline."""
    subject = unit_terms(words(title.lower())).keys()
    units = find_units(replace(entry, text=entry.text[:BEGINNING]))
    return any(unit.ours and not _is_slight(unit) and _may_open(unit, subject) for unit in units)


def _is_slight(unit: Unit) -> bool:
    """Tell whether a sentence is a label rather than news: “A new era for search.”"""
    return unit.as_words < SLIGHT and not unit.figures


def _may_open(unit: Unit, subject: Set[str]) -> bool:
    """Tell whether a summary may begin with a unit: it stands alone, and either stands near the top without
    setting a scene, or is about what the headline is about.
    """
    is_near_top = unit.place <= TOP and not unit.scene
    stands_alone = not unit.hangs and unit.short_names <= subject
    return stands_alone and (is_near_top or bool(unit.terms.keys() & subject))


def _rather_figures(
    units: Sequence[Unit], selection: list[Unit], title: str, lead: Entry, budget: Budget, told_text: str
) -> list[Unit]:
    """Return a choice without the opening where that holds no figure, the headline tells it, and its room
    holds several figures more.
    """
    opening = selection[0]
    headline = unit_terms(words(title.lower()))
    if opening.figures or opening.place or _overlap(headline, opening.terms.keys()) < TOLD_ABOVE:
        return selection
    rest = [unit for unit in units if unit is not opening]
    headed = budget._replace(headed=True, particular=PARTICULAR)
    alternative = select_units(rest, title, lead, headed, told_text)
    is_richer = _told_figures(alternative) > max(_told_figures(selection), SEVERAL - 1)
    if not is_richer or not alternative[0].figures:
        return selection
    return alternative if begins_alike(alternative[0], read_headline(title, lead.language)) else selection


def _told_figures(selection: Sequence[Unit]) -> int:
    told_figures: list[Figure] = []
    for unit in selection:
        told_figures += [
            f for f in particulars(unit) if not any(same_figure(f, previous) for previous in told_figures)
        ]
    return len(told_figures)


def _with_its_doubt(selection: list[Unit], units: Sequence[Unit]) -> list[Unit]:
    """Put a doubt behind the claim that it disputes, unless some doubt is told."""
    if any(_doubts(unit.text) for unit in selection):
        return selection
    for unit in (unit for unit in units if unit.size <= LONGEST_DOUBT and _doubts(unit.text)):
        claims = [number for number, doubt_unit in enumerate(selection) if _is_about(unit, doubt_unit)]
        if claims and (not unit.hangs or _follows(unit, selection[claims[-1]])):
            return [*selection[: claims[-1] + 1], unit, *selection[claims[-1] + 1 :]]
    return selection


def select_units(
    units: Sequence[Unit], title: str, lead: Entry, budget: Budget, told_text: str = ""
) -> list[Unit]:
    """Return the units that tell a story best within a budget of words, CJK characters and sentences, in
    reading order.

    Only the lead's opening, where it is the best of them, may be longer, and then stands alone.
    """
    headline = read_headline(title, lead.language)
    weights = rate_units(units, headline, lead)
    room = budget.characters if is_cjk("".join(unit.text for unit in units[:5])) else budget.words
    told_terms = unit_terms(words(f"{title} {told_text}".lower())).keys()
    rated = list(zip(units, rate_openings(units, weights, headline), strict=True))
    openers = [(unit, weight) for unit, weight in rated if _may_open(unit, headline.terms)] or rated
    first, values = [unit for unit, _ in openers], [weight for _, weight in openers]
    best = _best(first, values, [], int(room * OPENING_ROOM), told_terms, budget)
    fits = best is not None and (best.size <= room or (best.place == 0 and best.entry.id == lead.id))
    selection = _fill_up(
        [best] if best is not None and fits else [], units, weights, room, told_terms, budget
    )
    if echo := _echo(selection):
        remaining_units = [(u, w) for u, w in zip(units, weights, strict=True) if u is not echo]
        without_echoes = [unit for unit in selection if unit is not echo]
        selection = _fill_up(
            without_echoes,
            [u for u, _ in remaining_units],
            [w for _, w in remaining_units],
            room,
            told_terms,
            budget,
        )
    order: dict[int, int] = {}
    for n, unit in enumerate(selection):
        order.setdefault(unit.entry.id, n)
    return sorted(selection, key=lambda u: (order[u.entry.id], u.place))


def _fill_up(
    selection: Sequence[Unit],
    units: Sequence[Unit],
    weights: Sequence[float],
    room: int,
    told_terms: Set[str],
    budget: Budget,
) -> list[Unit]:
    """Return what is picked, and the best of the rest one after the other until the room or the
    budget ends.
    """
    filled_selection = list(selection)
    while len(filled_selection) < budget.sentences:
        best = _best(
            units, weights, filled_selection, room - sum(u.size for u in filled_selection), told_terms, budget
        )
        if best is None:
            break
        filled_selection.append(best)
    return filled_selection


def _echo(selection: Sequence[Unit]) -> Unit | None:
    """Return a unit behind the opening whose figures, and most of whose words, the others tell: it came
    before one that tells more.
    """
    for unit in selection[1:-1]:
        neighbours = [neighbour for neighbour in selection if neighbour is not unit]
        known_figures = [figure for other in neighbours for figure in other.figures]
        particular = particulars(unit)
        is_told_again = bool(particular) and all(
            any(same_figure(f, k) for k in known_figures) for f in particular
        )
        is_needed = _doubts(unit.text) or any(other.hangs and _follows(other, unit) for other in neighbours)
        terms = set(itertools.chain.from_iterable(other.terms for other in neighbours))
        if is_told_again and not is_needed and _overlap(unit.terms, terms) >= ECHO:
            return unit
    return None


def _best(
    units: Sequence[Unit],
    weights: Sequence[float],
    selection: Sequence[Unit],
    room: int,
    told_terms: Set[str],
    budget: Budget,
) -> Unit | None:
    best, bar = None, budget.worth if selection else LEAST
    figures_add = NEWS * NEWEST + budget.particular if selection or budget.headed else 0.0
    known_terms = set(itertools.chain.from_iterable(neighbour.terms for neighbour in selection))
    for unit, weight in zip(units, weights, strict=True):
        # Most units could not win with all that they may add, so that nothing of them need be compared.
        most = weight + HANGS * unit.hangs + (figures_add if unit.figures else 0.0)
        if (
            unit.size > room
            or most + DISPUTED < bar
            or (unit.hangs and not any(_follows(unit, o) for o in selection))
            or (selection and not _may_follow(unit, told_terms | known_terms))
            or (selection and not budget.particular and _stands_before(unit, selection[0]))
        ):
            continue
        news = _news(unit, selection, budget.particular, headed=budget.headed)
        plain = weight + news - _repeats(unit, known_terms, told_terms, news)
        if selection and not news and unit.entry.id != selection[0].entry.id:
            plain -= OTHER_ENTRY
        doubt = _disputes(unit, selection) if plain + HANGS * unit.hangs + DISPUTED >= bar else 0.0
        joins = 0.0 if doubt == DISPUTED and not unit.hangs else _joins(unit, selection)
        worth = plain + doubt + joins
        better = worth > bar or (best is None and worth >= bar)
        if better and not any(unit is other or _same_words(unit, other) for other in selection):
            best, bar = unit, worth
    return best


def _may_follow(unit: Unit, known_terms: Set[str]) -> bool:
    """Tell whether a unit may stand behind another: it is no second quotation, begins with the news, and
    names nobody short whose full name is not told.
    """
    return not unit.quoted and not unit.scene and unit.short_names <= known_terms


def _stands_before(unit: Unit, opening: Unit) -> bool:
    """Tell whether a unit would be read before the opening, which was chosen because it says the news."""
    return unit.entry.id == opening.entry.id and unit.place < opening.place


def _news(unit: Unit, selection: Sequence[Unit], particular: float = 0.0, *, headed: bool = False) -> float:
    """Return what a unit's figures add to those already told."""
    if not unit.figures or not (selection or headed):
        return 0.0
    known_figures = [f for neighbour in selection for f in neighbour.figures]
    fresh = [f for f in particulars(unit) if not any(same_figure(f, k) for k in known_figures)]
    return NEWS * min(NEWEST, len(fresh)) + particular * bool(fresh)


def _joins(unit: Unit, selection: Sequence[Unit]) -> float:
    """Return what a unit wins back by standing right after one that is told, or loses by being torn out of
    its paragraph.
    """
    if not selection or (unit.begins and not unit.hangs):
        return 0.0
    if any(_follows(unit, neighbour) for neighbour in selection):
        return HANGS * unit.hangs
    return 0.0 if unit.begins else -TORN_OUT


def _follows(unit: Unit, earlier: Unit) -> bool:
    start, end = unit.receipts[0].start, earlier.receipts[-1].end
    is_adjacent = unit.entry.id == earlier.entry.id and 0 <= start - end <= GAP
    return is_adjacent and not unit.entry.text[end:start].strip(" \n-")


def _disputes(unit: Unit, selection: Sequence[Unit]) -> float:
    """Return what a doubt adds: once, and most right after a sentence with figures, or where the very figure
    is told that it disputes.
    """
    if not selection or not _doubts(unit.text) or any(_doubts(neighbour.text) for neighbour in selection):
        return 0.0
    return DISPUTED if any(_is_about(unit, other) for other in selection) else DOUBT_WEIGHTS


def _is_about(doubt: Unit, claim: Unit) -> bool:
    """Tell whether a doubt stands right after a claim with figures, or is about the very figure of it."""
    if claim.figures and _follows(doubt, claim):
        return True
    claim_figures = [f for f in claim.figures if f.value > 31]
    disputed = (*doubt.figures, *_figures_before(doubt)) if claim_figures else ()
    return any(same_figure(f, c) for f in disputed for c in claim_figures)


def _figures_before(unit: Unit) -> tuple[Figure, ...]:
    """Return the figures of what stands before a unit in its paragraph: a doubt is about them."""
    start = unit.receipts[0].start
    before = unit.entry.text[max(0, start - CLAIM) : start].rpartition("\n")[2]
    return figures(before, unit.entry.language)


@lru_cache(maxsize=1 << 12)
def _doubts(text: str) -> bool:
    return bool(DOUBT.search(text.lower()))


def _repeats(unit: Unit, known_terms: Set[str], told_terms: Set[str], news: float) -> float:
    """Return what is lost by hearing a unit after those picked: their words again, or the headline
    once more.
    """
    repetition = _overlap(unit.terms, known_terms) if known_terms else 0.0
    told_overlap = _overlap(unit.terms, told_terms)
    nothing_new = 0.5 if known_terms and unit.figures and news == 0 and repetition > 0.45 else 0.0
    return REPEATS * max(0.0, repetition - 0.2) + nothing_new + (6.0 if told_overlap > 0.85 else 0.0)


def _overlap(a: Mapping[str, None], b: Set[str]) -> float:
    return len(a.keys() & b) / max(1, len(a))


def _same_words(a: Unit, b: Unit) -> bool:
    return _overlap(a.terms, b.terms.keys()) > 0.7 or _overlap(b.terms, a.terms.keys()) > 0.7


def _shortest(units: Sequence[Unit], weights: Sequence[float]) -> list[Unit]:
    """Return the shortest of the better units: where nothing fits, one sentence stands whole rather
    than cut.
    """
    free = [i for i, unit in enumerate(units) if not unit.hangs]
    better = sorted(free, key=lambda i: -weights[i])[:4]
    return [units[min(better, key=lambda i: units[i].size)]]
