"""What grouping looks at in an entry and a story: the features of `model.STORY`, in that order.

A story has a part for each language; an entry is compared with the part in its own.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.pipeline.grouping.bursts import LOGS
from bot.pipeline.grouping.features import Item
from bot.pipeline.linear import logistic

NAMED_NATS = 3.0
"""Nats from which a term may hold a story together."""

HOLDING_MAX = 10
"""Members up to which more that share a term say more."""


@dataclass(slots=True)
class Part:
    """The members of a story in one language, in order of arrival, and how many of them have each term."""

    members: list[int] = field(default_factory=list)
    terms: Counter[str] = field(default_factory=Counter)


def story_features(
    item: Item, part: Part, logits: Sequence[float], count_titles: Callable[[str], int]
) -> list[float]:
    """Return the features of an entry and a part of a story.

    `logits` are those of the entry with the members looked at; `count_titles` says how many titles of the
    window, but for the entry's own, have a term. A name counts when many members have it and nearly all that
    have it are members.
    """
    ordered_logits = sorted(logits, reverse=True)
    size = len(part.members)
    best, second, centre = _holding_terms(item.weights, part.terms, size, count_titles)
    strongest_hold, concentration, coverage, weight = best
    return [
        ordered_logits[0],
        sum(ordered_logits[:4]) / len(ordered_logits[:4]),
        sum(map(logistic, ordered_logits)) / len(ordered_logits),
        math.log(size),
        concentration,
        coverage,
        strongest_hold,
        strongest_hold * weight / 5,
        second,
        centre / 10,
        ordered_logits[1] if len(ordered_logits) > 1 else ordered_logits[0],
        float(size == 1),
    ]


def _holding_terms(
    weights: Mapping[str, float], terms: Mapping[str, int], size: int, count_titles: Callable[[str], int]
) -> tuple[tuple[float, float, float, float], float, float]:
    """Return the term that most holds the entry to the story (how much, concentration, coverage, weight), the
    next, and what all weigh.
    """
    best, second, centre = (0.0, 0.0, 0.0, 0.0), 0.0, 0.0
    for term, weight in weights.items():
        have = terms.get(term, 0)
        if not have:
            continue
        centre += weight * have / size
        if weight < NAMED_NATS:
            continue
        concentration, coverage = have / (max(have, count_titles(term)) + 1.0), have / size
        holds = (concentration * coverage * LOGS[min(have, HOLDING_MAX)], concentration, coverage, weight)
        if holds > best:
            best, second = holds, best[0]
        elif holds[0] > second:
            second = holds[0]
    return best, second, centre
