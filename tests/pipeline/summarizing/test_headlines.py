"""Titles as headlines, and as the sentence of a story that has no text."""

import pytest

from bot.pipeline.summarizing.headlines import (
    LONGEST,
    clean_title,
    headline_of,
    is_name,
    summarize_titles,
)
from bot.pipeline.summarizing.voice import sets_a_scene, speaks_for_itself
from tests.pipeline.conftest import entry


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Mar 2, 2026AnnouncementsProject Larkwell: a first update", "Project Larkwell: a first update"),
        ("PolicyDec 18, 2025Halden answers the regulator", "Halden answers the regulator"),
        ("Halden buys Ebner for $2 billion in cash and shares (Ada Quist/Example Wire)", "Halden buys Ebner for $2 billion in cash and shares"),
        ("Eilmeldung: Halden stoppt Corvid", "Halden stoppt Corvid"),
        ("速報：Halden、Corvidを公開", "Halden、Corvidを公開"),
        ("Halden&#8217;s model is out", "Halden’s model is out"),
    ],
)  # fmt: skip
def test_what_was_glued_to_a_title_is_no_headline(title: str, clean: str) -> None:
    assert clean_title(title) == clean


def test_a_long_title_is_told_by_its_first_clause_and_the_rest_below() -> None:
    first = "Sources: Halden has agreed to buy the chip designer Ebner for $2 billion in cash and shares"
    found = entry(
        title=f"{first}; Halden expects the purchase to close in June after a review by three regulators",
        text="",
    )
    assert headline_of(found) == first
    told = summarize_titles(found, [found])
    assert [s.text for s in told] == [
        "Halden expects the purchase to close in June after a review by three regulators."
    ]
    assert told[0].receipts[0].start == -1
    assert len(headline_of(entry(title="word " * 100))) <= LONGEST


def test_what_stands_behind_a_semicolon_is_told_below_also_where_it_hangs_on_the_headline() -> None:
    first = "Halden hires Mara Ebner of Ostrava Labs to lead its chips"
    found = entry(title=f"{first}; she succeeds Jon Tarn, who left in spring", text="")
    assert headline_of(found) == first
    assert [s.text for s in summarize_titles(found, [found])] == [
        "She succeeds Jon Tarn, who left in spring."
    ]


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Halden says a model has proved a conjecture (HaldenAI)", "Halden says a model has proved a conjecture"),
        ("Halden trains a model for the agency of space (NASA)", "Halden trains a model for the agency of space (NASA)"),
    ],
)  # fmt: skip
def test_who_tells_it_stands_in_brackets_also_in_mixed_letters(title: str, clean: str) -> None:
    assert clean_title(title) == clean


def test_the_label_of_a_page_is_no_sentence() -> None:
    lead = entry(1, title="Halden chief Mara Ebner says chips will stay scarce", text="")
    label = entry(
        2, title="Q&A with Mara Ebner of Halden on scarce chips, prices and rivals", text="", outlet="B"
    )
    assert summarize_titles(lead, [lead, label]) == []


@pytest.mark.parametrize(
    "title",
    [
        "Halden reports record revenue for the quarter; shares jump 9%",
        "Weights; licences; and what else Halden gives to everybody who asks",
    ],
)
def test_what_is_no_sentence_behind_a_semicolon_stays_in_the_headline(title: str) -> None:
    assert headline_of(entry(title=title, text="")) == title


@pytest.mark.parametrize(
    ("language", "title", "headline"),
    [
        ("en", "Halden launches Corvid 3. How to try it for free now.", "Halden launches Corvid 3"),
        ("en", "Halden files for a listing. Here’s what to know", "Halden files for a listing"),
        ("it", "Halden presenta Corvid-3. Come usarlo senza pagare", "Halden presenta Corvid-3"),
        ("en", "Halden buys Ebner. The quarrel is over.", "Halden buys Ebner. The quarrel is over."),
        ("en", "Corvid 3. Is it any good?", "Corvid 3. Is it any good?"),
        (
            "en",
            "Halden acquires Ebner, which makes kits for programmers from descriptions, and plans to close its "
            "hosted products, after reportedly discussing a price of 300 million dollars",
            "Halden acquires Ebner, which makes kits for programmers from descriptions, and plans to close its "
            "hosted products",
        ),
        (
            "en",
            "‘After one month most of our partners have found hundreds of severe weaknesses each’: Halden claims "
            "that Corvid has found ten thousand weaknesses in all",
            "Halden claims that Corvid has found ten thousand weaknesses in all",
        ),
    ],
)
def test_a_headline_ends_where_the_news_does(language: str, title: str, headline: str) -> None:
    assert headline_of(entry(title=title, text="", language=language)) == headline


@pytest.mark.parametrize(
    ("language", "headline", "is_one"),
    [
        ("en", "Corvid 3 Flash", True),
        ("en", "Halden acquires Ebner", False),
        ("de", "Halden übernimmt Ebner", False),
    ],
)
def test_a_name_says_nothing_that_happened(language: str, headline: str, *, is_one: bool) -> None:
    assert is_name(headline, language) is is_one


def test_another_title_tells_what_the_headline_does_not() -> None:
    lead = entry(1, title="Halden hires Ada Quist", text="")
    other = entry(
        2, title="Halden hires Ada Quist to lead a team of forty that trains Corvid on less data", text=""
    )
    asking = entry(
        3, title="Why does Halden need Ada Quist and a new team in a distant harbour town?", text=""
    )
    assert [s.text[:30] for s in summarize_titles(lead, [lead, asking, other])] == [other.title[:30]]
    assert summarize_titles(lead, [lead, asking]) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We are bringing Corvid to every harbour."), ("en", "Try Corvid today in the app."), ("en", "“It is a new age.”"),
        ("it", "Abbiamo portato Corvid in ogni porto."), ("it", "Scopri Corvid oggi stesso."), ("de", "Wir bringen Corvid in jeden Hafen."),
        ("fr", "Nous apportons Corvid dans chaque port."), ("fr", "« C’est une nouvelle ère. »"), ("es", "Descubre Corvid en la aplicación."),
        ("zh", "我们将把 Corvid 带到每个港口。"), ("ja", "ぜひCorvidを使ってください。"), ("en", "What does it cost?"),
    ],
)  # fmt: skip
def test_a_newsroom_does_not_say_it(language: str, text: str) -> None:
    assert not speaks_for_itself(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "“We are bringing Corvid to every harbour,” Halden’s head said on Monday."), ("fr", "« C’est une nouvelle ère », a déclaré la directrice de Halden."),
        ("de", "Halden bringt Corvid in jeden Hafen."), ("ja", "HaldenはCorvidを公開した。"), ("zh", "Halden 发布了 Corvid。"),
    ],
)  # fmt: skip
def test_a_newsroom_says_it(language: str, text: str) -> None:
    assert speaks_for_itself(text, language)
    assert not sets_a_scene(text, language)


def test_scenes_are_known() -> None:
    assert sets_a_scene("For years nobody asked the harbour.", "en")
    assert sets_a_scene("Seit Jahren fragt niemand den Hafen.", "de")
    assert sets_a_scene("Negli ultimi anni nessuno lo chiedeva.", "it")
