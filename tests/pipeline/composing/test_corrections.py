"""correct: which words of a post no longer stand, and what takes a story back."""

from dataclasses import replace

import pytest

from bot.model import Document, Entry, Heading, StoryBlock
from bot.pipeline.composing.corrections import block_of, find_fallen, mark_meta, takes_back, with_block
from tests.pipeline.conftest import NOW

TEXT = (
    "Halden Labs sold 4,000 of its translators to schools in Norway last year. "
    "Teachers in Bergen asked for a quieter fan. The company will answer in March."
)


def entry(
    title: str = "Halden Labs sells 4,000 translators", text: str = TEXT, number: int = 1, **values: str
) -> Entry:
    return Entry(
        id=number,
        feed_id=1,
        title=title,
        link="https://halden.example/1",
        text=text,
        language=values.pop("language", "en"),
        published=NOW,
        first_seen=NOW,
        outlet="Halden",
        **values,
    )


def block(*sentences: str, headline: str = "Halden Labs sells 4,000 translators") -> StoryBlock:
    return StoryBlock(
        headline=headline,
        link="https://halden.example/1",
        sentences=sentences,
        meta="Halden · 09:00",
        story_id=7,
    )


WORD_FOR_WORD = TEXT.split(". ", maxsplit=1)[0] + "."
IN_OTHER_WORDS = "Last year Halden Labs sold 4,000 translators to schools in Norway."


@pytest.mark.parametrize(
    ("said", "now", "gone", "grave"),
    [
        (WORD_FOR_WORD, TEXT.replace("March", "April"), 0, False),
        (WORD_FOR_WORD, TEXT.replace("last year", "in the last twelve months"), 1, False),
        (WORD_FOR_WORD, TEXT.replace("4,000", "400"), 1, True),
        (WORD_FOR_WORD, TEXT.replace("Norway", "Iceland"), 1, True),
        (IN_OTHER_WORDS, TEXT.replace("sold 4,000 of its translators", "has sold as many as 4,000 translators"), 0, False),
        (IN_OTHER_WORDS, TEXT.replace("4,000", "400"), 1, True),
        ("They will all be pink.", TEXT.replace("4,000", "400"), 0, False),
    ],
)  # fmt: skip
def test_a_sentence_falls_when_no_source_bears_it_out_any_more(
    said: str, now: str, gone: int, grave: bool
) -> None:
    title = "Halden Labs sells translators"
    found = find_fallen(block(said, headline=title), "en", [entry(title)], [entry(title, now)])
    assert (len(found.sentences), found.grave) == (gone, grave)


def test_a_headline_falls_with_its_title() -> None:
    found = find_fallen(
        block(), "en", [entry()], [entry("Halden Labs sells 400 translators", TEXT.replace("4,000", "400"))]
    )
    assert found.sentences == ("Halden Labs sells 4,000 translators",)
    assert found.grave
    assert not find_fallen(
        block(), "en", [entry("Halden Labs sells 4,000 translators - Halden")], [entry()]
    ).sentences


def test_what_another_source_still_says_stands() -> None:
    other = entry(number=2)
    assert not find_fallen(
        block(WORD_FOR_WORD), "en", [entry(), other], [entry(text="Nothing."), other]
    ).sentences


@pytest.mark.parametrize(
    "title",
    [
        "Retraction: Halden Labs sells translators", "[Retracted] Halden Labs", "WITHDRAWN – Halden Labs", "Ritirato: Halden Labs", "Retratação: Halden Labs", "Zurückgezogen: Halden",
        "Rétractation : Halden Labs", "Retirado: Halden Labs", "撤稿：哈尔登实验室", "【撤回】ハルデン研究所",
    ],
)  # fmt: skip
def test_plain_words_take_a_story_back(title: str) -> None:
    assert takes_back(entry(title))


@pytest.mark.parametrize(
    "text",
    [
        "This article has been retracted by its authors.", "Questo articolo è stato ritirato.", "Este artigo foi retratado pelos autores.", "Dieser Artikel wurde zurückgezogen.",
        "Cet article a été retiré.", "Este artículo ha sido retirado.", "本文已撤回。", "この記事は撤回されました。",
    ],
)  # fmt: skip
def test_the_first_words_of_a_text_take_it_back(text: str) -> None:
    assert takes_back(entry(text=text))


@pytest.mark.parametrize(
    "title",
    [
        "Retraction of an AI paper stirs a debate", "Withdrawn model returns to Halden's shelves", "Retracted landing gear: a robot learns to fly",
        "Ritirato dal mercato il robot di Halden", "Retirado do mercado o robô da Halden", "Halden zieht Klage zurück", "撤回の理由を説明", "Corvid 3: why the article was retracted",
    ],
)  # fmt: skip
def test_news_about_retractions_takes_nothing_back(title: str) -> None:
    assert not takes_back(entry(title))


def test_a_block_is_found_by_its_story_and_replaced_in_its_place() -> None:
    mine, other = block(), replace(block(), story_id=8)
    document = Document((Heading("News"), other, mine))
    assert block_of(document, [7]) is mine
    assert block_of(document, [9]) is None
    better = replace(mine, headline="Better")
    assert with_block(document, mine, better).blocks == (Heading("News"), other, better)


def test_the_mark_is_set_once() -> None:
    assert mark_meta("Halden · 09:00", "corrected") == "Halden · 09:00 · corrected"
    assert mark_meta("Halden · 09:00 · corrected", "corrected") == "Halden · 09:00 · corrected"
    assert mark_meta("", "corrected") == "corrected"
