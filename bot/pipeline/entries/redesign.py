"""A page's list of news whose site got a new design: its links change, its titles stay, and nothing on it is
news for that.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.model import KnownEntry, ParsedEntry

FEWEST = 5
"""New items below which a list is not taken for redesigned."""


def is_redesigned(matches: Sequence[KnownEntry | None]) -> bool:
    """Tell whether a list changed so much at once that its site did: most items are new, five at least.
    `matches` has None for each.
    """
    new = sum(known is None for known in matches)
    return new >= FEWEST and new * 2 > len(matches)


def is_news_after(entry: ParsedEntry, matches: Sequence[KnownEntry | None], newest: datetime | None) -> bool:
    """Tell whether an unknown item of a redesigned list is news: it is dated after all that was known, and
    something known is still there.

    Where nothing is, the page may show anything, and a flood would be worse than what is missed once.
    """
    return any(matches) and newest is not None and entry.published is not None and entry.published > newest
