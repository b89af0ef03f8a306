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
    "text", ["monthly 09:00", "monthly monday 09:00", "ogni mese alle 9", "monthly 32nd 09:00", "monthly 0 09:00"]
)  # fmt: skip
def test_which_day_of_the_month_is_asked(text: str) -> None:
    with pytest.raises(CallError, match="which day of the month"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["every second monday 9", "jeden zweiten Montag um 9", "every 3rd friday 9"])
def test_every_few_weeks_is_not_one_week_of_a_month(text: str) -> None:
    with pytest.raises(CallError, match="every few weeks"):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["first monday third friday 9", "monthly 1st 9 15th 18"])
def test_what_is_no_single_rule_is_refused(text: str) -> None:
    with pytest.raises(CallError, match="other times on other days"):
        parse_schedule(text)


@pytest.mark.parametrize(
    "text",
    ["monthly 1st first monday 09:00", "monday 15th 9:00", "am 15. und montags um 9", "毎月1日と月曜日 9時"],
)
def test_two_kinds_of_days_are_two_subscriptions(text: str) -> None:
    with pytest.raises(CallError, match="days of the month and others"):
        parse_schedule(text)


def test_days_of_the_month_need_a_time() -> None:
    with pytest.raises(CallError, match="at least one time"):
        parse_schedule("monthly 1, 15")


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("every 15 at 8", "monthly 15th 08:00", "08:00 15:00"),
        ("at 8 on the 15", "monthly 15th 08:00", "08:00 15:00"),
        ("15 at 8", "monthly 15th 08:00", "08:00 15:00"),
        ("il 15 alle 8", "monthly 15th 08:00", "08:00 15:00"),
        ("ogni 3 alle 18", "monthly 3rd 18:00", "03:00 18:00"),
        ("il 1 e il 15 alle 9", "monthly 1st,15th 09:00", "01:00 09:00 15:00"),
        ("am 15 um 8", "monthly 15th 08:00", "08:00 15:00"),
        ("um 8 Uhr am 15", "monthly 15th 08:00", "08:00 15:00"),
        ("jeden 20 um 7:30", "monthly 20th 07:30", "07:30 20:00"),
        ("le 15 à 8h", "monthly 15th 08:00", "08:00 15:00"),
        ("à 8h le 15", "monthly 15th 08:00", "08:00 15:00"),
        ("le 15", "monthly 15th 08:00", "15:00"),
        ("cada 15 a las 8", "monthly 15th 08:00", "08:00 15:00"),
        ("cada día 15 a las 8", "monthly 15th 08:00", "08:00 15:00"),
        ("todo dia 1 às 9h", "monthly 1st 09:00", "01:00 09:00"),
        ("todo dia 15", "monthly 15th 08:00", "15:00"),
        ("nos dias 1 e 15 às 9h", "monthly 1st,15th 09:00", "01:00 09:00 15:00"),
        ("毎日15 8時", "", ""),
        ("monthly 15 9", "monthly 15th 09:00", "monthly 9th,15th 08:00"),
        ("每月15 9", "monthly 15th 09:00", "monthly 9th,15th 08:00"),
    ],
)
def test_a_number_that_may_be_a_day_is_asked_about(text: str, one: str, other: str) -> None:
    if not one:
        assert describe(parse_schedule(text)) == "08:00 15:00"
        return
    with pytest.raises(CallError) as asked:
        parse_schedule(text)
    assert dict(asked.value.values) == {"text": text, "one": one, "several": other}
    assert describe(parse_schedule(one)) == one
    assert describe(parse_schedule(other)) == other


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("le 1er et le 15 du mois à 9h", "monthly 1st,15th 09:00"),
        ("le 28 à 8h", "monthly 28th 08:00"),
        ("on the 1st and 15th at 9", "monthly 1st,15th 09:00"),
        ("15th 9:00", "monthly 15th 09:00"),
        ("jeden 15. um 8", "monthly 15th 08:00"),
        ("am 1. und 15. um 9", "monthly 1st,15th 09:00"),
        ("il 1° di ogni mese alle 9", "monthly 1st 09:00"),
        ("1 of each month at 9", "monthly 1st 09:00"),
        ("1 de cada mes a las 9", "monthly 1st 09:00"),
        ("1ro de cada mes 9:00", "monthly 1st 09:00"),
        ("15日 8時", "monthly 15th 08:00"),
        ("毎月末18時", "monthly 31st 18:00"),
        ("每月1日和15日 9点", "monthly 1st,15th 09:00"),
        ("毎月第2第4水曜日 9時", "monthly second,fourth wednesday 09:00"),
        ("la prima domenica del mese alle 10", "monthly first sunday 10:00"),
        ("todo primeiro domingo do mês às 10h", "monthly first sunday 10:00"),
        ("na segunda terça-feira do mês às 8h", "monthly second tuesday 08:00"),
        ("toda segunda segunda-feira do mês às 9", "monthly second monday 09:00"),
    ],
)
def test_what_can_only_be_a_day_of_the_month_is_one(text: str, same: str) -> None:
    assert describe(parse_schedule(text)) == same


@pytest.mark.parametrize(
    "text", ["monthly 1st now", "subito il primo di ogni mese", "weekdays now", "montags sofort"]
)
def test_days_of_news_at_once_are_not_lost_in_silence(text: str) -> None:
    with pytest.raises(CallError, match="names days and no time"):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("daily 8 18:30", "08:00 18:30"),
        ("8 18", "08:00 18:00"),
        ("8 am 8 pm", "08:00 20:00"),
        ("8 am 18:00", "08:00 18:00"),
        ("every day at 8 and 20", "08:00 20:00"),
        ("on weekdays at 8 and at 18", "weekdays 08:00 18:00"),
        ("tutti i giorni alle 8 e alle 18", "08:00 18:00"),
        ("le 8 e le 18:30", "08:00 18:30"),
        ("la domenica alle 9", "sun 09:00"),
        ("todos los días a las 8 y a las 20", "08:00 20:00"),
        ("cada día a las 8", "08:00"),
        ("todo dia às 8h", "08:00"),
        ("segunda quarta sexta 9h", "mon,wed,fri 09:00"),
        ("le lundi à 8h et à 18h", "mon 08:00 18:00"),
        ("am Montag um 8", "mon 08:00"),
        ("täglich um 8 und 20 Uhr", "08:00 20:00"),
        ("每天上午8点", "08:00"),
        ("周一和周四9点", "mon,thu 09:00"),
        ("毎日8時と18時", "08:00 18:00"),
        ("now every day", "now"),
    ],
)
def test_hours_stay_hours(text: str, same: str) -> None:
    assert describe(parse_schedule(text)) == same


@pytest.mark.parametrize(
    ("text", "same"),
    [("毎月曜日の9時", "mon 09:00"), ("毎週月曜日 9時", "mon 09:00"), ("mondays at 9", "mon 09:00")],
)
def test_days_of_every_week_stay_so(text: str, same: str) -> None:
    assert parse_schedule(text) == parse_schedule(same)
