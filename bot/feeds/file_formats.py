"""Files that are neither feeds nor pages, known by how they begin."""

import re

from bot.errors import NoDocument

MAX_HEAD = 1024
"""Bytes within which the mark of a format stands."""

_OPML = re.compile(rb"\s*(?:<(?:\?xml|!--)[^>]{0,500}>\s*){0,4}<opml[\s>]", re.IGNORECASE)
"""How a list of feeds begins."""

_ZIP = b"PK\x03\x04"
_OFFICE = (b"word/", b"xl/", b"ppt/", b"mimetypeapplication/")
_MARKS = (
    ("a picture", (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM\x00", b"II*\x00", b"MM\x00*")),
    ("a picture", (b"\x00\x00\x01\x00",)),
    ("a sound", (b"ID3", b"OggS", b"fLaC", b"\xff\xfb", b"\xff\xf3")),
    ("a film", (b"\x1aE\xdf\xa3", b"FLV\x01")),
    ("an archive", (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")),
    ("an Office document", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")),
    ("a program", (b"\x7fELF", b"MZ\x90\x00", b"\xca\xfe\xba\xbe", b"\x00asm")),
    ("a font", (b"wOFF", b"wOF2", b"OTTO\x00")),
)


def refuse_file(body: bytes) -> None:
    """Raise `NoDocument`, with what it is, for bytes that are neither a feed nor a page."""
    if _OPML.match(body.removeprefix(b"\xef\xbb\xbf"), 0, MAX_HEAD):
        msg = "It is a list of feeds (OPML), not a feed. Give it to /import, which adds its feeds."
        raise NoDocument(msg)
    if name := _name_of_format(body[:MAX_HEAD]):
        msg = f"It is {name}, not a feed and no page either. Give the page that lists the news."
        raise NoDocument(msg)


def _name_of_format(head: bytes) -> str:
    """Return what a file is, empty where it may be text."""
    if b"%PDF-" in head and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "a PDF"
    if head.startswith(_ZIP):
        return "an Office document or a book" if any(part in head for part in _OFFICE) else "an archive (ZIP)"
    if head.startswith(b"RIFF"):
        return "a picture" if head[8:12] == b"WEBP" else "a sound or a film"
    if head[4:8] == b"ftyp":
        return "a picture" if head[8:12] in {b"avif", b"heic", b"mif1"} else "a film"
    return next((name for name, marks in _MARKS if head.startswith(marks)), "")
