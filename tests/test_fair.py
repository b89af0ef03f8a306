"""Turns are shared out among those who ask, whatever one of them asks for."""

import asyncio
from collections.abc import Hashable

from bot.fair import FairTurns


class Crowd:
    """Askers whose turns last until the test lets them end."""

    def __init__(self, turns: FairTurns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._ends: dict[str, asyncio.Event] = {}

    async def ask(self, *names: str) -> None:
        """Let requests such as a1, a2 be made, of the asker `a`."""
        for name in names:
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._do(name, name[0]))
        await self._settle()

    async def _do(self, name: str, asker: Hashable) -> None:
        async with self.turns.turn(asker):
            self.begun.append(name)
            await self._ends[name].wait()

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
            await self._settle()

    async def cancel(self, name: str) -> None:
        self.tasks[name].cancel()
        await self._settle()

    async def _settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_of_those_who_wait_each_has_one_turn_after_the_other() -> None:
    crowd = Crowd(FairTurns(1, 1))
    await crowd.ask("a1", "a2", "a3", "b1", "b2", "c1")
    await crowd.end("a1", "a2", "b1", "c1", "a3", "b2")
    assert crowd.begun == ["a1", "a2", "b1", "c1", "a3", "b2"]
    assert crowd.turns.is_idle()


async def test_one_has_no_more_than_their_share_while_places_are_free() -> None:
    crowd = Crowd(FairTurns(2, 1))
    await crowd.ask("a1", "a2", "a3")
    assert crowd.begun == ["a1"]
    assert crowd.turns.count_turns("a") == 3
    await crowd.ask("b1")
    assert crowd.begun == ["a1", "b1"]
    await crowd.end("a1")
    assert crowd.begun == ["a1", "b1", "a2"]


async def test_who_is_favoured_is_next_but_not_twice() -> None:
    crowd = Crowd(FairTurns(1, 1, favoured="z"))
    await crowd.ask("a1", "b1", "c1", "z1", "z2")
    await crowd.end("a1", "z1", "b1", "z2", "c1")
    assert crowd.begun == ["a1", "z1", "b1", "z2", "c1"]


async def test_what_is_cancelled_keeps_no_place() -> None:
    crowd = Crowd(FairTurns(1, 1))
    await crowd.ask("a1", "a2", "b1")
    await crowd.cancel("a2")
    assert crowd.turns.count_turns("a") == 1
    await crowd.cancel("a1")
    assert crowd.begun == ["a1", "b1"]
    await crowd.end("b1")
    assert crowd.turns.is_idle()


async def test_a_turn_that_comes_as_its_asker_is_cancelled_goes_to_the_next() -> None:
    crowd = Crowd(FairTurns(1, 1))
    async with crowd.turns.turn("a"):
        await crowd.ask("b1", "c1")
    await crowd.cancel("b1")
    assert crowd.begun == ["c1"]
