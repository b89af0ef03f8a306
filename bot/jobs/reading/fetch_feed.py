"""A look at an address that may be a feed's."""

from datetime import timedelta

from bot.jobs import Context
from bot.model import ParsedFeed
from bot.ports import Fetched, FetchRequest

DEADLINE = timedelta(seconds=10)


async def feed_at(ctx: Context, request: FetchRequest) -> tuple[str, ParsedFeed]:
    """Return where an address leads, and the feed that is there. Raises `FeedError` or `OffloadError`."""
    found = await ctx.fetch(request)
    return found.url, await feed_in(ctx, found, request.requester)


async def feed_in(ctx: Context, found: Fetched, requester: int) -> ParsedFeed:
    """Return the feed in a document that was fetched on behalf of a server. Raises `NotAFeed` or `OffloadError`."""
    return await ctx.offload(
        ctx.parse,
        found.body,
        found.url,
        found.content_type,
        ctx.clock(),
        deadline=DEADLINE,
        requester=requester,
    )
