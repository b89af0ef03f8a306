"""What other rules would have brought: stories a day before and after, and examples of either."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Bar, FeedInView, Ranking, Story
from bot.pipeline.filters.grammar import Filter
from bot.pipeline.filters.matching import filter_story
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.feed_rules import can_be_led, find_over_cap, set_aside, with_rules_of_feeds
from bot.pipeline.selection.importance import COUNTED_PERIOD, can_meet, meets
from bot.pipeline.selection.rank import rank, sort_by_score

EXAMPLES = 3
RANKED_MAX = 60
"""Stories among which the examples are chosen, the newest."""

RANKED_MIN = 20
"""Stories among which the best of a digest are chosen, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change of rules would have done: stories a day that are told, and the titles of the best that
    only one side tells.
    """

    before_a_day: float
    after_a_day: float
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()

    @property
    def changes_anything(self) -> bool:
        """Whether any story would have come, or stayed away, that did not."""
        return bool(self.lost or self.gained)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a subscription takes of some stories: those that pass its filter and its bar, that a feed may lead
    by the rules of its place, and that are in one of its `languages` (in any, where none is given).

    Where `size` is given, of what came before each of its `slots` the best so many alone.
    """

    stories: Sequence[Story]
    filter: Filter
    bar: Bar
    feeds: Sequence[FeedInView] = ()
    languages: Sequence[str] = ()
    zone: str = "UTC"
    size: int = 0
    slots: Sequence[datetime] = ()


def compare_rules(before: Sequence[Rules], after: Sequence[Rules], kinds: Kinds, now: datetime) -> Effect:
    """Return what changing some rules into others would have done to stories of the last fortnight, counted
    over the days since the first of them.
    """
    moments = [story.created_at for rules in (*before, *after) for story in rules.stories]
    if not moments:
        return Effect(before_a_day=0.0, after_a_day=0.0)
    days = max(1.0, min(now - min(moments), COUNTED_PERIOD) / timedelta(days=1))
    scale = _Scale(kinds, now)
    told_before, told_after = (
        {number: story for rules in side for number, story in _told(rules, kinds, scale).items()}
        for side in (before, after)
    )
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
        if bar is Bar.EVERYTHING:
            return True
        return can_meet(story, bar, self.kinds) and meets(self.rank(story), bar)

    def best(self, candidates: Sequence[Story], count: int) -> list[Ranking]:
        """Return the best of some stories: among many those that are told by most outlets are weighed, the
        newest first.
        """
        likely = sorted(candidates, key=lambda s: (-len({entry.outlet for entry in s.entries}), -s.id))
        return sort_by_score([self.rank(story) for story in likely[: max(RANKED_MIN, 4 * count)]])[:count]


def _told(rules: Rules, kinds: Kinds, scale: _Scale) -> dict[int, Story]:
    """Return the stories that are told by some rules, by id, with the entries that pass."""
    ruled_stories = with_rules_of_feeds(rules.stories, rules.feeds)
    over_cap = find_over_cap(ruled_stories, rules.feeds, frozenset(), {}, rules.zone)
    filtered_stories = (filter_story(story, rules.filter, kinds)[0] for story in ruled_stories)
    passing = (set_aside(story, over_cap) for story in filtered_stories if story is not None)
    told_stories = {
        story.id: story
        for story in passing
        if can_be_led(story) and _is_read(story, rules.languages) and scale.is_told(story, rules.bar)
    }
    return _best_of_slots(told_stories, rules, scale) if rules.size else told_stories


def _is_read(story: Story, languages: Sequence[str]) -> bool:
    """Tell whether an entry of a story is in one of some languages; one of an unknown language counts."""
    return not languages or any(entry.language in languages or not entry.language for entry in story.entries)


def _best_of_slots(told_stories: Mapping[int, Story], rules: Rules, scale: _Scale) -> dict[int, Story]:
    """Return of what came before each slot the best stories, as many as a digest has. What came since the
    last slot waits for the next.
    """
    by_slot: defaultdict[int, list[Story]] = defaultdict(list)
    for story in told_stories.values():
        by_slot[bisect_left(rules.slots, story.created_at)].append(story)
    best = (
        ranking.story.id
        for slot_stories in by_slot.values()
        for ranking in scale.best(slot_stories, rules.size)
    )
    return {story_id: told_stories[story_id] for story_id in best}


def _titles(mine: Mapping[int, Story], others: Mapping[int, Story], scale: _Scale) -> tuple[str, ...]:
    """Return the titles of the best of the newest stories that only one of both sides tells."""
    newest = sorted((story for number, story in mine.items() if number not in others), key=lambda s: -s.id)
    best = sort_by_score([scale.rank(story) for story in newest[:RANKED_MAX]])
    return tuple(ranking.lead.title for ranking in best[:EXAMPLES])
