"""`strillone demo`: the sample newsroom on loopback and a Strillone that reads it, with no token, no key and
no network.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TextIO, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from structlog.typing import FilteringBoundLogger

from bot.app.running import Plan, Running, running, stop_on_signal, utc_now
from bot.app.seed import due_at
from bot.demo.check import Tee, check_page, check_terminal, load_expectations
from bot.demo.newsroom import Newsroom
from bot.feeds.opml import read_opml
from bot.model import PlaceKind
from bot.platforms import chat_platforms
from bot.ports import PlatformOptions
from bot.settings import (
    ChannelSettings,
    Environment,
    FetchSettings,
    FileSettings,
    Settings,
    SubscriptionSettings,
    WebSettings,
    load,
    shipped_folder,
)
from bot.store import entries, feeds, outbox, places

BANNER = "Sample news, written for this demo."
READY_DEADLINE = 60.0
PORT = 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How the demo runs: `check` compares what it shows with what is expected; the rest varies what must not
    matter.
    """

    check: bool = False
    port: int = PORT
    language: str = "en"
    shuffle: int | None = None
    shift: timedelta = timedelta()
    newsroom: Path | None = None


async def demo(choice: Choice, console: Console, log: FilteringBoundLogger) -> int:
    """Run the demo and return its exit code. Without a terminal, or with CI set, it ends after the digest."""
    folder = choice.newsroom or shipped_folder("demo")
    tee = Tee(sys.stdout)
    with redirect_stdout(cast("TextIO", tee)) if choice.check else nullcontext():
        return await _show(choice, folder, console, log, tee)


async def _show(choice: Choice, folder: Path, console: Console, log: FilteringBoundLogger, tee: Tee) -> int:
    console.print(f"[bold]Strillone[/bold] · {BANNER}")
    async with _start(choice, folder, log) as (run, newsroom):
        await _read_everything(run, newsroom, console)
        await due_at(run.house.ctx.store, run.house.ctx.clock())
        await _delivered(run)
        if choice.check:
            return await _checked(run, choice, folder, console, tee.text)
        console.print(
            (
                f"The same on a page that behaves like a chat, where you can type /latest: "
                f"[bold]{run.url}[/bold]"
            ),
            soft_wrap=True,
        )
        tokens = " or ".join(spec.credential for spec in chat_platforms())
        console.print(f"Next: put {tokens} in .env and run `make run`.")
        if sys.stdout.isatty() and not os.environ.get("CI"):
            console.print(
                "More news arrives over the next two minutes. Type /latest here, or Ctrl-C to end.",
                style="dim",
            )
            await asyncio.wait({stop_on_signal(), run.failure}, return_when=asyncio.FIRST_COMPLETED)
    return 0


@asynccontextmanager
async def _start(
    choice: Choice, folder: Path, log: FilteringBoundLogger
) -> AsyncIterator[tuple[Running, Newsroom]]:
    clock = (lambda: utc_now() + choice.shift) if choice.shift else utc_now
    with tempfile.TemporaryDirectory(prefix="strillone-demo-") as scratch:
        async with Newsroom(folder, clock, shuffle=choice.shuffle) as newsroom:
            settings = _settings(Path(scratch), newsroom, choice)
            platforms = {"terminal": PlatformOptions(banner=BANNER), "web": PlatformOptions(banner=BANNER)}
            plan = Plan(platforms=platforms, next_port=True, opened=("127.0.0.1",), clock=clock)
            async with running(settings, plan, log) as run:
                yield run, newsroom


def _settings(scratch: Path, newsroom: Newsroom, choice: Choice) -> Settings:
    """Return the shipped settings with the newsroom's feeds and two channels; nothing of the environment or
    the operator counts.
    """
    clean = Environment.model_construct(strillone_data=str(scratch), port=choice.port)
    settings = load(read_opml, clean)
    file = FileSettings(
        language=choice.language,
        fetch=FetchSettings(shortest_poll_minutes=0.05, longest_poll_minutes=0.08, open_hosts=("127.0.0.1",)),
        web=WebSettings(),
        channels=(
            _channel("terminal", "terminal", "08:00 18:00"),
            _channel("web", "ai-news", "now 08:00 18:00"),
        ),
    )
    return replace(settings, file=file, outlines=newsroom.outlines())


def _channel(platform: str, address: str, schedule: str) -> ChannelSettings:
    subscription = SubscriptionSettings(name="demo", schedule=schedule)
    return ChannelSettings(
        platform=platform, address=address, name=address, kind=PlaceKind.PAGE, subscriptions=(subscription,)
    )


async def _read_everything(run: Running, newsroom: Newsroom, console: Console) -> None:
    """Wait until every feed is read and every entry has its story, showing how far it is."""
    total = len(newsroom.outlines())
    bar = Progress(
        TextColumn("Reading the feeds"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("read", total=total)
        async with asyncio.timeout(READY_DEADLINE):
            while True:
                count, failing, state = await _progress(run)
                bar.update(task, completed=count)
                if count + failing >= total and state:
                    break
                await asyncio.sleep(0.1)
    console.print(f"Read {count} of {total} feeds." if failing else f"Read {total} feeds.")


async def _progress(run: Running) -> tuple[int, int, bool]:
    now = run.house.ctx.clock()
    async with run.house.ctx.store.read() as tx:
        feeds_read = await feeds.all_active(tx)
        waiting = await entries.ungrouped(tx, 1) or await entries.read_due(tx, now, 1, 1)
    return (
        sum(1 for f in feeds_read if f.ok_at),
        sum(1 for f in feeds_read if f.failures and not f.ok_at),
        not waiting,
    )


async def _delivered(run: Running) -> None:
    """Wait until the digest stands in every channel."""
    store = run.house.ctx.store
    async with asyncio.timeout(READY_DEADLINE):
        while True:
            async with store.read() as tx:
                channels = [c for name in ("terminal", "web") for c in await places.channels_of(tx, name)]
                posts = [await outbox.history(tx, channel.id, 1) for channel in channels]
            if all(posts):
                return
            await asyncio.sleep(0.1)


async def _checked(run: Running, choice: Choice, folder: Path, console: Console, text: str) -> int:
    """Compare what was shown with what is expected, and say every difference."""
    expectations = load_expectations(folder)
    problems = check_terminal(expectations, text, choice.language)
    problems += await check_page(expectations, run.url, choice.language)
    for problem in problems:
        console.print(f"✗ {problem}", style="red", markup=False)
    if not problems:
        console.print("✓ The demo shows what it should.")
    return 1 if problems else 0
