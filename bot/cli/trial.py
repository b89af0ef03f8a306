"""`strillone try`: the digest that some sources would give now, made by the same jobs in a store that is
thrown away.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr
from rich.console import Console
from structlog.typing import FilteringBoundLogger

from bot.app.running import utc_now
from bot.app.wiring import Application, build_application, fetcher, load_platform
from bot.app.workers import Workers
from bot.commands.attached import decoded
from bot.commands.finding import FoundFeed, find_feed
from bot.errors import (
    CallError,
    FeedError,
    HttpFailed,
    NotAFeed,
    OffloadError,
    SettingsError,
    Unreachable,
)
from bot.feeds.fetch import Fetcher
from bot.feeds.listing.read import read_listing
from bot.feeds.opml import read_list, read_opml
from bot.feeds.parse import parse
from bot.feeds.unpacking import unpacked
from bot.i18n import load as load_texts
from bot.model import FeedFormat, Health, ParsedFeed, Place, PlaceKind, Schedule, Subscription
from bot.pipeline.entries.identify import link_key
from bot.pipeline.entries.urls import mask_secrets
from bot.ports import Fetch, Fetched, FetchRequest, PlatformOptions
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import Environment, environment, load
from bot.store import feeds, open_store, places, subscriptions
from bot.store.feeds import DeclaredFeed

DEADLINE = timedelta(seconds=20)
NO_HOST = ".invalid"
"""The end of hosts that never exist (RFC 2606), for files."""

NOT_FOUND = 404
LOOKED_AT = 4096
_MARKUP = re.compile(rb"<(?:!doctype html|html|head|body|main|div)\b", re.IGNORECASE)
_OPML = re.compile(rb"<opml\b", re.IGNORECASE)
_OWN_MACHINE = re.compile(r"localhost(?::\d{1,5})?(?:/|$)", re.IGNORECASE)
LARGEST_FILE = 64 * 1024 * 1024
"""Bytes that a packed file may have when it is unpacked."""

MOST_OF_LIST = 30
"""Feeds of a list (OPML) that are tried."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: a feed, or a page with a list of news."""

    feed: ParsedFeed
    format: FeedFormat = FeedFormat.FEED


ParseResult = ReadFile | FeedError | OffloadError
ANY_AGE = timedelta(days=3650)


async def trial(
    sources: Sequence[str],
    *,
    now: datetime | None,
    language: str,
    size: int,
    err: Console,
    log: FilteringBoundLogger,
) -> int:
    """Print the digest of some sources, with progress and failures on `err`; returns 1 when none could be
    read.
    """
    settings = load(read_opml, _without_credentials())
    async with AsyncExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="strillone-try-"))
        store = await open_store(f"sqlite:///{scratch}/try.db")
        stack.push_async_callback(store.close)
        web = await stack.enter_async_context(fetcher(settings))
        workers = await stack.enter_async_context(Workers(os.cpu_count() or 1))
        files = await asyncio.to_thread(_read_files, sources)
        sources = _with_lists(sources, files, err)
        parsed_files = await _parse_files(files, workers)
        moment = now or _newest(parsed_files) or utc_now()
        virtual = VirtualScheduler(moment)
        fetch = _reader(files, sources, web)
        texts = load_texts()
        platforms = {"terminal": load_platform("terminal", PlatformOptions(), texts)}
        house = await build_application(
            replace(
                settings,
                heartbeats={},
                file=settings.file.model_copy(
                    update={"language": language, "channels": (), "summarizer": "extractive"}
                ),
            ),
            store,
            platforms=platforms,
            texts=texts,
            fetch=fetch,
            offload=workers,
            clock=virtual.clock,
            wake=virtual.wake,
            log=log,
            horizon=ANY_AGE,
        )
        feed_count = await _declare(house, sources, parsed_files, err)
        if not feed_count:
            err.print(
                "None of these could be read as a feed. A source is a feed's address, a web site or a file.",
                markup=False,
                soft_wrap=True,
            )
            return 1
        await _subscribe(house, language, size, moment)
        virtual.use([line for line in house.lines if line.name not in {"deliver", "learn", "housekeeping"}])
        with err.status(f"Reading {feed_count} feeds…") if err.is_terminal else _Quiet():
            await virtual.settle()
        await _print(house, virtual, err)
    return 0


def _read_files(sources: Sequence[str]) -> dict[str, bytes]:
    return {
        source: unpacked(Path(source).read_bytes(), LARGEST_FILE)
        for source in sources
        if Path(source).is_file()
    }


class _Quiet:
    """Stands in for a status line where there is no terminal."""

    def __enter__(self) -> None:
        """Show nothing."""

    def __exit__(self, *_: object) -> None:
        """Leave nothing to clear."""


def _reader(files: dict[str, bytes], sources: Sequence[str], web: Fetcher) -> Fetch:
    """Return a fetch that reads the named files from disk and everything else from the web. Sources are named
    by whoever runs the instance: they are declared, so that hosts which the settings open are open to them.
    """
    addresses = [_with_scheme(source) for source in sources if source not in files]
    declared = {urlsplit(address).hostname: address for address in reversed(addresses)}
    pages = {_address_of(name): body for name, body in files.items()}
    hosts = {urlsplit(address).hostname for address in pages}

    async def fetch(request: FetchRequest) -> Fetched:
        if request.url in files:
            return Fetched(url=request.url, changed=True, body=files[request.url])
        if request.url in pages:
            return Fetched(url=request.url, changed=True, body=pages[request.url])
        if urlsplit(request.url).hostname in hosts:
            msg = "a file has no site"
            raise HttpFailed(msg, NOT_FOUND)
        if request.page and files:
            msg = "pages are not fetched while files are tried"
            raise Unreachable(msg)
        if not request.declared:
            request = replace(request, declared=declared.get(urlsplit(request.url).hostname, ""))
        return await web(request)

    return fetch


def _with_scheme(source: str) -> str:
    return source if "://" in source else f"https://{source}"


def _without_credentials() -> Environment:
    """Return the environment without tokens, keys and database: what is tried reaches no chat and no
    model.
    """
    secrets = {"of_platforms": {}, "database_url": SecretStr(""), "openai_api_key": SecretStr("")}
    return environment().model_copy(update=secrets)


async def _parse_files(files: dict[str, bytes], workers: Workers) -> dict[str, ParseResult]:
    """Return what each file holds, or why it cannot be read."""

    async def parse_one(name: str, body: bytes) -> ParseResult:
        try:
            return ReadFile(await workers(parse, body, _address_of(name), "", utc_now(), deadline=DEADLINE))
        except NotAFeed as error:
            return await _read_page(name, body, error, workers)
        except (FeedError, OffloadError) as error:
            return error

    parse_results = await asyncio.gather(*(parse_one(name, body) for name, body in files.items()))
    return dict(zip(files, parse_results, strict=True))


async def _read_page(name: str, body: bytes, refusal: NotAFeed, workers: Workers) -> ParseResult:
    """Return the list of news of a file that is a page, else why it is neither a feed nor such a page."""
    if not _MARKUP.search(body[:LOOKED_AT]):
        return refusal
    try:
        feed = await workers(read_listing, body, _address_of(name), "", utc_now(), deadline=DEADLINE)
    except NotAFeed as error:
        return NotAFeed(f"It is a web page, not a feed. {error}")
    except (FeedError, OffloadError) as error:
        return error
    return ReadFile(feed, FeedFormat.PAGE)


def _with_lists(sources: Sequence[str], files: dict[str, bytes], err: Console) -> list[str]:
    """Return the sources with the feeds of each list (OPML) in its place, and say what of it cannot be
    taken.
    """
    result: list[str] = []
    for source in sources:
        if source not in files or not _OPML.search(files[source][:LOOKED_AT]):
            result.append(source)
            continue
        try:
            feed_list = read_list(decoded(files.pop(source)), source)
        except SettingsError as error:
            err.print(f"✗ {error.problems[0]}", markup=False, style="red", soft_wrap=True)
            continue
        for problem in feed_list.problems:
            err.print(f"✗ {source}, {problem}", markup=False, style="red", soft_wrap=True)
        addresses = [outline.url for outline in feed_list.outlines]
        taken = addresses[:MOST_OF_LIST]
        feeds_text = f"{len(taken)} of its {len(addresses)} feeds" if taken != addresses else "its feeds"
        err.print(f"{source} is a list of feeds. Tried: {feeds_text}.", markup=False, soft_wrap=True)
        result += taken
    return result


def _newest(parsed_files: Mapping[str, ParseResult]) -> datetime | None:
    """Return the moment of the newest entry in the files, a minute later; a year-old archive is read as of
    its day.
    """
    feeds_read = [read.feed for read in parsed_files.values() if isinstance(read, ReadFile)]
    moments = [entry.published for feed in feeds_read for entry in feed.entries if entry.published]
    return max(moments) + timedelta(minutes=1) if moments else None


def _address_of(name: str) -> str:
    return f"https://{Path(name).stem.lower().replace('_', '-')}{NO_HOST}/"


async def _declare(
    house: Application, sources: Sequence[str], parsed_files: Mapping[str, ParseResult], err: Console
) -> int:
    """Add each source as a feed and say which cannot be read; returns how many can."""
    feed_count = 0
    for number, source in enumerate(sources, start=1):
        try:
            found_feed = await _feed(house, source, parsed_files)
        except (CallError, FeedError, OffloadError, OSError) as error:
            shown, cause = mask_secrets(source), mask_secrets(str(error))
            err.print(
                f"✗ {cause}" if shown in cause else f"✗ {shown}: {cause}",
                markup=False,
                style="red",
                soft_wrap=True,
            )
            continue
        url, feed = found_feed.url, found_feed.feed
        if err.is_terminal:
            err.print(
                f"{number} of {len(sources)}: {feed.title or url} ({len(feed.entries)} entries)",
                style="dim",
                markup=False,
            )
        if found_feed.format is FeedFormat.PAGE:
            _show_list(source if source in parsed_files else url, found_feed, err)
        title = feed.title or urlsplit(url).hostname or Path(source).stem
        async with house.ctx.store.write() as tx:
            await feeds.add(
                tx,
                DeclaredFeed(
                    url=url,
                    url_key=link_key(url) or url,
                    title=title,
                    outlet=title,
                    language=feed.language,
                    home=feed.home,
                    format=found_feed.format,
                ),
                "config",
            )
        feed_count += 1
    return feed_count


def _show_list(url: str, found_feed: FoundFeed, err: Console) -> None:
    """Show what was taken for the list of news of a page without a feed, or with an idle one: whoever tries
    it sees whether it is.
    """
    lack = "has a feed with nothing new" if found_feed.idle else "has no feed"
    err.print(
        f"{mask_secrets(url)} {lack}; its list of news is read off the page:",
        markup=False,
        soft_wrap=True,
    )
    for entry in found_feed.feed.entries[:3]:
        day = f"{entry.published:%Y-%m-%d}" if entry.published else "undated"
        err.print(f"  {entry.title} · {day}", markup=False, soft_wrap=True)


async def _feed(house: Application, source: str, parsed_files: Mapping[str, ParseResult]) -> FoundFeed:
    if source in parsed_files:
        document = parsed_files[source]
        if isinstance(document, ReadFile):
            is_page = document.format is FeedFormat.PAGE
            url = _address_of(source) if is_page else source
            return FoundFeed(url, document.feed, format=document.format)
        raise document
    is_host = "." in source or _OWN_MACHINE.match(source)
    if "://" not in source and (not is_host or source.startswith(("/", ".", "~"))):
        msg = f"`{source}` is neither a file nor an address"
        raise CallError("{text}", text=msg)
    return await find_feed(house.ctx, _with_scheme(source))


async def _subscribe(house: Application, language: str, size: int, now: datetime) -> None:
    """Let a terminal channel want one digest of everything, now."""
    place = Place(platform="terminal", address="terminal", kind=PlaceKind.PAGE)
    async with house.ctx.store.write() as tx:
        channel = await places.ensure_channel_record(tx, place, {"language": language, "zone": "UTC"})
        slot = now - timedelta(seconds=1)
        await subscriptions.add(
            tx,
            Subscription(
                id=0,
                channel_id=channel.id,
                topic="all",
                schedule=Schedule(),
                size=size,
                next_slot_at=slot,
                created_at=now,
            ),
        )


async def _print(house: Application, virtual: VirtualScheduler, err: Console) -> None:
    async with house.ctx.store.read() as tx:
        feeds_read = await feeds.all_active(tx)
    for feed in (feed for feed in feeds_read if feed.failures):
        err.print(
            f"✗ {mask_secrets(feed.url)}: {mask_secrets(feed.error)}",
            markup=False,
            style="red",
            soft_wrap=True,
        )
    house.ctx.health["terminal"] = Health(platform="terminal", state="connected")
    virtual.use([line for line in house.lines if line.name == "deliver"])
    await virtual.settle()
