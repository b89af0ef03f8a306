"""The parts, put together: from settings to a context, its dispatcher and its lines of work."""

import asyncio
import importlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from structlog.typing import FilteringBoundLogger

from bot import __version__
from bot.commands.dispatch import CommandDispatcher
from bot.errors import SettingsError
from bot.feeds.discover import discover
from bot.feeds.fetch import Fetcher
from bot.feeds.listing.read import read_listing
from bot.feeds.listing.sitemap import name_sitemaps
from bot.feeds.opml import read_public_list, write_list
from bot.feeds.page import read_page
from bot.feeds.parse import parse
from bot.feeds.robots import Robots
from bot.i18n import Texts
from bot.jobs import Context, Policy, Rulebook
from bot.jobs.delivering.deliver import Deliverer
from bot.jobs.group import Grouper
from bot.jobs.operating.heartbeat import Heartbeat
from bot.jobs.operating.housekeeping import housekeeping
from bot.jobs.operating.name_discovery import NameDiscoverer, refresh_names
from bot.jobs.operating.spending import StoredLedger, watch_budget
from bot.jobs.publishing.corrections import Corrector
from bot.jobs.publishing.follow_up import due_follows, follow_up
from bot.jobs.publishing.instant_watch import InstantWatch
from bot.jobs.publishing.publish import publish
from bot.jobs.reading.collect import Collector
from bot.jobs.reading.pages import PageReader
from bot.pipeline.limits.requests import Rations
from bot.pipeline.limits.spending import Budget, Limit
from bot.pipeline.selection.breaking import Caps
from bot.platforms import platform_specs
from bot.ports import (
    Clock,
    Fetch,
    Offload,
    Platform,
    PlatformOptions,
    Summarizer,
    SummarizerOptions,
    WorkQueue,
)
from bot.settings import FileSettings, Settings
from bot.store import Store, names, outbox, posting_hold, system
from bot.store.model_cache import StoredCache
from bot.summarizers.extractive import Extractive

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Application:
    """A Strillone that is built but does not run yet."""

    ctx: Context
    dispatcher: CommandDispatcher
    lines: tuple[WorkQueue, ...]


def user_agent(contact: str) -> str:
    """Return how we introduce ourselves to publishers."""
    return f"Strillone/{__version__} (AI-news bot{f'; contact: {contact}' if contact else ''})"


def fetcher(settings: Settings, shared_hosts: Collection[str] | None = None) -> Fetcher:
    """Return the fetcher that the settings describe; `shared_hosts` hosts are open to every request, not only
    to declared feeds.
    """
    fetch_settings = settings.file.fetch
    return Fetcher(
        user_agent(settings.file.contact),
        opened=shared_hosts or (),
        own=fetch_settings.open_hosts,
        concurrency=fetch_settings.concurrency,
        headers=settings.headers,
        proxy=settings.proxy,
        accesses=settings.accesses,
    )


def worker_count() -> int:
    """Return how many worker processes this machine has room for: one core stays free for the event loop."""
    return max(1, min(4, (os.cpu_count() or 2) - 1))


def load_platform(name: str, options: PlatformOptions, texts: Texts) -> Platform:
    """Return a platform by its name. Raises `SettingsError` when its extra is not installed."""
    try:
        module = importlib.import_module(f"bot.platforms.{name}")
    except ModuleNotFoundError as error:
        msg = f"There is no platform `{name}`."
        raise SettingsError([msg]) from error
    try:
        platform: Platform = module.create(options, texts)
    except ModuleNotFoundError as error:
        spec = platform_specs().get(name)
        if spec is None or not spec.extra:
            raise
        msg = f"{name} needs its extra: pip install 'strillone[{spec.extra}]' ({error})."
        raise SettingsError([msg]) from error
    return platform


def summarizer_name(settings: Settings) -> str:
    """Return the summarizer that the settings name; `auto` is one that writes with models where some are
    configured.

    Raises `SettingsError` when it has no model.
    """
    env, name = settings.environment, settings.file.summarizer
    if name == "auto":
        configured = settings.models or env.openai_api_key.get_secret_value() or env.openai_base_url
        name = "openai" if configured else "extractive"
    if name == "openai" and not settings.models:
        msg = (
            "environment: OPENAI_MODEL: there is no model to write with. Name it beside "
            "OPENAI_API_KEY or OPENAI_BASE_URL, list models "
            'in [model] of strillone.toml, or set summarizer = "extractive".'
        )
        raise SettingsError([msg])
    return name


def load_summarizer(settings: Settings, options: SummarizerOptions) -> Summarizer:
    """Return the summarizer that the settings name. Raises `SettingsError` when there is none of that name,
    or it has no model.
    """
    name = summarizer_name(settings)
    try:
        module = importlib.import_module(f"bot.summarizers.{name}")
    except ModuleNotFoundError as error:
        msg = f"strillone.toml: summarizer: `{name}` is no summarizer; there are auto, extractive and openai."
        raise SettingsError([msg]) from error
    summarizer: Summarizer = module.create(options)
    return summarizer


def budget_of(file: FileSettings) -> Budget:
    """Return what models may spend."""
    model_settings = file.model
    return Budget(
        Limit(model_settings.day_tokens, model_settings.month_tokens),
        Limit(
            model_settings.millionths(model_settings.day_money),
            model_settings.millionths(model_settings.month_money),
        ),
        model_settings.server_share,
        file.zone,
    )


async def build_application(
    settings: Settings,
    store: Store,
    *,
    platforms: Mapping[str, Platform],
    texts: Texts,
    fetch: Fetch,
    offload: Offload,
    clock: Clock,
    wake: Callable[[str], None],
    log: FilteringBoundLogger,
    horizon: timedelta | None = None,
) -> Application:
    """Put the parts together; `horizon` replaces the settings' where old news is wanted, also what pages hold
    at first sight.
    """
    file = settings.file
    async with store.write() as tx:
        instance = await system.remember(tx, "instance", os.urandom(8).hex(), once=True)
        secret = await system.remember(tx, "secret of buttons", os.urandom(32).hex(), once=True)
        accepted = await names.accepted_names(tx)
    policy = Policy(
        shortest_poll=timedelta(minutes=file.fetch.shortest_poll_minutes),
        longest_poll=timedelta(minutes=file.fetch.longest_poll_minutes),
        language=file.language,
        zone=file.zone,
        resend=file.delivery.uncertain == "resend",
        horizon=horizon or timedelta(hours=file.digest.horizon_hours),
        first_sight_is_news=horizon is not None,
        caps=Caps(file.breaking.per_hour, file.breaking.per_day),
        public_url=file.web.public_url,
        heartbeats=settings.heartbeats,
        limits=file.limits.limits(),
        keep=file.keep.keep(),
    )
    ledger = StoredLedger(store, clock, budget_of(file))
    book = Rulebook(settings.rules)
    book.learn(accepted)
    options = SummarizerOptions(
        models=settings.models,
        ledger=ledger,
        cache=StoredCache(store, clock),
        clock=clock,
        pause=asyncio.sleep,
    )
    ctx = Context(
        store=store,
        clock=clock,
        book=book,
        kinds=settings.kinds,
        texts=texts,
        summarizer=load_summarizer(settings, options),
        fetch=fetch,
        parse=parse,
        discover=discover,
        read_page=read_page,
        offload=offload,
        platforms=platforms,
        instance=instance,
        log=log,
        wake=wake,
        policy=policy,
        secret=secret,
        rations=Rations.from_limits(policy.limits),
        own_words=Extractive(),
        read_list=read_public_list,
        write_list=write_list,
        read_listing=read_listing,
        name_sitemaps=name_sitemaps,
        check_robots=Robots(fetch, offload, clock),
    )
    return Application(
        ctx,
        CommandDispatcher(ctx),
        _work_queues(
            ctx,
            Grouper(ctx, settings.frequencies, settings.grouping),
            NameDiscoverer(ctx, settings.frequencies.common),
            ledger,
            file.fetch.concurrency,
        ),
    )


def _work_queues(
    ctx: Context, grouper: Grouper, learner: NameDiscoverer, ledger: StoredLedger, concurrency: int
) -> tuple[WorkQueue, ...]:
    collector = Collector(ctx)
    reader = PageReader(ctx, ctx.check_robots)
    corrector = Corrector(ctx)
    heartbeat = Heartbeat(ctx)

    async def feeds_due() -> list[int]:
        return await collector.due(4 * concurrency)

    linking = tuple(name for name, platform in ctx.platforms.items() if platform.links_to_bot)

    watch = InstantWatch(ctx, linking)

    async def subscriptions_due() -> list[int]:
        return await watch.due(200)

    async def channels_due() -> list[int]:
        ready = [name for name, health in ctx.health.items() if health.state == "connected"]
        async with ctx.store.read() as tx:
            return (
                [] if await posting_hold.held_since(tx) else await outbox.due_channels(tx, ready, ctx.clock())
            )

    async def tell(subscription_id: int) -> None:
        await corrector.correct_all()
        await publish(ctx, subscription_id)

    async def always() -> list[int]:
        return [0]

    async def keep_house(identity: int) -> None:
        await refresh_names(ctx)  # they may have been accepted in another process
        await housekeeping(ctx, identity)

    lines = (
        WorkQueue(
            name="collect",
            interval=timedelta(seconds=3),
            due=feeds_due,
            run=collector.run,
            concurrency=concurrency,
        ),
        WorkQueue(name="read", interval=timedelta(seconds=3), due=reader.due, run=reader.run, concurrency=8),
        WorkQueue(name="group", interval=timedelta(seconds=3), due=grouper.due, run=grouper.run),
        WorkQueue(
            name="publish", interval=timedelta(seconds=1), due=subscriptions_due, run=tell, concurrency=4
        ),
        WorkQueue(
            name="follow",
            interval=timedelta(seconds=10),
            due=lambda: due_follows(ctx),
            run=lambda follow_id: follow_up(ctx, follow_id),
        ),
        WorkQueue(name="correct", interval=timedelta(seconds=5), due=corrector.due, run=corrector.run),
        WorkQueue(
            name="deliver",
            interval=timedelta(seconds=1),
            due=channels_due,
            run=Deliverer(ctx).run,
            concurrency=50,
        ),
        WorkQueue(name="budget", interval=MINUTE, due=ledger.due, run=lambda i: watch_budget(ctx, ledger, i)),
        WorkQueue(name="heartbeat", interval=MINUTE, due=heartbeat.due, run=heartbeat.run),
        WorkQueue(name="learn", interval=HOUR, due=learner.due, run=learner.run),
        WorkQueue(name="housekeeping", interval=HOUR, due=always, run=keep_house),
    )
    return tuple(_patient(ctx.store, line) for line in lines)


def _patient(store: Store, line: WorkQueue) -> WorkQueue:
    """Return a line of which nothing is due while the database is in trouble: its work would be done for
    nothing.
    """

    async def due() -> Sequence[int]:
        return [] if store.trouble else await line.due()

    return replace(line, due=due)
