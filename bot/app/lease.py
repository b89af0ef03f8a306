"""Who runs on a database: leases in the store, renewed while we run.

One process has the platforms (`process`). It may be the only one at all (`alone`), or have any number of
workers beside it, each with a lease of its own. Nobody is alone beside workers, and no worker beside who is.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from structlog.typing import FilteringBoundLogger

from bot.errors import DatabaseUnavailable, LeaseHeld
from bot.ports import Clock
from bot.store import Store, Tx, system
from bot.store.fence import current_fence
from bot.store.system import Lease

NAME = "process"
ALONE = "alone"
WORKER = "worker "
"""How the names of workers' leases begin."""

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


class Tenure(StrEnum):
    """As what a process runs on a database."""

    ALONE = "alone"
    CHAT = "chat"
    WORKER = "worker"


REMEDIES = {
    Tenure.ALONE: "Stop it, or give this one another DATABASE_URL.",
    Tenure.CHAT: "Stop it, or give this one another DATABASE_URL.",
    Tenure.WORKER: "It works alone: start it again with `--role chat`, and it leaves the work to workers.",
}
"""What to do about who stands in the way."""


@dataclass(slots=True, kw_only=True)
class ProcessLease:
    """The right to run on a database."""

    store: Store
    clock: Clock
    log: FilteringBoundLogger
    holder: str
    tenure: Tenure = Tenure.ALONE
    _pause: float = PROBE
    _over: float = -STEADY
    """When the last trouble was over, by the clock of the event loop."""

    @classmethod
    def of(
        cls, store: Store, clock: Clock, log: FilteringBoundLogger, tenure: Tenure = Tenure.ALONE
    ) -> "ProcessLease":
        """Return the lease of this very process."""
        return cls(store=store, clock=clock, log=log, holder=holder_here(), tenure=tenure)

    @property
    def _names(self) -> tuple[str, ...]:
        """The names of the leases that are held together, the one that decides first."""
        if self.tenure is Tenure.WORKER:
            own = blake2b(self.holder.encode(), digest_size=12).hexdigest()
            return (f"{WORKER}{own}",)
        return (NAME, ALONE) if self.tenure is Tenure.ALONE else (NAME,)

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
                    f"Another Strillone (process {holding}, running for {age} s) uses this database. "
                    f"{REMEDIES[self.tenure]}"
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

    async def _try_take(self, *, again: bool = False) -> tuple[str, datetime] | None:
        """Try to take the lease; return its holder and since when, or None when it is ours now.

        To prolong it `again` nobody else need stand still: as long as it is valid nobody can take it.
        """
        async with self.store.write(narrow=again) as tx:
            lease = await self._renewed(tx)
        return None if lease.holder == self.holder else (lease.holder, lease.since)

    async def _renewed(self, tx: Tx) -> Lease:
        """Return our lease once it is prolonged, or the one that stands in its way."""
        now = self.clock()
        if (obstacle := await self._obstacle(tx, now)) is not None:
            return obstacle
        for name in self._names:
            lease = await self._take_one(tx, name, now)
            if lease.holder != self.holder:
                return lease
        return lease

    async def _obstacle(self, tx: Tx, now: datetime) -> Lease | None:
        """Return a lease beside which ours cannot be: a worker's beside who is alone, and the other way
        round.
        """
        if self.tenure is Tenure.CHAT:
            return None
        leases = await system.leases_named(tx, WORKER if self.tenure is Tenure.ALONE else ALONE)
        return next((lease for lease in leases if lease.until >= now and not is_dead(lease.holder)), None)

    async def _take_one(self, tx: Tx, name: str, now: datetime) -> Lease:
        lease = await system.take_lease(tx, name, self.holder, now, now + VALID)
        if lease.holder != self.holder and is_dead(lease.holder):
            await system.drop_lease(tx, name, lease.holder)
            lease = await system.take_lease(tx, name, self.holder, now, now + VALID)
        return lease

    async def is_held(self, tx: Tx) -> bool:
        """Tell whether the lease is still ours: who writes while we believe so must have it."""
        lease = await system.lease_of(tx, self._names[0])
        return lease is not None and lease.holder == self.holder

    async def keep(self, renewed: Callable[[], Awaitable[object]]) -> None:
        """Renew until cancelled, and call `renewed` each time. Raises `LeaseHeld` when another process has
        taken over meanwhile.

        While the database is in trouble nobody can take it over: it is waited for, and the renewal is the
        first that is written.
        """
        current_fence.set(None)  # a lease that was lost is noticed here, and not by a refusal
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
        elif (holder_since := await self._try_take(again=True)) is not None:
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
                for name in self._names:
                    await system.drop_lease(tx, name, self.holder)


def holder_here() -> str:
    """Return how this process is named as the holder of leases."""
    return f"{socket.gethostname()}/{os.getpid()}"


def _lease_lost(holder: str) -> LeaseHeld:
    return LeaseHeld(f"This process stood still so long that {holder} took over the database; it ends.")


def is_dead(holder: str) -> bool:
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
