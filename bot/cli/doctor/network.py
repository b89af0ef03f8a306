"""What is reached over the network: platforms with their tokens, models, feeds."""

import asyncio
from datetime import timedelta

from bot.app.running import plan_for
from bot.app.wiring import load_platform, summarizer_name
from bot.cli.doctor.findings import Finding, note, problem, well
from bot.cli.feed_reading import find_network_failure, look_at_sources
from bot.errors import FeedError, OffloadError, PlatformDown, SettingsError, StrilloneError
from bot.i18n import load as load_texts
from bot.model import Identity
from bot.platforms import chat_platforms
from bot.ports import NullChatGateway, Platform, PlatformOptions
from bot.settings import Settings
from bot.summarizers.openai.reach import look

CONNECT_WITHIN = 20.0


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


async def look_at_feeds(settings: Settings) -> tuple[Finding, list[timedelta]]:
    """Read every feed of the list once and name those that cannot be read; also by how much our clock is
    ahead of each server's.
    """
    if not settings.outlines:
        remedy = "Add feeds to feeds.opml in the data folder, or remove it to read the shipped list."
        return problem("feeds", f"the list is empty, so nothing will be read. {remedy}"), []
    looks = await look_at_sources(settings, settings.outlines)
    if len(looks) > 1 and (cause := find_network_failure(looks)):
        remedy = "Is this machine on the network, and does it find names (DNS)?"
        return problem("feeds", f"none of {len(looks)} can be reached. {remedy} The first: {cause}"), []
    failures = [
        f"{outline.title}: {look.result}"
        for outline, look in zip(settings.outlines, looks, strict=True)
        if isinstance(look.result, FeedError | OffloadError)
    ]
    differences = [look.clock_difference for look in looks if look.clock_difference is not None]
    text = f"{len(looks) - len(failures)} of {len(looks)} can be read"
    return (problem("feeds", text, *failures) if failures else well("feeds", text)), differences
