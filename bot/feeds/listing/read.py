"""A page's list of news as the feed that its site does not serve: the same values that `parse` gives for a
feed's document.
"""

from collections.abc import Set
from datetime import datetime

from bot.errors import NotAFeed
from bot.feeds.file_formats import refuse_file
from bot.feeds.listing.find import Refusal, find_listing
from bot.feeds.listing.items import Item
from bot.feeds.markup import one_line, tidy
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.entries.identify import without_session
from bot.text.language import language_of

MIN_INTERVAL = 3600
"""Seconds between two readings of a page: it is larger than a feed, and nobody made it to be polled."""

REASONS = {
    Refusal.EMPTY: "The page is empty.",
    Refusal.SCRIPTS: "The page is drawn by scripts in a browser, and what it serves holds no list.",
    Refusal.ARTICLE: "The page reads like one article, not like a list of news.",
    Refusal.FEW: "The page has no three links that could be a list of news.",
    Refusal.UNCLEAR: "No list of news can be told on the page.",
    Refusal.MISSING: "The page says that it cannot be found.",
    Refusal.LOGIN: "The page asks to log in before it shows anything.",
    Refusal.PAYWALL: "The page is for subscribers: it shows a paywall in place of its news.",
    Refusal.CONSENT: "The page asks for consent to cookies before it shows anything.",
    Refusal.CHALLENGE: "The site asks for a proof that a person reads, and shows programs nothing.",
    Refusal.JOBS: "The page lists open positions, not news.",
    Refusal.EVENTS: "The page is a calendar of events to come, not a list of news.",
    Refusal.RESULTS: "The page shows results of a search, not a list of news.",
    Refusal.THREAD: "The page is one thread of a forum, not a list of news.",
    Refusal.GUIDES: "The page is an index of guides or documentation, not a list of news.",
}


def read_listing(
    body: bytes,
    url: str,
    content_type: str,
    now: datetime,
    known_keys: Set[str] = frozenset(),  # noqa: ARG001  it is called as `parse` is
) -> ParsedFeed:
    """Return the list of news on a page fetched from `url` as a feed. Raises `NotAFeed` with what the page is
    instead.

    A page is always read whole: `known_keys` changes nothing.
    """
    refuse_file(body)
    listing = find_listing(body, url, now, content_type)
    if listing.refusal is not None:
        raise NotAFeed(REASONS[listing.refusal])
    entries = tuple(_entry(item, listing.language, now) for item in listing.items)
    return ParsedFeed(
        title=one_line(listing.title),
        home=url,
        language=listing.language,
        entries=entries,
        min_interval=MIN_INTERVAL,
    )


def _entry(item: Item, language: str, now: datetime) -> ParsedEntry:
    """Return an item as an entry. What is dated ahead is announced today."""
    title, text = one_line(item.title), tidy(item.teaser)
    published = min(item.published, now) if item.published else None
    return ParsedEntry(
        guid=item.guid,
        link=without_session(item.link),
        title=title,
        text=text,
        language=language_of(f"{title} {text}", language),
        published=published,
        image=item.image,
        is_dated_by_month=item.is_dated_by_month,
    )
