"""How often one host is asked: one request at a time, a pause between two, and no long queue of one server
before its door.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.errors import HostBusy
from bot.fair import FairTurns
from bot.feeds.request_shares import OPERATOR, requester

PAUSE = 1.0
"""Seconds between two requests to one host."""

SHARED = {
    "reddit.com": 60.0,
    "feedburner.com": PAUSE,
    "substack.com": PAUSE,
    "youtube.com": PAUSE,
    "medium.com": PAUSE,
    "githubusercontent.com": PAUSE,
    "blogspot.com": PAUSE,
    "wordpress.com": PAUSE,
    "tumblr.com": PAUSE,
}
"""Sites whose many names are one server to us, with their pause. Reddit refuses who asks more than once a
minute.
"""

QUEUE = 3
"""Requests on behalf of one server that one host is asked or that wait for it; the queues of all take
turns.
"""

PATIENCE_SECONDS = 40.0
"""Longest wait for a turn at a host: what waits longer is asked again later, and is no failure of the
host.
"""

REMEMBERED = 4096


@dataclass(slots=True)
class _HostQueue:
    turns: FairTurns = field(default_factory=lambda: FairTurns(1, 1, favoured=OPERATOR))
    last: float = float("-inf")


class HostThrottle:
    """Lets requests through to hosts, one after the other. `opened` hosts are the operator's own and need no
    pause.
    """

    def __init__(self, opened: Collection[str] = ()) -> None:
        self._opened = frozenset(opened)
        self._doors: dict[str, _HostQueue] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host, on behalf of the server that asks. Raises `HostBusy` when too many of
        its requests wait for it already, or too long.
        """
        site, pause = (host, 0.0) if host in self._opened else _site(host)
        door, server = self._queue_of(site), requester.get()
        ahead = door.turns.count_turns(server)
        if pause and ahead >= QUEUE:
            raise _busy(host, max(1.0, pause) * (ahead + 1))
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS if pause else None):
                    await held.enter_async_context(door.turns.turn(server))
                    await asyncio.sleep(max(0.0, pause - (time.monotonic() - door.last)))
            except TimeoutError as error:
                raise _busy(host, max(1.0, pause) * (ahead + 1)) from error
            try:
                yield
            finally:
                door.last = time.monotonic()

    def _queue_of(self, site: str) -> _HostQueue:
        if len(self._doors) >= REMEMBERED:
            recent = time.monotonic() - max(SHARED.values())
            self._doors = {
                name: d for name, d in self._doors.items() if not d.turns.is_idle() or d.last > recent
            }
        return self._doors.setdefault(site, _HostQueue())


def _busy(host: str, seconds: float) -> HostBusy:
    return HostBusy(f"{host} is busy with other requests of ours; it is asked again later.", seconds)


def _site(host: str) -> tuple[str, float]:
    """Return the name under which a host is one server to us, and the pause it gets."""
    parts = host.split(".")
    for start in range(len(parts) - 1):
        name = ".".join(parts[start:])
        if name in SHARED:
            return name, SHARED[name]
    return host, PAUSE
