"""Entries of a feed whose names do not tell them apart, or do though they are the same: known by their words
and dates.

A feed may put what is new in the place of what was (one item that rolls, with a constant guid; a page that
all items link to), and may bring what is known under new names (a site that was rebuilt, with dates of now).
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from bot.model import Keys, KnownEntry, ParsedEntry
from bot.pipeline.entries.identify import has_own_page
from bot.text.words import fold, words

FEW = 3
"""Entries up to which a document may roll: each place in it is taken by one after the other."""

OPENING = 2000
"""Letters of a text that tell whether it is the same."""

MOVED = timedelta(hours=1)
"""How far dates must lie apart to be those of two entries."""

SAME_TITLE_SHARE, NEW_TITLE_SHARE = 0.5, 0.75
"""Share of its words that a text must keep to be an edit of a known one: below its title, or another."""

REBUILT = 3
"""Entries with known titles from which a feed that brings nothing else known was rebuilt."""

RISING_SHARE = 0.8


def may_roll(entry: ParsedEntry, count: int, home: str) -> bool:
    """Tell whether another entry may stand where an entry of a document with a number of them stood."""
    return count <= FEW or (not entry.guid and not has_own_page(entry.link, home))


def is_by_link(known: KnownEntry, keys: Keys) -> bool:
    """Tell whether a known entry shares no more than its link with one of some names."""
    return known.keys.key != keys.key and not (keys.alias and known.keys.alias == keys.alias)


def is_another(known: KnownEntry, entry: ParsedEntry) -> bool:
    """Tell whether an entry that has a known one's name is another: its words are others, and so is its date
    where it has one.
    """
    first, second = _opening(known.text), _opening(entry.text)
    if entry.published and known.published and abs(entry.published - known.published) < MOVED:
        return False
    if _shared(fold(known.title), fold(entry.title)) >= NEW_TITLE_SHARE:
        return bool(entry.published and first and second) and _shared(first, second) < SAME_TITLE_SHARE
    return not (first and second and _shared(first, second) >= NEW_TITLE_SHARE)


def is_same(known: KnownEntry, entry: ParsedEntry) -> bool:
    """Tell whether an entry of another name is a known one: with its title, and its text or its date."""
    if fold(known.title) != fold(entry.title):
        return False
    text = _opening(entry.text)
    return bool(text and text == _opening(known.text)) or (
        entry.published is not None and entry.published == known.published
    )


def keys_in_place(entry: ParsedEntry, keys: Keys) -> Keys:
    """Return the names of an entry that stands where another stood, whose names it would have."""
    date = entry.published.isoformat() if entry.published else fold(entry.text)[:OPENING]
    evidence = f"placed\n{keys.key}\n{fold(entry.title)}\n{date}"
    return Keys(hashlib.blake2b(evidence.encode(), digest_size=16).hexdigest(), "", "")


def find_renamed(
    items: Sequence[ParsedEntry], matches: Sequence[KnownEntry | None], newest: Sequence[KnownEntry]
) -> list[KnownEntry | None]:
    """Return the known entry of each item, also of those that have other names now, each known one once."""
    taken = {match.id for match in matches if match is not None}
    result = list(matches)
    for place, item in enumerate(items):
        if result[place] is None:
            former = next((known for known in newest if known.id not in taken and is_same(known, item)), None)
            if former is not None:
                taken.add(former.id)
                result[place] = former
    return result


def find_rebuilt(
    items: Sequence[ParsedEntry], matches: Sequence[KnownEntry | None], newest: Sequence[KnownEntry]
) -> list[KnownEntry | None]:
    """Return the known entry of each item where a site was rebuilt, and its feed brings known titles under
    new names and dates: at least half of what seems new, and no column's title that comes again and again.
    """
    taken = {match.id for match in matches if match is not None}
    stored_titles = Counter(fold(known.title) for known in newest)
    titles = Counter(fold(item.title) for item in items)
    known_by_title = {fold(known.title): known for known in newest if known.id not in taken}
    unknown = [item for item, match in zip(items, matches, strict=True) if match is None]
    moved = {
        title: known
        for item in unknown
        if (known := known_by_title.get(title := fold(item.title)))
        and titles[title] == stored_titles[title] == 1
    }
    if len(moved) < REBUILT or len(moved) * 2 < len(unknown):
        return list(matches)
    return [match or moved.get(fold(item.title)) for item, match in zip(items, matches, strict=True)]


def older_places(items: Sequence[ParsedEntry], known_items: Sequence[bool]) -> set[int]:
    """Return the places of unknown items that stand below all that is known in a list without dates: older
    ones that it shows now, unless it counts upwards.
    """
    if True not in known_items or any(item.published for item in items) or _counts_upwards(items):
        return set()
    last = len(known_items) - 1 - list(reversed(known_items)).index(True)
    return set(range(last + 1, len(items)))


def _counts_upwards(items: Sequence[ParsedEntry]) -> bool:
    """Tell whether the numbers in the titles of a list grow from one to the next: “Issue 12”, “Issue 13”."""
    numbers = [
        [int(word) for word in words(item.title) if word.isdecimal() and len(word) < 8] for item in items
    ]
    if len(items) < FEW or not all(numbers):
        return False
    rising = sum(later[-1] > earlier[-1] for earlier, later in pairwise(numbers))
    return rising >= RISING_SHARE * (len(items) - 1)


def _opening(text: str) -> str:
    return fold(text)[:OPENING]


def _shared(first: str, second: str) -> float:
    """Return the share of the shorter text's words that the other has."""
    first_words, second_words = set(words(first)), set(words(second))
    return len(first_words & second_words) / max(1, min(len(first_words), len(second_words)))
