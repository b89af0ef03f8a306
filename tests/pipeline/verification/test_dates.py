"""What a sentence says of the calendar stands in its source, in whatever words."""

import pytest

from bot.pipeline.verification.dates import dates, find_moved_year, find_unknown_date

SOURCES = {
    "en": "On Tuesday, 14 April 2026, the lab in Halden opened its new hall to visitors.",
    "it": "Martedì 14 aprile 2026 il laboratorio di Halden ha aperto la nuova sala ai visitatori.",
    "de": "Am Dienstag, dem 14. April 2026, öffnete das Labor in Halden die neue Halle für Besucher.",
    "fr": "Mardi 14 avril 2026, le laboratoire de Halden a ouvert sa nouvelle salle aux visiteurs.",
    "es": "El martes 14 de abril de 2026 el laboratorio de Halden abrió su nueva sala al público.",
    "pt": "Na terça-feira, 14 de abril de 2026, o laboratório de Halden abriu sua nova sala ao público.",
    "zh": "2026年4月14日星期二，哈尔登实验室的新大厅对外开放。",
    "ja": "2026年4月14日火曜日、ハルデンの研究所は新しいホールを公開した。",
}
CLAIMS = [
    ("en", "Visitors first saw the hall on Tuesday.", "Visitors first saw the hall on Friday."),
    ("en", "The hall dates from April 14.", "The hall dates from April 17."),
    ("it", "La sala accoglie visitatori da aprile.", "La sala accoglie visitatori da maggio."),
    ("de", "Besucher kamen erstmals am Dienstag.", "Besucher kamen erstmals am Sonntag."),
    ("fr", "La salle existe depuis le 14 avril.", "La salle existe depuis le 15 avril."),
    ("es", "La sala recibe visitas desde el martes.", "La sala recibe visitas desde el jueves."),
    ("pt", "A sala recebe visitas desde terça-feira.", "A sala recebe visitas desde quinta-feira."),
    ("pt", "A sala existe desde 14 de abril.", "A sala existe desde 15 de abril."),
    ("zh", "大厅从4月14日起接待参观者。", "大厅从6月14日起接待参观者。"),
    ("ja", "ホールは火曜日から見学できる。", "ホールは金曜日から見学できる。"),
]


@pytest.mark.parametrize("source", sorted(SOURCES))
@pytest.mark.parametrize(("language", "right", "wrong"), CLAIMS)
def test_days_and_months_carry_over_between_languages(
    source: str, language: str, right: str, wrong: str
) -> None:
    assert not find_unknown_date(right, language, [(SOURCES[source], source)])
    assert find_unknown_date(wrong, language, [(SOURCES[source], source)])


@pytest.mark.parametrize("text", ["on 2026-04-14", "il 14/04/2026", "am 14.4.2026"])
def test_dates_in_digits_are_read(text: str) -> None:
    assert (4, 14) in dates(text, "en").numbers


@pytest.mark.parametrize("text", ["It may rise.", "They march on.", "The sun shone.", "Years 1999 and 2000."])
def test_words_that_only_look_like_days_or_months_are_none(text: str) -> None:
    assert not dates(text, "en").months
    assert not dates(text, "en").weekdays


def test_a_year_that_belongs_to_something_else_is_found() -> None:
    source = "The glass bridge over the Orla opened in 1998. The tower beside the market was built in 2011."
    assert find_moved_year("The glass bridge over the Orla dates from 2011.", "en", [source]) == "2011"
    assert not find_moved_year("The glass bridge over the Orla dates from 1998.", "en", [source])


def test_a_price_beside_a_month_is_no_day() -> None:
    assert not find_unknown_date(
        "Sarà in vendita da giugno a 14.500 dollari.", "it", [("将从6月起销售", "zh")]
    )


def test_a_month_of_another_year_is_another_date() -> None:
    source = [("The lab opened its new hall in April 2026.", "en")]
    assert find_unknown_date("La sala è aperta da aprile 2025.", "it", source) == "date"
    assert not find_unknown_date("La sala è aperta da aprile 2026.", "it", source)
    assert not find_unknown_date("La sala è aperta da aprile.", "it", source)


@pytest.mark.parametrize("language", ["fr", "it", "es", "de", "en"])
@pytest.mark.parametrize("name", ["Sam Altman", "Mar Adentro", "Jan Leike", "Lun Wang"])
def test_a_first_name_is_no_day_and_no_month(language: str, name: str) -> None:
    source = [(f"{name} spoke to reporters in Halden.", "en" if language != "en" else "it")]
    assert find_unknown_date(f"{name} a parlé à Halden.", language, source) == ""


def test_an_abbreviation_with_its_point_or_a_number_is_a_day() -> None:
    assert (
        find_unknown_date("Rendez-vous sam. à Halden.", "fr", [("See you in Halden on Friday.", "en")])
        == "day of the week"
    )
    assert (
        find_unknown_date(
            "Rendez-vous sam 14 à Halden.", "fr", [("See you in Halden on Friday the 14th.", "en")]
        )
        == "day of the week"
    )
    assert (
        find_unknown_date("Rendez-vous sam. à Halden.", "fr", [("See you in Halden on Saturday.", "en")])
        == ""
    )
