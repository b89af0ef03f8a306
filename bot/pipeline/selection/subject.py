"""What a story is about, as far as its headlines tell: what most outlets name, not what one makes of it."""

from collections.abc import Sequence

from bot.model import Entry
from bot.pipeline.summarizing.headlines import headline_of
from bot.pipeline.summarizing.units import unit_terms
from bot.text.words import words

BEGINNING = 3
"""Words of a headline in which its subject stands, stopwords left out."""

SHARED = 0.5
"""Share of the other outlets that name the subject of a story."""


def begin_with_subject(entries: Sequence[Entry]) -> frozenset[int]:
    """Return the ids of the entries of a story whose headline begins with what at least half of the other
    outlets name in theirs, in the same language; all that no other outlet tells in their language.
    """
    terms = {entry.id: _terms(entry) for entry in entries}
    by_outlet: dict[str, dict[str, set[str]]] = {}
    for entry in entries:
        by_outlet.setdefault(entry.language, {}).setdefault(entry.outlet, set()).update(terms[entry.id])
    return frozenset(
        entry.id
        for entry in entries
        if _names_subject(
            terms[entry.id][:BEGINNING],
            [named for outlet, named in by_outlet[entry.language].items() if outlet != entry.outlet],
        )
    )


def _terms(entry: Entry) -> list[str]:
    return list(unit_terms(words(headline_of(entry).lower())))


def _names_subject(beginning: Sequence[str], others: Sequence[set[str]]) -> bool:
    if not others:
        return True
    return any(sum(term in named for named in others) >= SHARED * len(others) for term in beginning)
