"""Documents that would take a parser minutes or hundreds of megabytes, told by their bytes before any parser sees them."""

import re
from itertools import islice

from bot.errors import NotAFeed

MAX_DEPTH = 512
MAX_PARTS = 60_000
"""Tags and attributes of a page that are read: three times as many as the largest of some two hundred real pages has."""

_PART = re.compile(rb"[<=]")
_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE[^>]*\[)", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<[^<>]{16384}")
_TAGS = re.compile(rb"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_VOID = re.compile(rb"(?i)</?(?:br|hr|img|p|li|meta|link|input)\b")


def uncrowded(page: bytes) -> bytes:
    """Return a page up to the tag or attribute beyond which no page goes that people wrote; each costs a reader over a kilobyte."""
    if page.count(b"<") + page.count(b"=") <= MAX_PARTS:
        return page
    last = next(islice(_PART.finditer(page), MAX_PARTS, None))
    return page[: last.start()]


def refuse_bombs(body: bytes) -> None:
    """Refuse what no parser should see: entities, and a tag of more than 16 kB. Raises `NotAFeed`."""
    if _ENTITY.search(body[:65536]) and b"<!ENTITY" in body[:1_000_000].upper():
        msg = "The document defines XML entities, which feeds do not need and attackers use; it was not read."
        raise NotAFeed(msg)
    if _LONG_TAG.search(body) and _LONG_TAG.search(_bare(body)):
        msg = "The document has a tag of more than 16 kB; it was not read."
        raise NotAFeed(msg)


def refuse_deep(body: bytes) -> None:
    """Refuse what nests deeper than any feed; feedparser would keep every level. Raises `NotAFeed`."""
    if _depth(_bare(body)) > MAX_DEPTH:
        msg = f"The document nests more than {MAX_DEPTH} elements; it was not read."
        raise NotAFeed(msg)


def _bare(body: bytes) -> bytes:
    """Return a body without CDATA and comments, whose angle brackets are no tags."""
    return _without(_without(body, b"<![CDATA[", b"]]>"), b"<!--", b"-->")


def _without(body: bytes, opening: bytes, closing: bytes) -> bytes:
    """Return a body without the parts between two marks, in linear time whatever an attacker leaves open."""
    kept: list[bytes] = []
    at = 0
    while (start := body.find(opening, at)) >= 0:
        kept.append(body[at:start])
        end = body.find(closing, start)
        if end < 0:
            return b"".join(kept)
        at = end + len(closing)
    kept.append(body[at:])
    return b"".join(kept)


def _depth(body: bytes) -> int:
    if body.count(b"<") < MAX_DEPTH:
        return 0
    depth = deepest = 0
    for tag in _TAGS.finditer(body):
        if tag[1]:
            depth -= 1
        elif not tag[2]:
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest if not _VOID.search(body[:20000]) or deepest > 4 * MAX_DEPTH else 0
    return deepest
