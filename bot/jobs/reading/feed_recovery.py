"""What becomes of a feed that cannot be read: it rests longer and longer, is looked for on its site, ends, or
moves.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from urllib.parse import urljoin

from bot.errors import FeedError, HttpFailed, NotAFeed, OffloadError
from bot.jobs import Context
from bot.jobs.operating.notices import tell_operators
from bot.jobs.reading.fetch_feed import DEADLINE, feed_at, listing_in
from bot.jobs.reading.idle_feeds import is_left_behind
from bot.jobs.reading.lost_lists import tell_of_lost_list
from bot.model import Feed, FeedFormat, FeedState
from bot.pipeline.entries.identify import link_key
from bot.pipeline.entries.urls import feed_key, mask_secrets
from bot.pipeline.timing import polling
from bot.ports import Fetched, FetchRequest
from bot.store import feed_visibility, feeds, subscriptions
from bot.store.feeds import FailedPoll
from bot.text.titles import is_of_comments

TRIES = 4
GONE_STATUS = 410
LOST_STATUSES = frozenset({404, 410})


async def after_failure(
    ctx: Context,
    feed: Feed,
    error: FeedError | OffloadError,
    record: Callable[[FailedPoll], Awaitable[object]],
) -> None:
    """Have it recorded that a feed could not be read, and do what that calls for."""
    now = ctx.clock()
    status, after = (error.status, error.retry_after) if isinstance(error, HttpFailed) else (0, 0)
    shortest = max(
        ctx.policy.shortest_poll, polling.UNCONDITIONAL if feed.format is FeedFormat.PAGE else timedelta()
    )
    retry_at = polling.retry_poll(feed.id, now, feed.failures + 1, after, shortest=shortest)
    await record(
        FailedPoll(
            feed_id=feed.id,
            at=now,
            next_poll_at=retry_at,
            error=mask_secrets(str(error)),
            gone=status == GONE_STATUS,
        )
    )
    ctx.log.warning(
        "feed.failed",
        feed=feed.id,
        url=mask_secrets(feed.url),
        cause=mask_secrets(str(error)),
        failures=feed.failures + 1,
    )
    since = feed.failing_since or now
    is_notice_due = polling.is_due_for_notice(feed.failures + 1, since, feed.noticed_at, now)
    if status == GONE_STATUS and polling.has_ended(feed.gone_at, now):
        await _end(ctx, feed)
    elif (status in LOST_STATUSES or isinstance(error, NotAFeed)) and polling.is_due_for_search(
        since, feed.searched_at, now
    ):
        if not await _search(ctx, feed) and is_notice_due and feed.format is FeedFormat.PAGE:
            await _notice(ctx, feed, error)
    elif (
        isinstance(error, NotAFeed)
        and feed.format is FeedFormat.FEED
        and feed.first_ok_at is None
        and feed.searched_at is None
    ):
        await _look_at_page(ctx, feed)
    elif is_notice_due:
        await _notice(ctx, feed, error)


async def _end(ctx: Context, feed: Feed) -> None:
    """Retire a feed whose publisher has ended it."""
    async with ctx.store.write() as tx:
        await feeds.set_values(tx, feed.id, state=FeedState.RETIRED)
        await tell_operators(
            tx,
            ctx,
            f"ended:{feed.id}",
            "{title} has ended: its server says that it is gone for good. It is no longer read.",
            title=feed.title or mask_secrets(feed.url),
            server_id=feed.requester,
        )
    ctx.log.warning("feed.ended", feed=feed.id, url=mask_secrets(feed.url))


async def _notice(ctx: Context, feed: Feed, error: FeedError | OffloadError) -> None:
    async with ctx.store.write() as tx:
        await feeds.set_values(tx, feed.id, noticed_at=ctx.clock())
        if feed.format is FeedFormat.PAGE and await tell_of_lost_list(tx, ctx, feed, error):
            return
        await tell_operators(
            tx,
            ctx,
            f"failing:{feed.id}:{feed.failing_since or ctx.clock():%Y%m%d%H%M}",
            "{title} cannot be read since {since}: {cause} It is tried again by itself.",
            title=feed.title or mask_secrets(feed.url),
            since=f"{feed.failing_since or ctx.clock():%Y-%m-%d}",
            cause=mask_secrets(str(error)),
            server_id=feed.requester,
        )


async def _search(ctx: Context, feed: Feed) -> bool:
    """Look on the feed's site for where it is now; returns whether it is read there from now on."""
    async with ctx.store.write() as tx:
        await feeds.set_values(tx, feed.id, searched_at=ctx.clock())
    new_address = await _on_its_site(ctx, feed)
    ctx.log.info(
        "feed.searched",
        feed=feed.id,
        url=mask_secrets(feed.url),
        found=mask_secrets(new_address) or "nowhere",
    )
    if new_address:
        await move(ctx, feed, new_address, FeedFormat.FEED)
    return bool(new_address)


async def _look_at_page(ctx: Context, feed: Feed) -> None:
    """Look once at a page that a list of feeds named as one: for the feed that it leads to, else for its list
    of news, to read that.
    """
    async with ctx.store.write() as tx:
        await feeds.set_values(tx, feed.id, searched_at=ctx.clock())
    request = FetchRequest(
        url=feed.url, page=True, requester=feed.requester, declared=feed.declared, access=feed.access
    )
    try:
        if not (await ctx.check_robots(request)).allowed:
            return
        page = await ctx.fetch(request)
        leads = await ctx.offload(
            ctx.discover, page.body, page.url, deadline=DEADLINE, requester=feed.requester
        )
        feed_address, is_alive = await _first_readable(ctx, feed, leads, page.body)
        if feed_address and (is_alive or not await _has_newer_list(ctx, feed, page)):
            await move(ctx, feed, feed_address)
            return
        await listing_in(ctx, page, feed.requester)
    except (FeedError, OffloadError) as error:
        ctx.log.info("feed.nothing_found", feed=feed.id, cause=mask_secrets(str(error)))
        return
    async with ctx.store.write() as tx:
        await feeds.set_values(tx, feed.id, format=FeedFormat.PAGE, next_poll_at=ctx.clock())
    ctx.log.info("feed.replaced_by_page", feed=feed.id, url=mask_secrets(feed.url))


async def _has_newer_list(ctx: Context, feed: Feed, page: Fetched) -> bool:
    """Tell whether a page has a list of news that is younger than a feed that was left behind."""
    try:
        listing = await listing_in(ctx, page, feed.requester)
    except (FeedError, OffloadError) as error:
        ctx.log.debug("listing.not_here", feed=feed.id, cause=mask_secrets(str(error)))
        return False
    return polling.has_recent([entry.published for entry in listing.entries], ctx.clock())


async def _on_its_site(ctx: Context, feed: Feed) -> str:
    try:
        home = feed.home or urljoin(feed.url, "/")
        page = await ctx.fetch(
            FetchRequest(url=home, page=True, requester=feed.requester, declared=feed.declared)
        )
        leads = await ctx.offload(
            ctx.discover, page.body, page.url, deadline=DEADLINE, requester=feed.requester
        )
    except (FeedError, OffloadError) as error:
        ctx.log.info("feed.site_unreadable", feed=feed.id, cause=mask_secrets(str(error)))
        return ""
    return (await _first_readable(ctx, feed, leads, page.body))[0]


async def _first_readable(ctx: Context, feed: Feed, leads: Sequence[str], page: bytes) -> tuple[str, bool]:
    """Return the first of some addresses where another feed with entries is, and whether it is alive: the
    first living one before all that were left behind; empty where there is none.
    """
    idle_address = ""
    for lead in [lead for lead in leads if link_key(lead) != link_key(feed.url)][:TRIES]:
        if idle_address and is_of_comments(lead):
            continue
        request = FetchRequest(url=lead, requester=feed.requester, declared=feed.declared, head=True)
        candidate, is_alive = await _readable(ctx, request, page)
        if is_alive:
            return candidate, True
        idle_address = idle_address or candidate
    return idle_address, False


async def _readable(ctx: Context, request: FetchRequest, page: bytes) -> tuple[str, bool]:
    """Return where a feed with entries is and whether it is alive, an empty address when there is none."""
    try:
        url, feed = await feed_at(ctx, request)
    except (FeedError, OffloadError) as error:
        ctx.log.debug("feed.not_here", address=mask_secrets(request.url), cause=mask_secrets(str(error)))
        return "", False
    return (url if feed.entries else ""), not is_left_behind(feed, request.url, page, ctx.clock())


async def move(ctx: Context, feed: Feed, url: str, form: FeedFormat | None = None) -> None:
    """Read a feed at another address from now on, where another form of it may be; where that is read
    already, it counts wherever this one does, and what draws on this one draws on it.
    """
    async with ctx.store.write() as tx:
        twin = await feeds.twin_of(tx, feed_key(url), feed.server_id)
        if twin is None or twin == feed.id:
            await feeds.move(tx, feed, url, feed_key(url))
            await feeds.set_values(tx, feed.id, next_poll_at=ctx.clock(), format=form or feed.format)
        else:
            await subscriptions.replace_feed(tx, feed.id, twin)
            await feed_visibility.join(tx, feed.id, twin)
            await feeds.set_values(
                tx,
                feed.id,
                state=FeedState.RETIRED,
                error=f"It moved to {mask_secrets(url)}, which is read already.",
            )
    ctx.log.info("feed.moved", feed=feed.id, url=mask_secrets(feed.url), to=mask_secrets(url), joined=twin)
