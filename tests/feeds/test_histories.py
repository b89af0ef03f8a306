"""Two readings of one feed, as the corpus holds them: what both have is the same entry, and nothing else is."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest

from bot.errors import FeedError
from bot.feeds.parse import parse
from bot.model import KnownEntry, ParsedEntry, ParsedFeed, TextKind
from bot.pipeline.entries.identify import content_hash, keys_of, link_key, match
from bot.text.words import fold

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def histories(folder: Path) -> list[tuple[ParsedFeed, ParsedFeed]]:
    """Return every two files of one home page."""
    found: defaultdict[str, list[ParsedFeed]] = defaultdict(list)
    for path in sorted((folder / "ai").iterdir()) + sorted((folder / "real").iterdir()):
        try:
            feed = parse(path.read_bytes(), "https://unnamed.example/feed", "", NOW)
        except FeedError:
            continue
        if feed.entries and "unnamed" not in feed.home:
            found[feed.home].append(feed)
    return [pair for feeds in found.values() for pair in combinations(feeds, 2)]


def kept(feed: ParsedFeed) -> list[KnownEntry]:
    """Return the entries of a feed as they are stored."""
    return [
        KnownEntry(
            id=number,
            keys=keys,
            content_hash=content_hash(entry),
            title=entry.title,
            text=entry.text,
            text_kind=TextKind.FEED,
            version=1,
        )
        for number, (entry, keys) in enumerate(zip(feed.entries, keys_of(feed.entries), strict=True))
    ]


@pytest.mark.shared
def test_an_entry_is_known_again_in_a_later_reading(shared: Path) -> None:
    missed, confused, seen = [], [], 0
    for earlier, later in histories(shared / "feeds"):
        stored = kept(earlier)
        titles = Counter(fold(entry.title) for entry in (*earlier.entries, *later.entries))
        for entry, keys in zip(later.entries, keys_of(later.entries), strict=True):
            known = match(entry, keys, stored)
            twin = next((old for old in earlier.entries if evident(old, entry)), None)
            seen += twin is not None
            if twin is not None and known is None:
                missed.append(entry.title)
            if (
                known is not None
                and twin is not None
                and titles[fold(entry.title)] == 2
                and fold(known.title) != fold(entry.title)
            ):
                confused.append((known.title, entry.title))
    assert (missed, confused) == ([], [])
    assert seen > 100


def evident(one: ParsedEntry, other: ParsedEntry) -> bool:
    """Tell whether two entries have the title and a name in common."""
    named = (one.guid == other.guid != "") or (link_key(one.link) == link_key(other.link) != "")
    return named and fold(one.title) == fold(other.title)
