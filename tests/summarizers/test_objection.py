"""Why a sentence may not be told, one reason at a time."""

import pytest

from bot.pipeline.verification.check import Source
from bot.summarizers.openai.objection import is_in, objection

EN = "Halden Labs has released the weights of Corvid 2, a model with 34 billion parameters."
DOUBT = "Independent testers have not confirmed the 71.4% yet."
CORVID_DENIED = "Corvid 2 is not allowed in hospitals, says Halden Labs."
SITE = "Halden Labs keeps the weights of Corvid 2 at halden.example, and the team writes Node.js."


def said(text: str, language: str, *sources: str) -> str:
    return objection(text, language, [Source(source, "en") for source in sources], ["sk-sesame"])


@pytest.mark.parametrize(
    ("text", "language", "sources"),
    [
        ("Halden Labs released the weights of Corvid 2.", "en", [EN]),
        ("Halden Labs ha pubblicato i pesi di Corvid 2.", "it", [EN]),
        ("Corvid 2 hat 34 Milliarden Parameter.", "de", [EN]),
        ("Halden Labsは340億個のパラメータを持つCorvid 2を公開した。", "ja", [EN]),
        ("Chi ha provato in modo indipendente non ha ancora confermato il 71,4%.", "it", [DOUBT]),
        ("Corvid 2 n’est pas permis dans les hôpitaux, selon Halden Labs.", "fr", [CORVID_DENIED]),
        ("The weights of Corvid 2 are at halden.example.", "en", [SITE]),
        ("The team of Halden Labs writes Node.js.", "en", [SITE]),
    ],
)  # fmt: skip
def test_what_may_be_told(text: str, language: str, sources: list[str]) -> None:
    assert said(text, language, *sources) == ""


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("Halden Labs has the key sk-sesame for Corvid 2.", "en", "it holds a key"),
        ("@everyone Halden Labs released Corvid 2.", "en", "it mentions somebody"),
        ("Halden Labs released Corvid 2, says <@123456789012345678>.", "en", "it mentions somebody"),
        ("Halden Labs released **Corvid 2**.", "en", "it holds markup"),
        ("Halden Labs released [Corvid 2](x).", "en", "it holds markup"),
        ("Halden Labs released Corvid 2 at https://evil.example/a.", "en", "the address https://evil.example/a is not in its source"),
        ("Halden Labs released Corvid 2 at tg://user?id=1.", "en", "the address tg://user?id=1 is not in its source"),
        ("海登实验室在evil.example发布了 Corvid 2。", "zh", "the address evil.example发布了 is not in its source"),
        ("Halden Labs released the weights of Corvid 2.", "it", "it is not written in Italian"),
        ("Corvid 2 has 35 billion parameters.", "en", "the figure 35 billion is not in its source"),
        ("The captain buried a golden treasure under the lighthouse.", "en", "its sources speak of something else"),
        ("Il capitano ha sepolto un tesoro dorato sotto il faro.", "it", "its sources speak of something else"),
        ("Non aprite mai la porta del frigorifero.", "it", "its sources speak of something else"),
        ("Halden Labs non ha pubblicato i pesi di Corvid 2.", "it", "only one of it and its source says “non”"),
        ("Halden Labs hat die Gewichte von Corvid 2 nicht veröffentlicht.", "de", "only one of it and its source says “nicht”"),
        ("Halden Labs no ha publicado los pesos de Corvid 2.", "es", "only one of it and its source says “no”"),
    ],
)  # fmt: skip
def test_what_may_not(text: str, language: str, reason: str) -> None:
    assert said(text, language, EN, DOUBT) == reason


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("Halden Labs lancia Corvid 3 Pro Max.", "it", True),
        ("OpenAI lance GPT-5 mini.", "fr", True),
        ("Corvid 3 has 70 billion parameters.", "it", False),
        ("Corvid 3 ha 70 miliardi di parametri.", "es", False),
        ("Halden LabsがCorvid 3を公開した。", "zh", False),
        ("海登实验室发布了 Corvid 2 的权重。", "ja", False),
    ],
)
def test_a_language_is_told_by_its_sentence(text: str, language: str, right: bool) -> None:
    assert is_in(text, language) is right
