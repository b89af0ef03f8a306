"""A Strillone that reads the sample newsroom, in a thread of its own, and a real browser to look at its page."""

import asyncio
import io
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import structlog
from playwright.sync_api import Browser, sync_playwright
from structlog.typing import FilteringBoundLogger

from bot.app.running import Plan, Running, running, utc_now
from bot.app.seed import due_at
from bot.demo import BANNER
from bot.demo.newsroom import Newsroom
from bot.feeds.opml import read_opml
from bot.model import Document, PlaceKind, Purpose
from bot.ports import PlatformOptions
from bot.settings import (
    ChannelSettings,
    Environment,
    FetchSettings,
    FileSettings,
    Settings,
    SubscriptionSettings,
    load,
    shipped_folder,
)
from bot.store import entries, feeds, outbox, places

T = TypeVar("T")
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WITHIN = 60.0
"""Seconds that the newsroom may take to be read and told."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A Strillone at work, whose page shows a digest of sample news."""

    url: str
    run: Running
    loop: asyncio.AbstractEventLoop

    def post(self, document: Document) -> None:
        """Post a document in the page's channel, the way everything is posted."""
        self._wait(_post(self.run, document))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WITHIN)


@contextmanager
def sample(language: str = "en") -> Iterator[Sample]:
    """Run a Strillone on a free port until the block ends."""
    ready: list[Sample] = []
    failed: list[BaseException] = []
    started, ended = threading.Event(), threading.Event()

    async def work() -> None:
        async with _running(language) as run:
            ready.append(Sample(run.url, run, asyncio.get_running_loop()))
            started.set()
            await asyncio.to_thread(ended.wait)

    def life() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=life, name="sample", daemon=True)
    thread.start()
    try:
        started.wait(2 * WITHIN)
        if failed:
            raise failed[0]
        yield ready[0]
    finally:
        ended.set()
        thread.join(30)
    if failed:
        raise failed[0]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the installed Chromium. Raises `FileNotFoundError` when there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        msg = f"no Chromium is installed (looked for {', '.join(NAMES)})"
        raise FileNotFoundError(msg)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@asynccontextmanager
async def _running(language: str) -> AsyncIterator[Running]:
    with tempfile.TemporaryDirectory(prefix="strillone-e2e-") as scratch:
        async with Newsroom(shipped_folder("demo"), utc_now) as newsroom:
            settings = _settings(Path(scratch), newsroom, language)
            plan = Plan(platforms={"web": PlatformOptions(banner=BANNER)}, opened=("127.0.0.1",))
            async with running(settings, plan, _log()) as run:
                await _until(lambda: _read(run, len(newsroom.outlines())))
                await due_at(run.house.ctx.store, run.house.ctx.clock())
                await _until(lambda: _told(run))
                yield run


def _settings(scratch: Path, newsroom: Newsroom, language: str) -> Settings:
    """Return the shipped settings with the newsroom's feeds and one channel, whose next digest is half a day away."""
    clean = Environment.model_construct(strillone_data=str(scratch), port=0)
    later = utc_now() + timedelta(hours=12)
    subscription = SubscriptionSettings(name="sample", schedule=later.strftime("%H:%M"))
    channel = ChannelSettings(
        platform="web", address="ai-news", name="ai-news", kind=PlaceKind.PAGE, subscriptions=(subscription,)
    )
    fetch = FetchSettings(shortest_poll_minutes=0.05, longest_poll_minutes=10, open_hosts=("127.0.0.1",))
    file = FileSettings(language=language, fetch=fetch, channels=(channel,))
    return replace(load(read_opml, clean), file=file, outlines=newsroom.outlines())


async def _read(run: Running, total: int) -> bool:
    now = run.house.ctx.clock()
    async with run.house.ctx.store.read() as tx:
        read = [feed for feed in await feeds.all_active(tx) if feed.ok_at or feed.failures]
        waiting = await entries.ungrouped(tx, 1) or await entries.read_due(tx, now, 1, 1)
    return len(read) >= total and not waiting


async def _told(run: Running) -> bool:
    async with run.house.ctx.store.read() as tx:
        channel = (await places.channels_of(tx, "web"))[0]
        return bool(await outbox.history(tx, channel.id, 1))


async def _until(true: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    async with asyncio.timeout(WITHIN):
        while not await true():  # noqa: ASYNC110  the store tells nobody when it changes
            await asyncio.sleep(0.05)


async def _post(run: Running, document: Document) -> None:
    ctx = run.house.ctx
    now: datetime = ctx.clock()
    async with ctx.store.write() as tx:
        channel = (await places.channels_of(tx, "web"))[0]
        payload = ctx.platforms["web"].render(document, channel)[0]
        draft = outbox.Draft(
            channel_id=channel.id,
            intent=f"test:{now.isoformat()}",
            purpose=Purpose.NOTICE,
            payload=payload,
            not_after=now + timedelta(hours=1),
        )
        await outbox.queue(tx, draft, ctx.instance, now)
    ctx.wake("deliver")


def _log() -> FilteringBoundLogger:
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(io.StringIO()),
        processors=[structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(50),
    )
    return log
