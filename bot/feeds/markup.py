"""Markup to text: paragraphs parted by blank lines, list items as `- ` lines, nothing of scripts, styles or
hidden parts.
"""

import html
import re
from collections.abc import Iterator, Set
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from lxml.html.defs import tags

LIMIT = 256 * 1024
"""Characters of markup that are read; feeds with more per entry are whole web pages."""

_BLOCKS = frozenset(
    """
p div section article header footer aside h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure tr dt
dd form hr address main
""".split()
)
_SKIPPED = frozenset(
    """
script style noscript template svg math iframe object embed video audio canvas form button select
textarea nav figcaption head
""".split()
)
_TAG = re.compile(r"<[a-zA-Z!/][^<>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_RUN = re.compile(r"[ \t]+")
_LOOSE_ITEM = re.compile(r"\n- \s+")
_GAP = re.compile(r"\n{3,}")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_ESCAPED = re.compile(r"&(?:amp;)?(?:lt|gt|quot|amp|#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)
_INLINE = frozenset(
    """
a abbr acronym b big br cite code del dfn em font i img ins kbd mark nobr q rp rt ruby s samp small span
strike strong sub sup time tt u var wbr
""".split()
)
"""Markup that titles have."""

_SURE = frozenset("a b br code em font i img span strong sub sup wbr".split())
"""What is markup in a title although nothing closes it."""

_LONE = frozenset({"br", "wbr", "img"})
"""Tags that need no closing one."""

_TITLE_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})((?:\s[^<>]{0,2000})?)/?>")
_CLOSING = re.compile(r"</([A-Za-z][A-Za-z0-9]{0,15})\s{0,9}>")
_ATTRIBUTE = re.compile(r"\s[\w:-]{1,40}\s{0,9}=")
_COMMENT = re.compile(r"<!--.{0,2000}?-->|<!\[CDATA\[|\]\]>|<\?[a-z][^<>]{0,200}\?>", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style)(?:\s[^<>]{0,2000})?>[^<]{0,5000}</\1\s{0,9}>", re.IGNORECASE)
_PAIRED = re.compile(r"<(b|i|u|em|strong|span|sup|sub|code)>([^<>]{1,300})</\1>", re.IGNORECASE)
_HALVES = re.compile(
    r"&#(?:(5[56]\d{3})|[xX]([dD][89abAB][0-9a-fA-F]{2}));&#(?:(5[67]\d{3})|[xX]([dD][c-fC-F][0-9a-fA-F]{2}));"
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""What nobody sees: zero widths, joiners, directions, invisible operators, fillers, tags (which can hold
words that only models read) and selectors.
"""


_JOINED = "\u0600-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefe"
_PICTURES = "\u2190-\u2bff\U0001f000-\U0001faff"
_JOINER = re.compile(
    f"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])|(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])"
)
"""Joiners that spelling needs: one between two letters of a script that joins them (Persian, Hindi), or
between the parts of a picture.
"""

_MARK_OF_JOINER = {"\u200c": "\ue000", "\u200d": "\ue001"}
"""What stands for a joiner while the others are taken out: characters that no text has."""

_JOINER_OF_MARK = str.maketrans({mark: joiner for joiner, mark in _MARK_OF_JOINER.items()})


def without_invisible(text: str) -> str:
    """Return a text without what nobody sees, but for joiners that letters need."""
    if text.isascii():
        return text
    if "\u200c" not in text and "\u200d" not in text:
        return _INVISIBLE.sub("", text)
    marked_text = _JOINER.sub(lambda joiner: _MARK_OF_JOINER[joiner[0]], text.translate(_UNUSED))
    return _INVISIBLE.sub("", marked_text).translate(_JOINER_OF_MARK)


def _unescaped_once(markup: str) -> str:
    """Return markup that was escaped once too often as markup, and what only looks like a tag of HTML as
    text.
    """
    if "<" not in markup and "&lt;/" in markup:
        decoded = html.unescape(markup)
        markup = decoded if _HTML_END.search(decoded) else markup
    if "<" not in markup or all(name.lower() in tags for name in set(_TAG_NAME.findall(markup))):
        return markup
    names = {name.lower() for name in _CLOSING.findall(markup)} & _LATER
    names |= {tag[1].lower() for tag in _ANY_TAG.finditer(markup) if _ATTRIBUTE.search(tag[2])}
    markup = _OPEN_TAG.sub(lambda tag: tag[0] if tag[1].lower() in tags else f"&lt;{tag[1]}", markup)
    return _ANY_TAG.sub(lambda tag: tag[0] if _is_markup(tag, names) else f"&lt;{tag[0][1:-1]}&gt;", markup)


def _is_markup(tag: re.Match[str], names: Set[str]) -> bool:
    """Tell whether what looks like a tag is one: of HTML, of a vocabulary of its own, or one of some
    `names` that have attributes or an end.
    """
    name = tag[1].lower()
    if name in tags:
        return True
    if not _NAME.fullmatch(name):
        return False
    return "-" in name or ":" in name or name in names or (name in _LATER and tag[2].strip() == "/")


_HTML_END = re.compile(r"</(?:p|div|a|b|i|em|strong|ul|ol|li|span|blockquote|h[1-6]|table)>", re.IGNORECASE)
_TAG_NAME = re.compile(r"</?([A-Za-z][^\s<>/]{0,40})")
_ANY_TAG = re.compile(r"</?([A-Za-z][^\s<>/]{0,40})([^<>]{0,4000})>")
_OPEN_TAG = re.compile(r"<([A-Za-z][^\s<>/]{0,40})(?=[^<>]{0,200}<)")
"""What begins like a tag and has no end before the next one."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-:][a-z0-9]+)*")
_LATER = frozenset(
    """
picture main template slot dialog data nobr search path g rect circle polygon use defs math mi mo mn mrow msup
msub mfrac mtext semantics annotation
""".split()
)
"""Elements that lxml does not count among those of HTML."""

_UNUSED = dict.fromkeys(map(ord, _MARK_OF_JOINER.values()))


def plain(markup: str) -> str:
    """Return the readable text of an HTML fragment; text without tags is only unescaped."""
    markup = _unescaped_once(joined_halves(markup[:LIMIT]))
    if "<" not in markup or not _TAG.search(markup):
        return tidy(_rewrapped(html.unescape(markup)))
    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div", parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return tidy(html.unescape(_TAG.sub(" ", markup)))
    return tidy("".join(_pieces(root)))


LONGEST_LABEL = 300
"""Characters of a line that is looked at for what it leads to."""

_LEADS_ELSEWHERE = re.compile(
    r"(?:^|[:：] ?)(?:https?://|www\.|[\w-]{1,63}\.(?=[\w.-]{1,63}/))\S{1,200}\s{0,9}$"
    r"|^\s{0,9}#\w{1,60}(?:[ ,]{1,3}#\w{1,60}){0,30}\s{0,9}$"
)
_CHAPTER = re.compile(r"[^\w\s]?(?:\d{1,2}:)?\d{1,2}:\d{2}\b")
_NO_DISPLAY = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_NO_HEIGHT = re.compile(
    r"max-height\s{0,3}:\s{0,3}0|font-size\s{0,3}:\s{0,3}[01](?:px)?(?!\d)|mso-hide", re.IGNORECASE
)


def _rewrapped(text: str) -> str:
    """Join the lines of hard-wrapped plain text; blank lines part paragraphs, marked lines are list items.
    What has a line of its own keeps it: a label with an address, tags, the chapters of a film.
    """
    if "\n" not in text and "\r" not in text:
        return text
    text = re.sub(r"\r\n?", "\n", text)
    text = re.sub(r"\n[ \t]*[*•–-][ \t]+", "\n\x00", text)
    lines = text.split("\n")
    own_lines = [_LEADS_ELSEWHERE.search(line[:LONGEST_LABEL]) is not None for line in lines]
    chapters = [_CHAPTER.match(line) is not None for line in lines]
    if sum(chapters) > 1:
        own_lines = [leads or is_chapter for leads, is_chapter in zip(own_lines, chapters, strict=True)]
    pieces = [lines[0]]
    for at in range(1, len(lines)):
        is_wrapped = bool(lines[at - 1] and lines[at]) and not (own_lines[at - 1] or own_lines[at])
        pieces += [" " if is_wrapped and not lines[at].startswith("\x00") else "\n", lines[at]]
    return "".join(pieces).replace("\n\x00", "\n- ")


def _parser() -> Any:
    return lxml_html.HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True, no_network=True)


def _is_preheader(node: Any) -> bool:
    """Tell whether an element is made for the lists of mail programs alone: hidden, and without height. What
    is only folded away is text.
    """
    style = node.get("style") or ""
    return "none" in style and _NO_DISPLAY.search(style) is not None and _NO_HEIGHT.search(style) is not None


def _pieces(root: Any) -> Iterator[str]:
    skipped = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            skipped += tag in _SKIPPED or _is_preheader(node)
            if not skipped:
                yield _opening(tag) + _flat(node.text, pre=tag == "pre")
        else:
            if not skipped:
                yield _closing(tag)
            skipped -= tag in _SKIPPED or _is_preheader(node)
            if not skipped and node is not root:
                yield _flat(node.tail, pre=False)


def _opening(tag: str) -> str:
    if tag == "li":
        return "\n- "
    if tag == "br":
        return "\n"
    return "\n\n" if tag in _BLOCKS else ""


def _closing(tag: str) -> str:
    if tag in {"td", "th"}:
        return " · "
    return "\n\n" if tag in _BLOCKS else ""


def _flat(text: str | None, *, pre: bool) -> str:
    if not text:
        return ""
    return text if pre else _SPACE.sub(" ", text)


def tidy(text: str) -> str:
    """Return text with single spaces, at most one blank line, and no control or invisible characters; NBSP
    stays (numbers use it).
    """
    text = without_invisible(text)
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    if "\n" not in text:
        return _RUN.sub(" ", text).strip(" ·")
    text = _RUN.sub(" ", _LOOSE_ITEM.sub("\n- ", text))
    lines = [line.strip(" ·") for line in text.split("\n")]
    text = "\n".join(line if line != "-" else "" for line in lines)
    return _GAP.sub("\n\n", text).strip()


def one_line(markup: str, limit: int = 300) -> str:
    """Return a title: text on one line, at most `limit` characters, with entities decoded and without the
    markup that titles have. What only looks like a tag is text: `Vec<T>`, `<think>`.
    """
    text = html.unescape(_without_markup(joined_halves(markup)))
    if "&" in text and _ESCAPED.search(text):
        text = html.unescape(text)
    if "<" in text and "&" in markup:
        text = _PAIRED.sub(r"\2", text)
    return shortened(" ".join(tidy(text).split()), limit)


def _without_markup(markup: str) -> str:
    if "<" not in markup:
        return markup
    markup = _HIDDEN.sub("", _COMMENT.sub("", markup[:LIMIT]))
    closed_names = {name.lower() for name in _CLOSING.findall(markup)}
    return _TITLE_TAG.sub(lambda tag: _instead_of(tag, closed_names), markup)


def _instead_of(tag: re.Match[str], closed_names: Set[str]) -> str:
    """Return what stands in a title in place of a tag: nothing, a space, or the tag where it is text."""
    name, attributes = tag[2].lower(), tag[3]
    if name in _INLINE:
        is_text = not attributes and name not in _LONE and _is_named(tag, name, closed_names)
        return tag[0] if is_text else (" " if name == "br" else "")
    if name in _BLOCKS or name == "li":
        return " " if attributes or name in closed_names else tag[0]
    return "" if _ATTRIBUTE.search(attributes) else tag[0]


def _is_named(tag: re.Match[str], name: str, closed_names: Set[str]) -> bool:
    """Tell whether a title speaks of a tag: it stands within a word (`List<a>`), alone, or as a word of its
    own (“<s> and </s>”).
    """
    before, after = tag.string[: tag.start()][-1:], tag.string[tag.end() :][:1]
    if name in closed_names:
        return name not in _SURE and (before in _EDGES and after in _EDGES)
    return not tag[1] and (before.isalnum() or name not in _SURE)


_EDGES = frozenset({"", " ", ",", ".", ":", "\u00a0"})


def joined_halves(text: str) -> str:
    """Return a text whose references to the two halves of one character are to the character."""
    return _HALVES.sub(_whole_character, text) if "&" in text else text


def _whole_character(match: re.Match[str]) -> str:
    high, low = (
        int(decimal) if decimal else int(hexadecimal, 16)
        for decimal, hexadecimal in (match.group(1, 2), match.group(3, 4))
    )
    return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)


def shortened(text: str, limit: int = 300) -> str:
    """Return a text cut between words at `limit` characters, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"
