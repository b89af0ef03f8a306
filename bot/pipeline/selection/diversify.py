"""Which stories a digest tells, and in which order: the best first, but a mixture.

A story waits for the next best one, if that is at least a third as strong, where it would stand beside another of the same
company (unless both are large), or be the third that one outlet alone tells, or be the third of a narrower topic, or the fourth of a company. The last
place may go to a small story that whoever it is about tells, when the digest has nothing first-hand. Nothing is ever added
to fill a place: opinion, guides, reviews and other pages that are no news are listed behind, and never told.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.model import Ranking
from bot.pipeline.relevance.judge import Rules, company_of, narrower_topic
from bot.pipeline.selection.rank import FIRST_PARTY_KINDS, in_order, tells

LARGE = 4
"""Outlets from which a story stands wherever it belongs."""

AS_STRONG = 1 / 3
OF_ONE_OUTLET = 2
OF_ONE_TOPIC = 2
OF_ONE_COMPANY = 3
"""Stories of one company, however large: the day of its own fair is also a day of others."""

EXPLORED = 3
"""Stories from which a digest has room for a small one."""

LOOKED_AT = 5
"""Stories per place that are looked at for a mixture."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    ranked: Ranking
    company: str
    topic: str


def diversify(
    candidates: Sequence[Ranking], size: int, rules: Rules, topic: str
) -> tuple[tuple[Ranking, ...], tuple[Ranking, ...]]:
    """Return the stories to tell, at most `size`, and the others, best first. `topic` is what the digest is about."""
    best = in_order(candidates)
    near = [r for r in best if r.is_news][: size * LOOKED_AT]
    marked = [
        _Candidate(r, company_of(r.lead.title, rules), narrower_topic(r.lead.title, rules, topic))
        for r in near
    ]
    told = [m.ranked for m in _with_first_hand(_take_turns(marked, size), marked, size)]
    ids = {r.story.id for r in told}
    return tuple(told), tuple(r for r in best if r.story.id not in ids)


def _take_turns(waiting: Sequence[_Candidate], size: int) -> list[_Candidate]:
    told: list[_Candidate] = []
    left = list(waiting)
    while left and len(told) < size:
        best = left[0]
        strong = [m for m in left if m.ranked.score >= AS_STRONG * best.ranked.score]
        chosen = next((m for m in strong if _fits(m, told)), best)
        told.append(chosen)
        left.remove(chosen)
    return told


def _fits(one: _Candidate, told: Sequence[_Candidate]) -> bool:
    if told and one.company and one.company == told[-1].company and not (_large(one) and _large(told[-1])):
        return False
    if _too_many(one, told, _company, OF_ONE_COMPANY):
        return False
    if _large(one):
        return True
    return not _too_many(one, told, _only_outlet, OF_ONE_OUTLET) and not _too_many(
        one, told, _topic, OF_ONE_TOPIC
    )


def _too_many(
    one: _Candidate, told: Sequence[_Candidate], of: Callable[[_Candidate], str], most: int
) -> bool:
    return bool(of(one)) and Counter(map(of, told))[of(one)] >= most


def _large(one: _Candidate) -> bool:
    return one.ranked.outlets >= LARGE


def _only_outlet(one: _Candidate) -> str:
    return one.ranked.lead.outlet if one.ranked.outlets == 1 else ""


def _company(one: _Candidate) -> str:
    return one.company


def _topic(one: _Candidate) -> str:
    return one.topic


def _with_first_hand(told: list[_Candidate], best: Sequence[_Candidate], size: int) -> list[_Candidate]:
    """Give the last place to the best first-hand story when none is told, the digest is full, and the last one is not large."""
    if len(told) < max(size, EXPLORED) or any(map(_first_hand, told)) or _large(told[-1]):
        return told
    fitting = (m for m in best if _first_hand(m) and tells(m.ranked.lead) and _fits(m, told[:-1]))
    found = next(fitting, None)
    return [*told[:-1], found] if found is not None else told


def _first_hand(one: _Candidate) -> bool:
    return any(entry.kind in FIRST_PARTY_KINDS for entry in one.ranked.story.entries)
