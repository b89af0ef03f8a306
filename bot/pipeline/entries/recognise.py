"""Entries of a feed whose names do not tell them apart, or do though they are the same: known by their words
and dates.

A feed may put what is new in the place of what was (one item that rolls, with a constant guid; a page that
all items link to), and may bring what is known under new names (a site that was rebuilt, with dates of now).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from itertools import pairwise

from bot.model import Keys, KnownEntry, ParsedEntry
from bot.pipeline.entries.identify import has_own_page
from bot.text.numbers import has_other_figures
from bot.text.words import fold, words

FEW = 3
"""Entries up to which a document may roll: each place in it is taken by one after the other."""

OPENING = 2000
"""Letters of a text that tell whether it is the same."""

MOVED = timedelta(hours=1)
"""How far dates must lie apart to be those of two entries."""

SAME_TITLE_SHARE, NEW_TITLE_SHARE = 0.5, 0.75
"""Share of its words that a text must keep to be an edit of a known one: below its title, or another."""

REISSUE_SHARE = 0.8
"""Share of its words that an article keeps at least when it is published again, with a guid and a date of
now.
"""

SWAPPED_WORDS = 3
"""Words that an edition has in place of others at least, unless they are names."""

MENDED_SHARE, CORRECTED_SHARE = 0.9, 0.97
"""Share of its words from which an article that lost as many was mended; one of its names was corrected."""

ROLLED = timedelta(hours=12)
"""How much later what stands in a known one's place must be to be another for its figures alone: those of an
article are mended sooner.
"""

BATCH = 3
"""Entries from which what comes at once to a feed that held nothing is what it had before."""

REBUILT = 3
"""Entries with known titles from which a feed that brings nothing else known was rebuilt."""

RISING_SHARE = 0.8
_PARTING = re.compile(r"(?: [-–—|·•»:]{1,2} |: )")
"""What parts the name of a site from a title."""

_WITHIN = re.compile(r"(?<=[^\s.!?…])\s+(\S+)")
"""A word that begins no sentence."""


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
        has_other_words = _shared(first, second) < SAME_TITLE_SHARE or _has_rolled(known, entry)
        return bool(entry.published and first and second) and has_other_words
    return not (first and second and _shared(first, second) >= NEW_TITLE_SHARE)


def _has_rolled(known: KnownEntry, entry: ParsedEntry) -> bool:
    """Tell whether an entry has other figures than the known one in whose place it stands, and is of a later
    day: a table of the day, an index of prices.
    """
    if not (entry.published and known.published and entry.published - known.published >= ROLLED):
        return False
    return has_other_figures(entry.text[:OPENING], known.text[:OPENING], entry.language)


def find_columns(items: Sequence[ParsedEntry], newest: Sequence[KnownEntry]) -> frozenset[str]:
    """Return the titles (as `fold` gives them) of columns: several entries of a feed have one, each with a
    date and words of its own.
    """
    entries: list[ParsedEntry | KnownEntry] = [*items, *newest]
    days: dict[str, set[datetime]] = {}
    openings: dict[str, set[str]] = {}
    for entry in entries:
        if entry.published and entry.text:
            days.setdefault(fold(entry.title), set()).add(entry.published)
            openings.setdefault(fold(entry.title), set()).add(_opening(entry.text))
    return frozenset(title for title in days if min(len(days[title]), len(openings[title])) >= BATCH)


def is_edition(known: KnownEntry, entry: ParsedEntry, columns: Set[str]) -> bool:
    """Tell whether an entry with a known one's link and title is the next of a column: its guid, its date and
    what it tells are its own.
    """
    if not (entry.guid and entry.published and known.published and entry.text and known.text):
        return False
    return abs(entry.published - known.published) >= MOVED and _tells_else(known, entry, columns)


def _tells_else(earlier: KnownEntry | ParsedEntry, entry: ParsedEntry, columns: Set[str]) -> bool:
    """Tell whether an entry has other figures than an earlier one of its title, or other words than an
    article that is published again; other words at all where its title is one of some columns.
    """
    first, second = _opening(earlier.text), _opening(entry.text)
    if fold(entry.title) in columns:
        return first != second
    if _shared(first, second) < REISSUE_SHARE or _has_swapped(earlier.text, entry.text):
        return True
    return has_other_figures(entry.text[:OPENING], earlier.text[:OPENING], entry.language)


def _has_swapped(earlier_text: str, text: str) -> bool:
    """Tell whether a text has other names, or other words in number, in place of those of an earlier one: a
    column's editions share their introduction. An article that is mended changes less, or only grows.
    """
    first, second = set(words(_opening(earlier_text))), set(words(_opening(text)))
    lost, gained = first - second, second - first
    share = _shared(_opening(earlier_text), _opening(text))
    if min(len(lost), len(gained)) >= SWAPPED_WORDS and share < MENDED_SHARE:
        return True
    has_other_names = bool(lost & _names_in(earlier_text)) and bool(gained & _names_in(text))
    return has_other_names and share < CORRECTED_SHARE


def _names_in(text: str) -> set[str]:
    """Return the words of a text, as `fold` gives them, that are written like names and begin no sentence."""
    names = (word for word in _WITHIN.findall(text[:OPENING]) if any(map(str.isupper, word)))
    return {word for name in names for word in words(fold(name))}


def find_reissued(
    items: Sequence[ParsedEntry], matches: Sequence[KnownEntry | None], columns: Set[str]
) -> frozenset[int]:
    """Return the places of unknown items that are another one published again: with its title, its link and
    its words, and a guid of their own.
    """
    by_name: dict[tuple[str, str], list[ParsedEntry]] = {}
    for item in items:
        if item.guid and item.link and item.text and item.published:
            by_name.setdefault((item.link, fold(item.title)), []).append(item)
    return frozenset(
        place
        for place, (item, match) in enumerate(zip(items, matches, strict=True))
        if match is None
        and any(
            _is_reissue(earlier, item, columns) for earlier in by_name.get((item.link, fold(item.title)), ())
        )
    )


def _is_reissue(earlier: ParsedEntry, item: ParsedEntry, columns: Set[str]) -> bool:
    if not (earlier.published and item.published) or earlier.published >= item.published:
        return False
    return earlier.guid != item.guid and not _tells_else(earlier, item, columns)


def held_before(items: Sequence[ParsedEntry], since: datetime) -> frozenset[int]:
    """Return the places of items that are no news of a feed which held nothing when it was first read, at
    `since`, and now brings what it had before: several at once that are older, or have no date at all.
    """
    days = [item.published for item in items if item.published]
    if not days:
        return frozenset(range(len(items))) if len(items) >= BATCH else frozenset()
    if sum(day < since - MOVED for day in days) < BATCH:
        return frozenset()
    return frozenset(
        place for place, item in enumerate(items) if item.published is None or item.published <= since
    )


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
    items: Sequence[ParsedEntry],
    matches: Sequence[KnownEntry | None],
    newest: Sequence[KnownEntry],
    columns: Set[str],
) -> list[KnownEntry | None]:
    """Return the known entry of each item where a site was rebuilt, and its feed brings known titles under
    new names and dates: at least half of what seems new, and no column's title that comes again and again.
    Of a feed with fewer items than tell that by their titles, the dates or the texts must be the known ones.
    """
    taken = {match.id for match in matches if match is not None}
    item_titles = _bare_titles([item.title for item in items])
    known_titles = _bare_titles([known.title for known in newest])
    stored_counts, counts = Counter(known_titles), Counter(item_titles)
    known_by_title = {
        title: known for title, known in zip(known_titles, newest, strict=True) if known.id not in taken
    }
    unknown_titles = [title for title, match in zip(item_titles, matches, strict=True) if match is None]
    moved = {
        title: known
        for title in unknown_titles
        if (known := known_by_title.get(title)) and counts[title] == stored_counts[title] == 1
    }
    if len(items) < REBUILT:
        by_title = dict(zip(item_titles, items, strict=True))
        moved = {title: known for title, known in moved.items() if _is_moved(known, by_title[title], columns)}
    elif len(moved) < REBUILT or len(moved) * 2 < len(unknown_titles):
        return list(matches)
    return [match or moved.get(title) for title, match in zip(item_titles, matches, strict=True)]


def _is_moved(known: KnownEntry, item: ParsedEntry, columns: Set[str]) -> bool:
    """Tell whether an item with a known one's title, and a guid and a link of its own, is the known one of a
    site that was rebuilt: it is no later and has nearly the text, or has no other text, whole or cut short.
    Status pages and bulletins tell one thing after the other in nearly the same words.
    """
    if item.published and known.published and item.published - known.published < MOVED:
        return not _tells_else(known, item, columns)
    text = _opening(item.text).rstrip(" .…")
    return text != "" and _opening(known.text).startswith(text)


def _bare_titles(titles: Sequence[str]) -> list[str]:
    """Return titles as `fold` gives them, without what most of them begin or end with: the name of the site,
    which comes and goes when it is rebuilt.
    """
    bare = [fold(title) for title in titles]
    for place in (0, -1):
        parts = Counter(_PARTING.split(title)[place] for title in bare if _PARTING.search(title))
        name, count = max(parts.items(), key=lambda part: part[1], default=("", 0))
        if count >= REBUILT and count * 2 > len(bare):
            ending = re.compile(rf"{_PARTING.pattern}{re.escape(name)}$|^{re.escape(name)}{_PARTING.pattern}")
            bare = [ending.sub("", title) for title in bare]
    return bare


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
