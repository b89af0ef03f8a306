"""Figures, however a language writes them."""

import pytest

from bot.text.numbers import figures


def read(text: str, language: str) -> list[tuple[float, str]]:
    return [(round(f.value, 6), f.unit) for f in figures(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "value", "unit"),
    [
        ("en", "It raised $1.5 billion.", 1.5e9, "usd"),
        ("en", "It has 2,000 GPUs.", 2000, ""),
        ("en", "It grew by 3.5%.", 3.5, "%"),
        ("en", "It grew by 3.5 per cent.", 3.5, "%"),
        ("en", "1,234,567 people", 1234567, ""),
        ("en", "5k users", 5000, ""),
        ("en", "$40bn", 40e9, "usd"),
        ("en", "£2.5m", 2.5e6, "gbp"),
        ("en", "1 trillion yuan", 1e12, "cny"),
        ("en", "3 crore", 3e7, ""),
        ("it", "2.000 GPU", 2000, ""),
        ("it", "3,5 milioni di euro", 3.5e6, "eur"),
        ("it", "140 miliardi di dollari", 140e9, "usd"),
        ("it", "1 trilione di yuan", 1e12, "cny"),
        ("it", "il 13%", 13, "%"),
        ("it", "il 13 per cento", 13, "%"),
        ("de", "1 Billion Yuan", 1e12, "cny"),
        ("de", "140 Milliarden Dollar", 140e9, "usd"),
        ("de", "3,5 Mio. Euro", 3.5e6, "eur"),
        ("de", "13 Prozent", 13, "%"),
        ("de", "2.000 Karten", 2000, ""),
        ("de", "1.234.567,89 Euro", 1234567.89, "eur"),
        ("fr", "1 billion de yuans", 1e12, "cny"),
        ("fr", "2 000 puces", 2000, ""),
        ("fr", "2\u202f000 puces", 2000, ""),
        ("fr", "3,5\u00a0%", 3.5, "%"),
        ("fr", "140 milliards de dollars", 140e9, "usd"),
        ("fr", "13 pour cent", 13, "%"),
        ("es", "1 billón de yuanes", 1e12, "cny"),
        ("es", "140 mil", 140e3, ""),
        ("es", "3,5 millones de euros", 3.5e6, "eur"),
        ("es", "13 por ciento", 13, "%"),
        ("pt", "3,5 bilhões", 3.5e9, ""),
        ("nl", "3,5 miljard euro", 3.5e9, "eur"),
        ("pl", "3,5 mld", 3.5e9, ""),
        ("ru", "3,5 млрд долларов", 3.5e9, "usd"),
        ("tr", "3,5 milyar", 3.5e9, ""),
        ("zh", "1万亿元", 1e12, "cny"),
        ("zh", "1400亿美元", 1.4e11, "usd"),
        ("zh", "2000块H800", 2000, ""),
        ("zh", "下跌13%", 13, "%"),
        ("zh", "5万人", 5e4, ""),
        ("ja", "1兆円", 1e12, "jpy"),
        ("ja", "140億ドル", 1.4e10, "usd"),
        ("ja", "3万人", 3e4, ""),
        ("ja", "13パーセント", 13, "%"),
        ("ko", "3조 원", 3e12, "krw"),
        ("ko", "5만 명", 5e4, ""),
    ],
)
def test_a_figure_has_its_value_and_unit(language: str, text: str, value: float, unit: str) -> None:
    assert (value, unit) in read(text, language)
    assert len(read(text, language)) == 1


@pytest.mark.parametrize(
    "text",
    ["GPT-4 is here", "the H800 chip", "in 3D", "Qwen2.5 and RV-9", "v2", "COVID-19", "no figures", ""],
)
def test_digits_in_names_are_no_figures(text: str) -> None:
    assert read(text, "en") == []


def test_the_same_digits_mean_different_values_by_language() -> None:
    assert read("1.500", "en") == [(1.5, "")]
    assert read("1.500", "it") == [(1500, "")]
    assert read("1,500", "en") == [(1500, "")]
    assert read("1,500", "de") == [(1.5, "")]
    assert read("0.123", "it") == [(0.123, "")]
    assert read("1 billion", "en") == [(1e9, "")]
    assert read("1 Billion", "de") == [(1e12, "")]


def test_figures_stand_where_they_say() -> None:
    text = "Sales rose 3.5% to $1.5 billion in 2026."
    assert [text[f.start : f.end] for f in figures(text, "en")] == ["3.5%", "$1.5 billion", "2026"]


def test_a_figure_at_the_end_of_a_sentence_keeps_its_value() -> None:
    assert read("They sold 3,000. Then 4.5.", "en") == [(3000, ""), (4.5, "")]


@pytest.mark.parametrize(
    "text", ["1,2,3,4", "1.2.3.4", "....5....", "٣٤", "²", "9" * 400, "1'000'000", "$", "%", "5" * 50 + "%"]
)
def test_odd_numbers_never_fail(text: str) -> None:
    for language in ("en", "it", "zh", "xx"):
        figures(text, language)


def test_a_currency_is_told_by_its_own_word_alone() -> None:
    assert read("A seat costs 20 euros centre stage.", "en") == [(20, "eur")]
    assert read("Il posto costa 20 euro cento giorni prima.", "it") == [(20, "eur")]


@pytest.mark.parametrize(
    "text",
    [
        "万一",
        "千万不要",
        "几十万人",
        "两三万人",
        "三一重工",
        "二成分",
        "3割合",
        "第二万",
        "二〇二六年",
        "三万五亿",
        "五万万万亿",
    ],
)
def test_what_is_no_exact_number_in_ideographs_is_none(text: str) -> None:
    assert not [figure for figure in figures(text, "zh") if not text[figure.start].isdecimal()]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2万5000人", 25_000, ""),
        ("3億5000万円", 350_000_000, "jpy"),
        ("一亿三千万元", 130_000_000, "cny"),
        ("十五万亿", 15e12, ""),
        ("百分之三点五", 3.5, "%"),
        ("三割", 30, "%"),
        ("六成以上", 60, "%"),
    ],
)
def test_a_number_in_ideographs_is_one_figure(text: str, value: float, unit: str) -> None:
    (figure,) = figures(text, "zh")
    assert (figure.value, figure.unit) == (value, unit)


def test_any_run_of_ideographs_that_count_is_read_or_passed_over() -> None:
    signs = "零一二三十百千万亿兆割成"
    for number in range(len(signs) ** 4):
        text = "".join(signs[number // len(signs) ** place % len(signs)] for place in range(4))
        figures(text, "zh")
