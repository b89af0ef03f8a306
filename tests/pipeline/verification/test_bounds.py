"""A figure keeps the time it is for, and the side on which it is a limit."""

import pytest

from bot.pipeline.verification.bounds import find_changed_bound
from bot.pipeline.verification.check import Source, check

CHANGED = [
    ("en", "It costs 20 dollars a year.", "en", "It costs 20 dollars per month."),
    ("en", "The plan is 20 dollars per month.", "de", "Der Tarif kostet 20 Dollar im Jahr."),
    ("it", "Costa 20 euro all'anno.", "it", "Costa 20 euro al mese."),
    ("de", "Das kostet 20 Euro pro Jahr.", "de", "Das kostet 20 Euro pro Monat."),
    ("fr", "Il coûte 20 euros par an.", "fr", "Il coûte 20 euros par mois."),
    ("es", "Cuesta 20 euros al año.", "es", "Cuesta 20 euros al mes."),
    ("pt", "Custa 20 dólares por ano.", "pt", "Custa 20 dólares por mês."),
    ("pt", "Custa 20 dólares ao mês.", "en", "It costs 20 dollars a year."),
    ("zh", "每年20美元。", "zh", "每月20美元。"),
    ("ja", "年額20ドルです。", "ja", "月額20ドルです。"),
    ("en", "It reads over 200 pages.", "en", "It reads up to 200 pages."),
    ("it", "Legge più di 200 pagine.", "it", "Legge fino a 200 pagine."),
    ("de", "Es liest mehr als 200 Seiten.", "de", "Es liest bis zu 200 Seiten."),
    ("fr", "Il lit plus de 200 pages.", "fr", "Il lit jusqu'à 200 pages."),
    ("es", "Lee más de 200 páginas.", "es", "Lee hasta 200 páginas."),
    ("pt", "Lê mais de 200 páginas.", "pt", "Lê até 200 páginas."),
    ("pt", "Lê pelo menos 200 páginas.", "en", "It reads up to 200 pages."),
    ("zh", "它能读超过200页。", "zh", "它最多能读200页。"),
    ("ja", "200ページ以上を読む。", "ja", "最大200ページを読む。"),
]
KEPT = [
    ("en", "It costs 20 dollars a month.", "it", "Costa 20 euro al mese, cioè 20 dollari al mese."),
    ("en", "It costs 20 dollars a month.", "en", "It costs 20 dollars."),
    ("en", "It costs 20 dollars.", "en", "It costs 20 dollars per month."),
    ("en", "It costs 20 dollars a year, or 2 a month.", "en", "It costs 2 dollars per month, 20 dollars per year."),
    ("en", "At least 200 came, at most 300.", "en", "More than 200 and fewer than 300 came."),
    ("en", "No more than 200 pages are read.", "en", "It reads up to 200 pages."),
    ("en", "Not fewer than 200 came.", "en", "At least 200 came."),
    ("de", "Im Jahr 2025 waren es 20 Millionen.", "de", "20 Millionen waren es im Monat Mai."),
    ("fr", "Plus de 200 pages sont lues.", "en", "It reads 200 pages, over 200 in fact."),
    ("pt", "Não mais de 200 páginas são lidas.", "en", "It reads up to 200 pages."),
    ("pt", "Vieram pelo menos 200 pessoas.", "pt", "Mais de 200 pessoas vieram."),
    ("zh", "超过200人参加。", "en", "More than 200 people came."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "said", "source_language", "source"), CHANGED)
def test_another_time_or_side_is_found(language: str, said: str, source_language: str, source: str) -> None:
    assert find_changed_bound(said, language, [(source, source_language)])
    assert not check(said, language, [Source(source, source_language)]).ok


@pytest.mark.parametrize(("language", "said", "source_language", "source"), KEPT)
def test_the_same_or_none_passes(language: str, said: str, source_language: str, source: str) -> None:
    assert not find_changed_bound(said, language, [(source, source_language)])
