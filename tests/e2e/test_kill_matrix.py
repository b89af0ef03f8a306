"""The short form of `make bench-delivery`: the real process dies at some commits and requests, and a control shows that it would be seen."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.doubles.feeds import feed_server
from tests.doubles.postgres import running
from tests.proof.cluster import killed_at
from tests.proof.feeds import from_feeds
from tests.proof.launch import Lives
from tests.proof.matrix import Plan, Row, at_work, matrix, spread
from tests.proof.run import FORUM, GROUP, TEXT, TOPICS, evening
from tests.proof.town import Verdict

POINTS, FEW = 3, 2
ANSWERED = "after sendMessage"


def test_the_judge_counts_what_is_missing_and_what_is_there_too_often() -> None:
    found = Verdict.of(
        ["Corvid and Larkwell", "Larkwell again", "Larkwell"], ("Corvid", "Larkwell", "Alpine")
    )
    assert found == Verdict(3, 4, lost=("Alpine",), repeated=("Larkwell", "Larkwell"))


def test_kill_points_are_spread_and_the_last_is_among_them() -> None:
    assert spread(range(1, 11), 0) == list(range(1, 11))
    assert spread(range(1, 11), 5) == [2, 4, 6, 8, 10]
    assert spread([7], 3) == [7]


@pytest.mark.timeout(400)
async def test_a_death_at_any_step_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    wanted = ((TEXT, POINTS), (GROUP, POINTS), (FORUM, FEW), (TOPICS, FEW))
    plans = [
        Plan(kind.name, await evening(kind, tmp_path / kind.name), most=most, among=at_work)
        for kind, most in wanted
    ]
    async with Lives.open() as server:
        rows = await asyncio.gather(
            *(matrix(server, plan, tmp_path / f"{plan.name} killed") for plan in plans)
        )
    _judge(rows)


@pytest.mark.timeout(400)
async def test_a_death_on_the_way_from_the_feeds_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    async with feed_server() as web, Lives.open() as server:
        prepared = await from_feeds(GROUP, web, tmp_path / "evening")
        plan = Plan("from its feeds", prepared, among=once_of_each())
        _judge([await matrix(server, plan, tmp_path / "row")])
    assert {"/robots.txt", "/quellbrook", "/outlet0/feed"} <= {asked.path for asked in web.requests}


SOON = "5"
"""Seconds after which others take over; the long form leaves it at what the program has."""

DEATHS = (
    ("chat", "1 after sendMessage"),
    ("worker", "1 before the commit of jobs.group._group_batch"),
    ("worker", "1 after the commit of jobs.publishing.publish._save"),
)


@pytest.mark.timeout(400)
async def test_a_death_among_several_processes_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    with running(f"deaths{os.getpid()}") as postgres:  # nine processes take most of what one server gives
        async with feed_server() as web, Lives.open() as server:
            prepared = await from_feeds(GROUP, web, tmp_path / "evening", postgres)
            row = await killed_at(server, "several processes", prepared, tmp_path / "row", DEATHS, SOON)
    assert row.killed == len(DEATHS)
    _judge([row])


JOBS = ("after GET /outlet", "after GET /quellbrook", "before the commit of jobs.group")


def once_of_each() -> Callable[[str], bool]:
    """The first step of each of some kinds; publish and deliver have theirs in the other rows."""
    waiting = list(JOBS)

    def among(what: str) -> bool:
        found = next((kind for kind in waiting if what.startswith(kind)), None)
        if found is not None:
            waiting.remove(found)
        return found is not None

    return among


def _judge(rows: Sequence[Row]) -> None:
    for row in rows:
        assert row.killed, "a life may have fewer steps than the one that was counted, but not all of them"
        assert (row.lost, row.repeated) == (0, 0), row.where
        assert row.delivered == row.expected


def at_the_first_answer() -> Callable[[str], bool]:
    """The step at which the first answer comes, and the next."""
    steps: list[str] = []

    def among(what: str) -> bool:
        steps.append(what)
        return steps.count(ANSWERED) == 1 and ANSWERED in steps[-2:]

    return among


@pytest.mark.timeout(400)
async def test_without_looking_for_what_is_uncertain_the_matrix_shows_a_repeat(tmp_path: Path) -> None:
    prepared = await evening(GROUP, tmp_path / "evening")
    plan = Plan("control", prepared, ("find",), among=at_the_first_answer())
    async with Lives.open() as server:
        found = await matrix(server, plan, tmp_path / "row")
    assert found.lost == 0
    assert found.repeated > 0
