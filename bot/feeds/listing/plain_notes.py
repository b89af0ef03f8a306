"""Changelogs in plain text, alone or in a `pre` element, as pages with headings and lists."""

import html
import re
from collections.abc import Iterator

from bot.feeds.kinds.versions import find_version
from bot.feeds.listing.dates import Dates

LONGEST_HEADING = 100
"""Characters of a line that may be the heading of an entry."""

MAX_LINES = 1000
OTHER_WORDS = 4
"""Words beside version and day that such a line has at most: what it is of, a branch."""

_MARKDOWN = re.compile(r"(#{1,6})\s+(\S.*)")
_LINK = re.compile(r"\[(?P<words>[^\[\]]{1,200})\]\([^\s()]{1,1000}\)")
"""A link in Markdown, of which the words are kept."""

_REFERENCE = re.compile(r" {0,3}\[[^\[\]]{1,200}\]:\s{1,9}\S")
"""Where a link leads that stands elsewhere in Markdown, which nobody sees."""

_BULLET = re.compile(r"\s*(?:[-*+•–]|\d{1,2}[.)])\s+(.*)")
_RULE = re.compile(r"\s*[-=~_*#]{3,}\s*")
_BEFORE, _BEHIND = " \t=*~_-[(", " \t=*~_-])"
"""Signs around the words of a heading."""

_PERSON = re.compile(r"(?<!\s)\s{2,}+\S.{0,60}<\S{1,80}@\S{1,80}>\s*$")
"""Who made an entry, behind its day."""

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")


def notes_as_page(text: str, dates: Dates) -> str:
    """Return a changelog in plain text as a page: its lines with a version or a day as headings, notes as
    lists.
    """
    lines = text.replace("\r", "").split("\n")[:MAX_LINES]
    return f"<html><body><main>{''.join(_blocks(lines, dates))}</main></body></html>"


def _blocks(lines: list[str], dates: Dates) -> Iterator[str]:
    for line in lines:
        if not line.strip() or _RULE.fullmatch(line) or _REFERENCE.match(line):
            continue
        if match := _MARKDOWN.match(line):
            level = len(match[1])
            yield f"<h{level}>{_inline(match[2].rstrip('# '))}</h{level}>"
        elif match := _BULLET.match(line):
            yield f"<ul><li>{_inline(match[1])}</li></ul>"
        elif heading := _heading(line, dates):
            yield f"<h2>{html.escape(heading)}</h2>"
        else:
            yield f"<p>{html.escape(line.strip())}</p>"


def _inline(words: str) -> str:
    """Return the words of a line as HTML, of its links what is shown of them."""
    return html.escape(_LINK.sub(r"\g<words>", words))


def _heading(line: str, dates: Dates) -> str:
    """Return the heading that a line is, empty for a note: it begins at the margin, and holds a version or a
    day and hardly more.
    """
    if line[:1].isspace() or len(line) > LONGEST_HEADING or not _DIGIT.search(line):
        return ""
    words = _PERSON.sub("", line).partition(";")[0].rstrip(": ").lstrip(_BEFORE).rstrip(_BEHIND)
    match = dates.find_exact(words) or dates.find(words)
    day = match if match and match.sure >= 2 else None
    rest = f"{words[: day.start]} {words[day.end :]}" if day else words
    version = find_version(rest)
    if version is None and day is None:
        return ""
    rest = f"{rest[: version.start()]} {rest[version.end() :]}" if version else rest
    return words if len(_WORD.findall(rest)) <= OTHER_WORDS else ""
