"""Names that Chinese and Japanese write by their sound are known again in Latin letters."""

import pytest

from bot.pipeline.verification.check import Source, check
from bot.pipeline.verification.spelling import is_spelled


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Hayden", "海登"),
        ("Stavanger", "斯塔万格附近"),
        ("Bergen", "卑尔根大学"),
        ("Hinton", "辛顿教授"),
        ("Rodriguez", "罗德里格斯"),
        ("Schmidt", "シュミット氏"),
        ("Johnson", "ジョンソン首相"),
        ("Collins", "コリンズ"),
    ],
)
def test_a_name_is_known_by_its_consonants(name: str, text: str) -> None:
    assert is_spelled(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Peterson", "海登"),
        ("Schmidt", "罗德里格斯"),
        ("Collins", "シュミット氏"),
        ("Ai", "艾"),
        ("Hayden", ""),
    ],
)
def test_another_name_is_not(name: str, text: str) -> None:
    assert not is_spelled(name, text)


def test_it_counts_across_languages_alone() -> None:
    source = Source("海登周一表示同意。", "zh")
    assert check("On Monday Hayden said that she agreed.", "en", [source]).ok
    assert not check("On Monday Peterson said that she agreed.", "en", [source]).ok
