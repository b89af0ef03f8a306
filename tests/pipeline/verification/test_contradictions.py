"""Where outlets contradict each other, and where they only seem to."""

import pytest

from bot.model import Entry, Length, StoryBlock, Summary
from bot.pipeline.composing import compose
from bot.pipeline.verification.contradictions import contradict, dissenting_outlets, find_disagreements
from tests.pipeline.conftest import NOW, entry, ranked
from tests.pipeline.verification.contradictions import PAIRS
from tests.support.world import texts

MANY = "Halden Labs trained Corvid on 50,000 chips in a former cannery."
FEW = "Halden Labs trained Corvid on 2,000 chips in a former cannery."


def test_what_is_said_to_contradict_does() -> None:
    said = [label for language, one, other, label in PAIRS if contradict(one, other, language)]
    assert len(PAIRS) >= 60
    assert sum(said) / len(said) >= 0.95
    assert sum(said) >= 0.8 * sum(label for *_, label in PAIRS)


@pytest.mark.parametrize(("language", "one", "other", "label"), PAIRS)
def test_the_order_changes_nothing(language: str, one: str, other: str, label: bool) -> None:
    assert contradict(one, other, language) == contradict(other, one, language)


def telling(number: int, text: str, **values: object) -> Entry:
    return entry(number, text=f"{text} Title {number} has a sentence of its own.", **values)


def test_both_sentences_are_quoted_as_they_stand() -> None:
    (found,) = find_disagreements([telling(1, FEW), telling(2, MANY)])
    assert (found.first.text, found.second.text) == (FEW, MANY)


def test_one_outlet_and_other_languages_contradict_nothing() -> None:
    assert find_disagreements([telling(1, FEW, outlet="A"), telling(2, MANY, outlet="A")]) == ()
    assert find_disagreements([telling(1, FEW), telling(2, MANY, language="it")]) == ()
    assert find_disagreements([telling(1, FEW)]) == find_disagreements([]) == ()


def test_who_stands_against_the_others_disagrees() -> None:
    entries = [telling(1, FEW), telling(2, MANY), telling(3, FEW)]
    assert dissenting_outlets(find_disagreements(entries), entries[0]) == {"Outlet 2"}
    assert dissenting_outlets(find_disagreements(entries[:2]), entries[1]) == {"Outlet 1"}
    assert dissenting_outlets([], entries[0]) == set()


def test_a_digest_and_the_sources_say_so() -> None:
    from bot.model import Channel, PlaceKind

    found = ranked(telling(1, FEW), telling(2, MANY), telling(3, FEW))
    summary = Summary(
        headline="Title",
        lead=found.lead,
        sentences=(),
        language="en",
        length=Length.LINE,
        method="extractive",
    )
    channel = Channel(id=1, platform="scripted", address="chat", kind=PlaceKind.GROUP, server_id=1)
    words = texts().for_language("en")
    block = compose.story_block(compose.StoryCard(found, summary), words, channel, NOW, 1)
    assert "1 of 3 disagrees" in block.meta
    details = compose.details(compose.StoryCard(found, summary), words, channel, NOW)
    assert isinstance(details.blocks[0], StoryBlock)
    assert {FEW, MANY} <= {getattr(b, "text", "") for b in details.blocks}


def test_a_denial_is_quoted_behind_its_claim_whichever_was_told_first() -> None:
    claim = "Orsino sold recordings of patients to insurers."
    denial = "Orsino denied that it sold recordings of patients to insurers."
    for first, second in ((claim, denial), (denial, claim)):
        (found,) = find_disagreements([telling(1, first), telling(2, second)])
        assert (found.first.text, found.second.text) == (claim, denial)
