"""What every scheduler that runs by the clock does: the one of a single process, and the one of many."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import DatabaseUnavailable
from bot.ports import WorkQueue
from bot.schedulers.cluster import ClusterScheduler, Part
from bot.schedulers.local import LocalScheduler
from bot.store import open_store
from tests.app.helpers import quiet_log
from tests.doubles.postgres import Postgres

SOON = timedelta(seconds=0.03)
NEVER = timedelta(hours=1)
DEADLINE = timedelta(seconds=5)

Scheduler = LocalScheduler | ClusterScheduler
Start = Callable[..., Any]


def now() -> datetime:
    return datetime.now(UTC)


class Work:
    """Ids that are due until they are done, and who runs when."""

    def __init__(self, *ids: int, seconds: float = 0.0) -> None:
        self.waiting, self.seconds = list(ids), seconds
        self.running: list[int] = []
        self.most = 0
        self.done: list[int] = []
        self.twice = False
        self.asked = 0

    async def due(self) -> list[int]:
        self.asked += 1
        return list(self.waiting)

    async def run(self, identity: int) -> None:
        self.twice = self.twice or identity in self.running
        self.running.append(identity)
        self.most = max(self.most, len(self.running))
        try:
            await asyncio.sleep(self.seconds)
            self.waiting.remove(identity)
            self.done.append(identity)
        finally:
            self.running.remove(identity)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not true():  # noqa: ASYNC110  what is waited for is another task's list
            await asyncio.sleep(0.005)


def line(work: Work, every: timedelta = SOON, at_once: int = 1, name: str = "work") -> WorkQueue:
    return WorkQueue(name=name, interval=every, due=work.due, run=work.run, concurrency=at_once)


def part(lines: Sequence[WorkQueue], holder: str = "here/1") -> Part:
    return Part(holder=holder, carried_lines={line.name for line in lines})


@pytest.fixture(params=["local", "cluster"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database to share, empty for the scheduler that shares nothing."""
    if request.param == "local":
        yield ""
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.fresh() as fresh:
        yield fresh


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    """Starts a scheduler of some lines; what is still running at the end is stopped."""
    async with AsyncExitStack() as stack:

        async def started(*lines: WorkQueue) -> Scheduler:
            scheduler: Scheduler
            if address:
                store = await open_store(address)
                stack.push_async_callback(store.close)
                scheduler = ClusterScheduler(store, now, lines, part(lines), quiet_log())
            else:
                scheduler = LocalScheduler(lines, quiet_log())
            stack.push_async_callback(scheduler.stop, DEADLINE)
            scheduler.start()
            return scheduler

        yield started


async def test_what_is_due_is_done_and_asked_for_again(start: Start) -> None:
    work = Work(1, 2, 3)
    await start(line(work))
    await until(lambda: len(work.done) == 3)
    work.waiting.append(4)
    await until(lambda: 4 in work.done)


async def test_an_id_never_runs_twice_at_a_time_and_no_more_than_allowed_together(start: Start) -> None:
    work = Work(*range(12), seconds=0.05)
    scheduler = await start(line(work, at_once=3))
    for _ in range(20):
        scheduler.wake("work")
        await asyncio.sleep(0.005)
    await until(lambda: len(work.done) == 12)
    assert not work.twice
    assert work.most == 3


async def test_waking_asks_at_once(start: Start) -> None:
    work = Work()
    scheduler = await start(line(work, NEVER))
    await until(lambda: work.asked)
    work.waiting.append(1)
    scheduler.wake("work")
    await until(lambda: work.done == [1])
    scheduler.wake("no such line")


async def test_stopping_waits_for_what_is_in_flight_and_starts_nothing(start: Start) -> None:
    work = Work(1, 2, seconds=0.4)
    scheduler = await start(line(work))
    await until(lambda: work.running)
    begun = [*work.running]
    await scheduler.stop(DEADLINE)
    assert work.done == begun
    scheduler.wake("work")
    await asyncio.sleep(0.05)
    assert work.done == begun


async def test_stopping_ends_what_takes_too_long(start: Start) -> None:
    work = Work(1, seconds=60)
    with capture_logs():
        scheduler = await start(line(work))
        await until(lambda: work.running)
        await scheduler.stop(timedelta(seconds=0.05))
    assert work.done == []
    assert work.running == []


async def test_a_failing_job_or_question_stops_nothing(start: Start) -> None:
    work, troubled = Work(1), Work(7)

    async def broken(_: int) -> None:
        raise RuntimeError("bug")

    async def silent() -> list[int]:
        raise OSError("database away")

    await start(
        WorkQueue(name="bad", interval=SOON, due=troubled.due, run=broken),
        WorkQueue(name="mute", interval=SOON, due=silent, run=broken),
        line(work),
    )
    await until(lambda: work.done == [1] and troubled.asked > 2)


@pytest.mark.parametrize("at_once", [2, 5])
async def test_a_wide_line_is_refilled_as_soon_as_a_place_is_free(start: Start, at_once: int) -> None:
    work = Work(*range(10), seconds=0.01)
    await start(line(work, NEVER, at_once))
    await until(lambda: len(work.done) == 10)


async def test_what_stays_due_is_not_run_again_before_the_next_tick_and_starves_nobody(start: Start) -> None:
    ran: list[int] = []

    async def due() -> list[int]:
        return list(range(8))

    async def run(identity: int) -> None:
        ran.append(identity)

    await start(WorkQueue(name="stuck", interval=NEVER, due=due, run=run, concurrency=4))
    await until(lambda: len(ran) >= 8)
    await asyncio.sleep(0.5)
    assert sorted(ran) == list(range(8))


@pytest.mark.parametrize("at_once", [1, 2])
async def test_what_fails_rests_while_others_go_on(start: Start, at_once: int) -> None:
    ran: list[int] = []

    async def due() -> list[int]:
        return [1, 2]

    async def run(identity: int) -> None:
        ran.append(identity)
        if identity == 1:
            raise RuntimeError("poison")

    await start(WorkQueue(name="work", interval=SOON, due=due, run=run, concurrency=at_once))
    await until(lambda: ran.count(2) > 3)
    assert ran.count(1) == 1


async def test_work_that_waits_for_the_database_neither_rests_nor_fills_the_log(start: Start) -> None:
    tries = []

    class Troubled(Work):
        async def run(self, identity: int) -> None:
            tries.append(identity)
            if len(tries) < 3:
                raise DatabaseUnavailable("The disk is full.")
            await super().run(identity)

    work = Troubled(1)
    with capture_logs() as log:
        await start(line(work))
        await until(lambda: work.done == [1])
    assert not any(each.get("exc_info") for each in log)
