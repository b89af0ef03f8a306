"""A look at an address that may be a feed's."""

from datetime import timedelta

from bot.jobs import Context
from bot.model import ParsedFeed
from bot.ports import Fetched, FetchRequest

DEADLINE = timedelta(seconds=10)


async def feed_at(ctx: Context, request: FetchRequest) -> tuple[str, ParsedFeed]:
    """Return where an address leads, and the feed that is there. Raises `FeedError` or `OffloadError`."""
    response = await ctx.fetch(request)
    return response.url, await feed_in(ctx, response, request.requester)


async def feed_in(ctx: Context, response: Fetched, requester: int) -> ParsedFeed:
    """Return the feed in a document that was fetched on behalf of a server. Raises `NotAFeed` or
    `OffloadError`.
    """
    return await ctx.offload(
        ctx.parse,
        response.body,
        response.url,
        response.content_type,
        ctx.clock(),
        deadline=DEADLINE,
        requester=requester,
    )


async def listing_in(ctx: Context, found: Fetched, requester: int) -> ParsedFeed:
    """Return the list of news in a page, or a sitemap, that was fetched on behalf of a server. Raises
    `NotAFeed` or `OffloadError`.
    """
    return await ctx.offload(
        ctx.read_listing,
        found.body,
        found.url,
        found.content_type,
        ctx.clock(),
        deadline=DEADLINE,
        requester=requester,
    )
