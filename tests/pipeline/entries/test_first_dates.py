"""When entries without a date of their own were published."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.model import ParsedEntry
from bot.pipeline.entries.first_dates import LastLook, dates_of
from tests.pipeline.conftest import NOW, ago


def item(**values: Any) -> ParsedEntry:
    return ParsedEntry(**{"guid": "", "link": "", "title": "T", "text": "x", **values})


def test_undated_entries_lie_between_their_neighbours() -> None:
    newest, oldest = ago(1), ago(9)
    assert dates_of([item(published=newest), item(), item(published=oldest)], NOW, backlog=False) == [
        newest,
        oldest,
        oldest,
    ]
    assert dates_of([item(published=newest), item()], NOW, backlog=False) == [newest, newest]
    assert dates_of([item(), item(published=oldest)], NOW, backlog=False) == [oldest, oldest]


def test_a_feed_without_dates_is_old_at_first_and_new_later() -> None:
    first, second = dates_of([item(), item()], NOW, backlog=True)
    assert NOW - timedelta(hours=26) < second < first <= NOW - timedelta(days=1)
    assert dates_of([item(), item()], NOW, backlog=False) == [NOW, NOW]
    assert dates_of([], NOW, backlog=True) == []


def guess_first(new: ParsedEntry, *, rising: bool, looked: float = 24) -> datetime:
    """Return when the newest of three entries, the others known, was published by what is seen of it."""
    items = [new, item(published=ago(200)), item(published=ago(400))]
    look = [False, True, True]
    if rising:
        items, look = items[::-1], look[::-1]
    dates = dates_of(items, NOW, backlog=False, last_look=LastLook(ago(looked), look))
    return dates[-1 if rising else 0]


@pytest.mark.parametrize("rising", [False, True])
def test_what_is_new_since_the_last_look_is_no_older_than_that(*, rising: bool) -> None:
    assert guess_first(item(), rising=rising) == NOW
    assert guess_first(item(), rising=rising, looked=300) == ago(200)
    assert guess_first(item(published=ago(100)), rising=rising) == ago(100)


def test_an_issue_may_be_put_up_after_its_month() -> None:
    assert guess_first(item(published=ago(60), is_dated_by_month=True), rising=False) == NOW
    assert guess_first(item(published=ago(60 * 24), is_dated_by_month=True), rising=False) == ago(60 * 24)


def test_what_comes_into_sight_below_all_that_is_known_is_older() -> None:
    items = [item(published=ago(100)), item(published=ago(200)), item()]
    look = LastLook(ago(24), [True, True, False])
    assert dates_of(items, NOW, backlog=False, last_look=look)[2] == ago(200)


def test_at_first_sight_nothing_is_from_now() -> None:
    look = LastLook(ago(24), [False, True])
    assert dates_of([item(), item(published=ago(200))], NOW, backlog=True, last_look=look)[0] == ago(200)
