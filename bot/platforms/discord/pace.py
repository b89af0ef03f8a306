"""How often Discord lets a bot ask: fifty times a second in all (Discord, "Global Rate Limit").

What a channel takes, its answers say, and discord.py waits for it. Of the limit for all it hears only by
being refused, and who is refused ten thousand times in ten minutes is shut out ("Invalid Request Limit").
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

A_SECOND = 45
"""Posts that leave in a second: some take more than one request, and answers to people need room."""


@dataclass(slots=True)
class Pace:
    """What has left lately. Times are in seconds of `clock`."""

    clock: Callable[[], float] = time.monotonic
    _sends: deque[float] = field(default_factory=lambda: deque(maxlen=A_SECOND))

    def book(self) -> float:
        """Count a post and return 0 where the limit allows one now, else return in how many seconds it
        will.
        """
        now = self.clock()
        wait = self._sends[0] + 1 - now if len(self._sends) == A_SECOND else 0.0
        if wait > 0:
            return wait
        self._sends.append(now)
        return 0.0
