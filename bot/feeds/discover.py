"""From a page to the feeds it names."""

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
    "text/xml",
)
COMMON = (
    "/feed",
    "/rss",
    "/feed.xml",
    "/rss.xml",
    "/atom.xml",
    "/index.xml",
    "/feed/",
    "/feeds/posts/default",
)
"""Paths where sites keep a feed without saying so."""

_COMMENTS = re.compile(r"comment", re.IGNORECASE)


def discover(body: bytes, url: str) -> tuple[str, ...]:
    """Return the feed addresses that a page names in its head, best first, then the common places of its site."""
    return tuple(dict.fromkeys((*_named(body, url), *_common(url))))


def _named(body: bytes, url: str) -> list[str]:
    try:
        root = lxml_html.document_fromstring(
            body, parser=lxml_html.HTMLParser(huge_tree=False, no_network=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    found: list[tuple[bool, int, str]] = []
    for order, link in enumerate(root.iter("link")):
        rel, kind, href = (
            link.get(name, "").lower() if name != "href" else link.get(name, "")
            for name in ("rel", "type", "href")
        )
        if "alternate" in rel.split() and kind.split(";")[0].strip() in TYPES and href:
            label = f"{link.get('title', '')} {href}"
            found.append((bool(_COMMENTS.search(label)), order, _absolute(url, href.strip())))
    return [address for _, _, address in sorted(found) if address.startswith(("http://", "https://"))]


def _absolute(url: str, href: str) -> str:
    try:
        return urljoin(url, href)
    except ValueError:
        return ""


def _common(url: str) -> list[str]:
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    here = parts.path.rstrip("/")
    return ([f"{root}{here}/feed"] if here else []) + [root + path for path in COMMON]
