"""Figures of a sentence stand in its source: in digits or words, with their measure, and beside their name."""

import pytest

from bot.pipeline.verification.figures import find_unknown_figure


def unknown(said: str, source: str, language: str = "en", source_language: str = "") -> str:
    return find_unknown_figure(said, language, [(source, source_language or language)])


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
        ("pt", "São 3 milhões.", "São três milhões."),
        ("pt", "Afundaram 16 barcos.", "Dezesseis barcos afundaram."),
        ("pt", "São 80 quilômetros.", "São 80 km."),
        ("pt", "Custa R$ 5 milhões.", "Custa 5 milhões de reais."),
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
        ("pt", "São 80 milhas.", "São 80 quilômetros."),
        ("pt", "Custa R$ 5 milhões.", "Custa US$ 5 milhões."),
        ("pt", "Cresceu 12 por cento.", "Cresceu 21 por cento."),
        ("zh", "全长80公里。", "全长80英里。"),
    ],
)
def test_another_figure_is_found(language: str, said: str, source: str) -> None:
    assert unknown(said, source, language)


def test_measures_carry_over_between_languages() -> None:
    assert not unknown("线路长80公里。", "The line is 80 kilometres long.", "zh", "en")
    assert unknown("线路长80英里。", "The line is 80 kilometres long.", "zh", "en")


@pytest.mark.parametrize(
    ("said", "source", "held"),
    [
        ("It has 5000mAh.", "A 5000mAh battery is inside.", True),
        ("It has 5000bnAh.", "A 5000mAh battery is inside.", False),
        ("It has 16TB of memory.", "It comes with 16GB of memory.", False),
        ("It has 16GB of memory.", "It comes with 16 GB of memory.", True),
        ("It is the 30th.", "It began in the 30s.", True),
        ("It starts at 9pm.", "It starts at 9p.m.", True),
        ("It cost $5m.", "It cost $5mn.", True),
    ],
)
def test_a_unit_written_to_its_number_is_the_sources(said: str, source: str, held: bool) -> None:
    assert (find_unknown_figure(said, "en", [(source, "en")]) == "") == held


@pytest.mark.parametrize(
    ("language", "said", "source_language", "source", "held"),
    [
        ("it", "Un piano da mille miliardi di yuan.", "zh", "总额1万亿元人民币的计划", True),
        ("it", "Un piano da mille milioni di yuan.", "zh", "总额1万亿元人民币的计划", False),
        ("it", "Un piano da un miliardo di yuan.", "en", "A plan worth 1 trillion yuan.", False),
        ("it", "Un piano da un miliardo di euro.", "en", "A plan worth a billion euros.", True),
        ("it", "Ha raccolto 220 milioni di euro.", "zh", "筹集了2.2亿欧元", True),
        ("en", "It raised 5 billion dollars.", "es", "Recaudó 5 mil millones de dólares.", True),
        ("pt", "Captou 5 bilhões de dólares.", "de", "Es bekam 5 Milliarden Dollar.", True),
        ("pt", "Captou 5 bilhões de dólares.", "de", "Es bekam 5 Billionen Dollar.", False),
        ("es", "Reúne a millones de personas.", "es", "Reúne a mucha gente.", True),
    ],
)
def test_scales_are_compared_across_languages(
    language: str, said: str, source_language: str, source: str, held: bool
) -> None:
    assert (find_unknown_figure(said, language, [(source, source_language)]) == "") == held


def test_a_number_that_the_source_gives_to_something_else_is_no_version() -> None:
    assert unknown("Corvid 4 is out.", "Corvid 3 runs on 4 chips.") == "corvid 4"
    assert not unknown("Corvid 3 is out.", "Corvid 3 runs on 4 chips.")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "哈尔登实验室将在10月公布结果。"),
        ("ja", "ハルデン研究所は10月に結果を公表する。"),
        ("ko", "할덴 연구소는 10월에 결과를 발표한다."),
    ],
)
def test_a_month_in_digits_is_no_figure(language: str, sentence: str) -> None:
    assert (
        find_unknown_figure(sentence, language, [("Halden Labs will publish the results in October.", "en")])
        == ""
    )


def test_a_number_of_months_is_a_figure() -> None:
    assert (
        find_unknown_figure("结果将在10个月后公布。", "zh", [("The results come in three months.", "en")])
        == "10"
    )


@pytest.mark.parametrize(
    ("language", "said", "source_language", "source"),
    [
        ("it", "Costa un milione e mezzo di euro.", "en", "It costs 1.5 million euros."),
        ("it", "Costa mezzo milione di euro.", "en", "It costs 500,000 euros."),
        ("fr", "Il coûte deux millions et demi.", "en", "It costs 2.5 million."),
        ("es", "Cuesta un millón y medio.", "en", "It costs 1.5 million."),
        ("es", "Cuesta medio millón de euros.", "en", "It costs 500,000 euros."),
        ("pt", "Custa meio milhão de euros.", "en", "It costs 500,000 euros."),
        ("pt", "Custa um milhão e meio de euros.", "en", "It costs 1.5 million euros."),
        ("de", "Es kostet anderthalb Millionen Euro.", "en", "It costs 1.5 million euros."),
        ("de", "Es kostet zweieinhalb Milliarden Euro.", "en", "It costs 2.5 billion euros."),
        ("en", "It costs two and a half million euros.", "de", "Es kostet 2,5 Millionen Euro."),
        ("en", "It costs half a million euros.", "de", "Es kostet 500.000 Euro."),
        ("en", "25,000 people came.", "zh", "共有2万5000人参加。"),
        ("zh", "共有两万五千人参加。", "en", "25,000 people came."),
        ("en", "It costs 3.5 billion yuan, up 23%.", "zh", "花费三十五亿元，增长百分之二十三。"),
        ("en", "It costs 1.5 trillion yen, up 30%.", "ja", "費用は1兆5000億円で、三割増えた。"),
    ],
)
def test_halves_and_numbers_in_ideographs_are_read_whole(
    language: str, said: str, source_language: str, source: str
) -> None:
    assert not find_unknown_figure(said, language, [(source, source_language)])


@pytest.mark.parametrize(
    ("language", "said", "source_language", "source"),
    [
        ("it", "Costa un milione e mezzo di euro.", "en", "It costs 1 million euros."),
        ("de", "Es kostet anderthalb Millionen Euro.", "en", "It costs 1 million euros."),
        ("en", "It costs half a million euros.", "en", "It costs a million euros."),
        ("zh", "花费三十五亿元。", "zh", "花费三十亿元。"),
        ("zh", "共有2万5000人参加。", "zh", "共有2万人参加，5000人在场外。"),
        ("ja", "費用は三割増えた。", "ja", "費用は二割増えた。"),
        ("zh", "增长百分之二十三。", "zh", "增长百分之二十。"),
    ],
)
def test_another_half_or_ideograph_is_another_figure(
    language: str, said: str, source_language: str, source: str
) -> None:
    assert find_unknown_figure(said, language, [(source, source_language)])
