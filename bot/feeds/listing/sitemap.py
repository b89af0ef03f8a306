"""News sitemaps, and sitemaps of a site's sections: addresses with their dates, and titles where they are
told.
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from bot.errors import NotAFeed
from bot.feeds.dates import known_form
from bot.feeds.document_screen import refuse_bombs
from bot.feeds.links import web_link
from bot.feeds.listing.items import MAX_TITLE, UNDATED, Item
from bot.feeds.markup import one_line

MAX_ENTRIES = 5000
SHORTEST_NAME = 3
"""Words that the end of an address must have to be called a title."""

_ROOT = re.compile(rb"<(?:[\w-]+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_NEWS = re.compile(r"news|post|blog|article|press", re.IGNORECASE)


def is_sitemap(body: bytes) -> bool:
    """Tell whether a document is a sitemap by its beginning."""
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and bool(_ROOT.search(head)) and b"<html" not in head.lower()


def name_sitemaps(body: bytes, url: str) -> tuple[str, ...]:
    """Return the sitemaps that a robots.txt names, or an index of sitemaps: those that speak of news first,
    then a robots.txt's usual place.
    """
    return inner_sitemaps(body) if is_sitemap(body) else _of_robots(body.decode("utf-8", "replace"), url)


def _of_robots(robots: str, url: str) -> tuple[str, ...]:
    links = [link for line in _SITEMAP_LINE.findall(robots) if (link := web_link(line, url))]
    parts = urlsplit(url)
    usual = f"{parts.scheme}://{parts.netloc}/sitemap.xml"
    links.sort(key=lambda link: not _NEWS.search(urlsplit(link).path))
    return tuple(dict.fromkeys([*links, usual]))


def sitemap_items(body: bytes, now: datetime) -> tuple[Item, ...]:
    """Return the pages that a sitemap lists, the newest first; pages without a title take the words of their
    address.
    """
    root = _root(body)
    if root is None:
        return ()
    result: dict[str, Item] = {}
    for node in list(root)[:MAX_ENTRIES]:
        values = _values(node)
        link = web_link(values.get("loc", ""), "")
        title = one_line(values.get("title", "")) or _name(link)
        moment = known_form((values.get("publication_date") or values.get("lastmod") or "").strip())
        if link and title and _kind(node) == "url":
            result.setdefault(link, Item(link, title[:MAX_TITLE], min(moment, now) if moment else None))
    return tuple(sorted(result.values(), key=lambda item: item.published or UNDATED, reverse=True))


def inner_sitemaps(body: bytes) -> tuple[str, ...]:
    """Return the sitemaps that an index of sitemaps names, those that speak of news first."""
    root = _root(body)
    links = (
        [
            web_link(_values(node).get("loc", ""), "")
            for node in list(root)[:MAX_ENTRIES]
            if _kind(node) == "sitemap"
        ]
        if root is not None
        else []
    )
    return tuple(sorted(filter(None, links), key=lambda link: not _NEWS.search(urlsplit(link).path)))


def _root(body: bytes) -> Any:
    try:
        refuse_bombs(body)
        return etree.fromstring(
            body.lstrip(b"\xef\xbb\xbf \t\r\n"),
            etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False),
        )
    except (NotAFeed, etree.XMLSyntaxError, ValueError):
        # What cannot be read lists nothing.
        return None


def _kind(node: Any) -> str:
    return str(etree.QName(node).localname).lower() if isinstance(node.tag, str) else ""


def _values(node: Any) -> dict[str, str]:
    """Return the texts below an entry by the name of their element."""
    result: dict[str, str] = {}
    for descendant in node.iter():
        if isinstance(descendant.tag, str) and descendant.text and descendant.text.strip():
            result.setdefault(_kind(descendant), descendant.text.strip())
    return result


def _name(link: str) -> str:
    """Return the words at the end of an address, empty where it has too few for a title."""
    try:
        last = unquote(urlsplit(link).path.rstrip("/").rsplit("/", 1)[-1])
    except ValueError:
        return ""
    words = re.sub(r"\.\w{2,5}$", "", last).replace("_", "-").split("-")
    telling = [word for word in words if word and not word.isdigit()]
    return " ".join(telling).capitalize() if len(telling) >= SHORTEST_NAME else ""
