"""From a page to the feeds it leads to."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from bot.feeds.document_screen import uncrowded
from bot.feeds.sites import of_shape, of_site
from bot.text.titles import is_of_comments

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

MOST = 40
"""Addresses that a page may name; a page that lists hundreds is a directory, and nobody tries them all."""

_FEED_PATH = re.compile(r"(?:^|[/._-])(?:rss2?|atom|feeds?)(?:[/._-]|$)|\.(?:xml|rdf)$", re.IGNORECASE)
_FEED_WORDS = re.compile(
    r"\b(?:rss|atom|feeds?|syndicat\w*|subscribe|abonnieren|s'abonner|iscriviti|suscrib\w*)\b|订阅|フィード|購読",
    re.IGNORECASE,
)
_NOT_FEEDS = re.compile(r"sitemap|opensearch|oembed|/wp-json/|manifest", re.IGNORECASE)

Named = tuple[str, str]
"""An address on a page, and what the page says of it."""


def discover(body: bytes, url: str) -> tuple[str, ...]:
    """Return the feed addresses that a page leads to, best first. Its order:

    1. the place where a well-known site keeps the feed of such a page (`sites.of_site`); 2. feeds the page
    names in `link` elements, wherever they stand: those of the same host and below the page's own
       path first, then those of the same host, then others, each in the order of the page;
    3. feeds it links to in its text: addresses that look like a feed with words that speak of one, in the
    same order; 4. what the path looks like on any host: Mastodon's `/@user`, WordPress' `/category/x`
    (`sites.of_shape`); 5. the common places: `/feed` below the page, then those of `COMMON` on its host; 6.
    feeds of comments, which nobody looks for unless there is nothing else.

    An empty body gives 1, 4 and 5: what may be tried where the page itself cannot be read.
    """
    names = _named(uncrowded(body), url)
    comments = [address for address, words in names if is_of_comments(f"{words} {address}")]
    news = [address for address, _ in names if address not in comments]
    candidates = (*of_site(url, body), *news, *of_shape(url), *_common(url), *comments)
    return tuple(dict.fromkeys(address for address in candidates if address != url))


def _named(body: bytes, url: str) -> list[Named]:
    """Return the feeds that a page names in its elements, then those it links to, each sorted by nearness."""
    root = _tree(body)
    if root is None:
        return []
    base = _absolute(url, next((b.get("href", "") for b in root.iter("base")), "")) or url
    elements = _whole(_elements(root), base)
    links = _whole(_links(root), base)
    return [*sorted(elements, key=lambda one: _far(one, url)), *sorted(links, key=lambda one: _far(one, url))]


def _tree(body: bytes) -> Any:
    try:
        return lxml_html.document_fromstring(
            body,
            parser=lxml_html.HTMLParser(huge_tree=False, no_network=True, encoding=_encoding(body)),
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _encoding(body: bytes) -> str | None:
    """Return UTF-8 where the body is that, whatever it says of itself; else lxml reads what it says."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _elements(root: Any) -> Iterator[Named]:
    for link in root.iter("link"):
        rel, kind = link.get("rel", "").lower().split(), link.get("type", "").lower().split(";")[0].strip()
        href = link.get("href", "").strip()
        if ("alternate" in rel or "feed" in rel) and kind in TYPES and not _NOT_FEEDS.search(href):
            yield href, link.get("title", "")


def _links(root: Any) -> Iterator[Named]:
    for link in root.iter("a"):
        href = link.get("href", "").strip()
        if not _looks_like_a_feed(href):
            continue
        words = " ".join(
            (*link.itertext(), link.get("title", ""), link.get("aria-label", ""), link.get("class", ""))
        ) + _alt(link)
        if _FEED_WORDS.search(words):
            yield href, words


def _looks_like_a_feed(href: str) -> bool:
    path = re.split(r"[?#]", href, maxsplit=1)[0]
    return bool(_FEED_PATH.search(path)) and not _NOT_FEEDS.search(href)


def _alt(link: Any) -> str:
    """The orange button is often a picture without any text but its description."""
    return "".join(f" {image.get('alt', '')}" for image in link.iter("img"))


def _whole(candidates: Iterable[Named], base: str) -> list[Named]:
    addresses = ((_absolute(base, href), words) for href, words in candidates if href)
    return list(islice((one for one in addresses if one[0].startswith(("http://", "https://"))), MOST))


def _absolute(url: str, href: str) -> str:
    try:
        return urljoin(url, re.sub(r"^feed:(?://)?(?=https?:)", "", href))
    except ValueError:
        return ""


def _far(one: Named, url: str) -> int:
    """Tell how far a feed is from its page: 0 below the page's own path, 1 on its host, 2 elsewhere."""
    try:
        feed, page = urlsplit(one[0]), urlsplit(url)
    except ValueError:
        return 2
    if feed.hostname != page.hostname:
        return 2
    folder = page.path.rstrip("/") + "/"
    return 0 if folder != "/" and feed.path.startswith(folder) else 1


def _common(url: str) -> list[str]:
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    here = parts.path.rstrip("/")
    return ([f"{root}{here}/feed"] if here else []) + [root + path for path in COMMON]
