"""What may be spent today, and until when not."""

from datetime import UTC, date, datetime

import pytest

from bot.pipeline.limits.spending import Budget, Limit, Spending, Stop, allowance, periods_nearly_spent, stop
from bot.ports import Cost

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTHING = Cost(0)


def moment(day: int, month: int = 11, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limit", "before", "day", "allowed"),
    [
        (Limit(), 5, date(2026, 11, 24), None),
        (Limit(day=100), 10**9, date(2026, 11, 24), 100),
        (Limit(month=3000), 0, date(2026, 11, 1), 100),
        (Limit(month=3000), 500, date(2026, 11, 11), 125),
        (Limit(month=3000), 2990, date(2026, 11, 30), 10),
        (Limit(month=3000), 4000, date(2026, 11, 30), 0),
        (Limit(day=50, month=3000), 0, date(2026, 11, 1), 50),
        (Limit(day=500, month=3000), 0, date(2026, 11, 1), 100),
        (Limit(month=2800), 0, date(2026, 2, 1), 100),
        (Limit(month=3100), 0, date(2026, 12, 1), 100),
    ],
)
def test_a_months_budget_is_paced_by_day_and_what_is_left_is_carried_over(
    limit: Limit, before: int, day: date, allowed: int | None
) -> None:
    assert allowance(limit, before, day) == allowed


@pytest.mark.parametrize(
    ("budget", "spent", "need", "found"),
    [
        (Budget(), Spending(Cost(10**9), Cost(10**9)), Cost(10**9), None),
        (Budget(Limit(day=100)), Spending(Cost(60), NOTHING), Cost(40), None),
        (Budget(Limit(day=100)), Spending(Cost(60), NOTHING), Cost(41), Stop("day", moment(25))),
        (Budget(Limit(month=700)), Spending(Cost(60), NOTHING), Cost(40), None),
        (Budget(Limit(month=700)), Spending(Cost(60), NOTHING), Cost(41), Stop("pace", moment(25))),
        (Budget(Limit(month=700)), Spending(NOTHING, NOTHING), Cost(350), Stop("pace", moment(29))),
        (Budget(Limit(month=700)), Spending(NOTHING, NOTHING), Cost(700), Stop("pace", moment(30))),
        (Budget(Limit(month=700)), Spending(NOTHING, NOTHING), Cost(701), Stop("month", moment(1, 12))),
        (Budget(Limit(month=700)), Spending(Cost(50), Cost(650)), Cost(1), Stop("month", moment(1, 12))),
        (Budget(money=Limit(month=700)), Spending(Cost(9, 100), Cost(9, 600)), Cost(9, 1), Stop("month", moment(1, 12))),
        (Budget(Limit(day=9), Limit(month=700)), Spending(Cost(9, 700), NOTHING), Cost(1, 1), Stop("month", moment(1, 12))),
        (Budget(Limit(day=100)), Spending(Cost(50), NOTHING, Cost(50)), Cost(1), Stop("share", moment(25))),
        (Budget(Limit(day=100)), Spending(Cost(50), NOTHING, Cost(20)), Cost(30), None),
        (Budget(Limit(day=100)), Spending(Cost(100), NOTHING, Cost(50)), Cost(1), Stop("day", moment(25))),
        (Budget(Limit(day=100), share=1.0), Spending(Cost(50), NOTHING, Cost(50)), Cost(50), None),
    ],
)  # fmt: skip
def test_a_stop_says_which_budget_and_until_when(
    budget: Budget, spent: Spending, need: Cost, found: Stop | None
) -> None:
    assert stop(budget, spent, need, NOON) == found


def test_days_are_those_of_the_instances_zone() -> None:
    late = moment(30, hour=23)
    rome = Budget(Limit(day=1, month=10**6), zone="Europe/Rome")
    found = stop(rome, Spending(Cost(1), NOTHING), Cost(1), late)
    assert found == Stop("day", moment(1, 12, 23))
    assert stop(Budget(Limit(day=1)), Spending(Cost(1), NOTHING), Cost(1), late) == Stop("day", moment(1, 12))


def test_most_of_a_budget_is_told_by_period() -> None:
    assert list(periods_nearly_spent(Limit(100, 1000), 79, 799)) == []
    assert list(periods_nearly_spent(Limit(100, 1000), 80, 999)) == [("day", 80), ("month", 100)]
    assert list(periods_nearly_spent(Limit(), 80, 999)) == []
