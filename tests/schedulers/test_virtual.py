"""The scheduler whose clock stands still while everything that is due is done."""

from datetime import timedelta

import pytest

from bot.ports import Line
from bot.schedulers.virtual import VirtualScheduler
from tests.conftest import StillClock
from tests.schedulers.test_local import Work

SECOND = timedelta(seconds=1)
NOW = StillClock().now


async def test_it_settles_when_nothing_is_due() -> None:
    first, second = Work(1, 2), Work(3)
    virtual = VirtualScheduler(NOW)
    virtual.use([Line("first", SECOND, first.due, first.run), Line("second", SECOND, second.due, second.run)])
    assert await virtual.settle() == 3
    assert await virtual.settle() == 0
    assert virtual.clock() == NOW


async def test_a_line_runs_as_wide_as_it_may() -> None:
    work = Work(*range(7), seconds=0.01)
    virtual = VirtualScheduler(NOW)
    virtual.use([Line("work", SECOND, work.due, work.run, 3)])
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
    virtual.use([Line("second", SECOND, second.due, second.run), Line("first", SECOND, first.due, first.run)])
    virtual.wake("second")
    assert await virtual.settle() == 4


async def test_work_without_end_is_an_error() -> None:
    async def due() -> list[int]:
        return [1]

    async def run(_: int) -> None:
        return None

    virtual = VirtualScheduler(NOW)
    virtual.use([Line("work", SECOND, due, run)])
    with pytest.raises(RuntimeError, match="still due after 5 rounds"):
        await virtual.settle(rounds=5)
