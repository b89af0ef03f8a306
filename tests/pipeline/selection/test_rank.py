"""What comes first, and who leads."""

from typing import Any

from bot.model import Entry, FactorCode, TextKind, Wall
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.relevance.kinds import Kinds, compile_kinds
from bot.pipeline.selection.rank import is_about, is_bare, leading, rank, sort_by_score
from tests.pipeline.conftest import NOW, ago, entry, ranked, story
from tests.support.world import FILLER, corvid, garden, settings

LONG = f"{FILLER} {FILLER}"


def score(*entries: Entry, language: str = "en") -> float:
    return rank(story(*entries), NOW, language, settings().kinds).score


def told(number: int, **values: Any) -> Entry:
    """An entry of enough words that no other one has."""
    words = [f"word{number}x{n}" for n in range(100)]
    text = " ".join(f"{' '.join(words[at : at + 10])}.".capitalize() for at in range(0, 100, 10))
    return entry(number, **{"text": text, **values})


def test_more_outlets_come_first() -> None:
    assert score(told(1), told(2), told(3)) > score(told(1))


def test_an_outlet_counts_once() -> None:
    twice = rank(story(told(1, outlet="A"), told(2, outlet="A")), NOW, ("en",), Kinds())
    assert twice.outlets == 1


def test_a_reprint_adds_nothing() -> None:
    assert (
        score(told(1, text=LONG, published=ago(2)), told(2, text=LONG, published=ago(1)))
        <= score(told(1, text=LONG, published=ago(1))) * 1.01
    )


def test_what_is_older_comes_later() -> None:
    """A single report halves in 28.8 hours, of which its last word counts for two fifths."""
    assert abs(score(told(1, published=ago(28.8))) / score(told(1, published=ago(0))) - 0.5) < 0.01


def test_breadth_outweighs_half_a_day_and_what_began_lately_comes_first() -> None:
    broad = [told(n, published=ago(12)) for n in range(1, 5)]
    young = [told(n, published=ago(1)) for n in (5, 6)]
    assert score(*broad) > score(*young)
    assert score(*young) > score(told(5, published=ago(10)), told(6, published=ago(1)))


def test_a_story_that_goes_on_is_not_buried_by_its_beginning() -> None:
    goes_on = score(told(1, published=ago(96)), told(2, published=ago(1)))
    assert score(told(1, published=ago(500)), told(2, published=ago(1))) == goes_on


def test_what_an_overview_of_the_day_links_to_comes_first() -> None:
    picked = [told(1), told(2, kind="aggregator")]
    assert score(*picked) > 1.5 * score(told(1), told(2))
    factors = rank(story(*picked), NOW, ("en",), Kinds()).factors
    assert FactorCode.PICKED in {factor.code for factor in factors}
    assert (
        rank(story(*picked), NOW, ("en",), Kinds()).weight
        == rank(story(told(1), told(2)), NOW, ("en",), Kinds()).weight
    )


def test_a_story_is_bare_where_only_headlines_tell_it() -> None:
    kinds = settings().kinds
    assert is_bare(rank(story(entry(1)), NOW, ("en",), kinds))
    assert is_bare(rank(story(entry(1), entry(2), entry(3)), NOW, ("en",), kinds))
    assert not is_bare(rank(story(*(entry(n) for n in range(1, 5))), NOW, ("en",), kinds))
    assert not is_bare(rank(story(told(1)), NOW, ("en",), kinds))
    release = entry(1, kind="lab blog", title="Acme releases a model")
    partnership = entry(1, kind="lab blog", title="Acme and Ocarina as partners")
    assert not is_bare(rank(story(release), NOW, ("en",), kinds))
    assert is_bare(rank(story(partnership), NOW, ("en",), kinds))


def test_a_sentence_leads_before_a_mere_name() -> None:
    name = told(1, title="Corvid 3.5 Flash", kind="lab blog")
    sentence = told(2, title="Halden Labs opens Corvid 3.5 Flash to everybody", published=ago(0.5))
    assert leading([name, sentence], ("en",), Kinds()) is sentence


def test_an_entry_from_the_future_counts_as_now() -> None:
    assert score(told(1, published=ago(-5))) == score(told(1, published=ago(0)))


def test_a_title_without_text_counts_less() -> None:
    assert score(told(1, text="")) < score(told(1))


def test_first_party_counts_more_and_deals_less() -> None:
    assert score(told(1, kind="lab blog")) > score(told(1))
    assert score(told(1, title="Save $100: best deals on laptops")) < score(told(1))


def test_reasons_say_what_made_the_score() -> None:
    found = rank(
        story(told(1, kind="lab blog", title="Acme releases a model"), told(2)), NOW, "en", settings().kinds
    )
    made = {factor.code: factor for factor in found.factors}
    assert made[FactorCode.OUTLETS].measure == 2
    assert made[FactorCode.FIRST_HAND].factor > 1
    assert FactorCode.PICKED not in made
    assert made[FactorCode.KIND].measure == "release"
    assert FactorCode.BARE in {one.code for one in rank(story(entry()), NOW, ("en",), Kinds()).factors}


def test_the_lead_speaks_the_channels_language() -> None:
    english, italian = told(1), told(2, language="it")
    assert leading([english, italian], ("it",), Kinds()) is italian
    assert leading([english, italian], ("en",), Kinds()) is english


def test_the_lead_is_first_hand_whole_and_early() -> None:
    newsletter, reporter = told(1, kind="newsletter", published=ago(5)), told(2)
    teaser, whole = told(3, text_kind=TextKind.TEASER, published=ago(5)), told(4)
    assert leading([newsletter, reporter], ("en",), Kinds()) is reporter
    assert leading([teaser, whole], ("en",), Kinds()) is whole
    assert leading([told(3, wall=Wall.PAY), told(4)], ("en",), Kinds()).id == 4
    assert leading([told(5), told(6, kind="lab blog")], ("en",), Kinds()).kind == "lab blog"
    assert leading([told(8, published=ago(2)), told(7, published=ago(3))], ("en",), Kinds()).id == 7


def test_reprints_are_told_by_their_words_whatever_the_order() -> None:
    first, copy, other = (
        entry(1, text=LONG, published=ago(3)),
        entry(2, text="Update. " + LONG, published=ago(2)),
        entry(3, text=garden().text),
    )
    assert without_reprints([copy, other, first]) == [first, other]
    assert without_reprints([entry(1, text="Short."), entry(2, text="Short.")]) == [
        entry(1, text="Short."),
        entry(2, text="Short."),
    ]


def test_equal_scores_keep_the_older_story_first() -> None:
    a, b, c = (
        ranked(entry(n), story=story(entry(n), number=n), score=s) for n, s in ((2, 1.0), (1, 1.0), (3, 2.0))
    )
    assert [r.story.id for r in sort_by_score([a, b, c])] == [3, 1, 2]


def test_the_first_kind_that_matches_counts() -> None:
    kinds = compile_kinds(
        {"a": {"factor": 2, "patterns": ["model"]}, "b": {"factor": 3, "patterns": ["corvid", "model"]}}
    )
    assert [k.name for t in (corvid().title, "A corvid") if (k := kinds.of(entry(title=t)))] == ["a", "b"]
    assert kinds.of(entry(title="Soup")) is None


def test_only_what_is_on_the_topic_leads() -> None:
    game = entry(1, title="Quillfall launches in late February", text=LONG, published=ago(5), outlet="A")
    model = entry(2, title="Halden releases its model Quillfall", published=ago(2), outlet="B")
    another = entry(3, title="Quillfall, the new model of Halden", published=ago(1), outlet="C")
    found = rank(story(game, model, another), NOW, ("en",), Kinds(), frozenset({1}))
    assert found.lead == model
    assert found.aside == {1}
    assert found.outlets == 3


def test_a_story_is_on_a_topic_if_most_of_its_weight_is() -> None:
    told = story(*(entry(n, outlet=f"O{n}") for n in (1, 2, 3)))
    assert is_about(told, frozenset())
    assert is_about(told, frozenset({1}))
    assert not is_about(told, frozenset({1, 2}))
    assert not is_about(told, frozenset({1, 2, 3}))


def test_a_page_in_the_readers_language_does_not_lead_news_she_cannot_read() -> None:
    page = entry(1, title="I tried the Halden ring and am slightly afraid of it", text=LONG)
    news = entry(2, title="海登公司发布智能戒指", language="zh", outlet="B", text="")
    found = rank(story(page, news), NOW, ("en",), settings().kinds)
    assert found.lead.id == 1
    assert not found.is_news
    assert rank(story(page, news), NOW, ("en", "zh"), settings().kinds).lead.id == 2


def test_a_text_that_only_asks_and_greets_tells_nothing() -> None:
    asking = (
        "Hello to all of you out there! Who would have thought it? We are so happy about our harbour. " * 3
    )
    found = rank(story(entry(1, text=asking)), NOW, ("en",), settings().kinds)
    assert is_bare(found)
