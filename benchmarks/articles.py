"""Is a page's article read whole and alone? `python -m benchmarks.articles DIR`: F1 of shingles of four words, beside trafilatura.

DIR has `gold.jsonl` (id, url, text) and `ID.html.gz`, as in the public article-extraction benchmark, whose score this is.
"""

import gzip
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trafilatura

from benchmarks.report import arguments, f1, rows, say, write
from bot.feeds.page import read_page


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words of a text."""
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def scores(
    read: Callable[[bytes, str], str], pages: list[tuple[dict[str, Any], bytes]]
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return mean precision, recall and F1 of a reader, and its text of each page."""
    precision = recall = 0.0
    decided = []
    read(pages[0][1], pages[0][0]["url"])  # what is loaded once for all pages is not counted
    began = time.perf_counter()
    texts = [read(body, item["url"]) for item, body in pages]
    seconds = time.perf_counter() - began
    for (item, _), text in zip(pages, texts, strict=True):
        found, gold = shingles(text), shingles(item["text"])
        both = (found & gold).total()
        precision += both / max(1, found.total()) if text else 0.0
        recall += both / max(1, gold.total())
        decided.append({"id": item["id"], "text": text})
    p, r = precision / len(pages), recall / len(pages)
    return {"f1": f1(p, r), "p": p, "r": r, "pages_per_s": len(pages) / seconds}, decided


def ours(body: bytes, url: str) -> str:
    """Return what an entry would get from the page."""
    return read_page(body, url).text


def peer(body: bytes, url: str) -> str:
    """Return what trafilatura gives by itself."""
    return trafilatura.extract(body, url=url, fast=True, include_comments=False) or ""


def main() -> None:
    """Measure a folder of pages."""
    given = arguments(__doc__ or "").parse_args()
    everything = []
    for folder in given.files:
        pages = [
            (item, gzip.decompress(_page(folder, item["id"]).read_bytes()))
            for item in rows(folder / "gold.jsonl")
        ]
        figures, decided = scores(ours, pages)
        theirs, _ = scores(peer, pages)
        say(folder.name, {**figures, "trafilatura": theirs})
        everything += decided
    write(given.output, everything)


def _page(folder: Path, name: str) -> Path:
    return folder / f"{name}.html.gz"


if __name__ == "__main__":
    main()
