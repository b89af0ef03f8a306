"""A page's list of news whose site got a new design: its links change, its titles stay, and nothing on it is
news for that.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.model import KnownEntry, ParsedEntry
from bot.text.words import fold

FEWEST = 5
"""New items below which a list is not taken for redesigned."""


def is_redesigned(known_items: Sequence[bool]) -> bool:
    """Tell whether a list changed so much at once that its site did: most items are new, five at least, or
    all of them. `known_items` tells of each whether it was known before.
    """
    new = known_items.count(False)
    return new == len(known_items) or (new >= FEWEST and new * 2 > len(known_items))


def find_moved(
    items: Sequence[ParsedEntry],
    matches: Sequence[KnownEntry | None],
    twins: Sequence[KnownEntry | None],
) -> list[KnownEntry | None]:
    """Return the known entry of each item, also of those that stand under another link now: their title is
    known (`twins`), no other item has it, and the entry that had it is on the page no more.
    """
    titles = Counter(fold(item.title) for item in items)
    present_ids = {match.id for match in matches if match is not None}
    return [
        match or (twin if twin and twin.id not in present_ids and titles[fold(item.title)] == 1 else None)
        for item, match, twin in zip(items, matches, twins, strict=True)
    ]


def have_rolled(items: Sequence[ParsedEntry], looked_at: datetime | None) -> bool:
    """Tell whether a list that holds nothing known has only moved on: no item is dated before the day when it
    was last looked at, and most have dates of their own. Those of a redesign are old, or all the same.
    """
    dates = [item.published for item in items if item.published]
    if looked_at is None or len(dates) < len(items) or min(dates).date() < looked_at.date():
        return False
    return len(set(dates)) * 2 > len(dates)


def is_news_after(entry: ParsedEntry, known_items: Sequence[bool], newest: datetime | None) -> bool:
    """Tell whether an unknown item of a redesigned list is news: it is dated after all that was known, and
    something known is still there.

    Where nothing is, the page may show anything, and a flood would be worse than what is missed once.
    """
    return (
        any(known_items) and newest is not None and entry.published is not None and entry.published > newest
    )
