"""How often one host is asked: one request at a time, a pause between two, and no long queue before its door."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.errors import HostBusy

PAUSE = 1.0
"""Seconds between two requests to one host."""

SHARED = {
    "reddit.com": 60.0, "feedburner.com": PAUSE, "substack.com": PAUSE, "youtube.com": PAUSE, "medium.com": PAUSE,
    "githubusercontent.com": PAUSE, "blogspot.com": PAUSE, "wordpress.com": PAUSE, "tumblr.com": PAUSE,
}  # fmt: skip
"""Sites whose many names are one server to us, with their pause. Reddit refuses who asks more than once a minute."""

QUEUE = 3
"""Requests that may wait for one host; more would keep places from all other hosts."""

REMEMBERED = 4096


@dataclass(slots=True)
class _Door:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    last: float = float("-inf")


class Manners:
    """Lets requests through to hosts, one after the other. `opened` hosts are the operator's own and need no pause."""

    def __init__(self, opened: Collection[str] = ()) -> None:
        self._opened = frozenset(opened)
        self._doors: dict[str, _Door] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host. Raises `HostBusy` when too many wait for it already."""
        site, pause = (host, 0.0) if host in self._opened else _site(host)
        door = self._door(site)
        if pause and door.waiting >= QUEUE:
            msg = f"{host} is busy with other requests of ours; it is asked again later."
            raise HostBusy(msg, max(1.0, pause) * (door.waiting + 1))
        door.waiting += 1
        try:
            async with door.lock:
                rest = pause - (time.monotonic() - door.last)
                if rest > 0:
                    await asyncio.sleep(rest)
                try:
                    yield
                finally:
                    door.last = time.monotonic()
        finally:
            door.waiting -= 1

    def _door(self, site: str) -> _Door:
        if len(self._doors) >= REMEMBERED:
            recent = time.monotonic() - max(SHARED.values())
            self._doors = {name: d for name, d in self._doors.items() if d.waiting or d.last > recent}
        return self._doors.setdefault(site, _Door())


def _site(host: str) -> tuple[str, float]:
    """Return the name under which a host is one server to us, and the pause it gets."""
    parts = host.split(".")
    for start in range(len(parts) - 1):
        name = ".".join(parts[start:])
        if name in SHARED:
            return name, SHARED[name]
    return host, PAUSE
