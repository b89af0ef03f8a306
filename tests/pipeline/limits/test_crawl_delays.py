"""Pauses that hosts want between two readings."""

from datetime import UTC, datetime, timedelta

from bot.pipeline.limits.crawl_delays import MAX_HOSTS, CrawlDelays

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_host_is_asked_again_after_its_pause() -> None:
    delays = CrawlDelays()
    assert delays.take_turn("https://lab.example/a", 10.0, NOW) == 0
    assert delays.take_turn("https://lab.example/b", 10.0, NOW + timedelta(seconds=4)) == 6
    assert delays.take_turn("https://lab.example/b", 10.0, NOW + timedelta(seconds=10)) == 0
    assert delays.take_turn("https://other.example/", 10.0, NOW) == 0


def test_only_so_many_hosts_are_remembered() -> None:
    delays = CrawlDelays()
    for number in range(MAX_HOSTS + 1):
        assert delays.take_turn(f"https://host{number}.example/", 10.0, NOW) == 0
    assert delays.take_turn(f"https://host{MAX_HOSTS}.example/", 10.0, NOW) == 10
    assert delays.take_turn("https://host0.example/", 10.0, NOW) == 0
