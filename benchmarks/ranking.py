"""Does what becomes big stand first? `python -m benchmarks.ranking FILE…`: NDCG@10 of the product's order, of recency and of size.

At several moments of a window stories are ranked with the entries seen so far; the gold is in how many entries the story
is told 24 hours later.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from benchmarks.report import arguments, mean, rows, say
from benchmarks.stories import doc
from bot.feeds.opml import read_opml
from bot.model import Entry, Story
from bot.pipeline.grouping.index import Doc
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.rank import rank
from bot.settings import Environment, load

EVERY = timedelta(hours=3)
LATER = timedelta(hours=24)
TOP = 10


def kinds() -> Kinds:
    """Return the shipped kinds of news."""
    return load(read_opml, Environment.model_construct(strillone_data="")).kinds


def story_of(number: int, members: Sequence[Doc]) -> Story:
    """Return a story as the product holds it; each entry is an outlet of its own."""
    entries = tuple(
        Entry(
            id=d.id,
            feed_id=d.id,
            title=d.title,
            link="",
            text=d.text,
            language=d.language,
            published=d.published,
            first_seen=d.published,
            outlet=d.outlet,
        )
        for d in members
    )
    return Story(
        id=number,
        change_no=number,
        created_at=members[0].published,
        changed_at=members[-1].published,
        entries=entries,
    )


def ndcg(order: Sequence[int], gain: dict[int, int]) -> float:
    """Return the normalised discounted cumulative gain of the first ten."""
    best = sorted(gain.values(), reverse=True)[:TOP]
    ideal = sum(g / math.log2(n + 2) for n, g in enumerate(best))
    return (
        sum(gain[story] / math.log2(n + 2) for n, story in enumerate(order[:TOP])) / ideal if ideal else 0.0
    )


def measure(items: list[dict[str, Any]], found: Kinds) -> dict[str, float]:
    """Return the mean NDCG@10 of three orders over the moments of a window, by the hand-made stories."""
    docs = sorted(
        ((doc(n, item, item["title"], item["lang"]), item["cluster"]) for n, item in enumerate(items)),
        key=lambda d: d[0].published,
    )
    numbers = {cluster: n for n, cluster in enumerate(dict.fromkeys(cluster for _, cluster in docs))}
    first, last = docs[0][0].published, docs[-1][0].published
    results: dict[str, list[float]] = defaultdict(list)
    moment = first + EVERY
    while moment <= last - EVERY:
        for name, value in _orders(docs, numbers, moment, found).items():
            results[name].append(value)
        moment += EVERY
    return {name: mean(values) for name, values in results.items()}


def _orders(
    docs: Sequence[tuple[Doc, str]], numbers: dict[str, int], moment: datetime, found: Kinds
) -> dict[str, float]:
    members: dict[int, list[Doc]] = defaultdict(list)
    gain: dict[int, int] = defaultdict(int)
    for one, cluster in docs:
        if one.published <= moment:
            members[numbers[cluster]].append(one)
        if one.published <= moment + LATER:
            gain[numbers[cluster]] += 1
    seen = {number: gain[number] for number in members}
    score = {
        number: rank(story_of(number, those), moment, ("en",), found).score
        for number, those in members.items()
    }
    newest = {number: max(d.published for d in those) for number, those in members.items()}
    by: dict[str, Callable[[int], Any]] = {
        "ndcg10": lambda n: score[n],
        "ndcg10_recency": lambda n: newest[n],
        "ndcg10_size": lambda n: (len(members[n]), newest[n]),
    }
    return {name: ndcg(sorted(members, key=key, reverse=True), seen) for name, key in by.items()}


def main() -> None:
    """Measure each file."""
    given = arguments(__doc__ or "").parse_args()
    found = kinds()
    for path in given.files:
        say(path.name, measure(list(rows(path)), found))


if __name__ == "__main__":
    main()
