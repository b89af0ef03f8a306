"""Real processes that share the work: one that stands still, one that is asked to end, and a role that cannot be."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.doubles.feeds import feed_server
from tests.doubles.postgres import Postgres
from tests.proof.cluster import CHAT, WORKER, cluster
from tests.proof.feeds import from_feeds
from tests.proof.launch import Lives, is_alive
from tests.proof.run import GROUP


async def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  other processes do it
            await asyncio.sleep(0.1)


@pytest.mark.timeout(400)
async def test_a_worker_that_stands_still_and_goes_on_does_no_harm(
    postgres: Postgres, tmp_path: Path
) -> None:
    async with feed_server() as web, Lives.open() as server:
        prepared = await from_feeds(GROUP, web, tmp_path / "evening", postgres)
        async with (
            prepared.town(tmp_path / "town") as town,
            cluster(server, town, roles=(WORKER, CHAT, WORKER), stalled="5") as found,
        ):
            stopped = found.processes[0]
            await until(lambda: "feed.collected" in town.log)
            os.kill(stopped, signal.SIGSTOP)
            await until(lambda: not town.verdict().lost)
            os.kill(stopped, signal.SIGCONT)
            opened = town.log.count("engine.open")
            await until(lambda: town.log.count("engine.open") > opened)
            assert await found.rest() == 0
            assert (town.verdict().lost, town.verdict().repeated) == ((), ())
            assert "Traceback" not in town.log


@pytest.mark.timeout(200)
async def test_a_worker_that_is_asked_to_end_gives_everything_back(
    postgres: Postgres, tmp_path: Path
) -> None:
    async with feed_server() as web, Lives.open() as server:
        prepared = await from_feeds(GROUP, web, tmp_path / "evening", postgres)
        async with (
            prepared.town(tmp_path / "town") as town,
            cluster(server, town, roles=(WORKER, CHAT)) as found,
        ):
            worker = found.processes[0]
            await until(lambda: "feed.collected" in town.log)
            os.kill(worker, signal.SIGTERM)
            await until(lambda: not is_alive(worker), 12)
            assert '"event": "instance.stopped"' in town.log
            found.processes[0] = await found.begin(WORKER)
            await found.rest(60)
            assert (town.verdict().lost, town.verdict().repeated) == ((), ())
            assert "job.rescued" not in town.log


async def test_a_role_that_needs_another_database_says_what_to_do(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--role", "worker",
        env={"PATH": os.environ["PATH"], "STRILLONE_DATA": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 2
    assert "--role worker needs PostgreSQL" in said.decode()
