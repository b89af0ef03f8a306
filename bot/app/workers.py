"""Work in child processes, with memory and CPU limits, ended at their deadline, replaced alone.

A child reads what strangers wrote. It gets none of our environment but what `ENVIRONMENT` names, and its
answers are plain words (`plain`): whoever takes it over finds no token in it and cannot run anything here.

Children are forked from a server process of their own (multiprocessing's “forkserver”) that has imported what
the work needs: it is spawned and has no threads, and a new child is ready in some hundredths of a second and
shares its memory.
"""

import asyncio
import contextlib
import math
import multiprocessing
import multiprocessing.util
import os
import pickle
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, TypeVar
from weakref import WeakValueDictionary

from bot.app.serialization import answer_of, failure_of, read_answer, return_type_of
from bot.errors import ChildDied, DeadlineMissed

T = TypeVar("T")
MEMORY = 320 * 1024 * 1024
"""Bytes of address space a child may use above what it has at start."""

MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer: several times the largest document that is fetched."""

ENVIRONMENT = frozenset(
    "HOME LANG LANGUAGE PATH PYTHONHOME PYTHONPATH PYTHONHASHSEED PYTHONUTF8 TMPDIR TZ".split()
)
"""Variables of the environment that children get, beside those of the locale (`LC_…`)."""

USES = 500
"""Pieces of work after which a child is replaced, so that what libraries leak is given back."""

SLOW = 0.5
"""Seconds after which a piece of work no longer keeps a place: another child takes over what waits."""

EXTRA = 8
"""Children beyond the usual number that slow work may bring about at one time."""

OF_ONE_SERVER = 2
OF_ALL_SERVERS = 6
"""Pieces of work done at a time on behalf of one server, and of all together: fewer than there are
children.
"""

PRELOAD = ["__main__", "bot.app.worker_warmup"]
"""What children need, imported once for all of them."""

DIED = "the worker process crashed or outgrew its memory"


def _serve(pipe: Connection) -> None:
    """Run one function after the other as they come through the pipe. This is the child's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        base_memory = _address_space()
        resource.setrlimit(resource.RLIMIT_AS, (base_memory + MEMORY, base_memory + MEMORY))
    while True:
        try:
            fn, args, seconds = pipe.recv()
        except (EOFError, OSError):
            return
        _limit_cpu(seconds)
        try:
            message = answer_of(fn, fn(*args))
        except Exception as error:
            message = failure_of(error)
        try:
            pipe.send_bytes(message)
        except OSError:  # whoever asked is gone
            return


_starting = threading.Lock()


@contextlib.contextmanager
def _few_words() -> Iterator[None]:
    """Let processes that are started meanwhile have only the variables that `ENVIRONMENT` names.

    Whoever starts the first child starts the process that children are forked from, too. It takes our whole
    environment, and cleaning that there would be too late: the system shows to every child what its parent
    was started with.
    """
    with _starting:
        usual = multiprocessing.util.spawnv_passfds
        multiprocessing.util.spawnv_passfds = _spawned
        try:
            yield
        finally:
            multiprocessing.util.spawnv_passfds = usual


def _spawned(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
    """Start a program as `multiprocessing.util.spawnv_passfds` does, with few variables; returns the number
    of its process.
    """
    few = {name: value for name, value in os.environ.items() if name in ENVIRONMENT or name.startswith("LC_")}
    return os.posix_spawn(
        path, list(args), few, file_actions=[(os.POSIX_SPAWN_DUP2, fd, fd) for fd in passfds]
    )


def _limit_cpu(seconds: float) -> None:
    """Let the process be ended when it computes longer than a piece of work may take, should its parent be
    gone.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds) + 1, hard))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  procfs is no file one would name by a path
        return int(statm.read().split()[0]) * resource.getpagesize()


@dataclass(frozen=True, slots=True)
class _Result:
    """What a piece of work returned, or the error with which it ended."""

    value: Any
    error: Exception | None = None


class _Child:
    """One child process and the pipe to it."""

    def __init__(self, context: multiprocessing.context.ForkServerContext) -> None:
        self._pipe, child_end = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=_serve, args=(child_end,), daemon=True, name="strillone-worker"
        )
        with _few_words():
            self.process.start()
        child_end.close()
        self.uses = 0
        self._talk: Future[Any] | None = None

    def begin(
        self, fn: Callable[..., Any], args: tuple[Any, ...], seconds: float, threads: ThreadPoolExecutor
    ) -> "asyncio.Future[_Result]":
        """Return, later, what came of the work. A thread talks to the child: large values block a pipe."""
        self.uses += 1
        return_type_of(fn)
        self._talk = threads.submit(self._exchange, fn, pickle.dumps((fn, args, seconds)))
        return asyncio.wrap_future(self._talk)

    def _exchange(self, fn: Callable[..., Any], work: bytes) -> "_Result":
        self._pipe.send_bytes(work)
        try:
            message = self._pipe.recv_bytes(MAX_ANSWER)
        except EOFError:
            raise
        except OSError as error:
            raise EOFError from error
        try:
            return _Result(read_answer(fn, message))
        except Exception as error:
            return _Result(None, error)

    def end(self) -> None:
        """Kill the child and wait for it, and for the thread that hears of its end."""
        self.process.kill()
        self.process.join()
        if self._talk is not None:
            wait((self._talk,), 1)
        self._pipe.close()


class Workers:
    """A few children that share the work; an async context manager. Children are started when they are first
    needed.

    A piece of work that takes long gives its place to a new child, so that a hanging one delays nobody else.
    Of what is done on behalf of servers only so much is done at a time that places are left for all others.
    """

    def __init__(self, count: int = 1) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOAD)
        self._free: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        self._children: set[_Child] = set()
        self._spare: _Child | None = None
        self._lent = 0
        self._servers = asyncio.Semaphore(OF_ALL_SERVERS)
        self._of_server: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(count + EXTRA, thread_name_prefix="strillone-worker")
        for _ in range(count):
            self._free.put_nowait(None)

    async def __aenter__(self) -> Self:
        """Return the workers."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every child."""
        for child in tuple(self._children):
            self._end(child)
        self._threads.shutdown(wait=False)

    async def __call__(self, fn: Callable[..., T], *args: Any, deadline: timedelta, requester: int = 0) -> T:
        """Return what `fn(*args)` returns in a child. Raises `DeadlineMissed`, `ChildDied`, or what `fn`
        raised.
        """
        if not requester:
            return await self._run_in_child(fn, args, deadline)
        server_slots = self._of_server.setdefault(requester, asyncio.Semaphore(OF_ONE_SERVER))
        async with server_slots, self._servers:
            return await self._run_in_child(fn, args, deadline)

    async def _run_in_child(self, fn: Callable[..., T], args: tuple[Any, ...], deadline: timedelta) -> T:
        place: _Child | None = await self._free.get()
        child: _Child | None = None
        work: asyncio.Future[_Result] | None = None
        lent = False
        try:
            child = place = await self._living(place)
            work = child.begin(fn, args, deadline.total_seconds(), self._threads)
            lent = await self._outlasts(work)
            result = await asyncio.wait_for(work, max(0.0, deadline.total_seconds() - SLOW * lent))
            place = child if child.uses < USES else None
        except TimeoutError as error:
            place = None
            msg = f"took longer than {deadline.total_seconds():.0f} seconds and was ended"
            raise DeadlineMissed(msg) from error
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            place = None
            raise ChildDied(DIED) from error
        except asyncio.CancelledError:
            place = None
            if work is not None:
                work.cancel()
            raise
        finally:
            if place is None:
                self._end(child)
            self._give_back(place, lent=lent)
        if isinstance(result.error, MemoryError):
            raise ChildDied(DIED) from result.error
        if result.error is not None:
            raise result.error
        value: T = result.value
        return value

    def _give_back(self, place: _Child | None, *, lent: bool) -> None:
        """Free a place. A child whose place was lent meanwhile is kept at hand for the next who needs one, if
        there is none yet.
        """
        if not lent:
            self._free.put_nowait(place)
            return
        self._lent -= 1
        if self._spare is None:
            self._spare = place
        else:
            self._end(place)

    async def _outlasts(self, work: "asyncio.Future[Any]") -> bool:
        """Wait a little for the work; where it takes longer, give its place to whoever waits, and tell so."""
        await asyncio.wait((work,), timeout=SLOW)
        if work.done() or self._lent >= EXTRA:
            return False
        self._lent += 1
        self._free.put_nowait(None)
        return True

    async def _living(self, child: _Child | None) -> _Child:
        """Return a child that runs, a new one where there is none or it died while it was idle."""
        if child is None:
            child, self._spare = self._spare, None
        if child is not None and child.process.is_alive():
            return child
        self._end(child)
        new_child = await asyncio.to_thread(_Child, self._context)
        self._children.add(new_child)
        return new_child

    def _end(self, child: _Child | None) -> None:
        if child is not None:
            self._children.discard(child)
            child.end()
