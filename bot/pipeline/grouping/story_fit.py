"""What grouping looks at in an entry and a story: the features of `group_model.STORY`, in that order.

A story has a part for each language; an entry is compared with the part in its own.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.pipeline.grouping.bursts import LOGS
from bot.pipeline.grouping.features import Item
from bot.pipeline.linear import logistic

NAMED = 3.0
"""Nats from which a term may hold a story together."""

HELD = 10
"""Members up to which more that share a term say more."""


@dataclass(slots=True)
class Part:
    """The members of a story in one language, in order of arrival, and how many of them have each term."""

    members: list[int] = field(default_factory=list)
    terms: Counter[str] = field(default_factory=Counter)


def story_features(
    item: Item, part: Part, logits: Sequence[float], titles_with: Callable[[str], int]
) -> list[float]:
    """Return the features of an entry and a part of a story.

    `logits` are those of the entry with the members looked at; `titles_with` says how many titles of the window, but for the entry's
    own, have a term. A name counts when many members have it and nearly all that have it are members.
    """
    ranked = sorted(logits, reverse=True)
    size = len(part.members)
    best, second, centre = _held(item.weights, part.terms, size, titles_with)
    held, concentration, coverage, weight = best
    return [
        ranked[0], sum(ranked[:4]) / len(ranked[:4]), sum(map(logistic, ranked)) / len(ranked), math.log(size),
        concentration, coverage, held, held * weight / 5, second, centre / 10, ranked[1] if len(ranked) > 1 else ranked[0], float(size == 1),
    ]  # fmt: skip


def _held(
    weights: Mapping[str, float], terms: Mapping[str, int], size: int, titles_with: Callable[[str], int]
) -> tuple[tuple[float, float, float, float], float, float]:
    """Return the term that most holds the entry to the story (how much, concentration, coverage, weight), the next, and what all weigh."""
    best, second, centre = (0.0, 0.0, 0.0, 0.0), 0.0, 0.0
    for term, weight in weights.items():
        have = terms.get(term, 0)
        if not have:
            continue
        centre += weight * have / size
        if weight < NAMED:
            continue
        concentration, coverage = have / (max(have, titles_with(term)) + 1.0), have / size
        found = (concentration * coverage * LOGS[min(have, HELD)], concentration, coverage, weight)
        if found > best:
            best, second = found, best[0]
        elif found[0] > second:
            second = found[0]
    return best, second, centre
