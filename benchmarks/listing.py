"""Is a page's list of news found, dated, and refused where there is none? `python -m benchmarks.listing DIR`.

DIR has `gold.jsonl` (id, url, listing, items with link, title, date and other links of the same item, optional links), `pages/ID.html.gz`
and `pairs.jsonl` (two snapshots of one page). An item counts where its link is one of gold's and its title is the same, holds it, or is
nearly so; each once. When a page was fetched is not told: the evening of its newest day in gold stands for it, which matters for dates
without a year only. Of a pair, what the first snapshot held is known; what of the second is then called news goes through the same
functions as in polling.
"""

import gzip
import re
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from functools import cached_property
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from benchmarks.report import arguments, mean, rows, say, write
from bot.errors import NotAFeed
from bot.feeds.listing.find import find_listing
from bot.feeds.listing.items import Item
from bot.feeds.listing.read import read_listing
from bot.model import KnownEntry, ParsedEntry, TextKind
from bot.pipeline.entries.identify import by_title, content_hash, keys_of, match
from bot.pipeline.entries.redesign import is_news_after, is_redesigned
from bot.text.words import fold

GOOD = 0.8
"""F1 from which on a page is read well."""

ALIKE = 0.8
HELD = 0.6
"""Share of the longer title that the shorter one must be where it is part of it."""


@dataclass(frozen=True)
class Gold:
    """A page with what a person reads off it."""

    row: Mapping[str, Any]
    body: bytes

    @staticmethod
    def all_of(folder: Path) -> list["Gold"]:
        """Return the pages of a folder."""
        return [
            Gold(row, gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes()))
            for row in rows(folder / "gold.jsonl")
        ]

    @property
    def name(self) -> str:
        """Its id."""
        return str(self.row["id"])

    @property
    def url(self) -> str:
        """Its address; one that gold does not know is made up."""
        url = str(self.row["url"])
        return url if url.startswith("http") else f"https://page.example/{url.lstrip('/')}"

    @property
    def listing(self) -> bool:
        """Whether it holds a list of news."""
        return bool(self.row["listing"])

    @property
    def items(self) -> Sequence[Mapping[str, Any]]:
        """The items of its list."""
        return self.row["items"] or ()

    @cached_property
    def by_link(self) -> dict[str, int]:
        """The number of the item that a link leads to."""
        found: dict[str, int] = {}
        for number, item in enumerate(self.items):
            for link in (item["link"], *item.get("alt", ())):
                found.setdefault(bare_link(link), number)
        return found

    @cached_property
    def optional(self) -> frozenset[str]:
        """Links that are neither right nor wrong."""
        return frozenset(bare_link(link) for link in self.row.get("optional", ()))


@dataclass(frozen=True, slots=True)
class Score:
    """How a list compares with gold: F1 of items, how many dates gold has of those found and how many are right, and what is no item."""

    f1: float = 0.0
    dated: int = 0
    right: int = 0
    wrong: int = 0


def bare_link(link: str) -> str:
    """Return a link without what spellings of it differ in."""
    parts = urlsplit(unquote((link or "").strip()))
    return (
        parts.netloc.lower().removeprefix("www.")
        + (parts.path.rstrip("/") or "/")
        + (f"?{parts.query}" if parts.query else "")
    )


def bare_title(title: str) -> str:
    """Return the letters and figures of a title."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title or "").lower())


def is_same_title(one: str, other: str) -> bool:
    """Tell whether two titles are one."""
    short, long = sorted((bare_title(one), bare_title(other)), key=len)
    if not short:
        return False
    return (short in long and len(short) >= HELD * len(long)) or SequenceMatcher(
        None, short[:300], long[:300]
    ).ratio() >= ALIKE


def scored(items: Sequence[Item], page: Gold) -> Score:
    """Compare a list with gold."""
    found: dict[int, Item] = {}
    strange = set()
    for item in items:
        link = bare_link(item.link)
        number = page.by_link.get(link)
        if number is None:
            strange |= {link} - page.optional
        elif number not in found or (
            not _is_right(found[number], page, number) and _is_right(item, page, number)
        ):
            found[number] = item
    right = sum(_is_right(item, page, number) for number, item in found.items())
    dates = [
        (item.published, page.items[number]["date"])
        for number, item in found.items()
        if page.items[number]["date"]
    ]
    close = sum(
        moment is not None and abs((moment.date() - date.fromisoformat(day)).days) <= 1
        for moment, day in dates
    )
    total = len(found) + len(strange) + len(page.items)
    return Score(2 * right / total if total else 0.0, len(dates), close, len(strange))


def _is_right(item: Item, page: Gold, number: int) -> bool:
    return is_same_title(item.title, page.items[number]["title"])


def moment_of(page: Gold) -> datetime:
    """Return when a page is taken to have been fetched."""
    days = [item["date"] for item in page.items if item["date"]]
    return datetime.fromisoformat(f"{max(days)}T23:00:00+00:00") if days else datetime.now(UTC)


def halves_of(pages: Sequence[Gold]) -> dict[str, int]:
    """Return which half each page belongs to, by name: sites are dealt out in turns, those with a list and those without apart."""
    found: dict[str, int] = {}
    for listing in (True, False):
        kept = [page for page in pages if page.listing is listing]
        sites = sorted(
            {site_of(page) for page in kept},
            key=lambda site: md5(site.encode(), usedforsecurity=False).hexdigest(),
        )
        found |= {page.name: sites.index(site_of(page)) % 2 for page in kept}
    return found


def site_of(page: Gold) -> str:
    """Return the site that a page belongs to."""
    host = urlsplit(str(page.row["url"])).hostname or page.name
    return host if host.endswith((".co.uk", ".gov.in")) else ".".join(host.split(".")[-2:])


def brought(first: Gold, second: Gold) -> list[ParsedEntry]:
    """Return what a second snapshot of a page brings as news, after the first."""
    before = _entries(first)
    known = [
        KnownEntry(
            id=number,
            keys=keys,
            content_hash=content_hash(entry),
            title=entry.title,
            text=entry.text,
            text_kind=TextKind.TEASER,
            version=1,
        )
        for number, (entry, keys) in enumerate(zip(before, keys_of(before), strict=True))
    ]
    after = _entries(second)
    matches = [match(entry, keys, known) for entry, keys in zip(after, keys_of(after), strict=True)]
    news = [entry for entry, one in zip(after, matches, strict=True) if one is None]
    if is_redesigned([one is not None for one in matches]):
        titles = {fold(one.title): one for one in known}
        matches = [one or by_title(entry, titles) for entry, one in zip(after, matches, strict=True)]
        newest = max((entry.published for entry in before if entry.published), default=None)
        known_items = [one is not None for one in matches]
        news = [
            entry
            for entry, is_known in zip(after, known_items, strict=True)
            if not is_known and is_news_after(entry, known_items, newest)
        ]
    return news


def _entries(page: Gold) -> Sequence[ParsedEntry]:
    try:
        return read_listing(page.body, page.url, "", moment_of(page)).entries
    except NotAFeed:
        return ()


def no_news(news: Sequence[ParsedEntry], first: Gold, second: Gold) -> list[ParsedEntry]:
    """Return what was brought as news and is none: no item of the second snapshot, or one that the first one held."""
    titles = {bare_title(item["title"]) for item in first.items}
    return [
        entry for entry in news
        if bare_link(entry.link) not in second.by_link or bare_link(entry.link) in first.by_link or bare_title(entry.title) in titles
    ]  # fmt: skip


def measured(pages: Sequence[Gold]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the figures of pages, and what was decided of each."""
    scores, decided, refused = [], [], []
    wrong, slowest, began = 0, 0.0, time.perf_counter()
    for page in pages:
        start = time.perf_counter()
        found = find_listing(page.body, page.url, moment_of(page))
        slowest = max(slowest, time.perf_counter() - start)
        if page.listing:
            scores.append(scored(found.items, page))
            wrong += scores[-1].wrong
        else:
            refused.append(not found.items)
            wrong += len(found.items)
        decided.append(
            _decision(page, found.items, found.way or found.refusal, scores[-1].f1 if page.listing else None)
        )
    seconds = time.perf_counter() - began
    figures = {
        "f1": mean([score.f1 for score in scores]), "good": mean([float(score.f1 >= GOOD) for score in scores]),
        "dates": sum(score.right for score in scores) / max(1, sum(score.dated for score in scores)),
        "refused": mean([float(one) for one in refused]), "wrong": wrong, "pages": len(pages), "pages_per_s": len(pages) / seconds, "slowest_s": slowest,
    }  # fmt: skip
    return figures, decided


def _decision(page: Gold, items: Sequence[Item], how: str | None, f1: float | None) -> dict[str, Any]:
    told = [
        {
            "link": one.link,
            "title": one.title,
            "date": one.published.date().isoformat() if one.published else None,
        }
        for one in items
    ]
    return {"id": page.name, "how": how, "f1": f1, "items": told}


def _pairs(folder: Path, pages: Mapping[str, Gold]) -> Iterator[dict[str, Any]]:
    """Give what the second snapshot of each pair brought, and what of it is no news, as titles."""
    if (folder / "pairs.jsonl").exists():
        for pair in rows(folder / "pairs.jsonl"):
            first, second = pages[pair["a"]], pages[pair["b"]]
            news = brought(first, second)
            bad = no_news(news, first, second)
            yield {
                "pair": [pair["a"], pair["b"]],
                "brought": [one.title for one in news],
                "no_news": [one.title for one in bad],
            }


def main() -> None:
    """Measure folders of pages; `--half` only the pages of one half of the sites."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--half", type=int, choices=(0, 1))
    given = parser.parse_args()
    everything: list[dict[str, Any]] = []
    for folder in given.files:
        pages = {page.name: page for page in Gold.all_of(folder)}
        halves = halves_of(list(pages.values()))
        chosen = [page for page in pages.values() if given.half in {None, halves[page.name]}]
        figures, decided = measured(chosen)
        pairs = list(_pairs(folder, pages))
        bad, news = (sum(len(pair[part]) for pair in pairs) for part in ("no_news", "brought"))
        say(folder.name, {**figures, "pairs": bad, "brought": news})
        everything += [*decided, *pairs]
    write(given.output, everything)


if __name__ == "__main__":
    main()
