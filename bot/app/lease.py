"""One process on one database: a lease in the store, renewed while we run."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from bot.errors import DatabaseUnavailable, LeaseHeld
from bot.ports import Clock
from bot.store import Store, Tx, system
from bot.store.system import Lease

NAME = "process"
VALID = timedelta(seconds=30)
RENEW = 8.0
PROBE, LONGEST_PROBE = 2.0, 60.0
"""Seconds between two questions whether a database that was in trouble can be used again; doubled where it
comes back at once.
"""

STEADY = 60.0
"""Seconds without trouble after which it counts as the first again."""

MOST_FAILURES = 3
"""Renewals in a row that may fail before the lease is nearly over and the process ends."""

STANDBY = 120.0
"""Seconds that a second process waits for the first to end."""


@dataclass(slots=True, kw_only=True)
class ProcessLease:
    """The right to run on a database."""

    store: Store
    clock: Clock
    log: FilteringBoundLogger
    holder: str
    _pause: float = PROBE
    _over: float = -STEADY
    """When the last trouble was over, by the clock of the event loop."""

    @classmethod
    def of(cls, store: Store, clock: Clock, log: FilteringBoundLogger) -> "ProcessLease":
        """Return the lease of this very process."""
        return cls(store=store, clock=clock, log=log, holder=f"{socket.gethostname()}/{os.getpid()}")

    async def take(self, standby: float = STANDBY) -> None:
        """Take the lease, waiting as a stand-by for a while. Raises `LeaseHeld` naming who has it and since
        when.
        """
        waited_seconds = 0.0
        while (since := await self._try_take()) is not None:
            holding, began = since
            if waited_seconds >= standby:
                age = int((self.clock() - began).total_seconds())
                msg = (
                    f"Another Strillone (process {holding}, running for "
                    f"{age} s) uses this database. Stop it, or give this one another DATABASE_URL."
                )
                raise LeaseHeld(msg)
            if not waited_seconds:
                self.log.warning(
                    "lease.standby",
                    holder=holding,
                    seconds=standby,
                    note="another process uses this database",
                )
            pause = min(2.0, max(0.1, standby - waited_seconds))
            await asyncio.sleep(pause)
            waited_seconds += pause

    async def _try_take(self) -> tuple[str, datetime] | None:
        """Try to take the lease; return its holder and since when, or None when it is ours now."""
        async with self.store.write() as tx:
            lease = await self._renewed(tx)
        return None if lease.holder == self.holder else (lease.holder, lease.since)

    async def _renewed(self, tx: Tx) -> Lease:
        now = self.clock()
        lease = await system.take_lease(tx, NAME, self.holder, now, now + VALID)
        if lease.holder != self.holder and _is_dead(lease.holder):
            await system.drop_lease(tx, NAME, lease.holder)
            lease = await system.take_lease(tx, NAME, self.holder, now, now + VALID)
        return lease

    async def keep(self, renewed: Callable[[], Awaitable[object]]) -> None:
        """Renew until cancelled, and call `renewed` each time. Raises `LeaseHeld` when another process has
        taken over meanwhile.

        While the database is in trouble nobody can take it over: it is waited for, and the renewal is the
        first that is written.
        """
        failures = 0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW):
                    await self.store.wait_until_unavailable()
            try:
                await self._renew()
                await renewed()
            except DatabaseUnavailable:
                continue
            except LeaseHeld:
                raise
            except Exception:
                failures += 1
                self.log.exception("lease.not_renewed", failures=failures)
                if failures >= MOST_FAILURES:
                    raise
                continue
            failures = 0

    async def _renew(self) -> None:
        if self.store.trouble:
            await self._outlast_outage()
        elif (holder_since := await self._try_take()) is not None:
            raise _lease_lost(holder_since[0])

    async def _outlast_outage(self) -> None:
        """Say once what keeps the database from being used, ask until it can be, and renew the lease before
        anybody else writes.

        Trouble that comes back at once (a disk with room for little) is left alone for longer and longer.
        """
        loop, logged_reason = asyncio.get_running_loop(), ""
        began = loop.time()
        self._pause = min(2 * self._pause, LONGEST_PROBE) if began - self._over < STEADY else PROBE
        while trouble := self.store.trouble:
            if trouble != logged_reason:
                self.log.error("database.unavailable", trouble=trouble)
                logged_reason = trouble
            await asyncio.sleep(self._pause)
            with suppress(DatabaseUnavailable):
                await self._first()
        self._over = loop.time()
        self.log.warning("database.available", seconds=round(self._over - began))

    async def _first(self) -> None:
        async with self.store.recovery_transaction() as tx:
            lease = await self._renewed(tx)
            if lease.holder != self.holder:
                raise _lease_lost(lease.holder)

    async def drop(self) -> None:
        """Give the lease back; a database in trouble keeps it, until it is over by itself."""
        with suppress(DatabaseUnavailable):
            async with self.store.write() as tx:
                await system.drop_lease(tx, NAME, self.holder)


def _lease_lost(holder: str) -> LeaseHeld:
    return LeaseHeld(f"This process stood still so long that {holder} took over the database; it ends.")


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
