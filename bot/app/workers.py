"""Work in child processes: spawned, with memory and CPU limits, ended at their deadline, replaced alone."""

import asyncio
import contextlib
import multiprocessing
import resource
import signal
from collections.abc import Callable
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
            pipe.send(answer)
        except (TypeError, AttributeError, ValueError) as error:
            pipe.send((False, ChildDied(f"its answer could not be handed over: {error}")))


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

    async def run(self, fn: Callable[..., T], args: tuple[Any, ...], seconds: float) -> T:
        self.uses += 1
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        self._pipe.send((fn, args))
        loop.add_reader(self._pipe.fileno(), readable.set)
        try:
            await asyncio.wait_for(readable.wait(), seconds)
        finally:
            loop.remove_reader(self._pipe.fileno())
        good, value = self._pipe.recv()
        if not good:
            raise value
        answer: T = value
        return answer

    def end(self) -> None:
        """Kill the child and wait for it."""
        self.process.kill()
        self.process.join()
        self._pipe.close()


class Workers:
    """A few children that share the work; an async context manager. Children are started when they are first needed."""

    def __init__(self, count: int = 1) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._free: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        self._children: set[_Child] = set()
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

    async def __call__(self, fn: Callable[..., T], *args: Any, deadline: timedelta) -> T:
        """Return what `fn(*args)` returns in a child. Raises `DeadlineMissed`, `ChildDied`, or what `fn` raised."""
        child: _Child | None = await self._free.get()
        try:
            if child is None:
                child = await asyncio.to_thread(_Child, self._context)
                self._children.add(child)
            result = await child.run(fn, args, deadline.total_seconds())
        except TimeoutError as error:
            self._end(child)
            child = None
            msg = f"took longer than {deadline.total_seconds():.0f} seconds and was ended"
            raise DeadlineMissed(msg) from error
        except (EOFError, BrokenPipeError, ConnectionResetError, MemoryError) as error:
            self._end(child)
            child = None
            msg = "the worker process crashed or outgrew its memory"
            raise ChildDied(msg) from error
        except asyncio.CancelledError:
            self._end(child)
            child = None
            raise
        finally:
            if child is not None and child.uses >= USES:
                self._end(child)
                child = None
            self._free.put_nowait(child)
        return result

    def _end(self, child: _Child | None) -> None:
        if child is not None:
            self._children.discard(child)
            child.end()
