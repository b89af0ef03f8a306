"""The door of the one web server: this machine, its own name, nobody else's pages."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.app.webserver import HEADERS, NEXT_PORTS, WebServer
from bot.errors import SettingsError


async def page(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def missing(_: web.Request) -> web.Response:
    raise web.HTTPNotFound


async def take(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


ROUTES = [("GET", "/", page), ("GET", "/missing", missing), ("POST", "/", take)]


def server_on(host: str = "127.0.0.1", port: int = 0) -> WebServer:
    return WebServer(host, port, lambda: {"state": "well"})


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    running = server_on()
    await running.start(ROUTES)
    yield running
    await running.stop()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def get(client: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, str]:
    async with client.get(url, headers=headers) as response:
        return response.status, await response.text()


async def test_a_page_is_served_with_what_keeps_it_safe(
    server: WebServer, client: aiohttp.ClientSession
) -> None:
    for path, status in (("/", 200), ("/missing", 404), ("/nothing", 404), ("/healthz", 200)):
        async with client.get(server.url + path) as response:
            assert response.status == status
            assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


async def test_health_is_told(server: WebServer, client: aiohttp.ClientSession) -> None:
    assert await get(client, server.url + "/healthz") == (200, '{"state": "well"}')


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.2", "localhost.evil.example", "[::2]", "[", "[::1", "a b"])  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/healthz"])
async def test_a_foreign_name_is_refused(
    host: str, path: str, server: WebServer, client: aiohttp.ClientSession
) -> None:
    """A name that an attacker lets point here (DNS rebinding) carries that name."""
    status, text = await get(client, server.url + path, Host=host)
    assert (status, text) == (403, "This page answers only under its own name.")


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1", "[::1]:9", "LOCALHOST"])
async def test_our_own_names_are_known(host: str, server: WebServer, client: aiohttp.ClientSession) -> None:
    assert await get(client, server.url, Host=host) == (200, "hello")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "http://[", "file://", "", "http://evil.example@127.0.0.1"])  # fmt: skip
async def test_a_foreign_page_is_refused(
    origin: str, server: WebServer, client: aiohttp.ClientSession
) -> None:
    async with client.post(server.url, data=b"x", headers={"Origin": origin}) as response:
        assert response.status == 403
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "198.51.100.7"}, {"Forwarded": "for=198.51.100.7"}, {"Via": "1.1 proxy"}, {"X-Real-IP": "198.51.100.7"}, {"CF-Connecting-IP": "198.51.100.7"}, {"x-forwarded-port": "443"}],
)  # fmt: skip
async def test_what_a_proxy_on_this_machine_passes_on_is_from_elsewhere(
    headers: dict[str, str], server: WebServer, client: aiohttp.ClientSession
) -> None:
    status, text = await get(client, server.url, **headers)
    assert (status, text) == (403, "This page has no sign-in yet and answers only on the machine it runs on.")
    assert (await get(client, server.url + "/healthz", **headers))[0] == 200


async def test_what_nginx_passes_on_as_it_does_by_default_is_from_elsewhere(server: WebServer) -> None:
    """It gives no header away and calls us by our own name, but speaks HTTP/1.0, which no browser does."""
    address = server.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*address.split(":"))
    writer.write(f"GET / HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
    assert b" 403 " in await reader.readline()
    writer.close()


async def test_our_own_page_is_heard(server: WebServer, client: aiohttp.ClientSession) -> None:
    async with client.post(server.url, data=b"x", headers={"Origin": server.url}) as response:
        assert response.status == 200


async def test_a_large_body_is_refused(server: WebServer, client: aiohttp.ClientSession) -> None:
    own = {"Origin": server.url}
    async with client.post(server.url, data=b"x" * 100_000, headers=own) as response:
        assert response.status == 413


async def test_what_acts_says_whose_page_it_is(server: WebServer, client: aiohttp.ClientSession) -> None:
    """Browsers send an Origin with everything that acts; a plain proxy's visitor without a browser need not."""
    async with client.post(server.url, data=b"x") as response:
        assert response.status == 403
        assert "Origin" in await response.text()


@pytest.mark.parametrize(("remote", "refused"), [("192.0.2.7", True), ("", True), ("10.0.0.1", True), ("127.0.0.1", False), ("::1", False), ("127.8.8.8", False)])  # fmt: skip
def test_another_machine_is_refused(remote: str, refused: bool) -> None:
    transport: Any = type(
        "Transport", (), {"get_extra_info": lambda self, name: (remote, 9), "is_closing": lambda self: False}
    )()
    for path, expected in (("/", refused), ("/healthz", False), ("/readyz", False), ("/metrics", False)):
        request = make_mocked_request("GET", path, {"Host": "localhost"}, transport=transport)
        assert bool(server_on()._problem(request)) is expected


# --- ports -------------------------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Any:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


async def test_a_taken_port_is_told_with_a_remedy(taken: int) -> None:
    server = server_on(port=taken)
    with pytest.raises(SettingsError, match=rf"PORT: {taken} on 127\.0\.0\.1 is taken.*PORT={taken + 1}"):
        await server.start(ROUTES)
    assert server.url == ""


async def test_a_taken_port_moves_to_the_next(taken: int, client: aiohttp.ClientSession) -> None:
    server = server_on(port=taken)
    await server.start(ROUTES, next_port=True)
    number = int(server.url.rsplit(":", 1)[1])
    assert taken < number < taken + NEXT_PORTS
    assert await get(client, server.url) == (200, "hello")
    await server.stop()


async def test_the_last_port_has_no_next() -> None:
    with socket.socket() as holder:
        try:
            holder.bind(("127.0.0.1", 65535))
        except OSError:
            pytest.skip("port 65535 is in use")
        holder.listen()
        with pytest.raises(SettingsError, match=r"65535 .*PORT=8000"):
            await server_on(port=65535).start(ROUTES, next_port=True)


async def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(SettingsError, match=r"STRILLONE_HOST.*192\.0\.2\.1"):
        await server_on("192.0.2.1", 8080).start(ROUTES)


async def test_ipv6_is_shown_in_brackets(client: aiohttp.ClientSession) -> None:
    server = server_on("::1")
    try:
        await server.start(ROUTES)
    except SettingsError:
        pytest.skip("there is no IPv6 here")
    assert server.url.startswith("http://[::1]:")
    assert await get(client, server.url) == (200, "hello")
    await server.stop()


async def test_stopping_frees_the_port_and_may_be_done_twice() -> None:
    server = server_on()
    await server.start(ROUTES)
    port = int(server.url.rsplit(":", 1)[1])
    await server.stop()
    await server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_under_the_public_name_only_hubs_are_answered(client: aiohttp.ClientSession) -> None:
    server = WebServer("127.0.0.1", 0, dict, "https://news.example.org")
    await server.start([("GET", "/", page), ("GET", "/websub/{key}", page)])
    found = [
        await get(client, server.url + path, Host=host)
        for host in ("news.example.org", "other.example.org")
        for path in ("/websub/k", "/", "/healthz")
    ]
    await server.stop()
    assert [status for status, _ in found] == [200, 403, 403, 403, 403, 403]
