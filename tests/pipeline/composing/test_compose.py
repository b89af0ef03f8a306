"""The Document that people read."""

import re
from typing import Any

import pytest

from bot.model import (
    Actions,
    CallRef,
    Channel,
    Document,
    Heading,
    Length,
    Listing,
    PlaceKind,
    Quote,
    Receipt,
    Sentence,
    StoryBlock,
    Summary,
    Text,
    ToldMark,
)
from bot.pipeline.composing.compose import (
    TAIL,
    Counts,
    DigestContent,
    Nearest,
    Pointer,
    StoryCard,
    details,
    digest_document,
    gathered_document,
    instant,
    join_sentences,
    story_block,
    told_text,
)
from tests.pipeline.conftest import NOW, ago, entry, ranked, story
from tests.support.world import corvid, texts

EN = texts().for_language("en")


def channel(**values: Any) -> Channel:
    return Channel(id=1, platform="telegram", address="chat", kind=PlaceKind.GROUP, server_id=1, **values)


def card(number: int = 1, told: ToldMark | None = None, language: str = "en", **values: Any) -> StoryCard:
    lead = entry(number, text=corvid().text, language=language)
    sentence = Sentence(lead.text[:20], (Receipt(number, 0, 20),))
    summary = Summary(
        headline=f"Headline {number}",
        lead=lead,
        sentences=(sentence,),
        language=language,
        length=Length.LINE,
        method="extractive",
    )
    return StoryCard(ranked(lead, **{"story": story(lead, number=number), **values}), summary, told)


def content(*cards: StoryCard, tail: int = 0, **values: Any) -> DigestContent:
    made = {"topic": "AI", "slot_at": NOW, "counts": Counts(entries=40, feeds=7), **values}
    return DigestContent(cards=cards, tail=tuple(ranked(entry(n + 50)) for n in range(tail)), **made)


def lines(document: Document, kind: type) -> list[Any]:
    return [block for block in document.blocks if isinstance(block, kind)]


def test_a_digest_has_a_heading_numbered_stories_and_buttons() -> None:
    document = digest_document(content(card(1), card(2)), EN, channel())
    (heading,) = lines(document, Heading)
    assert heading == Heading("AI news · Monday 2 March, 09:00", "2 stories from 40 entries in 7 feeds")
    assert [(b.number, b.headline) for b in lines(document, StoryBlock)] == [
        (1, "Headline 1"),
        (2, "Headline 2"),
    ]
    assert [b.call for a in lines(document, Actions) for b in a.buttons] == [
        CallRef("latest"),
        CallRef("status"),
    ]


def test_a_digest_of_everything_has_no_topic() -> None:
    assert (
        lines(digest_document(content(topic=""), EN, channel()), Heading)[0].text
        == "News · Monday 2 March, 09:00"
    )


def test_a_digest_shows_the_channels_time() -> None:
    assert (
        "Monday 2 March, 18:00"
        in lines(digest_document(content(), EN, channel(zone="Asia/Tokyo")), Heading)[0].text
    )


def test_a_quiet_day_says_so() -> None:
    assert (
        lines(digest_document(content(), EN, channel()), Text)[0].text
        == "A quiet day: nothing new since the last digest."
    )


@pytest.mark.parametrize("listed", [{"tail": 2}, {"foreign": (ranked(entry(1)), ranked(entry(2)))}])
def test_a_day_of_which_stories_are_only_listed_is_not_called_quiet(listed: dict[str, Any]) -> None:
    nearest = Nearest(ranked(entry(9)), NOW)
    document = digest_document(content(nearest=nearest, **listed), EN, channel())
    assert [text.text for text in lines(document, Text)][:1] == ["Nothing to tell at length this time."]
    assert lines(document, Heading)[0].detail.startswith("2 stories from ")
    (listing,) = lines(document, Listing)
    assert (listing.title, listing.folded) == ("In brief:", False)


def test_a_late_digest_says_when_it_was_planned() -> None:
    assert lines(digest_document(content(late=True), EN, channel()), Text)[0] == Text(
        "This digest is late: it was planned for 09:00.", quiet=True
    )


def test_stories_of_other_channels_are_a_line_each_and_limited() -> None:
    told = tuple(Pointer(ranked(entry(n)), "news", "") for n in range(TAIL + 2))
    (listing,) = lines(digest_document(content(pointers=told), EN, channel()), Listing)
    assert listing.items[0].text.endswith(" · #news")
    assert [item.text for item in listing.items[TAIL:]] == ["and 2 more, in /latest"]


def test_a_channel_without_a_name_leaves_no_trace_behind_the_title() -> None:
    one = ranked(entry(1))
    (listing,) = lines(digest_document(content(pointers=(Pointer(one, "", ""),)), EN, channel()), Listing)
    assert listing.items[0].text == one.lead.title


def test_the_tail_is_folded_named_and_limited() -> None:
    (listing,) = lines(digest_document(content(card(), tail=12), EN, channel()), Listing)
    assert (listing.title, listing.folded, len(listing.items)) == ("Also: 12 more stories", True, TAIL + 1)
    assert listing.items[-1].text == f"and {12 - TAIL} more, in /latest"
    (whole,) = lines(digest_document(content(card(), tail=TAIL), EN, channel()), Listing)
    assert len(whole.items) == TAIL
    assert (
        lines(digest_document(content(card(), tail=1), EN, channel()), Listing)[0].title
        == "Also: one more story"
    )


@pytest.mark.parametrize(
    ("counts", "note"),
    [
        (Counts(entries=1, feeds=1, repeats=1), "Quietly left out: one repeat."),
        (Counts(entries=1, feeds=1, failing=2), "2 feeds could not be read."),
        (
            Counts(entries=1, feeds=1, failing=1, repeats=3),
            "Quietly left out: 3 repeats. One feed could not be read.",
        ),
    ],
)
def test_a_note_says_what_was_left_out_and_what_failed(counts: Counts, note: str) -> None:
    assert lines(digest_document(content(card(), counts=counts), EN, channel()), Text)[-1].text == note


def block(found: StoryCard, language: str = "en", **values: Any) -> StoryBlock:
    return story_block(found, texts().for_language(language), channel(language=language, **values), NOW, None)


def test_a_story_of_one_outlet_names_it() -> None:
    assert block(card()).meta == "Outlet 1 · 08:00"


def test_a_story_of_several_names_the_first() -> None:
    first, second = entry(1, published=ago(30)), entry(2)
    found = StoryCard(ranked(second, story=story(second, first), outlets=2), card(2).summary)
    assert block(found).meta == "2 sources · first: Outlet 1, Sunday 03:00"


def test_an_update_says_what_is_new_and_when_it_was_told() -> None:
    old, new = entry(1), entry(2)
    found = StoryCard(
        ranked(new, story=story(old, new), outlets=2, update=True, fresh=(new,)),
        card(2).summary,
        ToldMark(story_id=1, told_at=ago(20), entry_ids=frozenset({1}), said="said"),
    )
    assert block(found).label == "Update"
    assert block(found).meta == "1 new source · earlier: Sunday 13:00"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("it", "in inglese"),
        ("de", "Englisch"),
        ("fr", "anglais"),
        ("es", "inglés"),
        ("zh", "英"),
        ("ja", "英語"),
    ],
)
def test_a_summary_in_another_language_says_so_in_the_channels(language: str, expected: str) -> None:
    assert expected in block(card(), language).meta


def test_a_summary_in_the_channels_language_says_nothing_of_it() -> None:
    assert "ingl" not in block(card(language="it"), "it").meta


def test_every_story_has_a_way_to_its_sources() -> None:
    more = block(card(7)).more
    assert more is not None
    assert (more.label, more.call) == ("1 source", CallRef("story", {"number": "i7"}))


def test_sentences_are_joined_as_the_language_does() -> None:
    lead = entry()
    sentences = (Sentence("一。", ()), Sentence("二。", ()))
    assert (
        join_sentences(
            Summary(
                headline="", lead=lead, sentences=sentences, language="zh", length=Length.LINE, method="m"
            )
        )
        == "一。二。"
    )
    assert (
        join_sentences(
            Summary(
                headline="", lead=lead, sentences=sentences, language="en", length=Length.LINE, method="m"
            )
        )
        == "一。 二。"
    )
    assert (
        block(
            StoryCard(
                ranked(lead),
                Summary(
                    headline="H", lead=lead, sentences=(), language="en", length=Length.HEADLINE, method="m"
                ),
            )
        ).sentences
        == ()
    )


def test_news_at_once_is_one_block() -> None:
    assert len(instant(card(), EN, channel(), NOW).blocks) == 1


def test_what_is_gathered_into_one_post_tells_the_first_and_names_the_others() -> None:
    rest = [ranked(entry(8)), ranked(entry(9))]
    document = gathered_document("Held up", [card(1), card(2)], rest, EN, channel(), NOW)
    assert document.blocks[0] == Heading("Held up", "4 stories")
    assert [found.headline for found in lines(document, StoryBlock)] == ["Headline 1", "Headline 2"]
    (listing,) = lines(document, Listing)
    assert (listing.title, listing.folded) == ("Also: 2 more stories", True)
    assert [(item.text, item.link) for item in listing.items] == [(r.lead.title, r.lead.link) for r in rest]
    assert lines(gathered_document("Held up", [card(1)], [], EN, channel(), NOW), Listing) == []


def test_details_quote_the_words_each_sentence_rests_on() -> None:
    found = card(1)
    document = details(found, EN, channel(), NOW)
    (quote,) = lines(document, Quote)
    assert (quote.text, quote.source, quote.link) == (
        corvid().text[:20],
        "Outlet 1, 08:00",
        "https://news.example/1",
    )
    assert [moment.shown for moment in quote.moments] == ["08:00"]
    (sources,) = lines(document, Listing)
    assert [item.text for item in sources.items] == ["Outlet 1 · 08:00 — Title 1"]


def test_details_mark_reprints() -> None:
    first, copy = entry(1, text=corvid().text, published=ago(3)), entry(2, text=corvid().text)
    found = StoryCard(
        ranked(first, copy),
        Summary(headline="H", lead=first, sentences=(), language="en", length=Length.LONG, method="m"),
    )
    (sources,) = lines(details(found, EN, channel(), NOW), Listing)
    assert ["reprint" in item.text for item in sources.items] == [False, True]


def test_what_was_said_is_remembered_whole() -> None:
    assert told_text(card(1).summary) == f"Headline 1\n{corvid().text[:20]}"


@pytest.mark.parametrize("language", texts().languages)
def test_a_digest_can_be_made_in_every_language(language: str) -> None:
    document = digest_document(
        content(card(), tail=2, late=True, counts=Counts(entries=2, feeds=2, failing=2, repeats=2)),
        texts().for_language(language),
        channel(language=language),
    )
    assert document.language == language
    assert not re.search(r"\{\w+\}", str(document))
