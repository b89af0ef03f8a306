"""The headline of a story begins with what most outlets tell of."""

from bot.model import Entry
from bot.pipeline.selection.rank import leading
from bot.pipeline.selection.subject import begin_with_subject
from tests.pipeline.conftest import entry
from tests.support.world import FILLER, settings


def titled(*titles: str, language: str = "en", **values: object) -> list[Entry]:
    return [
        entry(n, title=title, outlet=f"Outlet {n}", text=FILLER * 3, language=language, **values)
        for n, title in enumerate(titles, start=1)
    ]


def test_what_one_outlet_makes_of_a_story_is_not_its_subject() -> None:
    entries = titled(
        "Clever readers react to Halden and Ebner building chips together",
        "Halden and Ebner plan a factory for chips",
        "Fenwick and its mayor welcome Halden and Ebner",
    )
    assert begin_with_subject(entries) == {2}
    assert leading(entries, ("en",), settings().kinds).id == 2


def test_a_participant_does_not_lead_a_story_about_somebody_else() -> None:
    entries = titled(
        "Bishop Larkin asks makers of models to slow down",
        "Bishop Larkin calls for rules on models",
        "In a letter, Bishop Larkin warns of models",
    )
    own = entry(
        9,
        title="Halden's remarks on the letter of Bishop Larkin about models",
        outlet="Halden News",
        kind="company",
        text=FILLER * 3,
    )
    assert own.id not in begin_with_subject([own, *entries])
    assert leading([own, *entries], ("en",), settings().kinds).id == 1


def test_who_tells_alone_in_a_language_tells_of_the_subject() -> None:
    (italian,) = titled("Lettori e fabbriche di chip", language="it")
    english = entry(2, title="Halden builds chips", outlet="Other")
    assert begin_with_subject([italian, english]) == {1, 2}
    assert begin_with_subject([]) == frozenset()
