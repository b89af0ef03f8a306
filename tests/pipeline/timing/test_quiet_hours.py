"""Quiet hours, and when lost channels are tried again."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.errors import CallError
from bot.model import Bar, Quiet
from bot.pipeline.timing.quiet_hours import describe, parse_quiet, quiet_until
from bot.pipeline.timing.retry import next_retry

NIGHT = Quiet(time(22), time(7))
NOON = Quiet(time(12), time(14))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, "2026-03-02 21:59", None),
        (NIGHT, "2026-03-02 22:00", "2026-03-03 07:00"),
        (NIGHT, "2026-03-03 03:00", "2026-03-03 07:00"),
        (NIGHT, "2026-03-03 07:00", None),
        (NOON, "2026-03-02 11:59", None),
        (NOON, "2026-03-02 12:00", "2026-03-02 14:00"),
        (NOON, "2026-03-02 14:00", None),
        (None, "2026-03-02 03:00", None),
    ],
)
def test_when_it_is_quiet(quiet: Quiet | None, now: str, until: str | None) -> None:
    assert quiet_until(quiet, "UTC", at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-28 22:00", "2026-03-29 05:00"),
        ("2026-10-24 22:00", "2026-10-25 06:00"),
        ("2026-03-28 20:30", None),
        ("2026-03-28 21:00", "2026-03-29 05:00"),
    ],
)
def test_quiet_hours_are_local_in_nights_when_clocks_change(now: str, until: str | None) -> None:
    assert quiet_until(NIGHT, "Europe/Rome", at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("22:00-07:00", NIGHT),
        ("22-7", NIGHT),
        ("22:00 – 7:00", NIGHT),
        ("22 to 7", NIGHT),
        ("22.00 07.00", NIGHT),
        ("22:00-07:00 silent", Quiet(time(22), time(7), silent=True)),
        ("hold 22:00-07:00", NIGHT),
        ("off", None),
        ("OFF ", None),
        ("from 10 in the evening until 7 in the morning", NIGHT),
        ("dalle 10 di sera alle 7 del mattino", NIGHT),
        ("10 Uhr abends bis 7 Uhr morgens", NIGHT),
        ("de 22 heures à 7 heures", NIGHT),
        ("de las 10 de la noche a las 7 de la mañana", NIGHT),
        ("das 10 da noite às 7 da manhã", NIGHT),
        ("晚上10点到早上7点", NIGHT),
        ("夜10時から朝7時まで", NIGHT),
    ],
)
def test_how_quiet_hours_are_written(text: str, found: Quiet | None) -> None:
    assert parse_quiet(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "night",
        "22:00",
        "22-25",
        "22:00-",
        "7-7",
        "22:00-07:00-09:00",
        "22-7 everything",
        "22-7 biggest notable",
    ],
)
def test_what_are_no_quiet_hours_is_told_what_is(text: str) -> None:
    with pytest.raises(CallError, match=r"22:00-07:00|0 to 23"):
        parse_quiet(text)


@pytest.mark.parametrize("quiet", [NIGHT, Quiet(time(1), time(5), silent=True)])
def test_what_is_described_can_be_read(quiet: Quiet) -> None:
    assert parse_quiet(describe(quiet)) == quiet


def test_a_lost_channel_is_tried_hourly_then_daily_and_a_week_long() -> None:
    lost = at("2026-03-02 09:00")
    assert next_retry(lost, lost) == lost + timedelta(hours=1)
    later = lost + timedelta(days=1)
    assert next_retry(lost, later) == later + timedelta(days=1)
    assert next_retry(lost, lost + timedelta(days=7)) is None


def test_news_that_wakes_is_named_behind_the_hours() -> None:
    found = parse_quiet("22:00-07:00 Important")
    assert found == Quiet(time(22), time(7), wakes=Bar.IMPORTANT)
    assert describe(found) == "22:00-07:00 important"


def test_silent_hours_wake_nobody() -> None:
    with pytest.raises(CallError, match="either silent or"):
        parse_quiet("22:00-07:00 silent biggest")
