"""Which words of titles are proposed as names, and which are not."""

from datetime import date, timedelta
from itertools import count

import pytest

from bot.model import Proposal, Title
from bot.pipeline.relevance.judge import Rules, compile_rules, judge, with_names
from bot.pipeline.relevance.name_discovery import propose, section_of

RULES = compile_rules(
    {"ai": {"title": "AI", "exact": ["AI"], "words": ["chatbot"], "names": ["company"]}},
    {"company": {"plain": ["OpenAI"], "shared": ["Figure"]}, "tier": {"plain": ["ultra", "nano"]}},
)
MONDAY = date(2026, 3, 2)
OUTLETS = ("Halden Post", "Ledger", "Alpine Review", "Valley Times")


def titles(
    *texts: str, ai_only: bool = True, language: str = "en", on_topic: bool | None = None
) -> list[Title]:
    """Titles of four outlets in turn, a day apart."""
    number = count()
    return [
        Title(
            text=text,
            ai_only=ai_only,
            on_topic=ai_only if on_topic is None else on_topic,
            outlet=OUTLETS[n % 4],
            language=language,
            day=MONDAY + timedelta(days=n),
        )
        for text, n in zip(texts, number, strict=False)
    ]


def four(name: str) -> list[str]:
    return [
        f"Nobody knows what {name} will cost",
        f"Teachers try {name} at school",
        f"We tested {name} for a week",
        f"The makers of {name} are sorry",
    ]


def found(*given: list[Title], rules: Rules = RULES, decided: tuple[str, ...] = ()) -> list[str]:
    return [one.name for one in propose([t for some in given for t in some], rules, {"weather"}, decided)]


@pytest.mark.parametrize("name", ["Qilan", "QClaw", "Heron2", "DeepHarbour", "Corvid-R1"])
def test_what_is_written_as_a_name_by_several_is_proposed(name: str) -> None:
    assert found(titles(*four(name))) == [name]


def test_the_evidence_is_counted() -> None:
    mixed = titles("How Qilan won a summer in Porto", "A loaf of bread", *["Rain again"] * 40, ai_only=False)
    (one,) = propose([*titles(*four("Qilan")), *mixed], RULES, set())
    assert one == Proposal(
        name="Qilan", documents=4, outlets=4, days=4, elsewhere=1, example="The makers of Qilan are sorry"
    )


@pytest.mark.parametrize(
    "texts",
    [
        four("Qilan")[:2],
        ["Nobody knows what Qilan will cost"] * 4,
        four("OpenAI"), four("Figure"), four("Ultra"), four("Italy"), four("Berlin"), four("Ledger"), four("weather"), four("Weather"),
        four("CEO"), four("Q3"), four("70B"), four("2026"), four("Qil"),
        ["Opening day for robots", "Opening the black box", "Opening a window", "Opening hours grow"],
        ["Mara Qilan says no", "A talk with Mara Qilan", "Why Mara Qilan left", "Mara Qilan joins a start-up"],
        ["Now Qilan says no", "Why Qilan warns of haste", "What Qilan thinks of rain", "Yes, Qilan believes in it"],
        ["Seven Ways Harbours Change Everything", "Big Harbours Make Small Ships", "Why Harbours Need More Light", "Old Harbours Open Once More"],
    ],
)  # fmt: skip
def test_what_is_no_name_or_known_or_too_rare_is_not(texts: list[str]) -> None:
    assert found(titles(*texts)) == []


def test_an_ordinary_word_is_told_by_how_others_write_it() -> None:
    lower = titles("The lantern in the window", "A lantern for every ship", ai_only=False, on_topic=True)
    assert found(titles(*four("Lantern"))) == ["Lantern"]
    assert found(titles(*four("Lantern")), lower) == []
    opening = [
        Title(
            text="Ships",
            ai_only=False,
            on_topic=False,
            outlet="Ledger",
            language="en",
            day=MONDAY,
            opening="They light a lantern at night.",
        )
    ]
    assert found(titles(*four("Lantern")), opening) == []


def test_one_outlet_and_a_name_of_its_own_are_no_evidence() -> None:
    alone = [
        Title(
            text=text,
            ai_only=True,
            on_topic=True,
            outlet="Ledger",
            language="en",
            day=MONDAY + timedelta(days=n),
        )
        for n, text in enumerate(four("Qilan"))
    ]
    own = [
        Title(
            text=t.text, ai_only=True, on_topic=True, outlet=f"{t.outlet} on Qilan", language="en", day=t.day
        )
        for t in titles(*four("Qilan"))
    ]
    assert found(alone) == found(own) == []


def test_what_others_write_of_as_often_is_no_name_in_ai() -> None:
    others = titles(*four("Qilan"), ai_only=False)
    assert found(titles(*four("Qilan")), others) == []
    assert found(titles(*four("Qilan")), titles(*four("Qilan"), ai_only=False, on_topic=True)) == ["Qilan"]


def test_german_capitals_prove_nothing() -> None:
    texts = [
        "Was der Leuchtturm kostet",
        "Ein neuer Leuchtturm hilft",
        "Wir haben den Leuchtturm getestet",
        "Mehr Licht vom Leuchtturm",
    ]
    assert found(titles(*texts, language="de")) == []
    assert found(titles(*(t.replace("Leuchtturm", "QClaw") for t in texts), language="de")) == ["QClaw"]


def test_in_chinese_and_japanese_quotation_marks_and_latin_neighbours_show_names() -> None:
    quoted = ["蚂蚁发布「灵光」", "我们试用了《灵光》", "为什么「灵光」很快", "『灵光』新版本"]
    assert found(titles(*quoted, language="zh")) == ["灵光"]
    beside = ["蚂蚁：灵光App今天上线", "体验 灵光App", "关于，灵光App的问题", "“灵光App”新功能"]
    assert found(titles(*beside, language="zh")) == ["灵光"]


def test_what_reads_as_a_product_comes_first() -> None:
    product = [
        "Now OpenAI Harbour is here",
        "What OpenAI's Harbour costs",
        "They say Harbour 2 is quick",
        "Why Harbour 2 fails",
    ]
    assert found(titles(*four("Qilan")), titles(*product)) == ["Harbour", "Qilan"]


def test_what_was_decided_is_not_proposed_again() -> None:
    assert found(titles(*four("Qilan")), decided=("Qilan",)) == []


def test_a_part_that_stands_for_the_whole_is_enough() -> None:
    assert found(titles(*four("QClaw 2"), *four("QClaw Nano"))) == ["QClaw"]
    assert found(titles(*four("Qilan 3.5"))) == ["Qilan"]


@pytest.mark.parametrize(("name", "section"), [("QClaw", "plain"), ("Qilan 3.5", "plain"), ("Halden Owl", "plain"), ("灵光", "plain"), ("Qilan", "likely"), ("Élan", "likely")])  # fmt: skip
def test_a_bare_word_may_be_a_first_name(name: str, section: str) -> None:
    assert section_of(name) == section


def test_accepted_names_count_and_change_the_hash() -> None:
    rules = with_names(RULES, {"Qilan": "likely", "QClaw": "plain", "灵光": "plain"})
    for title, relevant in (
        ("Teachers try Qilan at school", True), ("We met Qilan Moreau in Porto", False), ("QClaw is here", True), ("蚂蚁发布灵光", True),
        ("Qilanese cooking", False), ("The makers of OpenAI", True), ("Rain again", False),
    ):  # fmt: skip
        assert judge(rules, "ai", title, "").relevant is relevant, title
    assert len({rules.hash, RULES.hash, with_names(RULES, {"Qilan": "plain"}).hash}) == 3
    assert with_names(RULES, {}) is RULES
    assert with_names(RULES, {"Qilan": "likely"}).hash == with_names(RULES, {"Qilan": "likely"}).hash


def test_neither_a_filler_behind_a_name_nor_what_is_made_with_it_is_a_name() -> None:
    assert found(titles(*four("R12 Weather"))) == ["R12 Weather"]
    assert found(titles(*four("R12 Now"))) == []
    assert found(titles(*four("QClaw-powered"))) == []
