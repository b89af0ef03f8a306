"""Which stories of a window tell the same event after all, and which belong to one affair."""

import itertools
from collections.abc import Iterable, Iterator

from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.chances import ENDS, LOOKED_AT, Chances
from bot.pipeline.grouping.features import Item
from bot.pipeline.grouping.window import Window

NEAR_LOGIT = -2.0
"""The logit from which the story of an entry may be a twin."""

SMALL = 5
"""Members up to which a story may still join another."""

CALLING, CALLED_BY, CALLED_FROM = 2.5, 3, 4
"""A name that bursts by CALLING nats in CALLED_FROM titles, among the CALLED_BY heaviest, calls in small
stories that had it before.
"""

MERGE_CANDIDATES_MAX = 60
"""Pairs of stories looked at in one batch: near copies in great numbers must not take for ever."""

RELATED_FROM = 0.3
"""The likeness from which two stories belong to one affair: nine of ten such pairs do, on eleven days."""

RELATED_CANDIDATES_MAX = 400
"""Pairs of stories whose likeness is worked out in one batch."""


class Siblings:
    """The stories of a window beside one another. In one batch so many pairs are looked at, and no more."""

    def __init__(self, window: Window, chances: Chances, bursts: Bursts, bar: float) -> None:
        self._window = window
        self._chances = chances
        self._bursts = bursts
        self._bar = bar
        self._asked_count = 0

    def begin_batch(self) -> None:
        """Count the pairs that are looked at from the beginning."""
        self._asked_count = 0

    def find_twins(self, story: int) -> list[int]:
        """Return other stories that tell the same event as one, the most likely first."""
        if story not in self._window.stories:
            return []
        chances = {}
        for neighbour in sorted(self._find_neighbours(story)):
            self._asked_count += 1
            if (
                self._asked_count <= MERGE_CANDIDATES_MAX
                and (chance := self._merge_chance(story, neighbour)) >= self._bar
            ):
                chances[neighbour] = chance
        return sorted(chances, key=lambda other: (-chances[other], other))

    def find_related(self, stories: Iterable[int]) -> dict[int, dict[int, float]]:
        """Return for each of some stories its neighbours: those of the same saga with how likely an entry of
        one belongs to the other on the average, the rest with 0.
        """
        related: dict[int, dict[int, float]] = {}
        asked_count = 0
        for story in stories:
            neighbours = sorted(self._find_neighbours(story)) if story in self._window.stories else []
            asked_count += len(neighbours)
            if asked_count > RELATED_CANDIDATES_MAX:
                break
            likeness = {neighbour: self._likeness(story, neighbour) for neighbour in neighbours}
            related[story] = {
                neighbour: round(value, 3) if value >= RELATED_FROM else 0.0
                for neighbour, value in likeness.items()
            }
        return related

    def _find_neighbours(self, story: int) -> set[int]:
        """Return the stories worth asking: of entries like its newest and first ones, and those that had its
        bursting names before.
        """
        stories: set[int] = set()
        items, is_small = self._window.items, self._window.stories[story].size <= SMALL
        for part in self._window.stories[story].parts.values():
            for number in dict.fromkeys((*part.members[-ENDS:], *part.members[:ENDS])):
                item = items[number]
                numbers = dict.fromkeys((*self._chances.find_candidates(item), *self._sharing_names(item)))
                stories.update(
                    items[n].story for n in numbers if self._chances.logit(item, items[n]) > NEAR_LOGIT
                )
                if is_small and (crossing := self._chances.best_crossing(item)) is not None:
                    stories.add(crossing[0])
        return stories - {story}

    def _sharing_names(self, item: Item) -> Iterator[int]:
        for term in itertools.islice(item.weights, CALLED_BY):
            if self._bursts.seen[term] >= CALLED_FROM and self._bursts.of(term) > CALLING:
                yield from self._window.find_with(item, term)

    def _merge_chance(self, first: int, second: int) -> float:
        """Return the mean probability that the entries of the smaller story belong to the larger; 0 where
        neither is small.
        """
        window = self._window
        sizes = {story: window.stories[story].size for story in (first, second)}
        small, large = sorted(
            (first, second), key=lambda story: (window.is_for_all(story), sizes[story], -story)
        )
        return self._mean_chance(small, window.items_of(small), large) if sizes[small] <= SMALL else 0.0

    def _likeness(self, first: int, second: int) -> float:
        """Return the larger of the mean probabilities that the entries of one story belong to the other, in
        the language in which both began; what only some servers see proves nothing of what all see.
        """
        stories = self._window.stories
        if stories[first].language != stories[second].language:
            return 0.0
        return max(
            self._mean_chance(
                source, [self._window.items[n] for n in stories[source].first.members[:LOOKED_AT]], target
            )
            for source, target in ((first, second), (second, first))
        )

    def _mean_chance(self, source: int, items: list[Item], target: int) -> float:
        """Return the mean probability that some entries of a story belong to another; of a story that all see
        those count that all see.
        """
        evidence = (
            [item for item in items if item.doc.servers is None] if self._window.is_for_all(source) else items
        )
        return sum(self._chances.belongs(item, target) for item in evidence) / max(1, len(evidence))
