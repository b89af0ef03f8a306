"""Many processes on one PostgreSQL: lines that a process has for itself tick in it; all others are asked by
one process, and their work is carried by the job engine to whichever is free.

the worker that leads ── tick, or a wake ── due? (the store) ── not under way yet ──► a job of line and id
any worker ── a job ── run, behind its fence ──► deleted; failed: it rests in the engine, longer and longer
every worker ── now and then ── who gave no sign of life? ──► loses its jobs to everybody

Who leads is said by a lease. That only spares work: that no id runs twice at a time is the job's lock, and
that nobody writes who lost its jobs is the fence.
"""

import asyncio
from collections.abc import Coroutine, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from procrastinate.exceptions import ConnectorException
from psycopg import Error as PsycopgError
from psycopg_pool import PoolTimeout
from structlog.typing import FilteringBoundLogger

from bot.errors import DatabaseUnavailable, WorkLost
from bot.ports import Clock, WorkQueue
from bot.schedulers.engine import Engine, JobWorker, Share, are_registered, fence_of, queue_of_wakes
from bot.schedulers.local import LocalScheduler
from bot.store import Store, system
from bot.store.fence import fenced

LEADER = "leader"
LEADS_FOR = timedelta(seconds=12)
"""How long a leader that says nothing still leads."""

LOOK = 3.0
"""Seconds between two looks at who leads, and at who stands still."""

REOPEN = 1.0
"""Seconds until the engine is opened again after trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a process does of all lines: `own_lines` by itself, as if it were alone, of which other processes
    wake those that are in `heard_lines`; `carried_lines` with all others that carry them. The rest others do.
    """

    holder: str
    own_lines: Set[str] = frozenset()
    heard_lines: Set[str] = frozenset()
    carried_lines: Set[str] = frozenset()


@dataclass(slots=True)
class _Asking:
    """What the leader knows of a line: whether it is being asked, and what it sent since the last tick."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    recent: set[int] = field(default_factory=set)


class ClusterScheduler:
    """Runs this process's part of the lines until it is stopped; what is in flight then is awaited until a
    deadline.
    """

    def __init__(
        self, store: Store, clock: Clock, lines: Sequence[WorkQueue], part: Part, log: FilteringBoundLogger
    ) -> None:
        self._store, self._clock, self._part, self._log = store, clock, part, log
        self._own = LocalScheduler([line for line in lines if line.name in part.own_lines], log)
        self._lines = {line.name: line for line in lines if line.name in part.carried_lines}
        self._asking = {name: _Asking() for name in self._lines}
        self._running = dict.fromkeys(self._lines, 0)
        self._places = {name: asyncio.Semaphore(line.concurrency) for name, line in self._lines.items()}
        self._engine = Engine(store, self._run, self._woken, self._refill, log)
        self._leading: JobWorker | None = None
        self._workers: list[JobWorker] = []
        self._deadline = 8.0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._connected = False

    @property
    def leads(self) -> bool:
        """Whether this process asks what is due."""
        return self._leading is not None

    @property
    def trouble(self) -> str:
        """What keeps work from coming and going; empty when nothing does."""
        return "" if self._connected else "not connected"

    def start(self) -> None:
        """Begin to work."""
        self._own.start()
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    def wake(self, name: str) -> None:
        """Have a line asked now, wherever that is done. Safe to call at any time from the event loop."""
        if self._closing.is_set():
            return
        if name in self._part.own_lines:
            self._own.wake(name)
        else:
            self._start_task(self._pass_on(name))

    def clock_set_back(self) -> None:
        """Tick on."""
        self._own.clock_set_back()

    async def stop(self, deadline: timedelta) -> None:
        """Take no more work, and wait until the deadline for what is in flight."""
        self._deadline = deadline.total_seconds()
        self._closing.set()
        await self._own.stop(deadline)
        if self._keeper is not None:
            _, late = await asyncio.wait((self._keeper,), timeout=self._deadline + LOOK)
            for task in late:
                task.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_task(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- the engine, open as long as the database is there

    async def _keep(self) -> None:
        """Work with the engine; open it again, as a process that is new to all others, after any trouble."""
        while not self._closing.is_set():
            if self._store.trouble:
                await self._pause(REOPEN)
                continue
            try:
                await self._engine.open_pool()
                self._connected = True
                self._log.info("engine.open", carries=sorted(self._lines))
                await self._work()
            except (ConnectorException, PoolTimeout, DatabaseUnavailable, PsycopgError) as error:
                self._log.warning("engine.interrupted", cause=_cause_of(error))
            except Exception:
                self._log.exception("engine.crashed")
            finally:
                self._connected = False
                with suppress(ConnectorException, PoolTimeout):
                    await self._engine.close_pool()
            await self._pause(REOPEN)

    async def _work(self) -> None:
        """Work until the end or until trouble, which is raised."""
        self._workers = workers = [self._engine.make_worker(share) for share in self._shares()]
        tasks = [asyncio.create_task(worker.take_jobs()) for worker in workers]
        tasks.append(asyncio.create_task(self._watch()))
        closing = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait((*tasks, closing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            closing.cancel()
            for worker in workers:
                worker.end_within(self._deadline)
            tasks[-1].cancel()
            await asyncio.wait(tasks)
            errors = _errors_of(tasks)
        if errors:
            raise errors[0]

    def _shares(self) -> Sequence[Share]:
        """Return what this process always listens to: words for lines of its own, and wide lines one by
        one.
        """
        wide = [line for line in self._lines.values() if line.concurrency > 1]
        words = tuple(queue_of_wakes(name) for name in sorted(self._part.heard_lines))
        return [
            *([Share(queues=words, concurrency=len(words))] if words else []),
            *(Share(queues=(line.name,), concurrency=line.concurrency) for line in wide),
        ]

    def _serial_share(self) -> Share:
        """Return what the leader listens to besides: words for all lines, and those of which one piece of
        work is done at a time. They keep in mind what they did, and so are best done in one process.
        """
        serial = [line.name for line in self._lines.values() if line.concurrency == 1]
        words = [queue_of_wakes(name) for name in self._lines]
        return Share(queues=(*serial, *words), concurrency=2 * len(self._lines))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    # --- who leads, and who stands still

    async def _watch(self) -> None:
        """Lead while the lease is ours, and take work from who stands still."""
        leading: asyncio.Task[None] | None = None
        try:
            while True:
                if leading is not None and leading.done():
                    leading.result()
                    leading = None
                is_ours = bool(self._lines) and await self._take_lead()
                if is_ours and leading is None:
                    leading = asyncio.create_task(self._lead())
                elif leading is not None and not is_ours:
                    await _ended(leading)
                    leading = None
                await self._check_registration()
                if rescued := await self._engine.rescue_stalled():
                    self._log.warning("job.rescued", jobs=rescued)
                    for name in {job.rpartition(":")[0] or job for job in rescued} & self._lines.keys():
                        self.wake(name)
                await asyncio.sleep(LOOK)
        finally:
            if leading is not None:
                await _ended(leading)
                await self._drop_lead()

    async def _check_registration(self) -> None:
        """Raise `WorkLost` where this process stood still so long that it has to begin anew."""
        workers = [*self._workers, *([self._leading] if self._leading else [])]
        ids = [worker.worker_id for worker in workers if worker.worker_id is not None]
        async with self._store.read() as tx:
            if not await are_registered(tx, ids):
                raise WorkLost("This process stood still so long that others took over its work.")

    async def _take_lead(self) -> bool:
        now, holder = self._clock(), self._part.holder
        async with self._store.read() as tx:
            lease = await system.lease_of(tx, LEADER)
        if lease is not None and lease.holder != holder and now <= lease.until <= now + 2 * LEADS_FOR:
            return False
        async with self._store.write(narrow=True) as tx:
            lease = await system.take_lease(tx, LEADER, holder, now, now + LEADS_FOR)
        return lease.holder == holder

    async def _drop_lead(self) -> None:
        with suppress(DatabaseUnavailable):
            async with self._store.write(narrow=True) as tx:
                await system.drop_lease(tx, LEADER, self._part.holder)

    async def _lead(self) -> None:
        """Ask what is due, until this is cancelled or the engine is in trouble."""
        worker = self._engine.make_worker(self._serial_share())
        working = asyncio.create_task(worker.take_jobs())
        ticking: list[asyncio.Task[None]] = []
        try:
            while worker.worker_id is None and not working.done():  # noqa: ASYNC110  it tells nobody when it is
                await asyncio.sleep(0.01)
            self._leading = worker
            self._log.info("engine.leading")
            ticking = [asyncio.create_task(self._tick(line)) for line in self._lines.values()]
            await asyncio.wait((working, *ticking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._leading = None
            for task in ticking:
                task.cancel()
            worker.end_within(self._deadline)
            await asyncio.wait((working, *ticking))
            errors = _errors_of((working, *ticking))
        if errors:
            raise errors[0]

    async def _tick(self, line: WorkQueue) -> None:
        while True:
            await self._ask(line)
            await asyncio.sleep(line.interval.total_seconds())

    # --- asking what is due

    async def _woken(self, name: str, again: bool) -> None:
        """Ask a line because another process says so."""
        if name in self._part.own_lines:
            self._own.wake(name)
        elif name in self._lines:
            await self._ask(self._lines[name], again=again)

    async def _ask(self, line: WorkQueue, *, again: bool = False) -> None:
        """Have done what is due and not under way. Asked `again` because somebody ran out of work, it leaves
        alone what was sent since the last tick or wake.
        """
        asking = self._asking[line.name]
        async with asking.turn:
            leading = self._leading
            if leading is None or leading.worker_id is None or self._closing.is_set():
                return
            try:
                with fenced(fence_of(leading.worker_id)):
                    await self._send_due(line, asking, again=again)
            except (DatabaseUnavailable, ConnectorException, PoolTimeout):
                return  # said once by whoever keeps the lease; the next tick asks again
            except Exception:
                self._log.exception("job.due_unknown", line=line.name)

    async def _send_due(self, line: WorkQueue, asking: _Asking, *, again: bool) -> None:
        # In this order: what ends in between was recorded before it did, and is due no more.
        at_work, resting = await self._engine.ids_under_way(line.name)
        due = await line.due()
        if not again:
            asking.recent.clear()
        left_alone = at_work | resting | asking.recent
        ids = [identity for identity in dict.fromkeys(due) if identity not in left_alone]
        if line.concurrency == 1:
            ids = [] if at_work else ids[:1]
        await self._engine.send_jobs(line.name, ids)
        asking.recent.update(ids)

    # --- doing it

    async def _run(self, name: str, identity: int) -> None:
        """Do one piece of work. What fails unexpectedly is raised: it rests in the engine."""
        line = self._lines[name]
        self._running[name] += 1
        try:
            async with self._places[name]:
                await line.run(identity)
        except DatabaseUnavailable as error:
            self._log.info("job.waiting", line=name, id=identity, trouble=str(error))
        except Exception:
            self._log.exception("job.crashed", line=name, id=identity)
            raise
        finally:
            self._running[name] -= 1

    def _refill(self, name: str) -> None:
        """Ask for more where few pieces of work are left, or only one is done at a time."""
        line = self._lines[name]
        if line.concurrency == 1 or self._running[name] in {0, line.concurrency // 2}:
            self._start_task(self._pass_on(name, again=True))

    async def _pass_on(self, name: str, *, again: bool = False) -> None:
        """Wake a line that is asked by whoever leads: by this process, or by another."""
        if self._leading is not None and name in self._lines:
            await self._ask(self._lines[name], again=again)
            return
        try:
            await self._engine.send_wake(name, again=again)
        except Exception as error:  # the next tick asks all the same
            self._log.debug("job.wake_lost", line=name, cause=_cause_of(error))


def _cause_of(error: Exception) -> str:
    return " ".join(str(error.__cause__ or error).split()) or type(error).__name__


async def _ended(task: "asyncio.Task[None]") -> None:
    """End a task and wait for it; what it failed with was the trouble of all."""
    task.cancel()
    await asyncio.wait((task,))
    _errors_of((task,))


def _errors_of(tasks: Sequence["asyncio.Task[None]"]) -> list[BaseException]:
    """Return what tasks that are done failed with; those that were cancelled did not fail."""
    return [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
