"""Quotations stand in the source word for word."""

import pytest

from bot.pipeline.verification.quotes import find_changed_quote


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("He calls it “a quiet, slow sea,” he said.", "“It is a quiet slow sea.”"),
        ('It was " a quiet sea " then.', "It was a quiet sea then."),
        ("Elle parle d’« une mer calme ».", "“Une mer calme”, dit-elle."),
        ("„Ein stilles […] Meer“, sagt sie.", "Es sei ein stilles, graues Meer."),
        ("社名は『新しい「青い海」社』だ。", "新しい「青い海」社という社名。"),
        ("The “sea”.", "Water."),
    ],
)
def test_what_was_said_passes_whatever_the_punctuation(said: str, source: str) -> None:
    assert not find_changed_quote(said, [source], translated=False)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("He calls it “a loud sea”.", "He calls it “a quiet sea”."),
        ("Elle parle d’« une mer agitée ».", "Elle parle d’« une mer calme »."),
        ("彼は「赤い大きな海」と言った。", "彼は「青い大きな海」と言った。"),
    ],
)
def test_other_words_are_found(said: str, source: str) -> None:
    assert find_changed_quote(said, [source], translated=False)


def test_a_short_term_may_stand_in_translation() -> None:
    assert not find_changed_quote("Il “mare quieto”.", ["The quiet sea."], translated=True)
    assert find_changed_quote("“Il mare era davvero quieto.”", ["The sea was quiet."], translated=True)
