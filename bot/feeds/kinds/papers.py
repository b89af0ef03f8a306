"""Papers of arXiv: a replacement or a listing under another subject is no news, and an abstract begins with
its first sentence.
"""

import re
from dataclasses import replace

from bot.model import ParsedEntry

_ANNOUNCED = re.compile(r"^arXiv:\S+\s+Announce Type:\s*(?P<kind>[\w-]+)\s+(?:Abstract:\s*)?", re.IGNORECASE)
_LABEL = re.compile(r"^Abstract:\s*", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\(arXiv:[^()]{5,60}(?P<update>UPDATED)?\)$")


def read_paper(entry: ParsedEntry) -> ParsedEntry | None:
    """Return a paper with its abstract alone, None for one that was announced before."""
    if "arXiv" not in entry.text[:40] and "arxiv.org/" not in entry.link and "(arXiv:" not in entry.title:
        return entry
    announcement = _ANNOUNCED.match(entry.text)
    if announcement and announcement["kind"].lower() != "new":
        return None
    identifier = _IDENTIFIER.search(entry.title)
    if identifier and identifier["update"]:
        return None
    text = entry.text[announcement.end() :] if announcement else entry.text
    if "arxiv.org/" in entry.link:
        text = _LABEL.sub("", text)
    return replace(
        entry, text=text, title=entry.title[: identifier.start()].rstrip() if identifier else entry.title
    )
