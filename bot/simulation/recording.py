"""News of the past as it came: what feeds held at each moment, and the pages that are known; nothing else.

A recording is a folder with `feeds.jsonl.gz` (one feed a line), `items.jsonl.gz` (items and when each came)
and, where whole documents were kept, `snapshots.jsonl.gz`; docs/operators/simulating.md has the fields.
"""

import gzip
import json
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


def _any_feed(_feed: Mapping[str, Any], _held: "Held") -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Served:
    """What one feed holds over time: `moments` in order, and beside each the item or the whole document that
    came then.
    """

    feed: Mapping[str, Any]
    moments: Sequence[datetime]
    pieces: Sequence[Any]

    def at(self, moment: datetime) -> bytes | None:
        """Return the document at a moment; None before the first of a feed that is served whole."""
        seen = bisect_right(self.moments, moment)
        if self.feed["served"] == "items":
            newest = self.pieces[max(0, seen - int(self.feed["keep"])) : seen]
            return _document(self.feed, newest[::-1])
        return str(self.pieces[seen - 1]).encode() if seen else None


Held = Mapping[str, Sequence[tuple[datetime, Any]]]
"""What came by the address of a feed: moments, and beside each an item or a document."""


class Recording:
    """Feeds with what each held over time, and the pages that are known."""

    def __init__(self, feeds: Iterable[Mapping[str, Any]], held: Held, pages: Mapping[str, str]) -> None:
        self.feeds = [feed for feed in feeds if held.get(feed["url"])]
        self._pages = pages
        self._served = {feed["url"]: _served(feed, held[feed["url"]]) for feed in self.feeds}

    @classmethod
    def from_folder(cls, folder: Path, wants: Callable[[Mapping[str, Any], Held], bool] = _any_feed) -> Self:
        """Return the recording of a folder, or those of its feeds that are wanted. Raises `FeedError`."""
        held: dict[str, list[tuple[datetime, Any]]] = defaultdict(list)
        pages: dict[str, str] = {}
        for item in packed(folder / "items.jsonl.gz"):
            held[item["feed"]].append((_moment(item["at"]), item))
            if item.get("page"):
                pages.setdefault(item["link"], item["page"])
        for snapshot in packed(folder / "snapshots.jsonl.gz"):
            held[snapshot["feed"]].append((_moment(snapshot["at"]), snapshot["document"]))
        feeds = [feed for feed in packed(folder / "feeds.jsonl.gz") if wants(feed, held)]
        if not feeds:
            msg = f"{folder} holds no recording: there is no feed in feeds.jsonl.gz."
            raise NotAFeed(msg)
        return cls(feeds, held, pages)

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The feeds as a list of feeds names them."""
        return tuple(Outline(feed["url"], feed["title"], _attributes(feed)) for feed in self.feeds)

    @property
    def begins(self) -> datetime:
        """The moment of the first snapshot, when every feed has something to be read; of the first item where
        there is none.
        """
        whole = [s.moments[0] for s in self._served.values() if s.moments and s.feed["served"] != "items"]
        return min(whole or [s.moments[0] for s in self._served.values() if s.moments])

    @property
    def ends(self) -> datetime:
        """The moment of the last that came."""
        return max(served.moments[-1] for served in self._served.values() if served.moments)

    def changed(self, after: datetime, until: datetime) -> list[str]:
        """Return the addresses of the feeds that brought something after a moment, up to another."""
        return [
            url
            for url, served in self._served.items()
            if bisect_right(served.moments, until) > bisect_right(served.moments, after)
        ]

    def fetch(self, clock: Clock) -> Callable[[FetchRequest], Any]:
        """Return what answers as this web did at the moment of a clock."""

        async def fetch(request: FetchRequest) -> Fetched:
            if request.url in self._pages:
                body = self._pages[request.url].encode()
                return Fetched(url=request.url, changed=True, body=body, content_type=HTML)
            served = self._served.get(request.url)
            document = served.at(clock()) if served else None
            if document is None:
                status = 404 if served else 410
                raise HttpFailed(f"nothing here ({status})", status)
            tag = f'"{blake2b(document, digest_size=12).hexdigest()}"'
            if tag == request.etag:
                return Fetched(url=request.url, changed=False, etag=tag)
            return Fetched(url=request.url, changed=True, body=document, content_type=RSS, etag=tag)

        return fetch


def packed(path: Path) -> Iterator[dict[str, Any]]:
    """Read a gzipped file of JSON lines; nothing where there is no such file. Raises `NotAFeed` for one that
    is none.
    """
    if not path.is_file():
        return
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        msg = f"{path} is no gzipped file of JSON lines: {error}."
        raise NotAFeed(msg) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _served(feed: Mapping[str, Any], held: Sequence[tuple[datetime, Any]]) -> Served:
    ordered = sorted(held, key=lambda pair: pair[0])
    return Served(feed, [moment for moment, _ in ordered], [piece for _, piece in ordered])


def _attributes(feed: Mapping[str, Any]) -> dict[str, str]:
    return {
        "language": feed["language"],
        "outlet": feed["outlet"],
        "kind": feed["kind"],
        "weight": str(feed["weight"]),
        "aionly": "yes" if feed["ai_only"] else "no",
    }


def _document(feed: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> bytes:
    about = f"<title>{escape(feed['title'])}</title><language>{feed['language']}</language>"
    body = "".join(map(_item, items))
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{about}{body}</channel></rss>'.encode()


def _item(item: Mapping[str, Any]) -> str:
    date = format_datetime(_moment(item.get("published") or item["at"]))
    link = escape(item["link"])
    return (
        f"<item><title>{escape(item['title'])}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{date}</pubDate><description>{escape(item.get('teaser') or '')}</description></item>"
    )
