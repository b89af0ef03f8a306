"""The ticking scheduler."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest
from structlog.testing import capture_logs

from bot.errors import DatabaseUnavailable
from bot.ports import WorkQueue
from bot.schedulers.local import LocalScheduler
from tests.app.helpers import quiet_log

SOON = timedelta(seconds=0.03)
NEVER = timedelta(hours=1)
DEADLINE = timedelta(seconds=5)


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
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  what is waited for is another task's list
            await asyncio.sleep(0.005)


def line(work: Work, every: timedelta = SOON, at_once: int = 1, name: str = "work") -> WorkQueue:
    return WorkQueue(name=name, interval=every, due=work.due, run=work.run, concurrency=at_once)


async def test_what_is_due_is_done_and_asked_for_again() -> None:
    work = Work(1, 2, 3)
    scheduler = LocalScheduler([line(work)], quiet_log())
    scheduler.start()
    await until(lambda: len(work.done) == 3)
    work.waiting.append(4)
    await until(lambda: 4 in work.done)
    await scheduler.stop(DEADLINE)


async def test_an_id_never_runs_twice_at_a_time_and_no_more_than_allowed_together() -> None:
    work = Work(*range(12), seconds=0.05)
    scheduler = LocalScheduler([line(work, at_once=3)], quiet_log())
    scheduler.start()
    for _ in range(20):
        scheduler.wake("work")
        await asyncio.sleep(0.005)
    await until(lambda: len(work.done) == 12)
    await scheduler.stop(DEADLINE)
    assert not work.twice
    assert work.most == 3


async def test_waking_asks_at_once() -> None:
    work = Work()
    scheduler = LocalScheduler([line(work, NEVER)], quiet_log())
    scheduler.start()
    await until(lambda: work.asked)
    work.waiting.append(1)
    scheduler.wake("work")
    await until(lambda: work.done == [1])
    scheduler.wake("no such line")
    await scheduler.stop(DEADLINE)


async def test_stopping_waits_for_what_is_in_flight_and_starts_nothing() -> None:
    work = Work(1, 2, seconds=0.2)
    scheduler = LocalScheduler([line(work)], quiet_log())
    scheduler.start()
    await until(lambda: work.running)
    await scheduler.stop(DEADLINE)
    assert work.done == [1]
    scheduler.wake("work")
    await asyncio.sleep(0.05)
    assert work.done == [1]


async def test_stopping_ends_what_takes_too_long() -> None:
    work = Work(1, seconds=60)
    with capture_logs():
        scheduler = LocalScheduler([line(work)], quiet_log())
        scheduler.start()
        await until(lambda: work.running)
        await scheduler.stop(timedelta(seconds=0.05))
    assert work.done == []
    assert work.running == []


async def test_a_failing_job_or_question_stops_nothing() -> None:
    work, troubled = Work(1), Work(7)

    async def broken(_: int) -> None:
        raise RuntimeError("bug")

    async def silent() -> list[int]:
        raise OSError("database away")

    lines = [
        WorkQueue(name="bad", interval=SOON, due=troubled.due, run=broken),
        WorkQueue(name="mute", interval=SOON, due=silent, run=broken),
        line(work),
    ]
    scheduler = LocalScheduler(lines, quiet_log())
    scheduler.start()
    await until(lambda: work.done == [1] and troubled.asked > 2)
    await scheduler.stop(DEADLINE)


async def test_a_scheduler_that_never_started_stops() -> None:
    scheduler = LocalScheduler([], quiet_log())
    scheduler.wake("work")
    await scheduler.stop(DEADLINE)


@pytest.mark.parametrize("at_once", [2, 5])
async def test_a_wide_line_is_refilled_as_soon_as_a_place_is_free(at_once: int) -> None:
    work = Work(*range(10), seconds=0.01)
    scheduler = LocalScheduler([line(work, NEVER, at_once)], quiet_log())
    scheduler.start()
    await until(lambda: len(work.done) == 10)
    await scheduler.stop(DEADLINE)


async def test_what_stays_due_is_not_run_again_before_the_next_tick_and_starves_nobody() -> None:
    ran: list[int] = []

    async def due() -> list[int]:
        return list(range(8))

    async def run(identity: int) -> None:
        ran.append(identity)

    scheduler = LocalScheduler(
        [WorkQueue(name="stuck", interval=timedelta(hours=1), due=due, run=run, concurrency=4)], quiet_log()
    )
    scheduler.start()
    await asyncio.sleep(0.2)
    await scheduler.stop(timedelta(seconds=1))
    assert sorted(ran) == list(range(8))


async def test_what_fails_rests_while_others_go_on() -> None:
    ran: list[int] = []

    async def due() -> list[int]:
        return [1, 2]

    async def run(identity: int) -> None:
        ran.append(identity)
        if identity == 1:
            raise RuntimeError("poison")

    scheduler = LocalScheduler(
        [WorkQueue(name="work", interval=timedelta(seconds=0.05), due=due, run=run, concurrency=2)],
        quiet_log(),
    )
    scheduler.start()
    await asyncio.sleep(0.4)
    await scheduler.stop(timedelta(seconds=1))
    assert ran.count(1) == 1
    assert ran.count(2) > 1


async def test_it_ticks_on_after_the_clock_was_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    back = [timedelta()]

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - back[0]

    for module in (apscheduler.executors.base, apscheduler.schedulers.base, apscheduler.triggers.interval):
        monkeypatch.setattr(module, "datetime", Wrong)
    work = Work()
    scheduler = LocalScheduler([line(work)], quiet_log())
    scheduler.start()
    await until(lambda: work.asked > 2)
    back[0] = NEVER
    await asyncio.sleep(0.2)
    stuck = work.asked
    scheduler.clock_set_back()
    await until(lambda: work.asked > stuck + 2)
    await scheduler.stop(DEADLINE)


async def test_work_that_waits_for_the_database_neither_rests_nor_fills_the_log() -> None:
    tries = []

    class Troubled(Work):
        async def run(self, identity: int) -> None:
            tries.append(identity)
            if len(tries) < 3:
                raise DatabaseUnavailable("The disk is full.")
            await super().run(identity)

    work = Troubled(1)
    scheduler = LocalScheduler([line(work)], quiet_log())
    scheduler.start()
    with capture_logs() as log:
        await until(lambda: work.done == [1])
    assert not any(each.get("exc_info") for each in log)
    await scheduler.stop(DEADLINE)
