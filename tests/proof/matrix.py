"""The kill matrix: the program dies once at every commit and every request of a delivery, lives again, and the chat is judged."""

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.proof.launch import Lives, is_alive
from tests.proof.town import Evening, Town

REST = 1.5
"""Seconds without a step after which a program that has nothing to do and has shown everything is at rest: longer than it takes to ask what is due."""

LONG_REST = 5.0
"""The same where something is missing: longer than any pause before an uncertain post is looked for, and than a digest takes to write on a busy machine."""

GIVE_UP = 120.0
OPEN = ("queued", "sending", "uncertain")


class Restless(Exception):
    """The program did not come to rest; the end of its log follows."""


@dataclass
class Row:
    """What a line of the matrix says."""

    name: str
    points: int = 0
    killed: int = 0
    expected: int = 0
    delivered: int = 0
    lost: int = 0
    repeated: int = 0
    found: int = 0
    absent: int = 0
    unknown: int = 0
    copies: int = 0
    """Messages that looking left behind with the operator."""

    where: list[str] = field(default_factory=list)
    """The kill points after which a chat showed too little or too much."""

    def add(self, town: Town, point: str) -> None:
        """Count what a town shows in the end."""
        verdict, findings = town.verdict(), found_in(town)
        self.copies += town.copies()
        self.expected += verdict.expected
        self.delivered += verdict.delivered
        self.lost += len(verdict.lost)
        self.repeated += len(verdict.repeated)
        self.found += findings["found"]
        self.absent += findings["absent"]
        self.unknown += findings["unknown"]
        if verdict.lost or verdict.repeated:
            self.where.append(f"{point}: lost {len(verdict.lost)}, repeated {len(verdict.repeated)}")


@dataclass(frozen=True)
class Plan:
    """How a row is made: which safeguards are off, at how many points it is killed (0: at all), what happens before and between two lives.

    `again`: a first life ends when the first post has arrived and nobody knows; the kill points are those of the second life, which looks for it.
    """

    name: str
    evening: Evening
    without: tuple[str, ...] = ()
    most: int = 0
    before: Callable[[Town], None] = lambda _: None
    between: Callable[[Town], None] = lambda _: None
    again: bool = False
    among: Callable[[str], bool] = lambda _: True
    """Which steps, told by their words, are kill points."""


def at_work(step: str) -> bool:
    """Tell whether a step belongs to a job or a request, not to the program's start."""
    return not any(f"commit of {room}." in step for room in ("app", "schedulers"))


async def matrix(server: Lives, plan: Plan, folder: Path) -> Row:
    """Kill at every step of a plan, or evenly spread over all, live again, and judge the chat."""
    calm = await _calm(server, plan, folder / "calm")
    first = "1 " + next(what for what in calm if what.startswith("after") and "commit" not in what)
    if plan.again:
        calm = await _calm(server, plan, folder / "first", kill=first)
    wanted = [n for n, what in enumerate(calm, start=1) if plan.among(what)]
    row = Row(plan.name, len(wanted))
    for number in spread(wanted, plan.most):
        what = calm[number - 1]
        async with plan.evening.town(folder / str(number)) as town:
            plan.before(town)
            if plan.again:
                await killed(server, town, first)
            if not await killed(server, town, f"{calm[:number].count(what)} {what}", plan.without):
                continue
            row.killed += 1
            plan.between(town)
            try:
                await whole(server, town, plan.without)
            except Restless as error:
                row.where.append(f"{what}: {error}")
            row.add(town, what)
    return row


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """Return all numbers, or so many of them evenly spread, the last one among them."""
    if not most or most >= len(numbers):
        return list(numbers)
    return [numbers[round((n + 1) * len(numbers) / most) - 1] for n in range(most)]


async def _calm(server: Lives, plan: Plan, folder: Path, kill: str = "") -> list[str]:
    """Live without a kill, or after one; returns every step in words. The chat must show everything once."""
    async with plan.evening.town(folder) as town:
        plan.before(town)
        if kill:
            await killed(server, town, kill, plan.without)
        await whole(server, town, plan.without)
        verdict = town.verdict()
        if verdict.lost or verdict.repeated:
            msg = f"without any kill, {plan.name} shows {verdict}; {town.log[-3000:]}"
            raise Restless(msg)
        return described(town.steps)


def described(steps: Path) -> list[str]:
    """Return a life's steps in words."""
    return [line.partition(" ")[2] for line in steps.read_text(encoding="utf-8").splitlines()]


async def killed(server: Lives, town: Town, step: str, without: Sequence[str] = ()) -> bool:
    """Begin a life that ends at a step; False when it came to rest before."""
    process = await server.begin(town.environment(kill=step, without=without), str(town.folder))
    try:
        return not await rested(town, process)
    finally:
        await end(process)


async def whole(server: Lives, town: Town, without: Sequence[str] = (), patience: float = GIVE_UP) -> None:
    """Live until everything is at rest, then end. Raises `Restless` when the process died by itself."""
    process = await server.begin(town.environment(without=without), str(town.folder))
    try:
        if not await rested(town, process, patience):
            msg = f"the program ended by itself: {town.log[-3000:]}"
            raise Restless(msg)
    finally:
        await end(process)


async def end(process: int) -> None:
    """Kill a life that is still there, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    while is_alive(process):  # noqa: ASYNC110  it is no child of ours
        await asyncio.sleep(0.01)


async def rested(town: Town, process: int, patience: float = GIVE_UP) -> bool:
    """Wait until nothing is left to do; False when the process ended before."""
    steps, began = town.steps, asyncio.get_running_loop().time()
    size, since = -1, began
    while is_alive(process):
        await asyncio.sleep(0.05)
        now = asyncio.get_running_loop().time()
        grown = steps.stat().st_size if steps.exists() else 0
        if grown != size:
            size, since = grown, now
        elif now - since > REST and _done(town, now - since):
            return True
        if now - began > patience:
            msg = f"{town.kind.name} is not at rest: {town.states()}; {town.log[-3000:]}"
            raise Restless(msg)
    return False


def _done(town: Town, quiet: float) -> bool:
    states = town.states()
    waiting = not states or any(states[state] for state in OPEN) or town.waits()
    return not waiting and (not town.verdict().lost or quiet > LONG_REST)


def found_in(town: Town) -> Counter[str]:
    """Count what looking for uncertain posts showed."""
    return Counter(event["finding"] for event in events(town) if event["event"] == "operation.resolved")


def events(town: Town) -> Iterator[dict[str, str]]:
    """Return what the program logged."""
    for line in town.log.splitlines():
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and "event" in found:
                yield found
