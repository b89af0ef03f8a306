"""What another filter would have changed: stories a day before and after, and examples of either."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Bar, Ranking, Story
from bot.pipeline.filters.grammar import Filter
from bot.pipeline.filters.matching import filter_story
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.importance import COUNTED_PERIOD, meets
from bot.pipeline.selection.rank import rank, sort_by_score

EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change of filter would have done: stories a day that pass the bar, and the titles of the best
    that only one of both lets through.
    """

    before_a_day: float
    after_a_day: float
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()


def compare_filters(
    stories: Sequence[Story], before: Filter, after: Filter, bar: Bar, kinds: Kinds, now: datetime
) -> Effect:
    """Return what changing one filter into another would have done to some stories of the last fortnight,
    counted over the days since the first of them.
    """
    if not stories:
        return Effect(before_a_day=0.0, after_a_day=0.0)
    first = min(story.created_at for story in stories)
    days = max(1.0, min(now - first, COUNTED_PERIOD) / timedelta(days=1))
    told_before, told_after = (_passing(stories, one, bar, kinds, now) for one in (before, after))
    return Effect(
        before_a_day=len(told_before) / days,
        after_a_day=len(told_after) / days,
        lost=_titles(told_before, told_after),
        gained=_titles(told_after, told_before),
    )


def _passing(
    stories: Sequence[Story], filter_: Filter, bar: Bar, kinds: Kinds, now: datetime
) -> dict[int, Ranking]:
    """Return the stories that pass a filter and the bar, by id."""
    filtered_stories = (filter_story(story, filter_, kinds)[0] for story in stories)
    rankings = (rank(story, now, (), kinds) for story in filtered_stories if story is not None)
    return {ranking.story.id: ranking for ranking in rankings if meets(ranking, bar)}


def _titles(mine: dict[int, Ranking], others: dict[int, Ranking]) -> tuple[str, ...]:
    only_mine = sort_by_score([ranking for number, ranking in mine.items() if number not in others])
    return tuple(ranking.lead.title for ranking in only_mine[:EXAMPLES])
