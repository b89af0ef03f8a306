"""What people type for times and levels, in every language of the bot."""

import pytest

from bot.languages import SPOKEN
from bot.lexicon import LEXICONS
from bot.text.typed_words import CLOCKS, in_english

WHAT_ALL_NEED = ("now", "daily", "weekdays", "tomorrow", "noon", "important", "biggest", "silent", "off")


@pytest.mark.parametrize("language", [code for code in SPOKEN if code != "en"])
def test_every_language_that_is_spoken_has_the_words_of_commands(language: str) -> None:
    typed = dict(LEXICONS[language].typed)
    assert [word for word in WHAT_ALL_NEED if not typed[word]] == []


@pytest.mark.parametrize("language", SPOKEN)
def test_every_phrase_is_read_as_what_it_is_typed_for(language: str) -> None:
    wrong = {
        phrase: in_english(phrase)
        for word, phrase in LEXICONS[language].typed.phrases()
        if in_english(phrase) != {**CLOCKS, "daily_or_date": "daily"}.get(word, word)
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


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("8 in the evening", "20:00"),
        ("alle 8 e mezza di sera", "20:30"),
        ("8 Uhr abends", "20:00"),
        ("morgens um 7", "07:00"),
        ("le soir à 8h", "20:00"),
        ("a las 9 por la noche", "21:00"),
        ("às 3 à tarde", "15:00"),
        ("晚上八点半", "20:30"),
        ("夜の8時", "20:00"),
        ("8 am 6 pm", "08:00 18:00"),
        ("morning 8 evening 6", "08:00 18:00"),
        ("12 midnight", "00:00"),
        ("12 de la noche", "00:00"),
        ("凌晨2点", "02:00"),
        ("nachts um 2", "02:00"),
        ("11 at night", "23:00"),
        ("evening 20:30", "20:30"),
        ("half past 8", "8:30"),
        ("half past eight pm", "20:30"),
        ("um halb neun uhr", "at 8:30"),
        ("halb acht abends", "19:30"),
        ("halb 1", "half_to 1"),
        ("quarter to nine", "8:45"),
        ("quarter past 8 pm", "20:15"),
        ("um viertel nach sieben", "at 7:15"),
        ("alle nove e un quarto", "at 9:15"),
        ("alle otto meno un quarto di sera", "19:45"),
        ("à huit heures et quart", "at 8:15"),
        ("a las ocho menos cuarto", "at 7:45"),
        ("eight in the morning", "08:00"),
        ("alle otto", "08:00"),
        ("acht Uhr", "08:00"),
        ("à huit heures", "08:00"),
        ("a las once", "11:00"),
        ("às oito da manhã", "08:00"),
        ("at once", "now"),
        ("stasera", "18:00"),
        ("tonight", "18:00"),
        ("once sei six", "once sei six"),
    ],
)
def test_an_hour_is_read_in_the_part_of_the_day_beside_it(typed: str, read: str) -> None:
    assert in_english(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("noon 18:00", "12:00 18:00"),
        ("morning 18:00", "08:00 18:00"),
        ("mattina e sera", "08:00 also 18:00"),
        ("08:00, evening", "08:00, 18:00"),
    ],
)
def test_parts_of_the_day_are_times_of_their_own_where_no_hour_is_in_them(typed: str, read: str) -> None:
    assert in_english(typed) == read


def test_what_is_until_an_hour_is_a_time_and_hours_alone_are_a_length() -> None:
    assert in_english("jusqu’à 18h") == "until 18:00"
    assert in_english("8 Stunden", hours_are_times=True) == "8 hours"
    assert in_english("两个小时") == "2 hours"


def test_words_that_were_read_once_are_read_the_same_again() -> None:
    for typed in ("ogni lunedì alle 8 di sera", "08:00 evening", "toutes les 2 heures", "2 at night"):
        once = in_english(typed, hours_are_times=True)
        assert in_english(once, hours_are_times=True) == once
