import pytest

from bot.pipeline.verification.check import Source, check
from bot.pipeline.verification.near_copy import find_reversal

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
    ("pt", "O regulador não aprovou o modelo para uso em hospitais.", "O regulador aprovou o modelo para uso em hospitais."),
    ("pt", "As ações da empresa subiram na abertura do mercado de hoje.", "As ações da empresa caíram na abertura do mercado de hoje."),
    ("pt", "O tribunal decide o caso na segunda-feira em Lisboa.", "O tribunal decide o caso na sexta-feira em Lisboa."),
    ("pt", "O laboratório abriu em março o seu novo prédio em Halden.", "O laboratório abriu em maio o seu novo prédio em Halden."),
    ("en", "The board met late.It has not approved the new harbour model.", "The board met late.It has approved the new harbour model."),
    ("de", "Der Bau stammt aus dem 19. Jahrhundert und ist heute nicht bewohnt.", "Der Bau stammt aus dem 19. Jahrhundert und ist heute bewohnt."),
    ("ja", "同社はハルデンの工場を来年の春に閉じる。", "同社はラーヴンの工場を来年の春に閉じる。"),
    ("zh", "该公司已收购Halden研究所的全部股份。", "该公司已收购Ravn研究所的全部股份。"),
    ("zh", "该公司股价在盘前交易中上涨了百分之十三。", "该公司股价在盘前交易中下跌了百分之十三。"),
    ("ja", "同社は新しいモデルを公開しないと発表した。", "同社は新しいモデルを公開すると発表した。"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "one", "other"), CASES)
def test_what_turns_a_near_copy_round_is_found_both_ways(language: str, one: str, other: str) -> None:
    assert find_reversal(one, language, other)
    assert find_reversal(other, language, one)
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
    assert not find_reversal(said, "en", source)


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", "The lab may sell its old tower in Halden next spring.", "The lab will sell its old tower in Halden next spring."),
        ("it", "Il laboratorio potrebbe vendere la torre di Halden in primavera.", "Il laboratorio vuole vendere la torre di Halden in primavera."),
        ("pt", "O laboratório poderia vender a torre de Halden na primavera.", "O laboratório vai vender a torre de Halden na primavera."),
    ("zh", "该研究所计划明年出售旧塔楼。", "该研究所明年出售旧塔楼。"),
    ],
)  # fmt: skip
def test_what_was_only_possible_does_not_become_a_fact(language: str, source: str, said: str) -> None:
    assert find_reversal(said, language, source)


def test_names_in_another_order_are_the_same_names() -> None:
    source = "The shows in Halden, Ravnholt, Quellmar and Orla are all sold out now."
    assert not find_reversal(
        "The shows in Ravnholt, Halden, Quellmar and Orla are all sold out now.", "en", source
    )


def test_a_thousand_may_be_written_in_words() -> None:
    source = "Lo studio ha seguito 82.000 donne per due anni in tre ospedali."
    assert not find_reversal("Lo studio ha seguito 82 mila donne per due anni in tre ospedali.", "it", source)
    assert find_reversal("Lo studio ha seguito 28.000 donne per due anni in tre ospedali.", "it", source)


def test_a_part_of_a_sentence_that_makes_room_turns_nothing_round() -> None:
    english = "The lab has released the model, which its rivals in Orla have not yet been able to build, for use in hospitals."
    assert not find_reversal("The lab has released the model now for use in hospitals.", "en", english)
    chinese = "该研究所并未向外界透露费用，但该公司已收购研究所的全部股份。"
    assert not find_reversal("该公司已收购研究所的全部股份。", "zh", chinese)
    assert find_reversal("该公司未收购研究所的全部股份。", "zh", "该公司已收购研究所的全部股份。")
