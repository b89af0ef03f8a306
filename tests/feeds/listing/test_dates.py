"""Days that a page names by their word."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.date_words import words_of
from bot.feeds.listing.dates import Dates

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "Yesterday", 1), ("en-GB", "today, 10:15", 2), ("it", "Ieri alle 18:30", 1), ("it", "oggi", 2),
        ("de", "gestern", 1), ("fr", "hier", 1), ("fr", "Aujourd'hui", 2), ("es", "ayer", 1), ("pt-BR", "Ontem", 1),
        ("zh", "昨天 10:15", 1), ("ja", "昨日", 1), ("pl", "Yesterday", 1),
    ],
)  # fmt: skip
def test_a_day_is_read_by_its_word(language: str, text: str, day: int) -> None:
    found = Dates(words_of((language,)), NOW).find_exact(text)
    assert found is not None
    assert (found.moment.month, found.moment.day) == (3, day)


@pytest.mark.parametrize("text", ["Yesterdays of a clockmaker", "Today's models read like yesterday's papers", "hiéroglyphes"])  # fmt: skip
def test_a_title_that_begins_like_a_day_is_none(text: str) -> None:
    assert Dates(words_of(("fr", "en")), NOW).find_exact(text) is None


@pytest.mark.parametrize(
    ("language", "text", "hours"),
    [
        ("zh", "3 天前", 72), ("en", "an hour ago", 1), ("en", "a day ago", 24), ("de", "vor einer Stunde", 1),
        ("fr", "il y a une heure", 1), ("es", "hace una hora", 1), ("it", "un’ora fa", 1), ("pt", "há uma hora", 1),
    ],
)  # fmt: skip
def test_one_is_a_number_before_a_unit(language: str, text: str, hours: int) -> None:
    found = Dates(words_of((language,)), NOW).find_exact(text)
    assert found is not None
    assert found.moment == NOW - timedelta(hours=hours)
