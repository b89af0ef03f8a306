"""When a digest is due, and how people say so."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import CallError
from bot.model import Schedule
from bot.pipeline.timing.slots import describe, next_slot, parse_schedule


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(when: str, zone: str, after: str, count: int) -> list[str]:
    """The next local moments of a schedule."""
    moment, found = utc(after), []
    for _ in range(count):
        following = next_slot(parse_schedule(when), zone, moment)
        assert following is not None
        assert following > moment
        found.append(following.astimezone(ZoneInfo(zone)).strftime("%m-%dT%H:%M%z"))
        moment = following
    return found


@pytest.mark.parametrize(
    ("zone", "when", "after", "expected"),
    [
        (
            "Europe/Rome",
            "02:30",
            "2026-03-28T00:00",
            ["03-28T02:30+0100", "03-29T03:00+0200", "03-30T02:30+0200"],
        ),
        ("Europe/Rome", "08:00", "2026-03-28T12:00", ["03-29T08:00+0200"]),
        ("Europe/Rome", "02:30", "2026-10-24T12:00", ["10-25T02:30+0200", "10-26T02:30+0100"]),
        ("America/New_York", "02:30", "2026-03-07T12:00", ["03-08T03:00-0400", "03-09T02:30-0400"]),
        ("America/New_York", "01:30", "2026-10-31T12:00", ["11-01T01:30-0400", "11-02T01:30-0500"]),
        ("Australia/Lord_Howe", "02:15", "2026-10-03T00:00", ["10-04T02:30+1100", "10-05T02:15+1100"]),
        ("Australia/Lord_Howe", "01:45", "2026-04-04T00:00", ["04-05T01:45+1100", "04-06T01:45+1030"]),
        ("Africa/Cairo", "00:30", "2026-04-22T23:00", ["04-24T01:00+0300", "04-25T00:30+0300"]),
        ("Asia/Tokyo", "08:00", "2026-03-28T00:00", ["03-29T08:00+0900", "03-30T08:00+0900"]),
        ("Pacific/Apia", "08:00", "2026-01-01T00:00", ["01-02T08:00+1300"]),
        ("Asia/Kathmandu", "08:00", "2026-01-01T00:00", ["01-01T08:00+0545"]),
    ],
)
def test_local_times_survive_both_changes_of_the_clock(
    zone: str, when: str, after: str, expected: list[str]
) -> None:
    assert slots(when, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    "zone",
    ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "UTC"],
)
def test_a_year_of_days_has_one_slot_each(zone: str) -> None:
    for at in ("00:15", "02:30", "23:45"):
        moment, days = utc("2026-01-01T12:00"), []
        for _ in range(365):
            following = next_slot(parse_schedule(at), zone, moment)
            assert following is not None
            moment = following
            days.append(moment.astimezone(ZoneInfo(zone)).date())
        assert len(set(days)) == 365
        assert days[-1] - days[0] == timedelta(days=364)


def test_two_times_in_one_gap_are_one_moment() -> None:
    assert slots("02:15 02:45", "Europe/Rome", "2026-03-28T12:00", 2) == [
        "03-29T03:00+0200",
        "03-30T02:15+0200",
    ]


def test_a_slot_is_strictly_after() -> None:
    daily = parse_schedule("08:00")
    assert next_slot(daily, "UTC", utc("2026-03-02T08:00")) == utc("2026-03-03T08:00")
    assert next_slot(daily, "UTC", utc("2026-03-02T07:59:59")) == utc("2026-03-02T08:00")


def test_days_are_local_days() -> None:
    assert slots("mon 00:30", "Asia/Tokyo", "2026-03-01T00:00", 1) == ["03-02T00:30+0900"]
    assert slots("fri 18:00", "UTC", "2026-03-02T00:00", 2) == ["03-06T18:00+0000", "03-13T18:00+0000"]


def test_without_times_there_is_no_slot() -> None:
    assert next_slot(Schedule(instant=True), "UTC", utc("2026-03-02T08:00")) is None
    assert next_slot(Schedule((time(8),), ()), "UTC", utc("2026-03-02T08:00")) is None


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("08:00", Schedule((time(8),))),
        ("8", Schedule((time(8),))),
        ("8, 18:30", Schedule((time(8), time(18, 30)))),
        ("18.30 8h15", Schedule((time(8, 15), time(18, 30)))),
        ("weekdays 7:45", Schedule((time(7, 45),), (0, 1, 2, 3, 4))),
        ("weekends 9", Schedule((time(9),), (5, 6))),
        ("mon,thu 9", Schedule((time(9),), (0, 3))),
        ("Monday Thursday 9", Schedule((time(9),), (0, 3))),
        ("now", Schedule(instant=True)),
        ("now 08:00", Schedule((time(8),), instant=True)),
        ("every day at 8 and 20", Schedule((time(8), time(20)))),
        ("8 8 08:00", Schedule((time(8),))),
    ],
)
def test_a_schedule_is_read_as_people_write_it(text: str, schedule: Schedule) -> None:
    assert parse_schedule(text) == schedule
    assert parse_schedule(describe(schedule)) == schedule


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("noonish", "noonish"),
        ("24:00", "24:00"),
        ("8:60", "8:60"),
        ("8:5", "8:5"),
        ("-1", "-1"),
        ("١٢", ""),
    ],
)
def test_a_wrong_word_is_named(text: str, wrong: str) -> None:
    if not wrong:
        parse_schedule(text)
        return
    with pytest.raises(CallError, match=wrong):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("8am", "08:00"),
        ("8 am", "08:00"),
        ("8:30 pm", "20:30"),
        ("12 am", "00:00"),
        ("noon", "12:00"),
        ("8 o'clock", "08:00"),
        ("8h", "08:00"),
        ("8h30", "08:30"),
        ("８：３０", "08:30"),
        ("mon-fri 9", "weekdays 09:00"),
        ("at once", "now"),
        ("breaking", "now"),
        ("in the morning", "08:00"),
        ("ore 8", "08:00"),
        ("ogni giorno alle 8 e alle 18", "08:00 18:00"),
        ("lunedì 9", "mon 09:00"),
        ("feriali alle 7:45", "weekdays 07:45"),
        ("subito", "now"),
        ("Mo 9", "mon 09:00"),
        ("täglich um 20 Uhr", "20:00"),
        ("Sa, So 10 Uhr", "sat sun 10:00"),
        ("sofort", "now"),
        ("tous les jours à 7h", "07:00"),
        ("du lundi au vendredi à 8 heures 30", "weekdays 08:30"),
        ("todos los días a las 9 de la noche", "21:00"),
        ("entre semana a las 9", "weekdays 09:00"),
        ("segunda às 9", "mon 09:00"),
        ("todo dia às 9h", "09:00"),
        ("每天8点", "08:00"),
        ("工作日下午3点半", "weekdays 15:30"),
        ("毎日8時", "08:00"),
        ("月曜日 午後3時", "mon 15:00"),
        ("9 in the evening", "21:00"),
        ("ogni lunedì e giovedì alle 9 di sera", "mon,thu 21:00"),
        ("alle 8 di ogni giorno", "08:00"),
        ("di domenica alle 10", "sun 10:00"),
        ("am Montag um 8:30 Uhr", "mon 08:30"),
        ("Di, Do 9 Uhr", "tue,thu 09:00"),
        ("jeden Abend um 8 Uhr", "20:00"),
        ("du lundi au mercredi à 9h", "mon,tue,wed 09:00"),
        ("lunes a viernes a las 8", "weekdays 08:00"),
        ("às 8 horas do domingo", "sun 08:00"),
        ("fri to mon 9", "fri,sat,sun,mon 09:00"),
        ("每周一早上九点", "mon 09:00"),
        ("每天晚上8点", "20:00"),
        ("毎週月曜日の9時", "mon 09:00"),
        ("毎朝7時", "07:00"),
        ("tues thurs 8", "tue,thu 08:00"),
    ],
)
def test_schedules_are_read_in_every_language_of_the_bot(typed: str, same: str) -> None:
    assert parse_schedule(typed) == parse_schedule(same)


@pytest.mark.parametrize("text", ["", "weekdays", "   ", ",;"])
def test_a_schedule_needs_a_time(text: str) -> None:
    with pytest.raises(CallError, match="at least one time"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["every 2 hours", "hourly", "ogni ora", "toutes les 2 heures", "每小时"])
def test_how_often_is_not_when(text: str) -> None:
    with pytest.raises(CallError, match="how often"):
        parse_schedule(text)


@pytest.mark.parametrize(
    "text", ["mon 8 tue 9", "weekdays 8 weekends 10", "at 8 on mondays and at 9 on fridays"]
)
def test_a_schedule_has_the_same_times_on_all_its_days(text: str) -> None:
    with pytest.raises(CallError, match="other times on other days"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["wensday 8", "satellite 8", "friends 8", "alle 8 stunden", "08:00 evening"])
def test_what_only_begins_like_a_time_or_a_day_is_refused(text: str) -> None:
    with pytest.raises(CallError, match="is not a time or a day"):
        parse_schedule(text)


def test_what_may_be_two_times_or_one_is_asked_for() -> None:
    with pytest.raises(CallError, match="may be 08:15 or 08:00 15:00"):
        parse_schedule("alle 8 e 15")


def test_a_refusal_quotes_what_was_typed() -> None:
    with pytest.raises(CallError, match="domani alle 8"):
        parse_schedule("domani alle 8")
