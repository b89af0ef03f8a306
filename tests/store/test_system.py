"""What belongs to the instance: facts, the lease of the running process, stored calls."""

import asyncio
import socket

import pytest
import structlog

from bot.app.lease import ProcessLease
from bot.errors import LeaseHeld
from bot.store import Store, system
from tests.conftest import StillClock
from tests.store.conftest import NOW, later


async def test_facts_are_remembered(store: Store) -> None:
    async with store.write() as tx:
        assert await system.fact(tx, "name") is None
        assert await system.remember(tx, "name", "a") == "a"
        assert await system.remember(tx, "name", "b", once=True) == "a"
        assert await system.remember(tx, "name", "c") == "c"
        assert await system.fact(tx, "name") == "c"


async def take(store: Store, holder: str, seconds: float) -> system.Lease:
    async with store.write() as tx:
        return await system.take_lease(
            tx, "process", holder, later(seconds=seconds), later(seconds=seconds + 30)
        )


async def test_a_lease_has_one_holder(store: Store) -> None:
    leases = await asyncio.gather(*(take(store, holder, 0) for holder in "abcd"))
    assert len({lease.holder for lease in leases}) == 1


async def test_a_lease_is_renewed_by_its_holder(store: Store) -> None:
    assert await take(store, "a", 0) == system.Lease("a", NOW, later(seconds=30))
    assert await take(store, "a", 20) == system.Lease("a", NOW, later(seconds=50))
    assert await take(store, "b", 49) == system.Lease("a", NOW, later(seconds=50))


async def test_a_lease_that_is_over_can_be_taken(store: Store) -> None:
    await take(store, "a", 0)
    assert (await take(store, "b", 31)) == system.Lease("b", later(seconds=31), later(seconds=61))
    assert (await take(store, "a", 32)).holder == "b"


async def test_a_lease_is_given_back_only_by_its_holder(store: Store) -> None:
    await take(store, "a", 0)
    async with store.write() as tx:
        await system.drop_lease(tx, "process", "b")
    assert (await take(store, "b", 1)).holder == "a"
    async with store.write() as tx:
        await system.drop_lease(tx, "process", "a")
    assert (await take(store, "b", 2)).holder == "b"


def process(store: Store, clock: StillClock, holder: str) -> ProcessLease:
    return ProcessLease(store=store, clock=clock, log=structlog.get_logger(), holder=holder)


async def test_a_second_process_says_who_has_the_database(store: Store, clock: StillClock) -> None:
    await process(store, clock, "elsewhere/17").take(standby=0)
    clock.advance(5)
    with pytest.raises(LeaseHeld, match=r"elsewhere/17, running for 5 s.*DATABASE_URL"):
        await process(store, clock, "here/1").take(standby=0)


async def test_a_stand_by_takes_over(store: Store, clock: StillClock) -> None:
    first = process(store, clock, "elsewhere/17")
    await first.take(standby=0)
    waiting = asyncio.create_task(process(store, clock, "here/1").take(standby=10))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await first.drop()
    async with asyncio.timeout(5):
        await waiting


async def test_the_lease_of_a_dead_process_of_this_machine_is_free(store: Store, clock: StillClock) -> None:
    dead = await asyncio.create_subprocess_exec("true")
    await dead.wait()
    await process(store, clock, f"{socket.gethostname()}/{dead.pid}").take(standby=0)
    await process(store, clock, "here/1").take(standby=0)


async def test_the_lease_of_a_living_process_of_this_machine_is_not(store: Store, clock: StillClock) -> None:
    living = await asyncio.create_subprocess_exec("sleep", "30")
    await process(store, clock, f"{socket.gethostname()}/{living.pid}").take(standby=0)
    with pytest.raises(LeaseHeld):
        await process(store, clock, "here/1").take(standby=0)
    living.kill()
    await living.wait()


async def test_stored_calls_expire(store: Store) -> None:
    async with store.write() as tx:
        await system.keep_call(tx, "c1", "ask", {"question": "Wer? 誰?"}, later(hours=1))
        assert await system.kept_call(tx, "c1", NOW) == ("ask", {"question": "Wer? 誰?"})
        assert await system.kept_call(tx, "c1", later(hours=1)) is None
        assert await system.kept_call(tx, "c2", NOW) is None
        await system.keep_call(tx, "c1", "ask", {"question": "Wer? 誰?"}, later(hours=2))
        assert await system.kept_call(tx, "c1", later(hours=1)) is not None
        await system.forget_calls(tx, later(hours=1))
        assert await system.kept_call(tx, "c1", NOW) is not None
        await system.forget_calls(tx, later(hours=2))
        assert await system.kept_call(tx, "c1", NOW) is None


async def test_a_lease_from_a_clock_that_was_wrong_is_over(store: Store) -> None:
    assert (await take(store, "a", 365 * 86_400)).holder == "a"
    assert (await take(store, "b", 0)).holder == "b"
