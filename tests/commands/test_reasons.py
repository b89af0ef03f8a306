"""Every reason is said in words, in every language."""

import pytest

from bot.commands.reasons import SENTENCES, reason_in_words
from bot.i18n import load
from bot.model import Bar, Reason, ReasonCode

UNSAID = {ReasonCode.ALL, ReasonCode.UPDATE, ReasonCode.FIRST_HAND, ReasonCode.BURST}
"""Why news went out at once."""

PARAMS = {
    ReasonCode.OLD: {"hours": 36},
    ReasonCode.FOREIGN: {"language": "uk"},
    ReasonCode.BELOW_BAR: {"weight": 0.4, "bar": Bar.NOTABLE},
    ReasonCode.EXCLUDED: {"term": "-crypto"},
    ReasonCode.NOT_ASKED_FOR: {"term": '+"open weights"'},
    ReasonCode.OFF_TOPIC: {"term": "-film"},
    ReasonCode.NEVER_LEADS: {"term": "-leads:wire"},
    ReasonCode.CALM: {"outlets": 1, "needed": 3},
    ReasonCode.FEED_CAP: {"most": 3},
}


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(ReasonCode) - UNSAID


@pytest.mark.parametrize("language", load().languages)
def test_a_reason_is_said_with_what_decided(language: str) -> None:
    words = load().for_language(language)
    for code in SENTENCES:
        said = reason_in_words(words, Reason(code, PARAMS.get(code, {})), slot="A", when="B", limit=6)
        assert all(str(value) in said for value in PARAMS.get(code, {}).values() if isinstance(value, int)), (
            said
        )
    below = reason_in_words(words, Reason(ReasonCode.BELOW_BAR, PARAMS[ReasonCode.BELOW_BAR]))
    for code in (ReasonCode.EXCLUDED, ReasonCode.NOT_ASKED_FOR, ReasonCode.NEVER_LEADS):
        assert str(PARAMS[code]["term"]) in reason_in_words(words, Reason(code, PARAMS[code]))
    assert words.decimal(0.4) in below
    assert words.decimal(1.3) in below
    assert words.language_name("uk") in reason_in_words(words, Reason(ReasonCode.FOREIGN, {"language": "uk"}))
