"""The only outgoing HTTP for feeds and pages: conditional, bounded, polite, and never to a private address."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Collection
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.errors import AddressRefused, FeedError, HttpFailed, TooLarge, Unreachable
from bot.feeds.address import PublicResolver, check_url, socket_factory
from bot.ports import Fetched, FetchRequest

ACCEPT_FEED = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
HOST_PAUSE = 1.0
"""Seconds between two requests to one host."""

CONNECT_SECONDS = 10
TOTAL_SECONDS = 30
CHUNK = 64 * 1024
LONGEST_WAIT = 31 * 86400
"""Seconds beyond which no answer is believed (a max-age of sixteen years has been seen)."""


class Fetcher:
    """Gets documents from the web; use as an async context manager."""

    def __init__(self, user_agent: str, *, opened: Collection[str] = (), concurrency: int = 50) -> None:
        self._user_agent = user_agent
        self._opened = frozenset(opened)
        self._gates: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last: dict[str, float] = {}
        self._places = asyncio.Semaphore(concurrency)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the connections."""
        resolver = PublicResolver(self._opened)
        resolver.opened_answers.update(self._opened)
        connector = aiohttp.TCPConnector(
            limit=100,
            limit_per_host=2,
            resolver=resolver,
            socket_factory=socket_factory(resolver.opened_answers),
        )
        timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def __call__(self, request: FetchRequest) -> Fetched:
        """Return a document, following at most five redirects. Raises `FeedError`."""
        url = request.url
        async with self._places:
            for _ in range(MAX_REDIRECTS + 1):
                check_url(url, self._opened)
                found = await self._polite(url, request)
                if isinstance(found, Fetched):
                    return found
                url = _onward(url, found)
        msg = f"The address sends us on more than {MAX_REDIRECTS} times: {request.url}."
        raise HttpFailed(msg, 310)

    async def _polite(self, url: str, request: FetchRequest) -> Fetched | str:
        host = urlsplit(url).hostname or ""
        async with self._gates[host]:
            pause = (
                0.0 if host in self._opened else HOST_PAUSE - (time.monotonic() - self._last.get(host, 0.0))
            )
            if pause > 0:
                await asyncio.sleep(pause)
            try:
                return await self._get(url, request)
            except FeedError:
                raise
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                raise _failure(url, error) from error
            finally:
                self._last[host] = time.monotonic()

    async def _get(self, url: str, request: FetchRequest) -> Fetched | str:
        if self._session is None:
            msg = "the fetcher is used before it is opened"
            raise RuntimeError(msg)
        async with self._session.get(url, headers=_headers(request), allow_redirects=False) as response:
            if response.status in REDIRECTS and (target := response.headers.get("Location")):
                return target
            if response.status == 304:
                return _fetched(url, response, b"", changed=False)
            if response.status >= 300 or response.status == 204:
                raise _refused(url, response)
            return _fetched(url, response, await _body(response, request.limit), changed=True)


def _onward(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        msg = f"{urlsplit(url).hostname} sends us on to `{location[:200]}`, which is not a web address."
        raise AddressRefused(msg) from error


def _headers(request: FetchRequest) -> dict[str, str]:
    headers = {"Accept": ACCEPT_PAGE if request.page else ACCEPT_FEED}
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    return headers


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > limit:
            msg = f"The document is larger than {limit // 1024 // 1024} MB."
            raise TooLarge(msg)
        chunks.append(chunk)
    return b"".join(chunks)


def _fetched(url: str, response: aiohttp.ClientResponse, body: bytes, *, changed: bool) -> Fetched:
    headers = response.headers
    return Fetched(
        url,
        changed,
        body,
        headers.get("Content-Type", ""),
        headers.get("ETag", ""),
        headers.get("Last-Modified", ""),
        _wait(response),
    )


def _wait(response: aiohttp.ClientResponse) -> int:
    """Return for how many seconds the answer says it stays fresh (RFC 9111, 5.2 and 5.3)."""
    control = response.headers.get("Cache-Control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return 0
    if fresh := re.search(r"max-age=\"?(\d+)", control):
        return max(0, _seconds(fresh[1]) - _seconds(response.headers.get("Age", "")))
    return _until(response.headers.get("Expires", ""), response.headers.get("Date", ""))


def _seconds(number: str) -> int:
    """Return a number of seconds as a header gives it; 0 when it is none, and never absurdly many."""
    number = number.strip()
    return min(int(number[:12]), LONGEST_WAIT) if number.isascii() and number.isdigit() else 0


def _until(moment: str, now: str) -> int:
    """Return the seconds between two HTTP dates, 0 when either is missing or malformed."""
    try:
        pause = int((parsedate_to_datetime(moment) - parsedate_to_datetime(now)).total_seconds())
        return min(max(0, pause), LONGEST_WAIT)
    except (TypeError, ValueError):
        return 0


def _refused(url: str, response: aiohttp.ClientResponse) -> HttpFailed:
    after = response.headers.get("Retry-After", "")
    seconds = _seconds(after) or _until(after, response.headers.get("Date", ""))
    words = {
        401: "it needs a password", 403: "access is refused", 404: "there is nothing at this address",
        410: "the feed has ended", 429: "too many requests",
    }  # fmt: skip
    said = words.get(response.status, response.reason or "no document")
    return HttpFailed(
        f"{urlsplit(url).hostname} answered {response.status}: {said}.", response.status, seconds
    )


def _failure(url: str, error: Exception) -> FeedError:
    host = urlsplit(url).hostname
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return cause
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, (aiohttp.InvalidURL, UnicodeError)):
        return AddressRefused(f"`{url[:200]}` is not a web address.")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{host} did not answer within {TOTAL_SECONDS} seconds.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable(f"{host} cannot be reached: {error.os_error.strerror or error.os_error}.")
    return Unreachable(f"{host} broke off the answer: {type(error).__name__}.")
