"""Whose voice a sentence has, and what of a company's own may be quoted."""

import pytest

from bot.model import Length
from bot.pipeline.summarizing.extract import choose
from bot.pipeline.summarizing.headlines import headline_of
from bot.pipeline.summarizing.units import hangs, units_of
from bot.pipeline.summarizing.voice import can_be_quoted, quote, sets_a_scene
from bot.pipeline.verification.check import check, source_of
from tests.pipeline.conftest import entry

OPENS = "Today we are opening Corvid 3 to everybody, with weights and a licence that asks for nothing."
COSTS = "Corvid 3 costs 40 cents for a million words and runs on a single graphics card at home."
POST = (
    f"{OPENS} {COSTS} Schools in Norway have tried it for a year. We thank everyone who sent us their notes."
)


@pytest.mark.parametrize(
    ("language", "quoted"),
    [
        ("en", "Halden Labs: “We open it.”"),
        ("it", "Halden Labs: «We open it.»"),
        ("de", "Halden Labs: „We open it.“"),
        ("fr", "Halden Labs\u00a0: «\u202fWe open it.\u202f»"),
        ("es", "Halden Labs: «We open it.»"),
        ("pt", "Halden Labs: “We open it.”"),
        ("zh", "Halden Labs：“We open it.”"),
        ("ja", "Halden Labs：「We open it.」"),
        ("xx", "Halden Labs: “We open it.”"),
    ],
)
def test_a_quotation_is_written_as_its_language_does(language: str, quoted: str) -> None:
    assert quote("Halden Labs", "We open it.", language) == quoted


def told_of(kind: str, text: str = POST, outlet: str = "Halden Labs") -> list[str]:
    post = entry(1, title="Corvid 3 for everybody", text=text, kind=kind, outlet=outlet)
    return [s.text for s in choose(units_of(post), headline_of(post), post, Length.LINE)]


def test_a_companys_news_is_told_in_its_own_words_with_its_name() -> None:
    assert told_of("lab blog") == [f"Halden Labs: “{OPENS}”", COSTS]


def test_a_newsroom_that_says_we_is_not_quoted() -> None:
    assert told_of("news outlet")[0] == COSTS


def test_what_a_company_says_further_down_is_not_quoted() -> None:
    late = f"{COSTS} Schools in Norway have tried it for a year with forty teachers. {OPENS}"
    assert not any("Halden Labs:" in sentence for sentence in told_of("lab blog", late))


def test_one_quotation_is_enough() -> None:
    two = f"{OPENS} We also lower our prices for schools by 40 percent from March on. {COSTS}"
    assert sum("Halden Labs:" in sentence for sentence in told_of("lab blog", two)) == 1


@pytest.mark.parametrize("outlet", ["", "Halden: News", "The “Halden” blog"])
def test_without_a_plain_name_nothing_is_quoted(outlet: str) -> None:
    assert told_of("lab blog", outlet=outlet)[0] == COSTS


def test_an_apostrophe_is_no_quotation_mark() -> None:
    assert can_be_quoted("Today we’re opening Corvid 3, and it's free.", "en")


def test_the_gate_lets_a_quotation_pass_and_no_changed_one() -> None:
    post = entry(1, title="Corvid 3 for everybody", text=POST, kind="lab blog", outlet="Halden Labs")
    unit = units_of(post)[0]
    sources = [source_of(post, receipt) for receipt in unit.receipts]
    assert check(unit.text, "en", sources).ok
    assert not check(unit.text.replace("everybody", "nobody"), "en", sources).ok
    assert not check(unit.text.replace("Halden Labs", "Larkwell"), "en", sources).ok


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Will we open Corvid 3 to everybody this year?", "en"),
        ("Try it, and tell us what we can do better next time.", "en"),
        ("“We open Corvid 3,” said our chief engineer in Oslo.", "en"),
        ("We say ”odd” marks are no quotation of ours.", "en"),
        ('We say "half open marks are none, either.', "en"),
        ("We call it ``free'' for everybody.", "en"),
        ("We call it ‘free’ for everybody.", "en"),
        ("Halden Labs opens Corvid 3 to everybody this week.", "en"),
    ],
)
def test_questions_calls_and_quotations_are_not_quoted(text: str, language: str) -> None:
    assert not can_be_quoted(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Halden Labs also opened an office in Lisbon for forty people.", "en"),
        ("To help buyers decide, both of these offers come with a paper.", "en"),
        ("La società ha anche aperto una sede a Lisbona per quaranta persone.", "it"),
        ("Das Labor hat auch ein Büro in Lissabon für vierzig Leute eröffnet.", "de"),
        ("Le laboratoire a également ouvert un bureau à Lisbonne.", "fr"),
        ("El laboratorio también abrió una oficina en Lisboa este lunes.", "es"),
        ("O laboratório também abriu um escritório em Lisboa na segunda.", "pt"),
    ],
)
def test_what_comes_on_top_hangs_on_what_stands_before(text: str, language: str) -> None:
    assert hangs(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Language models have become the default way to read long contracts.", "en"),
        ("Korea is one of the most active places for writing assistants.", "en"),
        ("I modelli di linguaggio sono ormai diventati uno strumento di lavoro.", "it"),
        ("Korea ist eines der wichtigsten Länder für solche Dienste.", "de"),
        ("Les modèles de langue sont devenus un outil de tous les jours.", "fr"),
        ("Los modelos de lengua se han convertido en una herramienta diaria.", "es"),
        ("A Coreia é um dos maiores mercados para esses serviços.", "pt"),
    ],
)
def test_how_things_stand_is_a_scene(text: str, language: str) -> None:
    assert sets_a_scene(text, language)


def test_the_news_itself_is_no_scene() -> None:
    assert not sets_a_scene("Halden Labs has opened Corvid 3 to everybody on Monday.", "en")
