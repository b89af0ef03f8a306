"""What people type for times and levels, in every language of the bot."""

import pytest

from bot.languages import SPOKEN
from bot.lexicon import LEXICONS
from bot.text.typed_words import in_english

WHAT_ALL_NEED = ("now", "daily", "weekdays", "tomorrow", "noon", "important", "biggest", "silent", "off")


@pytest.mark.parametrize("language", [code for code in SPOKEN if code != "en"])
def test_every_language_that_is_spoken_has_the_words_of_commands(language: str) -> None:
    typed = dict(LEXICONS[language].typed)
    assert [word for word in WHAT_ALL_NEED if not typed[word]] == []


@pytest.mark.parametrize("language", SPOKEN)
def test_every_phrase_is_read_as_what_it_is_typed_for(language: str) -> None:
    clocks = {"noon": "12:00", "midnight": "00:00", "morning": "08:00", "evening": "18:00"}
    wrong = {
        phrase: in_english(phrase)
        for word, phrase in LEXICONS[language].typed.phrases()
        if in_english(phrase) != clocks.get(word, word)
    }
    assert wrong == {}


@pytest.mark.parametrize("line", ["corvid", "noonish", "<b>x</b>", "", "\x00", "🦜🦜"])
def test_other_words_stay_as_they_are(line: str) -> None:
    assert in_english(line) == line


def test_a_clock_has_no_more_hours_than_it_has() -> None:
    assert in_english("25 pm") == "25:00"
    assert in_english("13 pm") == "13:00"


def test_a_length_of_hours_is_no_time_but_in_a_schedule() -> None:
    assert in_english("8 heures") == "8 hour"
    assert in_english("8 heures", hours_are_times=True) == "08:00"
    assert in_english("à 8 heures") == "08:00"
