"""The scheduler of one process, beside what every scheduler does (`test_contract`)."""

import asyncio
from datetime import datetime, timedelta, tzinfo

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest

from bot.schedulers.local import LocalScheduler
from tests.app.helpers import quiet_log
from tests.schedulers.test_contract import DEADLINE, NEVER, Work, line, until


async def test_a_scheduler_that_never_started_stops() -> None:
    scheduler = LocalScheduler([], quiet_log())
    scheduler.wake("work")
    await scheduler.stop(DEADLINE)


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
