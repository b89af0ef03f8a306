"""When a feed is polled next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.pipeline.timing.polling import (
    PollHints,
    has_ended,
    has_moved,
    is_due_for_notice,
    is_due_for_search,
    next_poll,
    retry_poll,
    rhythm_of,
    slow_down,
)
from tests.pipeline.conftest import NOW, ago

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE


def pause(*hours: float, **asked: Any) -> timedelta:
    """The pause of a feed with entries of these ages, without its jitter of at most a tenth."""
    bounds = {name: asked.pop(name) for name in ("shortest", "longest") if name in asked}
    dates = [ago(h) for h in hours]
    rhythm = slow_down(rhythm_of(dates), max(dates, default=None), NOW)
    return next_poll(1, NOW, rhythm, PollHints(**asked), **bounds) - NOW


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
    assert pause(0.1, 0.2, fresh=3600) >= 60 * MINUTE
    assert pause(0.1, 0.2, fresh=10**9) <= timedelta(hours=6.6)


def test_the_operators_bounds_hold() -> None:
    assert pause(1, 9, longest=20 * MINUTE) <= 22 * MINUTE
    assert pause(0.1, 0.2, shortest=2 * timedelta(hours=1)) >= timedelta(hours=2)
    assert pause(1, 9, fresh=3600, longest=20 * MINUTE) >= 60 * MINUTE


def test_jitter_is_fixed_for_a_feed_and_differs_between_feeds() -> None:
    pauses = [next_poll(n, NOW, rhythm_of([]), PollHints()) for n in range(20)]
    assert pauses == [next_poll(n, NOW, rhythm_of([]), PollHints()) for n in range(20)]
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


def test_a_feed_without_validators_is_asked_at_most_hourly() -> None:
    assert HOUR <= pause(0.1, 0.2, conditional=False) <= 1.1 * HOUR
    assert pause(0.1, 0.2, conditional=False, longest=20 * MINUTE) <= 22 * MINUTE


def test_a_feed_whose_hub_pushes_is_asked_seldom() -> None:
    assert 6 * HOUR <= pause(0.1, 0.2, pushed=True) <= 6.6 * HOUR


def test_the_longer_of_what_feed_and_server_ask_counts() -> None:
    assert pause(0.1, 0.2, fresh=3600, ttl=7200) >= 2 * HOUR


@pytest.mark.parametrize(
    ("asked", "when"),
    [
        (PollHints(skip_hours={10, 11}), "2026-03-02 12:00"),
        (PollHints(skip_hours={23}), "2026-03-02 10:30"),
        (PollHints(skip_days={0}), "2026-03-03 00:00"),
        (PollHints(skip_days={0}, skip_hours={0, 1}), "2026-03-03 02:00"),
        (PollHints(skip_hours=set(range(24))), "2026-03-02 10:30"),
        (PollHints(skip_days=set(range(7))), "2026-03-02 10:30"),
    ],
)
def test_hours_and_days_to_leave_out_are_left_out(asked: PollHints, when: str) -> None:
    monday = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    found = next_poll(1, monday, timedelta(minutes=30), asked)
    expected = datetime.fromisoformat(when).replace(tzinfo=UTC)
    assert expected <= found <= expected + timedelta(minutes=3)


def test_a_feed_has_moved_when_it_has_said_so_often_or_long_enough() -> None:
    assert not has_moved(1, ago(100), NOW)
    assert not has_moved(2, ago(1), NOW)
    assert has_moved(2, ago(24), NOW)
    assert has_moved(3, NOW, NOW)


def test_a_feed_has_ended_when_it_still_says_so_a_day_later() -> None:
    assert not has_ended(None, NOW)
    assert not has_ended(ago(23), NOW)
    assert has_ended(ago(24), NOW)


def test_the_operator_hears_once_of_a_feed_that_fails() -> None:
    assert not is_due_for_notice(9, ago(1), None, NOW)
    assert is_due_for_notice(10, ago(1), None, NOW)
    assert is_due_for_notice(2, ago(72), None, NOW)
    assert not is_due_for_notice(99, ago(99), ago(1), NOW)


def test_a_lost_feed_is_looked_for_now_and_then() -> None:
    assert not is_due_for_search(ago(71), None, NOW)
    assert is_due_for_search(ago(72), None, NOW)
    assert not is_due_for_search(ago(999), ago(24), NOW)
    assert is_due_for_search(ago(999), ago(24 * 7), NOW)
