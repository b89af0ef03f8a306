"""All that can be told of a feed document without the store: parsed, named, hashed and judged in one go, in a
worker process.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from bot.model import Keys, ParsedEntry, ParsedFeed, Verdict
from bot.pipeline.entries import identify
from bot.pipeline.relevance.judge import Rules, verdicts
from bot.ports import Parse


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed document with what can be told of each entry without the store, in the same order."""

    feed: ParsedFeed
    keys: tuple[Keys, ...]
    hashes: tuple[str, ...]
    verdicts: tuple[tuple[Verdict, ...], ...]


def reading(
    parse: Parse,
    rules: Rules,
    ai_only: bool,
    body: bytes,
    url: str,
    content_type: str,
    now: datetime,
    known_keys: Set[str],
) -> Reading:
    """Parse a document and judge its entries. Heavy: runs in a child."""
    feed = parse(body, url, content_type, now, known_keys)
    return Reading(
        feed,
        tuple(identify.keys_of(feed.entries)),
        tuple(identify.content_hash(entry) for entry in feed.entries),
        tuple(tuple(_verdicts(rules, entry, ai_only=ai_only)) for entry in feed.entries),
    )


def _verdicts(rules: Rules, entry: ParsedEntry, *, ai_only: bool) -> list[Verdict]:
    all_verdicts = verdicts(rules, entry.title, entry.text, entry.categories, ai_only=ai_only)
    return [verdict for verdict in all_verdicts if verdict.relevant or verdict.topic == "ai"]
