"""How much breaks, and how late? `python -m benchmarks.breaking FILE…`: posts a day at once, and the delay behind the first source.

Entries arrive in order of time, each from an outlet of its own, none first-hand; stories are the hand-made ones. After each arrival the
product's rule and caps decide whether its story goes out at once, for a subscription that has digests, too, and lets everything pass.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from benchmarks.ranking import kinds, story_of
from benchmarks.report import arguments, mean, rows, say, write
from benchmarks.stories import doc
from bot.model import Bar
from bot.pipeline.grouping.index import Doc
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection import breaking
from bot.pipeline.selection.rank import rank

DAY = timedelta(days=1)


def measure(items: list[dict[str, Any]], found: Kinds) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the figures of a window, and each post with its story, its moment and its delay in minutes."""
    docs = sorted(
        ((doc(n, item, item["title"], item["lang"]), str(item["cluster"])) for n, item in enumerate(items)),
        key=lambda pair: pair[0].published,
    )
    members: dict[str, list[Doc]] = defaultdict(list)
    told: dict[str, datetime] = {}
    waiting: set[str] = set()
    for one, cluster in docs:
        members[cluster].append(one)
        if cluster in told:
            continue
        now = one.published
        ranked = rank(story_of(len(told) + 1, members[cluster]), now, ("en",), found)
        if not breaking.ruling(ranked, Bar.EVERYTHING, found, now, beside_digests=True).at_once:
            continue
        if breaking.reached_cap(list(told.values()), now, breaking.Caps()):
            waiting.add(cluster)
        else:
            told[cluster] = now
    posts: list[dict[str, Any]] = [
        {"story": cluster, "at": now.isoformat(), "delay": (now - members[cluster][0].published) / timedelta(minutes=1)}
        for cluster, now in told.items()
    ]  # fmt: skip
    days = max(1.0, (docs[-1][0].published - docs[0][0].published) / DAY)
    delays = sorted(post["delay"] for post in posts)
    figures = {
        "days": days,
        "posts_a_day": len(told) / days,
        "capped_a_day": len(waiting - told.keys()) / days,
        "stories_a_day": len(members) / days,
        "delay_minutes_median": delays[len(delays) // 2] if delays else 0.0,
        "delay_minutes_mean": mean(delays),
    }
    return figures, posts


def main() -> None:
    """Measure each file."""
    given = arguments(__doc__ or "").parse_args()
    found = kinds()
    decided: list[dict[str, Any]] = []
    for path in given.files:
        figures, posts = measure(list(rows(path)), found)
        say(path.name, figures)
        decided += posts
    write(given.output, decided)


if __name__ == "__main__":
    main()
