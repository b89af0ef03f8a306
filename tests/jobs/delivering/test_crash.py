"""The process dies at any commit, before or after it: every post stands in its chat exactly once, and none is missing."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.settings import FetchSettings
from bot.store import Store, open_store
from tests.conftest import StillClock
from tests.support.world import (
    Scripted,
    Shown,
    Web,
    World,
    alpine,
    corvid,
    corvid_elsewhere,
    garden,
    larkwell,
)

SHARES = 6
"""Tests that the crash points are shared among, so that they run side by side."""


DOWNLOADS = corvid(
    slug="downloads",
    title="Halden Labs confirms: Corvid 3, its open language model, was downloaded 4 million times",
    text=(
        "The open language model Corvid 3 of Halden Labs was downloaded 4 million times within an hour. "
        "Mirrors in Japan and Brazil joined when the servers of the company slowed to a crawl. "
        "Volunteers have already squeezed the weights onto telephones and an old washing machine. "
        "Teachers ask for a version that explains its steps to children in plain words. "
        "The record before belonged to a model for weather charts that sailors use."
    ),
    hours=-1.4,
)
"""The same story with a confirmation that nobody was told yet."""


class Died(BaseException):
    """The end of the process: nothing may catch it."""


@dataclass
class Fragile:
    """A store whose `fatal`-th writing is the process's last: undone, or done and never heard of."""

    inner: Store
    fatal: int
    kept: bool
    commits: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @asynccontextmanager
    async def write(self, *, narrow: bool = False) -> AsyncIterator[Any]:
        self.commits += 1
        number = self.commits
        async with self.inner.write() as tx:
            yield tx
            if number == self.fatal and not self.kept:
                raise Died
        if number == self.fatal and self.kept:
            raise Died


@dataclass
class Life:
    """A morning with two feeds, an update, and channels that want digests, news at once, and both."""

    store: Any
    clock: StillClock
    platform: Scripted
    web: Web

    async def prepare(self, store: Store) -> None:
        world = await World.on(store, self.clock, self.platform, self.web)
        await world.feed("halden", corvid(), larkwell(), kind="lab blog")
        await world.feed("ledger", alpine())
        both = await world.channel("both")
        await world.wants(both, "now 10:00")
        await world.wants(both, "10:00", topic="all")
        await world.wants(await world.channel("digest"), "10:00", size=2)

    async def live(self) -> list[int]:
        """Live through the morning; what was done before is not done again."""
        often = FetchSettings(shortest_poll_minutes=5, longest_poll_minutes=10)
        world = await World.on(self.store, self.clock, self.platform, self.web, fetch=often)
        world.start = StillClock().now
        hours = (9.0, 9.5, 10.0, 10.5)
        done = []
        for hour in hours:
            moment = StillClock().now.replace(hour=int(hour), minute=int(hour % 1 * 60), second=30)
            if self.clock.now > moment:
                continue
            self.clock.now = moment
            if hour == 9.5:
                world.serve("ledger", garden(hours=-0.4), corvid_elsewhere(hours=-0.4), alpine())
            if hour == 10.5:
                world.serve("ledger", DOWNLOADS, garden(hours=-0.4), corvid_elsewhere(hours=-0.4), alpine())
            done.append(await world.settle())
        return done


async def quiet_morning(file: Path) -> tuple[Scripted, int]:
    """The morning without any crash, and how many commits it has."""
    return await morning(file, 0, kept=False)


async def morning(file: Path, fatal: int, *, kept: bool) -> tuple[Scripted, int]:
    """The morning with a death at one commit, lived again from there by a new process."""
    store = await open_store(f"sqlite:///{file}")
    life = Life(store, StillClock(), Scripted(parts=2), Web())
    await life.prepare(store)
    life.store = fragile = Fragile(store, fatal, kept)
    try:
        try:
            await life.live()
        except Died:
            life.store = store
            await life.live()
        return life.platform, fragile.commits
    finally:
        await store.close()


def _said(shown: Shown) -> dict[str, Any]:
    """A message as its readers see it: the key of the channel's view, which is another one in each life, left out."""
    stories = [
        {name: value for name, value in one.items() if name != "more"} for one in shown.payload["stories"]
    ]
    return {**shown.payload, "stories": stories}


def chats(platform: Scripted) -> dict[str, Counter[str]]:
    """What every chat shows: each message with the headlines that it answers."""
    by_post = {s.post: s.headlines for shown in platform.chats.values() for s in shown}
    return {
        address: Counter(f"{_said(s)} → {by_post.get(s.reply_to)}" for s in shown)
        for address, shown in platform.chats.items()
    }


async def test_the_morning_without_a_crash_posts_what_it_should(migrated_file: Path, tmp_path: Path) -> None:
    platform, _ = await quiet_morning(Path(shutil.copy(migrated_file, tmp_path / "a.db")))
    shown = {
        address: [s.headlines for s in posts if s.headlines] for address, posts in platform.chats.items()
    }
    assert len(shown["digest"]) == 1
    assert [len(headlines) for headlines in shown["both"]] == [1, 3, 1]
    update = platform.chats["both"][-2]
    assert "4 million" in update.headlines[0]
    assert update.reply_to == platform.chats["both"][0].post, "an update answers the first post"
    told = Counter(h for headlines in shown["both"] for h in headlines)
    assert set(told.values()) == {1}, told


@pytest.mark.parametrize("kept", [False, True], ids=["undone", "unheard"])
@pytest.mark.parametrize("share", range(SHARES))
async def test_a_death_at_any_commit_loses_and_repeats_nothing(
    migrated_file: Path, tmp_path: Path, share: int, kept: bool
) -> None:
    expected, commits = await quiet_morning(Path(shutil.copy(migrated_file, tmp_path / "calm.db")))
    assert commits > 10
    for fatal in range(1 + share, commits + 1, SHARES):
        file = Path(shutil.copy(migrated_file, tmp_path / f"{fatal}.db"))
        platform, _ = await morning(file, fatal, kept=kept)
        assert chats(platform) == chats(expected), f"died at commit {fatal} of {commits}"
