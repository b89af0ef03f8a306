"""How often Discord is posted to, in all."""

import pytest

from bot.i18n import load
from bot.model import Channel, PlaceKind
from bot.platforms.discord.connection import Discord
from bot.platforms.discord.pace import A_SECOND, Pace
from bot.ports import PlatformOptions


class Watch:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_so_many_leave_in_a_second_and_no_more() -> None:
    watch = Watch()
    pace = Pace(watch)
    for _ in range(A_SECOND):
        assert pace.book() == 0
    assert pace.book() == pytest.approx(1)
    watch.now += 0.75
    assert pace.book() == pytest.approx(0.25)
    watch.now += 0.25
    assert [pace.book() for _ in range(A_SECOND)] == [0] * A_SECOND
    assert pace.book() > 0


def test_a_minute_of_posts_keeps_the_limit() -> None:
    watch = Watch()
    pace = Pace(watch)
    left: list[float] = []
    while watch.now < 160:
        wait = pace.book()
        if wait:
            watch.now += wait
        else:
            left.append(watch.now)
    assert len(left) == pytest.approx(60 * A_SECOND, abs=A_SECOND)
    assert all(later - earlier >= 0.999 for earlier, later in zip(left, left[A_SECOND:], strict=False))


def test_the_platform_asks_its_pace() -> None:
    platform = Discord(PlatformOptions("token"), load())
    channel = Channel(id=1, platform="discord", address="1", kind=PlaceKind.GROUP, server_id=1)
    assert [platform.book(channel) for _ in range(A_SECOND)] == [0.0] * A_SECOND
    assert platform.book(channel) > 0
