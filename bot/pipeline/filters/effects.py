"""What another filter would have changed: stories a day before and after, and examples of either."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Bar, Ranking, Story
from bot.pipeline.filters.grammar import Filter
from bot.pipeline.filters.matching import filter_story
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.feed_rules import can_be_led
from bot.pipeline.selection.importance import COUNTED_PERIOD, meets
from bot.pipeline.selection.rank import rank, sort_by_score

EXAMPLES = 3
RANKED_MAX = 60
"""Stories among which the examples are chosen, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change of filter would have done: stories a day that pass the bar, and the titles of the best
    that only one of both lets through.
    """

    before_a_day: float
    after_a_day: float
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a subscription takes of some stories: those that pass its filter and its bar."""

    stories: Sequence[Story]
    filter: Filter
    bar: Bar


NOTHING = Rules((), Filter(), Bar.EVERYTHING)
"""The rules of a subscription that there is not yet."""


def compare_filters(
    stories: Sequence[Story], before: Filter, after: Filter, bar: Bar, kinds: Kinds, now: datetime
) -> Effect:
    """Return what changing one filter into another would have done to some stories of the last fortnight."""
    return compare_rules(Rules(stories, before, bar), Rules(stories, after, bar), kinds, now)


def compare_rules(before: Rules, after: Rules, kinds: Kinds, now: datetime) -> Effect:
    """Return what changing some rules into others would have done to stories of the last fortnight, counted
    over the days since the first of them.
    """
    moments = [story.created_at for rules in (before, after) for story in rules.stories]
    if not moments:
        return Effect(before_a_day=0.0, after_a_day=0.0)
    days = max(1.0, min(now - min(moments), COUNTED_PERIOD) / timedelta(days=1))
    scale = _Scale(kinds, now)
    told_before, told_after = (_passing(rules, kinds, scale) for rules in (before, after))
    return Effect(
        before_a_day=len(told_before) / days,
        after_a_day=len(told_after) / days,
        lost=_titles(told_before, told_after, scale),
        gained=_titles(told_after, told_before, scale),
    )


@dataclass(slots=True)
class _Scale:
    """Ranks stories, each with the same entries once: that takes longer than everything else here."""

    kinds: Kinds
    now: datetime
    _rankings: dict[tuple[tuple[int, bool], ...], Ranking] = field(default_factory=dict)

    def rank(self, story: Story) -> Ranking:
        """Return the ranking of a story."""
        key = tuple((entry.id, entry.leads) for entry in story.entries)
        if key not in self._rankings:
            self._rankings[key] = rank(story, self.now, (), self.kinds)
        return self._rankings[key]

    def is_told(self, story: Story, bar: Bar) -> bool:
        """Tell whether a story passes a bar; everything passes one that asks for nothing."""
        return bar is Bar.EVERYTHING or meets(self.rank(story), bar)


def _passing(rules: Rules, kinds: Kinds, scale: _Scale) -> dict[int, Story]:
    """Return the stories that pass a filter and a bar, by id, with the entries that pass."""
    filtered_stories = (filter_story(story, rules.filter, kinds)[0] for story in rules.stories)
    led_stories = (story for story in filtered_stories if story is not None and can_be_led(story))
    return {story.id: story for story in led_stories if scale.is_told(story, rules.bar)}


def _titles(mine: Mapping[int, Story], others: Mapping[int, Story], scale: _Scale) -> tuple[str, ...]:
    """Return the titles of the best of the newest stories that only one of two filters lets through."""
    newest = sorted((story for number, story in mine.items() if number not in others), key=lambda s: -s.id)
    best = sort_by_score([scale.rank(story) for story in newest[:RANKED_MAX]])
    return tuple(ranking.lead.title for ranking in best[:EXAMPLES])
