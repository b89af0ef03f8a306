"""Names of a sentence stand in its source, and beside what it says of them."""

import pytest

from bot.pipeline.verification.names import find_common_word, find_misplaced_name, find_unknown_name, names_in


@pytest.mark.parametrize(
    ("language", "said", "source"),
    [
        ("en", "Work by Haldens engineers.", "Halden engineers did it."),
        ("en", "A deal with the Nordics.", "The Nordic states signed."),
        ("it", "Lo dice la Corvi.", "La Corvinata lo conferma."),
        ("de", "Die Preise steigen laut Angaben der Behörde.", "Es wird teurer."),
        ("ja", "NOVAが学習塾を買収へ", "novaは学習塾を買収する。"),
        ("zh", "Halden公司发布新模型", "新模型由Halden公司发布。"),
        ("ja", "クラウド大手が発表", "クラウドの大手企業が発表した。"),
        ("zh", "公司高管表示成本很低。", "该公司说成本不高。"),
        ("en", "Everyone has opened the hall.", "They opened it."),
        ("en", "Funding was approved.", "The money is there."),
        ("en", "Report: The hall is open.", "The hall is open."),
    ],
)
def test_a_name_in_another_form_is_known(language: str, said: str, source: str) -> None:
    assert not find_unknown_name(said, language, [source])


@pytest.mark.parametrize(
    ("language", "said", "source", "name"),
    [
        ("en", "The hall belongs to Ravnholt.", "The hall belongs to Halden.", "Ravnholt"),
        ("en", "ORC wins the case.", "The force of the orchestra wins.", "ORC"),
        ("de", "Das sagt die Ministerin Grete Ravnholt.", "Das sagt die Ministerin Ada Brandt.", "Ravnholt"),
        ("de", "Geklagt hat die ORC.", "Geklagt hat die Kammer.", "ORC"),
        ("ja", "新製品はラーヴンが発売", "新製品はハルデンが発売", "ラーヴン"),
        ("ja", "震源は岩手県沖", "震源は高知県沖", "岩手県"),
        ("zh", "Ravn发布新模型", "新模型由Halden公司发布。", "Ravn"),
        ("zh", "他毕业于复旦大学。", "他毕业于清华大学。", "复旦大学"),
        ("zh", "新模型由拉文霍尔特发布。", "新模型由哈登公司发布。", "拉文霍尔特"),
        ("zh", "李雷表示成本很低。", "王芳表示成本很低。", "李雷"),
        ("en", "Ravnholt has opened its new hall.", "The company has opened its new hall.", "Ravnholt"),
        ("en", "Grace: The hall is open.", "The hall is open, says Ada.", "Grace"),
        ("en", "It was Dr. Hans Ravnholt.", "It was Dr. Ada Brandt.", "Hans"),
        ("de", "Das sagt Dr. Hans Ravnholt.", "Das sagt Dr. Ada Brandt.", "Ravnholt"),
        ("de", "Das sagt die RavnholtAI.", "Das sagt die Kammer.", "RavnholtAI"),
        ("de", "Das sagt die RAVNHOLT.", "Das sagt die Kammer.", "RAVNHOLT"),
        ("en", "The company Dons won.", "The company Halden won, and we don't mind.", "Dons"),
    ],
)
def test_a_foreign_name_is_found(language: str, said: str, source: str, name: str) -> None:
    assert name in find_unknown_name(said, language, [source])


def test_a_name_of_another_part_of_the_article_is_found() -> None:
    source = (
        "The court fined the shipping company Halden over spilled oil in the northern fjord. "
        "Neighbours had complained for years. Nobody listened. "
        "Music: the choir of Ravnholt sings tonight."
    )
    said = "A fine over spilled oil in the northern fjord hits the company Ravnholt."
    assert find_misplaced_name(said, "en", [source]) == "Ravnholt"
    assert not find_misplaced_name(said.replace("Ravnholt", "Halden"), "en", [source])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Es kostet Millionen Dollar, sagt Ada Brandt."),
        ("ja", "チップは安い。"),
        ("zh", "该公司在北京大学发布。"),
    ],
)
def test_what_is_written_otherwise_in_translation_is_no_foreign_name(language: str, said: str) -> None:
    assert not find_unknown_name(said, language, ["It costs millions, says Ada Brandt."], translated=True)


def test_a_product_is_called_the_same_in_translation() -> None:
    assert find_unknown_name(
        "Das Modell HaldenChat ist da.", "de", ["The new model is here."], translated=True
    )
    assert find_unknown_name("HaldenChat已发布。", "zh", ["The new model is here."], translated=True)


HARBOUR = "Small boats wait in the harbour, under united flags, and the choir counts the stars. The Ravn bridge opens in May."


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("The bridge was opened by Stars on a boat.", "Stars"),
        ("A flag of the United Quays hangs on it.", "United"),
        ("The bridge of Ravn opens in May.", ""),
        ("The boats wait under United Flags.", ""),
        ("Ravn Bridge Opens Under United Stars", ""),
        ("The choir said of the boats: ' Small they are '.", ""),
        ("The bridge of OpenAI opens.", ""),
        ("Harbour Post (The Paper): “We opened the bridge.”", ""),
    ],
)
def test_what_sources_write_small_is_no_name(said: str, name: str) -> None:
    assert find_common_word(said, "en", [HARBOUR]) == name


@pytest.mark.parametrize(("said", "language"), [("Die Brücke der Stars ist offen.", "de"), ("星の橋", "ja")])
def test_where_capitals_tell_nothing_no_name_is_doubted(said: str, language: str) -> None:
    assert not find_common_word(said, language, [HARBOUR])


def test_the_names_of_a_sentence_are_told_once_each() -> None:
    said = "In Halden the lab of Ravnholt tests HaldenChat, says Ravnholt, and ORC pays."
    assert names_in(said, "en") == ["Halden", "Ravnholt", "HaldenChat", "ORC"]
    assert names_in("Das Labor in Halden testet HaldenChat.", "de") == ["HaldenChat"]


@pytest.mark.parametrize(
    ("language", "sentence", "source"),
    [
        ("it", "Il centro ha 110.000 GPU.", "The centre has 110,000 GPUs."),
        ("fr", "Le service ouvre deux API.", "The service opens two APIs."),
        ("en", "The centre has many GPUs.", "Ogni centro usa una GPU."),
    ],
)
def test_an_acronym_is_the_same_in_both_numbers(language: str, sentence: str, source: str) -> None:
    assert find_unknown_name(sentence, language, [source], translated=True) == ""
