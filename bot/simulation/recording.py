"""News of the past as it came: what feeds pieces at each moment, and the pages that are known; nothing else.

A recording is a folder with `feeds.jsonl.gz` (one feed a line), `items.jsonl.gz` (items and when each came)
and, where whole documents were kept, `snapshots.jsonl.gz`; docs/operators/simulating.md has the fields.
"""

import gzip
import json
import zlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self
from xml.sax.saxutils import escape

from bot.errors import HttpFailed, NotAFeed
from bot.model import Outline
from bot.ports import Clock, Fetched, FetchRequest

RSS = "application/rss+xml"
HTML = "text/html; charset=utf-8"


def _any_feed(_feed: Mapping[str, Any], _pieces: "Pieces") -> bool:
    return True


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """What one feed holds over time: `moments` in order, and beside each the item or the whole document that
    came then.
    """

    feed: Mapping[str, Any]
    moments: Sequence[datetime]
    pieces: Sequence[Any]

    def at(self, moment: datetime) -> bytes | None:
        """Return the document at a moment; None before the first of a feed that is served whole."""
        count = bisect_right(self.moments, moment)
        if self.feed["served"] == "items":
            newest = self.pieces[max(0, count - int(self.feed["keep"])) : count]
            return _document(self.feed, newest[::-1])
        return str(self.pieces[count - 1]).encode() if count else None


FIELDS = {
    "feeds.jsonl.gz": ("url", "title", "outlet", "language", "kind", "weight", "ai_only", "served"),
    "items.jsonl.gz": ("feed", "at", "link", "title"),
    "snapshots.jsonl.gz": ("feed", "at", "document"),
}
"""What each line of a file of a recording must hold."""

Pieces = Mapping[str, Sequence[tuple[datetime, Any]]]
"""What came by the address of a feed: moments, and beside each an item or a document."""


class Recording:
    """Feeds with what each pieces over time, and the pages that are known."""

    def __init__(self, feeds: Iterable[Mapping[str, Any]], pieces: Pieces, pages: Mapping[str, str]) -> None:
        self.feeds = [feed for feed in feeds if pieces.get(feed["url"])]
        self._pages = pages
        self._histories = {feed["url"]: _history_of(feed, pieces[feed["url"]]) for feed in self.feeds}

    @classmethod
    def from_folder(
        cls, folder: Path, is_wanted: Callable[[Mapping[str, Any], Pieces], bool] = _any_feed
    ) -> Self:
        """Return the recording of a folder, or those of its feeds that are wanted. Raises `FeedError`."""
        pieces: dict[str, list[tuple[datetime, Any]]] = defaultdict(list)
        pages: dict[str, str] = {}
        for item in packed(folder / "items.jsonl.gz"):
            pieces[item["feed"]].append((_moment(item["at"]), item))
            if item.get("page"):
                pages.setdefault(item["link"], item["page"])
        for snapshot in packed(folder / "snapshots.jsonl.gz"):
            pieces[snapshot["feed"]].append((_moment(snapshot["at"]), snapshot["document"]))
        feeds = [feed for feed in packed(folder / "feeds.jsonl.gz") if is_wanted(feed, pieces)]
        if not feeds:
            msg = f"{folder} holds no recording: there is no feed in feeds.jsonl.gz."
            raise NotAFeed(msg)
        return cls(feeds, pieces, pages)

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The feeds as a list of feeds names them."""
        return tuple(Outline(feed["url"], feed["title"], _attributes(feed)) for feed in self.feeds)

    @property
    def start(self) -> datetime:
        """The moment of the first snapshot, when every feed has something to be read; of the first item where
        there is none.
        """
        documents = [
            s.moments[0] for s in self._histories.values() if s.moments and s.feed["served"] != "items"
        ]
        return min(documents or [s.moments[0] for s in self._histories.values() if s.moments])

    @property
    def end(self) -> datetime:
        """The moment of the last that came."""
        return max(history.moments[-1] for history in self._histories.values() if history.moments)

    def find_changes(self, after: datetime, until: datetime) -> list[str]:
        """Return the addresses of the feeds that brought something after a moment, up to another."""
        return [
            url
            for url, history in self._histories.items()
            if bisect_right(history.moments, until) > bisect_right(history.moments, after)
        ]

    def fetch(self, clock: Clock) -> Callable[[FetchRequest], Any]:
        """Return what answers as this web did at the moment of a clock."""

        async def fetch(request: FetchRequest) -> Fetched:
            if request.url in self._pages:
                body = self._pages[request.url].encode()
                return Fetched(url=request.url, changed=True, body=body, content_type=HTML)
            history = self._histories.get(request.url)
            document = history.at(clock()) if history else None
            if document is None:
                status = 404 if history else 410
                raise HttpFailed(f"nothing here ({status})", status)
            tag = f'"{blake2b(document, digest_size=12).hexdigest()}"'
            if tag == request.etag:
                return Fetched(url=request.url, changed=False, etag=tag)
            return Fetched(url=request.url, changed=True, body=document, content_type=RSS, etag=tag)

        return fetch


def packed(path: Path) -> Iterator[dict[str, Any]]:
    """Read a gzipped file of JSON lines; nothing where there is no such file. Raises `NotAFeed` for one that
    is none, or breaks off, or where a line lacks what its file must hold.
    """
    if not path.is_file():
        return
    number = 1
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                _check_row(row, FIELDS.get(path.name, ()))
                yield row
                number += 1
    except (OSError, EOFError, zlib.error, ValueError, TypeError, AttributeError) as error:
        problem = str(error).removesuffix(".")
        msg = (
            f"{path} is no gzipped file of JSON lines such as docs/operators/simulating.md describes "
            f"(line {number}): {problem}."
        )
        raise NotAFeed(msg) from error


def _check_row(row: Mapping[str, Any], fields: Sequence[str]) -> None:
    """Raises `ValueError` for a row without one of its fields, or with a moment that is none."""
    if missing := [name for name in fields if row.get(name) is None]:
        raise ValueError(f"{missing[0]} is missing")
    if row.get("served") == "items" and not isinstance(row.get("keep"), int):
        raise ValueError("keep is missing")
    for name in ("at", "published"):
        if row.get(name):
            _moment(row[name])


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _history_of(feed: Mapping[str, Any], pieces: Sequence[tuple[datetime, Any]]) -> FeedHistory:
    sequence = sorted(pieces, key=lambda pair: pair[0])
    return FeedHistory(feed, [moment for moment, _ in sequence], [piece for _, piece in sequence])


def _attributes(feed: Mapping[str, Any]) -> dict[str, str]:
    return {
        "language": feed["language"],
        "outlet": feed["outlet"],
        "kind": feed["kind"],
        "weight": str(feed["weight"]),
        "aionly": "yes" if feed["ai_only"] else "no",
    }


def _document(feed: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> bytes:
    head = f"<title>{escape(feed['title'])}</title><language>{feed['language']}</language>"
    body = "".join(map(_item, items))
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{body}</channel></rss>'.encode()


def _item(item: Mapping[str, Any]) -> str:
    date = format_datetime(_moment(item.get("published") or item["at"]))
    link = escape(item["link"])
    return (
        f"<item><title>{escape(item['title'])}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{date}</pubDate><description>{escape(item.get('teaser') or '')}</description></item>"
    )
