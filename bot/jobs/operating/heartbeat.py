"""heartbeat: tell a monitor elsewhere that the work goes on, so that silence raises its alarm.

A monitor of this kind (a dead man's switch) waits for requests to an address of its own. One address is asked
for feeds: after feeds were polled, while none waits for long beyond its time and new entries find their
stories. The other is asked for digests: after one has arrived, while none waits for long, nor any post. The
request itself is the message; its answer is not read.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.errors import FeedError
from bot.jobs import Context
from bot.jobs.operating.readiness import find_late
from bot.ports import FetchRequest
from bot.store import backlog
from bot.tally import Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signal:
    """What is told to one address: that something was done, of which nothing is late."""

    of: Counted
    results: Collection[str] | None
    """The labels of what counts as done; all where there are none."""
    must_keep_up: frozenset[str]


_SIGNALS = {
    "polls": _Signal(
        of=Counted.POLLS, results={"changed", "unchanged"}, must_keep_up=frozenset({"feeds", "entries"})
    ),
    "digests": _Signal(of=Counted.DIGESTS, results=None, must_keep_up=frozenset({"digests", "posts"})),
}


@dataclass(slots=True)
class Heartbeat:
    """Asks the addresses of `Policy.heartbeats`."""

    ctx: Context
    _reported: dict[str, int] = field(default_factory=dict)
    """How much had been done of each when it was last told."""

    async def due(self) -> list[int]:
        """Return one piece of work where something was done that no monitor was told of yet."""
        return (
            [0]
            if any(self._count_done(name) > self._reported.get(name, 0) for name in self._addresses)
            else []
        )

    async def run(self, _: int) -> None:
        """Tell of what was done, as far as it keeps up; what cannot be told now is told the next time."""
        async with self.ctx.store.read() as tx:
            linking = [name for name, platform in self.ctx.platforms.items() if platform.links_to_bot]
            now = self.ctx.clock()
            late = find_late(await backlog.measure_backlog(tx, now, linking), now)
        for name, address in self._addresses.items():
            count = self._count_done(name)
            is_news = count > self._reported.get(name, 0) and not late & _SIGNALS[name].must_keep_up
            if is_news and await self._ask(name, address):
                self._reported[name] = count

    @property
    def _addresses(self) -> dict[str, str]:
        return {name: address for name, address in self.ctx.policy.heartbeats.items() if address}

    def _count_done(self, name: str) -> int:
        signal = _SIGNALS[name]
        counts = self.ctx.tally.counts(signal.of)
        return sum(n for label, n in counts.items() if signal.results is None or label in signal.results)

    async def _ask(self, name: str, address: str) -> bool:
        """Return whether an address could be asked. Its path is a secret, so only its host is logged."""
        try:
            await self.ctx.fetch(FetchRequest(url=address, declared=address))
        except FeedError as error:
            host = urlsplit(address).hostname
            self.ctx.log.warning("heartbeat.failed", of=name, host=host, cause=type(error).__name__)
            return False
        return True
