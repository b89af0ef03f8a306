"""A feed server on loopback whose answers are scripted, and names that resolve to what a test says.

    server.serve("/feed", Reply(RSS, etag='"1"'))            the same answer every time, 304 to a matching validator
    server.serve("/feed", Reply(RSS), status(503))           one after the other; the last one stays
    server.serve("/moved", redirect("/feed", 301))
    server.serve("/bomb", bomb(50_000_000)), endless(), slow(2.0), broken(), silent()

`server.requests` holds what was asked, in order.
"""

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import brotli
import pytest
from aiohttp import web
from backports import zstd

PUBLIC = "93.184.215.14"
RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Loopback News</title><link>https://news.example/</link>
<item><guid>1</guid><title>A model is released</title><link>https://news.example/1</link>
<description>The lab released a model on Monday.</description></item></channel></rss>"""
HTML = b"<!doctype html><html><head><title>Hello</title></head><body><p>A page.</p></body></html>"


@dataclass(frozen=True)
class Reply:
    """One answer. `pieces` are sent `pause` seconds apart; `cut` breaks the connection after so many bytes."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    last_modified: str = ""
    encoding: str = ""
    pieces: int = 1
    pause: float = 0.0
    wait: float = 0.0
    cut: int | None = None
    endless: bool = False


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    path: str
    headers: Mapping[str, str]
    at: float
    form: Mapping[str, str] = field(default_factory=dict)


def status(code: int, **headers: str) -> Reply:
    """Answer with a status and headers (underscores stand for hyphens)."""
    return Reply(
        b"" if code == 204 else b"no",
        code,
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


def redirect(to: str, code: int = 302) -> Reply:
    """Send the client on."""
    return Reply(b"elsewhere", code, {"Location": to})


def bomb(size: int, encoding: str = "gzip") -> Reply:
    """A small body that unpacks to `size` bytes."""
    if encoding == "br":
        return Reply(brotli.compress(bytes(size), quality=5), headers={"Content-Encoding": "br"})
    if encoding == "zstd":
        return Reply(zstd.compress(bytes(size)), headers={"Content-Encoding": "zstd"})
    packer = zlib.compressobj(9, wbits=31)
    chunk = bytes(1_000_000)
    packed = b"".join(packer.compress(chunk) for _ in range(size // len(chunk))) + packer.flush()
    return Reply(packed, headers={"Content-Encoding": "gzip"})


def endless() -> Reply:
    """A body without an end."""
    return Reply(b"<item>" * 20_000, endless=True)


def slow(seconds: float) -> Reply:
    """A body that arrives in drops over `seconds`."""
    return Reply(RSS, pieces=20, pause=seconds / 20)


def broken(after: int = 100) -> Reply:
    """A connection that breaks off after some bytes of the body."""
    return Reply(RSS, cut=after)


def silent(seconds: float) -> Reply:
    """No answer for a while."""
    return Reply(RSS, wait=seconds)


class FeedServer:
    """The server; `url(path)` is where a path is. `host` is the loopback address it is on: others are other hosts to who asks."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self.requests: list[Asked] = []
        self.left = 0
        """How many clients went away before their answer was complete."""
        self._replies: dict[str, list[Reply]] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0

    def serve(self, path: str, *replies: Reply) -> str:
        """Answer a path with these replies, one after the other; returns its address."""
        self._replies[path] = list(replies)
        return self.url(path)

    def url(self, path: str, host: str = "") -> str:
        return f"http://{host or self._host}:{self.port}{path}"

    def asked(self, path: str) -> list[Asked]:
        """Return the requests for a path."""
        return [request for request in self.requests if request.path == path]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something has happened here."""
        async with asyncio.timeout(5):
            while not true():  # noqa: ASYNC110  what is waited for is another task's list
                await asyncio.sleep(0.01)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        now = asyncio.get_running_loop().time()
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(Asked(request.path_qs, dict(request.headers), now, form))
        replies = self._replies.get(request.path)
        if not replies:
            return web.Response(status=404, text="nothing here")
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        try:
            return await self._say(request, reply)
        except (ConnectionError, asyncio.CancelledError):
            self.left += 1
            raise

    async def _say(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        await asyncio.sleep(reply.wait)
        headers = {"Content-Type": "application/rss+xml", **reply.headers, **_validators(reply)}
        if _unchanged(request, reply):
            return web.Response(status=304, headers=_validators(reply))
        body = _encoded(reply)
        if reply.encoding:
            headers["Content-Encoding"] = reply.encoding
        if not (reply.endless or reply.cut is not None):
            headers["Content-Length"] = str(len(body))
        response = web.StreamResponse(status=reply.status, headers=headers)
        await response.prepare(request)
        await self._send(request, response, replace(reply, body=body))
        return response

    async def _send(self, request: web.Request, response: web.StreamResponse, reply: Reply) -> None:
        if reply.cut is not None:
            await response.write(reply.body[: reply.cut])
            if request.transport is not None:
                request.transport.abort()
            return
        while reply.endless:
            await response.write(reply.body)
        step = max(1, -(-len(reply.body) // reply.pieces))
        for start in range(0, len(reply.body), step):
            await response.write(reply.body[start : start + step])
            await asyncio.sleep(reply.pause)
        await response.write_eof()


def _validators(reply: Reply) -> dict[str, str]:
    named = {"ETag": reply.etag, "Last-Modified": reply.last_modified}
    return {name: value for name, value in named.items() if value}


def _unchanged(request: web.Request, reply: Reply) -> bool:
    if reply.etag and "If-None-Match" in request.headers:
        return request.headers["If-None-Match"] == reply.etag
    since = request.headers.get("If-Modified-Since")
    return bool(reply.last_modified) and since == reply.last_modified


def _encoded(reply: Reply) -> bytes:
    if reply.encoding == "gzip":
        return gzip.compress(reply.body)
    if reply.encoding == "deflate":
        return zlib.compress(reply.body)
    if reply.encoding == "br":
        return brotli.compress(reply.body)
    if reply.encoding == "zstd":
        return zstd.compress(reply.body)
    return reply.body


@asynccontextmanager
async def feed_server() -> AsyncIterator[FeedServer]:
    """Run a server."""
    server = FeedServer()
    await server.start()
    try:
        yield server
    finally:
        with suppress(asyncio.TimeoutError):
            await server.stop()


class Names:
    """What names resolve to, at the system's own resolver: one list of addresses per look-up, the last one stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._answers: dict[str, list[list[str]]] = {}
        self.looked_up: list[str] = []
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)

    def __setitem__(self, name: str, addresses: list[str]) -> None:
        self._answers[name] = [addresses]

    def in_turn(self, name: str, *answers: list[str]) -> None:
        """Answer differently at each look-up."""
        self._answers[name] = list(answers)

    def _resolve(self, host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        self.looked_up.append(name)
        answers = self._answers.get(name)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [_info(address, int(port or 0)) for address in found]


def _info(address: str, port: int) -> Any:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
