"""Work in child processes: spawned, with memory and CPU limits, ended at their deadline, replaced alone."""

import asyncio
import contextlib
import multiprocessing
import pickle
import resource
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.errors import ChildDied, DeadlineMissed

T = TypeVar("T")
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space a child may use above what it has at start."""

USES = 500
"""Pieces of work after which a child is replaced, so that what libraries leak is given back."""

DIED = "the worker process crashed or outgrew its memory"


def _serve(pipe: Connection) -> None:
    """Run one function after the other as they come through the pipe. This is the child's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        used = _address_space()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    while True:
        try:
            fn, args = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (True, fn(*args))
        except Exception as error:
            answer = (False, error)
        try:
            packed = pickle.dumps(answer)
            pickle.loads(packed)  # noqa: S301  our own words; an error whose constructor wants more would break the parent
        except Exception as error:
            packed = pickle.dumps((False, ChildDied(f"its answer could not be handed over: {error}")))
        pipe.send_bytes(packed)


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  procfs is no file one would name by a path
        return int(statm.read().split()[0]) * resource.getpagesize()


class _Child:
    """One child process and the pipe to it."""

    def __init__(self, context: multiprocessing.context.SpawnContext) -> None:
        self._pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=_serve, args=(theirs,), daemon=True, name="strillone-worker"
        )
        self.process.start()
        theirs.close()
        self.uses = 0
        self._talk: Future[tuple[bool, Any]] | None = None

    async def run(
        self, fn: Callable[..., Any], args: tuple[Any, ...], seconds: float, threads: ThreadPoolExecutor
    ) -> tuple[bool, Any]:
        """Return whether the work succeeded, and its answer or its error. A thread talks to the child: large values block a pipe."""
        self.uses += 1
        self._talk = threads.submit(self._exchange, pickle.dumps((fn, args)))
        return await asyncio.wait_for(asyncio.wrap_future(self._talk), seconds)

    def _exchange(self, work: bytes) -> tuple[bool, Any]:
        self._pipe.send_bytes(work)
        answer: tuple[bool, Any] = self._pipe.recv()
        return answer

    def end(self) -> None:
        """Kill the child and wait for it, and for the thread that hears of its end."""
        self.process.kill()
        self.process.join()
        if self._talk is not None:
            wait((self._talk,), 1)
        self._pipe.close()


class Workers:
    """A few children that share the work; an async context manager. Children are started when they are first needed."""

    def __init__(self, count: int = 1) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._free: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        self._children: set[_Child] = set()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="strillone-worker")
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

    async def __call__(self, fn: Callable[..., T], *args: Any, deadline: timedelta) -> T:
        """Return what `fn(*args)` returns in a child. Raises `DeadlineMissed`, `ChildDied`, or what `fn` raised."""
        child: _Child | None = await self._free.get()
        try:
            child = await self._living(child)
            good, answer = await child.run(fn, args, deadline.total_seconds(), self._threads)
        except TimeoutError as error:
            self._end(child)
            child = None
            msg = f"took longer than {deadline.total_seconds():.0f} seconds and was ended"
            raise DeadlineMissed(msg) from error
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            self._end(child)
            child = None
            raise ChildDied(DIED) from error
        except asyncio.CancelledError:
            self._end(child)
            child = None
            raise
        finally:
            if child is not None and child.uses >= USES:
                self._end(child)
                child = None
            self._free.put_nowait(child)
        if isinstance(answer, MemoryError):
            raise ChildDied(DIED) from answer
        if not good:
            raise answer
        result: T = answer
        return result

    async def _living(self, child: _Child | None) -> _Child:
        """Return a child that runs, a new one where there is none or it died while it was idle."""
        if child is not None and child.process.is_alive():
            return child
        self._end(child)
        made = await asyncio.to_thread(_Child, self._context)
        self._children.add(made)
        return made

    def _end(self, child: _Child | None) -> None:
        if child is not None:
            self._children.discard(child)
            child.end()
