"""The index by whose words entries are found: FTS5 on SQLite, a tsvector with GIN on PostgreSQL.

Neither is asked to cut text into words, which they would do each in their own way and neither for Chinese or
Japanese: they get words, and are asked for words. The index holds nothing that is not in `entries`; whatever
writes titles or texts there brings it up to date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, inspect, select, text

from bot.store.database import Tx
from bot.store.schema import entries, verdicts
from bot.text.search_words import Phrase, SearchTerms, search_words
from bot.threads import in_thread

TABLE = "entry_words"
"""Its table; on SQLite FTS5 keeps further ones, whose names begin like this."""

OPENING = 4_000
"""Characters of an entry's text that are indexed."""

HITS_MAX = 300
"""Entries that one search finds at most, of the newest."""

LOOKED_AT = (1_000, 5_000, 25_000, 200_000)
"""Entries with what is wanted that are looked at, the last added first, until enough are in the scope: most
entries have a common word, and nobody turns so many pages.
"""

BATCH_ROWS = 100
"""Entries that are indexed by one statement."""

TITLE_GAP = 20
"""Positions between title and text, over which no phrase reaches."""

LAST_POSITION = 16_383
"""Of a tsvector (PostgreSQL, "Text Search Types")."""

_WRITE = {
    "sqlite": text("INSERT OR REPLACE INTO entry_words (rowid, title, body) VALUES (:entry, :title, :body)"),
    "postgresql": text(
        "INSERT INTO entry_words (entry_id, words) VALUES (:entry, CAST(:words AS tsvector)) "
        "ON CONFLICT (entry_id) DO UPDATE SET words = EXCLUDED.words"
    ),
}
_MATCHES = {
    "sqlite": text(
        "SELECT rowid FROM entry_words WHERE entry_words MATCH :wanted AND rowid < :before "
        "ORDER BY rowid DESC LIMIT :most"
    ),
    "postgresql": text(
        "SELECT entry_id FROM entry_words WHERE words @@ CAST(:wanted AS tsquery) AND entry_id < :before "
        "ORDER BY entry_id DESC LIMIT :most"
    ),
}
_BEYOND = 2**31 - 1
"""No entry has a higher id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where is looked: in which feeds, on which topics (all where none is named), since when, in which
    language.
    """

    feed_ids: Sequence[int]
    topics: Sequence[str] = ()
    since: datetime | None = None
    language: str = ""


async def index(tx: Tx, entry_ids: Iterable[int]) -> None:
    """Let entries be found by the titles and texts that they have now."""
    waiting = list(entry_ids)
    for start in range(0, len(waiting), BATCH_ROWS):
        batch = waiting[start : start + BATCH_ROWS]
        rows = (await tx.execute(_texts().where(entries.c.id.in_(batch)))).all()
        index_rows = await in_thread(_index_rows, tx.dialect.name, rows)
        if index_rows:
            await tx.execute(_WRITE[tx.dialect.name], index_rows)


def has_index(connection: Connection) -> bool:
    """Tell whether a database has the index: one of an earlier schema gets it, filled, with the migration."""
    return bool(inspect(connection).has_table(TABLE))


def index_all(connection: Connection) -> None:
    """Index every entry, of an index that is still empty."""
    last = 0
    while rows := connection.execute(
        _texts().where(entries.c.id > last).order_by(entries.c.id).limit(BATCH_ROWS)
    ).all():
        last = rows[-1].id
        dialect = connection.dialect.name
        connection.execute(_WRITE[dialect], _index_rows(dialect, rows))


def _texts() -> Any:
    return select(entries.c.id, entries.c.title, func.substr(entries.c.text, 1, OPENING).label("opening"))


def _index_rows(dialect: str, rows: Sequence[Row[Any]]) -> list[Mapping[str, object]]:
    return [_index_row(dialect, row.id, row.title, row.opening) for row in rows]


def _index_row(dialect: str, entry_id: int, title: str, body: str) -> Mapping[str, object]:
    title_words, body_words = search_words(title), search_words(body)
    if dialect == "sqlite":
        return {"entry": entry_id, "title": " ".join(title_words), "body": " ".join(body_words)}
    places = [(word, place) for place, word in enumerate(title_words, start=1)]
    places += [(word, place) for place, word in enumerate(body_words, start=len(places) + TITLE_GAP)]
    lexemes = (f"'{word}':{place}" for word, place in places if place <= LAST_POSITION)
    return {"entry": entry_id, "words": " ".join(lexemes)}


async def find(tx: Tx, search_terms: SearchTerms, scope: Scope) -> dict[int, list[int]]:
    """Return the stories in which entries have what is wanted, each with these entries; the newest first."""
    hits: list[Row[Any]] = []
    before = _BEYOND
    for most in LOOKED_AT:
        matching = await _matching_ids(tx, search_terms, before, most)
        for start in range(0, len(matching), LOOKED_AT[0]):
            hits += await tx.execute(_in_scope(matching[start : start + LOOKED_AT[0]], scope))
            if len(hits) >= HITS_MAX:
                break
        if len(hits) >= HITS_MAX or len(matching) < most or await _is_older(tx, matching[-1], scope.since):
            break
        before = matching[-1]
    entries_by_story: dict[int, list[int]] = {}
    for hit in sorted(hits, key=lambda row: (row.published, row.id), reverse=True)[:HITS_MAX]:
        entries_by_story.setdefault(hit.story_id, []).append(hit.id)
    return entries_by_story


async def _matching_ids(tx: Tx, search_terms: SearchTerms, before: int, most: int) -> list[int]:
    """Return ids below `before` of entries that have what is wanted, the highest first."""
    dialect = tx.dialect.name
    query = _fts5_query(search_terms) if dialect == "sqlite" else _tsquery(search_terms)
    values = {"wanted": query, "before": before, "most": most}
    return list((await tx.execute(_MATCHES[dialect], values)).scalars())


async def _is_older(tx: Tx, entry_id: int, since: datetime | None) -> bool:
    """Tell whether an entry, and so those added before it, had been seen before a moment."""
    if since is None:
        return False
    first_seen = (await tx.execute(select(entries.c.first_seen).where(entries.c.id == entry_id))).scalar()
    return first_seen is not None and first_seen < since


def _in_scope(entry_ids: Sequence[int], scope: Scope) -> Select[Any]:
    return select(entries.c.story_id, entries.c.id, entries.c.published).where(
        entries.c.id.in_(entry_ids),
        entries.c.story_id.is_not(None),
        entries.c.feed_id.in_(scope.feed_ids),
        *_scope_conditions(scope),
    )


def _scope_conditions(scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if scope.since is not None:
        conditions.append(entries.c.published >= scope.since)
    if scope.language:
        conditions.append(entries.c.language == scope.language)
    if scope.topics:
        on_topic = select(verdicts.c.entry_id).where(
            verdicts.c.entry_id == entries.c.id, verdicts.c.topic.in_(scope.topics), verdicts.c.relevant
        )
        conditions.append(on_topic.exists())
    return conditions


def _fts5_query(search_terms: SearchTerms) -> str:
    """Return a query of FTS5: words hold letters and digits alone, so that none is an operator between its
    quotes.
    """
    required = " AND ".join(_fts5_phrase(phrase) for phrase in search_terms.phrases)
    if not search_terms.excluded:
        return required
    return f"({required}) NOT ({' OR '.join(_fts5_phrase(phrase) for phrase in search_terms.excluded)})"


def _fts5_phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"{" *" if phrase.open else ""}'


def _tsquery(search_terms: SearchTerms) -> str:
    required = [_ts_phrase(phrase) for phrase in search_terms.phrases]
    return " & ".join((*required, *(f"!{_ts_phrase(phrase)}" for phrase in search_terms.excluded)))


def _ts_phrase(phrase: Phrase) -> str:
    parts = " <-> ".join(f"'{word}'" for word in phrase.words)
    return f"({parts}{':*' if phrase.open else ''})"
