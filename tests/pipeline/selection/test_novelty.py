"""What a channel was told stays told."""

from datetime import timedelta

import pytest

from bot.model import Entry, Reason, ReasonCode, ToldMark
from bot.pipeline.selection.novelty import Novelty, ToldLately, assess_novelty, is_retold
from tests.pipeline.conftest import NOW, ago, entry, ranked
from tests.support.world import alpine, corvid, garden, larkwell, settings

KNOWN, NOTHING_NEW = Reason(ReasonCode.KNOWN), Reason(ReasonCode.NOTHING_NEW)
OLD = entry(1, title=corvid().title, text=corvid().text, published=ago(5))
TEXTS = (garden().text, larkwell().text.replace("nine", "ten"), alpine().text)


def after(*fresh: Entry, said: str = "", old: tuple[Entry, ...] = (OLD,), hours: int = 24) -> Novelty:
    told = ToldMark(
        story_id=1, told_at=NOW - timedelta(hours=hours), entry_ids=frozenset(e.id for e in old), said=said
    )
    return assess_novelty(ranked(*old, *fresh), told, settings().kinds, NOW)


def other(number: int, text: str = "", **values: object) -> Entry:
    return entry(number, text=text or TEXTS[number % 3], **values)


def test_what_was_never_told_is_new() -> None:
    assert assess_novelty(ranked(OLD), None, settings().kinds, NOW) == Novelty()


def test_what_was_told_whole_is_known() -> None:
    assert after().skip == KNOWN


def test_another_outlet_with_the_same_figures_is_nothing_new() -> None:
    assert (
        after(other(2, "Corvid 3 has 70 billion parameters. " + garden().text.replace("eleven", "some"))).skip
        == NOTHING_NEW
    )


def test_a_new_figure_is_an_update_with_the_entry_that_brings_it() -> None:
    news = other(2, "Corvid 3 was downloaded 4 million times. " + garden().text)
    assert after(news) == Novelty(update=True, fresh=(news,))


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


def test_more_outlets_and_whoever_it_is_about_are_no_news_by_themselves() -> None:
    assert after(*[other(n) for n in (2, 3)], other(4, kind="lab blog")).skip == NOTHING_NEW


def test_a_rounding_is_no_new_figure() -> None:
    old = entry(1, title="Halden raises money", text="Halden raised $65.2 billion.")
    assert after(other(2, "Halden raised $70 billion, nearly."), old=(old,)).skip == NOTHING_NEW
    assert after(other(2, "Halden raised $90 billion after all."), old=(old,)).update


def test_a_figure_waits_for_the_next_day() -> None:
    news = other(2, "Corvid 3 was downloaded 4 million times. " + garden().text)
    assert after(news, hours=5).skip == NOTHING_NEW


@pytest.mark.parametrize(
    ("language", "title", "again"),
    [
        ("en", "Court throws out the suit against Halden", "Halden wins in court"),
        ("it", "Il tribunale respinge la causa contro Halden", "Halden vince in tribunale"),
        ("de", "Halden dementiert den Verkauf von Corvid", "Halden bestreitet den Verkauf von Corvid"),
        ("fr", "Halden suspend Corvid", "Halden annule Corvid"),
        ("es", "Halden aplaza el lanzamiento de Corvid", "Halden suspende el lanzamiento"),
        ("zh", "Halden 否认出售 Corvid", "Halden 辟谣出售传闻"),
        ("ja", "Halden、Corvid の公開を延期", "Halden、Corvid の公開を見送り"),
    ],
)  # fmt: skip
def test_a_decision_is_an_update_at_once_and_once(language: str, title: str, again: str) -> None:
    news = other(2, title=title, language=language)
    assert after(news, hours=1) == Novelty(update=True, fresh=(news,))
    assert after(other(3, title=again, language=language), old=(OLD, news), hours=1).skip == NOTHING_NEW


def test_opinion_brings_no_update() -> None:
    column = other(
        2, "Corvid 3 was downloaded 4 million times.", title="Opinion: why I hate that Halden wins"
    )
    assert after(column).skip == NOTHING_NEW


def test_another_story_that_says_the_same_is_retold() -> None:
    told = ToldMark(
        story_id=7,
        told_at=NOW,
        entry_ids=frozenset({9}),
        said="Halden buys the chip designer\nHalden has acquired Ebner Chips, which makes boards.",
    )
    assert is_retold(
        ranked(entry(1, title="Halden acquires Ebner Chips")), ToldLately.of([told]), settings().kinds
    )
    assert not is_retold(
        ranked(entry(1, title="Halden acquires Ostrava Labs")), ToldLately.of([told]), settings().kinds
    )
    denied = entry(1, title="Halden denies it has acquired Ebner Chips")
    assert not is_retold(ranked(denied), ToldLately.of([told]), settings().kinds)


def test_a_reprint_is_no_news_whatever_it_adds_up_to() -> None:
    copies = [entry(n, text=OLD.text, title=OLD.title) for n in (2, 3, 4, 5)]
    assert after(*copies).skip == NOTHING_NEW
