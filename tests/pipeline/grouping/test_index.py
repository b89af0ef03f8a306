"""Which entries tell the same event? With the shipped frequencies."""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.pipeline.grouping.anchors import anchors_of
from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.index import (
    ANCHORS,
    WINDOW,
    Doc,
    Index,
    Placement,
    sort_docs,
)
from bot.pipeline.grouping.siblings import RELATED_FROM
from bot.pipeline.grouping.weights import Weights
from bot.text.concepts import concepts
from bot.text.terms import Frequencies, root_of, split_terms
from tests.pipeline.conftest import ago, doc
from tests.support.world import alpine, corvid, corvid_elsewhere, garden, larkwell, settings


def archive() -> Frequencies:
    seed = settings().frequencies
    return Frequencies(
        documents=seed.documents,
        terms=dict(seed.terms),
        common=seed.common,
        pairs=seed.pairs,
        paired=seed.paired,
    )


def index_of(*docs: Doc) -> Index:
    """An index with the shipped weights that expects some entries in one batch."""
    index = Index(archive(), settings().grouping, settings().rules.tiers)
    index.expect(docs)
    return index


def grouped(*docs: Doc, merge: bool = False) -> dict[int, int]:
    """The story of each entry, as the job gives it: in order, each either joining or beginning one."""
    index, story_of = index_of(), {}
    for found in sort_docs(docs):
        placement = index.place(found)
        story = placement.story if placement.story is not None else found.id
        index.add(found, story)
        story_of[found.id] = story
        for other in index.twins(story) if merge else ():
            into, gone = sorted((story, other))
            index.merge(gone, into)
            story_of = {i: into if s == gone else s for i, s in story_of.items()}
            story = into
    return story_of


def together(*docs: Doc, merge: bool = False) -> bool:
    return len(set(grouped(*docs, merge=merge).values())) == 1


def news(number: int, item: object, **values: object) -> Doc:
    return doc(number, item.title, item.text, outlet=f"Outlet {number}", **values)  # type: ignore[attr-defined, arg-type]


def test_the_same_link_is_one_story() -> None:
    assert together(
        doc(1, "One title", link_key="a.example/1"), doc(2, "Wholly different words", link_key="a.example/1")
    )


def test_the_same_title_is_one_story_within_two_days() -> None:
    first = doc(1, "Council adopts the new artificial rules", hours=10, outlet="A")
    assert together(first, doc(2, "COUNCIL adopts the new artificial rules | Daily", hours=1, outlet="B"))
    far = replace(first, published=ago(60))
    placement = index_of()
    placement.add(far, 1)
    assert placement.place(doc(2, first.title, outlet="B")).reason != "the same link or title"


def test_a_short_title_proves_nothing() -> None:
    assert not together(
        doc(1, "Weekly news", "Cats sleep.", outlet="A"), doc(2, "Weekly news", "Dogs bark.", outlet="B")
    )


def test_a_repeated_headline_of_one_outlet_is_another_edition() -> None:
    title = "The Download: today in technology"
    first = doc(1, title, garden().text, hours=30, outlet="A")
    assert not together(first, doc(2, title, larkwell().text, outlet="A"))
    assert together(first, doc(2, title, garden().text, outlet="A"))


@pytest.mark.parametrize(
    "titles",
    [
        (
            "A space in the path of this address",
            "No scheme before this address",
            "No address at all, only a word",
        ),
        ("A robot boat sailed on 18 September", "A robot waiter was hired on 18 September"),
        ("Vineyard robots of the week", "Vineyard owners complain", "A vineyard hires four people"),
    ],
)
def test_what_one_outlet_repeats_joins_nothing(titles: Sequence[str]) -> None:
    """In a young window everything bursts; two outlets that say it are another matter."""
    docs = [doc(n, title, outlet="Robot Daily", link_key=f"a.example/{n}") for n, title in enumerate(titles)]
    index, stories = index_of(*docs), set()
    for found in docs:
        placement = index.place(found)
        stories.add(placement.story if placement.story is not None else found.id)
        index.add(found, found.id if placement.story is None else placement.story)
    assert len(stories) == len(docs)


def test_one_outlet_that_tells_an_event_twice_tells_one_story() -> None:
    assert together(
        doc(1, corvid().title, corvid().text, outlet="A"),
        doc(2, corvid_elsewhere().title, corvid_elsewhere().text, outlet="A"),
    )


def test_the_same_event_in_other_words_is_one_story() -> None:
    assert together(news(1, corvid()), news(2, corvid_elsewhere()))


def test_different_events_are_different_stories() -> None:
    docs = [news(n, item) for n, item in enumerate((corvid(), larkwell(), alpine(), garden()), start=1)]
    assert len(set(grouped(*docs).values())) == 4


@pytest.mark.parametrize(
    "other",
    [
        "Tannhof raises $700M Series A for its quiet voice interface",
        "Tannhof, founded by a former clockmaker, raised a $700M Series A at a $6B valuation (Daily Post)",
    ],
)
def test_rounds_of_different_firms_are_different_stories(other: str) -> None:
    """One firm raises what another was worth."""
    first = "Merle, which offers a search engine for agents, raised $250M at a $2B valuation, up from $700M (Daily Post)"
    assert grouped(doc(1, first), doc(2, other)) == {1: 1, 2: 2}
    assert grouped(doc(1, other), doc(2, "Voice startup Tannhof raises $700m at $6bn valuation")) == {
        1: 1,
        2: 1,
    }


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "Halden releases Corvid 9, a coding model", "Ostrava releases Ebner 8, a coding model"),
        ("en", "Halden Releases Corvid 9, a Coding Model", "Ostrava Unveils Ebner 8, a Coding Model"),
        ("it", "Halden pubblica Corvid 9, un modello aperto", "Ostrava pubblica Ebner 8, un modello aperto"),
        ("de", "Halden stellt Corvid 9 vor, ein Modell für Code", "Ostrava stellt Ebner 8 vor, ein Modell für Code"),
        ("fr", "Halden lance Corvid 9, un modèle ouvert", "Ostrava lance Ebner 8, un modèle ouvert"),
    ],
)  # fmt: skip
def test_what_rivals_bring_out_in_the_same_words_is_two_stories(
    language: str, first: str, second: str
) -> None:
    text = "The language model writes programs for hours without help and costs little."
    a = doc(1, first, text, language=language, outlet="A")
    b = doc(2, second, text, language=language, outlet="B")
    assert not together(a, b)


def test_one_release_in_other_words_is_one_story() -> None:
    text = (
        "Corvid 9, the coding model of Halden, writes programs for hours without help, Halden said on Monday."
    )
    a = doc(1, "Halden releases Corvid 9, a coding model", text, outlet="A")
    b = doc(2, "Corvid 9 launches as Halden's coding model", text, outlet="B")
    assert together(a, b)


def test_words_that_scale_a_figure_join_nothing() -> None:
    """Both have billions of parameters, and nothing else is the same."""
    opened = "Corvid 2 è aperto: Halden Labs pubblica i pesi di un modello da 34 miliardi di parametri"
    ruled = "Modelli sopra i 10 miliardi di parametri, 90 giorni per dichiarare i dati di addestramento"
    index = index_of()
    terms = [
        index._items_of.terms_of(doc(n, title, language="it"))
        for n, title in enumerate((opened, ruled), start=1)
    ]
    assert not any("miliard" in term for found in terms for term in found)


@pytest.mark.parametrize(
    ("a", "b"), [("Corvid 2", "Corvid 3"), ("GPT-5", "GPT-6"), ("Claude 4.1", "Claude 4.5")]
)
def test_different_versions_are_different_stories(a: str, b: str) -> None:
    title = "Halden Labs releases {}, an open language model for everyone"
    assert not together(doc(1, title.format(a)), doc(2, title.format(b)))
    assert together(doc(1, title.format(a), outlet="A"), doc(2, title.format(a) + " today", outlet="B"))


@pytest.mark.parametrize(
    ("a", "b"),
    [("Corvid 2", "Corvid 2 Nano"), ("Corvid 2 Pro", "Corvid 2 mini"), ("Heron Opal 4", "Heron Jade 4")],
)
def test_sisters_announced_apart_are_different_stories(a: str, b: str) -> None:
    title = "Halden Labs releases {}, an open language model for everyone"
    text = corvid().text.replace("Corvid 3", "{}")
    first, other = (
        doc(n, title.format(x), text.format(x), outlet=f"O{n}") for n, x in enumerate((a, b), start=1)
    )
    assert not together(first, other, merge=True)
    again = doc(
        3, f"Open to everyone: {b}, the language model of Halden Labs", text.format(b), outlet="C", hours=0.5
    )
    assert grouped(first, other, again, merge=True)[3] == 2


def test_sisters_announced_together_are_one_story() -> None:
    both = doc(
        1, "Halden Labs releases Corvid 2 and Corvid 2 Nano, open language models", hours=3, outlet="A"
    )
    one = doc(2, "Halden Labs releases Corvid 2 Nano, an open language model", hours=2, outlet="B")
    other = doc(3, "Halden Labs releases Corvid 2, an open language model", outlet="C")
    assert together(both, one, other)


def test_a_title_that_names_neither_does_not_lead_a_sister_into_the_story() -> None:
    docs = [
        doc(n, title, corvid().text, outlet=f"O{n}", hours=9 - n)
        for n, title in enumerate(
            (
                "Halden Labs releases Corvid 2, an open language model",
                "Corvid 2: the open language model of Halden Labs",
                "The open language model Corvid 2 of Halden Labs is here",
                "Halden Labs opens its language model, the laboratory says",
                "Halden Labs releases Corvid 2 Nano, an open language model",
            ),
            start=1,
        )
    ]
    story_of = grouped(*docs, merge=True)
    assert story_of[1] == story_of[3]
    assert story_of[5] != story_of[1]


CROSS = {
    "en": (
        "Corvid 3 by Halden Labs costs $6 million and runs on 2,000 H800 chips",
        "Halden Labs trained Corvid 3 with 2,000 H800 chips for $6 million, said Brandt in Oslo.",
    ),
    "it": (
        "Corvid 3 di Halden Labs costa 6 milioni di dollari",
        "Halden Labs ha addestrato Corvid 3 con 2.000 chip H800 per 6 milioni di dollari, ha detto Brandt a Oslo.",
    ),
    "de": (
        "Corvid 3 von Halden Labs kostet 6 Millionen Dollar",
        "Halden Labs trainierte Corvid 3 mit 2.000 H800-Chips für 6 Millionen Dollar, sagte Brandt in Oslo.",
    ),
    "zh": (
        "Halden Labs的Corvid 3耗资600万美元",
        "Halden Labs用2000块H800芯片训练了Corvid 3，耗资600万美元，Brandt在Oslo表示。",
    ),
}


@pytest.mark.parametrize("language", ["it", "de", "zh"])
def test_names_and_figures_join_languages(language: str) -> None:
    assert together(doc(1, *CROSS["en"], outlet="A"), doc(2, *CROSS[language], language=language, outlet="B"))


def test_german_nouns_are_no_names() -> None:
    german = "Die Software der Universität hilft Studenten beim Lernen mit dem Computer, sagt der Direktor."
    first = doc(1, "Neue Software für Studenten der Universität", german, language="de")
    other = doc(
        2,
        "University Software Program",
        "The Director of the Computer Program says that Software helps at the University.",
    )
    assert not together(first, other)


def test_one_shared_name_does_not_join_languages() -> None:
    assert not together(
        doc(1, "OpenAI opens an office in Rome", outlet="A"),
        doc(2, "OpenAI 起诉一家公司", language="zh", outlet="B"),
    )


def test_twins_find_each_other() -> None:
    index = index_of()
    index.add(news(1, corvid()), 1)
    index.add(news(2, corvid_elsewhere()), 2)
    assert index.twins(2) == [1]
    index.merge(2, 1)
    assert index.twins(1) == []
    assert index.place(doc(3, corvid().title, corvid().text, outlet="C")).story == 1


def test_a_story_without_a_twin_has_none() -> None:
    index = index_of()
    index.add(news(1, corvid()), 1)
    index.add(news(2, larkwell()), 2)
    assert index.twins(2) == []
    assert index.twins(99) == []


def many(count: int) -> list[Doc]:
    chooser = random.Random(7)
    names = [
        "Corvid",
        "Larkwell",
        "Halden",
        "Orsino",
        "Brandt",
        "Marlow",
        "Tessera",
        "Quill",
        "Pellworm",
        "Ashgrove",
    ]
    verbs = ["releases", "sues", "buys", "opens", "drops", "trains", "leaks", "delays"]
    things = [
        "a model",
        "a chip",
        "an office in Oslo",
        "a robot",
        "a lawsuit",
        "a dataset",
        "a browser",
        "a school",
    ]
    return [
        doc(
            n, f"{chooser.choice(names)} {chooser.choice(verbs)} {chooser.choice(things)} for {chooser.randrange(2, 90)} million",
            " ".join(chooser.choice([*names, *verbs, *things]) for _ in range(30)), hours=70 - n * 70 / count, outlet=f"O{n % 40}",
        )
        for n in range(1, count + 1)
    ]  # fmt: skip


def test_the_same_order_gives_the_same_stories() -> None:
    docs = many(150)
    assert grouped(*docs, merge=True) == grouped(*reversed(docs), merge=True)


def test_two_thousand_entries_at_once_are_grouped() -> None:
    story_of = grouped(*many(2000))
    assert len(story_of) == 2000


@pytest.mark.parametrize(
    "titles", [("", ""), ("🙂", "🙂🙂"), ("!!!", "???"), ("。", "　"), ("a", "b"), ("2026", "2025")]
)
def test_titles_without_words_stay_apart_and_never_fail(titles: Sequence[str]) -> None:
    first, second = (doc(n, title, outlet=f"O{n}") for n, title in enumerate(titles, start=1))
    assert not together(first, second)


def test_a_repeated_bursting_name_carries_its_story() -> None:
    docs = [doc(n, f"Zorblatt {end}", outlet=f"O{n}") for n, end in enumerate(
        ("stuns its users with new voices", "stuns users with its voices again", "voices stun many new users", "its new voices stun users everywhere",
         "explained: the voices that stun users"), start=1)]  # fmt: skip
    story_of = grouped(*docs, merge=True)
    sizes: dict[int, int] = defaultdict(int)
    for story in story_of.values():
        sizes[story] += 1
    assert max(sizes.values()) >= 3


def test_two_bursting_names_that_titles_join_are_one_story() -> None:
    titles = (
        "Quellbach Zorblatt arrives with better speech", "Zorblatt speech impresses early listeners", "Listeners praise the Zorblatt speech demo",
        "Fyndel initiative guards old dams", "Towns join the Fyndel initiative on dams", "Old dams get sensors from the Fyndel initiative",
        "The makers of Zorblatt begin the Fyndel initiative on dams", "Zorblatt speech helps the Fyndel initiative on dams",
    )  # fmt: skip
    docs = [doc(n, title, outlet=f"O{n}", hours=20 - n) for n, title in enumerate(titles, start=1)]
    story_of = grouped(*docs, merge=True)
    assert story_of[2] == story_of[5]


def test_a_name_nobody_knew_needs_less_likeness() -> None:
    docs = [
        doc(n, title, outlet=f"O{n}", hours=9 - n)
        for n, title in enumerate(
            (
                "A ferry company tries the Brunvik pilot in the northern fjords",
                "Engineers doubt whether Brunvik can steer through winter ice",
                "Passengers in the fjords welcome Brunvik on every northern ferry",
            ),
            start=1,
        )
    ]
    story_of = grouped(*docs)
    assert story_of[1] == story_of[3]


# --- languages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "word", "other"),
    [
        ("ru", "министерство", "министерства"),
        ("pl", "prezydenta", "prezydentem"),
        ("tr", "hastaneler", "hastanede"),
        ("ar", "الحكومة", "حكومة"),
    ],
)
def test_the_forms_of_a_word_have_one_root(language: str, word: str, other: str) -> None:
    assert root_of(word, language) == root_of(other, language)


def test_words_of_less_inflected_languages_and_names_with_digits_are_their_own_roots() -> None:
    assert root_of("superintelligence", "en") == "superintelligence"
    assert root_of("assistenten", "de") == "assistenten"
    assert root_of("corvid-3b", "ru") == "corvid-3b"


def test_everyday_words_alone_join_no_articles_across_languages() -> None:
    first = doc(
        1,
        "Company trains a model on hospital data",
        "Researchers at the company say the model reads patient data, and doctors at the hospital test the software this year.",
        outlet="A",
    )
    other = doc(
        2,
        "Unternehmen: Software mit Daten der Klinik",
        "Das Unternehmen meldet, sein Modell lese Daten der Patienten; Forscher und Arzt im Krankenhaus prüfen die Software.",
        language="de",
        outlet="B",
    )
    assert not together(first, other)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Gericht verurteilt Google zu einer Strafe"),
        ("it", "Il tribunale infligge una multa a Google"),
        ("ru", "Суд назначил Гугл штраф"),
        ("zh", "法院对谷歌处以罚款"),
        ("ko", "법원, 구글에 벌금"),
    ],
)
def test_a_text_speaks_of_the_same_things_in_every_language(language: str, text: str) -> None:
    assert concepts(text, language) - {"google"} >= {"~court", "~fine"}
    assert concepts("A court fines Google: the fine is due", "en") >= {"~court", "~fine", "google"}


def test_an_inflected_headline_joins_its_story() -> None:
    assert together(
        doc(1, "Норвежские инженеры испытали подводного робота в гавани", language="ru", outlet="A"),
        doc(2, "Подводный робот норвежских инженеров: испытания в гавани", language="ru", outlet="B"),
    )


def test_what_many_stories_share_weighs_little_in_a_language_the_archive_does_not_know() -> None:
    weights = Weights(Frequencies(documents=5000))
    before = weights.of("智能", "智能", "zh")
    for _ in range(40):
        weights.begin("zh", {"智能"})
    assert weights.of("智能", "智能", "zh") < before - 2
    assert weights.of("智能", "智能", "ja") == before
    for _ in range(40):
        weights.end("zh", {"智能"})
    assert weights.of("智能", "智能", "zh") == before


def test_in_a_language_the_archive_does_not_know_nothing_bursts() -> None:
    bursts = Bursts(archive())
    for number, (language, title) in enumerate(
        (
            ("de", "Bürgermeister eröffnet neues Schwimmbad"),
            ("en", "The company says its model can use tools"),
        )
    ):
        bursts.count(number, language, dict.fromkeys(split_terms(title), 1.0))
    assert not bursts.is_familiar("de")
    assert bursts.is_familiar("en")


# --- the window --------------------------------------------------------------------------------------------


def test_what_is_older_than_the_window_leaves_and_is_counted() -> None:
    index = index_of()
    index.add(news(1, corvid(), hours=100), 1)
    assert index.take_document_counts() == {}
    index.add(news(2, larkwell(), hours=1), 2)
    learned = index.take_document_counts()
    assert learned[""] == 1
    assert learned["corvid"] == 1
    assert index.take_document_counts() == {}
    assert index.place(news(3, corvid_elsewhere())).story is None


def test_an_entry_from_the_past_does_not_move_the_window() -> None:
    index = index_of()
    index.add(news(1, corvid(), hours=1), 1)
    index.add(news(2, larkwell(), hours=200), 2)
    assert index.newest == ago(1)
    assert index.place(news(3, corvid_elsewhere())).story == 1


def test_far_apart_entries_are_not_compared() -> None:
    index = index_of()
    index.add(news(1, corvid(), hours=1), 1)
    assert index.place(news(2, corvid_elsewhere(), hours=1 + WINDOW / timedelta(hours=1) + 1)).story is None


def test_a_learned_word_weighs_less() -> None:
    frequencies = Frequencies(documents=10_000)
    before = frequencies.idf("corvid")
    for _ in range(100):
        frequencies.learn(["corvid"])
    assert frequencies.idf("corvid") < before
    assert frequencies.documents == 10_100


def test_a_word_common_in_ordinary_news_weighs_little_in_a_young_archive() -> None:
    assert Frequencies(common={"people": 0.05}).idf("people") < Frequencies().idf("people")


def test_entries_are_taken_by_time_then_id() -> None:
    docs = [doc(2, "b", hours=1), doc(1, "a", hours=1), doc(3, "c", hours=5)]
    assert [d.id for d in sort_docs(docs)] == [3, 1, 2]


def test_what_left_the_window_is_forgotten_but_not_what_came_again() -> None:
    index = index_of()
    index.add(news(1, corvid(), hours=100, link_key="a.example/1"), 1)
    index.add(news(2, larkwell(), hours=99, link_key="a.example/2"), 2)
    index.add(news(3, corvid(), hours=1, link_key="a.example/1"), 1)
    assert (
        index.place(doc(4, "Corvid 3, in other words", link_key="a.example/1")).reason
        == "the same link or title"
    )
    assert index.place(doc(5, "Other words", link_key="a.example/2")).story is None


def test_a_word_said_everywhere_else_weighs_as_little_as_a_common_one() -> None:
    assert Frequencies().idf("corvid", at_least=0.05) == Frequencies(common={"corvid": 0.05}).idf("corvid")


FINED = {
    "en": (
        "Court fines Halden over the voices of patients",
        "A judge in the old harbour town ruled on Thursday that the maker of the assistant had kept recordings of talks between nurses and "
        "their patients for longer than the law allows. The fine of 15 million euros is the highest of its kind. The company will appeal.",
    ),
    "it": (
        "Tribunale multa Halden per le voci dei pazienti",
        "Giovedì una giudice ha stabilito che il produttore dell'assistente ha conservato i colloqui tra infermieri e pazienti più a lungo "
        "di quanto permetta la legge. La multa di 15 milioni di euro è la più alta nel suo genere. L'azienda farà ricorso.",
    ),
    "zh": (
        "法院因患者录音对Halden处以罚款",
        "周四，一名法官裁定，这家助手制造商保存护士与患者谈话录音的时间超过了法律规定。1500万欧元的罚款是同类案件中最高的。该公司将提出上诉。",
    ),
}  # fmt: skip


def foreign(text: tuple[str, str], other: tuple[str, str], language: str, hours: float = 1.0) -> Placement:
    """Where a text in another language belongs, when only the English one is known."""
    index = index_of()
    index.add(doc(1, *text, outlet="A"), 1)
    return index.place(doc(2, *other, language=language, outlet="B", hours=hours))


@pytest.mark.parametrize("language", ["it", "zh"])
def test_one_name_one_figure_and_what_both_speak_of_join_languages(language: str) -> None:
    found = foreign(FINED["en"], FINED[language], language)
    assert (found.story, found.reason) == (1, ANCHORS)
    assert foreign(FINED["en"], FINED[language], language, hours=80).story is None


def test_without_a_rare_name_or_figure_what_both_speak_of_joins_no_languages() -> None:
    nameless = [
        tuple(re.sub(r"Halden|15 million|1500万", "many", part) for part in FINED[language])
        for language in ("en", "zh")
    ]
    assert foreign(nameless[0], nameless[1], "zh").story is None


def test_a_bare_one_or_hundred_is_said_of_anything_and_joins_nothing() -> None:
    found = anchors_of("Halden hires 100 people for 1 hall and 240 for another", "", "en", archive())
    assert [anchor for anchor in found if anchor.startswith("=")] == ["=240"]
    assert "=100usd" in anchors_of("A seat in the hall costs 100 dollars", "", "en", archive())


LAUNCHED = {
    "en": ("Halden Labs launches Corvid 3 for Ebner phones", "Ebner phones get Corvid 3 from Halden Labs"),
    "zh": ("Halden Labs 发布 Corvid 3", "Ebner 手机将用上 Halden Labs 的模型"),
    "es": ("Halden Labs lanza Corvid 3 en los móviles de Ebner",),
}
"""Titles of one event, of which the two Chinese ones hardly share a word."""


def titles(number: int, language: str, *, hours: float = 1.0) -> list[Doc]:
    return [
        doc(number + n, title, "", language=language, outlet=f"Outlet {number + n}", hours=hours)
        for n, title in enumerate(LAUNCHED[language])
    ]


def test_a_title_joins_a_story_that_has_its_language_already() -> None:
    """Each is compared with the language in which the story began, not only with its own."""
    story_of = grouped(*titles(1, "en", hours=3), *titles(3, "zh"), *titles(5, "es", hours=2))
    assert len(set(story_of.values())) == 1


def test_a_title_that_shares_two_names_a_story_of_days_ago_does_not_join_it() -> None:
    story_of = grouped(*titles(1, "en", hours=60), *titles(5, "es", hours=1))
    assert story_of[5] not in {story_of[1], story_of[2]}


def test_another_figure_and_another_deed_part_titles_across_languages() -> None:
    first = doc(1, "Halden Labs raises $600 million from Ebner", "", outlet="A")
    other = doc(2, "Halden Labs 起诉 Ebner 索赔 40 亿美元", "", language="zh", outlet="B")
    assert not together(first, other)


def test_what_left_the_window_counts_no_longer_for_other_languages() -> None:
    index = index_of()
    for one in titles(1, "en", hours=100):
        index.add(one, 1)
    index.expect(titles(3, "zh", hours=90))
    index.place(titles(3, "zh", hours=90)[0])
    names = index._window.anchors
    assert names.count_titles("en", "corvid") == 2
    index.add(doc(7, "An unrelated title of today", "", outlet="C"), 7)
    assert names.count_titles("en", "corvid") == 0


# --- other languages ---------------------------------------------------------------------------------------

SUBJECT = {
    "it": (
        ("Un liceo di Orvieto prova un tutore di intelligenza artificiale", "Il liceo userà un modello di intelligenza artificiale con 120 studenti per tre mesi. I docenti controlleranno ogni risposta del modello e i dati resteranno a scuola."),
        ("Il Garante ferma un servizio che clona le voci", "Il Garante ha vietato a una società di usare un modello di intelligenza artificiale con i dati di 40 mila persone. La società ha tre mesi per cancellare ogni voce."),
        ("Le ferrovie prevedono i ritardi con un modello", "Un modello di intelligenza artificiale prevede i ritardi dei treni con i dati di tre anni. Le ferrovie dicono che ogni previsione sbaglia di pochi minuti."),
    ),
    "fr": (
        ("Un lycée de Quimper essaie un tuteur à intelligence artificielle", "Le lycée utilisera un modèle d’intelligence artificielle avec 120 élèves pendant trois mois. Les enseignants contrôleront chaque réponse du modèle et les données resteront à l’école."),
        ("La CNIL arrête un service qui clone les voix", "La CNIL interdit à une société d’utiliser un modèle d’intelligence artificielle avec les données de 40 000 personnes. La société a trois mois pour effacer chaque voix."),
        ("La compagnie des trains prévoit les retards avec un modèle", "Un modèle d’intelligence artificielle prévoit les retards des trains avec les données de trois ans. La compagnie dit que chaque prévision se trompe de quelques minutes."),
    ),
    "de": (
        ("Ein Gymnasium in Passau erprobt einen Lehrer mit künstlicher Intelligenz", "Das Gymnasium wird ein Modell der künstlichen Intelligenz drei Monate mit 120 Schülern nutzen. Die Lehrer prüfen jede Antwort des Modells, und die Daten bleiben in der Schule."),
        ("Behörde stoppt einen Dienst, der Stimmen kopiert", "Die Behörde verbietet einer Firma, ein Modell der künstlichen Intelligenz mit den Daten von 40.000 Menschen zu nutzen. Die Firma hat drei Monate, um jede Stimme zu löschen."),
        ("Die Bahn sagt Verspätungen mit einem Modell voraus", "Ein Modell der künstlichen Intelligenz sagt Verspätungen mit den Daten von drei Jahren voraus. Die Bahn sagt, dass jede Vorhersage um wenige Minuten irrt."),
    ),
}  # fmt: skip
"""Three items on one subject that tell three events."""


@pytest.mark.parametrize("language", SUBJECT)
def test_one_subject_is_not_one_event(language: str) -> None:
    docs = [
        doc(n, title, text, language, outlet=f"Outlet {n}")
        for n, (title, text) in enumerate(SUBJECT[language], start=1)
    ]
    assert len(set(grouped(*docs, merge=True).values())) == 3


# --- doubts ------------------------------------------------------------------------------------------------

OUTAGE = {
    "de": ("KI-Assistent Larkwell fiel mehr als viereinhalb Stunden aus", "Der Assistent Larkwell von Quellmar AI war in der Nacht nicht zu erreichen. Die Firma nannte ein Zertifikat als Grund."),
    "es": ("Un certificado caducado dejó sin servicio al asistente Larkwell durante 4 horas y 37 minutos", "Quellmar AI dice que un certificado dejó fuera de servicio a Larkwell. Signalmere calcula que afectó a 11 millones de usuarios en 14 países."),
    "en": ("Larkwell assistant back online after outage of 4 hours 37 minutes", "Quellmar AI restored Larkwell after an expired certificate. Signalmere estimates that 11 million users in 14 countries were affected."),
}  # fmt: skip


def test_which_language_came_first_does_not_decide_what_a_third_stands_with() -> None:
    """The Spanish title joins the German one by a name; the English one, which shares the figures too, takes it over."""
    index = index_of()
    story_of = {}
    for number, language in enumerate(("de", "es", "en"), start=1):
        one = doc(number, *OUTAGE[language], language, outlet=f"Outlet {number}")
        index.expect([one])
        placement = index.place(one)
        story_of[number] = placement.story or number
        index.add(one, story_of[number])
        for entry, into, _ in index.moves():
            index.move(entry, into)
            story_of[entry] = into
    assert story_of[2] == story_of[3]


# --- sagas -------------------------------------------------------------------------------------------------


def placed(*docs: Doc) -> Index:
    """An index in which each entry has been placed and added in one batch."""
    index = index_of(*docs)
    for found in sort_docs(docs):
        story = index.place(found).story
        index.add(found, found.id if story is None else story)
    return index


def test_stories_of_one_saga_are_related_and_stay_two() -> None:
    index = placed(
        doc(1, "Google delays its agent for shopping to the autumn", hours=5),
        doc(2, "Google tests an agent for phone calls", hours=2),
    )
    likeness = index.related([2])[2][1]
    assert RELATED_FROM <= likeness < settings().grouping.bar


def test_strangers_and_other_languages_are_not_related() -> None:
    index = placed(
        doc(1, "Google delays its agent for shopping to the autumn", hours=5),
        doc(2, "Robot weeds Slovenian vineyards", hours=2),
        doc(3, "Google prova un agente per le telefonate", language="it", hours=1),
    )
    assert not any(value for others in index.related([1, 2, 3]).values() for value in others.values())


def test_a_story_that_has_left_the_window_is_related_to_nothing() -> None:
    assert placed(doc(1, "Google delays its agent for shopping to the autumn")).related([7]) == {7: {}}
