"""One word for one thing in every catalogue, and values as a language writes them."""

import re
import tomllib
from pathlib import Path

import pytest

from bot import i18n
from bot.languages import SPOKEN
from tests.i18n.test_catalogues import LANGUAGES, translations

SYNONYMS = tomllib.loads((Path(__file__).parent / "synonyms.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_second_word_stands_for_a_thing(language: str) -> None:
    found = [
        f"{word}, not {match[0]}: {form}"
        for word, patterns in SYNONYMS[language].items()
        for forms in translations(language).values()
        for form in forms
        for pattern in patterns
        if (match := re.search(pattern, form, re.IGNORECASE))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("en", "1st and 15th"),
        ("it", "1 e 15"),
        ("de", "1. und 15."),
        ("fr", "1er et 15"),
        ("es", "1 y 15"),
        ("pt", "1 e 15"),
        ("zh", "1日和15日"),
        ("ja", "1日、15日"),
    ],
)
def test_days_of_a_month_are_listed_as_a_sentence_has_them(language: str, days: str) -> None:
    assert i18n.load().for_language(language).month_days([1, 15]) == days


@pytest.mark.parametrize("language", SPOKEN)
def test_decimals_are_written_as_a_language_does(language: str) -> None:
    comma = language in {"it", "de", "fr", "es", "pt"}
    assert i18n.load().for_language(language).decimal(1.05) == ("1,05" if comma else "1.05")
