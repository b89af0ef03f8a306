"""One look at each feed of a list, or at the page that stands in for one: what it holds, or why it cannot be
read.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from bot.app.running import utc_now
from bot.app.wiring import fetcher, worker_count
from bot.app.workers import Workers
from bot.commands.lists import declare_outline
from bot.errors import AddressRefused, FeedError, HostBusy, NoDocument, NotAFeed, OffloadError, Unreachable
from bot.feeds.fetch import Fetcher
from bot.feeds.listing.read import read_listing
from bot.feeds.parse import parse
from bot.feeds.robots import Robots
from bot.jobs.reading.collect import ROBOTS_REFUSE
from bot.model import FeedFormat, Outline, ParsedFeed
from bot.ports import Fetched, FetchRequest
from bot.settings import Settings
from bot.store.feeds import DeclaredFeed

PARSE_DEADLINE = timedelta(seconds=20)

TURNS, LONGEST_WAIT_SECONDS = 5, 5.0
"""How often a busy host is asked again, and how long that waits at most."""


@dataclass(frozen=True, slots=True)
class SourceLook:
    """What a feed holds, or why it cannot be read; and by how much our clock is ahead of its server's, where
    that says its own.
    """

    result: ParsedFeed | FeedError | OffloadError
    clock_difference: timedelta | None = None
    is_unmarked_page: bool = False
    """Whether it is a page with a list of news that the list of feeds calls a feed."""


async def look_at_sources(settings: Settings, outlines: Sequence[Outline]) -> list[SourceLook]:
    """Return what each feed of a list holds now, or why it cannot be read, in order."""
    async with AsyncExitStack() as stack:
        fetch = await stack.enter_async_context(fetcher(settings))
        workers = await stack.enter_async_context(Workers(worker_count()))
        robots = Robots(fetch, workers, utc_now)
        looks = (_look(declare_outline(outline), fetch, workers, robots) for outline in outlines)
        return list(await asyncio.gather(*looks))


def find_network_failure(looks: Sequence[SourceLook]) -> str:
    """Return what keeps every source from being reached, empty where something answers."""
    causes = [str(look.result) for look in looks if isinstance(look.result, Unreachable)]
    is_silent = all(isinstance(look.result, Unreachable | HostBusy) for look in looks)
    return causes[0] if causes and is_silent else ""


async def _fetch_in_turn(fetch: Fetcher, request: FetchRequest) -> Fetched:
    """Return a document once its host has time: several feeds may be on one. Raises `FeedError`."""
    for _ in range(TURNS):
        try:
            return await fetch(request)
        except HostBusy as error:
            await asyncio.sleep(min(error.after, LONGEST_WAIT_SECONDS))
    return await fetch(request)


async def _look(feed: DeclaredFeed, fetch: Fetcher, workers: Workers, robots: Robots) -> SourceLook:
    difference: timedelta | None = None
    is_page = feed.format is FeedFormat.PAGE
    request = FetchRequest(url=feed.url, declared=feed.url, page=is_page, head=not is_page)
    try:
        if is_page and not (await robots(request)).allowed:
            return SourceLook(AddressRefused(ROBOTS_REFUSE))
        answer = await _fetch_in_turn(fetch, request)
        difference = utc_now() - answer.answered_at if answer.answered_at is not None else None
        read = read_listing if is_page else parse
        result: ParsedFeed = await workers(
            read, answer.body, answer.url, answer.content_type, utc_now(), deadline=PARSE_DEADLINE
        )
    except NotAFeed as error:
        if is_page or isinstance(error, NoDocument):
            return SourceLook(error, difference)
        return await _look_at_page(feed, answer, error, workers, robots, difference)
    except (FeedError, OffloadError) as error:
        return SourceLook(error, difference)
    return SourceLook(result, difference)


async def _look_at_page(
    feed: DeclaredFeed,
    answer: Fetched,
    refusal: NotAFeed,
    workers: Workers,
    robots: Robots,
    difference: timedelta | None,
) -> SourceLook:
    """Return what stands on a page that was taken for a feed: its list of news, else why it is no feed."""
    try:
        if not (await robots(FetchRequest(url=feed.url, declared=feed.url, page=True))).allowed:
            return SourceLook(AddressRefused(ROBOTS_REFUSE), difference)
        result: ParsedFeed = await workers(
            read_listing, answer.body, answer.url, answer.content_type, utc_now(), deadline=PARSE_DEADLINE
        )
    except NotAFeed as error:
        return SourceLook(NotAFeed(f"{refusal} {error}"), difference)
    except (FeedError, OffloadError):
        return SourceLook(refusal, difference)
    return SourceLook(result, difference, is_unmarked_page=True)
