"""Which addresses feeds and pages may be on: public ones, checked on the very address that is connected to.

A refusing resolver alone is not enough (aiohttp never resolves a literal address), so the socket factory
checks again. Addresses are read with yarl, which aiohttp connects by: two parsers could see two hosts in one
address. `ipaddress.is_global` differs between Python patch versions and lets multicast, NAT64 and 6to4
through, so our own list stands on top of it (IANA special-purpose registries; 168.63.129.16 is Azure's
metadata server).
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import AddressRefused
from bot.feeds.dns import Lookups
from bot.pipeline.entries.urls import mask_secrets

LOCALHOST = "localhost"
PORTS = frozenset({80, 443, 8080, 8443})
_REFUSED = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)

_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$", re.IGNORECASE)
"""How the last part of a host looks that systems read as a number (2130706433, 0x7f.1): url.spec.whatwg.org,
“ends in a number”.
"""


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Tell whether a literal IP address is one that anybody may reach."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not any(ip in net for net in _REFUSED if net.version == ip.version)


def check_url(url: str, opened: Collection[str] = ()) -> URL:
    """Return an address, taken apart, unless its looks speak against it: scheme, port, or a literal host that
    is not public.

    `opened` names hosts the operator allows.

    Raises `AddressRefused`.
    """
    try:
        parts = URL(url)
        host, port = parts.host or "", parts.explicit_port
    except ValueError as error:
        msg = f"`{mask_secrets(url)[:200]}` is not a web address: {mask_secrets(str(error))}."
        raise AddressRefused(msg) from error
    if parts.scheme not in {"http", "https"} or not host:
        msg = (
            f"`{mask_secrets(url)[:200]}` is not a web address. Feeds are read over http and https, "
            "for example https://example.org/feed.xml."
        )
        raise AddressRefused(msg)
    if host in opened:
        return parts
    is_literal = _is_literal(host)
    if host.lower() == LOCALHOST or (is_literal and not is_public(host)):
        raise AddressRefused(_private(host))
    if port is not None and port not in PORTS:
        msg = f"Port {port} is not one that feeds are read from ({', '.join(str(p) for p in sorted(PORTS))})."
        raise AddressRefused(msg)
    if not is_literal and _NUMBER.search(host):
        msg = f"`{host[:100]}` is neither a name nor an address in its usual form."
        raise AddressRefused(msg)
    return parts


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return True


def _private(host: str) -> str:
    return (
        f"`{host}` is a private address; feeds are read from public ones only. An operator can open a host, "
        "on any port, for the feeds of feeds.opml and for `strillone try` in the settings (fetch.open_hosts)."
    )


class PublicResolver(AbstractResolver):
    """Resolves names and refuses those of which any answer is not public.

    `shared` hosts are opened to every request, `own` ones only to those that name them with `allowing`.
    """

    def __init__(self, shared: Collection[str] = (), own: Collection[str] = ()) -> None:
        self._lookups = Lookups()
        self._shared = frozenset(shared)
        self._own = frozenset(own)
        self.opened_answers: set[str] = set(self._shared | self._own)
        """The addresses that opened hosts were found to have."""

    def open(self, host: str) -> None:
        """Let every request reach a host, too."""
        self._shared |= {host}
        self.opened_answers.add(host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises `AddressRefused` if one of them is not public, `HostBusy`,
        `OSError`.
        """
        answers = await self._lookups.find(host, port, family)
        if host in self._shared or (host in self._own and host == _allowed.get()):
            self.opened_answers.update(answer["host"] for answer in answers)
        elif not all(is_public(answer["host"]) for answer in answers):
            raise AddressRefused(_private(host))
        return answers

    async def close(self) -> None:
        """Nothing to let go of: look-ups that still wait end by themselves."""


_allowed: ContextVar[str] = ContextVar("allowed", default="")


@contextmanager
def allowing(host: str) -> Iterator[None]:
    """Let requests made inside reach a host that is opened for its own feeds alone; an empty one opens
    nothing.
    """
    token = _allowed.set(host)
    try:
        yield
    finally:
        _allowed.reset(token)


def socket_factory(opened: Collection[str] = ()) -> Callable[[Any], socket.socket]:
    """Return the factory that makes a socket only for an address that is public or in `opened` (which may
    grow).
    """

    def make(info: Any) -> socket.socket:
        family, kind, proto, _, address = info
        host = address[0]
        if not (host in opened or is_public(host)):
            raise AddressRefused(_private(host))
        made = socket.socket(family, kind, proto)
        made.setblocking(False)
        return made

    return make
