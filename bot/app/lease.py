"""One process on one database: a lease in the store, renewed while we run."""

import asyncio
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from bot.errors import LeaseHeld
from bot.ports import Clock
from bot.store import Store, system

NAME = "process"
VALID = timedelta(seconds=30)
RENEW = 8.0
MOST_FAILURES = 3
"""Renewals in a row that may fail before the lease is nearly over and the process ends."""

STANDBY = 120.0
"""Seconds that a second process waits for the first to end."""


@dataclass(slots=True)
class ProcessLease:
    """The right to run on a database."""

    store: Store
    clock: Clock
    log: FilteringBoundLogger
    holder: str

    @classmethod
    def of(cls, store: Store, clock: Clock, log: FilteringBoundLogger) -> "ProcessLease":
        """Return the lease of this very process."""
        return cls(store, clock, log, f"{socket.gethostname()}/{os.getpid()}")

    async def take(self, standby: float = STANDBY) -> None:
        """Take the lease, waiting as a stand-by for a while. Raises `LeaseHeld` naming who has it and since when."""
        waited = 0.0
        while (since := await self._held()) is not None:
            other, began = since
            if waited >= standby:
                age = int((self.clock() - began).total_seconds())
                msg = f"Another Strillone (process {other}, running for {age} s) uses this database. Stop it, or give this one another DATABASE_URL."
                raise LeaseHeld(msg)
            if not waited:
                self.log.warning(
                    "another process uses this database; waiting as a stand-by", holder=other, seconds=standby
                )
            pause = min(2.0, max(0.1, standby - waited))
            await asyncio.sleep(pause)
            waited += pause

    async def _held(self) -> tuple[str, datetime] | None:
        """Try to take the lease; return its holder and since when, or None when it is ours now."""
        now = self.clock()
        async with self.store.write() as tx:
            lease = await system.take_lease(tx, NAME, self.holder, now, now + VALID)
            if lease.holder != self.holder and _is_dead(lease.holder):
                await system.drop_lease(tx, NAME, lease.holder)
                lease = await system.take_lease(tx, NAME, self.holder, now, now + VALID)
        return None if lease.holder == self.holder else (lease.holder, lease.since)

    async def keep(self) -> None:
        """Renew until cancelled. Raises `LeaseHeld` when another process has taken over meanwhile."""
        failures = 0
        while True:
            await asyncio.sleep(RENEW)
            try:
                held = await self._held()
            except Exception:
                failures += 1
                self.log.exception("the lease could not be renewed", failures=failures)
                if failures >= MOST_FAILURES:
                    raise
                continue
            failures = 0
            if held is not None:
                msg = f"This process stood still so long that {held[0]} took over the database; it ends."
                raise LeaseHeld(msg)

    async def drop(self) -> None:
        """Give the lease back."""
        async with self.store.write() as tx:
            await system.drop_lease(tx, NAME, self.holder)


def _is_dead(holder: str) -> bool:
    """Tell whether a holder was a process of this machine that runs no more."""
    host, _, pid = holder.rpartition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
