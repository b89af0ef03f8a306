"""Platforms at work: each runs alone, is started again with growing pauses, and never takes another down with
it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from structlog.typing import FilteringBoundLogger

from bot.errors import DatabaseUnavailable, PlatformDown
from bot.model import Health
from bot.ports import ChatGateway, Clock, Platform

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
STEADY = 60.0
"""Seconds of work after which a failure counts as the first again."""


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Keeps platforms running; `health` tells how each is doing."""

    platforms: Mapping[str, Platform]
    health: dict[str, Health]
    clock: Clock
    log: FilteringBoundLogger
    first_pause: float = FIRST_PAUSE
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, gateway: ChatGateway) -> None:
        """Start every platform."""
        for platform in self.platforms.values():
            self._tasks.append(
                asyncio.get_running_loop().create_task(self._keep(platform, gateway), name=platform.name)
            )

    async def stop(self) -> None:
        """End every platform and close what it holds."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for platform in self.platforms.values():
            await platform.close()

    async def _keep(self, platform: Platform, gateway: ChatGateway) -> None:
        pause = self.first_pause
        while True:
            self._now(platform.name, "starting", "")
            began = asyncio.get_running_loop().time()
            try:
                await platform.run(gateway)
                cause, final = "it ended by itself", False
            except PlatformDown as error:
                cause, final = str(error), error.final
            except DatabaseUnavailable as error:
                cause, final = str(error), False
            except Exception as error:
                self.log.exception("platform.crashed", platform=platform.name)
                cause, final = f"{type(error).__name__}", False
            self._now(platform.name, "down", cause)
            if final:
                self.log.error("platform.stopped", platform=platform.name, cause=cause)
                return
            if asyncio.get_running_loop().time() - began > STEADY:
                pause = self.first_pause
            self.log.warning("platform.restarting", platform=platform.name, cause=cause, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _now(self, name: str, state: str, detail: str) -> None:
        self.health[name] = Health(platform=name, state=state, detail=detail, since=self.clock())
