"""On whose behalf something is done, and how much of what all share one server may hold at a time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.errors import HostBusy

OPERATOR = 0
"""Stands for the operator's own feeds, which are held back by nobody."""

requester: ContextVar[int] = ContextVar("requester", default=OPERATOR)
"""The server on whose behalf requests are made."""

AGAIN_SECONDS = 10.0
"""When a server whose share is used up is served again."""


class Shares:
    """Counts what servers hold: each at most `most`, all together at most `together`, so that the rest is the
    operator's.
    """

    def __init__(self, most: int, together: int) -> None:
        self._most = most
        self._together = together
        self._held: Counter[int] = Counter()

    def take(self, server: int) -> None:
        """Hold one more for a server. Raises `HostBusy` where its share, or that of all servers, is
        used up.
        """
        if server != OPERATOR and (
            self._held[server] >= self._most or self._held.total() - self._held[OPERATOR] >= self._together
        ):
            msg = f"{self._most} requests of this server are under way already; it is asked again later."
            raise HostBusy(msg, AGAIN_SECONDS)
        self._held[server] += 1

    def give_back(self, server: int) -> None:
        """Hold one less."""
        self._held[server] -= 1
        if not self._held[server]:
            del self._held[server]

    @contextmanager
    def of(self, server: int) -> Iterator[None]:
        """Hold one while something is done. Raises `HostBusy`."""
        self.take(server)
        try:
            yield
        finally:
            self.give_back(server)
