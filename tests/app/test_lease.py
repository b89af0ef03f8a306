"""One process on one database."""

import asyncio
import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from bot.app import lease as module
from bot.app.lease import ProcessLease, Tenure
from bot.errors import LeaseHeld, WorkLost
from bot.store import Store, system
from bot.store.fence import fenced
from tests.app.helpers import quiet_log
from tests.conftest import StillClock


def lease(store: Store, clock: StillClock, holder: str = "") -> ProcessLease:
    if holder:
        return ProcessLease(store=store, clock=clock, log=quiet_log(), holder=holder)
    return ProcessLease.of(store, clock, quiet_log())


async def nothing() -> None:
    return None


async def test_a_free_lease_is_taken_and_given_back(store: Store, clock: StillClock) -> None:
    first, second = lease(store, clock), lease(store, clock, "elsewhere/1")
    await first.take(0)
    with pytest.raises(LeaseHeld, match=rf"process {socket.gethostname()}/{os.getpid()}, running for 0 s"):
        await second.take(0)
    await first.drop()
    await second.take(0)


async def test_taking_ones_own_lease_again_is_no_conflict(store: Store, clock: StillClock) -> None:
    await lease(store, clock).take(0)
    await lease(store, clock).take(0)


async def test_a_stand_by_takes_over_when_the_first_ends(store: Store, clock: StillClock) -> None:
    first, second = lease(store, clock), lease(store, clock, "elsewhere/1")
    await first.take(0)
    waiting = asyncio.create_task(second.take(5))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await first.drop()
    async with asyncio.timeout(5):
        await waiting


async def test_a_lease_that_nobody_renews_is_over(store: Store, clock: StillClock) -> None:
    await lease(store, clock, "elsewhere/1").take(0)
    clock.advance(31)
    await lease(store, clock, "another/2").take(0)


def ended_process() -> int:
    """The id of a process that was."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    return dead.pid


async def test_a_dead_process_of_this_machine_holds_nothing(store: Store, clock: StillClock) -> None:
    await lease(store, clock, f"{socket.gethostname()}/{ended_process()}").take(0)
    await lease(store, clock).take(0)


@pytest.mark.parametrize(
    "holder", ["elsewhere/999999", "nonsense", f"{socket.gethostname()}/x", f"{socket.gethostname()}/1"]
)
async def test_who_may_be_alive_keeps_the_lease(store: Store, clock: StillClock, holder: str) -> None:
    await lease(store, clock, holder).take(0)
    with pytest.raises(LeaseHeld):
        await lease(store, clock).take(0)


async def test_a_process_that_stood_still_too_long_ends(
    store: Store, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW", 0.01)
    first = lease(store, clock)
    await first.take(0)
    keeper = asyncio.create_task(first.keep(nothing))
    await asyncio.sleep(0.05)
    assert not keeper.done()
    clock.advance(timedelta(seconds=31))
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)
    await lease(store, clock, "elsewhere/1").take(0)
    with pytest.raises(LeaseHeld, match="stood still so long that elsewhere/1 took over"):
        await first.keep(nothing)


def tenant(store: Store, clock: StillClock, tenure: Tenure, holder: str) -> ProcessLease:
    return ProcessLease(store=store, clock=clock, log=quiet_log(), holder=holder, tenure=tenure)


async def test_workers_share_a_database_with_one_that_has_the_platforms(
    store: Store, clock: StillClock
) -> None:
    chat = tenant(store, clock, Tenure.CHAT, "a/1")
    workers = [tenant(store, clock, Tenure.WORKER, f"b/{number}") for number in range(2)]
    for each in (chat, *workers):
        await each.take(0)
    with pytest.raises(LeaseHeld, match="process a/1"):
        await tenant(store, clock, Tenure.CHAT, "a/2").take(0)
    for each in (chat, *workers):
        await each.drop()
    await tenant(store, clock, Tenure.ALONE, "c/1").take(0)


async def test_nobody_is_alone_beside_a_worker(store: Store, clock: StillClock) -> None:
    worker = tenant(store, clock, Tenure.WORKER, "b/1")
    await worker.take(0)
    with pytest.raises(LeaseHeld, match="process b/1"):
        await tenant(store, clock, Tenure.ALONE, "a/1").take(0)
    clock.advance(31)
    await tenant(store, clock, Tenure.ALONE, "a/1").take(0)


async def test_no_worker_works_beside_who_is_alone(store: Store, clock: StillClock) -> None:
    alone = tenant(store, clock, Tenure.ALONE, "a/1")
    await alone.take(0)
    with pytest.raises(LeaseHeld, match="--role chat"):
        await tenant(store, clock, Tenure.WORKER, "b/1").take(0)
    await alone.drop()
    await tenant(store, clock, Tenure.WORKER, "b/1").take(0)


async def test_who_lost_the_lease_writes_nothing_any_more(store: Store, clock: StillClock) -> None:
    first = tenant(store, clock, Tenure.CHAT, "a/1")
    await first.take(0)
    with fenced(first.is_held):
        async with store.write() as tx:
            await system.remember(tx, "who", "the first")
        clock.advance(31)
    await tenant(store, clock, Tenure.CHAT, "a/2").take(0)
    with fenced(first.is_held), pytest.raises(WorkLost):
        async with store.write() as tx:
            await system.remember(tx, "who", "the first again")
    async with store.read() as tx:
        assert await system.fact(tx, "who") == "the first"
