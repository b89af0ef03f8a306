"""The scheduler whose clock stands still while everything that is due is done."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.ports import WorkQueue
from bot.schedulers.virtual import AT_A_MOMENT, VirtualScheduler
from tests.conftest import StillClock
from tests.schedulers.test_local import Work

SECOND = timedelta(seconds=1)
NOW = StillClock().now


async def test_it_settles_when_nothing_is_due() -> None:
    first, second = Work(1, 2), Work(3)
    virtual = VirtualScheduler(NOW)
    virtual.use(
        [
            WorkQueue(name="first", interval=SECOND, due=first.due, run=first.run),
            WorkQueue(name="second", interval=SECOND, due=second.due, run=second.run),
        ]
    )
    assert await virtual.settle() == 3
    assert await virtual.settle() == 0
    assert virtual.clock() == NOW


async def test_a_line_runs_as_wide_as_it_may() -> None:
    work = Work(*range(7), seconds=0.01)
    virtual = VirtualScheduler(NOW)
    virtual.use([WorkQueue(name="work", interval=SECOND, due=work.due, run=work.run, concurrency=3)])
    await virtual.settle()
    assert work.most == 3
    assert not work.twice


async def test_work_that_makes_work_is_done_too() -> None:
    second = Work()

    class First(Work):
        async def run(self, identity: int) -> None:
            await super().run(identity)
            second.waiting.append(identity)

    first = First(1, 2)
    virtual = VirtualScheduler(NOW)
    virtual.use(
        [
            WorkQueue(name="second", interval=SECOND, due=second.due, run=second.run),
            WorkQueue(name="first", interval=SECOND, due=first.due, run=first.run),
        ]
    )
    virtual.wake("second")
    assert await virtual.settle() == 4


async def test_work_without_end_is_an_error() -> None:
    async def due() -> list[int]:
        return [1]

    async def run(_: int) -> None:
        return None

    virtual = VirtualScheduler(NOW)
    virtual.use([WorkQueue(name="work", interval=SECOND, due=due, run=run)])
    with pytest.raises(RuntimeError, match="still due after 5 rounds"):
        await virtual.settle(rounds=5)


async def test_pauses_pass_side_by_side_and_time_waits_for_work() -> None:
    virtual = VirtualScheduler(NOW)
    ended: dict[int, float] = {}
    waiting = [5, 1, 3]

    async def due() -> list[int]:
        return list(waiting)

    async def run(seconds: int) -> None:
        await asyncio.sleep(0.01)
        await virtual.pause(seconds)
        ended[seconds] = (virtual.now - NOW).total_seconds()
        waiting.remove(seconds)

    async def never() -> datetime:
        return NOW + timedelta(days=1)

    virtual.use([WorkQueue(name="work", interval=SECOND, due=due, run=run, concurrency=2)])
    await virtual.live(NOW + timedelta(minutes=1), never)
    assert ended == {1: 1.0, 3: 4.0, 5: 5.0}
    assert virtual.now == NOW + timedelta(minutes=1)


async def test_work_that_is_due_all_the_same_waits_for_time_to_pass() -> None:
    virtual = VirtualScheduler(NOW)
    runs = 0

    async def due() -> list[int]:
        return [1]

    async def run(_: int) -> None:
        nonlocal runs
        runs += 1

    async def soon() -> datetime:
        return virtual.now + SECOND

    virtual.use([WorkQueue(name="work", interval=SECOND, due=due, run=run)])
    await virtual.live(NOW + 3 * SECOND, soon)
    assert runs == 3 * AT_A_MOMENT


async def test_an_error_of_work_is_raised_while_time_passes() -> None:
    virtual = VirtualScheduler(NOW)

    async def due() -> list[int]:
        return [1]

    async def run(_: int) -> None:
        raise ValueError("broken")

    virtual.use([WorkQueue(name="work", interval=SECOND, due=due, run=run)])
    with pytest.raises(ValueError, match="broken"):
        await virtual.live(NOW + SECOND, due)  # type: ignore[arg-type]  never asked
