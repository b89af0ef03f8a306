"""The sample newsroom: feeds and pages from `config/demo`, served on loopback, with dates relative to the
demo's start.
"""

import json
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import feedparser.api
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from bot.model import Outline
from bot.ports import Clock

TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}
_SPAN = re.compile(r"(?<!\d)(\d++)([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Newsroom:
    """Serves sample feeds; an async context manager. `clock` gives the demo's now, which is fixed for dates
    at its start.
    """

    def __init__(self, folder: Path, clock: Clock, *, shuffle: int | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._start = clock()
        self._shuffle = shuffle
        self._runner: web.AppRunner | None = None
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701  feeds are templates of our own, and their markup is the point
            keep_trailing_newline=True,
        )
        self.base = ""

    async def __aenter__(self) -> Self:
        """Listen on a free port of the loopback address."""
        app = web.Application()
        app.router.add_get(r"/feeds/{name:[\w.-]+}", self._feed)
        app.router.add_get(r"/{outlet:[\w-]+}/{slug:[\w.-]+}", self._article)
        app.router.add_get(r"/{outlet:[\w-]+}/", self._front)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._start = self._clock()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def outlines(self) -> Sequence[Outline]:
        """Return the newsroom's feeds as a list of feeds gives them."""
        declarations = tomllib.loads((self._folder / "newsroom.toml").read_text(encoding="utf-8"))["feeds"]
        outlines = [self._outline(feed) for feed in declarations]
        if self._shuffle is not None:
            random.Random(self._shuffle).shuffle(outlines)  # noqa: S311  an order, not a secret
        return outlines

    def _outline(self, feed: Mapping[str, Any]) -> Outline:
        attributes = {
            "language": str(feed["language"]),
            "kind": str(feed["kind"]),
            "weight": str(feed.get("weight", 1.0)),
            "aionly": "yes" if feed["ai_only"] else "no",
        }
        return Outline(f"{self.base}/feeds/{feed['file']}", str(feed["title"]), attributes)

    def _values(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "rfc822": lambda span: format_datetime(self._at(span)),
            "iso": lambda span: self._at(span).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "since": lambda span: self._clock() - self._start >= -_span(f"-{span.lstrip('-')}"),
        }

    def _at(self, span: str) -> datetime:
        return self._start + _span(span)

    async def _feed(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if not (self._folder / "feeds" / name).is_file():
            raise web.HTTPNotFound
        return web.Response(
            text=self._rendered(f"feeds/{name}"),
            content_type=TYPES.get(name.rsplit(".", 1)[-1], "application/xml"),
        )

    def _rendered(self, name: str) -> str:
        return self._templates.get_template(name).render(self._values())

    async def _front(self, request: web.Request) -> web.Response:
        return _page(request.match_info["outlet"], "<p>Sample news, written for this demo.</p>")

    async def _article(self, request: web.Request) -> web.Response:
        outlet, slug = request.match_info["outlet"], request.match_info["slug"]
        if (self._folder / "pages" / outlet / f"{slug}.html").is_file():
            return web.Response(text=self._rendered(f"pages/{outlet}/{slug}.html"), content_type="text/html")
        for path in sorted((self._folder / "feeds").glob(f"{outlet}.*")):
            if article := _entry(
                self._rendered(f"feeds/{path.name}"), path.suffix, f"{self.base}/{outlet}/{slug}"
            ):
                return _page(*article)
        raise web.HTTPNotFound


def _span(text: str) -> timedelta:
    """Read `-1d4h`: a sign, then numbers with d, h, m or s."""
    amount = timedelta(**{_UNITS[unit]: int(n) for n, unit in _SPAN.findall(text)})
    return -amount if text.startswith("-") else amount


def _entry(feed: str, suffix: str, link: str) -> tuple[str, str] | None:
    """Return title and body of the entry with a link, for showing it as a page."""
    if suffix == ".json":
        for item in json.loads(feed)["items"]:
            if item.get("url", "").split("?")[0] == link:
                return item["title"], item.get(
                    "content_html"
                ) or f"<p>{escape(item.get('content_text', ''))}</p>"
        return None
    for entry in feedparser.api.parse(feed).entries:
        if entry.get("link", "").split("?")[0] == link:
            content = entry.get("content") or [{"value": entry.get("summary", "")}]
            return entry.title, content[0]["value"]
    return None


def _page(title: str, body: str) -> web.Response:
    html = (
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title></head><body style='max-width:42rem;margin:2rem auto;padding:0 "
        "1rem;font:1rem/1.6 system-ui'>"
        f"<p><small>Sample news, written for this "
        f"demo.</small></p><article><h1>{escape(title)}</h1>{body}</article></body></html>"
    )
    return web.Response(
        text=html,
        content_type="text/html",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )
