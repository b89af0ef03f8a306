"""The kill matrix of several processes: one with the platforms and two workers on one PostgreSQL, of which any dies once at any step.

Who is killed is started again, as whoever runs the processes would; the others go on meanwhile. A worker's steps are those of
either worker: the first that takes one dies of it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.proof.launch import Lives, is_alive
from tests.proof.matrix import GIVE_UP, OPEN, REST, Restless, Row, at_work, described, end, spread
from tests.proof.town import Evening, Town

CHAT, WORKER = "chat", "worker"
ROLES = (CHAT, WORKER, WORKER)

AT_ONCE = 3
"""Kill points at a time: most of each is waiting."""

LONG_REST = 45.0
"""Seconds without a step after which what is missing will not come any more: longer than work waits of a worker that died."""


@dataclass
class Cluster:
    """Processes of a town, by the order of `ROLES`."""

    server: Lives
    town: Town
    stalled: str = ""
    """Seconds after which others take over, where that is not to last as long as in the program."""

    processes: list[int] = field(default_factory=list)
    steps: list[Path] = field(default_factory=list)
    """The steps of every life there was."""

    roles: list[str] = field(default_factory=list)
    """The role of each of those lives."""

    async def begin(self, role: str, kill: str = "", token: Path | None = None) -> int:
        """Begin a life of a role; returns its process."""
        environment = self.town.environment(kill=kill) | {
            "DELIVERY_ROLE": role,
            "DELIVERY_STALLED": self.stalled,
        }
        if token is not None:
            environment["DELIVERY_TOKEN"] = str(token)
        self.steps.append(self.town.steps)
        self.roles.append(role)
        return await self.server.begin(environment, str(self.town.folder))

    async def mend(self) -> int:
        """Begin a new life for each that ended; returns how many did."""
        dead = [place for place, process in enumerate(self.processes) if not is_alive(process)]
        for place in dead:
            self.processes[place] = await self.begin(self.roles[place])
        return len(dead)

    def taken(self) -> int:
        """Return how many steps were taken at work."""
        return sum(len(self.steps_at_work(steps)) for steps in self.steps)

    def steps_at_work(self, steps: Path) -> list[str]:
        """Return the steps of a life that belong to jobs and requests."""
        return [step for step in described(steps) if at_work(step)] if steps.exists() else []

    async def rest(self, patience: float = GIVE_UP) -> int:
        """Wait until nothing is left to do, beginning lives anew; returns how many ended. Raises `Restless`."""
        loop = asyncio.get_running_loop()
        began = since = loop.time()
        taken, ended = -1, 0
        while True:
            await asyncio.sleep(0.1)
            ended += await self.mend()
            now, count = loop.time(), self.taken()
            if count != taken:
                taken, since = count, now
            elif now - since > REST and self._is_done(now - since):
                return ended
            if now - began > patience:
                msg = f"{self.town.kind.name} is not at rest: {self.town.states()}; {self.town.log[-3000:]}"
                raise Restless(msg)

    def _is_done(self, quiet: float) -> bool:
        states = self.town.states()
        if any(states[state] for state in OPEN) or self.town.waits():
            return False
        return not self.town.verdict().lost or quiet > LONG_REST


@asynccontextmanager
async def cluster(
    server: Lives,
    town: Town,
    fatal: str = "",
    kill: str = "",
    roles: Sequence[str] = ROLES,
    stalled: str = "",
) -> AsyncIterator[Cluster]:
    """Give the processes of a town, of which one of a role ends at a step."""
    found, token = Cluster(server, town, stalled), town.folder / "token"
    token.touch()
    try:
        for role in roles:
            fatal_step = kill if role == fatal else ""
            found.processes.append(await found.begin(role, fatal_step, token))
        yield found
    finally:
        for process in found.processes:
            await end(process)


async def cluster_matrix(
    server: Lives,
    name: str,
    evening: Evening,
    folder: Path,
    most: int = 0,
    among: Callable[[str], bool] = at_work,
) -> Row:
    """Kill the process with the platforms, and a worker, at every step or evenly spread over all; judge the chat."""
    points = await _points(server, evening, folder / "calm", among)
    wanted = [points[number] for number in spread(range(len(points)), most)]
    row = await killed_at(server, name, evening, folder, wanted)
    row.points = len(points)
    return row


async def killed_at(
    server: Lives,
    name: str,
    evening: Evening,
    folder: Path,
    points: Sequence[tuple[str, str]],
    stalled: str = "",
) -> Row:
    """Kill a process of a role at each of some steps, a few at a time, and judge the chat."""
    row, places = Row(name, len(points)), asyncio.Semaphore(AT_ONCE)

    async def one(number: int, role: str, step: str) -> None:
        async with (
            places,
            evening.town(folder / str(number)) as town,
            cluster(server, town, role, step, stalled=stalled) as processes,
        ):
            try:
                ended = await processes.rest()
                row.killed += bool(ended)
            except Restless as error:
                row.where.append(f"{role} {step}: {error}")
            row.add(town, f"{role} {step}")

    await asyncio.gather(*(one(number, *point) for number, point in enumerate(points)))
    return row


async def _points(
    server: Lives, evening: Evening, folder: Path, among: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Live without a kill; returns every step as role and what a life is told to die of. The chat must show everything once."""
    async with evening.town(folder) as town, cluster(server, town) as processes:
        if await processes.rest() or town.verdict().lost or town.verdict().repeated:
            msg = f"without any kill, {town.kind.name} shows {town.verdict()}; {town.log[-3000:]}"
            raise Restless(msg)
        points: dict[tuple[str, str], None] = {}
        for role, file in zip(processes.roles, processes.steps, strict=True):
            taken: list[str] = []
            for step in described(file):
                taken.append(step)
                if among(step) and at_work(step):
                    points[role, f"{taken.count(step)} {step}"] = None
        return list(points)
