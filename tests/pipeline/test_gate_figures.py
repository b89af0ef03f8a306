"""Figures of a sentence stand in its source: in digits or words, with their measure, and beside their name."""

import pytest

from bot.pipeline.gate_figures import unknown_figure


def unknown(said: str, source: str, language: str = "en", source_language: str = "") -> str:
    return unknown_figure(said, language, [(source, source_language or language)])


@pytest.mark.parametrize(
    ("language", "said", "source"),
    [
        ("en", "11 boats sank.", "Eleven boats sank."),
        ("en", "It cost 3 million dollars.", "It cost three million dollars."),
        ("en", "It weighs 20 kg.", "It weighs 20kg."),
        ("en", "They met at 9 pm.", "They met at 9pm."),
        ("en", "Nearly 11,000 people came.", "In all 10,790 people came."),
        ("en", "About 1.5 million came.", "Exactly 1,501,200 came."),
        ("it", "Affondate 11 barche.", "Undici barche sono affondate."),
        ("it", "Rund 80 km.", "Sono 80 chilometri."),
        ("de", "Es sind 80 Kilometer.", "Es sind 80 km."),
        ("fr", "Près de 11.000 personnes.", "Au total 10.790 personnes."),
        ("es", "Son 3 millones.", "Son tres millones."),
        ("en", "Corvid 3 is out.", "Corvid 3 follows Corvid 2."),
    ],
)
def test_the_same_figure_written_otherwise_is_known(language: str, said: str, source: str) -> None:
    assert not unknown(said, source, language)


@pytest.mark.parametrize(
    ("language", "said", "source"),
    [
        ("en", "It opened in 2013.", "It opened in 2016."),
        ("en", "It costs 12,050 crowns.", "It costs 12,000 crowns."),
        ("en", "It runs for 80 km.", "It runs for 80 miles."),
        ("en", "It grew by 12 km.", "It grew by 12 per cent."),
        ("en", "Corvid 4 is out.", "Corvid 3 is out."),
        ("en", "The RV-8B flies.", "The RV-9B flies."),
        ("en", "Ada Brandt, 39, leads it.", "Ada Brandt, 38, leads it."),
        ("en", "Paid in euros.", "Paid in dollars."),
        ("de", "Es wiegt 20 km.", "Es wiegt 20 kg."),
        ("zh", "全长80公里。", "全长80英里。"),
    ],
)
def test_another_figure_is_found(language: str, said: str, source: str) -> None:
    assert unknown(said, source, language)


def test_measures_carry_over_between_languages() -> None:
    assert not unknown("线路长80公里。", "The line is 80 kilometres long.", "zh", "en")
    assert unknown("线路长80英里。", "The line is 80 kilometres long.", "zh", "en")
