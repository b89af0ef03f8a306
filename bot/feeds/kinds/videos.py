"""Videos: of a description only what tells of the video, not what it leads to."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from bot.model import ParsedEntry

_HOSTS = frozenset({"youtube.com", "m.youtube.com", "youtu.be", "vimeo.com"})
_ADDRESS = re.compile(r"https?://|\bwww\.|\b\w+\.(?:com|org|net|io|ly|me|tv|gg)/")
_CHAPTER = re.compile(r"^\W*(?:\d{1,2}:)?\d{1,2}:\d{2}\b")
_TAGS = re.compile(r"^\W*(?:[#@]\w+\W*)+$")
_LABEL = re.compile(r"[:：]\W*$")


def read_video(entry: ParsedEntry) -> ParsedEntry:
    """Return a video with the lines of its description that speak of it: without addresses, chapters, tags
    and the labels above them. Any other entry as it is.
    """
    if "youtu" not in entry.link and "vimeo" not in entry.link:
        return entry
    if (urlsplit(entry.link).hostname or "").removeprefix("www.") not in _HOSTS:
        return entry
    return replace(entry, text="\n\n".join(filter(None, map(telling_lines, entry.text.split("\n\n")))))


def telling_lines(paragraph: str) -> str:
    """Return the lines of a paragraph that tell something, not those that lead elsewhere."""
    lines = [line for line in paragraph.split("\n") if not _is_promotion(line)]
    while lines and _LABEL.search(lines[-1]):
        lines.pop()
    return "\n".join(lines).strip()


def _is_promotion(line: str) -> bool:
    return bool(_ADDRESS.search(line) or _CHAPTER.match(line) or _TAGS.match(line))
