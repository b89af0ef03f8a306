"""The one web server: what edges hand it, health, and a door that only opens for this machine."""

import errno
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import SplitResult, urlsplit

from aiohttp import HttpVersion11, web

from bot.errors import SettingsError
from bot.ports import Route

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
NEXT_PORTS = 20
FORWARDED = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "cf-ray"}
)
FORWARDED_PREFIX = "x-forwarded-"
"""Headers by which a request that a proxy passes on is known (RFC 7239, RFC 9110 section 7.6.3, and common
usage).
"""

SHOWING = frozenset({"GET", "HEAD"})
FOR_SENDERS = ("/websub/", "/telegram/")
"""Paths to which hubs and platforms bring what is new, each with a secret of its own."""

FOR_MONITORS = frozenset({"/healthz", "/readyz", "/metrics"})
"""What tells counts and states alone, and nothing that anybody wrote: other machines may ask for it."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer:
    """Serves routes on one address. A page on another site cannot reach it: foreign `Host` and `Origin` are
    refused.

    Under `public`, the address at which others reach this machine, only what hubs and platforms call is
    answered.
    """

    def __init__(self, host: str, port: int, health: Callable[[], dict[str, str]], public: str = "") -> None:
        self._host = host
        self._public = _split_address(public).hostname
        self._port = port
        self._health = health
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, routes: Sequence[Route], *, next_port: bool = False) -> None:
        """Listen. A taken port moves to the next with `next_port`, else it raises `SettingsError`."""
        app = web.Application(middlewares=[self._guard], client_max_size=64 * 1024)
        app.router.add_get("/healthz", self._healthz)
        for method, path, handler in routes:
            app.router.add_route(method, path, handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        last = min(self._port + (NEXT_PORTS if next_port and self._port else 1), 65536)
        for port in range(self._port, last):
            if await self._listen(port):
                return
        await self.stop()
        free_port = self._port + 1 if self._port < 65535 else 8000
        msg = (
            f"PORT: {self._port} on {self._host} is taken by another program. Choose another one, for "
            f"example PORT={free_port}."
        )
        raise SettingsError([msg])

    async def _listen(self, port: int) -> bool:
        if self._runner is None:
            return False
        site = web.TCPSite(self._runner, self._host, port)
        try:
            await site.start()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            await self.stop()
            msg = (
                f"PORT and STRILLONE_HOST: nothing can be served on "
                f"{self._host}, port {port}: {error.strerror or error}."
            )
            raise SettingsError([msg]) from error
        bound_port = self._runner.addresses[0][1]
        shown_host = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{shown_host}:{bound_port}"
        return True

    async def stop(self) -> None:
        """Stop listening and end every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, request: web.Request) -> web.Response:  # noqa: ARG002  the answer is the same for everybody
        return web.json_response(self._health())

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        problem = self._problem(request)
        if problem:
            return web.Response(status=403, text=problem, headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    def _problem(self, request: web.Request) -> str:
        requested_host = _split_address(f"//{request.host}").hostname
        if self._public and requested_host == self._public and request.path.startswith(FOR_SENDERS):
            return ""
        is_local = _is_loopback(request.remote or "") and not _is_forwarded(request)
        if request.path not in FOR_MONITORS and not is_local:
            return "This page has no sign-in yet and answers only on the machine it runs on."
        names = {"localhost", "127.0.0.1", "::1", self._host}
        if requested_host not in names:
            return "This page answers only under its own name."
        origin = request.headers.get("Origin")
        if origin is None and request.method not in SHOWING and not request.path.startswith(FOR_SENDERS):
            return "This page acts only for itself: send its address as Origin."
        if origin is not None and _split_address(origin).netloc != request.host:
            return "This page answers only to itself."
        return ""


def _is_forwarded(request: web.Request) -> bool:
    """Tell whether a proxy on this machine passes on what somebody elsewhere asks: by its headers, or the
    HTTP/1.0 that nginx speaks.
    """
    return request.version < HttpVersion11 or any(
        name in FORWARDED or name.startswith(FORWARDED_PREFIX) for name in map(str.lower, request.headers)
    )


def _split_address(address: str) -> SplitResult:
    """Take an address apart; one that cannot be is like none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
