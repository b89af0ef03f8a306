"""Rankings that many channels share: what is measured of a story is kept, and only its age is counted anew.

Two thousand channels have their digest at one minute, most of them of the same stories from the same feeds.
What was measured is used again only where every entry is equal to the one it was measured of, in all that an
entry has: the result cannot differ.
"""

from collections.abc import Sequence, Set
from datetime import datetime

from bot.model import Entry, Ranking, Story
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.rank import Merits, assess_merits, find_aside, rank_by_merits
from bot.recent import Recent

MOST = 10_000
"""Stories that are kept, each as one set of channels sees it: a day of a large instance in a few views."""


class RankMemory:
    """Ranks stories as `rank` does, and measures each of them once."""

    def __init__(self, most: int = MOST) -> None:
        self._merits: Recent[tuple[tuple[Entry, ...], Kinds], Merits] = Recent(most)

    def rank(
        self,
        story: Story,
        now: datetime,
        languages: Sequence[str],
        kinds: Kinds,
        off_topic: Set[int] = frozenset(),
    ) -> Ranking:
        """Return a story of a view with its score, factors and leading entry."""
        ids = tuple(entry.id for entry in story.entries)
        characters = sum(len(entry.text) for entry in story.entries)
        aside = find_aside(story, off_topic)
        own_aside = aside.intersection(ids)
        merits = self._merits.get(
            (story.id, ids, tuple(languages), own_aside, characters),
            (story.entries, kinds),
            lambda: assess_merits(story.entries, languages, kinds, own_aside),
        )
        return rank_by_merits(story, merits, now, aside)
