"""One process: APScheduler ticks, the store says what is due, each id runs at most once at a time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from structlog.typing import FilteringBoundLogger

from bot.ports import Line


class LocalScheduler:
    """Runs lines of work until it is stopped; what is in flight then is awaited, never cut short before its deadline."""

    def __init__(self, lines: Sequence[Line], log: FilteringBoundLogger) -> None:
        self._lines = {line.name: line for line in lines}
        self._log = log
        self._running: dict[str, dict[int, asyncio.Task[None]]] = {line.name: {} for line in lines}
        self._asking: dict[str, asyncio.Lock] = {line.name: asyncio.Lock() for line in lines}
        self._wakes: set[asyncio.Task[None]] = set()
        self._ticker = AsyncIOScheduler(timezone="UTC")
        self._open = False

    def start(self) -> None:
        """Begin to tick."""
        self._open = True
        for line in self._lines.values():
            self._ticker.add_job(
                self._ask,
                "interval",
                args=[line],
                seconds=line.every.total_seconds(),
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
            task = asyncio.get_running_loop().create_task(self._ask(self._lines[name]))
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
                self._log.warning("work was cut short at shutdown", tasks=len(late))
        if self._ticker.running:
            self._ticker.shutdown(wait=False)

    async def _ask(self, line: Line) -> None:
        async with self._asking[line.name]:
            running = self._running[line.name]
            if not self._open or len(running) >= line.at_once:
                return
            try:
                due = await line.due()
            except Exception:
                self._log.exception("could not ask what is due", line=line.name)
                return
            for identity in due:
                if identity not in running and len(running) < line.at_once:
                    running[identity] = asyncio.get_running_loop().create_task(self._run(line, identity))

    async def _run(self, line: Line, identity: int) -> None:
        try:
            await line.run(identity)
        except Exception:
            self._log.exception("a job failed", line=line.name, id=identity)
        finally:
            del self._running[line.name][identity]
            if len(self._running[line.name]) == line.at_once - 1 and line.at_once > 1:
                self.wake(line.name)
