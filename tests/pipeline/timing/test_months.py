"""Digests on days of the month: when they are due, and how people say so."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.errors import CallError
from bot.model import Schedule
from bot.pipeline.timing.slots import EVERY_DAY, describe, next_slot, parse_schedule


def days_of(when: str, after: str, count: int, zone: str = "Europe/Rome") -> list[str]:
    """The next local moments of a schedule."""
    moment, found = datetime.fromisoformat(after).replace(tzinfo=UTC), []
    for _ in range(count):
        following = next_slot(parse_schedule(when), zone, moment)
        assert following is not None
        assert following > moment
        found.append(following.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M"))
        moment = following
    return found


@pytest.mark.parametrize(
    ("when", "after", "expected"),
    [
        ("monthly 1st 09:00", "2026-01-01T09:00", ["02-01 09:00", "03-01 09:00", "04-01 09:00"]),
        ("monthly 31st 09:00", "2026-01-30T00:00", ["01-31 09:00", "02-28 09:00", "03-31 09:00", "04-30 09:00"]),
        ("monthly 30th,31st 09:00", "2028-02-01T00:00", ["02-29 09:00", "03-30 09:00", "03-31 09:00", "04-30 09:00"]),
        ("monthly last day 09:00", "2028-02-01T00:00", ["02-29 09:00", "03-31 09:00"]),
        ("monthly 29th 02:30", "2026-03-01T00:00", ["03-29 03:00", "04-29 02:30"]),
        ("monthly 25th 02:30", "2026-10-01T00:00", ["10-25 02:30", "11-25 02:30"]),
        ("first monday 09:00", "2026-05-30T00:00", ["06-01 09:00", "07-06 09:00", "08-03 09:00"]),
        ("last friday 18:00", "2026-01-01T00:00", ["01-30 18:00", "02-27 18:00", "03-27 18:00"]),
        ("last sunday 02:30", "2026-03-01T00:00", ["03-29 03:00", "04-26 02:30"]),
        ("fourth and last monday 9", "2026-03-01T00:00", ["03-23 09:00", "03-30 09:00", "04-27 09:00", "05-25 09:00"]),
    ],
)  # fmt: skip
def test_days_of_a_month_through_short_months_and_changes_of_the_clock(
    when: str, after: str, expected: list[str]
) -> None:
    assert days_of(when, after, len(expected)) == expected


@pytest.mark.parametrize(
    "when", ["monthly 31st 12:00", "last sunday 12:00", "first saturday 12:00", "monthly 1st 12:00"]
)
def test_every_month_of_ten_years_has_one(when: str) -> None:
    moment, months = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(120):
        following = next_slot(parse_schedule(when), "UTC", moment)
        assert following is not None
        moment = following
        months.append(date(moment.year, moment.month, 1))
    assert len(set(months)) == 120
    assert max(months) == date(2035, 12, 1)


FIRST = Schedule((time(9),), EVERY_DAY, month_days=(1,))
FIFTEENTH = Schedule((time(8),), EVERY_DAY, month_days=(15,))
FIRST_MONDAY = Schedule((time(9),), (0,), weeks=(1,))
LAST_FRIDAY = Schedule((time(18),), (4,), weeks=(-1,))
LAST_DAY = Schedule((time(9),), EVERY_DAY, month_days=(31,))


@pytest.mark.parametrize(
    ("typed", "schedule"),
    [
        ("monthly 1st 09:00", FIRST), ("monthly 1 09:00", FIRST), ("on the 1st of every month at 9", FIRST), ("at 9am on the first of each month", FIRST),
        ("il primo di ogni mese alle 9", FIRST), ("il giorno 1 di ogni mese alle 9", FIRST), ("le 1er du mois à 9h", FIRST), ("1º de cada mês 9h", FIRST),
        ("每月一号9点", FIRST), ("毎月1日9時", FIRST), ("am 1. jedes Monats um 9 Uhr", FIRST),
        ("den 15. jeden Monats um 8", FIFTEENTH), ("monatlich am 15. um 8", FIFTEENTH), ("el día 15 de cada mes a las 8", FIFTEENTH),
        ("le 15 de chaque mois à 8h", FIFTEENTH), ("dia 15 de cada mês às 8h", FIFTEENTH), ("每月15日8点", FIFTEENTH),
        ("every first Monday 09:00", FIRST_MONDAY), ("1st monday 9", FIRST_MONDAY), ("ogni primo lunedì alle 9", FIRST_MONDAY),
        ("am ersten Montag um 9", FIRST_MONDAY), ("le premier lundi du mois à 9h", FIRST_MONDAY), ("el primer lunes de cada mes a las 9", FIRST_MONDAY),
        ("na primeira segunda-feira do mês às 9h", FIRST_MONDAY), ("毎月第1月曜日の9時", FIRST_MONDAY), ("每月第一个星期一9点", FIRST_MONDAY),
        ("l'ultimo venerdì del mese alle 18", LAST_FRIDAY), ("am letzten Freitag des Monats um 18 Uhr", LAST_FRIDAY), ("每月最后一个星期五18点", LAST_FRIDAY),
        ("l’ultimo giorno del mese alle 9", LAST_DAY), ("end of the month at 9am", LAST_DAY), ("le dernier jour du mois à 9h", LAST_DAY), ("月末9時", LAST_DAY),
    ],
)  # fmt: skip
def test_days_of_the_month_are_read_as_people_write_them(typed: str, schedule: Schedule) -> None:
    assert parse_schedule(typed) == schedule
    assert parse_schedule(describe(schedule)) == schedule


@pytest.mark.parametrize(
    "text", ["monthly 09:00", "monthly monday 09:00", "ogni mese alle 9", "monthly 32nd 09:00", "monthly 0 09:00", "toda segunda segunda-feira do mês às 9"]
)  # fmt: skip
def test_which_day_of_the_month_is_asked(text: str) -> None:
    with pytest.raises(CallError, match="which day of the month"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["every second monday 9", "jeden zweiten Montag um 9", "every 3rd friday 9"])
def test_every_few_weeks_is_not_one_week_of_a_month(text: str) -> None:
    with pytest.raises(CallError, match="every few weeks"):
        parse_schedule(text)


@pytest.mark.parametrize(
    "text", ["first monday third friday 9", "monthly 1st 9 15th 18", "monthly 1st first monday 09:00"]
)
def test_what_is_no_single_rule_is_refused(text: str) -> None:
    with pytest.raises(CallError, match="other times on other days"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["monthly 1 9", "monthly 1, 15"])
def test_a_number_that_may_be_a_day_is_no_hour(text: str) -> None:
    with pytest.raises(CallError, match="at least one time"):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [("毎月曜日の9時", "mon 09:00"), ("毎週月曜日 9時", "mon 09:00"), ("mondays at 9", "mon 09:00")],
)
def test_days_of_every_week_stay_so(text: str, same: str) -> None:
    assert parse_schedule(text) == parse_schedule(same)
