"""The gate: nothing passes that its receipts do not say."""

import itertools
import random
from datetime import UTC, datetime

import pytest

from bot.model import Entry, Receipt
from bot.pipeline.verification.check import Source, check, same_figure, source_of
from bot.text.numbers import figures

SOURCE = (
    "Halden Labs released Corvid 3 on Monday. The model costs 3.5 million dollars and uses 2,000 chips. "
    "“It reads faster than we hoped,” said Ada Brandt. More at https://halden.example/corvid today."
)


def passes(sentence: str, language: str = "en", source: str = SOURCE, said_in: str = "en") -> bool:
    ruling = check(sentence, language, [Source(source, said_in)])
    assert ruling.ok or ruling.reason
    return ruling.ok


@pytest.mark.parametrize(
    "sentence",
    [
        "The model costs 3.5 million dollars and uses 2,000 chips.",
        "The  model costs 3.5 million\ndollars and uses 2,000 chips.",
        "Corvid 3 costs $3.5 million.",
        "It uses 2,000 chips.",
        "It uses 2000 chips.",
        "The cost is 3,500,000 dollars.",
        "“It reads faster than we hoped,” said Brandt.",
        "See https://halden.example/corvid for more.",
        "Halden Labs' model is out.",
    ],
)
def test_what_the_source_says_passes(sentence: str) -> None:
    assert passes(sentence)


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        ("The model costs 4.5 million dollars.", "figure"),
        ("The model costs 3.5 billion dollars.", "figure"),
        ("The model costs 3.5 million euros.", "figure"),
        ("It uses 200 chips.", "figure"),
        ("“It reads slower than we hoped,” said Brandt.", "quotation"),
        ("See https://evil.example/corvid for more.", "link"),
        ("The model was shown by Grace Hopper.", "name"),
        ("In the city, Microsoft released it.", "name"),
    ],
)
def test_what_the_source_does_not_say_fails(sentence: str, what: str) -> None:
    ruling = check(sentence, "en", [Source(SOURCE, "en")])
    assert not ruling.ok
    assert what in ruling.reason


def test_rounding_within_half_a_percent_passes() -> None:
    assert passes("About 1.5 million people.", source="Exactly 1,501,200 people came.")
    assert not passes("About 1.6 million people.", source="Exactly 1,501,200 people came.")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("it", "Costa 3,5 milioni di dollari e usa 2.000 chip."),
        ("de", "Es kostet 3,5 Millionen Dollar und braucht 2.000 Chips."),
        ("fr", "Il coûte 3,5 millions de dollars et utilise 2 000 puces."),
        ("es", "Cuesta 3,5 millones de dólares y usa 2.000 chips."),
        ("pt", "Custa 3,5 milhões de dólares e usa 2.000 chips."),
        ("zh", "价格为350万美元，使用2000块芯片。"),
        ("ja", "価格は350万ドルで、2000個のチップを使う。"),
    ],
)
def test_another_languages_numbers_pass_when_they_are_the_same(language: str, sentence: str) -> None:
    assert passes(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("it", "Costa 3,6 milioni di dollari."),
        ("pt", "Custa 3,5 bilhões de dólares."),
        ("zh", "价格为3500万美元。"),
        ("de", "Es kostet 3,5 Milliarden Dollar."),
    ],
)
def test_another_languages_numbers_fail_when_they_differ(language: str, sentence: str) -> None:
    assert not passes(sentence, language)


def test_without_receipts_only_what_claims_nothing_passes() -> None:
    assert not check("It costs 5 dollars.", "en", []).ok
    assert check("A quiet day.", "en", []).ok


def test_each_figure_may_rest_on_another_receipt() -> None:
    receipts = [Source("It costs 5 dollars.", "en"), Source("Usa 2.000 chip.", "it")]
    assert check("It costs $5 and uses 2,000 chips.", "en", receipts).ok


HOSTILE = [
    "", " ", "\ud800", "9" * 400, "“", "“" * 300, '"' * 301, "1,2,3." * 200, "not " * 400, "A" * 3000, "ノ" * 500, "不" * 500,
    "May 99 9999", "0月0日", "13月40日", "99/99/9999", "²½Ⅷ٣𝟗", "http://", "İßﬁ", "a.Bb " * 400, "- " * 500, "[…]“[…]”", "\x00\u200b",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de", "zh", "ko", "xx", ""])
def test_no_text_makes_the_gate_fail(language: str) -> None:
    for said, source in itertools.pairwise([*HOSTILE, *reversed(HOSTILE), SOURCE]):
        ruling = check(said, language, [Source(source, language), Source(said[:7], "en")])
        assert ruling.ok or ruling.reason


def test_random_text_does_not_make_the_gate_fail() -> None:
    chance = random.Random(7)
    for _ in range(300):
        said, source = ("".join(chance.choices("".join(HOSTILE)[-900:] + SOURCE, k=60)) for _ in range(2))
        assert isinstance(check(said, "en", [Source(source, "en")]).ok, bool)


def test_what_is_too_long_for_a_sentence_fails_unless_taken_over() -> None:
    long = "The lab opened its hall. " * 400
    assert not check(f"{long} Today.", "en", [Source(long, "en")]).ok
    assert check(long, "en", [Source(long, "en")]).ok


TOWN = (
    "The glass bridge over the Orla opened in 1998. The tower beside the market was built in 2011. A lantern hung at its gate. "
    "The court fined the shipping company Halden over spilled oil in the northern fjord. Neighbours had complained for years. "
    "Nobody listened. Music: the choir of Ravnholt sings tonight."
)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The glass bridge over the Orla dates from 2011.", "another year than 2011"),
        ("They met the Lantern beside the tower of the market.", "Lantern only as a common word"),
        ("A fine over spilled oil in the northern fjord hits the company Ravnholt.", "nothing of this about Ravnholt"),
    ],
)  # fmt: skip
def test_what_the_source_says_of_something_else_fails(sentence: str, reason: str) -> None:
    assert reason in check(sentence, "en", [Source(TOWN, "en")]).reason


def test_figures_of_different_units_are_different_figures() -> None:
    percent, dollars, bare = (figures(text, "en")[0] for text in ("40 percent", "40 dollars", "40"))
    assert not same_figure(percent, dollars)
    assert same_figure(percent, bare)


NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ARTICLE = Entry(
    id=1, feed_id=1, title="Halden Labs opens Corvid 2", link="https://e.example/1",
    text="Corvid 2 came out on Tuesday. We are releasing it under a free licence. It resolves 71.4% of the issues.\n\n"
    "Ravnholt of the chamber of commerce doubts it.",
    language="en", published=NOW, first_seen=NOW, outlet="Halden Labs",
)  # fmt: skip
SHARE = "It resolves 71.4% of the issues."


def ruled(said: str, cited: str, language: str = "en") -> str:
    """Return why a sentence may not be told that rests on one sentence of the article."""
    start = ARTICLE.text.index(cited)
    return check(said, language, [source_of(ARTICLE, Receipt(1, start, start + len(cited)))]).reason


@pytest.mark.parametrize(
    ("said", "cited", "language"),
    [
        ("Halden Labs is releasing it under a free licence.", "We are releasing it under a free licence.", "en"),
        ("Corvid 2 resolves 71.4% of the issues.", SHARE, "en"),
        ("Corvid 2 risolve il 71,4% dei problemi.", SHARE, "it"),
        ("Corvid 2 löst 71,4 % der Aufgaben.", SHARE, "de"),
        ("O Corvid 2 resolve 71,4% dos problemas.", SHARE, "pt"),
        ("Corvid 2解决了71.4%的问题。", SHARE, "zh"),
    ],
)  # fmt: skip
def test_what_stands_around_names_who_is_meant(said: str, cited: str, language: str) -> None:
    assert not ruled(said, cited, language)


@pytest.mark.parametrize(
    "said",
    [
        "Corvid 3 resolves 71.4% of the issues.",
        "Ravnholt says that it resolves 71.4% of the issues.",
        "Corvid 2 resolves 71.4% of 2 issues.",
    ],
)
def test_what_stands_around_lends_its_names_and_nothing_else(said: str) -> None:
    assert ruled(said, SHARE)
