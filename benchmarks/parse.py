"""Do we read what feedparser reads? `python -m benchmarks.parse DIR…`: counts, speed beside feedparser's defaults, and what failed.

A file counts as failed when feedparser finds entries and we find fewer without a deliberate refusal, when an unexpected
exception is raised, or when it takes more than two seconds. Memory is not measured here.
"""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser.api

from benchmarks.report import arguments, say, write
from bot.errors import FeedError
from bot.feeds.parse import MAX_ENTRIES, parse

SLOW = 2.0
LIMIT = 5 * 1024 * 1024
ADDRESS = "https://feeds.example/feed"


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
    began = time.perf_counter()
    try:
        count, cause = len(parse(body, ADDRESS, "", now).entries), ""
    except FeedError as error:
        count, cause = -1, f"refused: {error}"
    except Exception as error:  # what is unexpected is what this benchmark looks for
        count, cause = -1, f"{type(error).__name__}: {error}"
    return count, cause, time.perf_counter() - began


def measure(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the figures of a folder and what came of each file."""
    now = datetime.now(UTC)
    decided, failed = [], []
    ours = peer = 0.0
    entries = 0
    for name, body in bodies(folder):
        count, cause, seconds = one(body, now)
        began = time.perf_counter()
        hostile = cause.startswith("refused") and "was not read" in cause
        theirs = 0 if hostile else len(feedparser.api.parse(body).entries)
        peer += time.perf_counter() - began
        ours += seconds
        entries += max(0, count)
        problem = _problem(count, cause, seconds, min(theirs, MAX_ENTRIES))
        if problem:
            failed.append({"path": name, "cause": problem})
        decided.append(
            {
                "path": name,
                "entries": count,
                "feedparser": theirs,
                "seconds": round(seconds, 4),
                "cause": cause,
            }
        )
    files = len(decided)
    figures = {
        "files": files, "ok": files - len(failed), "entries": entries, "files_per_s": files / ours, "entries_per_s": entries / ours,
        "peer_files_per_s": files / peer, "failed": failed,
    }  # fmt: skip
    return figures, decided


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
