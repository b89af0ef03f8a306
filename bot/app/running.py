"""A running Strillone: everything started in order, and stopped in reverse. It wires and decides nothing."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web
from structlog.typing import FilteringBoundLogger

from bot.app.lease import ProcessLease
from bot.app.loop_watch import LoopWatch
from bot.app.metrics import READINESS, Monitoring
from bot.app.private_files import make_private
from bot.app.roles import Role, Scheduler, check_role, scheduler_for
from bot.app.seed import seed
from bot.app.supervise import Supervisor
from bot.app.webserver import WebServer
from bot.app.wiring import Application, build_application, fetcher, load_platform, worker_count
from bot.app.workers import Workers
from bot.commands.about import CLAIM_LINK, CLAIM_VALID
from bot.errors import LeaseHeld, SettingsError, StoreError
from bot.feeds import websub
from bot.i18n import load as load_texts
from bot.jobs.operating.clock_rollback import TOLERATED, detect_clock_rollback
from bot.jobs.operating.name_discovery import refresh_names
from bot.jobs.reading.websub import confirm, pushed
from bot.model import Identity
from bot.platforms import chat_platforms
from bot.ports import Clock, PlatformOptions, Route
from bot.settings import Settings
from bot.store import Store, open_store, outbox, places, posting_hold, transfer
from bot.store.fence import fenced

STOP_DEADLINE = timedelta(seconds=8)
"""How long what is in flight may take at shutdown; the whole of it ends within ten seconds."""

STANDING_BY = {"lease": "held by another process; this one stands by"}
"""What a process tells monitors that waits for the end of the one at work."""

RARELY = (20_000, 20, 20)
"""Objects made, and younger collections, before the garbage collector looks; reference counting frees nearly
everything at once.
"""


def utc_now() -> datetime:
    """Return the present moment: the one clock of a running program."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to run: as what, which platforms with which options, how long to stand by, whether a taken port
    moves on.
    """

    role: Role = Role.ALL
    platforms: Mapping[str, PlatformOptions]
    standby: float = 120.0
    next_port: bool = False
    first_pause: float = 2.0
    opened: tuple[str, ...] = ()
    """Hosts that every request may reach, private or not: of the demo's own newsroom."""

    clock: Clock = utc_now
    new_claim: bool = False
    """Whether a claim is offered although somebody runs the instance; its use takes that from all others."""


def plan_for(settings: Settings) -> Plan:
    """Return the plan that tokens and settings ask for."""
    given = settings.environment.of_platforms
    options_by_name = {
        spec.name: PlatformOptions(
            given[spec.credential].get_secret_value(),
            {
                **{
                    name: given[url].get_secret_value()
                    for name, url in spec.addresses.items()
                    if url in given
                },
                **({"webhook": settings.file.web.public_url} if settings.file.web.webhooks else {}),
            },
        )
        for spec in chat_platforms()
        if spec.credential in given
    }
    if settings.file.web.enabled:
        options_by_name["web"] = PlatformOptions()
    return Plan(platforms=options_by_name)


@dataclass(frozen=True, slots=True)
class Running:
    """A Strillone at work."""

    house: Application
    url: str
    failure: asyncio.Future[None]


@asynccontextmanager
async def running(settings: Settings, plan: Plan, log: FilteringBoundLogger) -> AsyncIterator[Running]:
    """Run everything until the block ends, then stop in reverse order, finishing what is in flight.

    Raises `StoreError`, `SettingsError`; `Running.failure` fails when the process must end by itself.
    """
    async with AsyncExitStack() as stack:
        if unprotected_reason := make_private(settings.data):
            log.warning("data.not_private", remedy=unprotected_reason)
        store = await open_store(settings.database)
        stack.push_async_callback(store.close)
        await _refuse_moved(store)
        check_role(plan.role, store)
        lease = ProcessLease.of(store, plan.clock, log, plan.role.tenure)
        await _take_lease(lease, settings, plan, log)
        stack.push_async_callback(lease.drop)
        if plan.role.has_platforms and not store.is_sqlite:
            stack.enter_context(fenced(lease.is_held))
        fetch = await stack.enter_async_context(fetcher(settings, plan.opened))
        offload = await stack.enter_async_context(Workers(worker_count()))
        texts = load_texts()
        platforms = {name: load_platform(name, options, texts) for name, options in plan.platforms.items()}
        schedulers: list[Scheduler] = []
        house = await build_application(
            settings,
            store,
            platforms=platforms,
            texts=texts,
            fetch=fetch,
            offload=offload,
            clock=plan.clock,
            wake=lambda name: schedulers[0].wake(name) if schedulers else None,
            log=log,
        )
        scheduler = scheduler_for(plan.role, store, plan.clock, house.lines, log)
        if plan.role.has_platforms:
            await _recover(store, log)
            await seed(store, settings.file, settings.outlines, platforms, plan.clock())
        url = await _serve(stack, settings, plan, house, scheduler)
        if plan.role.has_platforms:
            await detect_clock_rollback(house.ctx)
        await _start(stack, plan, house, scheduler, log)
        schedulers.append(scheduler)
        failure = asyncio.get_running_loop().create_future()
        keeper = asyncio.create_task(_keep(lease, plan, house, scheduler, failure))
        settle_memory()
        stack.callback(keeper.cancel)
        yield Running(house, url, failure)


async def _recover(store: Store, log: FilteringBoundLogger) -> None:
    """Take stock of what an earlier process left: posts on their way, and a restored database on hold."""
    async with store.write() as tx:
        interrupted_count, restored = (
            await outbox.recover_interrupted(tx),
            await posting_hold.held_since(tx),
        )
    if interrupted_count:
        log.warning("outbox.interrupted", operations=interrupted_count)
    if restored:
        log.warning(
            "instance.on_hold",
            restored=f"{restored:%Y-%m-%d %H:%M}",
            remedy="nothing is posted until `strillone resume`",
        )


async def _refuse_moved(store: Store) -> None:
    """Refuse a database that is only half here, or whose instance lives elsewhere by now. Raises
    `StoreError`.
    """
    async with store.read() as tx:
        if await transfer.is_arriving(tx):
            msg = (
                "This database is half filled. Say `strillone move` again, where the old one is: it goes on."
            )
            raise StoreError(msg)
        if place := await transfer.moved_to(tx):
            msg = (
                f"This database was moved to {place}. Set DATABASE_URL to that; or say `strillone resume` to "
                "go on with this one as it was then."
            )
            raise StoreError(msg)


async def _take_lease(lease: ProcessLease, settings: Settings, plan: Plan, log: FilteringBoundLogger) -> None:
    """Take the lease at once, or as a stand-by that tells monitors so while it waits."""
    try:
        await lease.take(standby=0)
    except LeaseHeld:
        async with _stand_by(settings, log):
            await lease.take(plan.standby)


@asynccontextmanager
async def _stand_by(settings: Settings, log: FilteringBoundLogger) -> AsyncIterator[None]:
    """Answer monitors, where a web server is wanted and the process at work does not have its port."""
    if not _wants_monitors(settings):
        yield
        return
    server = _web_server(settings, lambda: STANDING_BY)

    async def not_ready(_: web.Request) -> web.Response:
        return web.json_response(STANDING_BY, status=503)

    try:
        await server.start([("GET", READINESS, not_ready)])
    except SettingsError as error:
        log.info("standby.unseen", cause=str(error))
    try:
        yield
    finally:
        await server.stop()


def settle_memory() -> None:
    """Tell the garbage collector that what is loaded by now stays, and to look less often: looking through it
    stopped the event loop for 100 ms at a time, and took a tenth of the time that polling takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


async def _serve(
    stack: AsyncExitStack, settings: Settings, plan: Plan, house: Application, scheduler: Scheduler
) -> str:
    """Answer what people, hubs and platforms ask for; monitors, beside that or where they are wanted of a
    worker.
    """
    routes = _routes(house) if plan.role.has_platforms else ()
    if not routes and (plan.role.has_platforms or not _wants_monitors(settings)):
        return ""
    loop_watch = LoopWatch()
    watching = asyncio.create_task(loop_watch.keep_watching())
    stack.callback(watching.cancel)
    routes = [*routes, *Monitoring(house.ctx, loop_watch, settings.data, plan.role, scheduler).routes()]

    def health() -> dict[str, str]:
        states = {name: state.state for name, state in house.ctx.health.items()}
        own = {} if plan.role is Role.ALL else {"role": str(plan.role), "engine": scheduler.trouble or "well"}
        return {"database": house.ctx.store.trouble or "well", **own, **states}

    server = _web_server(settings, health)
    try:
        await server.start(routes, next_port=plan.next_port)
    except SettingsError as error:
        if plan.role.has_platforms:
            raise
        house.ctx.log.warning("worker.unseen", cause=str(error))
        return ""
    stack.push_async_callback(server.stop)
    return server.url


def _routes(house: Application) -> Sequence[Route]:
    """Return what people, hubs and platforms ask for."""
    routes: Sequence[Route] = [
        route for platform in house.ctx.platforms.values() for route in getattr(platform, "routes", list)()
    ]
    if house.ctx.policy.public_url:
        routes = [*routes, *websub.routes(partial(confirm, house.ctx), partial(pushed, house.ctx))]
    return routes


def _wants_monitors(settings: Settings) -> bool:
    return bool(settings.file.web.enabled or settings.file.web.public_url)


def _web_server(settings: Settings, health: Callable[[], dict[str, str]]) -> WebServer:
    env, file = settings.environment, settings.file.web
    port = file.port if env.port is None else env.port
    return WebServer(env.strillone_host or file.host, port, health, file.public_url)


async def _start(
    stack: AsyncExitStack,
    plan: Plan,
    house: Application,
    scheduler: Scheduler,
    log: FilteringBoundLogger,
) -> None:
    """Start platforms and scheduler; they stop the other way round: first no new work, then the connections.
    A worker has platforms only to render for them.
    """
    supervisor = Supervisor(
        platforms=house.ctx.platforms,
        health=house.ctx.health,
        clock=plan.clock,
        log=log,
        first_pause=plan.first_pause,
    )
    stack.push_async_callback(supervisor.stop)
    stack.push_async_callback(scheduler.stop, STOP_DEADLINE)
    if plan.role.has_platforms:
        house.dispatcher.on_connected = await _announcer(house, plan, log)
        supervisor.start(house.dispatcher)
    scheduler.start()


async def _announcer(house: Application, plan: Plan, log: FilteringBoundLogger) -> Callable[[str], None]:
    """Return what logs that a platform has connected, with a claim while nobody is the operator."""
    chats = {spec.name: spec for spec in chat_platforms()}
    code = await _claim(house, plan) if chats.keys() & plan.platforms.keys() else ""

    def announce(name: str) -> None:
        identity = house.ctx.platforms[name].identity()
        if identity is None:
            log.info("platform.connected", platform=name)
            return
        _introduce(name, identity, log)
        if code:
            start_link = chats[name].start_link if name in chats else ""
            link = start_link.format(bot=identity.address, payload=f"{CLAIM_LINK}{code}")
            log.warning(
                "claim.offered",
                platform=name,
                say=f"/claim {code} or open {link}" if link else f"/claim {code}",
                minutes=15,
                note="whoever uses it is the only operator"
                if plan.new_claim
                else "nobody runs this instance yet",
            )

    return announce


def _introduce(name: str, identity: Identity, log: FilteringBoundLogger) -> None:
    log.info(
        "platform.connected",
        platform=name,
        bot=identity.name,
        places=identity.places,
        invite=list(identity.invites),
        asks=[f"{right}: {reason}" for right, reason in identity.asks],
    )


async def _claim(house: Application, plan: Plan) -> str:
    async with house.ctx.store.write() as tx:
        if await places.operators(tx) and not plan.new_claim:
            return ""
        return await places.new_claim(tx, house.ctx.clock() + CLAIM_VALID, replaces=plan.new_claim)


async def _keep(
    lease: ProcessLease,
    plan: Plan,
    house: Application,
    scheduler: Scheduler,
    failure: "asyncio.Future[None]",
) -> None:
    latest = plan.clock()

    async def renewed() -> None:
        nonlocal latest
        before, latest = latest, plan.clock()
        if plan.role.has_platforms:
            was_set_back = await detect_clock_rollback(house.ctx)
        else:
            was_set_back = latest < before - TOLERATED
            await refresh_names(house.ctx)
        if was_set_back:
            scheduler.clock_set_back()

    try:
        await lease.keep(renewed)
    except (
        Exception
    ) as error:  # whatever ends the keeping of the lease must end the process: another may hold it by now
        if not failure.done():
            failure.set_exception(error)


def stop_on_signal() -> "asyncio.Future[Any]":
    """Return what is done when the process is asked to end, by SIGTERM or Ctrl-C: with False."""
    loop = asyncio.get_running_loop()
    stop_request: asyncio.Future[Any] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _settle, stop_request, False)
    return stop_request


def restart_on_signal(
    stop_request: "asyncio.Future[Any]", problems: Callable[[], Sequence[str]], log: FilteringBoundLogger
) -> None:
    """Let SIGHUP end the process's work, with True, so that it begins again with the settings as they are by
    then.

    Where these have problems it goes on as before, and says them.
    """

    def restart() -> None:
        open_problems = problems()
        for problem in open_problems:
            log.error("settings.refused", problem=problem)
        if not open_problems:
            _settle(stop_request, True)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, restart)


def _settle(stop_request: "asyncio.Future[Any]", again: bool) -> None:
    if not stop_request.done():
        stop_request.set_result(again)
