"""The web of some real days, served on a virtual clock: feeds with what they held at a moment, pages that are known, nothing else."""

import gzip
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bot.errors import HttpFailed
from bot.model import Outline
from bot.ports import Clock, Fetched, FetchRequest
from bot.text.words import has_cjk

RSS = "application/rss+xml"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Served:
    """What one feed holds over time: `moments` in order, and beside each the item or the whole document that came then."""

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


class Web:
    """Some days of the web, read from a folder of the format that `benchmarks.days` takes: its English side, or with `mixed` all of it."""

    def __init__(self, folder: Path, *, mixed: bool = False) -> None:
        held: dict[str, list[tuple[datetime, Any]]] = defaultdict(list)
        self._pages: dict[str, str] = {}
        for item in packed(folder / "items.jsonl.gz"):
            held[item["feed"]].append((datetime.fromisoformat(item["at"]), item))
            if item.get("page"):
                self._pages.setdefault(item["link"], item["page"])
        for snapshot in packed(folder / "snapshots.jsonl.gz"):
            held[snapshot["feed"]].append((datetime.fromisoformat(snapshot["at"]), snapshot["document"]))
        known = packed(folder / "feeds.jsonl.gz")
        self.feeds = [feed for feed in known if mixed or _is_english(feed, held[feed["url"]])]
        self._served = {feed["url"]: _served(feed, held[feed["url"]]) for feed in self.feeds}

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The feeds as a list of feeds names them."""
        return tuple(Outline(feed["url"], feed["title"], _attributes(feed)) for feed in self.feeds)

    @property
    def begins(self) -> datetime:
        """The moment of the first snapshot, when every feed has something to be read; of the first item where there is none."""
        whole = [s.moments[0] for s in self._served.values() if s.moments and s.feed["served"] != "items"]
        return min(whole or [s.moments[0] for s in self._served.values() if s.moments])

    def fetch(self, clock: Clock) -> Callable[[FetchRequest], Any]:
        """Return what answers as this web did at the moment of a clock."""

        async def fetch(request: FetchRequest) -> Fetched:
            if request.url in self._pages:
                return Fetched(
                    url=request.url, changed=True, body=self._pages[request.url].encode(), content_type=HTML
                )
            served = self._served.get(request.url)
            body = served.at(clock()) if served else None
            if body is None:
                status = 404 if served else 410
                raise HttpFailed(f"nothing here ({status})", status)
            tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
            if tag == request.etag:
                return Fetched(url=request.url, changed=False, etag=tag)
            return Fetched(url=request.url, changed=True, body=body, content_type=RSS, etag=tag)

        return fetch


def packed(path: Path) -> Iterator[dict[str, Any]]:
    """Read a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _is_english(feed: Mapping[str, Any], held: Sequence[tuple[datetime, Any]]) -> bool:
    """Tell whether a feed is in English: it says so, and its titles do not say otherwise, for many feeds name no language."""
    titles = [piece["title"] for _, piece in held if isinstance(piece, dict)]
    return feed["language"] == "en" and sum(map(has_cjk, titles)) * 2 <= len(titles)


def _served(feed: Mapping[str, Any], held: Sequence[tuple[datetime, Any]]) -> Served:
    ordered = sorted(held, key=lambda pair: pair[0])
    return Served(feed, [moment for moment, _ in ordered], [piece for _, piece in ordered])


def _attributes(feed: Mapping[str, Any]) -> dict[str, str]:
    return {
        "language": feed["language"], "outlet": feed["outlet"], "kind": feed["kind"], "weight": str(feed["weight"]),
        "aionly": "yes" if feed["ai_only"] else "no",
    }  # fmt: skip


def _document(feed: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> bytes:
    about = f"<title>{escape(feed['title'])}</title><language>{feed['language']}</language>"
    body = "".join(map(_item, items))
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{about}{body}</channel></rss>'.encode()


def _item(item: Mapping[str, Any]) -> str:
    date = format_datetime(datetime.fromisoformat(item["at"]))
    link = escape(item["link"])
    return (
        f"<item><title>{escape(item['title'])}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{date}</pubDate><description>{escape(item.get('teaser') or '')}</description></item>"
    )
