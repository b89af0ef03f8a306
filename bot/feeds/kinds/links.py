"""Lists of links to pages of others: what they say of an item, its points and comments, is no text of it."""

import re
from dataclasses import replace

from bot.model import ParsedEntry

MAX_COUNTS = 5000
"""Characters beyond which a text says more than counts: two addresses are in it."""

_COUNTS = re.compile(
    r"^\W*(?:(?:article|comments) url: \S+|(?:points|# comments): \d+|comments|submitted by .{0,80}"
    r"|(?:\[link\]|\[comments\]|\s)+)\W*$",
    re.IGNORECASE,
)


_OF_LIST = re.compile(r"^\W{0,5}comments url: \S", re.IGNORECASE | re.MULTILINE)
"""What stands in every item of hnrss.org, also in those that have words of their own."""

_SUBMISSION = re.compile(
    r"\n\s{0,9}submitted by \S.{0,80}\n\s{0,9}\[link\]\s{1,9}\[comments\]\s{0,9}$", re.IGNORECASE
)
"""What Reddit writes below the words of a post."""

_POINTS = re.compile(r"^\W{0,5}points: (\d{1,7})\W{0,5}$", re.IGNORECASE | re.MULTILINE)
_TALK = re.compile(r"^\W{0,5}# comments: (\d{1,7})\W{0,5}$", re.IGNORECASE | re.MULTILINE)


def read_link(entry: ParsedEntry) -> ParsedEntry:
    """Return an entry with its points and comments as numbers and without the lines that say only them and
    where it leads. Any other entry as it is.
    """
    if len(entry.text) > MAX_COUNTS:
        return entry
    lines = [line for line in entry.text.split("\n") if line.strip()]
    text_lines = [line for line in lines if not _COUNTS.match(line)]
    if text_lines and (submission := _SUBMISSION.search(entry.text)):
        return replace(entry, text=entry.text[: submission.start()].rstrip())
    if not lines or (text_lines and not _OF_LIST.search(entry.text)):
        return entry
    points, comments = _POINTS.search(entry.text), _TALK.search(entry.text)
    return replace(
        entry,
        text="\n\n".join(text_lines),
        points=int(points[1]) if points else None,
        comments=int(comments[1]) if comments else None,
    )
