"""`strillone doctor`: look at everything that can be wrong, and say what to mend."""

import asyncio

from rich.console import Console
from structlog.typing import FilteringBoundLogger

from bot.app.private_files import make_private
from bot.app.running import plan_for
from bot.app.wiring import load_platform, summarizer_name
from bot.cli.feed_reading import look_at_feeds
from bot.errors import PlatformDown, SettingsError, StrilloneError
from bot.feeds.opml import read_opml
from bot.i18n import load as load_texts
from bot.model import Identity, ParsedFeed
from bot.pipeline.entries.urls import mask_secrets
from bot.platforms import chat_platforms
from bot.ports import NullChatGateway, Platform, PlatformOptions
from bot.settings import Settings, load
from bot.store import open_store
from bot.summarizers.openai.reach import look

CONNECT_WITHIN = 20.0


async def examine(console: Console, log: FilteringBoundLogger) -> int:
    """Check settings, database, tokens and feeds; returns 1 when something must be mended."""
    log.debug("doctor.finding")
    settings = load(read_opml)
    console.print(
        f"✓ settings: {len(settings.outlines)} feeds, {len(settings.file.channels)} channels", markup=False
    )
    problems = _folder(settings, console) + await _database(settings, console)
    for name, options in plan_for(settings).platforms.items():
        if options.token:
            problems += await _platform(name, options, console)
    if not any(options.token for options in plan_for(settings).platforms.values()):
        tokens = " or ".join(spec.credential for spec in chat_platforms())
        console.print(f"– no token is set ({tokens}): only the local page works", markup=False)
    problems += await _models(settings, console)
    problems += await _feeds(settings, console)
    console.print("All is well." if not problems else f"{problems} to mend.")
    return 1 if problems else 0


def _folder(settings: Settings, console: Console) -> int:
    open_to_others = make_private(settings.data)
    if open_to_others:
        console.print(f"✗ {open_to_others}", markup=False, soft_wrap=True)
    return 1 if open_to_others else 0


async def _database(settings: Settings, console: Console) -> int:
    try:
        store = await open_store(settings.database)
    except StrilloneError as error:
        console.print(f"✗ database: {error}", markup=False)
        return 1
    await store.close()
    console.print("✓ database: opened, at the newest schema")
    return 0


async def _models(settings: Settings, console: Console) -> int:
    """Ask each model's endpoint whether it has it, which costs nothing."""
    try:
        wanted = settings.models if summarizer_name(settings) == "openai" else ()
    except SettingsError as error:
        console.print(f"✗ {error}", markup=False, soft_wrap=True)
        return 1
    found = [(model.name, await look(model)) for model in wanted]
    for name, wrong in found:
        said = f"✗ model {name}: {wrong}" if wrong else f"✓ model {name}: its endpoint answers"
        console.print(said, markup=False, soft_wrap=True)
    return sum(1 for _, wrong in found if wrong)


async def _platform(name: str, options: PlatformOptions, console: Console) -> int:
    try:
        platform = load_platform(name, options, load_texts())
        identity = await _meet(platform)
    except StrilloneError as error:
        console.print(f"✗ {name}: {error}", markup=False)
        return 1
    if identity is None:
        console.print(f"✗ {name}: no answer within {CONNECT_WITHIN:.0f} seconds", markup=False)
        return 1
    console.print(f"✓ {name}: {identity.name}, in {identity.places} places", markup=False)
    for invite in identity.invites:
        console.print(f"    invite: {invite}", markup=False, soft_wrap=True)
    for right, reason in identity.asks:
        console.print(f"    asks for {right}: {reason}", markup=False)
    return 0


class _Visit(NullChatGateway):
    """Listens for nothing but who is there."""

    def __init__(self) -> None:
        self.met = asyncio.Event()

    async def connected(self, platform: str) -> None:  # noqa: ARG002  only one is visited
        """Note that it is there."""
        self.met.set()


async def _meet(platform: Platform) -> Identity | None:
    """Connect, look who we are, and leave."""
    visit = _Visit()
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


async def _feeds(settings: Settings, console: Console) -> int:
    """Read every feed of the list once and name those that cannot be read."""
    looks = await look_at_feeds(settings, settings.outlines)
    failed = [
        (outline, cause)
        for outline, cause in zip(settings.outlines, looks, strict=True)
        if not isinstance(cause, ParsedFeed)
    ]
    console.print(
        f"{'✓' if not failed else '✗'} feeds: {len(looks) - len(failed)} of {len(looks)} can be read",
        markup=False,
    )
    for outline, cause in failed:
        console.print(
            f"    {mask_secrets(outline.title)}: {mask_secrets(str(cause))}", markup=False, soft_wrap=True
        )
    return len(failed)
