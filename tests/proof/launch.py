"""The real program with a hand on its plug: it may end itself by SIGKILL at any commit and at any request of its jobs.

A server (`python -m tests.proof.launch`) has imported what the program needs and forks one life per line of JSON on its
input: `{"environment": …, "folder": …}`. It answers with the process id. Every life is `bot.cli.main(["run"])`; only what is
wrapped here tells it from the real thing. Its environment says more:

- DELIVERY_STEPS: a file; each step is written into it, as `number what`.
- DELIVERY_KILL: the step that is the process's last, as `3 after sendMessage`: the third of its kind, however many others come between.
- DELIVERY_TOKEN: a file; of several lives that share it only the one dies that takes it away first.
- DELIVERY_ROLE: what the life is for, where several share a database (`strillone run --role`).
- DELIVERY_STALLED: seconds after which others take the work of a life that gives no sign of itself, in place of the program's.
- DELIVERY_CLOCK: a file; by so many seconds the clock of the life is ahead of the true one, at any time.
- DELIVERY_DISK: the process that keeps the small disk on which the database is (`tests.doubles.machine`).
- DELIVERY_WITHOUT: safeguards that are switched off, separated by commas (see `SAFEGUARDS`).

A commit has two steps, before it and after it; so has a request: before it leaves and after its answer came.
"""

import asyncio
import json
import multiprocessing
import os
import re
import signal
import sys
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from multiprocessing.forkserver import ForkServer
from pathlib import Path
from typing import Any

import aiohttp
import httpx
from yarl import URL

from bot.app.workers import PRELOAD
from bot.cli import main as command_line
from bot.errors import ChildDied
from bot.feeds.fetch import Fetcher
from bot.model import Finding, SearchResult
from bot.store import Store, Tx, outbox
from tests.doubles.machine import go_inside

WARM = (
    "bot.app.logs", "bot.app.running", "bot.platforms.discord", "bot.platforms.telegram", "bot.platforms.web",
    "bot.summarizers.extractive", "bot.settings", "aiosqlite", "psycopg",
    "bot.schedulers.cluster",
)  # fmt: skip
ROOM = re.compile(r"/api/v10/(?:channels|guilds)/\d+/?([^?]*)")
"""Requests of Discord's that post and look for posts: in channels and threads, and for the threads of a server."""

POSTING = ("sendMessage", "editMessageText", "forwardMessage", "deleteMessage")
"""Methods of the Bot API that post and look for posts; questions for updates come and go at any time."""

PATIENCE = 30.0
"""Seconds in which a life must have begun."""

CLOCK = "clock"
"""In a life's folder: the file that says by how many seconds its clock is wrong."""

ROOT = Path(__file__).parents[2]


class Steps:
    """Counts the steps of a life, writes each down, and ends the life at the one that was chosen."""

    def __init__(self, file: str, fatal: str, token: str = "") -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._fatal, self._token, self._taken = fatal, token, Counter[str]()

    def __call__(self, what: str) -> None:
        """Take a step."""
        self._taken[what] += 1
        os.write(self._file, f"{self._taken.total()} {what}\n".encode())
        if f"{self._taken[what]} {what}" == self._fatal and self._is_first():
            os.kill(os.getpid(), signal.SIGKILL)

    def _is_first(self) -> bool:
        try:
            if self._token:
                Path(self._token).unlink()
        except FileNotFoundError:
            return False
        return True


def _who() -> str:
    """Return the function of ours that is at work."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("bot.") and module != "bot.store.database":
            return f"{module.removeprefix('bot.')}.{frame.f_code.co_name}"
    return "?"


def hurry() -> None:
    """Lift the platforms' pace, which only makes a life longer. Their own waits after a 429 stay."""
    for module, name in (("discord", "Discord"), ("telegram", "Telegram")):
        platform = getattr(import_module(f"bot.platforms.{module}.connection"), name)
        platform.book = lambda *_: 0.0


def be_impatient(stalled: float) -> None:
    """Let others take over sooner."""
    from bot.schedulers import cluster, engine

    engine.STALLED, engine.HEARTBEAT = stalled, stalled / 5
    cluster.LEADS_FOR, cluster.LOOK = timedelta(seconds=stalled), stalled / 5


def watch(steps: Steps) -> None:
    """Make steps of commits and requests."""
    _watch_commits(steps)
    _watch_web(steps)
    _watch_discord(steps)
    _watch_telegram(steps)


def _watch_commits(steps: Steps) -> None:
    write = Store.write

    @asynccontextmanager
    async def watched(self: Store, *, narrow: bool = False) -> AsyncIterator[Tx]:
        async with write(self, narrow=narrow) as tx:
            yield tx
            what = f"the commit of {_who()}"
            steps(f"before {what}")
        steps(f"after {what}")

    Store.write = watched  # type: ignore[method-assign]


def _watch_discord(steps: Steps) -> None:
    request = aiohttp.ClientSession._request

    async def watched(self: aiohttp.ClientSession, method: str, url: Any, **options: Any) -> Any:
        found = ROOM.search(str(url))
        if found is None:
            return await request(self, method, url, **options)
        what = f"{method} {found[1]}"
        steps(f"before {what}")
        answer = await request(self, method, url, **options)
        steps(f"after {what}")
        return answer

    aiohttp.ClientSession._request = watched  # type: ignore[assignment,method-assign]


def _watch_web(steps: Steps) -> None:
    """What is asked of the web for feeds and pages; an answer is there when its whole body is."""
    get = Fetcher._get

    async def watched(self: Fetcher, parts: URL, *rest: Any) -> Any:
        steps(f"before GET {parts.path}")
        try:
            return await get(self, parts, *rest)
        finally:
            steps(f"after GET {parts.path}")

    Fetcher._get = watched  # type: ignore[assignment,method-assign]


def _watch_telegram(steps: Steps) -> None:
    send = httpx.AsyncClient.send

    async def watched(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        method = request.url.path.rpartition("/")[2]
        if method not in POSTING:
            return await send(self, request, **options)
        steps(f"before {method}")
        answer = await send(self, request, **options)
        steps(f"after {method}")
        return answer

    httpx.AsyncClient.send = watched  # type: ignore[method-assign]


# --- the clock ---------------------------------------------------------------------------------------------


def set_clock(file: Path) -> None:
    """Let a file say by how much the clock of this life is wrong: the one given to the program, and that of its ticking."""
    import apscheduler.executors.base
    import apscheduler.schedulers.base
    import apscheduler.triggers.interval

    from bot.app import running

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            ahead = file.read_text(encoding="utf-8") if file.exists() else ""
            return datetime.now(tz) + timedelta(seconds=float(ahead or 0))

    def plan(settings: Any) -> Any:
        return replace(plan_for(settings), clock=lambda: Wrong.now(UTC))

    plan_for, running.plan_for = running.plan_for, plan
    for module in (apscheduler.executors.base, apscheduler.schedulers.base, apscheduler.triggers.interval):
        module.datetime = Wrong


# --- safeguards, each of which a control switches off ------------------------------------------------------


def _no_sending() -> None:
    """An operation leaves without a word in the store before it."""

    async def nothing(*_: Any) -> None:
        return None

    outbox.sending = nothing  # type: ignore[assignment]


def _no_nonce() -> None:
    """Discord is told another nonce each time, and so cannot refuse a second message."""
    import discord

    send = discord.PartialMessageable.send

    async def plain(self: Any, *args: Any, **options: Any) -> Any:
        options.pop("nonce", None)
        return await send(self, *args, **options)

    discord.PartialMessageable.send = plain  # type: ignore[method-assign]


def _no_find() -> None:
    """What is uncertain is taken for never arrived."""

    async def absent(*_: Any) -> SearchResult:
        return SearchResult(Finding.ABSENT)

    for name in ("discord", "telegram"):
        import_module(f"bot.platforms.{name}.connection").find = absent  # type: ignore[attr-defined]


def _no_unity() -> None:
    """Operations are written after the transaction that marks their stories as told, in one of their own."""
    write, queue = Store.write, outbox.queue_document
    waiting: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    async def later(_: Tx, *rest: Any, **named: Any) -> None:
        waiting.append((rest, named))

    @asynccontextmanager
    async def torn(self: Store, *, narrow: bool = False) -> AsyncIterator[Tx]:
        async with write(self, narrow=narrow) as tx:
            yield tx
        documents, waiting[:] = waiting[:], []
        if documents:
            async with write(self) as tx:
                for rest, named in documents:
                    await queue(tx, *rest, **named)

    outbox.queue_document = later  # type: ignore[assignment]
    Store.write = torn  # type: ignore[method-assign]


SAFEGUARDS: dict[str, Callable[[], None]] = {
    "sending": _no_sending,
    "nonce": _no_nonce,
    "find": _no_find,
    "unity": _no_unity,
}


# --- lives ---------------------------------------------------------------------------------------------------


def live(environment: dict[str, str], folder: str) -> None:
    """Be one process of the program, from its start to its end."""
    os.environ.update(environment)
    if keeper := environment.get("DELIVERY_DISK"):
        go_inside(int(keeper))
    os.chdir(folder)
    fatal, token = environment.get("DELIVERY_KILL", ""), environment.get("DELIVERY_TOKEN", "")
    watch(Steps(environment["DELIVERY_STEPS"], fatal, token))
    for name in filter(None, environment.get("DELIVERY_WITHOUT", "").split(",")):
        SAFEGUARDS[name]()
    set_clock(Path(environment["DELIVERY_CLOCK"]))
    hurry()
    if stalled := environment.get("DELIVERY_STALLED"):
        be_impatient(float(stalled))
    ForkServer.ensure_running = lambda _: None  # type: ignore[assignment,method-assign]
    command_line(["run", "--role", environment.get("DELIVERY_ROLE", "all")])


def serve() -> None:
    """Fork a life for each line of input. Ended lives need no farewell: the system takes them away.

    The children that do a life's work come from one process for all lives, which is started here: each of its own would take
    more time for its imports than for all the rest.
    """
    for name in WARM:
        import_module(name)
    children = multiprocessing.get_context("forkserver")
    children.set_forkserver_preload([*PRELOAD, "tests.proof.launch"])
    first = children.Process()
    first.start()
    first.join()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(wanted["environment"], wanted["folder"])
        print(child, flush=True)


def _become(environment: dict[str, str], folder: str) -> None:
    """Leave the server behind; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(f"{folder}/log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    try:
        live(environment, folder)
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


class Lives:
    """The server, from the other side."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator["Lives"]:
        """Start the server, and end it afterwards."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.proof.launch",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            yield cls(process)
        finally:
            process.kill()
            await process.wait()

    async def begin(self, environment: dict[str, str], folder: str) -> int:
        """Begin a life; returns its process id. Raises `ChildDied` when the server is gone."""
        line = json.dumps({"environment": environment, "folder": folder}) + "\n"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._turn, asyncio.timeout(PATIENCE):
            self._process.stdin.write(line.encode())
            answer = await self._process.stdout.readline()
        if not answer:
            msg = "the server of lives ended"
            raise ChildDied(msg)
        return int(answer)


def is_alive(process: int) -> bool:
    """Tell whether a process is still there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    serve()
