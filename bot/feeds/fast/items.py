"""The items of a feed document before they are read: which there are, and which are known from an earlier
reading.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import pairwise
from typing import Any, TypeVar

from lxml import etree

from bot.feeds.dates import date_of

DATES = frozenset(
    {"pubdate", "published", "issued", "updated", "modified", "dc:date", "dcterms:issued", "created"}
)
"""Elements of an item that date it."""

ATOM = "http://www.w3.org/2005/atom"
_SPACES = {
    ATOM: "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
"""Namespaces, in lower case, whose elements mean something to us, and feedparser's prefix for them."""


@dataclass(frozen=True, slots=True)
class Items:
    """A well-formed document: its root, the element that describes the feed, its items and a hash of each
    one's bytes.
    """

    root: Any
    channel: Any
    elements: tuple[Any, ...]
    hashes: tuple[str, ...]
    atom: bool

    def fresh(self, known: Set[str]) -> tuple[Any, ...]:
        """Return the items whose hash is not known; all of them where one means something only among the
        others.
        """
        if not known or not self._told_apart():
            return self.elements
        return tuple(
            item for item, digest in zip(self.elements, self.hashes, strict=True) if digest not in known
        )

    def share_links(self, chosen: tuple[Any, ...]) -> bool:
        """Tell whether some of these items link where one of the others does: a column has one page, and is
        known for one only with its editions side by side.
        """
        chosen_items = set(chosen)
        others = [item for item in self.elements if item not in chosen_items]
        return not _links_of(chosen).isdisjoint(_links_of(others))

    def _told_apart(self) -> bool:
        """Tell whether each item has a guid of its own."""
        guids = [next((c.text for c in item if name_of(c) in {"guid", "id"}), None) for item in self.elements]
        return all(guids) and len(set(guids)) == len(guids)

    def reduced_to(self, kept: tuple[Any, ...]) -> bytes:
        """Return the document with these items alone. The others are taken out of the tree."""
        staying = set(kept)
        for item in self.elements:
            if item not in staying:
                item.getparent().remove(item)
        document: bytes = etree.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return document


def _links_of(items: Iterable[Any]) -> set[str]:
    """Return where items link, as it is written."""
    links = (child for item in items for child in item if name_of(child) == "link")
    pages = (link for link in links if link.get("rel", "alternate") == "alternate")
    return {(page.text or "").strip() or page.get("href", "") for page in pages} - {""}


def items_of(body: bytes, limit: int, now: datetime) -> Items | None:
    """Return the newest `limit` items of a UTF-8 document; None where it is not well-formed or of a form we
    do not know.
    """
    try:
        root = etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return None
    parts = _channel_and_items(root)
    if parts is None:
        return None
    channel, elements = parts[0], tuple(newest(parts[1], limit, lambda item: _date_of(item, now)))
    hashes = tuple(blake2b(etree.tostring(e, with_tail=False), digest_size=8).hexdigest() for e in elements)
    return Items(root, channel, elements, hashes, name_of(root) == "feed")


Item = TypeVar("Item")


def newest(items: Sequence[Item], limit: int, date: Callable[[Item], datetime | None]) -> list[Item]:
    """Return the newest of many items, in the order they stand in: some feeds are whole archives, the oldest
    first. Where few have a date the first ones are taken for the newest.
    """
    if len(items) <= limit:
        return list(items)
    dates = [date(item) for item in items]
    if sum(date is not None for date in dates) * 2 < len(items):
        return list(items[:limit])
    certain_dates = [date for date in dates if date is not None]
    rising = sum(a < b for a, b in pairwise(certain_dates)) > sum(a > b for a, b in pairwise(certain_dates))
    order = sorted(
        range(len(items)),
        key=lambda place: (dates[place] or certain_dates[0], place if rising else -place),
        reverse=True,
    )
    return [items[place] for place in sorted(order[:limit])]


def _date_of(item: Any, now: datetime) -> datetime | None:
    values = (child.text for child in item if name_of(child) in DATES)
    return next((date for value in values if value and (date := date_of(value, None, now))), None)


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _channel_and_items(root: Any) -> tuple[Any, list[Any]] | None:
    name = name_of(root)
    if name == "feed" and (etree.QName(root).namespace or "").lower() == ATOM:
        return root, [child for child in root if name_of(child) == "entry"]
    channels = [child for child in root if name_of(child) == "channel"]
    outside = [child for child in root if name_of(child) == "item"]
    if len(channels) != 1:
        return None
    if name == "rss":
        return channels[0], [child for child in channels[0] if name_of(child) == "item"] + outside
    declared = {str(uri).lower() for uri in root.nsmap.values()}
    return (channels[0], outside) if name == "rdf:rdf" and ATOM not in declared else None


def name_of(element: Any) -> str:
    """Return an element's name as feedparser has it: its prefix for a known namespace, the document's for
    others; empty for no element.
    """
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    if tag[0] != "{":
        return tag.lower()
    space, _, local = tag[1:].partition("}")
    prefix = _SPACES.get(space.lower())
    if prefix is None:
        prefix = f"{element.prefix}:" if element.prefix else ""
    return (prefix + local).lower()
