"""Turns at what only so many may use at a time, shared out among those who ask: many requests of one keep no
other waiting for all of them.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class FairTurns:
    """Gives out `places` turns at a time, of one asker at most `per_asker`; of those who wait each gets one
    after the other.

    Requests of one asker follow one another as they came. `favoured` is an asker whose requests are next
    after any other's.
    """

    def __init__(self, places: int, per_asker: int, favoured: Hashable = None) -> None:
        self._free = places
        self._each = per_asker
        self._favoured = favoured
        self._held: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}
        self._last: Hashable = None

    def count_turns(self, asker: Hashable) -> int:
        """Return how many turns an asker has or waits for."""
        return self._held[asker] + len(self._waiting.get(asker, ()))

    def is_idle(self) -> bool:
        """Tell whether nobody has a turn, and so nobody waits for one."""
        return not self._held

    @asynccontextmanager
    async def turn(self, asker: Hashable) -> AsyncIterator[None]:
        """Hold a turn, once it comes."""
        await self._take(asker)
        try:
            yield
        finally:
            self._give_back(asker)

    async def _take(self, asker: Hashable) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(turn)
        self._hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back(asker)
            else:
                self._leave(asker, turn)
            raise

    def _leave(self, asker: Hashable, turn: asyncio.Future[None]) -> None:
        line = self._waiting[asker]
        line.remove(turn)
        if not line:
            del self._waiting[asker]

    def _give_back(self, asker: Hashable) -> None:
        self._free += 1
        self._held[asker] -= 1
        if not self._held[asker]:
            del self._held[asker]
        self._hand_out()

    def _hand_out(self) -> None:
        while self._free and (
            ready := [next_asker for next_asker in self._waiting if self._held[next_asker] < self._each]
        ):
            favoured = self._favoured in ready and self._last != self._favoured
            asker = self._last = self._favoured if favoured else ready[0]
            line = self._waiting.pop(asker)
            line.popleft().set_result(None)
            if line:
                self._waiting[asker] = line
            self._held[asker] += 1
            self._free -= 1
