"""Several processes on one PostgreSQL: whose turn it is, what becomes of who dies, stands still, or loses the server."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import procrastinate
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.app.lease import ProcessLease, Tenure
from bot.errors import WorkLost
from bot.schedulers import cluster, engine
from bot.schedulers.cluster import ClusterScheduler, Part
from bot.store import Store, open_store, stories, system
from tests.app.helpers import quiet_log
from tests.doubles.postgres import Postgres, running
from tests.schedulers.test_contract import DEADLINE, NEVER, SOON, Work, line, now, until


@pytest.fixture
def address(postgres: Postgres) -> Iterator[str]:
    with postgres.fresh() as fresh:
        yield fresh


@asynccontextmanager
async def node(
    address: str, *works: Work, holder: str = "here/1", at_once: int = 2
) -> AsyncIterator[ClusterScheduler]:
    """One process of several: each work is a line, by its place."""
    store = await open_store(address)
    lines = [line(work, at_once=at_once, name=f"line{place}") for place, work in enumerate(works)]
    part = Part(holder=holder, carried_lines={each.name for each in lines})
    scheduler = ClusterScheduler(store, now, lines, part, quiet_log())
    scheduler.start()
    try:
        yield scheduler
    finally:
        await scheduler.stop(DEADLINE)
        await store.close()


class Shared(Work):
    """Work of which each process does a part; what is due is known to all."""

    def __init__(self, waiting: list[int], seconds: float = 0.02) -> None:
        super().__init__(seconds=seconds)
        self.waiting = waiting


async def test_two_processes_share_the_work_and_one_of_them_asks(address: str) -> None:
    waiting: list[int] = []
    first, second = Shared(waiting), Shared(waiting)
    async with node(address, first, holder="here/1") as one:
        await until(lambda: one.leads)
        async with node(address, second, holder="here/2") as two:
            await until(lambda: not two.trouble)
            await asyncio.sleep(0.2)
            waiting += range(40)
            await until(lambda: not waiting)
            assert one.leads
            assert not two.leads
    assert second.asked == 0
    assert sorted(first.done + second.done) == list(range(40))
    assert first.done
    assert second.done


async def test_another_process_leads_as_soon_as_the_first_has_stopped(address: str) -> None:
    waiting: list[int] = []
    first, second = Shared(waiting), Shared(waiting)
    async with node(address, second, holder="here/2") as two:
        async with node(address, first, holder="here/1") as one:
            await until(lambda: one.leads or two.leads)
            leader, other = (one, two) if one.leads else (two, one)
            assert not other.leads
            if leader is two:
                return
        await until(lambda: two.leads)
        waiting.append(1)
        await until(lambda: second.done == [1])


async def test_a_line_of_one_at_a_time_is_done_by_one_process_after_the_other(address: str) -> None:
    waiting = list(range(6))
    first, second = Shared(waiting, 0.05), Shared(waiting, 0.05)
    async with (
        node(address, first, holder="here/1", at_once=1),
        node(address, second, holder="here/2", at_once=1),
    ):
        await until(lambda: not waiting)
    assert max(first.most, second.most) == 1
    assert not (first.done and second.done)


async def test_waking_reaches_the_process_that_asks_or_that_has_the_line_for_itself(address: str) -> None:
    carried, own = Work(), Work()
    chat_store, worker_store = await open_store(address), await open_store(address)
    lines = [line(carried, NEVER, name="group"), line(own, NEVER, name="deliver")]
    chat = ClusterScheduler(
        chat_store,
        now,
        lines,
        Part(holder="here/1", own_lines={"deliver"}, heard_lines={"deliver"}),
        quiet_log(),
    )
    worker = ClusterScheduler(
        worker_store, now, lines, Part(holder="here/2", carried_lines={"group"}), quiet_log()
    )
    chat.start()
    worker.start()
    try:
        await until(lambda: worker.leads and not chat.trouble and own.asked)
        carried.waiting.append(1)
        chat.wake("group")
        await until(lambda: carried.done == [1])
        own.waiting.append(2)
        worker.wake("deliver")
        await until(lambda: own.done == [2])
    finally:
        for scheduler in (chat, worker):
            await scheduler.stop(DEADLINE)
        for store in (chat_store, worker_store):
            await store.close()
    assert not chat.leads


async def test_who_gives_no_sign_of_life_loses_its_work_and_writes_nothing_of_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "HEARTBEAT", 1000.0)
    monkeypatch.setattr(cluster, "LOOK", 0.2)
    store = await open_store(address)
    going_on, lost, waiting = asyncio.Event(), list[bool](), [7]

    class Stopped(Shared):
        async def run(self, identity: int) -> None:
            self.running.append(identity)
            await going_on.wait()
            try:
                async with store.write() as tx:
                    await system.remember(tx, "who", "the one that stood still")
            except WorkLost:
                lost.append(True)
                raise

    class Healthy(Shared):
        async def run(self, identity: int) -> None:
            async with store.write() as tx:
                await system.remember(tx, "who", "the other")
            await super().run(identity)

    stopped, healthy = Stopped(waiting), Healthy(waiting)
    async with node(address, stopped, holder="here/1"):
        await until(lambda: stopped.running)
        monkeypatch.setattr(engine, "HEARTBEAT", 0.2)
        async with store.write() as tx:
            await tx.execute(
                text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
            )
            await system.drop_lease(tx, cluster.LEADER, "here/1")
        async with node(address, healthy, holder="here/2"):
            await until(lambda: healthy.done == [7])
            going_on.set()
            await until(lambda: lost)
    async with store.read() as tx:
        assert await system.fact(tx, "who") == "the other"
    await store.close()


async def test_a_process_that_lost_its_rows_begins_anew(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LOOK", 0.1)
    monkeypatch.setattr(cluster, "REOPEN", 0.05)
    work, store = Work(1), await open_store(address)
    async with node(address, work):
        await until(lambda: work.done == [1])
        async with store.write() as tx:
            await tx.execute(text("DELETE FROM procrastinate_workers"))
        work.waiting.append(2)
        await until(lambda: 2 in work.done)
    await store.close()


async def test_a_poisoned_id_rests_in_the_engine_and_is_tried_again(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FIRST_REST", 1)
    tries: list[int] = []

    class Poisoned(Work):
        async def run(self, identity: int) -> None:
            tries.append(identity)
            if len(tries) < 2:
                raise RuntimeError("poison")
            await super().run(identity)

    work = Poisoned(1)
    async with node(address, work):
        await until(lambda: work.done == [1])
    assert tries == [1, 1]


async def test_ended_jobs_leave_nothing_behind(address: str) -> None:
    work, store = Work(*range(5)), await open_store(address)
    async with node(address, work):
        await until(lambda: len(work.done) == 5)
    async with store.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM procrastinate_workers"))).scalar_one() == 0
        jobs = await tx.execute(text("SELECT task_name FROM procrastinate_jobs"))
        assert set(jobs.scalars()) <= {engine.WAKE}  # a word that nobody heard any more
        assert await system.lease_of(tx, cluster.LEADER) is None
    await store.close()


@pytest.mark.timeout(110)
async def test_a_restart_of_the_server_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.app.lease.PROBE", 0.2)
    monkeypatch.setattr("bot.app.lease.RENEW", 0.5)
    with running(f"restart{os.getpid()}") as server, server.fresh() as address:
        store, work = await open_store(address), Work(1)
        lease = ProcessLease.of(store, now, quiet_log(), Tenure.WORKER)
        await lease.take(0)

        async def nothing() -> None:
            return None

        keeper = asyncio.create_task(lease.keep(nothing))
        lines = [line(work, SOON, 2)]
        scheduler = ClusterScheduler(
            store, now, lines, Part(holder=lease.holder, carried_lines={"work"}), quiet_log()
        )
        scheduler.start()
        with capture_logs() as log:
            await until(lambda: work.done == [1])
            await asyncio.to_thread(server.stop)
            await until(lambda: scheduler.trouble and store.trouble)
            await asyncio.to_thread(server.start)
            work.waiting.append(2)
            await within(40, lambda: work.done == [1, 2])
            assert not scheduler.trouble
            assert not keeper.done()
        await scheduler.stop(DEADLINE)
        keeper.cancel()
        await lease.drop()
        await store.close()
    assert not [event for event in log if event["event"] == "engine.crashed"]


async def within(seconds: float, true: Callable[[], object]) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def test_the_tables_are_those_of_the_engine_that_is_installed() -> None:
    """Newer ones come by a migration of ours; then this, and the limit in pyproject.toml, are raised together."""
    migrations = Path(procrastinate.__file__).parent / "sql" / "migrations"
    newest = max(file.name for file in migrations.glob("*.sql"))
    assert newest == "03.04.00_50_post_add_retry_failed_job_procedure.sql"


# --- who may write beside whom


@pytest.fixture
async def pair(address: str) -> AsyncIterator[tuple[Store, Store]]:
    first, second = await open_store(address), await open_store(address)
    yield first, second
    await first.close()
    await second.close()


async def waits_for(first: Store, second: Store, *, narrow: tuple[bool, bool]) -> bool:
    """Whether a writing transaction of a second process waits for the end of the first one's."""
    begun = asyncio.Event()

    async def write() -> None:
        async with second.write(narrow=narrow[1]):
            begun.set()

    async with first.write(narrow=narrow[0]):
        task = asyncio.create_task(write())
        await asyncio.wait((task,), timeout=0.5)
        waited = not begun.is_set()
    await task
    return waited


@pytest.mark.parametrize(
    ("narrow", "waits"),
    [((True, True), False), ((True, False), True), ((False, True), True), ((False, False), True)],
)
async def test_only_narrow_transactions_run_side_by_side(
    pair: tuple[Store, Store], narrow: tuple[bool, bool], waits: bool
) -> None:
    assert await waits_for(*pair, narrow=narrow) == waits


async def test_changes_of_stories_stay_without_gaps_beside_one_another(pair: tuple[Store, Store]) -> None:
    taken: list[int] = []

    async def take(store: Store) -> None:
        for attempt in range(20):
            try:
                async with store.write(narrow=True) as tx:
                    number = await stories.take_changes(tx, 1)
                    _ = 1 / (attempt % 3)  # one in three is rolled back
                    taken.append(number)
            except ZeroDivisionError:
                continue

    await asyncio.gather(*(take(store) for store in pair))
    assert taken == list(range(1, len(taken) + 1))


# --- a database that is there


async def test_a_database_of_before_gets_the_engine_and_keeps_what_it_holds(postgres: Postgres) -> None:
    with postgres.fresh(migrated=False) as address:
        before = await open_store(address, to="0025")
        async with before.write() as tx:
            await system.remember(tx, "instance", "a1")
        await before.close()
        work = Work(1)
        async with node(address, work):
            await until(lambda: work.done == [1])
        after = await open_store(address)
        async with after.read() as tx:
            assert await system.fact(tx, "instance") == "a1"
        await after.close()


async def test_two_processes_may_bring_the_engine_at_once(postgres: Postgres) -> None:
    with postgres.fresh(migrated=False) as address:
        await (await open_store(address, to="0025")).close()
        stores = await asyncio.gather(open_store(address), open_store(address))
        for store in stores:
            async with store.read() as tx:
                jobs = await tx.execute(text("SELECT count(*) FROM procrastinate_jobs"))
                assert jobs.scalar_one() == 0
            await store.close()
