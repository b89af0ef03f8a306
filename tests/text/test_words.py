"""Sentences, words and languages."""

import pytest

from bot.text.language import language_of
from bot.text.sentences import WINDOW, sentences
from bot.text.titles import normal_title, without_outlet
from bot.text.words import fold, is_cjk, one_line, size, words
from tests.pipeline.conftest import told

WHOLE = {
    "en": [
        "Mr. Smith paid $3.5 million.",
        "The U.S. court agreed.",
        "Version 2.0 is out.",
        'He said: "It works."',
        "Is it fast?",
        "Dr. Jones of Acme Inc. doubts it, e.g. at night.",
    ],
    "it": [
        "Il sig. Rossi ha pagato 3,5 milioni.",
        "La legge (art. 5) vale dal 1.1.2026.",
        "Funziona?",
        "Sì, dice l'ing. Bianchi.",
    ],
    "de": [
        "Das kostet z. B. 3,5 Mio. Euro.",
        "Dr. Meier bzw. sein Team widerspricht.",
        "Am 3. März beginnt es.",
        "Stimmt das?",
    ],
    "fr": [
        "M. Dupont a payé 3,5 millions.",
        "Le modèle coûte env. 5 euros.",
        "Est-ce vrai ?",
        "Mme Martin en doute.",
    ],
    "es": [
        "El Sr. García pagó 3,5 millones.",
        "La Sra. López lo duda.",
        "¿Es cierto?",
        "Subió aprox. un 5 %.",
    ],
    "zh": ["这个模型有700亿个参数。", "他说：“它很快！”", "真的吗？", "价格是3.5元。"],
    "ja": [
        "このモデルは700億のパラメータを持つ。",
        "「速い。」と彼は言った。",
        "本当か？",
        "価格は3.5円だ。",
    ],
}


@pytest.mark.parametrize("language", WHOLE)
def test_sentences_are_whole_in_every_language(language: str) -> None:
    between = "" if language in {"zh", "ja"} else " "
    assert told(between.join(WHOLE[language]), language) == WHOLE[language]


def test_spans_point_at_the_text_exactly() -> None:
    text = "  First one. Second one.\n\n- an item here\n- another item\n\nLast one.  "
    spans = sentences(text, "en")
    assert [text[s.start : s.end] for s in spans] == [
        "First one.",
        "Second one.",
        "an item here",
        "another item",
        "Last one.",
    ]
    assert [s.item for s in spans] == [False, False, True, True, False]
    assert [s.paragraph for s in spans] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("text", ["", "   ", "\n\n\n", "- ", "。", "…", "\u200b", "🙂🙂🙂"])
def test_odd_texts_have_odd_sentences_and_never_fail(text: str) -> None:
    for span in sentences(text, "en"):
        assert text[span.start : span.end].strip()


def test_an_unknown_language_is_split_like_english() -> None:
    assert told("One here. Two here.", "xx") == told("One here. Two here.", "") == ["One here.", "Two here."]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The court ruled on Monday that the company may train on books it has bought.", "en"),
        ("Il tribunale ha stabilito lunedì che la società può usare i libri acquistati.", "it"),
        ("Das Gericht entschied am Montag, dass die Firma gekaufte Bücher verwenden darf.", "de"),
        ("Le tribunal a jugé lundi que la société peut utiliser les livres achetés.", "fr"),
        ("El tribunal dictaminó el lunes que la empresa puede usar los libros comprados.", "es"),
        ("法院周一裁定，该公司可以使用购买的书籍。", "zh"),
        ("裁判所は月曜日、会社が購入した本を使えると判断した。", "ja"),
        ("법원은 월요일 회사가 구입한 책을 사용할 수 있다고 판결했다.", "ko"),
    ],
)
def test_a_language_is_recognised_whatever_the_feed_declares(text: str, language: str) -> None:
    assert language_of(text) == language
    assert language_of(text, prior="en-US" if language != "en" else "fr") == language


def test_what_a_feed_declares_decides_short_texts() -> None:
    assert language_of("OpenAI Gemini", prior="it-IT") == "it"
    assert language_of("2026", prior="de") == "de"
    assert language_of("Halden-V4-Pro API永久降价") == "zh"
    assert language_of("Halden Corvid Codex Windows版上线", prior="zh-CN") == "zh"
    assert language_of("What the word 内卷 means for startups that build AI", prior="en") == "en"
    assert language_of("", prior="") == ""


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("Corvid 3 released | The Ledger", "Corvid 3 released"),
        ("  Corvid 3   RELEASED!", "Corvid 3 released"),
        ("“Corvid 3” released", "Corvid 3 released"),
        ("Córvid 3 releaséd", "Corvid 3 released"),
        ("Ｃｏｒｖｉｄ 3 released", "Corvid 3 released"),
    ],
)
def test_a_title_is_the_same_without_its_dress(title: str, same: str) -> None:
    assert normal_title(title) == normal_title(same)


@pytest.mark.parametrize(
    "title",
    ["Corvid 3 released - The Ledger", "Corvid 3 released – THE LEDGER", "Corvid 3 released (The Ledger)"],
)
def test_the_outlets_name_is_left_out_of_its_titles(title: str) -> None:
    assert without_outlet(title, "The Ledger") == "Corvid 3 released"


def test_a_title_keeps_what_only_looks_like_an_outlet() -> None:
    assert without_outlet("Anthropic - what comes next", "The Ledger") == "Anthropic - what comes next"
    assert without_outlet("AI | x") == "AI | x"


def test_words_pair_cjk_characters_and_keep_names_whole() -> None:
    assert words("GPT-4 costs 3,5") == ["GPT-4", "costs", "3,5"]
    assert words("人工智能") == ["人工", "工智", "智能"]
    assert words("字") == ["字"]


def test_size_counts_words_or_characters() -> None:
    assert size("three short words") == 3
    assert size("人工智能") == 4
    assert size("人工 GPT-4") == 3


def test_cjk_is_told_by_its_share() -> None:
    assert is_cjk("OpenAI发布新模型")
    assert not is_cjk("OpenAI releases 模型 today in the United States")
    assert not is_cjk("123")


def test_squash_removes_what_cannot_be_seen() -> None:
    assert one_line("a\u0000b\n\t c\u200b") == "a b c"


def test_fold_keeps_kana_marks() -> None:
    assert fold("が") != fold("か")
    assert fold("É’s") == "e's"


def test_a_name_that_ends_with_a_mark_does_not_end_a_sentence() -> None:
    text = "「モバHO!」を運営する会社が発表した。モバHO!は来年春に終わる。"
    assert [text[s.start : s.end] for s in sentences(text, "ja")] == [text[:20], text[20:]]


def test_an_abbreviation_is_seen_wherever_it_stands_in_a_long_line() -> None:
    line = "A first sentence of some words. " * 400 + "It was Dr. Smith who said so."
    assert line[sentences(line, "en")[-1].start :] == "It was Dr. Smith who said so."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("The bank repays its loan on Thursday\nand hopes for the best. It is late.", 2),
        ("Den Antrag stellen Sie in\n\nwenigen Klicks. Fertig.", 2),
        ("Es kostet 5 Euro,\nsagte er.", 1),
        ("A heading\nThe first sentence.", 2),
        ("A heading\n\niPhone sales fall.", 2),
        ("See the site\nexample.org has more.", 2),
        ("It ends here.\nthis is another.", 2),
        ("- one item\nthat is wrapped\n- another", 2),
    ],
)
def test_a_line_that_breaks_off_goes_on_with_the_next(text: str, parts: int) -> None:
    assert len(sentences(text, "en")) == parts


@pytest.mark.parametrize("mark", ["“", "„", "«", "‘", '"', "(", ""])
def test_a_long_line_full_of_open_quotations_is_split_all_through(mark: str) -> None:
    count = 3 * WINDOW // 20
    text = f"{mark}Hello there, world. " * count
    found = [text[s.start : s.end] for s in sentences(text, "en")]
    assert "".join("".join(found).split()) == "".join(text.split())
    assert count / 2 <= len(found) <= count


def test_a_line_without_an_end_is_one_sentence_however_long() -> None:
    text = "word " * WINDOW
    assert [(s.start, s.end) for s in sentences(text, "en")] == [(0, len(text) - 1)]


def test_korean_and_hindi_sentences_end_with_their_own_marks() -> None:
    assert len(sentences("새 모델을 공개했다. 비용은 560만 달러라고 밝혔다.", "ko")) == 2
    assert len(sentences("कंपनी ने नया मॉडल जारी किया। इसमें 34 अरब पैरामीटर हैं।", "hi")) == 2
