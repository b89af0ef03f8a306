"""Platforms that fail alone and come back."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.app.supervise import Supervisor
from bot.errors import PlatformDown
from bot.model import Health
from tests.app.helpers import quiet_log
from tests.conftest import StillClock
from tests.support.world import Scripted


class Moody(Scripted):
    """Ends each run as it is told, and then works."""

    def __init__(self, name: str, *ends: Exception | None) -> None:
        super().__init__(name)
        self.ends, self.began, self.closed = list(ends), [], False

    async def run(self, gateway: Any) -> None:
        self.began.append(asyncio.get_running_loop().time())
        if self.ends:
            end = self.ends.pop(0)
            if end is None:
                return
            raise end
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.closed = True


def supervisor(*platforms: Moody) -> Supervisor:
    return Supervisor(
        platforms={p.name: p for p in platforms},
        health={},
        clock=StillClock(),
        log=quiet_log(),
        first_pause=0.02,
    )


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  what is waited for is another task's list
            await asyncio.sleep(0.005)


async def test_a_platform_is_started_again_with_growing_pauses() -> None:
    moody = Moody("a", PlatformDown("one"), RuntimeError("two"), None, PlatformDown("four"))
    keeper = supervisor(moody)
    keeper.start(None)  # type: ignore[arg-type]
    await until(lambda: len(moody.began) == 5)
    pauses = [b - a for a, b in zip(moody.began, moody.began[1:], strict=False)]
    for pause, least in zip(pauses, (0.02, 0.04, 0.08, 0.16), strict=True):
        assert pause >= least * 0.9
    assert keeper.health["a"] == Health(platform="a", state="starting", detail="", since=StillClock().now)
    await keeper.stop()
    assert moody.closed


async def test_one_platform_never_takes_another_down() -> None:
    moody, steady = Moody("moody", *[ValueError("bug")] * 3), Moody("steady")
    keeper = supervisor(moody, steady)
    keeper.start(None)  # type: ignore[arg-type]
    await until(lambda: len(moody.began) == 4)
    assert len(steady.began) == 1
    await keeper.stop()


async def test_a_wrong_token_is_not_tried_again() -> None:
    moody = Moody("a", PlatformDown("the token is wrong", final=True))
    keeper = supervisor(moody)
    keeper.start(None)  # type: ignore[arg-type]
    await until(lambda: keeper.health.get("a") and keeper.health["a"].state == "down")
    await asyncio.sleep(0.1)
    assert len(moody.began) == 1
    assert keeper.health["a"].detail == "the token is wrong"
    await keeper.stop()


async def test_an_unexpected_failure_is_named_without_its_words() -> None:
    moody = Moody("a", ValueError("https://api/bot123:secret"))
    keeper = Supervisor(
        platforms={"a": moody}, health={}, clock=StillClock(), log=quiet_log(), first_pause=60
    )
    keeper.start(None)  # type: ignore[arg-type]
    await until(lambda: keeper.health.get("a") and keeper.health["a"].state == "down")
    assert keeper.health["a"].detail == "ValueError"
    await keeper.stop()
