"""In which encoding a feed's bytes are, whatever the server or the document says."""

import re

from bot.text.encodings import is_possible

_UTF16 = re.compile(rb"""(<\?xml[^>]{0,200}?)\s+encoding=(["'])utf-?(?:16|32)[^"']*\2""", re.IGNORECASE)
_DECLARED = re.compile(rb"""(<\?xml[^>]{0,200}?)\s+encoding=(["'])[^"']*\2""", re.IGNORECASE)
_NAME = re.compile(rb"""<\?xml[^>]{0,200}?\s+encoding=(["'])([^"']{0,100})\1""", re.IGNORECASE)
_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")


def decodable(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return a body and a content type whose declared encodings do not contradict what the bytes are.

    What decodes as UTF-8 is UTF-8, whatever it is declared as. Feeds are served under every type there is;
    of the server's word only the charset counts.
    """
    if b"\x00" in body[:4] or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body, "application/xml"
    if not body.isascii() and is_utf8(body):
        return _escaped(_undeclared(body, _DECLARED)), "application/xml; charset=utf-8"
    charset = re.search(r"charset=[\"']?([\w.-]{1,100})", content_type, re.IGNORECASE)
    kind = (
        f"application/xml; charset={charset[1]}" if charset and is_possible(charset[1]) else "application/xml"
    )
    named = _NAME.search(body[:1024])
    wrong = named and not is_possible(named[2].decode("latin-1"))
    return _escaped(_undeclared(body, _DECLARED if wrong else _UTF16)), kind


def _undeclared(body: bytes, declaration: re.Pattern[bytes]) -> bytes:
    return declaration.sub(rb"\1", body[:1024], count=1) + body[1024:]


def is_utf8(body: bytes) -> bool:
    """Tell whether bytes are UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _escaped(body: bytes) -> bytes:
    """Escape bare ampersands outside CDATA, of which feedparser makes “AT&T;”."""
    if not _BARE.search(body):
        return body
    parts = body.split(b"<![CDATA[")
    out = [_BARE.sub(b"&amp;", parts[0])]
    for part in parts[1:]:
        inside, end, after = part.partition(b"]]>")
        out.append(inside + end + _BARE.sub(b"&amp;", after))
    return b"<![CDATA[".join(out)
