"""Places, peoples and companies are known under the names that another language has for them."""

import pytest

from bot.pipeline.verification.check import Source, check
from bot.pipeline.verification.geography import translate_names


@pytest.mark.parametrize(
    ("text", "source_language", "language", "name"),
    [
        ("It happened in Germany.", "en", "it", "germania"),
        ("大部分用户在德国。", "zh", "it", "germania"),
        ("法兰克福的交易员", "zh", "it", "francoforte"),
        ("Il tribunale di Lione", "it", "en", "lyon"),
        ("A meeting in Brussels", "en", "it", "bruxelles"),
        ("东京的办公室", "zh", "it", "tokyo"),
        ("微软与电力公司", "zh", "it", "microsoft"),
        ("soprattutto tedeschi e polacchi", "it", "it", "germania"),
        ("la società cinese", "it", "en", "chinese"),
    ],
)
def test_names_are_known_in_another_language(
    text: str, source_language: str, language: str, name: str
) -> None:
    assert f" {name} " in f" {translate_names(text, source_language, language)} "


@pytest.mark.parametrize(
    ("said", "ok"),
    [
        ("La società cinese Larkwell ha venduto 40 chip a Francoforte.", True),
        ("La società cinese Larkwell ha venduto 40 chip a Parigi.", False),
        ("La Commissione ha venduto 40 chip di Larkwell a Francoforte.", True),
        ("Microsoft ha venduto 40 chip di Larkwell a Francoforte.", False),
    ],
)
def test_only_what_the_source_names_is_known(said: str, ok: bool) -> None:
    source = Source("The Chinese company Larkwell sold 40 chips in Frankfurt.", "en")
    assert check(said, "it", [source]).ok == ok


def test_an_unknown_language_knows_cities_alone() -> None:
    assert "francoforte" in translate_names("Frankfurt", "xx", "yy")
