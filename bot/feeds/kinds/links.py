"""Lists of links to pages of others: what they say of an item, its points and comments, is no text of it."""

import re
from dataclasses import replace

from bot.model import ParsedEntry

MAX_COUNTS = 5000
"""Characters beyond which a text says more than counts: two addresses are in it."""

_COUNTS = re.compile(
    r"^\W*(?:(?:article|comments) url: \S+|(?:points|# comments): \d+|comments|submitted by .{0,80}"
    r"|\[link\]|\[comments\])\W*$",
    re.IGNORECASE,
)


def read_link(entry: ParsedEntry) -> ParsedEntry:
    """Return an entry without text where its feed says only where it leads and how often it was voted for."""
    if len(entry.text) > MAX_COUNTS:
        return entry
    lines = [line for line in entry.text.split("\n") if line.strip()]
    return replace(entry, text="") if lines and all(map(_COUNTS.match, lines)) else entry
