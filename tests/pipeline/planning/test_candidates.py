"""What is judged for one channel serves the next one that asks the same, and no other."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.model import ReasonCode
from bot.pipeline.filters.grammar import parse_filter
from bot.pipeline.planning.candidates import CandidateMemory, Contest, Criteria, judge_stories
from bot.pipeline.selection.rank import rank
from tests.pipeline.conftest import NOW, entry, story
from tests.support.world import FILLER, settings

KINDS = settings().kinds
CRITERIA = Criteria(
    filter_=parse_filter("-rain", ()),
    languages=("en",),
    now=NOW,
    horizon=timedelta(days=3),
    kinds=KINDS,
)
FRESH = story(entry(1, title="Halden builds chips", text=FILLER, published=NOW), number=1)
WET = story(entry(2, title="Rain over Halden", text=FILLER, published=NOW), number=2)
OLD = story(entry(3, title="Ebner hires", text=FILLER, published=NOW - timedelta(days=9)), number=3)
CONTEST = Contest(stories=(FRESH, WET, OLD), off_topic=frozenset(), over_cap={}, criteria=CRITERIA)


def test_each_story_is_ranked_or_left_out_with_a_reason() -> None:
    ranked, wet, old = judge_stories(CONTEST, rank)
    assert ranked.ranking == rank(FRESH, NOW, ("en",), KINDS)
    assert ranked.reason is None
    assert (wet.ranking, wet.reason and wet.reason.code) == (None, ReasonCode.EXCLUDED)
    assert (old.ranking, old.reason and old.reason.code) == (None, ReasonCode.OLD)


def test_the_same_question_is_answered_once() -> None:
    memory = CandidateMemory()
    first = memory.judge(CONTEST, rank)
    assert memory.judge(replace(CONTEST, criteria=replace(CRITERIA)), rank) is first
    assert list(first) == list(judge_stories(CONTEST, rank))


@pytest.mark.parametrize(
    "other",
    [
        {"criteria": replace(CRITERIA, filter_=parse_filter("-snow", ()))},
        {"criteria": replace(CRITERIA, languages=("it", "en"))},
        {"criteria": replace(CRITERIA, now=NOW + timedelta(minutes=1))},
        {"criteria": replace(CRITERIA, horizon=timedelta(days=30))},
        {"off_topic": frozenset({1})},
        {"over_cap": {1: 1}},
        {"stories": (replace(FRESH, entries=(replace(FRESH.entries[0], text="Other words."),)), WET, OLD)},
    ],
    ids=["filter", "languages", "minute", "horizon", "topic", "cap", "edited"],
)
def test_another_question_has_its_own_answer(other: dict[str, Any]) -> None:
    memory = CandidateMemory()
    first, contest = memory.judge(CONTEST, rank), replace(CONTEST, **other)
    second = memory.judge(contest, rank)
    assert second is not first
    assert list(second) == list(judge_stories(contest, rank))
