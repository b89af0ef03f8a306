"""Sagas: stories of one longer affair (a trial, a launch week) stand in one place of a digest, the others
below the one that leads.

Two stories belong to one saga where grouping found their entries alike, though not enough to be one event
(`RelatedStories`), or where both are of a company that has a day of its own: a fair at which it tells many
things at once. The best story brings its saga with it; a later event of the same saga leads instead, if it
weighs nearly as much. What would only say again what stands there gets no line.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Ranking, RelatedStories
from bot.pipeline.relevance.judge import Rules, company_of
from bot.pipeline.selection.novelty import says_no_more
from bot.pipeline.selection.rank import LARGE, sort_by_score
from bot.pipeline.summarizing.headlines import headline_of

LINES, FAIR_LINES = 3, 4
"""Stories of a saga that stand below the one that leads; of a company's own day."""

WORTH_A_LINE = 0.15
"""The share of the leading story's score from which another of its saga is worth a line."""

NEARLY_AS_STRONG = 0.6
"""The share of the best story's score from which a later event leads in its place."""

LATER = timedelta(hours=3)
"""How much later an event must have begun than the best story to be the next one of the saga."""

FAIR = 4
"""Large stories of one company that make a day of its own."""


@dataclass(frozen=True, slots=True)
class FoldedStories:
    """Stories for a digest: those that may lead, with their sagas below them, and those that are only listed:
    what is left of a company's own day, which has one place, and what would say the same again.
    """

    leading: tuple[Ranking, ...]
    behind: tuple[Ranking, ...]


def fold_sagas(rankings: Sequence[Ranking], related: Sequence[RelatedStories], rules: Rules) -> FoldedStories:
    """Return stories folded into sagas; each of them leads, stands below a leader, or waits behind."""
    fairs = _find_fairs(rankings, rules)
    companies = {r.story.id: company_of(r.lead.title, rules) for r in rankings if r.is_news} if fairs else {}
    of_saga = _of_sagas(related)
    waiting = deque(sort_by_score(rankings))
    leading: list[Ranking] = []
    behind: list[Ranking] = []
    while waiting:
        best = waiting.popleft()
        others = of_saga.get(best.story.id, frozenset())
        if not others and companies.get(best.story.id, "") not in fairs:
            leading.append(best)
            continue
        saga = [best, *(r for r in waiting if r.story.id in others)]
        lead = _choose_leader(saga)
        company = companies.get(lead.story.id, "")
        fair = (
            [r for r in (best, *waiting) if companies.get(r.story.id) == company and not r.update]
            if company in fairs
            else []
        )
        lines, echoes = _choose_lines(lead, [*saga, *(r for r in fair if r not in saga)], is_fair=bool(fair))
        leading.append(replace(lead, saga=lines))
        block_ids = {r.story.id for r in (lead, *lines)}
        rest = {r.story.id: r for r in (*fair, *echoes) if r.story.id not in block_ids}
        behind += rest.values()
        remainder = [r for r in (best, *waiting) if r.story.id not in block_ids and r.story.id not in rest]
        waiting = deque(remainder)
    return FoldedStories(tuple(leading), tuple(behind))


def _of_sagas(related: Sequence[RelatedStories]) -> Mapping[int, Set[int]]:
    """Return by story the others of its sagas."""
    others: dict[int, set[int]] = defaultdict(set)
    for pair in related:
        others[pair.first_id].add(pair.second_id)
        others[pair.second_id].add(pair.first_id)
    return others


def _find_fairs(rankings: Sequence[Ranking], rules: Rules) -> Set[str]:
    """Return the companies that tell several large stories at once."""
    large = Counter(company_of(r.lead.title, rules) for r in rankings if r.is_news and r.outlets >= LARGE)
    return {company for company, count in large.items() if company and count >= FAIR}


def _choose_leader(saga: Sequence[Ranking]) -> Ranking:
    """Return the story of a saga that leads: the best, or the latest event of those nearly as strong."""
    best = saga[0]
    if len(saga) == 1:
        return best
    later_events = [
        r
        for r in saga
        if r.is_news and r.score >= NEARLY_AS_STRONG * best.score and _began_at(r) - _began_at(best) >= LATER
    ]
    return max(later_events, key=lambda r: (_began_at(r), r.score), default=best)


def _began_at(ranking: Ranking) -> datetime:
    return min(entry.published for entry in ranking.story.entries)


def _choose_lines(
    lead: Ranking, saga: Sequence[Ranking], *, is_fair: bool
) -> tuple[tuple[Ranking, ...], tuple[Ranking, ...]]:
    """Return the stories that have a line below the leader, best first, and those that say what stands there
    already.

    A known story with something new answers its own post, and is no line of another.
    """
    lines: list[Ranking] = []
    echoes: list[Ranking] = []
    headlines = [headline_of(lead.lead)]
    for ranking in sort_by_score([r for r in saga if r is not lead and not r.update]):
        headline = headline_of(ranking.lead)
        if says_no_more(headline, headlines):
            echoes.append(ranking)
        elif (
            len(lines) < (FAIR_LINES if is_fair else LINES)
            and ranking.is_news
            and ranking.score >= WORTH_A_LINE * lead.score
        ):
            lines.append(ranking)
            headlines.append(headline)
    return tuple(lines), tuple(echoes)
