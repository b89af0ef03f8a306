"""What is reached over the network: platforms with their tokens, models, feeds."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from bot.app.running import plan_for, utc_now
from bot.app.wiring import fetcher, load_platform, summarizer_name, worker_count
from bot.app.workers import Workers
from bot.cli.doctor.findings import Finding, note, problem, well
from bot.cli.doctor.machine import find_difference
from bot.commands.lists import declare_outline
from bot.errors import FeedError, OffloadError, PlatformDown, SettingsError, StrilloneError
from bot.feeds.fetch import Fetcher
from bot.feeds.listing.read import read_listing
from bot.feeds.parse import parse
from bot.i18n import load as load_texts
from bot.model import FeedFormat, Identity
from bot.platforms import chat_platforms
from bot.ports import Fetched, FetchRequest, NullChatGateway, Platform, PlatformOptions
from bot.settings import Settings
from bot.store.feeds import DeclaredFeed
from bot.summarizers.openai.reach import look

CONNECT_WITHIN = 20.0
PARSE_WITHIN = timedelta(seconds=20)


async def look_at_platforms(settings: Settings) -> list[Finding]:
    """Connect to each platform that has a token, and say who we are there."""
    options_by_name = {
        name: options for name, options in plan_for(settings).platforms.items() if options.token
    }
    if not options_by_name:
        tokens = " or ".join(spec.credential for spec in chat_platforms())
        return [note("platforms", f"no token is set ({tokens}): only the local page works")]
    return [await _look_at_platform(name, options) for name, options in options_by_name.items()]


async def _look_at_platform(name: str, options: PlatformOptions) -> Finding:
    try:
        platform = load_platform(name, options, load_texts())
        identity = await _meet(platform)
    except StrilloneError as error:
        return problem(name, str(error))
    if identity is None:
        return problem(name, f"no answer within {CONNECT_WITHIN:.0f} seconds")
    invites = [f"invite: {invite}" for invite in identity.invites]
    asks = [f"asks for {right}: {reason}" for right, reason in identity.asks]
    return well(name, f"{identity.name}, in {identity.places} places", *invites, *asks)


class _Greeter(NullChatGateway):
    """Listens for nothing but who is there."""

    def __init__(self) -> None:
        self.met = asyncio.Event()

    async def connected(self, platform: str) -> None:  # noqa: ARG002  only one is visited
        """Note that it is there."""
        self.met.set()


async def _meet(platform: Platform) -> Identity | None:
    """Connect, look who we are, and leave."""
    visit = _Greeter()
    task = asyncio.create_task(platform.run(visit))
    waiter = asyncio.create_task(visit.met.wait())
    try:
        await asyncio.wait({task, waiter}, timeout=CONNECT_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        if task.done() and (error := task.exception()):
            raise error if isinstance(error, StrilloneError) else PlatformDown(str(error))
        return platform.identity() if visit.met.is_set() else None
    finally:
        for pending in (task, waiter):
            pending.cancel()
        await asyncio.gather(task, waiter, return_exceptions=True)
        await platform.close()


async def look_at_models(settings: Settings) -> list[Finding]:
    """Ask each model's endpoint whether it has it, which costs nothing."""
    try:
        models = settings.models if summarizer_name(settings) == "openai" else ()
    except SettingsError as error:
        return [problem("model", text) for text in error.problems]
    answers = [(model.name, await look(model)) for model in models]
    return [
        problem(f"model {name}", wrong) if wrong else well(f"model {name}", "its endpoint answers")
        for name, wrong in answers
    ]


@dataclass(frozen=True, slots=True)
class _Visit:
    """What came of one feed: why it cannot be read, and by how much our clock is ahead of its server's."""

    cause: str = ""
    differences: tuple[timedelta, ...] = ()


async def look_at_feeds(settings: Settings) -> tuple[Finding, list[timedelta]]:
    """Read every feed of the list once and name those that cannot be read; also by how much our clock is
    ahead of each server's.
    """
    if not settings.outlines:
        remedy = "Add feeds to feeds.opml in the data folder, or remove it to read the shipped list."
        return problem("feeds", f"the list is empty, so nothing will be read. {remedy}"), []
    async with AsyncExitStack() as stack:
        fetch = await stack.enter_async_context(fetcher(settings))
        workers = await stack.enter_async_context(Workers(worker_count()))
        visits = await asyncio.gather(
            *(_visit_feed(declare_outline(outline), fetch, workers) for outline in settings.outlines)
        )
    differences = [difference for visit in visits for difference in visit.differences]
    failed = [
        f"{outline.title}: {visit.cause}"
        for outline, visit in zip(settings.outlines, visits, strict=True)
        if visit.cause
    ]
    text = f"{len(visits) - len(failed)} of {len(visits)} can be read"
    return (problem("feeds", text, *failed) if failed else well("feeds", text)), differences


async def _visit_feed(feed: DeclaredFeed, fetch: Fetcher, workers: Workers) -> _Visit:
    """Read a feed, or a page that is read as one."""
    reader = read_listing if feed.format is FeedFormat.PAGE else parse
    differences: list[timedelta] = []
    try:
        answer: Fetched = await fetch(FetchRequest(url=feed.url, declared=feed.url, head=True))
        differences = find_difference(utc_now(), answer.answered_at)
        await workers(reader, answer.body, answer.url, answer.content_type, utc_now(), deadline=PARSE_WITHIN)
    except (FeedError, OffloadError) as error:
        return _Visit(str(error), tuple(differences))
    return _Visit("", tuple(differences))
