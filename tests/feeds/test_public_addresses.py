"""No feed, page, redirect or name leads to a private address, however it is spelled."""

import asyncio
import socket

import pytest

from bot.errors import AddressRefused, FeedError
from bot.feeds.fetch import Fetcher
from bot.feeds.public_addresses import PublicResolver, check_url, is_public, socket_factory
from bot.ports import FetchRequest
from tests.doubles.feeds import PUBLIC, RSS, FeedServer, Names, Reply, redirect

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.254",
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:100.64.0.1",
    "::ffff:168.63.129.16",
    "::ffff:0:127.0.0.1",
    "0:0:0:0:0:0:0:1",
    "0:0:0:0:0:ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "ff01::1",
    "ff02::1",
    "ff0e::1",
]
ALLOWED = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.1",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.254",
    "::ffff:8.8.8.8",
    "2606:4700:4700::1111",
    "2a00:1450:4001:82a::200e",
    "2001:4860:4860::8888",
]
SPELLED = [
    "http://127.0.0.1/", "https://127.0.0.1/", "HTTP://127.0.0.1/", "http://127.0.0.1:80/", "http://127.0.0.1:8080/feed",
    "http://127.0.0.1#x", "http://127.0.0.1?x", "http://127.0.0.1./", "http://127.0.0.1.:80/", "http://0/", "http://0.0.0.0/",
    "http://127.1/", "http://127.0.1/", "http://10.1/", "http://2130706433/", "http://017700000001/", "http://0x7f000001/",
    "http://0x7F.0.0.1/", "http://0x7f.1/", "http://0177.0.0.1/", "http://0177.0.0.0x1/", "http://127.0.0.1e0.1/", "http://0x/",
    "http://00000000000000000000000000127.0.0.1/", "http://4294967297/", "http://[::1]/", "http://[::1]:80/", "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/", "http://[::1%25lo]/", "http://[::1%lo]/", "http://[fe80::1%25eth0]/", "http://[64:ff9b::127.0.0.1]/",
    "http://[2002:7f00:1::]/", "http://[fd00:ec2::254]/latest/meta-data/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/",
    "http://127．0．0．1/", "http://127｡0｡0｡1/", "http://１２７.0.0.1/", "http://②①③⓪⑦⓪⑥④③③/", "http://user@127.0.0.1/",
    "http://user:word@127.0.0.1/", "http://news.example@127.0.0.1/", "http://news.example:80@127.0.0.1/", "http://127.0.0.1#@news.example/",
    "http://news.example\\@127.0.0.1/", "http://127.0.0.1\\@news.example/", "http:\\\\127.0.0.1/", "http://127.0.0.1\t/",
    "http://\n127.0.0.1/", " http://127.0.0.1/", "http://%31%32%37.0.0.1/", "http://127%2e0%2e0%2e1/", "http:///127.0.0.1/",
    "http:127.0.0.1/", "//127.0.0.1/", "http://[::1]]/", "http://[[::1]/", "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/metadata", "http://100.100.100.200/latest/meta-data/", "http://192.0.0.192/opc/v1/",
]  # fmt: skip
NO_WEB_ADDRESS = [
    "", "feed.xml", "ftp://news.example/feed", "file:///etc/passwd", "gopher://127.0.0.1:70/_x", "dict://127.0.0.1:11211/stat",
    "data:text/xml,<rss/>", "javascript:alert(1)", "unix:///run/docker.sock", "http://", "https://:80/", "http://?feed", "jar:http://news.example!/",
    "http://news.example:99999/", "http://news.example:-1/", "http://news.example:80:80/", "http://news.example:http/",
]  # fmt: skip
ODD_PORTS = [0, 1, 21, 22, 23, 25, 53, 111, 139, 445, 2375, 3306, 5432, 6379, 8000, 9200, 11211, 27017, 65535]
NAMES = ["localhost", "LOCALHOST", "localhost.", "ⓛocalhost", "router", "metadata.google.internal", "intranet.example"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_an_address_that_anybody_may_reach(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", [*SPELLED, *NO_WEB_ADDRESS])
async def test_a_spelling_is_refused_with_words(url: str, closed_fetch: Fetcher, names: Names) -> None:
    for host in ("127.0.0.1e0.1", "%31%32%37.0.0.1", "127%2e0%2e0%2e1"):
        names[host] = ["127.0.0.1"]
    with pytest.raises(AddressRefused, match=r"^[A-Z`].*\.$"):
        async with asyncio.timeout(5):
            await closed_fetch(FetchRequest(url=url))


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_literal_is_refused_by_the_fetcher(address: str, closed_fetch: Fetcher) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        await closed_fetch(FetchRequest(url=f"http://{host}/feed.xml"))


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_for_a_private_address_is_refused(
    address: str, closed_fetch: Fetcher, names: Names
) -> None:
    names["rebind.example"] = [address]
    with pytest.raises(AddressRefused, match="private"):
        await closed_fetch(FetchRequest(url="http://rebind.example/feed.xml"))


@pytest.mark.parametrize("name", NAMES)
async def test_a_local_name_is_refused(name: str, closed_fetch: Fetcher, names: Names) -> None:
    for spelled in ("localhost", "localhost."):
        names[spelled] = ["::1", "127.0.0.1"]
    for host in ("router", "metadata.google.internal", "intranet.example"):
        names[host] = ["169.254.169.254"]
    with pytest.raises(AddressRefused):
        await closed_fetch(FetchRequest(url=f"http://{name}/feed.xml"))


@pytest.mark.parametrize("port", ODD_PORTS)
def test_a_port_that_is_no_web_port_is_refused(port: int) -> None:
    with pytest.raises(AddressRefused, match=rf"Port {port} .*80, 443, 8080, 8443"):
        check_url(f"http://news.example:{port}/feed")


@pytest.mark.parametrize("port", ["", ":80", ":443", ":8080", ":8443"])
def test_a_web_port_is_allowed(port: str) -> None:
    check_url(f"https://news.example{port}/feed")
    check_url(f"http://{PUBLIC}{port}/feed")


@pytest.mark.parametrize("host", ["3com.example", "4.example", "news.example.", "0x7f.example", "münchen.example", "xn--mnchen-3ya.example"])  # fmt: skip
def test_a_name_that_only_looks_odd_is_allowed(host: str) -> None:
    check_url(f"https://{host}/feed")


# --- redirects and names that change -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "//10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://2130706433/",
        "http://0x7f000002/", "http://①②⑦.⓪.⓪.②/", "http://user@127.0.0.2/", "https://127.0.0.2/", "file:///etc/passwd", "ftp://127.0.0.1/",
        "gopher://127.0.0.1/", "http://private.example/", "http://[", "http://127.0.0.2:22/", "javascript:alert(1)", "http://0/",
    ],
)  # fmt: skip
async def test_a_redirect_to_a_private_address_is_refused(
    target: str, fetch: Fetcher, server: FeedServer, names: Names
) -> None:
    names["private.example"] = ["192.168.1.1"]
    with pytest.raises(AddressRefused):
        await fetch(FetchRequest(url=server.serve("/feed", redirect(target))))
    assert len(server.requests) == 1


async def test_one_private_answer_among_public_ones_is_enough(closed_fetch: Fetcher, names: Names) -> None:
    names["mixed.example"] = [PUBLIC, "127.0.0.1"]
    with pytest.raises(AddressRefused):
        await closed_fetch(FetchRequest(url="http://mixed.example/"))


async def test_a_name_that_changes_its_answer_is_checked_each_time(names: Names) -> None:
    names.in_turn("rebind.example", [PUBLIC], ["127.0.0.1"])
    resolver = PublicResolver()
    assert [answer["host"] for answer in await resolver.resolve("rebind.example", 80)] == [PUBLIC]
    with pytest.raises(AddressRefused):
        await resolver.resolve("rebind.example", 80)
    await resolver.close()


async def test_a_name_that_changes_its_answer_on_a_redirect_is_refused(
    fetcher_for, server: FeedServer, names: Names
) -> None:
    names.in_turn("rebind.example", ["127.0.0.1"])
    fetch = await fetcher_for("127.0.0.1")
    server.serve("/feed", redirect(server.url("/inside", "rebind.example").replace(f":{server.port}", "")))
    with pytest.raises(AddressRefused):
        await fetch(FetchRequest(url=server.url("/feed")))
    assert not server.asked("/inside")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"])
async def test_the_socket_is_the_last_guard(
    address: str, fetcher_for, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a resolver lets an address through, no socket is made for it."""
    monkeypatch.setattr(
        PublicResolver, "resolve", lambda self, host, port, family: self._lookups.find(host, port, family)
    )
    names["lying.example"] = [address]
    fetch = await fetcher_for()
    with pytest.raises(AddressRefused):
        await fetch(FetchRequest(url="http://lying.example/"))


@pytest.mark.parametrize("address", PRIVATE)
def test_no_socket_is_made_for_a_private_address(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(AddressRefused):
        socket_factory()((family, socket.SOCK_STREAM, 6, "", (address, 80)))


def test_a_socket_is_made_for_a_public_address() -> None:
    made = socket_factory()((socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 80)))
    assert made.gettimeout() == 0
    made.close()


# --- what an operator opens --------------------------------------------------------------------------------


async def test_an_opened_literal_is_reached_on_any_port(fetch: Fetcher, server: FeedServer) -> None:
    found = await fetch(FetchRequest(url=server.serve("/feed", Reply(RSS))))
    assert found.body == RSS


async def test_an_opened_name_is_reached_at_its_private_address(
    fetcher_for, server: FeedServer, names: Names
) -> None:
    names["nas.example"] = ["127.0.0.1"]
    server.serve("/feed", Reply(RSS))
    fetch = await fetcher_for("nas.example")
    assert (await fetch(FetchRequest(url=server.url("/feed", "nas.example")))).body == RSS


async def test_an_opened_name_may_lie_in_carrier_grade_space(names: Names) -> None:
    """Tailscale and other private networks give addresses of 100.64.0.0/10, which Python does not call private."""
    names["nas.example"] = ["100.64.0.7"]
    resolver = PublicResolver({"nas.example"})
    await resolver.resolve("nas.example", 80)
    make = socket_factory(resolver.opened_answers)
    make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("100.64.0.7", 80))).close()
    await resolver.close()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://[::1]/", "http://other.example/", "http://0x7f000001/",
     "http://nas.example@127.0.0.1/", "http://nas.example.other.example/", "http://10.0.0.1/"],
)  # fmt: skip
async def test_opening_a_name_opens_nothing_else(url: str, fetcher_for, names: Names) -> None:
    for host in ("nas.example", "other.example", "nas.example.other.example"):
        names[host] = ["127.0.0.1"]
    fetch = await fetcher_for("nas.example")
    with pytest.raises(FeedError):  # nothing listens there; what matters is that the name was allowed
        await fetch(FetchRequest(url="http://nas.example:1/"))
    with pytest.raises(AddressRefused):
        await fetch(FetchRequest(url=url))
