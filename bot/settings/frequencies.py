"""How often words stand in documents: the tables that ship with the program."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.text.terms import Frequencies, split_terms

SUBJECT = 0.1
"""The share of documents in which a word of a topic is taken to stand."""

COUNT_MIN = 3
"""Documents of the archive that have a word whose own count is believed."""


def load_frequencies(folder: Path) -> Frequencies:
    """Read the seed tables of a folder: `frequencies.tsv` (its first row counts the documents), `common.tsv`
    (per 10,000 sentences), `pairs.tsv`.

    A folder of one's own needs no `pairs.tsv`: what titles have together is then expected by chance alone.
    """
    terms = _table(folder / "frequencies.tsv")
    common = {term: count / 10_000 for term, count in _table(folder / "common.tsv").items()}
    pairs, titles = _pairs(folder / "pairs.tsv")
    return Frequencies(
        documents=terms.pop("documents"), terms=terms, common=common, pairs=pairs, paired=titles
    )


def with_subjects(frequencies: Frequencies, topics: Mapping[str, Any]) -> Frequencies:
    """Let the words of the topics count as common in every language: the archive has met few but English
    ones, and on their own subject they tell nothing apart.
    """
    outer_topics = [topic for topic in topics.values() if not topic.get("within")]
    phrases = [
        phrase for topic in outer_topics for name in ("words", "hints") for phrase in topic.get(name, ())
    ]
    words = {term for phrase in phrases for term in split_terms(phrase.removesuffix("*"))}
    unmet = {term: SUBJECT for term in words if frequencies.terms.get(term, 0) < COUNT_MIN}
    return replace(frequencies, common={**unmet, **frequencies.common})


def _table(path: Path) -> dict[str, int]:
    return {term: int(count) for term, count in _lines(path)}


def _lines(path: Path) -> Iterator[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines if line and not line.startswith("#"))


def _pairs(path: Path) -> tuple[dict[tuple[str, str], int], int]:
    """Return the pairs of terms of a table, and how many titles they were counted in."""
    counts: dict[tuple[str, str], int] = {}
    titles = 0
    for term, rest in _lines(path) if path.is_file() else ():
        if not titles:
            titles = int(rest)
            continue
        fields = rest.split(" ")
        counts |= {(term, second): int(n) for second, n in zip(fields[::2], fields[1::2], strict=True)}
    return counts, titles
