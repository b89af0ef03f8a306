"""Lists of feeds that come packed, as some programs export them: a file in gzip, or in an archive (ZIP).

What is unpacked is never more than a list may have, whatever an archive says of itself.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence

from bot.errors import CallError

MOST_FILES = 1000
"""Files that an archive may hold: reading its index takes time for each."""

NAMES_MAX = 3
"""Lists of an archive that are named where there are several."""

LONGEST_NAME = 60
_GZIP = b"\x1f\x8b"
_WITH_HEADER = 31
"""Zlib's number for a stream with gzip's header (zlib.net, inflateInit2)."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_INDEX_LINE = b"PK\x01\x02"
_ENDINGS = (".opml", ".xml")
"""How the names of lists end, the surer ending first."""

_PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Ways of packing that can be undone a part at a time."""

_PASSWORD_FLAG = 1
"""The flag of a file with a password (APPNOTE 4.4.4)."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises for archives that are damaged or meant to do harm."""


def unpack_list(body: bytes, limit: int) -> bytes:
    """Return the list in a packed file, of at most a number of bytes, any other file as it is. Raises
    `CallError` where there is no list in it that can be read.
    """
    if body.startswith(_GZIP):
        return _within(_inflated(body, limit), limit)
    if body.startswith(_ZIP):
        return _within(_from_zip(body, limit), limit)
    return body


def _inflated(body: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj(_WITH_HEADER).decompress(body, limit + 1)
    except zlib.error as error:
        raise _unreadable() from error


def _from_zip(body: bytes, limit: int) -> bytes:
    if body.count(_INDEX_LINE) > MOST_FILES:
        raise _unreadable()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entry = _list_among(archive.infolist())
            if entry.compress_type not in _PLAIN_METHODS or entry.flag_bits & _PASSWORD_FLAG:
                raise _unreadable()
            with archive.open(entry) as file:
                return file.read(limit + 1)
    except _DAMAGE as error:
        raise _unreadable() from error


def _list_among(entries: Sequence[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Return the one list of an archive. Raises `CallError` where there is none, or more than one."""
    files = [entry for entry in entries if not (entry.is_dir() or _is_shadow(entry.filename))]
    for ending in _ENDINGS:
        lists = [entry for entry in files if entry.filename.lower().endswith(ending)]
        if len(lists) == 1:
            return lists[0]
        if lists:
            names = ", ".join(_base_name(entry.filename)[:LONGEST_NAME] for entry in lists[:NAMES_MAX])
            raise CallError(
                "There are {count} lists in that archive ({names}). Unpack it, and attach one after the "
                "other.",
                count=len(lists),
                names=names if len(lists) <= NAMES_MAX else f"{names}, …",
            )
    raise CallError(
        "There is no list of feeds in that archive: no file in it ends in .opml or .xml. Attach the list "
        "itself."
    )


def _is_shadow(name: str) -> bool:
    """Tell whether a file only holds what macOS knows of another."""
    return name.startswith("__MACOSX/") or _base_name(name).startswith("._")


def _base_name(name: str) -> str:
    return name.rpartition("/")[2]


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise CallError(
            "The list in that archive is larger than {most} MB. Unpack it and divide it.",
            most=limit // 1024 // 1024,
        )
    return body


def _unreadable() -> CallError:
    return CallError(
        "That archive cannot be read: it is damaged, or has a password. Unpack it, and attach the list "
        "itself."
    )
