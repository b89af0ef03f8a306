"""The bars of subscriptions: how much a story must weigh to be told.

The scale is fixed: the score without age and growth (`Ranking.weight`), which grows with the number of
independent outlets, and by a third for a first-party source. So a bar means the same in every week and on
every instance, one number in `/why` shows what decided, and a dull week may well bring nothing. Shares of the
instance's own last fortnight would move with each loud week, and would let the best of a dull one pass:
filler, which a bar is there to keep out. What a level brings
*here* depends on the feeds; that is counted over the last fortnight and shown where a level is chosen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.model import Bar, Ranking, Story
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.rank import highest_weight, rank

LEAST: Mapping[Bar, float] = {Bar.EVERYTHING: 0.0, Bar.NOTABLE: 1.3, Bar.IMPORTANT: 2.4, Bar.BIGGEST: 4.7}
"""The least weight: one outlet weighs 1; notable is told by two, or first-hand; important by three, or by two
and first-hand with a release; the biggest by seven, or by five and first-hand. Deals, lists and opinion need
more."""

COUNTED_PERIOD = timedelta(days=14)


def meets(ranking: Ranking, bar: Bar) -> bool:
    """Tell whether a story is heavy enough for a bar. Weights are compared as they are shown: with two
    digits.
    """
    return round(ranking.weight, 2) >= LEAST[bar]


def can_meet(story: Story, bar: Bar, kinds: Kinds) -> bool:
    """Tell whether a story might be heavy enough for a bar, by its outlets alone."""
    return round(highest_weight(story, kinds), 2) >= LEAST[bar]


def stories_per_day(stories: Sequence[Story], kinds: Kinds, now: datetime) -> dict[Bar, float]:
    """Return how many of some stories of the last fortnight pass each bar, a day: counted over the days since
    the first of them.
    """
    if not stories:
        return dict.fromkeys(Bar, 0.0)
    first = min(story.created_at for story in stories)
    days = max(1.0, min(now - first, COUNTED_PERIOD) / timedelta(days=1))
    counts: Counter[Bar] = Counter()
    for story in stories:
        bars = [bar for bar in Bar if can_meet(story, bar, kinds)]
        ranking = rank(story, now, (), kinds) if bars != [Bar.EVERYTHING] else None
        counts.update(bar for bar in bars if ranking is None or meets(ranking, bar))
    return {bar: counts[bar] / days for bar in Bar}
