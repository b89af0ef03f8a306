"""Markup to text: paragraphs parted by blank lines, list items as `- ` lines, nothing of scripts, styles or
hidden parts.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

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
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""What nobody sees: zero widths, joiners, directions, invisible operators, fillers, tags (which can hold
words that only models read) and selectors.
"""


def plain(markup: str) -> str:
    """Return the readable text of an HTML fragment; text without tags is only unescaped."""
    markup = markup[:LIMIT]
    if "<" not in markup or not _TAG.search(markup):
        return tidy(_rewrapped(html.unescape(markup)))
    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div", parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return tidy(html.unescape(_TAG.sub(" ", markup)))
    return tidy("".join(_pieces(root)))


def _rewrapped(text: str) -> str:
    """Join the lines of hard-wrapped plain text; blank lines part paragraphs, and marked lines are list
    items.
    """
    if "\n" not in text and "\r" not in text:
        return text
    text = re.sub(r"\r\n?", "\n", text)
    text = re.sub(r"\n[ \t]*[*•–-][ \t]+", "\n\x00", text)
    text = re.sub(r"(?<!\n)\n(?![\n\x00])", " ", text)
    return text.replace("\n\x00", "\n- ")


def _parser() -> Any:
    return lxml_html.HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True, no_network=True)


def _pieces(root: Any) -> Iterator[str]:
    skipped = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            skipped += tag in _SKIPPED
            if not skipped:
                yield _opening(tag) + _flat(node.text, pre=tag == "pre")
        else:
            if not skipped:
                yield _closing(tag)
            skipped -= tag in _SKIPPED
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
    if not text.isascii():
        text = INVISIBLE.sub("", text)
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    if "\n" not in text:
        return _RUN.sub(" ", text).strip(" ·")
    text = _RUN.sub(" ", _LOOSE_ITEM.sub("\n- ", text))
    lines = [line.strip(" ·") for line in text.split("\n")]
    text = "\n".join(line if line != "-" else "" for line in lines)
    return _GAP.sub("\n\n", text).strip()


def one_line(markup: str, limit: int = 300) -> str:
    """Return a title: text on one line, tags removed and entities decoded, at most `limit` characters."""
    return shortened(" ".join(plain(_decoded(markup)).split()), limit)


def shortened(text: str, limit: int = 300) -> str:
    """Return a text cut between words at `limit` characters, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


def _decoded(markup: str) -> str:
    """Undo one escaping too many (`&amp;lt;b&amp;gt;`), but leave a lone “1 < 2” alone."""
    return html.unescape(markup) if "&" in markup and _ESCAPED.search(markup) else markup
