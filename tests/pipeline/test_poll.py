"""When a feed is polled next."""

from datetime import timedelta

import pytest

from bot.pipeline.poll import next_poll, retry_poll
from tests.pipeline.conftest import NOW, ago

MINUTE = timedelta(minutes=1)


def pause(*hours: float, wait: int = 0, **bounds: timedelta) -> timedelta:
    """The pause of a feed with entries of these ages, without its jitter of at most a tenth."""
    return next_poll(1, NOW, [ago(h) for h in hours], wait, **bounds) - NOW


def test_a_busy_feed_is_polled_often_and_a_slow_one_seldom() -> None:
    busy, slow = pause(0.1, 0.2, 0.3, 0.4), pause(1, 9, 17, 25)
    assert 10 * MINUTE <= busy <= 11 * MINUTE
    assert 240 * MINUTE <= slow <= 264 * MINUTE


def test_a_feed_with_hardly_any_entry_is_polled_as_usual() -> None:
    assert 30 * MINUTE <= pause() <= 33 * MINUTE
    assert 30 * MINUTE <= pause(1) <= 33 * MINUTE


def test_a_silent_feed_is_polled_daily() -> None:
    assert timedelta(hours=24) <= pause(24 * 31, 24 * 32, longest=timedelta(hours=24)) <= timedelta(hours=27)


def test_the_order_of_dates_does_not_matter() -> None:
    assert pause(1, 9, 5, 3) == pause(1, 3, 5, 9)


def test_entries_of_one_moment_do_not_make_a_feed_busy_beyond_the_bound() -> None:
    assert pause(1, 1, 1, 1) >= 10 * MINUTE


def test_what_the_publisher_asks_for_is_kept_up_to_six_hours() -> None:
    assert pause(0.1, 0.2, wait=3600) >= 60 * MINUTE
    assert pause(0.1, 0.2, wait=10**9) <= timedelta(hours=6.6)


def test_the_operators_bounds_hold() -> None:
    assert pause(1, 9, longest=20 * MINUTE) <= 22 * MINUTE
    assert pause(0.1, 0.2, shortest=2 * timedelta(hours=1)) >= timedelta(hours=2)
    assert pause(1, 9, wait=3600, longest=20 * MINUTE) >= 60 * MINUTE


def test_jitter_is_fixed_for_a_feed_and_differs_between_feeds() -> None:
    pauses = [next_poll(n, NOW, [], 0) for n in range(20)]
    assert pauses == [next_poll(n, NOW, [], 0) for n in range(20)]
    assert len(set(pauses)) > 15


@pytest.mark.parametrize(
    ("failures", "least"), [(1, 10), (2, 20), (3, 40), (8, 1280), (9, 1440), (1000, 1440)]
)
def test_failures_wait_twice_as_long_each_time_up_to_a_day(failures: int, least: int) -> None:
    found = retry_poll(1, NOW, failures, 0) - NOW
    assert least * MINUTE <= found <= least * MINUTE * 1.1


def test_a_server_says_when_to_come_back_within_a_day() -> None:
    assert retry_poll(1, NOW, 1, 7200) - NOW >= timedelta(hours=2)
    assert retry_poll(1, NOW, 1, 10**9) - NOW <= timedelta(hours=26.4)
