"""Stories of one saga stand in one place."""

from typing import Any

import pytest

from bot.model import Ranking, RelatedStories
from bot.pipeline.planning.sagas import FAIR, FAIR_LINES, LINES, FoldedStories, fold_sagas
from bot.pipeline.selection.rank import LARGE
from tests.pipeline.conftest import ago, entry, ranked, story
from tests.support.world import settings

SUIT = "Larkwell sues Halden Labs over copied code"
RULING = "Judge in Oslo throws out the Larkwell case as filed too late"
APPEAL = "Lawyers promise to appeal before the summer"
EVENTS = (
    "Hearing opens",
    "First witness speaks of stolen notes",
    "Engineers testify",
    "Jury asks to see code",
)


def telling(number: int, title: str, score: float = 1.0, hours: float = 5.0, **values: Any) -> Ranking:
    news = entry(number, title=title, published=ago(hours))
    return ranked(news, **{"story": story(news, number=number), "score": score, **values})


def related(*pairs: tuple[int, int]) -> list[RelatedStories]:
    return [RelatedStories(first, second, 0.35) for first, second in pairs]


def fold(*rankings: Ranking, pairs: list[RelatedStories] | None = None) -> FoldedStories:
    return fold_sagas(rankings, pairs or [], settings().rules)


def test_what_belongs_to_no_saga_leads_alone() -> None:
    folded = fold(telling(1, SUIT, 1.0), telling(2, "RV-9 robot weeds vineyards", 2.0))
    assert [(r.story.id, r.saga) for r in folded.leading] == [(2, ()), (1, ())]


def test_related_stories_stand_below_the_best() -> None:
    first, second = telling(1, SUIT, 3.0), telling(2, APPEAL, 1.0)
    folded = fold(first, second, telling(3, "RV-9 robot weeds vineyards", 2.0), pairs=related((1, 2)))
    assert [r.story.id for r in folded.leading] == [1, 3]
    assert folded.leading[0].saga == (second,)


def test_a_later_event_that_is_nearly_as_strong_leads() -> None:
    suit, ruling = telling(1, SUIT, 3.0, hours=20), telling(2, RULING, 2.0, hours=2)
    assert fold(suit, ruling, pairs=related((1, 2))).leading[0].story.id == 2
    weak = telling(2, RULING, 1.0, hours=2)
    assert fold(suit, weak, pairs=related((1, 2))).leading[0].story.id == 1
    at_once = telling(2, RULING, 2.0, hours=19)
    assert fold(suit, at_once, pairs=related((1, 2))).leading[0].story.id == 1


def test_what_says_the_same_again_is_listed_and_gets_no_line() -> None:
    again = telling(2, "Halden Labs: Larkwell sues over copied code", 1.0)
    folded = fold(telling(1, SUIT, 3.0), again, pairs=related((1, 2)))
    assert folded.leading[0].saga == ()
    assert folded.behind == (again,)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Halden Labs releases Corvid 3", "Halden Labs releases Corvid 4"),
        ("Halden Labs raises $10 billion", "Halden Labs raises $40 billion"),
        ("Halden Labs buys Alpha in Paris", "Halden Labs buys Beta in Paris"),
        ("Halden Labs releases Corvid 3", "Halden Labs delays Corvid 3 release"),
        ("Halden Labs releases Corvid 3", "Halden Labs releases Corvid 3 Mini"),
    ],
)
def test_another_figure_name_or_deed_has_its_line(first: str, second: str) -> None:
    other = telling(2, second, 1.0)
    assert fold(telling(1, first, 3.0), other, pairs=related((1, 2))).leading[0].saga == (other,)


def test_an_update_answers_its_own_post() -> None:
    update = telling(2, APPEAL, 1.0, update=True)
    folded = fold(telling(1, SUIT, 3.0), update, pairs=related((1, 2)))
    assert [(r.story.id, r.saga) for r in folded.leading] == [(1, ()), (2, ())]


def test_slight_stories_pages_and_more_than_three_get_no_line() -> None:
    lines = [telling(n, title, 2.0) for n, title in enumerate(EVENTS, start=2)]
    pairs = related(*((1, n) for n in range(2, 8)))
    slight, page = telling(6, "Hearing in room nine", 0.1), telling(7, "Opinion piece", 2.0, is_news=False)
    folded = fold(telling(1, SUIT, 3.0), *lines, slight, page, pairs=pairs)
    assert len(folded.leading[0].saga) == LINES
    assert {r.story.id for r in folded.leading[1:]} == {5, 6, 7}


def test_what_is_related_to_a_line_alone_stays_apart() -> None:
    """A chain is no saga: the second is like the first and the third, and these are nothing to each other."""
    chain = (telling(1, SUIT, 3.0), telling(2, APPEAL, 2.0), telling(3, "Oslo opens a court for code", 1.0))
    assert [r.story.id for r in fold(*chain, pairs=related((1, 2), (2, 3))).leading] == [1, 3]


def test_a_companys_fair_has_one_place_and_the_rest_waits_behind() -> None:
    names = ("glasses", "search box", "robot arm", "translator", "phone keyboard", "map service")
    many = [
        telling(n, f"OpenAI shows its {name}", 10.0 - n, outlets=LARGE)
        for n, name in enumerate(names, start=1)
    ]
    folded = fold(*many, telling(9, "RV-9 robot weeds vineyards", 0.5))
    assert [r.story.id for r in folded.leading] == [1, 9]
    assert [r.story.id for r in folded.leading[0].saga] == [2, 3, 4, 5][:FAIR_LINES]
    assert [r.story.id for r in folded.behind] == [6]
    few = many[: FAIR - 1]
    assert len(fold(*few).leading) == FAIR - 1


def test_every_story_stands_somewhere_once() -> None:
    many = [telling(n, f"OpenAI shows number {n}", 1.0 + n % 3, outlets=n % 6) for n in range(1, 30)]
    folded = fold(*many, pairs=related((1, 2), (2, 3), (7, 9), (9, 12)))
    below = [r for leader in folded.leading for r in leader.saga]
    placed = [r.story.id for r in (*folded.leading, *below, *folded.behind)]
    assert sorted(placed) == list(range(1, 30))
