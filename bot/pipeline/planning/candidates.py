"""The candidates of a view: its stories ranked, or left out with a reason, whatever a channel was told.

Two thousand channels have their digest at one minute, most of them of the same stories by the same criteria:
what was judged for one is given to the next, and only for what equals that it was judged by.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Ranking, Reason, ReasonCode, Story
from bot.pipeline.filters.grammar import Filter
from bot.pipeline.filters.matching import filter_story
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.feed_rules import can_be_led, set_aside, why_nothing_leads
from bot.pipeline.selection.rank import Rank, is_about
from bot.recent import Recent

MOST = 16
"""Views whose candidates are kept: those of one minute, in several languages and topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """By what the stories of a view are judged: a filter, the languages that are read there, the minute, and
    how old news may be.
    """

    filter_: Filter
    languages: tuple[str, ...]
    now: datetime
    horizon: timedelta
    kinds: Kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """The stories of a view and by what they are judged; which entries are off its topic, and which may not
    lead because their feeds have led often enough (with the cap).
    """

    stories: tuple[Story, ...]
    off_topic: Set[int]
    over_cap: Mapping[int, int]
    criteria: Criteria


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story of a view: its ranking, or the reason that leaves it out."""

    story_id: int
    ranking: Ranking | None = None
    reason: Reason | None = None


Judge = Callable[[Contest, Rank], Sequence[Candidate]]
"""Returns the candidates among the stories of a contest, in their order."""


def judge_stories(contest: Contest, rank: Rank) -> Sequence[Candidate]:
    """Rank stories by those of their entries that pass the filter, and leave out with a reason what none
    passes of, what none may lead, and what is old.

    Stories most of whose weight is off the topic are none of the view's, and no candidates.
    """
    criteria, off_topic, over_cap = contest.criteria, contest.off_topic, contest.over_cap
    candidates: list[Candidate] = []
    for story in contest.stories:
        if not is_about(story, off_topic):
            continue
        passing, decision = filter_story(story, criteria.filter_, criteria.kinds, off_topic)
        if passing is None:
            if not decision.is_off_topic:
                candidates.append(Candidate(story.id, reason=decision.reason))
            continue
        passing = set_aside(passing, over_cap)
        if not can_be_led(passing, off_topic):
            cause = why_nothing_leads(passing, over_cap) if decision.leads else decision.reason
            candidates.append(Candidate(story.id, reason=cause))
        elif criteria.now - max(entry.published for entry in passing.entries) > criteria.horizon:
            hours = criteria.horizon // timedelta(hours=1)
            candidates.append(Candidate(story.id, reason=Reason(ReasonCode.OLD, {"hours": hours})))
        else:
            ranking = rank(passing, criteria.now, criteria.languages, criteria.kinds, off_topic)
            candidates.append(Candidate(story.id, ranking))
    return candidates


class CandidateMemory:
    """Judges as `judge_stories` does, and what is judged alike only once."""

    def __init__(self, most: int = MOST) -> None:
        self._recent: Recent[Contest, Sequence[Candidate]] = Recent(most)

    def judge(self, contest: Contest, rank: Rank) -> Sequence[Candidate]:
        """Return the candidates among the stories of a contest, in their order."""
        criteria, ids = contest.criteria, tuple(story.id for story in contest.stories)
        return self._recent.get(
            (criteria.languages, criteria.now, criteria.horizon, ids),
            contest,
            lambda: judge_stories(contest, rank),
        )
