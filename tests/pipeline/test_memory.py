"""What a channel was told stays told."""

from bot.model import Entry, Told
from bot.pipeline.memory import KNOWN, NOTHING_NEW, Recall, recall
from tests.jobs.world import alpine, corvid, garden, larkwell
from tests.pipeline.conftest import NOW, ago, entry, ranked

OLD = entry(1, title=corvid().title, text=corvid().text, published=ago(5))
TEXTS = (garden().text, larkwell().text.replace("nine", "ten"), alpine().text)


def after(*fresh: Entry, said: str = "", old: tuple[Entry, ...] = (OLD,)) -> Recall:
    return recall(ranked(*old, *fresh), Told(1, NOW, frozenset(e.id for e in old), said))


def other(number: int, text: str = "", **values: object) -> Entry:
    return entry(number, text=text or TEXTS[number % 3], **values)


def test_what_was_never_told_is_new() -> None:
    assert recall(ranked(OLD), None) == Recall()


def test_what_was_told_whole_is_known() -> None:
    assert after().skip == KNOWN


def test_another_outlet_with_the_same_figures_is_nothing_new() -> None:
    assert (
        after(other(2, "Corvid 3 has 70 billion parameters. " + garden().text.replace("eleven", "some"))).skip
        == NOTHING_NEW
    )


def test_a_new_figure_is_an_update_with_the_entry_that_brings_it() -> None:
    news = other(2, "Corvid 3 was downloaded 4 million times. " + garden().text)
    assert after(news) == Recall(update=True, fresh=(news,))


def test_a_figure_told_before_is_no_news_in_other_words() -> None:
    assert after(other(2, "It has 70,000,000,000 parameters."), said="").skip == NOTHING_NEW
    assert (
        after(other(2, "It was downloaded 4 million times."), said="Downloaded 4,000,000 times.").skip
        == NOTHING_NEW
    )


def test_days_and_years_are_no_news() -> None:
    assert after(other(2, "On 3 March 2026 it was shown to 12 people.")).skip == NOTHING_NEW


def test_a_figure_far_down_the_text_is_no_news() -> None:
    assert after(other(2, "Corvid is out.\n\nElsewhere 4 million birds migrate.")).skip == NOTHING_NEW


def test_a_first_party_entry_is_news_where_there_was_none() -> None:
    blog = other(2, kind="lab blog")
    assert after(blog).update
    assert after(blog, old=(entry(1, kind="lab blog", text=OLD.text),)).skip == NOTHING_NEW


def test_twice_the_outlets_are_an_update() -> None:
    fresh = [other(n) for n in (2, 3)]
    assert after(*fresh).update
    assert after(fresh[0]).skip == NOTHING_NEW


def test_a_reprint_is_no_news_whatever_it_adds_up_to() -> None:
    copies = [entry(n, text=OLD.text, title=OLD.title) for n in (2, 3, 4, 5)]
    assert after(*copies).skip == NOTHING_NEW
