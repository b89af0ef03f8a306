"""One process: APScheduler ticks, the store says what is due, each id runs at most once at a time."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from structlog.typing import FilteringBoundLogger

from bot.errors import DatabaseUnavailable
from bot.ports import WorkQueue

FIRST_REST, LONGEST_REST = 1.0, 600.0
"""Seconds that an id rests after an unexpected failure: doubled each time, up to the longest."""


class LocalScheduler:
    """Runs lines of work until it is stopped; what is in flight then is awaited, never cut short before its
    deadline.
    """

    def __init__(self, lines: Sequence[WorkQueue], log: FilteringBoundLogger) -> None:
        self._lines = {line.name: line for line in lines}
        self._log = log
        self._running: dict[str, dict[int, asyncio.Task[None]]] = {line.name: {} for line in lines}
        self._asking: dict[str, asyncio.Lock] = {line.name: asyncio.Lock() for line in lines}
        self._recent: dict[str, set[int]] = {line.name: set() for line in lines}
        self._rest_of: dict[str, deque[int]] = {line.name: deque() for line in lines}
        self._failed: dict[tuple[str, int], tuple[int, float]] = {}
        self._wakes: set[asyncio.Task[None]] = set()
        self._ticker = AsyncIOScheduler(timezone="UTC")
        self._open = False

    @property
    def trouble(self) -> str:
        """What keeps work from coming and going: nothing can, within one process."""
        return ""

    def start(self) -> None:
        """Begin to tick."""
        self._open = True
        for line in self._lines.values():
            self._ticker.add_job(
                self._ask,
                "interval",
                args=[line],
                seconds=line.interval.total_seconds(),
                id=line.name,
                max_instances=1,
                coalesce=True,
            )
        self._ticker.start()
        for name in self._lines:
            self.wake(name)

    def wake(self, name: str) -> None:
        """Ask a line now. Safe to call at any time from the event loop."""
        if self._open and name in self._lines:
            self._start_task(self._ask(self._lines[name]))

    def clock_set_back(self) -> None:
        """Tick on: APScheduler would wait for the time of its next tick to come once more."""
        for line in self._lines.values():
            self._ticker.reschedule_job(line.name, trigger="interval", seconds=line.interval.total_seconds())

    def _start_task(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._wakes.add(task)
        task.add_done_callback(self._wakes.discard)

    async def stop(self, deadline: timedelta) -> None:
        """Stop asking, wait for what is in flight until the deadline, then end it.

        APScheduler's own `shutdown(wait=True)` cancels running coroutines: it is paused, and shut down last.
        """
        self._open = False
        if self._ticker.running:
            self._ticker.pause()
        flying = [*self._wakes, *(task for running in self._running.values() for task in running.values())]
        if flying:
            _, late = await asyncio.wait(flying, timeout=deadline.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            if late:
                self._log.warning("job.cut_short", tasks=len(late))
        if self._ticker.running:
            self._ticker.shutdown(wait=False)

    async def _ask(self, line: WorkQueue, *, again: bool = False) -> None:
        """Start what is due. Asked `again` because a place became free, it leaves alone what ran since the
        last tick or wake.
        """
        async with self._asking[line.name]:
            running = self._running[line.name]
            if not self._open or len(running) >= line.concurrency:
                return
            if not again:
                self._recent[line.name].clear()
            try:
                due = await line.due()
            except DatabaseUnavailable:
                return  # said once by whoever keeps the lease; the next tick asks again
            except Exception:
                self._log.exception("job.due_unknown", line=line.name)
                return
            self._rest_of[line.name] = deque(due)
            self._fill(line)

    def _fill(self, line: WorkQueue) -> None:
        """Give free places to what was due at the last asking."""
        running, rest = self._running[line.name], self._rest_of[line.name]
        while rest and len(running) < line.concurrency:
            identity = rest.popleft()
            if self._may_run(line, identity):
                running[identity] = asyncio.get_running_loop().create_task(self._run(line, identity))

    def _may_run(self, line: WorkQueue, identity: int) -> bool:
        _, rests_until = self._failed.get((line.name, identity), (0, 0.0))
        resting = asyncio.get_running_loop().time() < rests_until
        return (
            not resting
            and identity not in self._running[line.name]
            and identity not in self._recent[line.name]
        )

    async def _run(self, line: WorkQueue, identity: int) -> None:
        try:
            await line.run(identity)
            self._failed.pop((line.name, identity), None)
        except DatabaseUnavailable as error:
            self._log.info("job.waiting", line=line.name, id=identity, trouble=str(error))
        except Exception:
            self._log.exception("job.crashed", line=line.name, id=identity)
            self._rest(line.name, identity)
        finally:
            del self._running[line.name][identity]
            self._recent[line.name].add(identity)
            if self._open:
                self._fill(line)
            if len(self._running[line.name]) == line.concurrency - 1 and line.concurrency > 1 and self._open:
                self._start_task(self._ask(line, again=True))

    def _rest(self, name: str, identity: int) -> None:
        """Let what failed wait twice as long each time, so that one poisoned id costs the others nothing."""
        failures = self._failed.get((name, identity), (0, 0.0))[0] + 1
        pause = min(FIRST_REST * 2**failures, LONGEST_REST)
        self._failed[name, identity] = (failures, asyncio.get_running_loop().time() + pause)
