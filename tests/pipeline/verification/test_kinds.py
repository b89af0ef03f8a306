"""What a model may subtly get wrong, by kind, in seven languages and across them: what is caught, and what is
told all the same.
"""

import time
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from bot.pipeline.verification.check import Source, check

HERE = Path(__file__).parent
CAUGHT_SHARE = {"kinds.toml": 0.97, "kinds_unseen.toml": 0.97, "kinds_later.toml": 0.9}
TOLD_SHARE = 0.95
CAUGHT_OF_A_KIND = TOLD_OF_A_KIND = 0.85
TOLD_ACROSS = 0.87
SECONDS = 5

ROWS = [
    (name, *row)
    for name in ("kinds.toml", "kinds_unseen.toml", "kinds_later.toml")
    for row in tomllib.loads((HERE / name).read_text(encoding="utf-8"))["rows"]
]
FAITHFUL = tomllib.loads((HERE / "faithful.toml").read_text(encoding="utf-8"))["rows"]


def _rulings() -> list[tuple[str, str, bool, bool]]:
    """Give for each row its file and kind, whether the wrong sentence is caught, and the faithful one told."""
    rulings = []
    for name, kind, source_language, text, language, wrong, faithful in ROWS:
        sources = [Source(text, source_language)]
        is_caught = not check(wrong, language, sources).ok
        rulings.append((name, kind, is_caught, check(faithful, language, sources).ok))
    return rulings


def _share(values: list[bool]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("name", CAUGHT_SHARE)
def test_most_wrong_sentences_are_caught_and_most_faithful_ones_told(name: str) -> None:
    rulings = [ruling for ruling in _rulings() if ruling[0] == name]
    assert _share([caught for *_, caught, _ in rulings]) >= CAUGHT_SHARE[name]
    assert _share([told for *_, told in rulings]) >= TOLD_SHARE


def test_no_kind_is_left_out() -> None:
    by_kind = defaultdict(list)
    for _, kind, caught, told in _rulings():
        by_kind[kind].append((caught, told))
    for kind, pairs in by_kind.items():
        assert _share([caught for caught, _ in pairs]) >= CAUGHT_OF_A_KIND, kind
        assert _share([told for _, told in pairs]) >= TOLD_OF_A_KIND, kind


def test_faithful_sentences_across_languages_are_told() -> None:
    told = [
        check(sentence, language, [Source(text, source_language)]).ok
        for source_language, text, language, sentence in FAITHFUL
    ]
    assert _share(told) >= TOLD_ACROSS


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Do all moderators in Nairobi work at night?", "Some of the moderators in Nairobi work at night."),
        (
            "All the moderators in Nairobi work at night.",
            "All moderators work at night; some of them in Nairobi.",
        ),
        (
            "Almost all moderators in Nairobi work at night.",
            "Most of the moderators in Nairobi work at night.",
        ),
        ("Vellum, prosecutors say, bought Orrin.", "Prosecutors allege that Vellum bought Orrin."),
        ("Orrin was sued by Vellum.", "Vellum sued Orrin."),
        ("Vellum sued Orrin.", "Orrin sued Vellum after Vellum sued Orrin."),
    ],
)
def test_what_is_said_as_strongly_passes(said: str, source: str) -> None:
    assert check(said, "en", [Source(source, "en")]).ok


def test_a_clause_taken_over_without_who_alleges_it_is_no_sentence_of_its_source() -> None:
    source = "Prosecutors allege that the firm copied thousands of books."
    assert not check("the firm copied thousands of books.", "en", [Source(source, "en")]).ok
    assert check(source, "en", [Source(f"On Monday. {source} More.", "en")]).ok


def test_a_language_without_lists_is_not_judged() -> None:
    assert check("Alle klanten betalen.", "nl", [Source("Some customers pay.", "en")]).ok


def test_what_one_of_several_sources_says_plainly_is_told() -> None:
    sources = [Source("Vellum plans to buy Orrin.", "en"), Source("Vellum has bought Orrin.", "en")]
    assert check("Vellum ha comprato Orrin.", "it", sources).ok


@pytest.mark.parametrize("part", ["plan ", "Musk ", "alleged, ", "斯塔", "zu", "soll ", "8 Monate ", "("])
def test_long_sources_take_no_long_time(part: str) -> None:
    source = Source(part * 8000, "en")
    began = time.process_time()
    check("Der Rat hat acht Monate lang Musk verklagt, und alle wurden bestätigt.", "de", [source])
    assert time.process_time() - began < SECONDS
