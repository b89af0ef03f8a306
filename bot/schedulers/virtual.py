"""A clock that jumps: runs everything that is due at a moment, then moves to the next. For `try`, simulations
and tests.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.ports import WorkQueue

AT_A_MOMENT = 20
"""How often one piece of work may be done at one moment: what is due all the same waits for time to pass."""


class VirtualScheduler:
    """Runs lines one after the other, each as wide as it may be, on its own clock.

    `settle` does what is due at a moment, which lasts no time. `live` lets time pass: what runs may `pause`,
    many of them side by side.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._lines: tuple[WorkQueue, ...] = ()
        self._pauses: list[tuple[datetime, asyncio.Future[None]]] = []
        self._running: dict[str, dict[int, asyncio.Future[None]]] = {}
        self._rest: dict[str, deque[int]] = {}
        self._times: Counter[tuple[str, int]] = Counter()
        self._changed = asyncio.Event()

    def clock(self) -> datetime:
        """Return the virtual moment."""
        return self.now

    def use(self, lines: Sequence[WorkQueue]) -> None:
        """Take the lines to run, in the order in which each round asks them."""
        self._lines = tuple(lines)
        self._running = {line.name: {} for line in lines}
        self._rest = {line.name: deque() for line in lines}

    def wake(self, name: str) -> None:
        """Do nothing: every round asks every line."""

    async def settle(self, rounds: int = 100) -> int:
        """Run what is due now until nothing is, and return how many pieces of work that took.

        Raises `RuntimeError` when work keeps coming for more rounds than it plausibly can.
        """
        count = 0
        for _ in range(rounds):
            before = count
            for line in self._lines:
                count += await self._run(line)
            if count == before:
                return count
        msg = f"work is still due after {rounds} rounds at {self.now.isoformat()}"
        raise RuntimeError(msg)

    async def _run(self, line: WorkQueue) -> int:
        due = list(await line.due())
        for start in range(0, len(due), line.concurrency):
            await asyncio.gather(*(line.run(identity) for identity in due[start : start + line.concurrency]))
        return len(due)

    async def pause(self, seconds: float) -> None:
        """Take time on this clock, within work that `live` runs."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pauses.append((self.now + timedelta(seconds=seconds), over))
        self._changed.set()
        await over

    async def live(self, until: datetime, upcoming: Callable[[], Awaitable[datetime]]) -> None:
        """Let time pass until a moment; it stands still while anything runs that does not pause.

        `upcoming` tells when something may be due next, if nothing that runs makes it so before. An error of
        a piece of work is raised here.
        """
        while self.now < until:
            while await self._start_due() or self._busy():
                await self._wait_for_change()
            self._move_to(min(await upcoming(), until, *(end for end, _ in self._pauses)))

    def _move_to(self, moment: datetime) -> None:
        self.now = max(self.now, moment)
        self._times.clear()
        over = [pause for end, pause in self._pauses if end <= self.now]
        self._pauses = [(end, pause) for end, pause in self._pauses if end > self.now]
        for pause in over:
            pause.set_result(None)

    def _busy(self) -> bool:
        """Tell whether anything runs that does not pause."""
        at_work = sum(not task.done() for running in self._running.values() for task in running.values())
        return at_work > len(self._pauses)

    async def _wait_for_change(self) -> None:
        if self._busy():
            self._changed.clear()
            await self._changed.wait()

    async def _start_due(self) -> int:
        """Start what is due and has a place; returns how many pieces of work that is."""
        return sum([await self._fill(line) for line in self._lines])

    async def _fill(self, line: WorkQueue) -> int:
        running, rest = self._running[line.name], self._rest[line.name]
        for identity in [identity for identity, task in running.items() if task.done()]:
            running.pop(identity).result()
        if not rest and len(running) < line.concurrency:
            rest.extend(await line.due())
        count = 0
        while rest and len(running) < line.concurrency:
            identity = rest.popleft()
            if identity not in running and self._times[line.name, identity] < AT_A_MOMENT:
                self._times[line.name, identity] += 1
                running[identity] = asyncio.ensure_future(line.run(identity))
                running[identity].add_done_callback(lambda _: self._changed.set())
                count += 1
        return count
