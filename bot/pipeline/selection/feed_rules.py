"""What a place's rules for feeds make of stories: which entries may lead one, and which models may read."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.model import DatedEntry, Entry, Feed, FeedInView, FeedRules, Reason, ReasonCode, Story

_NO_RULES = FeedRules()


def with_rules_of_feeds(stories: Iterable[Story], feeds: Iterable[Feed | FeedInView]) -> list[Story]:
    """Return stories whose entries know what the place that sees them makes of their feeds."""
    rules = {feed.id: feed.rules for feed in feeds if feed.rules != _NO_RULES}
    return [_with_rules(story, rules) for story in stories] if rules else list(stories)


def cap_feed(feed: FeedInView, most: int) -> FeedInView:
    """Return a feed that may lead no more than so many stories of a day; as many as before for 0."""
    if not most:
        return feed
    cap = min(feed.rules.daily_cap or most, most)
    return replace(feed, rules=replace(feed.rules, daily_cap=cap))


def _with_rules(story: Story, rules: Mapping[int, FeedRules]) -> Story:
    if not any(entry.feed_id in rules for entry in story.entries):
        return story
    return replace(story, entries=tuple(_entry_with_rules(entry, rules) for entry in story.entries))


def _entry_with_rules(entry: Entry, rules: Mapping[int, FeedRules]) -> Entry:
    own_rules = rules.get(entry.feed_id, _NO_RULES)
    return replace(entry, leads=own_rules.leads, for_models=own_rules.for_models)


def find_over_cap(
    stories: Sequence[Story],
    feeds: Iterable[FeedInView],
    off_topic: Set[int],
    told_entries: Mapping[int, DatedEntry],
    zone: str,
) -> dict[int, int]:
    """Return the entries that their feeds' caps keep from leading, each with its cap: of every day those
    beyond the newest. `told_entries` have their places already.
    """
    caps = {feed.id: feed.rules.daily_cap for feed in feeds if feed.rules.leads and feed.rules.daily_cap}
    told_counts = Counter(_day_of(entry, zone) for entry in told_entries.values())
    days: defaultdict[_Day, list[Entry]] = defaultdict(list)
    for entry in (entry for story in stories for entry in story.entries if entry.feed_id in caps):
        if entry.id not in off_topic and entry.id not in told_entries:
            days[_day_of(DatedEntry(entry.feed_id, entry.published), zone)].append(entry)
    over_cap: dict[int, int] = {}
    for day, entries in days.items():
        places = max(0, caps[day.feed_id] - told_counts[day])
        entries.sort(key=lambda entry: (entry.published, entry.id), reverse=True)
        over_cap |= {entry.id: caps[day.feed_id] for entry in entries[places:]}
    return over_cap


class _Day(NamedTuple):
    """What a feed published on a day of a place's zone."""

    feed_id: int
    day: date


def _day_of(entry: DatedEntry, zone: str) -> _Day:
    return _Day(entry.feed_id, entry.published.astimezone(ZoneInfo(zone)).date())


def set_aside(story: Story, entry_ids: Container[int]) -> Story:
    """Return a story in which some entries, by id, count among the sources and do not lead."""
    if not any(entry.id in entry_ids for entry in story.entries):
        return story
    entries = (replace(e, leads=False) if e.id in entry_ids else e for e in story.entries)
    return replace(story, entries=tuple(entries))


def can_be_led(story: Story, off_topic: Set[int] = frozenset()) -> bool:
    """Tell whether any entry of a story on the topic may lead it."""
    return any(entry.leads for entry in story.entries if entry.id not in off_topic)


def why_nothing_leads(story: Story, over_cap: Mapping[int, int]) -> Reason:
    """Return why no entry of a story may lead it: the cap of its feed, or that its feeds never lead."""
    most = next((over_cap[entry.id] for entry in story.entries if entry.id in over_cap), 0)
    return Reason(ReasonCode.FEED_CAP, {"most": most}) if most else Reason(ReasonCode.SUPPORTING)
