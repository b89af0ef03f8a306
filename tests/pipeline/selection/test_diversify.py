"""A digest is a mixture, and never filled up."""

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any

from bot.model import Factor, FactorCode, Ranking
from bot.pipeline.relevance.judge import company_of, compile_rules, narrower_topic
from bot.pipeline.selection.diversify import diversify
from tests.pipeline.conftest import entry, ranked, story
from tests.support.world import FILLER, settings

RULES = compile_rules(
    {"ai": {"words": ["model"]}, "gardens": {"title": "Gardens", "rationed": True, "words": ["garden"]}},
    {"maker": {"Halden": ["Halden", "Corvid*"], "Orsino": ["Orsino"]}},
)


def told_by(number: int, title: str, score: float, outlets: int = 1, **values: Any) -> Ranking:
    lead = entry(number, title=title, text=FILLER, **values)
    return ranked(lead, story=story(lead, number=number), score=score, outlets=outlets)


def order(candidates: Sequence[Ranking], size: int = 5, widely_read: Set[str] = frozenset()) -> list[int]:
    told, listed = diversify(candidates, size, RULES, "ai", widely_read)
    assert len(told) + len(listed) == len(candidates)
    return [r.story.id for r in told]


def test_companies_are_known_by_what_headlines_call_them() -> None:
    assert company_of("Corvid-3 outruns Orsino", RULES) == "Halden"
    assert company_of("Orsino answers Halden", RULES) == "Orsino"
    assert company_of("Rain", RULES) == ""
    assert company_of("ChatGPT gets a clock", settings().rules) == company_of(
        "OpenAI buys clocks", settings().rules
    )


def test_no_two_stories_of_one_company_stand_side_by_side() -> None:
    first, second = told_by(1, "Halden hires", 3), told_by(2, "Halden moves", 2.9)
    assert order([first, second, told_by(3, "Rain", 1.5)]) == [1, 3, 2]


def test_unless_both_are_large_or_nothing_nearly_as_strong_is_there() -> None:
    large = [told_by(1, "Halden hires", 3, 6), told_by(2, "Halden moves", 2.9, 5), told_by(3, "Rain", 1.5)]
    assert order(large) == [1, 2, 3]
    weak = [told_by(1, "Halden hires", 9), told_by(2, "Halden moves", 8.9), told_by(3, "Rain", 1.5)]
    assert order(weak) == [1, 2, 3]


def test_one_outlet_alone_tells_two_stories_before_others_have_their_turn() -> None:
    mine = [told_by(n, f"Title {n}", 4 - n / 10, outlet="One") for n in (1, 2, 3)]
    assert order([*mine, told_by(4, "Title 4", 2, outlet="Two")], size=3) == [1, 2, 4]
    assert order(mine) == [1, 2, 3]


def test_two_stories_of_a_narrower_topic_are_enough() -> None:
    gardens = [told_by(n, f"A garden {n}", 4 - n / 10) for n in (1, 2, 3)]
    assert order([*gardens, told_by(4, "Rain", 2)], size=3) == [1, 2, 4]
    assert narrower_topic("A garden", RULES, "gardens") == ""


def test_the_last_place_may_go_to_a_small_first_hand_story() -> None:
    others = [told_by(n, f"Title {n}", 9 - n) for n in range(1, 6)]
    small = told_by(9, "A note from the laboratory", 2.2, kind="lab blog")
    assert order([*others, small]) == [1, 2, 3, 4, 9]
    assert order([told_by(7, "A first-hand one", 10, kind="company"), *others[:4], small]) == [7, 1, 2, 3, 4]
    assert order([*others, small], size=2) == [1, 2]
    beside = [*others[:3], told_by(4, "Halden hires", 5), told_by(5, "Title 5", 4)]
    assert order([*beside, told_by(9, "A note of Halden", 2.2, kind="lab blog")]) == [1, 2, 3, 4, 5]
    assert order([*others[:3], small]) == [1, 2, 3, 9]


def test_a_first_hand_trifle_takes_no_place_of_news() -> None:
    others = [told_by(n, f"Title {n}", 9 - n) for n in range(1, 6)]
    assert order([*others, told_by(9, "A note from the laboratory", 1.9, kind="lab blog")]) == [1, 2, 3, 4, 5]


def test_a_text_lowers_or_lifts_a_score_and_is_no_order_of_its_own() -> None:
    bare = ranked(entry(1), story=story(entry(1), number=1), score=9.0)
    assert order([bare, told_by(2, "Rain", 1)], size=1) == [1]
    assert order([]) == []


def test_where_many_outlets_are_read_what_hardly_any_tells_and_no_editor_would_is_listed() -> None:
    large, slight = told_by(1, "Halden hires", 3, outlets=3), replace(told_by(2, "Rain", 2.9), worth=0.2)
    ordinary = replace(told_by(3, "Orsino moves", 1), worth=0.5)
    picked = replace(slight, story=replace(slight.story, id=4), factors=(Factor(FactorCode.PICKED, 1.7),))
    assert order([large, slight, ordinary, picked], widely_read={"en"}) == [1, 4, 3]
    assert order([large, slight, ordinary, picked], widely_read={"it"}) == [1, 2, 4, 3]
    assert order([large, slight, ordinary, picked]) == [1, 2, 4, 3]
    assert order([slight], widely_read={"en"}) == [], "a quiet day says less"
