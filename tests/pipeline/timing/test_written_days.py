"""Days as people write them."""

from datetime import UTC, date, datetime

import pytest

from bot.errors import CallError
from bot.pipeline.timing.moments import parse_future, parse_past
from bot.pipeline.timing.written_days import write_days

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "24.12.", "24.12.2026", "24.12.26", "24. 12.", "24.12", "24/12", "24/12/2026", "12/24", "24 december", "December 24th", "24th of december",
        "december 24, 2026", "24 dicembre", "24 dicembre 2026", "24. dezember", "24 décembre", "24 de diciembre", "24 de dezembro de 2026", "12月24日", "2026年12月24日",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_language(typed: str) -> None:
    assert write_days(typed, TODAY).split() == ["2026-12-24"]
    assert parse_future(typed, "UTC", NOW) == datetime(2026, 12, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["24.12. 18:00", "24 dicembre alle 18", "24. Dezember um 18 Uhr", "12月24日 18:00"]
)
def test_a_time_may_stand_with_it(typed: str) -> None:
    assert parse_future(typed, "UTC", NOW) == datetime(2026, 12, 24, 18, tzinfo=UTC)


def test_without_a_year_it_is_the_next_or_the_last_one() -> None:
    assert write_days("1. märz", TODAY).split() == ["2027-03-01"]
    assert write_days("1. märz", TODAY, is_past=True).split() == ["2026-03-01"]
    assert write_days("29.2.", TODAY).split() == ["2028-02-29"]
    assert parse_past("1 novembre", "UTC", NOW) == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    ["10.30", "08:00", "18.30", "2 days 3h", "monday 9:30", "5/6", "31.2.", "mar 9", "2026-12-24", "1.5.3"],
)
def test_what_is_no_day_stays_as_it_is(typed: str) -> None:
    assert write_days(typed, TODAY) == typed


def test_a_day_that_is_over_is_refused_as_such() -> None:
    with pytest.raises(CallError, match="over already"):
        parse_future("24.12.2025", "UTC", NOW)
