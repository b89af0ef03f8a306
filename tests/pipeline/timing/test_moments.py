"""Moments as people write them."""

from datetime import UTC, datetime

import pytest

from bot.errors import CallError
from bot.pipeline.timing.moments import parse_future, parse_past

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday, ten o'clock in Rome."""


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("8h", "2026-11-23 18:00"),
        ("for 90 min", "2026-11-23 11:30"),
        ("2 days", "2026-11-25 10:00"),
        ("1 day and 3h", "2026-11-24 13:00"),
        ("a week", "2026-11-30 10:00"),
        ("2w", "2026-12-07 10:00"),
        ("tomorrow", "2026-11-24 08:00"),
        ("until tomorrow 18:30", "2026-11-24 18:30"),
        ("monday", "2026-11-30 08:00"),
        ("monday 11:00", "2026-11-23 11:00"),
        ("next Fri at 9", "2026-11-27 09:00"),
        ("08:00", "2026-11-24 08:00"),
        ("10:30", "2026-11-23 10:30"),
        ("today 20:00", "2026-11-23 20:00"),
        ("2026-12-31", "2026-12-31 08:00"),
        ("2026-12-31 18:00", "2026-12-31 18:00"),
    ],
)
def test_what_people_write_is_read_in_their_zone(typed: str, moment: str) -> None:
    read = parse_future(typed, "Europe/Rome", NOW).astimezone(UTC)
    assert f"{read.replace(hour=(read.hour + 1) % 24):%Y-%m-%d %H:%M}" == moment


def test_a_time_that_a_change_of_clocks_leaves_out_is_the_next_that_there_is() -> None:
    night = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)
    assert parse_future("2027-03-28 02:30", "Europe/Rome", night) == datetime(2027, 3, 28, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("tommorow", "Nearest: tomorrow"),
        ("wensday", "Nearest: wednesday"),
        ("whenever \x00 <b>", "For example: 8h"),
        ("🦜" * 4000, "For example: 8h"),
        ("8", "write 8h, or 08:00"),
        ("25:00", "Hours go from 0 to 23"),
        ("2026-02-30", "no date of the calendar"),
        ("2026-11-01", "over already"),
        ("today 09:00", "over already"),
        ("0h", "over already"),
        ("400 days", "more than a year away"),
        ("9999 weeks", "more than a year away"),
        ("9999 weeks " * 60, "more than a year away"),
        ("9999-12-31", "more than a year away"),
        ("0001-01-01", "over already"),
        ("²", "write 2h, or 02:00"),
        ("until ²", "write 2h, or 02:00"),
        ("today", "Nearest: today 11:00."),
        ("toady", "Nearest: today 11:00."),
        ("h", "Nearest: 2h."),
        ("m", "Nearest: 2m."),
        ("foo monday", "Nearest: monday."),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_is_right(typed: str, right: str) -> None:
    with pytest.raises(CallError) as refused:
        parse_future(typed, "Europe/Rome", NOW)
    said = refused.value.template.format(**refused.value.values)
    assert right in said
    assert len(said) < 250


@pytest.mark.parametrize(
    "typed", ["", "today", "h", "m", "d", "w", "am", "x", "noonish", "mon day", "99999 days"]
)
@pytest.mark.parametrize("hour", [0, 22, 23])
def test_what_is_called_nearest_is_right(typed: str, hour: int) -> None:
    now = NOW.replace(hour=hour)
    with pytest.raises(CallError) as refused:
        parse_future(typed, "UTC", now)
    near = str(refused.value.values["near"])
    assert near != typed
    assert parse_future(near, "UTC", now) > now


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("9 pm", "21:00"),
        ("tomorrow 9:30pm", "tomorrow 21:30"),
        ("12 p.m.", "12:00"),
        ("noon", "12:00"),
        ("domani", "tomorrow"),
        ("fino a domani alle 9", "tomorrow 09:00"),
        ("lunedì alle 9:30", "monday 09:30"),
        ("8 ore", "8h"),
        ("3 giorni", "3 days"),
        ("bis Freitag um 18 Uhr", "friday 18:00"),
        ("2 Wochen", "2 weeks"),
        ("jusqu’à vendredi à 18h", "friday 18:00"),
        ("mañana por la mañana", "tomorrow 08:00"),
        ("até sexta", "friday"),
        ("明天上午9点", "tomorrow 09:00"),
        ("3天", "3 days"),
        ("明日午後3時半", "tomorrow 15:30"),
        ("tomorrow at 8 in the evening", "tomorrow 20:00"),
        ("bis Montag Morgen", "monday 08:00"),
        ("für 2 Stunden", "2h"),
        ("jusqu’à 18h", "18:00"),
        ("fino alle 18", "18:00"),
        ("fino alle 8 di sera", "20:00"),
        ("hasta las 18 horas", "18:00"),
        ("até 18h", "18:00"),
        ("两小时", "2h"),
    ],
)
def test_moments_are_read_in_every_language_of_the_bot(typed: str, same: str) -> None:
    assert parse_future(typed, "Europe/Rome", NOW) == parse_future(same, "Europe/Rome", NOW)


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "UTC"])
def test_the_first_days_of_the_calendar_are_a_year_ago(zone: str) -> None:
    assert parse_past("0001-01-01", zone, NOW) == parse_past("999 weeks", zone, NOW)
    assert parse_past("9999 weeks " * 60, zone, NOW) == parse_past("999 weeks", zone, NOW)


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31", "0001-01-01 00:00", "9999-12-31 23:59"])
def test_no_day_of_the_calendar_breaks_anything(typed: str, zone: str) -> None:
    with pytest.raises(CallError):
        parse_future(typed, zone, NOW)


@pytest.mark.parametrize(
    "typed",
    ["3 days ago", "3 giorni fa", "vor 3 Tagen", "il y a 3 jours", "hace 3 días", "há 3 dias", "三天前"],
)
def test_a_length_of_time_ago_is_read_in_every_language(typed: str) -> None:
    assert parse_past(typed, "Europe/Rome", NOW) == parse_past("3d", "Europe/Rome", NOW)


@pytest.mark.parametrize("typed", ["3 days ago", "下周五"])
def test_what_would_be_another_moment_is_refused(typed: str) -> None:
    with pytest.raises(CallError):
        parse_future(typed, "Europe/Rome", NOW)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("monday", "2026-03-02"),
        ("last monday", "2026-02-23"),
        ("letzten Montag", "2026-02-23"),
        ("last friday", "2026-02-27"),
    ],
)
def test_the_last_of_a_weekday_is_never_today(typed: str, day: str) -> None:
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert parse_past(typed, "UTC", monday).date().isoformat() == day
