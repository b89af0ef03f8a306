"""Which encodings a document may declare."""

from functools import lru_cache

_MARKUP = b"<?xml version='1.0'?><!DOCTYPE a><a b=\"c\">&amp;AZ 019 /:;._-[]</a>"
"""What stands for itself in every encoding that a document that begins so can have."""


@lru_cache(maxsize=256)
def is_possible(name: str) -> bool:
    """Tell whether a document whose first bytes are ASCII may be in an encoding: it is one of texts, known,
    and has ASCII's marks.

    Python knows others, too, that are no encodings of documents (`undefined`, `unicode_escape`), or that hide
    marks (`utf-7`, `hz`).
    """
    try:
        b"\xff".decode(name, errors="replace")
        return _MARKUP.decode(name) == _MARKUP.decode() and b"+ADw-~{\\u003c".decode(name) == "+ADw-~{\\u003c"
    except (LookupError, ValueError):
        return False
