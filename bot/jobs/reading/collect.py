"""collect: poll a feed, parse what it serves, and have it kept.

due feed ── fetch ── unchanged ───────────────────► its next time
              │  └── changed ── parse (child) ── keep ─► its next time, wake group
              └── failed ── its next time, later and later; told to the operator once, looked for on its site
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.errors import AddressRefused, DatabaseUnavailable, FeedError, HostBusy, NotAFeed, OffloadError
from bot.jobs import Context
from bot.jobs.reading import websub
from bot.jobs.reading.costs import expense_of
from bot.jobs.reading.feed_recovery import after_failure, move
from bot.jobs.reading.ingest import (
    IngestResult,
    PolledDocument,
    Validators,
    is_pushed,
    poll_record,
    store_polled,
)
from bot.model import Feed, FeedFormat, FeedState
from bot.pipeline.entries.analyse import reading
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.timing import polling
from bot.ports import Fetched, FetchRequest
from bot.store import feeds, usage
from bot.store.batching import Batcher
from bot.store.feeds import FailedPoll, Polled
from bot.tally import Counted

PARSE_DEADLINE = timedelta(seconds=10)
OF_ONE_SERVER = 4
"""Feeds that are polled at a time of those that one server reads for itself."""

UNREADABLE = "It could not be read: something in it breaks the reader. The log says more."
ROBOTS_REFUSE = "Its site does not let programs read this page (robots.txt)."

AT_ONCE = timedelta(seconds=10)
"""How long what was known of a feed when it was asked for is as good as new: others may poll it later."""

AT_MOST = 50
"""Polls recorded in one transaction: whoever else writes waits for it."""


async def collect(ctx: Context, feed_id: int) -> None:
    """Poll one feed."""
    await Collector(ctx).run(feed_id)


class Collector:
    """Polls feeds, many at a time. What their jobs read and write alike is done together, in one transaction
    for many.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._due: dict[int, Feed] = {}
        self._asked_at: datetime | None = None
        self._items = Batcher(self._load_items)
        self._record = Batcher(self._record_results, at_most=AT_MOST)

    async def due(self, limit: int) -> list[int]:
        """Return ids of feeds whose time has come; what is known of them is kept for their jobs, which follow
        at once.
        """
        async with self._ctx.store.read() as tx:
            due_feeds = await feeds.due(tx, self._ctx.clock(), limit, OF_ONE_SERVER)
        self._due = {feed.id: feed for feed in due_feeds}
        self._asked_at = self._ctx.clock()
        return list(self._due)

    async def _feed(self, feed_id: int) -> Feed | None:
        feed = self._due.pop(feed_id, None)
        if feed is not None and self._asked_at and self._ctx.clock() - self._asked_at < AT_ONCE:
            return feed
        async with self._ctx.store.read() as tx:
            return await feeds.get(tx, feed_id)

    async def _load_items(self, feed_ids: Sequence[int]) -> Sequence[frozenset[str]]:
        async with self._ctx.store.read() as tx:
            items_by_feed = await feeds.items_of(tx, feed_ids)
        return [items_by_feed.get(feed_id, frozenset()) for feed_id in feed_ids]

    async def _record_results(
        self, results: Sequence[Polled | FailedPoll | PolledDocument]
    ) -> Sequence[IngestResult | NotAFeed | None]:
        documents = [result for result in results if isinstance(result, PolledDocument)]
        async with self._ctx.store.write(narrow=True) as tx:
            stored_results = iter(await store_polled(tx, self._ctx, documents))
            await feeds.polled(tx, [poll for poll in results if isinstance(poll, Polled)])
            await feeds.record_failures(
                tx, [failure for failure in results if isinstance(failure, FailedPoll)]
            )
        return [next(stored_results) if isinstance(found, PolledDocument) else None for found in results]

    async def run(self, feed_id: int) -> None:
        """Poll one feed. Whatever goes wrong is recorded with the feed and touches no other."""
        ctx = self._ctx
        feed = await self._feed(feed_id)
        if feed is None or feed.state is not FeedState.ACTIVE:
            return
        expense = await expense_of(ctx, feed)
        if expense.exhausted_part:
            await self._rest_until_tomorrow(feed, expense.exhausted_part)
            return
        feed = replace(feed, added_by=expense.server)
        is_asked_anew = polling.is_asked_anew(feed.id, feed.polled_at, feed.newest_at, ctx.clock())
        validators = ("", "") if is_asked_anew else (feed.etag, feed.last_modified)
        request = FetchRequest(
            url=feed.url,
            etag=validators[0],
            last_modified=validators[1],
            head=feed.format is FeedFormat.FEED,
            page=feed.format is FeedFormat.PAGE,
            requester=feed.requester,
            declared=feed.declared,
            access=feed.access,
        )
        try:
            if request.page:
                await self._ask_leave(request)
            fetched = await ctx.fetch(request)
            await self._count(feed, usage.BYTES, len(fetched.body))
            body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
            if not fetched.changed or body_hash == feed.body_hash:
                await self._process_unchanged(feed, fetched)
                ctx.tally.add(Counted.POLLS, "unchanged")
            else:
                await self._process_changed(feed, fetched, body_hash)
                ctx.tally.add(Counted.POLLS, "changed")
        except HostBusy as error:
            ctx.tally.add(Counted.POLLS, "postponed")
            await self._postpone(feed, error.after)
        except (FeedError, OffloadError) as error:
            ctx.tally.add(Counted.POLLS, "failed")
            await after_failure(ctx, feed, error, self._record)
        except DatabaseUnavailable:
            raise  # no fault of the feed, which stays due
        except Exception:
            ctx.tally.add(Counted.POLLS, "failed")
            ctx.log.exception("feed.crashed", feed=feed.id, url=mask_secrets(feed.url))
            failure = OffloadError(UNREADABLE)
            await after_failure(ctx, feed, failure, self._record)

    async def _ask_leave(self, request: FetchRequest) -> None:
        """Ask a page's site whether and when it may be read. Raises `AddressRefused`, or `HostBusy` for
        later.
        """
        permission = await self._ctx.check_robots(request)
        if not permission.allowed:
            raise AddressRefused(ROBOTS_REFUSE)
        if wait := self._ctx.crawl_delays.take_turn(request.url, permission.pause, self._ctx.clock()):
            msg = "its site wants a pause between two readings"
            raise HostBusy(msg, wait)

    async def _rest_until_tomorrow(self, feed: Feed, cause: str) -> None:
        tomorrow = (self._ctx.clock() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._ctx.store.write(narrow=True) as tx:
            await feeds.set_values(tx, feed.id, next_poll_at=tomorrow, error=cause)
        self._ctx.log.warning("feed.limit_reached", feed=feed.id, server=feed.requester, cause=cause)

    async def _count(self, feed: Feed, kind: str, amount: int) -> None:
        """Count what a poll took at the expense of the server that a feed is read for."""
        if feed.requester and amount:
            async with self._ctx.store.write(narrow=True) as tx:
                await usage.add_usage(tx, feed.requester, kind, amount, self._ctx.clock())

    async def _postpone(self, feed: Feed, seconds: float) -> None:
        """Ask later because too much is asked of the host now; that is no fault of the feed."""
        async with self._ctx.store.write(narrow=True) as tx:
            await feeds.set_values(tx, feed.id, next_poll_at=self._ctx.clock() + timedelta(seconds=seconds))

    async def _process_unchanged(self, feed: Feed, fetched: Fetched) -> None:
        now = self._ctx.clock()
        state = Validators(
            fetched.etag or feed.etag, fetched.last_modified or feed.last_modified, feed.body_hash
        )
        hints = polling.PollHints(
            fresh=fetched.wait,
            ttl=feed.ttl,
            skip_hours=feed.skip_hours,
            skip_days=feed.skip_days,
            conditional=state.given,
            pushed=is_pushed(feed, now),
        )
        rhythm = polling.slow_down(timedelta(seconds=feed.rhythm) or polling.USUAL, feed.newest_at, now)
        record = poll_record(self._ctx, feed, fetched, state, rhythm, hints)
        await self._record(record)
        await self._follow_redirect(feed, fetched, record)
        await websub.ask(self._ctx, feed, feed.hub, feed.hub_topic)

    async def _process_changed(self, feed: Feed, fetched: Fetched, body_hash: str) -> None:
        ctx = self._ctx
        known_items = await self._items(feed.id)
        analysis = await ctx.offload(
            reading,
            ctx.read_listing if feed.format is FeedFormat.PAGE else ctx.parse,
            ctx.rules,
            feed.ai_only,
            fetched.body,
            fetched.url,
            fetched.content_type,
            ctx.clock(),
            known_items,
            deadline=PARSE_DEADLINE,
            requester=feed.requester,
        )
        result = await self._record(
            PolledDocument(
                feed=feed, fetched=fetched, body_hash=body_hash, reading=analysis, known_items=known_items
            )
        )
        if not isinstance(result, IngestResult):
            raise result or NotAFeed("Nothing of it was kept.")
        ctx.log.info(
            "feed.collected",
            feed=feed.id,
            url=mask_secrets(feed.url),
            entries=len(analysis.feed.entries),
            new=result.new,
            edited=result.edited_count,
        )
        await self._count(feed, usage.ENTRIES, result.new + result.edited_count)
        if result.new or result.edited_count:
            ctx.wake("group")
        await self._follow_redirect(feed, fetched, result.record)
        topic = analysis.feed.itself or fetched.itself or feed.url
        await websub.ask(ctx, feed, analysis.feed.hub or fetched.hub, topic)

    async def _follow_redirect(self, feed: Feed, fetched: Fetched, record: Polled) -> None:
        """Believe a permanent redirect once it has been seen often enough (RFC 9110, 15.4.2 and 15.4.9)."""
        now = self._ctx.clock()
        if record.moved_since and polling.has_moved(record.moved_seen, record.moved_since, now):
            await move(self._ctx, feed, fetched.moved)
