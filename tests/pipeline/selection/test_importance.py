"""What the levels of a bar mean."""

from dataclasses import replace
from datetime import timedelta

from bot.model import Bar, Entry
from bot.pipeline.selection.importance import LEAST, meets, stories_per_day
from bot.pipeline.selection.rank import rank
from tests.pipeline.conftest import NOW, ago, entry, story
from tests.support.world import settings


def outlets(count: int, **first: object) -> list[Entry]:
    """A story told by so many outlets in words of their own."""
    return [entry(n, text=_words_of(n), **(first if n == 1 else {})) for n in range(1, count + 1)]


def _words_of(number: int) -> str:
    words = [f"word{number}x{n}" for n in range(100)]
    return " ".join(f"{' '.join(words[at : at + 10])}.".capitalize() for at in range(0, 100, 10))


def levels(*entries: Entry, hours: float = 0) -> set[Bar]:
    now = NOW + timedelta(hours=hours)
    return {bar for bar in Bar if meets(rank(story(*entries), now, "en", settings().kinds), bar)}


def test_levels_follow_the_number_of_outlets() -> None:
    assert levels(*outlets(1)) == {Bar.EVERYTHING}
    assert levels(*outlets(2)) == {Bar.EVERYTHING, Bar.NOTABLE}
    assert levels(*outlets(3)) == {Bar.EVERYTHING, Bar.NOTABLE, Bar.IMPORTANT}
    assert levels(*outlets(6)) == {Bar.EVERYTHING, Bar.NOTABLE, Bar.IMPORTANT}
    assert levels(*outlets(7)) == set(Bar)


def test_a_first_hand_source_lifts_a_story() -> None:
    assert levels(*outlets(1, kind="lab blog")) == {Bar.EVERYTHING, Bar.NOTABLE}
    release = outlets(2, kind="lab blog", title="Halden releases Corvid")
    assert Bar.IMPORTANT in levels(*release)
    assert Bar.BIGGEST in levels(*outlets(5, kind="lab blog"))


def test_deals_need_more() -> None:
    offers = [replace(one, title="Save $100: best deals on laptops") for one in outlets(2)]
    assert levels(*offers) == {Bar.EVERYTHING}


def test_age_and_growth_change_no_level() -> None:
    for count in (1, 2, 3, 7):
        assert levels(*outlets(count)) == levels(*outlets(count), hours=40)


def test_levels_are_nested() -> None:
    assert list(LEAST) == list(Bar)
    assert sorted(LEAST.values()) == list(LEAST.values())


def test_a_day_counts_over_the_days_there_are() -> None:
    one = story(*outlets(2))
    old = [
        replace(one, id=n, change_no=n, created_at=NOW - timedelta(days=4), changed_at=NOW) for n in range(8)
    ]
    found = stories_per_day(old, settings().kinds, NOW)
    assert found == {Bar.EVERYTHING: 2.0, Bar.NOTABLE: 2.0, Bar.IMPORTANT: 0.0, Bar.BIGGEST: 0.0}
    assert stories_per_day([one], settings().kinds, NOW)[Bar.EVERYTHING] == 1.0
    assert stories_per_day([], (), ago(0)) == dict.fromkeys(Bar, 0.0)
