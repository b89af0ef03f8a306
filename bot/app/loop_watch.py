"""How long the event loop stands still: nobody is answered and nothing leaves meanwhile."""

import asyncio
from collections import deque

STEP = 0.25
"""Seconds between two looks."""

WATCHED_SECONDS = 120
"""For how long a stall is told: twice as long as most watchers leave between two questions."""


class LoopWatch:
    """Sleeps a moment again and again, and remembers by how much it woke too late."""

    def __init__(self) -> None:
        self._stalls: deque[float] = deque([0.0], maxlen=int(WATCHED_SECONDS / STEP))

    @property
    def longest_stall(self) -> float:
        """The longest stall of late, in seconds."""
        return max(self._stalls)

    async def keep_watching(self) -> None:
        """Watch until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(STEP)
            self._stalls.append(max(0.0, loop.time() - began - STEP))
