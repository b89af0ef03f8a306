"""A clock that jumps: runs everything that is due at a moment, then moves to the next. For `try`, simulations and tests."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.ports import Line


class VirtualScheduler:
    """Runs lines one after the other, each as wide as it may be, on its own clock."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._lines: tuple[Line, ...] = ()

    def clock(self) -> datetime:
        """Return the virtual moment."""
        return self.now

    def use(self, lines: Sequence[Line]) -> None:
        """Take the lines to run, in the order in which each round asks them."""
        self._lines = tuple(lines)

    def wake(self, name: str) -> None:
        """Do nothing: every round asks every line."""

    async def settle(self, rounds: int = 100) -> int:
        """Run what is due now until nothing is, and return how many pieces of work that took.

        Raises `RuntimeError` when work keeps coming for more rounds than it plausibly can.
        """
        done = 0
        for _ in range(rounds):
            before = done
            for line in self._lines:
                done += await self._run(line)
            if done == before:
                return done
        msg = f"work is still due after {rounds} rounds at {self.now.isoformat()}"
        raise RuntimeError(msg)

    async def _run(self, line: Line) -> int:
        due = list(await line.due())
        for start in range(0, len(due), line.at_once):
            await asyncio.gather(*(line.run(identity) for identity in due[start : start + line.at_once]))
        return len(due)
