"""Looking names up: in threads of our own, for a name server that does not answer keeps one for half a
minute.

The threads of the event loop are few (with uvloop two are usable) and belong to everybody: platforms and
models look up there.
"""

import asyncio
import socket
import threading
from typing import Any

from aiohttp.abc import ResolveResult

from bot.errors import Unreachable
from bot.feeds.request_shares import Shares, requester

OF_ONE_SERVER = 4
OF_ALL_SERVERS = 24
"""Look-ups under way at a time. One that was given up counts until its thread has ended."""

SECONDS = 10.0
"""How long an answer is waited for."""


class Lookups:
    """Finds the addresses of hosts."""

    def __init__(self) -> None:
        self._shares = Shares(OF_ONE_SERVER, OF_ALL_SERVERS)

    async def find(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        """Return the addresses of a host. Raises `OSError` where it has none, `Unreachable` in time,
        `HostBusy`.
        """
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Any]] = loop.create_future()
        server = requester.get()
        self._shares.take(server)

        def ended(answer: list[Any] | OSError) -> None:
            self._shares.give_back(server)
            if found.done():
                return
            if isinstance(answer, OSError):
                found.set_exception(answer)
            else:
                found.set_result(answer)

        def look() -> None:
            try:
                answer: list[Any] | OSError = socket.getaddrinfo(
                    host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG
                )
            except OSError as error:
                answer = error
            except UnicodeError:
                answer = OSError(f"{host[:100]} is no name that can be looked up")
            if not loop.is_closed():
                loop.call_soon_threadsafe(ended, answer)

        threading.Thread(target=look, name=f"lookup of {host[:40]}", daemon=True).start()
        try:
            async with asyncio.timeout(SECONDS):
                return [_result(host, port, answer) for answer in await found]
        except TimeoutError as error:
            msg = f"The name {host[:100]} could not be looked up within {SECONDS:.0f} seconds."
            raise Unreachable(msg) from error


def _result(host: str, port: int, answer: Any) -> ResolveResult:
    family, _, proto, _, address = answer
    literal = address[0]
    if family == socket.AF_INET6 and len(address) > 3 and address[3]:
        literal, _ = socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
    return ResolveResult(
        hostname=host,
        host=literal,
        port=port,
        family=family,
        proto=proto,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
