"""What a document holds that no XML may hold, mended in its bytes: references to half characters and to none,
control characters, names of HTML, and an end that is missing.

One such character makes parsers give up on all items of a document, or raise.
"""

import html.entities
import re
from itertools import pairwise

from lxml import etree

from bot.feeds.document_screen import bare_markup

_DOUBTFUL = re.compile(
    rb"&((?:amp;)?)#(?:(0{0,6}(?:[12]?[0-9]|3[01]|5[5-7][0-9]{3}|6553[45]|[0-9]{7,12}))"
    rb"|[xX](0{0,6}(?:[01]?[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]|[0-9a-fA-F]{6,9})));"
)
"""References among which those are that are to no character."""

_PAIR = re.compile(
    rb"&((?:amp;)?)#(?:(5[5-6]\d{3})|[xX]([dD][89abAB][0-9a-fA-F]{2}));"
    rb"&\1#(?:(5[67]\d{3})|[xX]([dD][c-fC-F][0-9a-fA-F]{2}));"
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_CONTROL_BYTES = bytes({*range(0x20)} - {9, 10, 13})
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_ITEM = re.compile(rb"<(/?)((?:[A-Za-z_][\w.-]{0,20}:)?(?:item|entry))(?=[\s>/])", re.IGNORECASE)
_TAG = re.compile(rb"<(/?)([A-Za-z_][\w:.-]{0,60})(?:\s[^<>]{0,4000}?)?(/?)>")
HIGH, LOW, LAST = range(0xD800, 0xDC00), range(0xDC00, 0xE000), 0x10FFFF
NO_CHARACTER = 0xFFFD


def without_impossible(body: bytes) -> bytes:
    """Return a document in which every reference is to a character and no character is one of control; two
    halves of one are joined.
    """
    if _DOUBTFUL.search(body):
        body = _DOUBTFUL.sub(_possible, _PAIR.sub(_joined, body))
    # Looking for each byte is many times quicker than for the pattern.
    is_clean = len(body.translate(None, _CONTROL_BYTES)) == len(body) and b"\xef\xbf" not in body
    return body if is_clean else _CONTROLS.sub(b" ", body)


def _joined(match: re.Match[bytes]) -> bytes:
    escape, *numbers = match.groups()
    high, low = (
        int(decimal) if decimal else int(hexadecimal, 16)
        for decimal, hexadecimal in (numbers[:2], numbers[2:])
    )
    if high not in HIGH or low not in LOW:
        return match[0]
    return b"&%s#%d;" % (escape, 0x10000 + (high - HIGH.start) * 0x400 + low - LOW.start)


def _possible(match: re.Match[bytes]) -> bytes:
    number = int(match[2]) if match[2] else int(match[3], 16)
    if number in {9, 10, 13} or (0x20 <= number <= LAST and number not in {0xFFFE, 0xFFFF}):
        fine = number not in HIGH and number not in LOW
        return match[0] if fine else b"&%s#%d;" % (match[1], NO_CHARACTER)
    # What was counted before 32 are remains of control characters, which stand for nothing.
    return b"" if number < 0x20 else b"&%s#%d;" % (match[1], NO_CHARACTER)


def with_known_names(body: bytes) -> bytes:
    """Return a document in which names of HTML are the characters that they stand for, and other names the
    text that they are.
    """
    parts = body.split(b"<![CDATA[")
    out = [_NAMED.sub(_known, parts[0])]
    for part in parts[1:]:
        inside, end, after = part.partition(b"]]>")
        out.append(inside + end + _NAMED.sub(_known, after))
    return b"<![CDATA[".join(out)


def _known(match: re.Match[bytes]) -> bytes:
    name = match[1]
    if name in _XML_NAMES:
        return match[0]
    characters = html.entities.html5.get(name.decode() + ";", "")
    return "".join(f"&#{ord(character)};" for character in characters).encode() or b"&amp;" + name + b";"


def with_whole_items(body: bytes) -> bytes:
    """Return a document in which every item is well-formed: what is open at the end of one is closed there,
    and takes no other with it. As it is where it has no items.
    """
    starts = [mark.start() for mark in _ITEM.finditer(_same_length(body)) if not mark[1]]
    if not starts or len(starts) > MOST_ITEMS:
        return body
    spaces = b" ".join(dict.fromkeys(_SPACE_NAME.findall(body[: starts[0]])))
    pieces = [body[: starts[0]]]
    tail = b""
    for start, end in pairwise([*starts, len(body)]):
        item, rest = _item_and_rest(body[start:end])
        pieces.append(_closed(item, spaces))
        tail = rest
    return b"".join(pieces) + tail


MOST_ITEMS = 5000
_OPENING = re.compile(rb"<!\[CDATA\[|<!--")
_SPACE_NAME = re.compile(rb"""xmlns:[\w.-]{1,40}=(?:"[^"<>]{0,300}"|'[^'<>]{0,300}')""")
_LAST_CLOSING = re.compile(rb"</(?:channel|feed|rss|rdf:RDF)\s*>", re.IGNORECASE)


def _same_length(body: bytes) -> bytes:
    """Return a document in which CDATA and comments are blank, so that their angle brackets are no tags."""
    out, at = bytearray(body), 0
    for opening in _OPENING.finditer(body):
        if opening.start() < at:
            continue
        closing = b"]]>" if opening[0].startswith(b"<![") else b"-->"
        end = body.find(closing, opening.end())
        if end < 0:
            break
        out[opening.start() : end] = b" " * (end - opening.start())
        at = end + len(closing)
    return bytes(out)


def _item_and_rest(piece: bytes) -> tuple[bytes, bytes]:
    """Return an item, and what stands behind it up to the next one."""
    closing = max((mark.end() for mark in _ITEM.finditer(piece) if mark[1]), default=-1)
    end = piece.find(b">", closing) + 1 if closing >= 0 else -1
    if end <= 0:
        last = _LAST_CLOSING.search(piece)
        end = last.start() if last else len(piece)
    return piece[:end], piece[end:]


def _closed(item: bytes, spaces: bytes) -> bytes:
    """Return an item as one that is well-formed: with the markup of its texts as the text that it is meant
    as, else with what is open closed.
    """
    for piece in (item, _with_markup_as_text(item)):
        document = b"<x " + spaces + b">" + piece + b"</x>"
        strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            etree.fromstring(document, strict)
        except etree.XMLSyntaxError:
            continue
        return piece
    lenient = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    root = etree.fromstring(document, lenient)
    element = root[0] if root is not None and len(root) else None
    return b"" if element is None else etree.tostring(element, encoding="utf-8", with_tail=False)


_TEXT = re.compile(
    rb"<(title|description|summary|content|content:encoded)(?:\s[^<>]{0,300})?(?<!/)>", re.IGNORECASE
)


def _with_markup_as_text(item: bytes) -> bytes:
    """Return an item whose texts hold no tags, where somebody wrote HTML into them as it is; a title that is
    never closed ends before the next tag.
    """
    out, at = [], 0
    for opening in _TEXT.finditer(item):
        if opening.start() < at:
            continue
        tag, start = opening[1], opening.end()
        end, closing = item.find(b"</" + tag, start), b""
        if end < 0 and tag.lower() == b"title":
            end, closing = item.find(b"<", start), b"</" + tag + b">"
        inside = item[start:end] if end >= 0 else b""
        if b"<![CDATA[" in inside or b"]]>" in inside or not (b"<" in inside or closing):
            continue
        out += [item[at : opening.start()], b'<%b type="html"><![CDATA[%b]]>%b' % (tag, inside, closing)]
        at = end
    return b"".join([*out, item[at:]])


def with_an_end(body: bytes) -> bytes:
    """Return a document that breaks off as one that ends behind its last item with a title and an address; as
    it is where none is whole.
    """
    last = None
    for mark in _ITEM.finditer(body):
        last = mark if mark[1] else last
    if last is None:
        return body
    end = body.find(b">", last.end()) + 1
    if not end:
        return body
    beginning = body[:end]
    open_tags: list[bytes] = []
    for tag in _TAG.finditer(_outline(beginning)):
        if tag[1]:
            if not open_tags or open_tags.pop() != tag[2]:
                return body
        elif not tag[3]:
            open_tags.append(tag[2])
    return beginning + _last_item(body, end) + b"".join(b"</" + name + b">" for name in reversed(open_tags))


def _last_item(body: bytes, end: int) -> bytes:
    """Return the item within which a document breaks off, closed; nothing where its title or address is
    cut.
    """
    opening = _ITEM.search(body, end)
    item = body[opening.start() :] if opening else b""
    if not _WHOLE_TITLE.search(item) or not _WHOLE_ADDRESS.search(item):
        return b""
    return _closed(item, b" ".join(dict.fromkeys(_SPACE_NAME.findall(body[:end]))))


_WHOLE_TITLE = re.compile(rb"</title\s*>", re.IGNORECASE)
_WHOLE_ADDRESS = re.compile(rb"</(?:link|guid|id)\s*>|<link\s[^<>]{0,4000}>", re.IGNORECASE)


def _outline(body: bytes) -> bytes:
    """Return a document up to its first item: the tags that are open around all of them."""
    first = _ITEM.search(body)
    head = body[: first.start()] if first else body
    return bare_markup(head)
