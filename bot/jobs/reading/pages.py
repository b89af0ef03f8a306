"""read: fetch the page of an entry whose feed gives only a teaser, and keep the article's text.

due entry ── wanted by nobody ─────────────────► not due any more; due again when somebody subscribes
               └── wanted ── leave (robots.txt) ── fetch ── read (child) ── better ─► its text, judged again
                     │           └── refused ─► never       └── worse ─► the teaser stays
                     └── failed ─► an hour later, six hours later, never
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.errors import DatabaseUnavailable, FeedError, HostBusy, HttpFailed, OffloadError, StrilloneError
from bot.jobs import Context
from bot.jobs.reading.collect import UNREADABLE
from bot.jobs.reading.costs import expense_of
from bot.model import Entry, Page, Verdict, Wall
from bot.pipeline.entries import identify
from bot.pipeline.relevance.judge import verdicts
from bot.ports import CheckRobots, FetchRequest
from bot.store import Tx, entries, feeds
from bot.text.words import fold, size, words
from bot.threads import in_thread

DEADLINE = timedelta(seconds=15)
PAGE_LIMIT = 3 * 1024 * 1024
BATCH_PAGES = 40
"""Pages looked at in one go."""

OF_ONE_SERVER = 2
"""Pages that are read at a time of the feeds that one server reads for itself."""

STORED_WITHIN = timedelta(minutes=1)
"""How long it takes at most until what got an id is stored, or never is."""

RETRY_PAUSES = (timedelta(hours=1), timedelta(hours=6))
"""How long after a failure a page is tried again, once each."""

SHARED_WORDS = 1 / 3
"""Share of the words of a title that its page must have; a page with fewer is another one."""

SHORTEST_WORD = 3


class PageReader:
    """The job with what it keeps in mind: what was looked at."""

    def __init__(self, ctx: Context, leave: CheckRobots) -> None:
        self._ctx = ctx
        self._leave = leave
        self._seen = (0, 0, 0)

    async def due(self) -> list[int]:
        """Return the entries whose page is due and wanted, and let go of those that nobody wants or no digest
        would tell any more.
        """
        await self._mark_wanted_due()
        async with self._ctx.store.read() as tx:
            due_entries = await entries.read_due(tx, self._ctx.clock(), BATCH_PAGES, OF_ONE_SERVER)
            wanted_entries = (
                await entries.find_wanted(tx, due_entries, self._since()) if due_entries else set()
            )
        if unwanted := set(due_entries) - wanted_entries:
            async with self._ctx.store.write(narrow=True) as tx:
                await entries.let_go(tx, unwanted)
        return [entry_id for entry_id in due_entries if entry_id in wanted_entries]

    async def _mark_wanted_due(self) -> None:
        """Make the pages due that are wanted because entries or subscriptions are new."""
        async with self._ctx.store.read() as tx:
            newest = await entries.newest_ids(tx)
            settled = await self._settled_id(tx)
            if newest == self._seen and settled == newest[0]:
                return
            after = settled if newest[1:] == self._seen[1:] else 0
            teasers = await entries.wanted_teasers(tx, after, self._since())
        if teasers:
            async with self._ctx.store.write(narrow=True) as tx:
                await entries.want_page(tx, teasers, self._ctx.clock())
        self._seen = newest

    async def _settled_id(self, tx: Tx) -> int:
        """Return the id up to which all entries were looked at. Where several processes store some, one with
        a lower id may come after one with a higher: as late as a transaction lasts.
        """
        if self._ctx.store.is_sqlite:
            return self._seen[0]
        recent = await entries.first_id_since(tx, self._ctx.clock() - STORED_WITHIN)
        return self._seen[0] if recent is None else min(self._seen[0], recent - 1)

    def _since(self) -> datetime:
        return self._ctx.clock() - self._ctx.policy.horizon

    async def run(self, entry_id: int) -> None:
        """Read one page. The teaser stays when the page cannot be read, says less, or is another one."""
        async with self._ctx.store.read() as tx:
            entry = await entries.get(tx, entry_id)
        if entry is None:
            return
        try:
            await self._read(entry)
        except HostBusy as error:
            await self._postpone(entry, error.after)
        except (FeedError, OffloadError) as error:
            await self._record_failure(entry, error)
        except DatabaseUnavailable:
            raise  # no fault of the page, which stays due
        except Exception:
            self._ctx.log.exception("page.crashed", entry=entry_id, url=entry.link)
            await self._record_failure(entry, OffloadError(UNREADABLE))

    async def _read(self, entry: Entry) -> None:
        async with self._ctx.store.read() as tx:
            feed = await feeds.get(tx, entry.feed_id)
        if not identify.has_own_page(entry.link, feed.home if feed else ""):
            await self._skip(entry, "its page is one of several entries")
            return
        if feed and not feed.reads_pages:
            await self._skip(entry, "of its feed only what it says itself is taken")
            return
        request = FetchRequest(
            url=entry.link,
            page=True,
            limit=PAGE_LIMIT,
            requester=(await expense_of(self._ctx, feed)).server if feed else 0,
            declared=feed.declared if feed else "",
            access=feed.access if feed else None,
        )
        leave = await self._leave(request)
        if not leave.allowed:
            await self._skip(entry, "its site does not let programs read it")
        elif wait := self._ctx.crawl_delays.take_turn(entry.link, leave.pause, self._ctx.clock()):
            await self._postpone(entry, wait)
        else:
            await self._fetch(entry, request)

    async def _fetch(self, entry: Entry, request: FetchRequest) -> None:
        ctx = self._ctx
        response = await ctx.fetch(request)
        is_redirected = _host(response.url) != _host(entry.link)
        if is_redirected and not (await self._leave(replace(request, url=response.url))).allowed:
            await self._skip(entry, "the site it sends us to does not let programs read it")
            return
        page = await ctx.offload(
            ctx.read_page,
            response.body,
            response.url,
            response.content_type,
            deadline=DEADLINE,
            requester=request.requester,
        )
        await self._keep(entry, page)

    async def _postpone(self, entry: Entry, seconds: float) -> None:
        """Ask later because the host has too much to do or wants a pause; that is no failure."""
        async with self._ctx.store.write(narrow=True) as tx:
            await entries.want_page(tx, [entry.id], self._ctx.clock() + timedelta(seconds=seconds))

    async def _skip(self, entry: Entry, cause: str) -> None:
        self._ctx.log.info("page.not_read", entry=entry.id, url=entry.link, cause=cause)
        async with self._ctx.store.write(narrow=True) as tx:
            await entries.record_page_failure(tx, entry.id, ())

    async def _record_failure(self, entry: Entry, error: StrilloneError) -> None:
        self._ctx.log.info("page.not_read", entry=entry.id, url=entry.link, cause=str(error))
        async with self._ctx.store.write(narrow=True) as tx:
            await entries.record_page_failure(tx, entry.id, _again_at(error, self._ctx.clock()))

    async def _keep(self, entry: Entry, page: Page) -> None:
        """Keep what the page brings, and judge the entry by its text; what it is newly about makes its story
        worth another look.
        """
        better, is_article = await in_thread(_compared, entry, page)
        text = page.text if better else None
        async with self._ctx.store.write(narrow=True) as tx:
            known_topics = await entries.topics_of(tx, entry.id)
            feed = await feeds.get(tx, entry.feed_id)
            ai_only = feed is not None and feed.ai_only
            page_verdicts = await in_thread(self._verdicts, entry, text, ai_only=ai_only) if text else []
            new = {verdict.topic for verdict in page_verdicts} - known_topics
            page_record = page if is_article else Page(wall=page.wall)
            await entries.record_page(tx, entry.id, text, page_record, regroup=bool(new))
            await entries.store_verdicts(tx, {entry.id: page_verdicts})
        self._ctx.log.info("page.read", entry=entry.id, url=entry.link, kept=text is not None, wall=page.wall)

    def _verdicts(self, entry: Entry, text: str, *, ai_only: bool) -> list[Verdict]:
        all_verdicts = verdicts(self._ctx.rules, entry.title, text, entry.categories, ai_only=ai_only)
        return [verdict for verdict in all_verdicts if verdict.relevant]


def _compared(entry: Entry, page: Page) -> tuple[bool, bool]:
    return is_better(entry, page), is_same(entry, page)


def is_better(entry: Entry, page: Page) -> bool:
    """Tell whether a page's text may stand for an entry's: longer, in its language, about the same, and no
    wall's.
    """
    in_language = not (entry.language and page.language) or entry.language == page.language
    return (
        page.wall in {Wall.NONE, Wall.PAY}
        and size(page.text) > size(entry.text)
        and in_language
        and is_same(entry, page)
    )


def is_same(entry: Entry, page: Page) -> bool:
    """Tell whether a page is the one an entry names: it has a good part of the words of its title."""
    title_words = _telling_words(entry.title)
    return len(title_words & _telling_words(f"{page.title} {page.text}")) >= SHARED_WORDS * len(title_words)


def _telling_words(text: str) -> set[str]:
    tokens = words(fold(text))
    return {word for word in tokens if len(word) >= SHORTEST_WORD or not word.isascii()} or set(tokens)


def _again_at(error: StrilloneError, now: datetime) -> Sequence[datetime]:
    """Return when a page that failed is tried again after its first, second … try; nothing where it would be
    in vain.
    """
    is_gone = isinstance(error, HttpFailed) and error.status == 410
    if is_gone or not (error.is_retryable or isinstance(error, OffloadError)):
        return ()
    requested_pause = timedelta(seconds=error.retry_after) if isinstance(error, HttpFailed) else timedelta()
    return [now + max(pause, requested_pause) for pause in RETRY_PAUSES]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
