"""A feed's bytes as UTF-8, whatever the server or the document says of them.

A few bad bytes in a document that is otherwise in its encoding (a description cut at a number of bytes, an
author with another editor) cost those characters and no other.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from bot.text.encodings import is_possible
from bot.text.guessing import MIXED, guessed, is_shifted

MAX_BAD_SHARE = 0.1
"""Of all characters that are not ASCII, how many may be wrong in a document that is believed to be in an
encoding.
"""

WIDER = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gb_2312-80", "gbk", "x-gbk", "euc-cn"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("x-euc-jp", "x-euc", "eucjp-ms", "eucjp-win", "cp51932"), "euc_jp"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    **dict.fromkeys(("big5", "big5-tw"), "big5hkscs"),
    "iso-8859-9": "cp1254",
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874", "dos-874"), "cp874"),
    **{f"x-cp125{number}": f"cp125{number}" for number in range(9)},
    "iso-8859-8-i": "cp1255",
}
"""Encodings that hold another whole, which documents mean by its name (encoding.spec.whatwg.org)."""

WINDOWS = {"iso8859-2": "cp1250", "iso8859-5": "cp1251", "iso8859-7": "cp1253", "iso8859-13": "cp1257"}
"""Encodings of Windows for the languages of others, in whose place they stand where a document has letters
that those have not.
"""

LONG_RUN = 3
"""Bytes beyond ASCII in a row that languages in Latin letters hardly have."""

_LATIN = "cp1252"
_DECLARED = re.compile(rb"""(<\?xml[^>]{0,200}?)\s+encoding=(["'])[^"'>]{0,100}\2""", re.IGNORECASE)
_NAME = re.compile(rb"""<\?xml[^>]{0,200}?\s+encoding=(["'])([^"']{0,100})\1""", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{1,100})", re.IGNORECASE)
_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_CONTROLS = re.compile(r"[\x80-\x84\x86-\x9f]")
"""What no document means by its bytes; the next line (U+0085) stands in some."""

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
"""A character beyond the first plane whose two halves were encoded one by one (CESU-8)."""

_MARKS = (
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_UTF8_MARK = b"\xef\xbb\xbf"


def decodable(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return a body and a content type whose declared encodings do not contradict what the bytes are: UTF-8
    in nearly all cases.

    What decodes as UTF-8 is UTF-8, whatever it is declared as. Feeds are served under every type there is;
    of the server's word only the charset counts.
    """
    wide = _wide(body)
    if wide is not None:
        return _as_utf8(wide)
    body = body.lstrip(b" \t\r\n").removeprefix(_UTF8_MARK)
    if not is_shifted(body) and (body.isascii() or is_utf8(body)):
        return _escaped(_undeclared(body)), "application/xml; charset=utf-8"
    body = _HALVES.sub(lambda match: _joined(match[0]), body)
    text = _as_declared(body, content_type) or guessed(body)
    if text is None:
        return _escaped(_undeclared(body)), "application/xml"
    return _as_utf8(text)


def as_text(body: bytes, content_type: str) -> str:
    """Return a document that is no XML as text."""
    wide = _wide_json(body)
    if wide is not None:
        return wide
    if is_utf8(body) and not is_shifted(body):
        return body.decode("utf-8-sig")
    return _as_declared(body, content_type) or guessed(body) or body.decode(_LATIN, "replace")


def _wide_json(body: bytes) -> str | None:
    encoding = json.detect_encoding(body)
    return None if encoding.startswith("utf-8") else body.decode(encoding, "replace").lstrip("\ufeff")


def _as_utf8(text: str) -> tuple[bytes, str]:
    body = text.encode("utf-8", "replace")
    return _escaped(_undeclared(body)), "application/xml; charset=utf-8"


def _wide(body: bytes) -> str | None:
    """Return a document in UTF-16 or UTF-32 as text, None for any other."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    return None


def _as_declared(body: bytes, content_type: str) -> str | None:
    """Return a document in the encoding that it is declared to be in, or in UTF-8 with a few mistakes; None
    where neither fits.
    """
    names = list(_declared_names(body, content_type))
    text = None if is_shifted(body) else _mended(body, is_declared=bool(names))
    if text is not None:
        return text
    text = _as_named(body, names)
    if text is not None:
        return text
    if not is_shifted(body) and all(map(_CUT.fullmatch, _HIGH_RUN.findall(body))):
        return _without_cuts(body)
    return None


def page_text(body: bytes, names: Sequence[str]) -> str | None:
    """Return a page that is not UTF-8 as text: in an encoding that it declares (one of some names), in UTF-8
    with a few mistakes, or in the likeliest; None where nothing fits.
    """
    names_of_charsets = list(_usable(names))
    text = None if is_shifted(body) else _mended(body, is_declared=bool(names_of_charsets))
    if text is not None:
        return text
    return _as_named(body, names_of_charsets) or guessed(body)


def _as_named(body: bytes, names: Sequence[str]) -> str | None:
    """Return a document in the first of some encodings that it may be in; None where it is in none.

    A server that calls everything Latin knows less than whoever wrote the document, and than its letters.
    """
    if set(names) == {_LATIN} and _is_unlike_latin(body) and (text := guessed(body)) is not None:
        return text
    names = sorted(names, key=lambda name: name == _LATIN)
    for errors in ("strict", MIXED):
        for name in names:
            text = _decoded(body, name, errors)
            if text is not None:
                return text
    return None


def _is_unlike_latin(body: bytes) -> bool:
    """Tell whether most bytes beyond ASCII stand in words of other letters: accents stand alone."""
    runs = [len(run) for run in _HIGH_RUN.findall(body)]
    return sum(run for run in runs if run >= LONG_RUN) * 2 > sum(runs)


def _declared_names(body: bytes, content_type: str) -> Iterator[str]:
    header = _CHARSET.search(content_type)
    match = _NAME.search(body[:1024])
    yield from _usable((header[1] if header else "", match[2].decode("latin-1") if match else ""))


def _usable(names: Iterable[str]) -> Iterator[str]:
    """Give the encodings that documents may be in, by the names that are known here."""
    for name in names:
        wider_name = WIDER.get(name.strip().lower(), name)
        if wider_name and is_possible(wider_name) and not is_utf8_name(wider_name):
            yield wider_name


def is_utf8_name(name: str) -> bool:
    """Tell whether an encoding is called UTF-8."""
    return name.lower().replace("_", "-") in {"utf-8", "utf8"}


def _decoded(body: bytes, name: str, errors: str) -> str | None:
    """Return a document in an encoding; with mistakes only where they are few among what is not ASCII."""
    try:
        text = body.decode(name, errors)
    except UnicodeDecodeError:
        # The one of them that leaves bytes unused is written with them nevertheless.
        return body.decode("latin-1") if name == _LATIN else None
    windows_name = WINDOWS.get(codecs.lookup(name).name)
    if windows_name and _CONTROLS.search(text):
        return _decoded(body, windows_name, errors)
    bad = text.count("\ufffd")
    return text if bad <= max(1, MAX_BAD_SHARE * _beyond_ascii(text)) or errors == "strict" else None


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _mended(body: bytes, *, is_declared: bool) -> str | None:
    """Return a document that is UTF-8 but for a few bytes; None where they are many, or where it is declared
    to be in another encoding and nothing in it is UTF-8.
    """
    runs = [run[0] for run in _HIGH_RUN.finditer(body)]
    text = body.decode("utf-8", "replace")
    bad, good = text.count("\ufffd"), sum(not _is_broken(run) for run in runs)
    if bad > max(1, 2 * good) or (is_declared and not good):
        return None
    return _without_cuts(body)


def _without_cuts(body: bytes) -> str:
    return _HIGH_RUN.sub(lambda run: _mended_run(run, body), body).decode("utf-8", "replace")


def _is_broken(run: bytes) -> bool:
    return not is_utf8(run)


def _mended_run(run: re.Match[bytes], body: bytes) -> bytes:
    """Return bytes beyond ASCII as they may stand in UTF-8: a lone one within a word is a letter of an older
    encoding, and what is cut off is left out.
    """
    if is_utf8(run[0]):
        return run[0]
    before, after = body[run.start() - 1 : run.start()], body[run.end() : run.end() + 1]
    is_cut_off = after in _ENDS and not (before.isalpha() and _LAST_LETTER.fullmatch(run[0]))
    if len(run[0]) <= MAX_LEGACY and not is_cut_off and (before.isalpha() or after.isalpha()):
        return run[0].decode(_LATIN, "replace").encode()
    return run[0].decode("utf-8", "ignore").encode() + (b"" if after in _ENDS else "\ufffd".encode())


MAX_LEGACY = 2
"""Letters of an older encoding that stand beside each other in a word of a Latin alphabet."""

_ENDS = frozenset({b"", b"<", b"]", b".", b"[", b"&", b"\n", b'"', b"\xe2"})
"""What follows on a text that was cut off."""

_CUT = re.compile(
    rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})*"
    rb"(?:[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})?"
)
"""Characters in UTF-8 of which the last one is cut, which are no word in any older encoding."""

_LAST_LETTER = re.compile(rb"[\xe0\xe1\xe3-\xff]")
"""A letter of an older encoding that ends a word; what is cut off behind a Latin one begins otherwise."""


def _joined(halves: bytes) -> bytes:
    return (
        halves.decode("utf-8", "surrogatepass")
        .encode("utf-16-le", "surrogatepass")
        .decode("utf-16-le")
        .encode()
    )


def _undeclared(body: bytes) -> bytes:
    return _DECLARED.sub(rb"\1", body[:1024], count=1) + body[1024:]


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
