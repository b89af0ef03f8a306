"""What models cost, by day, month and server."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.errors import OverBudget
from bot.jobs.operating.spending import StoredLedger
from bot.pipeline.limits.spending import Budget, Limit
from bot.ports import Cost
from bot.store import Store, open_store, spending
from tests.conftest import StillClock
from tests.store.conftest import NOW, World

TODAY = date(2026, 3, 2)


async def sums(store: Store, day: date = TODAY, server: int | None = None) -> tuple[Cost, Cost]:
    async with store.read() as tx:
        return await spending.on_day(tx, day, server), await spending.before(tx, day)


async def test_a_reservation_counts_until_it_is_settled(store: Store) -> None:
    async with store.write() as tx:
        first = await spending.reserve(tx, TODAY, 1, Cost(100, 10**12), NOW)
        await spending.reserve(tx, TODAY, 2, Cost(50, 5), NOW)
    assert (await sums(store))[0] == Cost(150, 10**12 + 5)
    async with store.write() as tx:
        await spending.settle(tx, first, Cost(30, 3))
    assert (await sums(store))[0] == Cost(80, 8)
    assert (await sums(store, server=1))[0] == Cost(30, 3)


async def test_what_was_never_settled_counts_until_its_day_ends(store: Store) -> None:
    async with store.write() as tx:
        for day in (date(2026, 2, 28), date(2026, 3, 1), TODAY):
            settled = await spending.reserve(tx, day, 1, Cost(10), NOW)
            await spending.settle(tx, settled, Cost(7))
            await spending.reserve(tx, day, 1, Cost(100), NOW)
    assert await sums(store) == (Cost(107), Cost(7))


async def test_others_are_servers_with_an_active_subscription(world: World) -> None:
    first, second = await world.channel(server="a"), await world.channel(server="b")
    await world.subscription(first)
    async with world.store.read() as tx:
        assert not await spending.has_others(tx, first.server_id)
        assert await spending.has_others(tx, second.server_id)


async def test_what_no_month_counts_is_forgotten(store: Store) -> None:
    async with store.write() as tx:
        await spending.reserve(tx, TODAY, 1, Cost(10), NOW)
        await spending.forget(tx, NOW + timedelta(days=62))
    assert (await sums(store))[0] == Cost(10)
    async with store.write() as tx:
        await spending.forget(tx, NOW + timedelta(days=63))
    assert (await sums(store))[0] == Cost(0)


# --- the ledger --------------------------------------------------------------------------------------------


async def reserved(ledger: StoredLedger, most: Cost, server: int = 1) -> int | None:
    try:
        return await ledger.reserve(most, server)
    except OverBudget:
        return None


@pytest.mark.parametrize("budget", [Budget(Limit(day=1000)), Budget(Limit(month=30_000)), Budget(money=Limit(day=1000))])  # fmt: skip
async def test_fifty_calls_at_once_never_pass_a_limit(
    store: Store, clock: StillClock, budget: Budget
) -> None:
    ledger = StoredLedger(store, clock, budget)
    seen: list[Cost] = []

    async def call() -> int | None:
        number = await reserved(ledger, Cost(90, 90))
        seen.append((await sums(store))[0])
        await asyncio.sleep(0)
        if number is not None:
            await ledger.settle(number, Cost(70, 70))
        seen.append((await sums(store))[0])
        return number

    granted = [number for number in await asyncio.gather(*(call() for _ in range(50))) if number is not None]
    assert 11 <= len(granted) <= 14
    assert max(cost.tokens for cost in seen) <= 1000
    assert (await sums(store))[0] == Cost(70 * len(granted), 70 * len(granted))


async def test_a_crash_between_call_and_settling_frees_nothing_today(
    database: str, clock: StillClock
) -> None:
    budget = Budget(Limit(day=100))
    before = await open_store(database)
    assert await reserved(StoredLedger(before, clock, budget), Cost(100)) is not None
    await before.close()
    after = await open_store(database)
    ledger = StoredLedger(after, clock, budget)
    assert await reserved(ledger, Cost(1)) is None
    clock.advance(timedelta(days=1))
    assert await reserved(ledger, Cost(100)) is not None
    await after.close()


async def test_a_call_that_ends_after_midnight_is_its_days(store: Store, clock: StillClock) -> None:
    ledger = StoredLedger(store, clock, Budget(Limit(day=100)))
    number = await ledger.reserve(Cost(100), 1)
    clock.advance(timedelta(days=1))
    await ledger.settle(number, Cost(40))
    assert await sums(store, TODAY + timedelta(days=1)) == (Cost(0), Cost(40))


async def test_no_server_uses_more_than_its_share_while_others_are_there(
    world: World, clock: StillClock
) -> None:
    first, second = await world.channel(server="a"), await world.channel(server="b")
    ledger = StoredLedger(world.store, clock, Budget(Limit(day=100)))
    await world.subscription(first)
    assert await reserved(ledger, Cost(60), first.server_id) is not None
    await world.subscription(second)
    assert await reserved(ledger, Cost(1), first.server_id) is None
    assert await reserved(ledger, Cost(40), second.server_id) is not None
    assert await reserved(ledger, Cost(1), second.server_id) is None


async def test_without_a_budget_everything_is_granted_and_counted(store: Store, clock: StillClock) -> None:
    ledger = StoredLedger(store, clock, Budget())
    for _ in range(3):
        await ledger.settle(await ledger.reserve(Cost(10**9), 0), Cost(5))
    assert (await sums(store))[0] == Cost(15)
