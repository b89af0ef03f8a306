"""From an address that a person gives to the feed that is there, or that its page leads to; where there is
none, why, in words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit, urlunsplit

from bot.commands.listing_search import search_listing
from bot.errors import (
    AddressRefused,
    CallError,
    FeedError,
    HostBusy,
    HttpFailed,
    NoDocument,
    NotAFeed,
    OffloadError,
    Unreachable,
)
from bot.jobs import Context
from bot.jobs.reading.collect import ROBOTS_REFUSE
from bot.jobs.reading.fetch_feed import DEADLINE, feed_at, feed_in
from bot.jobs.reading.idle_feeds import is_left_behind, is_written
from bot.model import FeedAccess, FeedFormat, ParsedFeed
from bot.pipeline.entries.urls import has_secret, mask_secrets
from bot.pipeline.timing.polling import has_recent
from bot.ports import Fetched, FetchRequest
from bot.text.titles import is_of_comments

TRIES = 7
"""Addresses that are tried after the page itself: eight requests in all, for publishers pay for them."""

OTHERS_MAX = 3
"""Further feeds of a page that are named."""

UNAUTHORIZED = 401
LOOK_ON = frozenset({403, 406})
"""Answers to a page after which its feed may be there all the same: some sites turn programs away from their
pages only.

What is not there at all (404) is not looked for elsewhere: it is more often mistyped than moved.
"""

TOO_MANY = 429
LOOKED_THROUGH = 300_000
"""Bytes of a page in which a field for a password is looked for."""

_LOGIN = re.compile(rb"<input\b[^>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed with its address, what else the page names that led to it, whether it is the page's own list of
    news that is read, and the `idle` feed of the page in whose place it is.
    """

    url: str
    feed: ParsedFeed
    others: tuple[str, ...] = ()
    format: FeedFormat = FeedFormat.FEED
    idle: ParsedFeed | None = None
    idle_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What stands at an address: a feed, or a page (empty where the site refused it)."""

    url: str
    body: bytes = b""
    feed: ParsedFeed | None = None
    failure: HttpFailed | None = None
    fetched: Fetched | None = None


@dataclass(slots=True, kw_only=True)
class _Search:
    """What trying addresses for a server has brought so far. `idle` is a feed that brings nothing, empty or
    left behind: good only where there is no better one.
    """

    requester: int
    access: FeedAccess | None
    page: bytes
    addresses: list[str] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    locked_address: str = ""
    idle: FoundFeed | None = None


async def find_feed(
    ctx: Context, address: str, requester: int = 0, access: FeedAccess | None = None
) -> FoundFeed:
    """Return the feed at an address, or the first one that the page there leads to, on behalf of a server and
    with what may go with its requests. Raises `CallError` with what was tried.
    """
    try:
        page = await _visit(ctx, address, requester, access)
        if page.feed is not None:
            return FoundFeed(_with_password(page.url, address), page.feed)
        leads = await ctx.offload(ctx.discover, page.body, page.url, deadline=DEADLINE, requester=requester)
    except (FeedError, OffloadError) as error:
        raise refusal(address, error, access) from error
    search = _Search(requester=requester, access=access, page=page.body)
    feed = await _first(ctx, leads[:TRIES], search)
    if search.idle is not None:
        feed = await _instead_of_idle(ctx, address, page, search.idle, feed, search)
    if feed is None:
        return await _find_listing(ctx, address, page, search)
    return replace(feed, others=feed.others or _other_feeds(page.body, leads, feed.url))


async def _instead_of_idle(
    ctx: Context, address: str, page: _Page, idle: FoundFeed, other_feed: FoundFeed | None, search: _Search
) -> FoundFeed:
    """Return what is read in place of an idle feed of a page: another feed that the page names, the list of
    news on the page, a feed that was guessed; the idle feed where there is none of them.
    """
    chosen = other_feed
    if other_feed is None or not is_written(page.body, other_feed.url):
        chosen = await _living_list(ctx, address, page, idle, search) or other_feed
    return replace(chosen, idle=idle.feed, idle_url=idle.url) if chosen else idle


async def _living_list(
    ctx: Context, address: str, page: _Page, idle: FoundFeed, search: _Search
) -> FoundFeed | None:
    """Return the list of news on a page beside its idle feed; None where there is none, or where it is as old
    as that.
    """
    try:
        listing = await _find_listing(ctx, address, page, search)
    except CallError as error:
        ctx.log.debug("listing.not_here", address=mask_secrets(address), cause=str(error))
        return None
    # The dates of a sitemap are those of changes: they do not make its pages news.
    is_on_page = urlsplit(listing.url).path == urlsplit(page.url).path
    is_recent = has_recent([entry.published for entry in listing.feed.entries], ctx.clock())
    if idle.feed.entries and not (is_on_page and is_recent):
        return None
    return replace(listing, others=(idle.url,))


async def _find_listing(ctx: Context, address: str, page: _Page, search: _Search) -> FoundFeed:
    """Return the list of news that is read in place of a feed. Raises `CallError` with what was found
    instead.
    """
    if search.locked_address or page.fetched is None:
        raise _nothing(address, page, search)
    try:
        url, feed = await search_listing(ctx, page.fetched, search.requester)
    except (FeedError, OffloadError) as error:
        raise _nothing(address, page, search, mask_secrets(str(error))) from error
    return FoundFeed(_with_password(url, address), feed, format=FeedFormat.PAGE)


async def _visit(ctx: Context, address: str, requester: int, access: FeedAccess | None) -> _Page:
    """Return what stands at an address. Raises `FeedError` where nothing can be there, `OffloadError` where
    it cannot be read.
    """
    try:
        page = await ctx.fetch(FetchRequest(url=address, requester=requester, access=access, head=True))
    except HttpFailed as error:
        if error.status not in LOOK_ON:
            raise
        return _Page(url=address, failure=error)
    try:
        feed = await feed_in(ctx, page, requester)
    except NoDocument:
        raise
    except NotAFeed:
        if page.body.lstrip()[:1] in {b"{", b"["}:
            raise  # data of a program leads nowhere, unlike a page
        return _Page(url=page.url, body=page.body, fetched=page)
    return _Page(url=page.url, feed=feed)


async def _first(ctx: Context, leads: Sequence[str], search: _Search) -> FoundFeed | None:
    """Return the first feed that is not idle; an idle one is remembered, and comments are no better."""
    for address in leads:
        host = urlsplit(address).hostname or ""
        feed = None if host in search.silent else await _try(ctx, address, host, search)
        if feed and not (search.idle and is_of_comments(f"{feed.feed.title} {address}")):
            return feed
    return None


async def _try(ctx: Context, address: str, host: str, search: _Search) -> FoundFeed | None:
    search.addresses.append(address)
    try:
        request = FetchRequest(url=address, requester=search.requester, access=search.access, head=True)
        url, feed = await feed_at(ctx, request)
    except (FeedError, OffloadError) as error:
        ctx.log.debug("feed.not_here", address=mask_secrets(address), cause=mask_secrets(str(error)))
        _learn(error, address, host, search)
        return None
    found_feed = FoundFeed(_with_password(url, address), feed)
    if is_left_behind(feed, address, search.page, ctx.clock()):
        if search.idle is None or (feed.entries and not search.idle.feed.entries):
            search.idle = found_feed
        return None
    return found_feed


def _learn(error: FeedError | OffloadError, address: str, host: str, search: _Search) -> None:
    """Ask no more of a host that does not answer or has had enough; remember a feed that wants a password."""
    status = error.status if isinstance(error, HttpFailed) else 0
    if isinstance(error, Unreachable | HostBusy) or status == TOO_MANY:
        search.silent.add(host)
    if status == UNAUTHORIZED:
        search.locked_address = search.locked_address or address


def _with_password(url: str, given_address: str) -> str:
    """Return where a document was found with the name and password it was asked with, as long as it is the
    same host.
    """
    url_parts, requested = urlsplit(url), urlsplit(given_address)
    if "@" not in requested.netloc or "@" in url_parts.netloc or url_parts.hostname != requested.hostname:
        return url
    return urlunsplit(url_parts._replace(netloc=f"{requested.netloc.rpartition('@')[0]}@{url_parts.netloc}"))


def _other_feeds(body: bytes, leads: Sequence[str], chosen_address: str) -> tuple[str, ...]:
    """Return the further feeds that the page itself writes out; guesses are not promised to anybody."""
    return tuple(lead for lead in leads if lead != chosen_address and is_written(body, lead))[:OTHERS_MAX]


# --- why there is none -------------------------------------------------------------------------------------


def refusal(address: str, error: FeedError | OffloadError, access: FeedAccess | None = None) -> CallError:
    """Return why an address cannot be read, for the person who gave it and what goes with its requests."""
    shown_address = mask_secrets(address)[:200]
    if access is not None:
        return CallError(
            "{address} cannot be read with what you gave: {cause}",
            address=shown_address,
            cause=mask_secrets(str(error)),
        )
    if isinstance(error, HttpFailed) and error.status == UNAUTHORIZED:
        return _locked_error(address)
    if isinstance(error, AddressRefused):
        return CallError(
            "{address} is not allowed. {cause}", address=shown_address, cause=mask_secrets(str(error))
        )
    return CallError(
        "{address} cannot be read: {cause}", address=shown_address, cause=mask_secrets(str(error))
    )


def _locked_error(address: str) -> CallError:
    shown_address = mask_secrets(address)[:200]
    if has_secret(address):
        return CallError("{address} does not accept that name and password.", address=shown_address)
    return CallError(
        "{address} needs a name and a password. Give them in the address, in a private chat with me: "
        "https://name:password@example.org/feed.xml; or a cookie or a header: {example}. An operator can put "
        "it into feeds.opml instead.",
        address=shown_address,
        example=_example(address),
    )


def _nothing(address: str, page: _Page, search: _Search, cause: str = "") -> CallError:
    shown_address, addresses = (
        mask_secrets(address)[:200],
        ", ".join(_short(tried_address, page.url) for tried_address in search.addresses),
    )
    if search.locked_address:
        return _locked_error(search.locked_address)
    if page.failure is not None and search.access is not None:
        return refusal(address, page.failure, search.access)
    if page.failure is not None:
        return CallError(
            "{address} cannot be read: {cause} I also looked at {tried}. If it wants a cookie or a header of "
            "yours, give it in a private chat with me: {example}",
            address=shown_address,
            cause=mask_secrets(str(page.failure)),
            tried=addresses,
            example=_example(address),
        )
    if cause != ROBOTS_REFUSE and _LOGIN.search(page.body, 0, LOOKED_THROUGH):
        return CallError(
            "{address} shows a page to log in, not a feed. I looked at {tried}. Feeds with a "
            "password are given like https://name:password@example.org/feed.xml, in a private chat with me, "
            "and those that want a cookie so: {example}",
            address=shown_address,
            tried=addresses,
            example=_example(address),
        )
    return CallError(
        "{address} is a page without a feed (I looked at {tried}), and its news cannot be read "
        "off it: {cause} "
        "Give me the page that lists the news, or the address of a feed.",
        address=shown_address,
        tried=addresses,
        cause=cause,
    )


def _example(address: str) -> str:
    """Return how the feed at an address is added with a cookie."""
    return f"/feeds add {mask_secrets(address)[:200]} cookie NAME=VALUE"


def _short(address: str, page: str) -> str:
    """Return an address as briefly as it is clear: only its path where it is on the page's own host."""
    parts = urlsplit(mask_secrets(address))
    if parts.hostname != urlsplit(mask_secrets(page)).hostname:
        return mask_secrets(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
