"""Documents that would take a parser minutes or hundreds of megabytes, told by their bytes before any parser
sees them.
"""

import re
from itertools import islice

from bot.errors import NotAFeed

MAX_DEPTH = 512
MAX_PARTS = 60_000
"""Tags and attributes of a page that are read: three times as many as the largest of some two hundred real
pages has.
"""

_PART = re.compile(rb"[<=]")
_ELEMENT = re.compile(rb"<[A-Za-z_:]")
_EBCDIC = b"\x4c\x6f\xa7\x94"
"""`<?xm` in EBCDIC, as XML 1.0 tells it (appendix F)."""

_EBCDIC_PAGES = ("cp037", "cp500")
"""Code pages of it that differ in where `!` stands; all others have it in one of the two places."""
_LONG_TAG = re.compile(rb"<[^<>]{16384}")
_TAGS = re.compile(rb"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_VOID = re.compile(rb"(?i)</?(?:br|hr|img|p|li|meta|link|input)\b")


def uncrowded(page: bytes) -> bytes:
    """Return a page up to the tag or attribute beyond which no page goes that people wrote; each costs a
    reader over a kilobyte.
    """
    if page.count(b"<") + page.count(b"=") <= MAX_PARTS:
        return page
    last = next(islice(_PART.finditer(page), MAX_PARTS, None))
    return page[: last.start()]


def refuse_bombs(body: bytes) -> None:
    """Refuse what no parser should see, in any encoding: entities, and a tag of more than 16 kB. Raises
    `NotAFeed`.
    """
    seen = _as_ascii(body)
    if any(map(_defines_entities, seen)):
        msg = "The document defines XML entities, which feeds do not need and attackers use; it was not read."
        raise NotAFeed(msg)
    if any(_LONG_TAG.search(one) and _LONG_TAG.search(bare_markup(one)) for one in seen):
        msg = "The document has a tag of more than 16 kB; it was not read."
        raise NotAFeed(msg)


def _as_ascii(body: bytes) -> list[bytes]:
    """Return a body so that marks and names stand as in ASCII, whatever its encoding: this is to be looked
    at, not to be read.
    """
    if body.startswith(_EBCDIC):
        return [body.decode(page).encode("latin-1", "replace") for page in _EBCDIC_PAGES]
    return [body.replace(b"\x00", b"") if b"\x00" in body[:64] else body]


def _defines_entities(body: bytes) -> bool:
    """Tell whether a document defines entities, which it may only before its first element, and not in a
    comment or an instruction.
    """
    if b"<!ENTITY" not in body.upper():
        return False
    bare = _without(_without(body, b"<!--", b"-->"), b"<?", b"?>").upper()
    element = _ELEMENT.search(bare)
    prolog = bare[: element.start()] if element else bare
    return b"<!ENTITY" in prolog or (b"<!DOCTYPE" in prolog and b"[" in prolog)


def refuse_deep(body: bytes) -> None:
    """Refuse what nests deeper than any feed; feedparser would keep every level. Raises `NotAFeed`."""
    if _depth(bare_markup(body)) > MAX_DEPTH:
        msg = f"The document nests more than {MAX_DEPTH} elements; it was not read."
        raise NotAFeed(msg)


def bare_markup(body: bytes) -> bytes:
    """Return a body without CDATA and comments, whose angle brackets are no tags."""
    return _without(_without(body, b"<![CDATA[", b"]]>"), b"<!--", b"-->")


def _without(body: bytes, opening: bytes, closing: bytes) -> bytes:
    """Return a body without the parts between two marks, in linear time whatever an attacker leaves open."""
    parts: list[bytes] = []
    at = 0
    while (start := body.find(opening, at)) >= 0:
        parts.append(body[at:start])
        end = body.find(closing, start)
        if end < 0:
            return b"".join(parts)
        at = end + len(closing)
    parts.append(body[at:])
    return b"".join(parts)


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
