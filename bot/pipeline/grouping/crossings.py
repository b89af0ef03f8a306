"""What grouping looks at in an entry and a story that began in another language: the features of
`model.CROSSING`, in that order.

Only the anchors of titles are compared, with entries in the story's first language, so that nothing is joined
through a third.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.pipeline.grouping.anchors import NAMES, Anchors, is_figure, is_name, is_word
from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.features import Item
from bot.pipeline.grouping.story_fit import HOLDING_MAX, NAMED_NATS

LEFT_OVER_FROM = 4.0
"""Nats from which a name that only the entry has speaks against the story."""

TELLING_FIGURE = 2.0
"""Weight from which a figure means something."""

LONGEST_GAP_HOURS = 48.0


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of a story as it is compared, with the anchors of its title."""

    item: Item
    anchors: Anchors


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What a title shares with one of a story's, and how much the lighter of the two weighs."""

    member: Member
    common: Anchors
    lighter: float

    @property
    def mass(self) -> float:
        return sum(self.common.values())

    @property
    def share(self) -> float:
        return self.mass / max(1e-9, self.lighter)


def crossing_features(
    entry: Member,
    members: Sequence[Member],
    size: int,
    count_titles: Callable[[str], int],
    own_best: float | None,
    bursts: Bursts,
) -> list[float] | None:
    """Return the features of an entry and a story; None where no title of the story shares two names with it,
    or it tells of another kind of event with another figure.

    `members` are those looked at of the `size` that the story has in its first language; `count_titles` says
    how many titles in that language have an anchor. `own_best` is the best logit of a member in the entry's
    own language, None where there is none.
    """
    anchors = entry.anchors
    overlaps = [_overlap(entry, member) for member in members]
    best = max(overlaps, key=lambda overlap: (overlap.share * overlap.mass, -overlap.member.item.doc.id))
    names = sorted((weight for anchor, weight in best.common.items() if is_name(anchor)), reverse=True)
    if len(names) < NAMES:
        return None
    have = Counter(anchor for member in members for anchor in member.anchors)
    hold, concentration, coverage = _hold(anchors, have, len(members), size, count_titles)
    telling = [member.item.telling for member in members if entry.item.telling and member.item.telling]
    same_kind = sum(not entry.item.telling.isdisjoint(kinds) for kinds in telling)
    figures = sum(map(is_figure, best.common))
    has_other_figures = not figures and _has_figure(anchors) and any(map(is_figure, have))
    if has_other_figures and telling and not same_kind:
        return None
    left_over = sum(w for a, w in anchors.items() if is_name(a) and w >= LEFT_OVER_FROM and a not in have)
    gap = min(abs(m.item.doc.published - entry.item.doc.published).total_seconds() for m in members)
    return [
        best.share,
        min(len(names), 5) / 3,
        names[0] / 8,
        min(figures, 3) / 2,
        float(has_other_figures),
        same_kind / len(telling) if telling else 0.0,
        1 - same_kind / len(telling) if telling else 0.0,
        concentration,
        coverage,
        hold,
        math.log(size),
        min(left_over, 30.0) / 15,
        min(gap / 3600, LONGEST_GAP_HOURS) / 24,
        max(bursts.of(anchor) for anchor in best.common if is_name(anchor)) / 3,
        best.lighter / 20,
        sum(map(is_word, best.common)) / 3,
        float(own_best is not None),
        (own_best or 0.0) / 6,
    ]


def _overlap(entry: Member, member: Member) -> _Overlap:
    common = {
        a: min(entry.anchors[a], member.anchors[a]) for a in entry.anchors.keys() & member.anchors.keys()
    }
    return _Overlap(member, common, min(sum(entry.anchors.values()), sum(member.anchors.values())))


def _has_figure(anchors: Anchors) -> bool:
    return any(is_figure(anchor) and weight > TELLING_FIGURE for anchor, weight in anchors.items())


def _hold(
    anchors: Anchors, have: Counter[str], looked_at: int, size: int, count_titles: Callable[[str], int]
) -> tuple[float, float, float]:
    """Return by which anchor the story most holds the entry: how much, the share of all titles with it that
    are the story's, and the share of the story's that have it.
    """
    holds = [(0.0, 0.0, 0.0)]
    for anchor, weight in anchors.items():
        if weight < NAMED_NATS or not have[anchor]:
            continue
        coverage = have[anchor] / looked_at
        titles = coverage * size
        concentration = titles / (max(titles, count_titles(anchor)) + 1)
        holds.append(
            (concentration * coverage * math.log1p(min(titles, HOLDING_MAX)), concentration, coverage)
        )
    return max(holds)
