"""Trends: names that are spoken of more than in the time before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from bot.model import TitledEntry
from bot.pipeline.relevance.judge import Rules, names_in

ARTICLES_MIN = 3
"""Articles below which a name is no trend."""

RISE_MIN = 1.0
"""Standard deviations by which a name is to be above the time before: one is chance one time in six."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A name with its articles in a span of time and in one as long before it, and its entry to open: the
    first of the story that most outlets tell.
    """

    name: str
    articles: int
    articles_before: int
    entry: TitledEntry


def find_trends(entries: Iterable[TitledEntry], since: datetime, rules: Rules, most: int) -> list[Trend]:
    """Return the names that rose most since a moment against the entries before it, which are to reach as far
    back again; at most so many, each of another story.

    An article is what one outlet brings of one story. The rise is the difference of two Poisson counts in
    standard deviations, (now - before) / sqrt(now + before).
    """
    recent: dict[str, list[TitledEntry]] = defaultdict(list)
    before: dict[str, list[TitledEntry]] = defaultdict(list)
    spellings: dict[str, str] = {}
    for entry in entries:
        for name in names_in(rules, entry.title):
            key = _key(name)
            spellings.setdefault(key, name)
            (recent if entry.published >= since else before)[key].append(entry)
    rises = {
        key: _rise(_articles(entries_now), _articles(before[key])) for key, entries_now in recent.items()
    }
    trends: list[Trend] = []
    shown_stories: set[int] = set()
    for key in sorted(rises, key=lambda key: (-rises[key], key)):
        articles = _articles(recent[key])
        entry = _to_open(recent[key])
        if len(trends) == most:
            break
        if articles < ARTICLES_MIN or rises[key] < RISE_MIN or entry.story_id in shown_stories:
            continue
        shown_stories.add(entry.story_id)
        trends.append(
            Trend(name=spellings[key], articles=articles, articles_before=_articles(before[key]), entry=entry)
        )
    return trends


def _key(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _articles(entries: Sequence[TitledEntry]) -> int:
    return len({(entry.story_id, entry.outlet) for entry in entries})


def _rise(now: int, before: int) -> float:
    return (now - before) / sqrt(now + before)


def _to_open(entries: Sequence[TitledEntry]) -> TitledEntry:
    outlets: dict[int, set[str]] = defaultdict(set)
    for entry in entries:
        outlets[entry.story_id].add(entry.outlet)
    return min(entries, key=lambda entry: (-len(outlets[entry.story_id]), entry.published, entry.story_id))
