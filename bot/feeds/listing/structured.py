"""Lists that a page holds for machines as JSON-LD: posts of a blog, articles, elements of an `ItemList`."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from bot.feeds.jsonfeed import without_loose_commas
from bot.feeds.listing.dates import Dates, from_attribute
from bot.feeds.listing.items import MAX_TEASER, MAX_TITLE, Item
from bot.feeds.listing.outline import Outline
from bot.feeds.markup import one_line, plain

NODES = 3000
"""Objects that are looked at; shops list thousands."""

_ARTICLE_ENDINGS = ("article", "posting", "report")
_OTHER_ENDINGS = (
    "product",
    "jobposting",
    "breadcrumblist",
    "sitenavigationelement",
    "event",
    "recipe",
    "person",
    "organization",
    "place",
)
_LISTS = (
    "itemListElement",
    "blogPost",
    "blogPosts",
    "hasPart",
    "mainEntity",
    "@graph",
    "itemList",
    "item",
    "dataFeedElement",
)


_CDATA = re.compile(
    r"^\s{0,99}(?://|/\*)?\s{0,9}<!\[CDATA\[(?:\s{0,9}\*/)?|(?://|/\*)?\s{0,9}\]\]>(?:\s{0,9}\*/)?\s{0,99}$"
)


def structured_items(outline: Outline, dates: Dates) -> tuple[Item, ...]:
    """Return the articles that a page lists in JSON-LD, each link once."""
    by_link: dict[str, Item] = {}
    for kind, text in outline.scripts:
        if "ld+json" in kind.lower():
            for node in islice(_objects(load_json(text)), NODES):
                item = _item(node, outline, dates)
                if item:
                    by_link.setdefault(item.link, item)
    return tuple(by_link.values())


def load_json(text: str) -> Any:
    """Return what a JSON document holds, also between marks of CDATA or with a comma behind its last value;
    None where it is none.
    """
    for mend in (str, _mended):
        try:
            return json.loads(mend(text), strict=False)
        except (ValueError, RecursionError):
            # Broken data is common, and people see the page without it.
            continue
    return None


def _mended(text: str) -> str:
    return without_loose_commas(_CDATA.sub("", text).strip().rstrip(";"))


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Give the objects that a document lists; what is only a property of an article is none of them."""
    waiting = [value]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = node
        elif isinstance(node, dict):
            yield node
            if not is_kind(node, _ARTICLE_ENDINGS + _OTHER_ENDINGS):
                waiting[:0] = [
                    node[name] for name in _LISTS if not isinstance(node.get(name), (str, type(None)))
                ]


def is_kind(node: Mapping[str, Any], endings: tuple[str, ...]) -> bool:
    """Tell whether the type of an object ends like one of some words."""
    kinds = node.get("@type")
    return any(
        str(kind).lower().endswith(endings) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _item(node: Mapping[str, Any], outline: Outline, dates: Dates) -> Item | None:
    article = is_kind(node, _ARTICLE_ENDINGS) and not is_kind(node, _OTHER_ENDINGS)
    entry = is_kind(node, ("listitem",)) and not isinstance(node.get("item"), dict)
    if not article and not entry:
        return None
    link = next(
        (
            link
            for name in ("url", "mainEntityOfPage", "@id", "item")
            if (link := outline.link(_text(node.get(name))))
        ),
        "",
    )
    title = one_line(_text(node.get("headline")) or _text(node.get("name")))
    if not link or not title or link.split("#")[0].rstrip("/") == outline.url.split("#")[0].rstrip("/"):
        return None
    published = next(
        (
            moment
            for name in ("datePublished", "dateCreated")
            if (moment := from_attribute(_text(node.get(name)), dates))
        ),
        None,
    )
    image = outline.link(_text(node.get("image")))
    return Item(link, title[:MAX_TITLE], published, plain(_text(node.get("description")))[:MAX_TEASER], image)


def _text(value: Any) -> str:
    """Return the words or the address of a property, however it is written."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else ""
        if isinstance(value, dict):
            value = value.get("url") or value.get("@id") or value.get("@value") or ""
    return value if isinstance(value, str) else ""
