"""From a page without a feed to the list of news that can be read in its place: on the page itself, else in a
sitemap of its site.
"""

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from bot.errors import FeedError, NotAFeed, OffloadError
from bot.jobs import Context
from bot.jobs.reading.collect import ROBOTS_REFUSE
from bot.jobs.reading.fetch_feed import DEADLINE, listing_in
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.entries.urls import mask_secrets, registered_domain
from bot.ports import Fetched, FetchRequest

MAX_SITEMAPS = 3
"""Sitemaps that are asked for, indexes of sitemaps among them."""

FEWEST_ENTRIES = 3
SECTION_SHARE = 0.8
"""Share of the pages in a sitemap that must lie below a page for it to be that page's own."""


async def search_listing(ctx: Context, page: Fetched, requester: int) -> tuple[str, ParsedFeed]:
    """Return where the list of news of a page is, and the list. Raises `NotAFeed` with what the page is
    instead, or `FeedError`, `OffloadError`.
    """
    request = FetchRequest(url=page.url, page=True, requester=requester)
    if not (await ctx.check_robots(request)).allowed:
        raise NotAFeed(ROBOTS_REFUSE)
    try:
        return page.url, await listing_in(ctx, page, requester)
    except NotAFeed:
        if listing := await _in_sitemap(ctx, page.url, requester):
            return listing
        raise


async def _in_sitemap(ctx: Context, url: str, requester: int) -> tuple[str, ParsedFeed] | None:
    if not urlsplit(url).path.strip("/"):
        return None  # at the root of a site no sitemap is its list of news
    waiting = list(await _names_in(ctx, urljoin(url, "/robots.txt"), requester))
    for _ in range(MAX_SITEMAPS):
        if not waiting:
            return None
        address = waiting.pop(0)
        try:
            document = await ctx.fetch(FetchRequest(url=address, requester=requester))
            feed = await listing_in(ctx, document, requester)
            if _is_of_page(feed.entries, url):
                return document.url, feed
        except NotAFeed:
            waiting[:0] = await _names_in(ctx, address, requester)
        except (FeedError, OffloadError) as error:
            ctx.log.debug("sitemap.not_here", address=mask_secrets(address), cause=mask_secrets(str(error)))
    return None


async def _names_in(ctx: Context, address: str, requester: int) -> Sequence[str]:
    """Return the sitemaps that a robots.txt or an index names, none where it cannot be read."""
    try:
        document = await ctx.fetch(FetchRequest(url=address, requester=requester))
        return await ctx.offload(
            ctx.name_sitemaps, document.body, document.url, deadline=DEADLINE, requester=requester
        )
    except (FeedError, OffloadError) as error:
        ctx.log.debug("sitemap.none_named", address=mask_secrets(address), cause=mask_secrets(str(error)))
        return ()


def _is_of_page(entries: Sequence[ParsedEntry], url: str) -> bool:
    """Tell whether the pages of a sitemap are dated and lie below a page, on its own site."""
    folder, site = urlsplit(url).path.rstrip("/") + "/", registered_domain(url)
    below = [
        entry
        for entry in entries
        if entry.published
        and urlsplit(entry.link).path.startswith(folder)
        and registered_domain(entry.link) == site
    ]
    return len(below) >= max(FEWEST_ENTRIES, SECTION_SHARE * len(entries))
