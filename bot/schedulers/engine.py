"""The job engine: procrastinate on our PostgreSQL. It carries "run id N of line L" to whichever process is
free, and words that wake a line in another process. What is due it never decides.

A job holds the lock of its line and id, so that no id runs twice at a time. Ended jobs are deleted, also
those that failed: what still is to be done is due in our store. A process registers its workers, each by a
row with a heartbeat; who stands still loses the rows, and then everybody else may have the jobs.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.worker import Worker
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier
from sqlalchemy import text
from structlog.typing import FilteringBoundLogger

from bot.store import Store, Tx
from bot.store.database import LIVENESS, SERVER_SIDE
from bot.store.fence import Fence, fenced

RUN, WAKE = "strillone.run", "strillone.wake"
"""Names of tasks, the same in every version of the program: jobs of one are done by another."""

POLL = 1.0
"""Seconds after which a job is found whose notice was missed, and the next one of a lock."""

HEARTBEAT, STALLED = 2.0, 15.0
"""Seconds between signs of life, and without one until others take over the work."""

NEVER = 10.0 * 365 * 86_400
"""Seconds: procrastinate would take jobs from stalled workers only as one starts. We do it all the time."""

FIRST_REST, LONGEST_REST = 2, 600
"""Seconds that an id rests after an unexpected failure: doubled each time, up to the longest."""

CONNECTIONS, PATIENCE = 5, 4.0
"""Connections at most, and seconds for which one is waited for before the server counts as away."""

Run = Callable[[str, int], Awaitable[None]]
"""Does the work of a line with an id."""

WakeLine = Callable[[str, bool], Awaitable[None]]
"""Asks a line; `again` where it has only run out of work."""

HearEnd = Callable[[str], None]
"""Hears that a job of a line has ended, and is gone from the engine."""


class _Rest(BaseRetryStrategy):
    """Lets what failed wait twice as long each time, so that one poisoned id costs the others nothing."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002  every failure is alike
        seconds = min(FIRST_REST * 2 ** min(job.attempts, 10), LONGEST_REST)
        return RetryDecision(retry_in={"seconds": seconds})


class JobWorker(Worker):
    """A worker whose jobs may have been taken from it while it stood still, and that tells when one ended."""

    log: FilteringBoundLogger
    on_end: HearEnd
    is_ended = False

    async def _persist_job_status(self, job: Job, *args: Any, **options: Any) -> None:
        try:
            await super()._persist_job_status(job, *args, **options)
        except (ConnectorException, AlreadyEnqueued) as error:
            self.log.info("job.end_not_recorded", cause=str(error.__cause__ or error))
        if job.task_name == RUN:
            self.on_end(str(job.task_kwargs["line"]))

    async def take_jobs(self) -> None:
        """Take jobs until this is ended, or in trouble."""
        if self.is_ended:
            return
        await self.run()  # type: ignore[no-untyped-call]

    def end_within(self, deadline: float) -> None:
        """Take no more jobs, and wait so many seconds for those that run."""
        self.is_ended = True
        self.shutdown_graceful_timeout = deadline
        self.stop()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Queues that one worker of this process listens to, and how many of their jobs it does at a time."""

    queues: tuple[str, ...]
    concurrency: int


def queue_of_wakes(line: str) -> str:
    """Return the queue of the words that wake a line."""
    return f"wake.{line}"


class Engine:
    """The engine, seen from one process. It is opened before use, and may be opened again after trouble."""

    def __init__(
        self, store: Store, run: Run, on_wake: WakeLine, on_end: HearEnd, log: FilteringBoundLogger
    ) -> None:
        self._log = log
        self._on_end = on_end
        address = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connector = PsycopgConnector(
            conninfo=address,
            kwargs=LIVENESS,
            configure=_prepare,
            timeout=PATIENCE,
            min_size=1,
            max_size=CONNECTIONS,
        )
        self._app = App(connector=self._connector)

        async def run_job(context: JobContext, line: str, identity: int) -> None:
            with fenced(fence_of(context.job.worker_id or 0)):
                await run(line, identity)

        async def wake_line(line: str, again: bool) -> None:
            await on_wake(line, again)

        self._app.task(name=RUN, pass_context=True, retry=_Rest())(run_job)
        self._app.task(name=WAKE)(wake_line)

    async def open_pool(self) -> None:
        """Connect. Raises `ConnectorException` where the server does not answer."""
        await self._connector.open_async()

    async def close_pool(self) -> None:
        """Let every connection go."""
        await self._connector.close_async()

    def make_worker(self, share: Share) -> JobWorker:
        """Return a worker that takes jobs once it lives."""
        worker = JobWorker(
            app=self._app,
            queues=list(share.queues),
            concurrency=share.concurrency,
            fetch_job_polling_interval=POLL,
            abort_job_polling_interval=NEVER,
            delete_jobs=DeleteJobCondition.ALWAYS,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=NEVER,
        )
        worker.log, worker.on_end = self._log, self._on_end
        return worker

    async def ids_under_way(self, line: str) -> tuple[set[int], set[int]]:
        """Return the ids of a line that wait in the engine or run, and those that rest there."""
        jobs = list(await self._app.job_manager.list_jobs_async(queue=line))
        resting = {_identity(job) for job in jobs if job.status == "todo" and job.scheduled_at is not None}
        return {_identity(job) for job in jobs} - resting, resting

    async def send_jobs(self, line: str, ids: Sequence[int]) -> None:
        """Have ids of a line run by whoever is free; none of them is under way."""
        jobs = [
            self._app.configure_task(
                RUN, queue=line, lock=f"{line}:{identity}", queueing_lock=f"{line}:{identity}"
            ).make_new_job(line=line, identity=identity)
            for identity in ids
        ]
        if jobs:
            await self._app.job_manager.batch_defer_jobs_async(jobs=jobs)

    async def send_wake(self, line: str, *, again: bool = False) -> None:
        """Have a line asked by the process that asks it; one word waits for many."""
        words = f"{queue_of_wakes(line)}{':again' if again else ''}"
        task = self._app.configure_task(WAKE, queue=queue_of_wakes(line), queueing_lock=words)
        try:
            await task.defer_async(line=line, again=again)
        except AlreadyEnqueued:
            return

    async def rescue_stalled(self) -> list[str]:
        """Let everybody have the work of processes that gave no sign of life; returns what that was.

        A process loses its rows first: from then on it writes nothing for these jobs (`fence_of`).
        """
        manager = self._app.job_manager
        await manager.prune_stalled_workers(STALLED)
        stalled_jobs = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
        for job in stalled_jobs:
            try:
                await manager.finish_job_by_id_async(job.id or 0, Status.FAILED, delete_job=True)
            except ConnectorException as error:
                self._log.debug("job.rescued_by_another", cause=str(error.__cause__ or error))
        return [str(job.lock or job.queue) for job in stalled_jobs]


def _identity(job: Job) -> int:
    return int(job.task_kwargs["identity"])  # type: ignore[arg-type]  # we wrote it


async def _prepare(connection: AsyncConnection[Any]) -> None:
    """Let each statement be a transaction: who stands still holds nothing then."""
    await connection.set_autocommit(True)
    for setting, value in SERVER_SIDE.items():
        await connection.execute(SQL("SET {} = {}").format(Identifier(setting), value))


async def are_registered(tx: Tx, worker_ids: Collection[int]) -> bool:
    """Tell whether workers have their rows, and with them their jobs."""
    query = text("SELECT count(*) FROM procrastinate_workers WHERE id = ANY(:ids)")
    return int((await tx.execute(query, {"ids": list(worker_ids)})).scalar_one()) == len(worker_ids)


def fence_of(worker_id: int) -> Fence:
    """Return the fence of what a worker of this process does. The row it looks at cannot go before the
    transaction ends.
    """

    async def is_registered(tx: Tx) -> bool:
        query = text("SELECT id FROM procrastinate_workers WHERE id = :id FOR KEY SHARE")
        return (await tx.execute(query, {"id": worker_id})).first() is not None

    return is_registered
