"""A page as flat rows in the order of the document: elements, and the texts between them.

Everything below an element is a run of rows, so that no question about a page needs recursion, however deep
it nests.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from bot.feeds.document_screen import uncrowded

SILENT = frozenset(
    "script style noscript template svg math head iframe object select option textarea canvas".split()
)
"""Elements whose text nobody reads on the page."""

MAX_LINK = 2000
MAX_PREFORMATTED = 3
LONGEST_PREFORMATTED = 200_000
"""Characters of a text in its own lines that are kept; the newest stand first."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element: its number is its place in the document."""

    number: int
    tag: str
    parent: int
    attributes: Mapping[str, str]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the number of the element that it stands in directly."""

    element: int
    words: str


@dataclass(slots=True)
class Outline:
    """A page's elements and texts, both in the order of the document."""

    url: str
    base: str = ""
    language: str = ""
    elements: list[Element] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """For each element, how many texts stand before it."""
    stops: list[int] = field(default_factory=list)
    """For each element, how many texts stand before its end."""
    scripts: list[tuple[str, str]] = field(default_factory=list)
    """Contents of script elements, with their type."""
    preformatted: list[str] = field(default_factory=list)
    """Texts whose lines are set as they were written."""
    meta: dict[str, str] = field(default_factory=dict)
    title: str = ""

    def texts_of(self, number: int) -> Sequence[Text]:
        """Return the texts of an element and of what stands below it."""
        return self.texts[self.starts[number] : self.stops[number]]

    def text(self, number: int) -> str:
        """Return the text of an element on one line."""
        return join_texts(self.texts_of(number))

    def ancestors(self, number: int) -> Iterator[int]:
        """Give the elements around an element, the nearest first."""
        number = self.elements[number].parent
        while number >= 0:
            yield number
            number = self.elements[number].parent

    def holds(self, outer: int, inner: int) -> bool:
        """Tell whether an element is another or stands below it."""
        return outer <= inner < self.ends[outer]

    def link(self, href: str) -> str:
        """Return the absolute web address of a reference, empty for none."""
        href = _SPACE.sub("", href)
        if not href or href.startswith("#") or len(href) > MAX_LINK:
            return ""
        try:
            absolute = urljoin(self.base, href)
            parts = urlsplit(absolute)
        except ValueError:
            return ""
        return absolute if parts.scheme in {"http", "https"} and parts.hostname else ""


def join_texts(texts: Sequence[Text]) -> str:
    """Return texts on one line."""
    return " ".join(text.words for text in texts)


def read_outline(page: str | bytes, url: str) -> Outline:
    """Return the outline of a page; an empty one where it cannot be parsed."""
    outline = Outline(url, url)
    root = _tree(page)
    if root is not None:
        outline.language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
        _fill(outline, root)
    return outline


def _tree(page: str | bytes) -> Any:
    body = uncrowded(page.encode("utf-8", "replace") if isinstance(page, str) else page)
    if not body.strip():
        return None
    parser = lxml_html.HTMLParser(
        huge_tree=False, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        return lxml_html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def _fill(outline: Outline, root: Any) -> None:
    """Write a tree down; texts of silent elements are left out."""
    open_elements: list[int] = []
    silent = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag.lower() if isinstance(node.tag, str) else ""
        if event == "start":
            silent += _begin(outline, node, tag, open_elements)
            if not silent:
                _say(outline, open_elements[-1], node.text)
            continue
        number = open_elements.pop()
        outline.ends[number] = len(outline.elements)
        outline.stops[number] = len(outline.texts)
        silent -= tag in SILENT
        if not silent and open_elements:
            _say(outline, open_elements[-1], node.tail)


def _begin(outline: Outline, node: Any, tag: str, open_elements: list[int]) -> bool:
    """Write down an element that begins, and tell whether it is silent."""
    attributes = {str(name): str(value) for name, value in node.attrib.items()}
    number = len(outline.elements)
    classes = tuple(attributes.get("class", "").split()[:12])
    outline.elements.append(
        Element(
            number=number,
            tag=tag,
            parent=open_elements[-1] if open_elements else -1,
            attributes=attributes,
            classes=classes,
        )
    )
    outline.ends.append(number + 1)
    outline.starts.append(len(outline.texts))
    outline.stops.append(len(outline.texts))
    open_elements.append(number)
    _note(outline, node, tag, attributes)
    return tag in SILENT


def _note(outline: Outline, node: Any, tag: str, attributes: Mapping[str, str]) -> None:
    if tag == "script" and (node.text or node.get("src")):
        outline.scripts.append((attributes.get("type", ""), node.text or ""))
    elif tag == "pre" and len(outline.preformatted) < MAX_PREFORMATTED:
        outline.preformatted.append(node.text_content()[:LONGEST_PREFORMATTED])
    elif tag == "meta":
        name = (attributes.get("property") or attributes.get("name") or "").strip().lower()
        if name:
            outline.meta.setdefault(name, attributes.get("content", ""))
    elif tag == "title" and not outline.title:
        outline.title = _SPACE.sub(" ", node.text_content()).strip()[:500]
    elif tag == "base" and outline.base == outline.url:
        outline.base = outline.link(attributes.get("href", "")) or outline.url


def _say(outline: Outline, number: int, text: str | None) -> None:
    words = _SPACE.sub(" ", text).strip() if text else ""
    if words:
        outline.texts.append(Text(number, words))
