"""robots.txt: whether a site lets us read its pages (RFC 9309). Fetched once per host and day, through the
one fetch.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from bot.errors import FeedError, HostBusy, HttpFailed, OffloadError
from bot.ports import Clock, CrawlPermission, Fetch, FetchRequest, Offload

AGENT = "Strillone"
LIMIT = 500 * 1024
"""Bytes of a file that are obeyed; a reader must take at least so many (RFC 9309, 2.5)."""

TAKEN = 4 * LIMIT
"""Bytes beyond which a file is not even fetched to its end, and its host is left alone."""

FRESH = timedelta(hours=24)
REFUSED = timedelta(hours=1)
"""How long a host that does not answer for its file is left alone before it is asked again."""

GIVEN_UP = timedelta(days=30)
"""How long a host may be out of reach before its file counts as missing (RFC 9309, 2.3.1.4)."""

LONGEST_PAUSE = 30.0
HOSTS = 1000
MEMORY = 16 * 1024 * 1024
DEADLINE = timedelta(seconds=5)


def leave_in(text: str, url: str) -> CrawlPermission:
    """Return what the text of a robots.txt allows us at an address. May be heavy: runs in a child."""
    rules = Protego.parse(text)
    return CrawlPermission(rules.can_fetch(url, AGENT), min(rules.crawl_delay(AGENT) or 0.0, LONGEST_PAUSE))


@dataclass(slots=True)
class _File:
    """What is known of one host's file: its text, or why nothing is; and since when it cannot be had."""

    text: str = ""
    failure: FeedError | None = None
    is_known: bool = False
    until: datetime | None = None
    lost_at: datetime | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """Asks sites for leave; remembers the files of as many hosts as `HOSTS` and `MEMORY` allow, the latest
    used.
    """

    def __init__(self, fetch: Fetch, offload: Offload, clock: Clock) -> None:
        self._fetch = fetch
        self._offload = offload
        self._clock = clock
        self._files: OrderedDict[str, _File] = OrderedDict()

    async def __call__(self, request: FetchRequest) -> CrawlPermission:
        """Return whether a page may be read. Raises `HostBusy` when its host cannot be asked now, another
        `FeedError` while nobody knows what it allows.
        """
        url = request.url
        text = await self._text(replace(request, url=f"{_origin(url)}/robots.txt", limit=TAKEN))
        if not text:
            return CrawlPermission()
        try:
            return await self._offload(leave_in, text, url, deadline=DEADLINE)
        except OffloadError:
            # A file that cannot be understood in time may say anything.
            return CrawlPermission(allowed=False)

    async def _text(self, request: FetchRequest) -> str:
        """Return the text of a host's file, empty where it has none. Raises `FeedError` where that cannot be
        known.
        """
        file = self._files.setdefault(request.url, _File())
        self._files.move_to_end(request.url)
        async with file.lock:
            if file.until is None or file.until <= self._clock():
                await self._ask(request, file)
                self._forget()
        if file.failure is not None:
            raise _unknown(file.failure)
        return file.text

    async def _ask(self, request: FetchRequest, file: _File) -> None:
        """Bring what is known of a host's file up to date. While it cannot be had, the last one stays in
        force.
        """
        now = self._clock()
        try:
            answer = await self._fetch(request)
        except HostBusy:
            raise
        except FeedError as error:
            if not _is_missing(error):
                file.lost_at = file.lost_at or now
                is_given_up = now - file.lost_at >= GIVEN_UP
                file.text = "" if is_given_up else file.text
                file.failure = None if is_given_up or file.is_known else error
                file.until = now + REFUSED
                return
            file.text = ""
        else:
            file.text = answer.body[:LIMIT].decode("utf-8-sig", "replace")
        file.failure, file.is_known = None, True
        file.until, file.lost_at = now + FRESH, None

    def _forget(self) -> None:
        """Drop the files that were not used for longest while there are too many or too much."""
        size = sum(len(file.text) for file in self._files.values())
        while len(self._files) > HOSTS or (size > MEMORY and len(self._files) > 1):
            _, dropped = self._files.popitem(last=False)
            size -= len(dropped.text)


def _is_missing(error: FeedError) -> bool:
    """Tell whether a host says that it has no such file; too many redirects say it too, too many requests do
    not.
    """
    return isinstance(error, HttpFailed) and error.status < 500 and error.status != 429


def _unknown(failure: FeedError) -> FeedError:
    """Return the same kind of failure, told of the page that waits for the file: it was not refused."""
    text = f"What its site lets programs read (robots.txt) cannot be known now: {failure}"
    if isinstance(failure, HttpFailed):
        return HttpFailed(text, failure.status, failure.retry_after)
    return type(failure)(text)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()
