"""Feeds that a page leads to and that bring nothing any more: whether something better is looked for."""

from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from bot.model import ParsedFeed
from bot.pipeline.timing import polling

_USUAL_ENDS = frozenset({"feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "default"})
"""How addresses end where sites keep a feed without saying so."""


def is_left_behind(feed: ParsedFeed, address: str, page: bytes, now: datetime) -> bool:
    """Tell whether a feed that was found by a page is idle, and the page may have something better: it names
    the feed, or that was guessed. Where a well-known site keeps the feed of such a page (the releases of a
    project), what comes after it is something else.
    """
    if not feed.entries:
        return True
    end = urlsplit(address).path.rstrip("/").rpartition("/")[2]
    is_of_page = end in _USUAL_ENDS or is_written(page, address)
    return is_of_page and polling.is_idle([entry.published for entry in feed.entries], now)


def is_written(page: bytes, address: str) -> bool:
    """Tell whether a page itself writes out an address, in any of its spellings."""
    parts = urlsplit(address)
    forms = (
        address,
        urlunsplit(("", parts.netloc, parts.path, parts.query, "")),
        urlunsplit(("", "", parts.path, parts.query, "")),
    )
    spellings = [f"{q}{s}{q}" for form in forms for s in (form, form.replace("&", "&amp;")) for q in "\"'"]
    return any(spelling.encode() in page for spelling in spellings)
