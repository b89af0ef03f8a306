"""The address at which hubs confirm and push: requests in, answers out; what they mean is decided in
`jobs.reading.websub`.
"""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from bot.ports import Route

PATH = "/websub/{key}"
LARGEST = 5 * 1024 * 1024
"""Bytes of a push: whole feeds come in them."""

Confirm = Callable[[str, str, str, str], Awaitable[bool]]
"""(key, mode, topic, lease in seconds) → whether we meant it."""

Pushed = Callable[[str, str, Callable[[], Awaitable[bytes]]], Awaitable[bool]]
"""(key, signature, what reads the body) → whether somebody asked for it."""


def routes(confirm: Confirm, pushed: Pushed) -> Sequence[Route]:
    """Return the routes of the one web server that hubs call."""

    async def answer(request: web.Request) -> web.Response:
        asked = request.query
        values = (asked.get(f"hub.{name}", "") for name in ("mode", "topic", "lease_seconds"))
        if not await confirm(request.match_info["key"], *values):
            return web.Response(status=404, text="Nobody here asked for that.")
        return web.Response(text=asked.get("hub.challenge", ""))

    async def take(request: web.Request) -> web.Response:
        signature = request.headers.get("X-Hub-Signature", "")
        is_known = await pushed(
            request.match_info["key"], signature, request.clone(client_max_size=LARGEST).read
        )
        return web.Response(status=202 if is_known else 410)

    return (("GET", PATH, answer), ("POST", PATH, take))
