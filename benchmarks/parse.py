"""Do we read what feedparser reads? `python -m benchmarks.parse DIR…`: counts, speed beside feedparser's defaults, and what failed.

A file counts as failed when feedparser finds entries and we find fewer without a deliberate refusal, when an unexpected
exception is raised, or when it takes more than two seconds. Memory is not measured here.
Seconds are of one core's CPU. A changed body has two new entries (the first and a middle one); an unchanged one is only hashed.
"""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import feedparser.api

from benchmarks.report import arguments, say, write
from bot.errors import FeedError
from bot.feeds.limits import MAX_ENTRIES
from bot.feeds.parse import parse

SLOW = 2.0
LIMIT = 5 * 1024 * 1024
ADDRESS = "https://feeds.example/feed"
WARM = b"<rss><channel><item><title>Un titolo breve</title></item></channel></rss>"
"""Read once before measuring: the first text loads the model that tells languages."""

T = TypeVar("T")


def bodies(folder: Path) -> list[tuple[str, bytes]]:
    """Return the feed files of a folder, its subfolders included; compressed ones as the fetcher would hand them over."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json")
    return [(str(path.relative_to(folder)), _read(path)) for path in files]


def _read(path: Path) -> bytes:
    if path.suffix != ".gz":
        return path.read_bytes()
    with gzip.open(path) as stream:
        return stream.read(LIMIT)


def one(body: bytes, now: datetime) -> tuple[int, str, float]:
    """Return how many entries a body gives, why it was refused or failed, and how many seconds that took."""
    began = time.process_time()
    try:
        count, cause = len(parse(body, ADDRESS, "", now).entries), ""
    except FeedError as error:
        count, cause = -1, f"refused: {error}"
    except Exception as error:  # what is unexpected is what this benchmark looks for
        count, cause = -1, f"{type(error).__name__}: {error}"
    return count, cause, time.process_time() - began


@dataclass
class Clock:
    """Seconds of CPU spent by us and by feedparser on the same bodies."""

    ours: float = 0.0
    peer: float = 0.0
    changed: float = 0.0
    unchanged: float = 0.0
    again: float = 0.0
    """What feedparser took for the bodies of which we measured a changed and an unchanged reading."""


def measure(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the figures of a folder and what came of each file."""
    now = datetime.now(UTC)
    one(WARM, now)
    decided: list[dict[str, Any]] = []
    clock = Clock()
    for name, body in bodies(folder):
        count, cause, seconds = one(body, now)
        hostile = cause.startswith("refused") and "was not read" in cause
        theirs, peer = (0, 0.0) if hostile else _timed(partial(_count, body))
        clock.ours += seconds
        clock.peer += peer
        if count > 0:
            _again(body, now, peer, clock)
        decided.append({
            "path": name, "entries": count, "feedparser": theirs, "seconds": round(seconds, 4), "cause": cause,
            "problem": _problem(count, cause, seconds, min(theirs, MAX_ENTRIES)),
        })  # fmt: skip
    return _figures(decided, clock), decided


def _figures(decided: list[dict[str, Any]], clock: Clock) -> dict[str, Any]:
    files = len(decided)
    entries = sum(max(0, item["entries"]) for item in decided)
    failed = [{"path": item["path"], "cause": item["problem"]} for item in decided if item["problem"]]
    return {
        "files": files, "ok": files - len(failed), "entries": entries, "files_per_s": files / clock.ours, "entries_per_s": entries / clock.ours,
        "peer_files_per_s": files / clock.peer, "times_feedparser": clock.peer / clock.ours,
        "times_feedparser_changed": clock.again / max(clock.changed, 1e-9), "times_feedparser_unchanged": clock.again / max(clock.unchanged, 1e-9),
        "failed": failed,
    }  # fmt: skip


def _again(body: bytes, now: datetime, peer: float, clock: Clock) -> None:
    """Measure the same body with two new entries, and unchanged: hashed and not read."""
    items = parse(body, ADDRESS, "", now).items
    fresh = {items[0], items[len(items) // 2]} if items else set()
    known = frozenset(items) - fresh
    _, changed = _timed(lambda: parse(body, ADDRESS, "", now, known))
    _, unchanged = _timed(lambda: blake2b(body, digest_size=16).hexdigest())
    clock.again += peer
    clock.changed += changed
    clock.unchanged += unchanged


def _count(body: bytes) -> int:
    return len(feedparser.api.parse(body).entries)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def _problem(count: int, cause: str, seconds: float, theirs: int) -> str:
    if cause and not cause.startswith("refused"):
        return cause
    if seconds > SLOW:
        return f"took {seconds:.1f} s"
    if count < theirs and not cause:
        return f"{count} entries, feedparser finds {theirs}"
    return f"{cause}, feedparser finds {theirs}" if cause and theirs and "was not read" not in cause else ""


def main() -> None:
    """Measure each folder."""
    given = arguments(__doc__ or "").parse_args()
    everything = []
    for folder in given.files:
        figures, decided = measure(folder)
        say(folder.name, figures)
        everything += decided
    write(given.output, everything)


if __name__ == "__main__":
    main()
