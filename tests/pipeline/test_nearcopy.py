import pytest

from bot.pipeline.faithful import Source, check
from bot.pipeline.nearcopy import turned

CASES = [
    ("en", "The regulator has not approved the model for use in hospitals.", "The regulator has approved the model for use in hospitals."),
    ("en", "Shares of the chipmaker rose 13 percent before the market opened.", "Shares of the chipmaker fell 13 percent before the market opened."),
    ("en", "The court will rule on the case on Monday in Lyon.", "The court will rule on the case on Friday in Lyon."),
    ("en", "The cable runs for 85 miles along the coast of Norland.", "The cable runs for 85 kilometres along the coast of Norland."),
    ("en", "The laboratory sold its stake in Corvid to Ravnholt last year.", "The laboratory sold its stake in Corvid to Quellmar last year."),
    ("it", "Il titolo dell’azienda è salito nelle contrattazioni di oggi.", "Il titolo dell’azienda è sceso nelle contrattazioni di oggi."),
    ("de", "Die Behörde hat das Modell im Mai für Schulen zugelassen.", "Die Behörde hat das Modell im Juni für Schulen zugelassen."),
    ("fr", "Le tribunal n’est pas compétent pour juger cette affaire.", "Le tribunal est compétent pour juger cette affaire."),
    ("es", "La empresa compró los derechos del modelo en Madrid.", "La empresa vendió los derechos del modelo en Madrid."),
    ("zh", "该公司股价在盘前交易中上涨了百分之十三。", "该公司股价在盘前交易中下跌了百分之十三。"),
    ("ja", "同社は新しいモデルを公開しないと発表した。", "同社は新しいモデルを公開すると発表した。"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "one", "other"), CASES)
def test_what_turns_a_near_copy_round_is_found_both_ways(language: str, one: str, other: str) -> None:
    assert turned(one, language, other)
    assert turned(other, language, one)
    assert not check(one, language, [Source(other, language)]).ok


@pytest.mark.parametrize(("language", "one", "_other"), CASES)
def test_a_sentence_taken_over_is_never_refused(language: str, one: str, _other: str) -> None:
    assert check(one, language, [Source(f"{one} And more.", language)]).ok


@pytest.mark.parametrize(
    ("said", "source"),
    [
        (
            "The regulator has approved the model.",
            "After a year of tests the regulator has approved the model for use in hospitals, but not in schools.",
        ),
        ("The lab, which is based in Norland, has released the model.", "The lab has released the model."),
        ("Prices went down.", "The lab never said why."),
    ],
)
def test_what_is_only_cut_or_no_near_copy_at_all_passes(said: str, source: str) -> None:
    assert not turned(said, "en", source)
