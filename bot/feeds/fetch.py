"""The only outgoing HTTP for feeds and pages: conditional, bounded, polite, and never to a private
address.
"""

import asyncio
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError
from yarl import URL

from bot.errors import AddressRefused, FeedError, HostBusy, HttpFailed, TooLarge, Unreachable
from bot.feeds.host_throttle import HostThrottle
from bot.feeds.public_addresses import PublicResolver, allowing, check_url, socket_factory
from bot.feeds.request_shares import Shares, requester
from bot.feeds.response_headers import answered_at, fresh_for, onward, refused, related, stays
from bot.feeds.unpacking import unpacked
from bot.model import FeedAccess
from bot.pipeline.entries.urls import mask_secrets, shown_host
from bot.ports import Fetched, FetchRequest

ACCEPT_FEED = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_MISNAMED = "Can not decode content-encoding"
"""What aiohttp says of a document that is not packed as its server says."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
CONNECT_SECONDS = 10
TOTAL_SECONDS = 30
LONGEST_SECONDS = 60
"""For one document, its redirects and its turn at a host included."""

OF_ONE_SERVER = 4
"""Requests under way at a time on behalf of one server; on behalf of all together four fifths of all
places.
"""

CHUNK = 64 * 1024
FREE_CHUNKS, SMALLEST_CHUNK = 1000, 256
"""Pieces that any document may come in, and the bytes that further ones must have on the average: each costs
the event loop its turn.
"""


class Fetcher:
    """Gets documents from the web; use as an async context manager.

    `own` hosts, and `headers` for the host they are named for, serve requests of feeds that the operator
    declared there, and no other; `opened` ones are for all. Through a `proxy` go all hosts but these; names
    are checked here before, for what the proxy connects to cannot be seen, and its own name is nobody's to
    ask. `accesses` are what the operator lets be sent for single feeds, by the address she declared.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        opened: Collection[str] = (),
        own: Collection[str] = (),
        concurrency: int = 50,
        headers: Mapping[str, Mapping[str, str]] | None = None,
        proxy: str = "",
        accesses: Mapping[str, FeedAccess] | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._opened = frozenset(opened)
        self._own = frozenset(own) - self._opened
        self._headers = headers or {}
        self._proxy = proxy
        self._accesses = accesses or {}
        proxies = (proxy, *(access.proxy for access in self._accesses.values()))
        self._proxies = frozenset({urlsplit(address).hostname or "" for address in proxies} - {""})
        self._manners = HostThrottle([*opened, *own])
        self._places = asyncio.Semaphore(concurrency)
        self._shares = Shares(OF_ONE_SERVER, max(1, concurrency * 4 // 5))
        self._resolver: PublicResolver | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the connections."""
        self._resolver = PublicResolver(self._opened | self._proxies, self._own)
        connector = aiohttp.TCPConnector(
            limit=100,
            limit_per_host=2,
            resolver=self._resolver,
            socket_factory=socket_factory(self._resolver.opened_answers),
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
        """Return a document, following at most five redirects, within a minute in all. Raises `FeedError`."""
        token = requester.set(request.requester)
        try:
            with self._shares.of(request.requester):
                async with asyncio.timeout(LONGEST_SECONDS):
                    return await self._followed(request)
        except TimeoutError as error:
            msg = f"{shown_host(request.url)} did not answer within {LONGEST_SECONDS} seconds."
            raise Unreachable(msg) from error
        finally:
            requester.reset(token)

    async def _followed(self, request: FetchRequest) -> Fetched:
        url, lasting, moved = request.url, True, ""
        # Some sites give a cookie and send us on to the same address; it is forgotten at the end of the way.
        cookies = aiohttp.CookieJar(unsafe=True)
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._polite(self._checked(url, request), url, request, moved, cookies)
            if isinstance(answer, Fetched):
                return answer
            status, target = answer
            lasting = lasting and stays(url, target, status)
            url, moved = target, target if lasting else moved
        msg = f"The address sends us on more than {MAX_REDIRECTS} times: {shown_host(request.url)}."
        raise HttpFailed(msg, 310)

    def _checked(self, url: str, request: FetchRequest) -> URL:
        """Return an address, taken apart, that this request may ask. Raises `AddressRefused`."""
        own = self._own_host(url, request)
        parts = check_url(url, self._opened | ({own} if own else set()))
        closed = (parts.host in self._own and parts.host != own) or parts.host in self._proxies - self._opened
        if closed or (own and request.form):
            msg = (
                f"`{parts.host}` is opened only for feeds that the operator has declared there (feeds.opml)."
            )
            raise AddressRefused(msg)
        return parts

    def _own_host(self, url: str, request: FetchRequest) -> str:
        """Return the host of an address where it is opened for the very feed that asks; empty otherwise."""
        try:
            asked, declared = URL(url), URL(request.declared)
        except ValueError:
            return ""
        same = asked.host == declared.host and asked.port in {declared.port, 80, 443}
        return asked.host or "" if same and asked.host in self._own else ""

    async def _polite(
        self, parts: URL, url: str, request: FetchRequest, moved: str, cookies: aiohttp.CookieJar
    ) -> Fetched | tuple[int, str]:
        async with self._manners.turn(parts.host or ""), self._places:
            try:
                with allowing(self._own_host(url, request)):
                    return await self._get(parts, url, request, moved, cookies)
            except FeedError:
                raise
            except (ContentEncodingError, aiohttp.ClientPayloadError) as error:
                if _MISNAMED not in str(error):
                    raise _failure(url, error) from error
                return await self._as_sent(parts, url, request, moved, cookies, error)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                raise _failure(url, error) from error

    async def _as_sent(
        self,
        parts: URL,
        url: str,
        request: FetchRequest,
        moved: str,
        cookies: aiohttp.CookieJar,
        error: Exception,
    ) -> Fetched | tuple[int, str]:
        """Ask once more and take the bytes as they come: some servers name an encoding that they do not
        use.
        """
        try:
            with allowing(self._own_host(url, request)):
                answer = await self._get(parts, url, request, moved, cookies, as_sent=True)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as again:
            raise _failure(url, again) from again
        if isinstance(answer, Fetched) and answer.body.lstrip()[:1] not in {b"<", b"{", b"[", b"\xef", b""}:
            raise _failure(url, error)
        return answer

    async def _get(
        self,
        parts: URL,
        url: str,
        request: FetchRequest,
        moved: str,
        cookies: aiohttp.CookieJar,
        *,
        as_sent: bool = False,
    ) -> Fetched | tuple[int, str]:
        if self._session is None:
            msg = "the fetcher is used before it is opened"
            raise RuntimeError(msg)
        host = parts.host or ""
        headers = {**_headers(request), **self._carried(parts, request)}
        if jar := cookies.filter_cookies(parts):
            jar_cookies = [f"{cookie.key}={cookie.value}" for cookie in jar.values()]
            headers["Cookie"] = "; ".join(filter(None, [headers.get("Cookie", ""), *jar_cookies]))
        proxy = await self._through(host, request)
        options: dict[str, Any] = {
            "headers": headers,
            "allow_redirects": False,
            "proxy": proxy,
            "data": request.form,
            "auto_decompress": not as_sent,
        }
        if as_sent:
            headers["Accept-Encoding"] = "identity"
        async with self._session.request("POST" if request.form else "GET", parts, **options) as response:
            cookies.update_cookies(response.cookies, parts)
            if response.status in REDIRECTS and (target := response.headers.get("Location")):
                return response.status, onward(url, target)
            if response.status == 304:
                return _fetched(url, response, b"", moved, changed=False)
            if response.status >= 300 or (response.status == 204 and not request.form):
                raise refused(url, response.status, response.reason or "", response.headers)
            return _fetched(url, response, await _body(response, request), moved, changed=True)

    def _access(self, request: FetchRequest) -> FeedAccess | None:
        """Return what goes with the feed that asks: what the operator's file says, else what people said."""
        return self._accesses.get(request.declared) or request.access

    def _carried(self, parts: URL, request: FetchRequest) -> dict[str, str]:
        """Return what is sent to an address beside, which is nothing where a redirect leads to another
        host.
        """
        extra_headers: dict[str, str] = {}
        if _is_home(parts, request.declared):
            extra_headers |= self._headers.get(parts.host or "", {})
        access = self._access(request)
        if access and _is_home(parts, access.address):
            extra_headers |= access.headers
        return extra_headers

    async def _through(self, host: str, request: FetchRequest) -> str | None:
        """Return the proxy for a host, after a look at what its name means here."""
        access = self._access(request)
        proxy = (access.proxy if access else "") or self._proxy
        if not proxy or host in self._opened | self._own or self._resolver is None:
            return None
        await self._resolver.resolve(host)
        proxy_host = urlsplit(proxy).hostname or ""
        self._proxies |= {proxy_host}
        self._resolver.open(proxy_host)
        return proxy


def _is_home(parts: URL, address: str) -> bool:
    """Tell whether a request goes to where a feed is, and nowhere less safe: there alone goes what is
    sent for it beside.
    """
    try:
        declared = URL(address)
    except ValueError:
        return False
    upgraded = (declared.scheme, declared.port, parts.scheme, parts.port) == ("http", 80, "https", 443)
    same = (declared.scheme, declared.port) == (parts.scheme, parts.port)
    return parts.host == declared.host and (same or upgraded)


def _headers(request: FetchRequest) -> dict[str, str]:
    headers = {"Accept": ACCEPT_PAGE if request.page else ACCEPT_FEED}
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    return headers


async def _body(response: aiohttp.ClientResponse, request: FetchRequest) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if len(chunks) > FREE_CHUNKS + size / SMALLEST_CHUNK:
            msg = "The document comes in crumbs of a few bytes."
            raise Unreachable(msg)
        chunks.append(chunk)
        if size > request.limit:
            break
    return _within(unpacked(b"".join(chunks), request.limit + 1), request)


def _within(body: bytes, request: FetchRequest) -> bytes:
    """Return a document up to the limit, where its head is wanted, or else whole. Raises `TooLarge`."""
    if len(body) > request.limit and not request.head:
        msg = f"The document is larger than {request.limit // 1024 // 1024} MB."
        raise TooLarge(msg)
    return body[: request.limit]


def _fetched(
    url: str, response: aiohttp.ClientResponse, body: bytes, moved: str, *, changed: bool
) -> Fetched:
    headers = response.headers
    return Fetched(
        url=url,
        changed=changed,
        body=body,
        content_type=headers.get("Content-Type", ""),
        etag=headers.get("ETag", ""),
        last_modified=headers.get("Last-Modified", ""),
        wait=fresh_for(headers),
        moved=moved if moved == url else "",
        hub=related(headers, "hub"),
        itself=related(headers, "self"),
        answered_at=answered_at(headers),
    )


def _failure(url: str, error: Exception) -> FeedError:
    host = shown_host(url)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused | HostBusy | Unreachable):
            return cause
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, (aiohttp.InvalidURL, UnicodeError)):
        return AddressRefused(f"`{mask_secrets(url)[:200]}` is not a web address.")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{host} did not answer within {TOTAL_SECONDS} seconds.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable(f"{host} cannot be reached: {error.os_error.strerror or error.os_error}.")
    return Unreachable(f"{host} {_what_broke(error)}.")


def _what_broke(error: Exception) -> str:
    """Return in words how an exchange with a server ended before its time."""
    if isinstance(error, aiohttp.ClientPayloadError):
        return "broke off its answer before the end"
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError):
        return "closed the connection without an answer"
    return "gave an answer that is no HTTP"
