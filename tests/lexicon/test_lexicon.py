"""What the program knows of languages: every file is read whole, and a mistake in one is named."""

import re
import tomllib

import pytest
from babel import Locale

from bot.languages import SPOKEN
from bot.lexicon import LANGUAGES, LEXICONS, Lexicon, by_kind, language_of_file, lexicon_of, parse_lexicon
from bot.pipeline.verification.polarity_words import CALENDAR, negations
from bot.text.products import MONTHS
from bot.text.words import fold
from tests.support.world import CONFIG


def test_every_language_that_is_spoken_is_read() -> None:
    assert set(SPOKEN) <= set(LANGUAGES)


def test_a_language_without_a_file_has_an_empty_lexicon() -> None:
    assert lexicon_of("xx") == Lexicon()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_can_be_compiled(language: str) -> None:
    lexicon = LEXICONS[language]
    parts = (lexicon.limits, lexicon.claims, lexicon.strength, lexicon.voice, lexicon.page)
    for part in parts:
        for name in type(part).model_fields:
            for pattern in getattr(part, name):
                re.compile(pattern)
    deeds = lexicon.deeds
    roles = (*deeds.verbs.values(), deeds.by, deeds.passive, deeds.pivots, deeds.subjects, deeds.objects)
    by_kind_lists = (*lexicon.titles.values(), *lexicon.numbers.periods.values())
    for pattern in (p for listed in (*roles, *by_kind_lists) for p in listed):
        re.compile(pattern)


@pytest.mark.parametrize("language", LANGUAGES)
def test_opposites_are_pairs(language: str) -> None:
    assert all(pair.count("/") == 1 for pair in LEXICONS[language].words.opposites)


@pytest.mark.parametrize("language", sorted(set(SPOKEN)))
def test_a_language_that_is_spoken_has_what_summaries_and_the_gate_need(language: str) -> None:
    lexicon = LEXICONS[language]
    words, voice = lexicon.words, lexicon.voice
    assert words.negations or words.negation_signs
    assert words.hedges or words.hedge_signs
    assert words.opposites
    assert voice.first_person
    assert voice.second_person
    assert voice.urging
    assert voice.hanging
    assert lexicon.limits.at_most
    assert lexicon.limits.per_year
    assert lexicon.numbers.words
    assert lexicon.page.boilerplate
    assert all(getattr(lexicon.strength, name) for name in lexicon.strength.model_fields_set)
    assert lexicon.strength.model_fields_set >= LEXICONS["pt"].strength.model_fields_set
    assert lexicon.deeds.verbs.keys() == LEXICONS["en"].deeds.verbs.keys()
    assert lexicon.numbers.periods.keys() == LEXICONS["en"].numbers.periods.keys()
    assert lexicon.events.keys() == LEXICONS["en"].events.keys()
    assert lexicon.signs.keys() == LEXICONS["en"].signs.keys()
    assert lexicon.titles.keys() == LEXICONS["en"].titles.keys()


def test_titles_are_of_kinds_that_there_are() -> None:
    kinds = tomllib.loads((CONFIG / "kinds.toml").read_text(encoding="utf-8"))
    assert LEXICONS["en"].titles.keys() == kinds.keys()


def test_a_list_that_there_is_not_is_named_with_its_file() -> None:
    with pytest.raises(ValueError, match=r"lexicon/xx\.toml(?s:.*)words\.negation\n"):
        parse_lexicon("xx.toml", "[words]\nnegation = 'not'\n")


def test_a_file_that_is_named_after_no_language_is_refused() -> None:
    assert language_of_file("sv.toml") == "sv"
    with pytest.raises(ValueError, match=r"lexicon/xx\.toml: xx is no language of CLDR"):
        language_of_file("xx.toml")


def test_what_is_no_toml_is_named_with_its_file() -> None:
    with pytest.raises(ValueError, match=r"lexicon/xx\.toml: "):
        parse_lexicon("xx.toml", "[words")


def test_lists_by_kind_are_of_every_language_that_has_them() -> None:
    assert by_kind(lambda lexicon: lexicon.events)["sue"].keys() >= {
        "en",
        "it",
        "de",
        "fr",
        "es",
        "pt",
        "zh",
        "ja",
    }


def test_italian_mai_denies_and_german_mai_is_a_month() -> None:
    assert "mai" in negations("it")
    assert "mai" not in negations("de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_and_months_are_known_of_every_language_that_is_read(language: str) -> None:
    months = set(Locale(language).months["format"]["wide"].values())
    days = set(Locale(language).days["format"]["wide"].values())
    assert {fold(name) for name in months | days} - {"may"} <= CALENDAR
    assert {name.casefold() for name in months} <= MONTHS
