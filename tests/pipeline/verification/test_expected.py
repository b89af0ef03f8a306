"""What a reader would expect, and once did not get."""

import pytest

from bot.model import Length, ToldMark
from bot.pipeline.selection.novelty import assess_novelty
from bot.pipeline.summarizing.extract import choose
from bot.pipeline.summarizing.units import units_of
from bot.pipeline.verification.check import Source, check
from bot.text.words import size
from tests.pipeline.conftest import NOW, doc, entry, ranked
from tests.pipeline.grouping.test_index import index_of
from tests.support.world import corvid, garden, larkwell, settings


def test_size_counts_cjk_characters_after_a_latin_name() -> None:
    assert size("OpenAI发布新模型") == 6


def test_a_unit_that_the_source_lacks_fails() -> None:
    assert not check("It uses 2,000% more.", "en", [Source("It uses 2,000 chips.", "en")]).ok


@pytest.mark.parametrize(
    "title", ["The morning briefing of our newsroom", "Weekly AI roundup: what you missed"]
)
def test_two_editions_under_one_headline_are_two_stories(title: str) -> None:
    index = index_of()
    index.add(doc(1, title, garden().text, hours=30, outlet="A"), 1)
    assert index.place(doc(2, title, larkwell().text, outlet="A")).story is None


def test_what_the_headline_says_is_not_said_again() -> None:
    title = "Halden Labs released Corvid 3 on Monday, an open language model with 70 billion parameters"
    found = entry(text=corvid().text)
    assert not any(
        s.text.startswith("Halden Labs released") for s in choose(units_of(found), title, found, Length.SHORT)
    )


def test_an_edit_that_changes_a_figure_is_an_update() -> None:
    """`assess_novelty` calls a story known when no entry is new, though an entry was told in another version."""
    edited = entry(1, title=corvid().title, text=corvid().text.replace("70 billion", "90 billion"), version=2)
    before = ToldMark(
        story_id=1, told_at=NOW, entry_ids=frozenset({1}), said=f"{corvid().title}\n{corvid().text}"
    )
    assert assess_novelty(ranked(edited), before, settings().kinds, NOW).update
