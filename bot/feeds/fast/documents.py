"""Well-formed feeds read with lxml, many times faster than with feedparser, into the values that feedparser
gives.

feedparser stays the reference. What is read here follows its rules for the fields we keep
(`namespaces/_base.py`, `mixin.py` of feedparser 6.0); wherever a document goes beyond them (markup inside
elements, relative addresses under `xml:base`, dates of unknown form) the answer is None, and feedparser reads
it. Tests hold both against each other.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from bot.feeds.dates import is_date
from bot.feeds.fast.items import Items, name_of

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_HTML = frozenset({"text/html", "html", "application/xhtml+xml", "xhtml"})
_TEXTS = frozenset({"text", "plain", "text/plain"}) | _HTML
_PROSE = frozenset({"title", "summary", "content", "description"})
"""Elements that hold words and no address of their own: a base there changes nothing for us."""

_LINK_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)/*")
_WINDOWS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
"""What control characters stand for where text was written as windows-1252 and declared otherwise."""

_C1 = re.compile("[\x80-\x9f]")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class _Unsure(Exception):
    """Only feedparser knows what this document means."""


@dataclass(frozen=True, slots=True)
class Quick:
    """A document in feedparser's terms: what the feed says of itself, and entries."""

    about: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]


def read(document: Items, wanted: tuple[Any, ...]) -> Quick | None:
    """Return the wanted items of a document that is plain enough to be sure of, else None."""
    try:
        quick = Quick(_about(document.root, document.channel), tuple(map(_entry, wanted)))
    except _Unsure:
        return None
    based = [element for element in document.root.iter(etree.Element) if element.get(_BASE) is not None]
    inner = [element for element in based if element is not document.root and name_of(element) not in _PROSE]
    return None if inner or (based and not _absolute(quick)) else quick


def _absolute(quick: Quick) -> bool:
    """Tell whether no address depends on a base."""
    addresses = [
        address
        for values in (quick.about, *quick.entries)
        for address in (values.get("link"), values.get("id"), *(link["href"] for link in values["links"]))
    ]
    return all(_ABSOLUTE.match(address) for address in addresses if address)


def _value(element: Any) -> str:
    """Return an element's text, repaired as feedparser repairs it. Markup inside is for us only where it is
    declared.
    """
    text = (_markup(element) if len(element) else element.text or "").strip()
    if text.isascii():
        return text
    with suppress(UnicodeError):  # then it was right as it stood
        text = text.encode("iso-8859-1").decode()
    return text.translate(_WINDOWS) if _C1.search(text) else text


def _markup(element: Any) -> str:
    if element.get("type") not in {"xhtml", "application/xhtml+xml"}:
        raise _Unsure
    if any(inner.prefix for inner in element.iterdescendants()):
        raise _Unsure
    pieces = [etree.tostring(child, encoding="unicode") for child in element]
    return html.escape(element.text or "", quote=False) + "".join(pieces)


def _about(root: Any, channel: Any) -> dict[str, Any]:
    """Return what the feed says of itself; a second title, or one after the items, is not for us."""
    values: dict[str, Any] = {"links": []}
    if language := root.get(_LANG) or channel.get(_LANG):
        values["language"] = language
    begun = False
    for child in channel:
        name = name_of(child)
        begun = begun or name in {"item", "entry"}
        if name in {"title", "dc:title"}:
            if begun or "title" in values:
                raise _Unsure
            values["title"] = _value(child)
        elif name == "link":
            _link(values, child)
        elif name in {"id", "guid"}:
            values.setdefault("link", _value(child))
        elif name in {"language", "dc:language"}:
            values["language"] = _value(child)
        elif name in {"ttl", "sy:updateperiod", "sy:updatefrequency"}:
            values[name.replace(":", "_")] = _value(child)
    return values


def _link(context: dict[str, Any], element: Any) -> None:
    """Read one link: its text in RSS, its address in Atom. The last one that leads to a page counts."""
    attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
    address = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if not address:
        if "href" in attributes:
            raise _Unsure
        text = _value(element).replace("&amp;", "&")
        context["link"] = _SLASHES.sub(r"\1", _LINK_ENTITY.sub(r"&\1;", text))
        return
    relation = attributes.get("rel", "alternate").lower()
    kind = attributes.get("type", "text/html").lower()
    address = _SLASHES.sub(r"\1", address)
    context["links"].append({"rel": relation, "type": kind, "href": address})
    if relation == "alternate" and kind in _HTML:
        context["link"] = address


@dataclass(slots=True, kw_only=True)
class _Item:
    """An item while it is read, child by child, in feedparser's own order of precedence."""

    found: dict[str, Any] = field(default_factory=lambda: {"links": [], "content": []})
    title_depth: int = -1
    depths: dict[str, int] = field(default_factory=dict)
    has_content: bool = False
    after_source: bool = False
    mailed: bool = False

    def title(self, element: Any, depth: int) -> None:
        """Take a title, unless one from a higher level is there."""
        if self.after_source:
            raise _Unsure
        value = _value(element)
        if not -1 < self.title_depth <= depth:
            kind = _kind(element)
            if self._outranks("title", depth):
                self.found["title"] = value
            self.found["title_detail"] = {"type": "text/html" if kind in _HTML else "text/plain"}
        if value and name_of(element) != "media:title":
            self.title_depth = depth

    def summary(self, element: Any, depth: int) -> None:
        """Take a description; a second one, before any full text, is the full text."""
        _kind(element)
        if "summary" in self.found and not self.has_content:
            self.content(element, depth)
        elif self._outranks("summary", depth):
            self.found["summary"] = _value(element)

    def content(self, element: Any, depth: int) -> None:  # noqa: ARG002  one shape for all readers of a child
        """Take a full text."""
        _kind(element)
        value = _value(element)
        self.has_content = True
        self.found["content"].append({"value": value})
        self.found.setdefault("summary", value)

    def _outranks(self, name: str, depth: int) -> bool:
        old = self.depths.get(name)
        if old is not None and depth > old:
            return False
        self.depths[name] = depth
        return True

    def guid(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take an id, which is the link too where there is none."""
        permanent = (
            next((v for k, v in element.attrib.items() if str(k).lower() == "ispermalink"), "true") == "true"
        )
        value = _value(element)
        value = _SLASHES.sub(r"\1", value) if permanent else value
        self.found["id"] = value
        self.found["guidislink"] = permanent
        if permanent:
            self.found.setdefault("link", value)

    def link(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take a link."""
        _link(self.found, element)

    def author(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take an author; the last one counts. Of several, feedparser mixes up the addresses."""
        if not len(element):
            self.found["author"] = _value(element)
            return
        parts = {name_of(child): _value(child) for child in element}
        name, email = parts.get("name", ""), parts.get("email", "")
        if self.mailed or (email and "author" in self.found):
            raise _Unsure
        self.mailed = bool(email)
        self.found["author"] = f"{name} ({email})" if name and email else name or email

    def category(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take what an item is filed under: a term, a text, or both."""
        terms = (element.get("term") or "", _value(element))
        self.found.setdefault("tags", []).extend({"term": term} for term in terms if term)

    def itunes_category(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take the shelf of a podcast."""
        term = element.get("text")
        if not term or (element.text or "").strip():
            raise _Unsure
        self.found.setdefault("tags", []).append({"term": term})

    def keywords(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take a list of words with commas between them."""
        if element.attrib:
            raise _Unsure
        words = (word.strip() for word in _value(element).split(","))
        self.found.setdefault("tags", []).extend({"term": word} for word in words if word)

    def source(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Pass over where an item was taken from. feedparser keeps its inside apart, but loses count of
        titles.
        """
        self.after_source = self.after_source or len(element) > 0

    def date(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take a date of a form that both readers understand."""
        value = _value(element)
        if value and not is_date(value):
            raise _Unsure
        self.found[_DATES[name_of(element)]] = value

    def plain(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take a value as it stands."""
        self.found[name_of(element).removeprefix("dc:").replace(":", "_")] = _value(element)

    def medium(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take a picture, film or sound."""
        attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        if "url" not in attributes and (element.text or "").strip():
            raise _Unsure
        self.found.setdefault(name_of(element).replace(":", "_"), []).append(attributes)

    def picture(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take the picture of an episode."""
        if address := element.get("href") or element.get("url"):
            self.found["image"] = {"href": address}

    def enclosure(self, element: Any, depth: int) -> None:  # noqa: ARG002
        """Take an attached file."""
        attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        href = attributes.pop("url", attributes.pop("href", ""))
        self.found["links"].append({**attributes, "rel": "enclosure", "href": href})


_DATES = {
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "dcterms:issued": "published",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "dc:date": "updated",
    "dcterms:modified": "updated",
    "created": "created",
    "dcterms:created": "created",
}
_READERS: Mapping[str, Callable[[_Item, Any, int], None]] = {
    **dict.fromkeys(("title", "dc:title", "media:title"), _Item.title),
    **dict.fromkeys(("description", "summary", "dc:description", "itunes:summary"), _Item.summary),
    **dict.fromkeys(("content", "content:encoded"), _Item.content),
    **dict.fromkeys(("guid", "id"), _Item.guid),
    **dict.fromkeys(("author", "dc:creator", "dc:author", "itunes:author"), _Item.author),
    **dict.fromkeys(_DATES, _Item.date),
    **dict.fromkeys(("language", "dc:language", "feedburner:origlink", "media:caption"), _Item.plain),
    **dict.fromkeys(("media:content", "media:thumbnail"), _Item.medium),
    **dict.fromkeys(("category", "dc:subject"), _Item.category),
    "itunes:category": _Item.itunes_category,
    "itunes:keywords": _Item.keywords,
    "itunes:image": _Item.picture,
    "link": _Item.link,
    "source": _Item.source,
    "enclosure": _Item.enclosure,
}
_UNSURE = frozenset(
    {
        "abstract",
        "body",
        "xhtml:body",
        "fullitem",
        "textinput",
        "item",
        "entry",
        "managingeditor",
        "itunes:keywords",
        "media:keywords",
        "media:category",
        "keywords",
        "tags",
    }
)
_OPEN = frozenset({"media:group", "media:content", "itunes:category"})
"""Elements whose children count as the item's, one level below."""

_PASSED_OVER = frozenset({"contributor"})
"""Elements of which feedparser keeps the inside apart."""


def _entry(item: Any) -> Mapping[str, Any]:
    reading = _Item()
    if about := item.get(_ABOUT):
        reading.found["id"] = about
    for name, element, depth in _children(item, 1):
        _READERS[name](reading, element, depth)
    values = reading.found
    values["enclosures"] = [link for link in values["links"] if link["rel"] == "enclosure"]
    return values


def _children(parent: Any, depth: int) -> Iterator[tuple[str, Any, int]]:
    """Return the children that mean something, those inside media elements too. Others may hold nothing that
    does.
    """
    for child in parent:
        name = name_of(child)
        if name in _UNSURE:
            raise _Unsure
        if name in _READERS:
            yield name, child, depth
        if len(child) and name in _OPEN:
            yield from _children(child, depth + 1)
        elif len(child) and name not in _READERS and name not in _PASSED_OVER:
            yield from _filed(child, depth)


def _filed(parent: Any, depth: int) -> Iterator[tuple[str, Any, int]]:
    """Return the categories in an element that we do not know. It may hold nothing else that means
    something.
    """
    for inner in parent.iterdescendants():
        name = name_of(inner)
        if name == "category" and not len(inner):
            yield name, inner, depth
        elif name in _READERS or name in _UNSURE:
            raise _Unsure


def _kind(element: Any) -> str:
    """Return the declared type of a text; one that is neither plain nor escaped HTML is not for us."""
    kind = (element.get("type") or "text").lower()
    if kind not in _TEXTS or element.get("mode"):
        raise _Unsure
    return kind
