"""Work in child processes: what goes wrong there ends one piece of work and nothing else."""

import asyncio
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.app import workers as module
from bot.app.workers import Workers
from bot.errors import ChildDied, DeadlineMissed, HttpFailed, NotAFeed, SettingsError
from tests.doubles.feeds import RSS

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONG = timedelta(seconds=30)
SHORT = timedelta(seconds=0.5)


# --- work, as a child finds it by name ---------------------------------------------------------------------


def double(number: int) -> int:
    return 2 * number


def pid() -> int:
    return os.getpid()


def hang(seconds: float) -> str:
    time.sleep(seconds)
    return "done"


def spin() -> None:
    while True:
        pass


def leave(code: int) -> None:
    os._exit(code)


def kill_yourself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hog() -> int:
    held = [bytearray(64 * 1024 * 1024) for _ in range(100)]
    return len(held)


def fail(kind: str) -> None:
    raise {
        "feed": NotAFeed("a sentence"),
        "value": ValueError("a value"),
        "timeout": TimeoutError("its own"),
        "end": EOFError("its own"),
        "pipe": BrokenPipeError("its own"),
        "settings": SettingsError(["one", "two"]),
        "http": HttpFailed("needs more to be made", 404),
    }[kind]


def unpicklable(how: str) -> Any:
    if how == "answer":
        return lambda: 1

    class Local(Exception):
        pass

    raise Local


def exit_quietly() -> None:
    raise SystemExit(0)


def echo(data: bytes) -> bytes:
    return data


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def work() -> AsyncIterator[Workers]:
    """One child for all tests, for starting one takes more than a second."""
    async with Workers(1) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both() -> AsyncIterator[Workers]:
    async with Workers(2) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def pair(both: Workers) -> Workers:
    """Two children, both at hand."""
    await asyncio.gather(*(both(hang, 0.1, deadline=LONG) for _ in range(2)))
    return both


async def test_an_answer_comes_back(work: Workers) -> None:
    assert await work(double, 21, deadline=LONG) == 42


async def test_a_child_is_used_again_and_replaced_in_time(
    work: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await work(pid, deadline=LONG)
    assert await work(pid, deadline=LONG) == first != os.getpid()
    monkeypatch.setattr(module, "USES", 1)
    assert await work(pid, deadline=LONG) == first
    assert await work(pid, deadline=LONG) != first


async def test_a_deadline_ends_its_own_work_alone(pair: Workers) -> None:
    other = asyncio.create_task(pair(hang, 1.5, deadline=LONG))
    await asyncio.sleep(0.1)
    with pytest.raises(DeadlineMissed, match="longer than"):
        await pair(hang, 60, deadline=SHORT)
    assert not other.done()
    assert await pair(double, 2, deadline=LONG) == 4
    assert await other == "done"


async def test_a_deadline_ends_work_that_listens_to_nobody(work: Workers) -> None:
    child = await work(pid, deadline=LONG)
    with pytest.raises(DeadlineMissed):
        await work(spin, deadline=SHORT)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.parametrize(("fn", "args"), [(leave, (0,)), (kill_yourself, ()), (exit_quietly, ())])
async def test_a_crash_is_told_and_the_next_work_is_done(
    fn: Any, args: tuple[int, ...], work: Workers
) -> None:
    with pytest.raises(ChildDied):
        await work(fn, *args, deadline=LONG)
    assert await work(double, 2, deadline=LONG) == 4


async def test_a_crash_does_not_touch_the_other_child(pair: Workers) -> None:
    other = asyncio.create_task(pair(hang, 0.5, deadline=LONG))
    with pytest.raises(ChildDied):
        await pair(leave, 1, deadline=LONG)
    assert await other == "done"


async def test_a_child_that_died_while_idle_is_replaced(work: Workers) -> None:
    child = await work(pid, deadline=LONG)
    os.kill(child, signal.SIGKILL)
    await asyncio.sleep(0.1)
    assert await work(double, 2, deadline=LONG) == 4


async def test_work_that_wants_too_much_memory_is_ended(work: Workers) -> None:
    with pytest.raises(ChildDied, match="memory"):
        await work(hog, deadline=LONG)
    assert await work(double, 2, deadline=LONG) == 4


@pytest.mark.parametrize(
    ("kind", "error"),
    [("feed", NotAFeed), ("value", ValueError), ("timeout", TimeoutError), ("end", EOFError), ("pipe", BrokenPipeError), ("settings", SettingsError)],
)  # fmt: skip
async def test_an_error_of_the_work_is_raised_as_it_is(
    kind: str, error: type[Exception], work: Workers
) -> None:
    child = await work(pid, deadline=LONG)
    with pytest.raises(error) as caught:
        await work(fail, kind, deadline=LONG)
    assert type(caught.value) is error
    assert await work(pid, deadline=LONG) == child


@pytest.mark.parametrize(("fn", "how"), [(unpicklable, "answer"), (unpicklable, "error"), (fail, "http")])
async def test_what_cannot_be_handed_over_is_told(fn: Any, how: str, work: Workers) -> None:
    child = await work(pid, deadline=LONG)
    with pytest.raises(ChildDied, match="handed over"):
        await work(fn, how, deadline=LONG)
    assert await work(pid, deadline=LONG) == child


async def test_work_that_cannot_be_handed_over_is_a_mistake_of_ours(work: Workers) -> None:
    with pytest.raises((AttributeError, TypeError, ValueError, module.pickle.PicklingError)):
        await work(lambda: 1, deadline=LONG)
    assert await work(double, 2, deadline=LONG) == 4


async def test_a_cancelled_caller_ends_the_work_and_frees_the_place(work: Workers) -> None:
    child = await work(pid, deadline=LONG)
    task = asyncio.create_task(work(hang, 60, deadline=LONG))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert await work(double, 2, deadline=LONG) == 4


async def test_cancelling_while_a_child_starts_frees_the_place(work: Workers) -> None:
    task = asyncio.create_task(work(double, 1, deadline=LONG))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await work(double, 2, deadline=LONG) == 4


async def test_two_at_once_and_the_third_waits(pair: Workers) -> None:
    works = [asyncio.create_task(pair(hang, 0.5 + n, deadline=LONG)) for n in (0, 0, 1)]
    done, waiting = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
    assert works[2] in waiting
    assert {task.result() for task in done} == {"done"}
    assert await asyncio.gather(*works) == ["done"] * 3


async def test_large_values_do_not_hold_up_the_loop(work: Workers) -> None:
    data = b"x" * 20_000_000
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    assert await work(echo, data, deadline=LONG) == data
    ticking.cancel()
    assert ticks > 1


async def test_leaving_ends_every_child() -> None:
    async with Workers(2) as running:
        children = await asyncio.gather(*(running(pid, deadline=LONG) for _ in range(2)))
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


async def test_hanging_work_delays_nobody_else() -> None:
    async with Workers(1) as running:
        await running(double, 1, deadline=LONG)
        hanging = [asyncio.create_task(running(hang, 20, deadline=timedelta(seconds=2.5))) for _ in range(3)]
        await asyncio.sleep(0.05)
        began = asyncio.get_running_loop().time()
        assert await running(double, 21, deadline=LONG) == 42
        waited = asyncio.get_running_loop().time() - began
        assert [type(e) for e in await asyncio.gather(*hanging, return_exceptions=True)] == [
            DeadlineMissed
        ] * 3
        assert waited < 3.5  # four places one after the other, each given up after SLOW
        assert await running(double, 2, deadline=LONG) == 4


async def test_work_that_only_took_long_gives_back_what_it_borrowed() -> None:
    async with Workers(1) as running:
        assert await asyncio.gather(*(running(hang, 0.8, deadline=LONG) for _ in range(3))) == ["done"] * 3
        assert await running(double, 2, deadline=LONG) == 4
        assert (running._lent, running._free.qsize()) == (0, 1)
        assert len(running._children) <= 2


async def test_there_is_an_end_to_borrowing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXTRA", 1)
    async with Workers(1) as running:
        works = [asyncio.create_task(running(hang, 1.5, deadline=LONG)) for _ in range(4)]
        await asyncio.sleep(1.2)
        assert len(running._children) <= 2
        assert await asyncio.gather(*works) == ["done"] * 4


async def test_a_child_that_computes_on_without_its_parent_is_ended(work: Workers) -> None:
    limits = await work(limits_of_cpu, deadline=timedelta(seconds=7))
    assert 7 <= limits <= 60


def limits_of_cpu() -> int:
    return resource.getrlimit(resource.RLIMIT_CPU)[0]


def modules_after_reading() -> list[str]:
    from bot.feeds.parse import parse
    from bot.pipeline.entries.analyse import reading
    from bot.pipeline.relevance.judge import compile_rules

    now = datetime(2026, 3, 2, tzinfo=UTC)
    reading(parse, compile_rules({}, {}), False, RSS, "https://a.example/", "", now, frozenset())
    return sorted({name.split(".")[0] for name in sys.modules})


async def test_a_worker_does_not_load_what_only_its_parent_needs(work: Workers) -> None:
    loaded = await work(modules_after_reading, deadline=LONG)
    assert not {"sqlalchemy", "alembic", "discord", "telegram", "apscheduler"} & set(loaded)


PAGE_LIMIT = 3 * 1024 * 1024
PAGES = {
    "attributes": b"<p a=1 b=2 c=3 d=4>x",
    "items": b"<li>x",
    "bold": b"<b>x</b>",
    "paragraphs": b"<p>This is a sentence of some words, and long enough to be told. </p>",
}


def grown(unit: bytes) -> int:
    """Return by how many megabytes reading the largest page that is fetched, made of one thing, lets a child grow."""
    from bot.feeds.discover import discover
    from bot.feeds.page import read_page

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    page = b"<html><body>" + unit * (PAGE_LIMIT // len(unit))
    read_page(page, "https://a.example/", "text/html")
    discover(page, "https://a.example/")
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


@pytest.mark.parametrize("kind", PAGES)
async def test_no_page_takes_a_worker_beyond_its_memory(
    kind: str, work: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "USES", 1)
    await work(pid, deadline=LONG)
    assert await work(grown, PAGES[kind], deadline=LONG) < 300


# --- shares ------------------------------------------------------------------------------------------------


async def test_what_hangs_for_one_server_delays_nobody_else(work: Workers) -> None:
    """Thirty documents that run into their deadline: two at a time, and others' are read beside them."""
    slow = [asyncio.create_task(work(hang, 3, deadline=LONG, requester=7)) for _ in range(30)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(3):
        assert await work(double, 21, deadline=LONG, requester=8) == 42
        assert await work(double, 21, deadline=LONG) == 42
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_all_servers_together_leave_places(work: Workers) -> None:
    slow = [asyncio.create_task(work(hang, 4, deadline=LONG, requester=n % 10 + 1)) for n in range(40)]
    await asyncio.sleep(1.5)
    async with asyncio.timeout(3):
        assert await work(double, 21, deadline=LONG) == 42
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
