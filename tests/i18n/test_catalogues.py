"""Every language says everything the program says, with the same places; and Words fills and counts as that language does."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot import i18n
from bot.i18n import Words
from bot.languages import SPOKEN
from tests.i18n.source import fields, said

LANGUAGES = SPOKEN[1:]
"""Those that have a catalogue."""

ONE_FORM = {"ja", "zh"}
"""Languages that do not tell one from many."""

FOLDER = Path(i18n.__file__).parent
SAID = said()
TYPED = re.compile(
    r"/[a-z]+\b|https?://[^\s.]+|\b\d\d:\d\d\b|\b(?:Europe/Rome|America/New_York|weekdays)\b|`"
)
"""What people type or must see unchanged."""
DESCRIPTION = 100
"""Characters that Discord gives a description."""
MORNING = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
"""A Monday."""


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def translations(language: str) -> dict[str, tuple[str, ...]]:
    return {_id(m): _forms(m) for m in catalogue(language) if m.id}


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def words(language: str) -> Words:
    return i18n.load().for_language(language)


def test_the_source_is_read_whole() -> None:
    assert {"Latest", "Send", "Its number in /saved, or all", "Post news here", "A command"} <= SAID.keys()
    assert SAID["{n} source"].many == "{n} sources"
    assert SAID["Post news here"].description
    assert any(one.text.startswith("Something went wrong here") for one in SAID.values())
    assert "{text}" not in SAID


def test_there_is_a_catalogue_for_every_language() -> None:
    assert i18n.load().languages == SPOKEN
    assert {path.stem for path in FOLDER.glob("*.po")} == set(LANGUAGES) >= {"it", "ja", "pt", "zh"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated_and_nothing_is_left_over(language: str) -> None:
    known = translations(language).keys()
    assert [f"{one.where}: {text}" for text, one in SAID.items() if text not in known] == []
    assert sorted(known - SAID.keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_translated_twice(language: str) -> None:
    source = (FOLDER / f"{language}.po").read_text(encoding="utf-8")
    assert [
        line for line, n in Counter(re.findall(r'^msgid "(.+)"$', source, re.MULTILINE)).items() if n > 1
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_are_kept(language: str) -> None:
    for text, forms in translations(language).items():
        allowed = fields(text) | fields(SAID[text].many)
        wanted = fields(SAID[text].many) if SAID[text].many else fields(text)
        assert fields(forms[-1]) == wanted, text
        assert fields(forms[0]) <= allowed, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_complete(language: str) -> None:
    count = 1 if language in ONE_FORM else 2
    assert catalogue(language).num_plurals == count
    for message in catalogue(language):
        if not message.id:
            continue
        one = SAID[_id(message)]
        assert bool(one.many) == isinstance(message.id, tuple), one.text
        if one.many:
            assert message.id[1] == one.many
            assert len(_forms(message)) == count
        assert all(form.strip() == form != "" for form in _forms(message)), one.text
        assert not message.fuzzy, one.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_stays_as_it_is(language: str) -> None:
    for text, forms in translations(language).items():
        for form in forms:
            assert Counter(TYPED.findall(form)) == Counter(TYPED.findall(text)), form


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_the_tone_is_calm_and_descriptions_fit(language: str) -> None:
    for text, one in SAID.items():
        forms = (text, one.many) if language == "en" else translations(language)[text]
        for form in forms:
            assert not re.search(r"[!！]|\.\.\.|  ", form), form
            assert not one.description or len(form) <= DESCRIPTION, form


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "1 source", "1,234 sources"),
        ("it", "1 fonte", "1.234 fonti"),
        ("de", "1 Quelle", "1.234 Quellen"),
        ("fr", "1 source", "1\u202f234 sources"),
        ("pt", "1 fonte", "1.234 fontes"),
        ("zh", "1 个来源", "1,234 个来源"),
        ("ja", "情報源1件", "情報源1,234件"),
    ],
)
def test_counting(language: str, one: str, many: str) -> None:
    assert words(language).plural("{n} source", "{n} sources", 1) == one
    assert words(language).plural("{n} source", "{n} sources", 1234) == many


def test_a_singular_without_its_number() -> None:
    count = ("One feed could not be read.", "{n} feeds could not be read.")
    assert words("it").plural(*count, 1) == "Un feed non si è potuto leggere."
    assert words("it").plural(*count, 4) == "4 feed non si sono potuti leggere."
    assert words("en").plural(*count, 0) == "0 feeds could not be read."


@pytest.mark.parametrize(
    ("language", "number"), [("en", "1,234.5"), ("it", "1.234,5"), ("de", "1.234,5"), ("fr", "1\u202f234,5"), ("pt", "1.234,5"), ("ja", "1,234.5")]
)  # fmt: skip
def test_numbers(language: str, number: str) -> None:
    assert words(language).number(1234.5) == number


@pytest.mark.parametrize(
    ("language", "day", "weekday"),
    [
        ("en", "Monday 23 November", "Monday"),
        ("it", "lunedì 23 novembre", "lunedì"),
        ("de", "Montag, 23. November", "Montag"),
        ("fr", "lundi 23 novembre", "lundi"),
        ("es", "lunes 23 de noviembre", "lunes"),
        ("pt", "segunda-feira, 23 de novembro", "segunda-feira"),
        ("zh", "11月23日 星期一", "星期一"),
        ("ja", "11月23日 月曜日", "月曜日"),
    ],
)
def test_days(language: str, day: str, weekday: str) -> None:
    assert words(language).day(MORNING, "Europe/Rome") == day
    assert words(language).weekday(MORNING, "Europe/Rome") == weekday


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "1 December", "2 December"),
        ("it", "1 dicembre", "2 dicembre"),
        ("de", "1. Dezember", "2. Dezember"),
        ("fr", "1er décembre", "2 décembre"),
        ("es", "1 de diciembre", "2 de diciembre"),
        ("pt", "1º de dezembro", "2 de dezembro"),
        ("zh", "12月1日", "12月2日"),
        ("ja", "12月1日", "12月2日"),
    ],
)
def test_dates(language: str, first: str, second: str) -> None:
    at = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert words(language).date(at, "Europe/Rome") == first
    assert words(language).date(at, "Pacific/Kiritimati") == first
    assert words(language).date(at + timedelta(days=1), "Europe/Rome") == second


@pytest.mark.parametrize(
    ("zone", "day", "time"),
    [
        ("UTC", "Monday 23 November", "07:05"),
        ("Europe/Rome", "Monday 23 November", "08:05"),
        ("Asia/Kolkata", "Monday 23 November", "12:35"),
        ("America/Los_Angeles", "Sunday 22 November", "23:05"),
        ("Pacific/Kiritimati", "Monday 23 November", "21:05"),
    ],
)
def test_zones(zone: str, day: str, time: str) -> None:
    assert words("en").day(MORNING, zone) == day
    assert {words(language).time(MORNING, zone) for language in ("en", *LANGUAGES)} == {time}


def test_summer_and_winter_time() -> None:
    assert words("it").time(datetime(2026, 7, 1, 6, 0, tzinfo=UTC), "Europe/Rome") == "08:00"
    assert words("it").time(datetime(2026, 1, 1, 7, 0, tzinfo=UTC), "Europe/Rome") == "08:00"


@pytest.mark.parametrize("code", ["sv", "nl-BE", "", "xx", "tlh-Latn"])
def test_an_unknown_language_is_english(code: str) -> None:
    assert words(code).language == "en"
    assert words(code)("Latest") == "Latest"


@pytest.mark.parametrize(("code", "language"), [("it-IT", "it"), ("zh_CN", "zh"), ("zh-Hant-TW", "zh"), ("DE", "de"), ("es-419", "es"), ("pt-BR", "pt"), ("pt_PT", "pt")])  # fmt: skip
def test_a_regional_code_is_its_language(code: str, language: str) -> None:
    assert words(code).language == language


def test_an_unknown_text_is_said_as_it_is() -> None:
    assert words("it")("{who} said it.", who="Nobody") == "Nobody said it."
    assert words("it").plural("{n} duck", "{n} ducks", 2) == "2 ducks"


def test_values_are_not_texts() -> None:
    assert words("it")("last post: {when}", when="{oops}") == "ultimo messaggio: {oops}"


@pytest.mark.parametrize(("language", "name"), [("en", "Italian"), ("it", "italiano"), ("de", "Italienisch"), ("pt", "italiano"), ("ja", "イタリア語")])  # fmt: skip
def test_language_names(language: str, name: str) -> None:
    assert words(language).language_name("it") == name
    assert words(language).language_name("q!") == "q!"
