"""Lists of feeds that are no OPML: an address a line, with or without a name before or behind it, as people
write them down and as spreadsheets save them.
"""

import re

from bot.errors import SettingsError
from bot.model import FeedList, Outline

LONGEST_LINE = 2000
LONGEST_EXCERPT = 60
PROBLEMS_MAX = 20
"""Lines without an address that are named."""

LISTED_SHARE = 0.5
"""The share of lines with an address from which a text is a list of addresses."""

NOTE = "#"
"""What begins a line that is a note."""

_ADDRESS = re.compile(r"https?://[^\s,;|\"'<>]{1,1000}", re.IGNORECASE)
_SEPARATORS = " \t,;|\"'-–—:•*"
"""What parts a name from an address."""


def read_addresses(text: str, name: str, most: int) -> FeedList:
    """Return the feeds of a list with an address a line, in order, each address once, and a sentence for each
    line without one. Raises `SettingsError` naming the file for any other text, and for more than `most`
    feeds.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith(NOTE)]
    outlines: dict[str, Outline] = {}
    problems: list[str] = []
    for number, line in lines:
        match = _ADDRESS.search(line[:LONGEST_LINE])
        if match is None:
            problems.append(f"line {number}: no address ({line[:LONGEST_EXCERPT]})")
        else:
            title = (
                f"{line[: match.start()].strip(_SEPARATORS)} {line[match.end() :].strip(_SEPARATORS)}".strip()
            )
            outlines.setdefault(match[0], Outline(match[0], title or match[0], {}))
        if len(outlines) > most:
            raise SettingsError([f"{name} names more than {most:,} feeds. Divide it."])
    if not outlines or len(outlines) < LISTED_SHARE * len(lines):
        raise SettingsError(
            [
                f"{name} is not OPML that can be read: it has neither tags nor an address a line, such as "
                "https://lab.example/feed.xml."
            ]
        )
    return FeedList(tuple(outlines.values()), tuple(problems[:PROBLEMS_MAX]))
