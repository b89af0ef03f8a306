"""Documents that are packed without saying so: files that end in `.gz`, and servers that name no encoding."""

import zlib

_GZIP = b"\x1f\x8b"
_WITH_HEADER = 31
"""Zlib's number for a stream with gzip's header (zlib.net, inflateInit2)."""

DEEPEST = 2
"""How often a document may be packed: once by whoever wrote it, and once by the server."""


def unpacked(body: bytes, limit: int) -> bytes:
    """Return at most `limit` bytes of a document that may be gzipped, and what is whole of a damaged one."""
    for _ in range(DEEPEST):
        if not body.startswith(_GZIP):
            break
        try:
            body = zlib.decompressobj(_WITH_HEADER).decompress(body, limit)
        except zlib.error:
            break
    return body
