"""What stands beside the bot's name on Discord, over the wire."""

from datetime import timedelta

import pytest

from tests.platforms.living import Guilds, guilds
from tests.platforms.test_discord import until

__all__ = ["guilds"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.discord.presence.LOOK_SECONDS", 0.05)


async def test_the_next_digest_stands_there_and_changes_with_it(guilds: Guilds) -> None:
    await guilds.ask("subscribe", guilds.lobby, what="ai", when="10:00")
    await until(lambda: guilds.discord.presences)
    assert guilds.discord.presences == ["Next digest: Monday 10:00 (UTC)"]
    guilds.world.clock.advance(timedelta(hours=1, minutes=2))
    await guilds.world.settle("publish")
    await until(lambda: len(guilds.discord.presences) > 1)
    assert guilds.discord.presences[-1] == "Next digest: Tuesday 10:00 (UTC)"
    await guilds.ask("unsubscribe", guilds.lobby, number="1")
    await until(lambda: guilds.discord.presences[-1] == "")
