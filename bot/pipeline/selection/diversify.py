"""Which stories a digest tells, and in which order: the best first, but a mixture.

A story waits for the next best one, if that is at least a third as strong, where it would stand beside
another of the same company (unless both are large), or be the third that one outlet alone tells, or be the
third of a narrower topic, or the fourth of a company. The last place may go to a story that whoever it is
about tells, when the digest has nothing first-hand. Nothing is ever added to fill a place: opinion,
guides, reviews and other pages that are no news, and mere headlines of small stories, are listed behind, and
never told. So are, in a language in which many outlets are read, stories that hardly any of them tells and no
editor is likely to.
"""

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from bot.model import FIRST_PARTY_KINDS, Ranking
from bot.pipeline.relevance.judge import Rules, company_of, narrower_topic
from bot.pipeline.selection.rank import LARGE, is_bare, is_slight, sort_by_score, tells

AS_STRONG = 1 / 3
FIRST_HAND_SHARE = 1 / 2
"""How strong a first-hand story must be beside the last one that is told, to take its place."""

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
    ranking: Ranking
    company: str
    topic: str


def diversify(
    candidates: Sequence[Ranking], size: int, rules: Rules, topic: str, widely_read: Set[str] = frozenset()
) -> tuple[tuple[Ranking, ...], tuple[Ranking, ...]]:
    """Return the stories to tell, at most `size`, and the others, best first. `topic` is what the digest is
    about; in the languages that are `widely_read` other outlets would tell what is worth it, too.
    """
    best = sort_by_score(candidates)
    news = (
        r
        for r in best
        if r.is_news and not is_bare(r) and not (r.lead.language in widely_read and is_slight(r))
    )
    weighed_candidates = [
        _Candidate(r, company_of(r.lead.title, rules), narrower_topic(r.lead.title, rules, topic))
        for r in islice(news, size * LOOKED_AT)
    ]
    selection = [
        m.ranking for m in _with_first_hand(_take_turns(weighed_candidates, size), weighed_candidates, size)
    ]
    ids = {r.story.id for r in selection}
    return tuple(selection), tuple(r for r in best if r.story.id not in ids)


def _take_turns(waiting: Sequence[_Candidate], size: int) -> list[_Candidate]:
    selection: list[_Candidate] = []
    remainder = list(waiting)
    while remainder and len(selection) < size:
        best = remainder[0]
        strong = [m for m in remainder if m.ranking.score >= AS_STRONG * best.ranking.score]
        choice = next((m for m in strong if _fits(m, selection)), best)
        selection.append(choice)
        remainder.remove(choice)
    return selection


def _fits(candidate: _Candidate, selection: Sequence[_Candidate]) -> bool:
    if (
        selection
        and candidate.company
        and candidate.company == selection[-1].company
        and not (_is_large(candidate) and _is_large(selection[-1]))
    ):
        return False
    if _too_many(candidate, selection, _company, OF_ONE_COMPANY):
        return False
    if _is_large(candidate):
        return True
    return not _too_many(candidate, selection, _only_outlet, OF_ONE_OUTLET) and not _too_many(
        candidate, selection, _topic, OF_ONE_TOPIC
    )


def _too_many(
    candidate: _Candidate, selection: Sequence[_Candidate], of: Callable[[_Candidate], str], most: int
) -> bool:
    return bool(of(candidate)) and Counter(map(of, selection))[of(candidate)] >= most


def _is_large(candidate: _Candidate) -> bool:
    return candidate.ranking.outlets >= LARGE


def _only_outlet(candidate: _Candidate) -> str:
    return candidate.ranking.lead.outlet if candidate.ranking.outlets == 1 else ""


def _company(candidate: _Candidate) -> str:
    return candidate.company


def _topic(candidate: _Candidate) -> str:
    return candidate.topic


def _with_first_hand(selection: list[_Candidate], best: Sequence[_Candidate], size: int) -> list[_Candidate]:
    """Give the last place to the best first-hand story when none is told, the digest is full, the last one is
    not large, and it is at least half as strong as that.
    """
    if (
        len(selection) < max(size, EXPLORED)
        or any(map(_is_first_hand, selection))
        or _is_large(selection[-1])
    ):
        return selection
    least = FIRST_HAND_SHARE * selection[-1].ranking.score
    fitting = (
        m
        for m in best
        if m.ranking.score >= least
        and _is_first_hand(m)
        and tells(m.ranking.lead)
        and _fits(m, selection[:-1])
    )
    first_hand = next(fitting, None)
    return [*selection[:-1], first_hand] if first_hand is not None else selection


def _is_first_hand(candidate: _Candidate) -> bool:
    return any(entry.kind in FIRST_PARTY_KINDS for entry in candidate.ranking.story.entries)
