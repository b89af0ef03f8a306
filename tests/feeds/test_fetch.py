"""The fetcher over real sockets: conditional requests, redirects, limits, broken and hostile servers, manners."""

import asyncio
import gzip
import socket
import threading
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from yarl import URL

from bot.errors import AddressRefused, HostBusy, HttpFailed, TooLarge, Unreachable
from bot.feeds import fetch as module
from bot.feeds import host_throttle
from bot.feeds.fetch import Fetcher, _is_home
from bot.feeds.host_throttle import HostThrottle
from bot.feeds.parse import parse
from bot.feeds.request_shares import Shares
from bot.feeds.response_headers import LONGEST_WAIT, onward, related, stays
from bot.model import FeedAccess
from bot.ports import Fetched, FetchRequest
from tests.doubles.feeds import (
    HTML,
    PUBLIC,
    RSS,
    FeedServer,
    Names,
    Reply,
    bomb,
    broken,
    endless,
    redirect,
    silent,
    slow,
    status,
)
from tests.feeds.conftest import AGENT

SMALL = 200_000


async def test_a_document_comes_with_what_the_next_request_needs(fetch: Fetcher, server: FeedServer) -> None:
    dates = {"Date": "Mon, 02 Mar 2026 10:00:00 GMT", "Age": "90"}
    url = server.serve(
        "/feed", Reply(RSS, etag='W/"é1"', last_modified="Mon, 02 Mar 2026 09:00:00 GMT", headers=dates)
    )
    found = await fetch(FetchRequest(url=url))
    assert found == Fetched(
        url=url,
        changed=True,
        body=RSS,
        content_type="application/rss+xml",
        etag='W/"é1"',
        last_modified="Mon, 02 Mar 2026 09:00:00 GMT",
        wait=0,
        answered_at=datetime(2026, 3, 2, 10, 1, 30, tzinfo=UTC),
    )


async def test_validators_are_sent_as_they_were_received(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve("/feed", Reply(RSS, etag='W/"a,b"', last_modified="Monday, some day"))
    found = await fetch(FetchRequest(url=url, etag='W/"a,b"', last_modified="Monday, some day"))
    assert (found.changed, found.body, found.etag) == (False, b"", 'W/"a,b"')
    sent = server.requests[0].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('W/"a,b"', "Monday, some day")


async def test_a_changed_document_comes_whole_in_spite_of_validators(
    fetch: Fetcher, server: FeedServer
) -> None:
    url = server.serve("/feed", Reply(RSS, etag='"2"'))
    found = await fetch(FetchRequest(url=url, etag='"1"'))
    assert (found.changed, found.body, found.etag) == (True, RSS, '"2"')


async def test_the_first_request_asks_unconditionally_and_says_who_we_are(
    fetch: Fetcher, server: FeedServer
) -> None:
    await fetch(FetchRequest(url=server.serve("/feed", Reply(RSS))))
    sent = server.requests[0].headers
    assert sent["User-Agent"] == AGENT
    assert sent["Accept"].startswith("application/rss+xml")
    assert "gzip" in sent["Accept-Encoding"]
    assert not {"If-None-Match", "If-Modified-Since", "Cookie", "Referer"} & set(sent)


async def test_a_page_is_asked_for_as_a_page(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve("/page", Reply(HTML, headers={"Content-Type": "text/html"}))
    found = await fetch(FetchRequest(url=url, page=True))
    assert (found.body, found.content_type) == (HTML, "text/html")
    assert server.requests[0].headers["Accept"].startswith("text/html")


async def test_a_page_instead_of_a_feed_is_a_document_too(fetch: Fetcher, server: FeedServer) -> None:
    """What a document is, the parser tells."""
    url = server.serve("/feed", Reply(HTML, headers={"Content-Type": "text/html; charset=utf-8"}))
    assert (await fetch(FetchRequest(url=url))).body == HTML


async def test_cookies_are_not_kept(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve("/feed", Reply(RSS, headers={"Set-Cookie": "id=1; Path=/"}))
    await fetch(FetchRequest(url=url))
    await fetch(FetchRequest(url=url))
    assert "Cookie" not in server.requests[1].headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_packed_bodies_are_unpacked(encoding: str, fetch: Fetcher, server: FeedServer) -> None:
    assert (await fetch(FetchRequest(url=server.serve("/feed", Reply(RSS, encoding=encoding))))).body == RSS


# --- redirects ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed(code: int, fetch: Fetcher, server: FeedServer) -> None:
    server.serve("/new", Reply(RSS))
    found = await fetch(FetchRequest(url=server.serve("/old", redirect("/new?a=1", code))))
    assert (found.body, found.url) == (RSS, server.url("/new?a=1"))


async def test_five_redirects_are_followed_and_no_more(fetch: Fetcher, server: FeedServer) -> None:
    for step in range(10):
        server.serve(f"/{step}", redirect(f"/{step + 1}"))
    server.serve("/10", Reply(RSS))
    assert (await fetch(FetchRequest(url=server.url("/5")))).body == RSS
    with pytest.raises(HttpFailed, match="more than 5 times"):
        await fetch(FetchRequest(url=server.url("/4")))


@pytest.mark.parametrize("code", [301, 302, 308])
async def test_a_redirect_in_circles_ends(code: int, fetch: Fetcher, server: FeedServer) -> None:
    server.serve("/a", redirect("/b", code))
    server.serve("/b", redirect("/a", code))
    with pytest.raises(HttpFailed, match="more than 5 times"):
        await fetch(FetchRequest(url=server.url("/a")))
    assert len(server.requests) == 6


async def test_a_redirect_without_a_target_is_no_document(fetch: Fetcher, server: FeedServer) -> None:
    with pytest.raises(HttpFailed, match="301"):
        await fetch(FetchRequest(url=server.serve("/feed", status(301))))


async def test_a_password_stays_with_its_host(fetcher_for, server: FeedServer, names: Names) -> None:
    names["other.example"] = ["127.0.0.1"]
    fetch = await fetcher_for("127.0.0.1", "other.example")
    server.serve("/new", Reply(RSS))
    server.serve("/feed", redirect(server.url("/new", "other.example")))
    await fetch(FetchRequest(url=server.url("/feed", "me:sesame@127.0.0.1")))
    assert "Authorization" in server.requests[0].headers
    assert "Authorization" not in server.requests[1].headers


# --- where a feed says it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "lasting"),
    [((301,), True), ((308,), True), ((301, 308), True), ((302,), False), ((307,), False), ((301, 302), False), ((302, 301), False), ((), False)],
)  # fmt: skip
async def test_only_a_wholly_permanent_way_is_a_move(
    codes: tuple[int, ...], lasting: bool, fetch: Fetcher, server: FeedServer
) -> None:
    for step, code in enumerate(codes):
        server.serve(f"/{step}", redirect(f"/{step + 1}", code))
    server.serve(f"/{len(codes)}", Reply(RSS))
    found = await fetch(FetchRequest(url=server.url("/0")))
    assert found.moved == (server.url(f"/{len(codes)}") if lasting else "")


def test_a_move_from_https_to_http_is_followed_and_not_remembered() -> None:
    assert stays("http://a.example/", "https://a.example/", 301)
    assert not stays("https://a.example/", "http://a.example/", 301)


@pytest.mark.parametrize(
    ("header", "hub", "itself"),
    [
        ('<https://hub.example/>; rel="hub", <https://news.example/f>; rel="self"', "https://hub.example/", "https://news.example/f"),
        ("<https://hub.example/>;rel=hub", "https://hub.example/", ""),
        ('<https://hub.example/>; title="x"; rel="other hub"', "https://hub.example/", ""),
        ("<https://hub.example/>", "", ""), ("nonsense", "", ""), ("", "", ""),
    ],
)  # fmt: skip
async def test_what_a_link_header_names(
    header: str, hub: str, itself: str, fetch: Fetcher, server: FeedServer
) -> None:
    found = await fetch(FetchRequest(url=server.serve("/feed", Reply(RSS, headers={"Link": header}))))
    assert (found.hub, found.itself) == (hub, itself)


@pytest.mark.parametrize("header", ["<" * 100_000, "<a>" * 100_000, "<a>;" + "rel=" * 100_000])
def test_a_hostile_link_header_names_nothing(header: str) -> None:
    assert related({"Link": header}, "hub") == ""


async def test_a_form_is_posted(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve("/hub", Reply(b"", 202))
    await fetch(FetchRequest(url=url, form={"hub.mode": "subscribe"}))
    assert server.requests[0].form == {"hub.mode": "subscribe"}


# --- headers, proxies --------------------------------------------------------------------------------------


async def test_a_hosts_own_headers_go_to_it_alone(server: FeedServer, names: Names) -> None:
    names["a.example"] = names["b.example"] = ["127.0.0.1"]
    server.serve("/new", Reply(RSS))
    server.serve("/old", redirect(server.url("/new", "b.example")))
    headers = {"a.example": {"Authorization": "Bearer sesame"}}
    async with Fetcher(AGENT, opened=("a.example", "b.example"), headers=headers) as fetch:
        url = server.url("/old", "a.example")
        await fetch(FetchRequest(url=url, declared=url))
        await fetch(FetchRequest(url=url))
        await fetch(FetchRequest(url=url, declared=server.url("/feed", "b.example")))
    sent = [request.headers.get("Authorization") for request in server.requests]
    assert sent == ["Bearer sesame", None, None, None, None, None]


async def test_what_is_set_of_a_feed_goes_to_its_host_alone(server: FeedServer, names: Names) -> None:
    names["a.example"] = names["b.example"] = ["127.0.0.1"]
    server.serve("/new", Reply(RSS))
    server.serve("/old", redirect(server.url("/new", "b.example")))
    url = server.url("/old", "a.example")
    access = FeedAccess(address=url, headers={"Cookie": "key=sesame", "User-Agent": "Owl/1"})
    async with Fetcher(AGENT, opened=("a.example", "b.example")) as fetch:
        await fetch(FetchRequest(url=url, access=access))
    first, second = server.requests
    assert (first.headers["Cookie"], first.headers["User-Agent"]) == ("key=sesame", "Owl/1")
    assert "Cookie" not in second.headers
    assert second.headers["User-Agent"] == AGENT
    assert "sesame" not in repr(access)


async def test_the_operators_file_says_what_goes_with_a_declared_feed(
    server: FeedServer, names: Names
) -> None:
    names["a.example"] = ["127.0.0.1"]
    server.serve("/feed", Reply(RSS))
    url = server.url("/feed", "a.example")
    access = FeedAccess(address=url, headers={"Cookie": "key=sesame"})
    async with Fetcher(AGENT, opened=("a.example",), accesses={url: access}) as fetch:
        await fetch(FetchRequest(url=url, declared=url))
        await fetch(FetchRequest(url=url))
    assert [request.headers.get("Cookie") for request in server.requests] == ["key=sesame", None]


@pytest.mark.parametrize(
    ("declared", "asked", "carried"),
    [
        ("http://a.example/feed", "http://a.example/other", True),
        ("http://a.example/feed", "https://a.example/feed", True),
        ("https://a.example/feed", "http://a.example/feed", False),
        ("https://a.example/feed", "https://a.example:8443/feed", False),
        ("https://a.example:8443/feed", "https://a.example/feed", False),
        ("https://a.example/feed", "https://b.example/feed", False),
        ("", "https://a.example/feed", False),
    ],
)
def test_headers_go_where_the_feed_was_declared_and_nowhere_less_safe(
    declared: str, asked: str, carried: bool
) -> None:
    assert _is_home(URL(asked), declared) is carried


# --- what an operator opens --------------------------------------------------------------------------------


@pytest.fixture
async def intranet(server: FeedServer, names: Names) -> AsyncIterator[Fetcher]:
    """A fetcher whose operator opened the intranet's wiki, where her feed is; the same server answers for all names."""
    for host in ("wiki.intranet", "db.intranet", "evil.example"):
        names[host] = ["127.0.0.1"]
    names["news.example"] = ["127.0.0.1"]
    headers = {"wiki.intranet": {"Authorization": "Bearer payroll"}}
    async with Fetcher(AGENT, opened=("news.example",), own=("wiki.intranet",), headers=headers) as fetch:
        server.serve("/feed", Reply(RSS))
        yield fetch


async def test_an_opened_host_serves_the_feeds_that_are_declared_there(
    intranet: Fetcher, server: FeedServer
) -> None:
    url = server.url("/feed", "wiki.intranet")
    assert (await intranet(FetchRequest(url=url, declared=url))).body == RSS
    page = server.url("/feed?page", "wiki.intranet")
    assert (await intranet(FetchRequest(url=page, page=True, declared=url))).body == RSS
    assert [request.headers.get("Authorization") for request in server.requests] == ["Bearer payroll"] * 2


@pytest.mark.parametrize("form", [None, {"hub.mode": "subscribe"}])
@pytest.mark.parametrize("declared", ["", "https://elsewhere.example/feed", "other port"])
async def test_an_opened_host_serves_no_other_feed_page_or_hub(
    intranet: Fetcher, server: FeedServer, declared: str, form: dict[str, str] | None
) -> None:
    own = "http://wiki.intranet:9999/feed" if declared == "other port" else declared
    with pytest.raises(AddressRefused, match=r"opened only for feeds|is not one that feeds are read from"):
        await intranet(FetchRequest(url=server.url("/feed", "wiki.intranet"), declared=own, form=form))
    assert server.requests == []


async def test_a_strangers_redirect_reaches_no_opened_host(intranet: Fetcher, server: FeedServer) -> None:
    server.serve("/out", redirect(server.url("/feed", "wiki.intranet")))
    with pytest.raises(AddressRefused):
        await intranet(FetchRequest(url=server.url("/out", "news.example")))
    assert [request.path for request in server.requests] == ["/out"]


async def test_what_is_known_of_an_opened_host_opens_it_to_nobody(
    intranet: Fetcher, server: FeedServer
) -> None:
    """A connection that is kept, or a name that was looked up, is no way in for the next request."""
    url = server.url("/feed", "wiki.intranet")
    await intranet(FetchRequest(url=url, declared=url))
    with pytest.raises(AddressRefused):
        await intranet(FetchRequest(url=url))
    with pytest.raises(AddressRefused):
        await intranet(FetchRequest(url=server.url("/feed", "evil.example").replace(f":{server.port}", "")))


async def test_the_proxys_own_name_is_nobodys_to_ask(server: FeedServer, names: Names) -> None:
    names["proxy.intranet"] = ["127.0.0.1"]
    async with Fetcher(AGENT, proxy=server.url("", "proxy.intranet")) as fetch:
        with pytest.raises(AddressRefused):
            await fetch(FetchRequest(url="http://proxy.intranet/"))
    assert server.requests == []


async def test_a_document_in_crumbs_is_not_read_to_its_end(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve("/feed", Reply(b"x" * 20_000, pieces=20_000, pause=0.00001))
    with pytest.raises(Unreachable, match="crumbs"):
        await fetch(FetchRequest(url=url))


# --- shares ------------------------------------------------------------------------------------------------


async def test_a_servers_slow_feeds_take_no_place_from_others(
    fetcher_for, server: FeedServer, names: Names
) -> None:
    """Dripping answers of one server's feeds: its fifth is told to come later, another's is answered as ever."""
    hosts = [f"slow{n}.example" for n in range(30)]
    for host in (*hosts, "quick.example"):
        names[host] = ["127.0.0.1"]
    server.serve("/slow", silent(30))
    server.serve("/feed", Reply(RSS))
    fetch = await fetcher_for(*hosts, "quick.example")
    slow = [
        asyncio.create_task(fetch(FetchRequest(url=server.url("/slow", host), requester=7))) for host in hosts
    ]
    await asyncio.sleep(0.1)
    refused = [task for task in slow if task.done() and isinstance(task.exception(), HostBusy)]
    assert len(refused) == len(hosts) - 4
    async with asyncio.timeout(3):
        assert (await fetch(FetchRequest(url=server.url("/feed", "quick.example"), requester=8))).body == RSS
        assert (await fetch(FetchRequest(url=server.url("/feed", "quick.example")))).body == RSS
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_names_that_are_never_answered_keep_nobody_else_from_looking_up(
    closed_fetch: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that does not answer holds its asker's threads for as long as it likes, and nobody else's."""
    release = threading.Event()
    asked: list[str] = []

    def look(host: str, *_: object) -> list[object]:
        asked.append(host)
        if host.startswith("dead"):
            release.wait(20)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("bot.feeds.dns.socket.getaddrinfo", look)
    monkeypatch.setattr("bot.feeds.dns.SECONDS", 0.2)
    dead = [FetchRequest(url=f"http://dead{n}.example/", requester=7) for n in range(40)]
    results = await asyncio.gather(*(closed_fetch(one) for one in dead), return_exceptions=True)
    assert sum(isinstance(one, Unreachable) for one in results) <= 4
    assert sum(isinstance(one, HostBusy) for one in results) >= 36
    again = await asyncio.gather(*(closed_fetch(one) for one in dead), return_exceptions=True)
    assert all(isinstance(one, HostBusy) for one in again), "a look-up that was given up still counts"
    with pytest.raises(Unreachable, match="not known"):
        await closed_fetch(FetchRequest(url="http://gone.example/", requester=8))
    release.set()
    assert len([host for host in asked if host.startswith("dead")]) == 4


async def test_all_servers_together_leave_places_to_the_operator() -> None:
    shares = Shares(4, 8)
    for server in (1, 2):
        for _ in range(4):
            shares.take(server)
    with pytest.raises(HostBusy):
        shares.take(3)
    shares.take(0)
    shares.give_back(1)
    shares.take(3)


async def test_a_proxy_is_used_for_public_names_only(server: FeedServer, names: Names) -> None:
    names["proxy.intranet"] = ["127.0.0.1"]
    names["news.example"] = [PUBLIC]
    names["inside.example"] = ["10.0.0.7"]
    server.serve("/feed", Reply(RSS))
    async with Fetcher(AGENT, proxy=server.url("", "proxy.intranet")) as fetch:
        assert (await fetch(FetchRequest(url="http://news.example/feed"))).body == RSS
        with pytest.raises(AddressRefused, match="private"):
            await fetch(FetchRequest(url="http://inside.example/feed"))
        with pytest.raises(AddressRefused, match="private"):
            await fetch(FetchRequest(url="http://127.0.0.1/feed"))
    assert [request.headers["Host"] for request in server.requests] == ["news.example"]


@pytest.mark.parametrize(
    ("url", "location", "target"),
    [
        ("https://me:pw@feeds.example/a", "/b", "https://me:pw@feeds.example/b"),
        ("https://me:pw@feeds.example/a", "https://feeds.example/b", "https://me:pw@feeds.example/b"),
        ("https://me:pw@feeds.example/a", "https://other.example/b", "https://other.example/b"),
        ("https://me:pw@feeds.example/a", "http://feeds.example/b", "http://feeds.example/b"),
        ("https://me:pw@feeds.example/a", "https://feeds.example:8443/b", "https://feeds.example:8443/b"),
        ("https://me:pw@feeds.example/a", "https://you:x@feeds.example/b", "https://you:x@feeds.example/b"),
        ("https://feeds.example/a", "b", "https://feeds.example/b"),
    ],
)
def test_a_password_follows_a_redirect_on_its_own_origin_alone(url: str, location: str, target: str) -> None:
    assert onward(url, location) == target


# --- answers that are no document --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [(401, "password"), (403, "refused"), (404, "nothing at this address"), (410, "has ended"), (429, "too many requests"),
     (204, "No Content"), (400, "Bad Request"), (500, "Internal Server Error"), (503, "Service Unavailable"), (300, "Multiple Choices")],
)  # fmt: skip
async def test_a_refusal_is_told_in_words(code: int, words: str, fetch: Fetcher, server: FeedServer) -> None:
    with pytest.raises(HttpFailed, match=rf"127\.0\.0\.1 answered {code}: .*{words}") as caught:
        await fetch(FetchRequest(url=server.serve("/feed", status(code))))
    assert (caught.value.status, caught.value.retry_after, caught.value.is_retryable) == (code, 0, True)


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW_HTTP = format_datetime(NOW, usegmt=True)


def http(seconds: int) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (" 120 ", 120), (http(90), 90), (http(-90), 0), ("0", 0), ("soon", 0), ("-5", 0), ("1.5", 0), ("²", 0), ("9" * 5000, LONGEST_WAIT),
     (format_datetime(NOW + timedelta(days=9000), usegmt=True), LONGEST_WAIT), ("Mon, 99 Mar 2026 09:00:00 GMT", 0), ("Mon, 02 Mar 99999 09:00:00 GMT", 0)],
)  # fmt: skip
async def test_a_pause_that_a_server_asks_for(
    header: str, seconds: int, fetch: Fetcher, server: FeedServer
) -> None:
    url = server.serve("/feed", status(429, Retry_After=header, Date=NOW_HTTP))
    with pytest.raises(HttpFailed) as caught:
        await fetch(FetchRequest(url=url))
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": 'MAX-AGE="600"'}, 600),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600", "Age": "1000"}, 0),
        ({"Cache-Control": "max-age=600", "Age": "abc"}, 600),
        ({"Cache-Control": "max-age=600", "Age": ""}, 600),
        ({"Cache-Control": "max-age=600, no-cache"}, 0),
        ({"Cache-Control": "no-store"}, 0),
        ({"Cache-Control": "max-age=" + "9" * 5000}, LONGEST_WAIT),
        ({"Cache-Control": "max-age=many"}, 0),
        ({"Expires": http(300), "Date": NOW_HTTP}, 300),
        ({"Expires": http(-300), "Date": NOW_HTTP}, 0),
        ({"Expires": "0", "Date": NOW_HTTP}, 0),
        ({"Expires": "Fri, 31 Dec 9999 23:59:59 GMT", "Date": NOW_HTTP}, LONGEST_WAIT),
        ({"Expires": "never", "Date": NOW_HTTP}, 0),
        ({"Cache-Control": "max-age=60", "Expires": http(300), "Date": NOW_HTTP}, 60),
    ],
)  # fmt: skip
async def test_how_long_an_answer_stays_fresh(
    headers: dict[str, str], seconds: int, fetch: Fetcher, server: FeedServer
) -> None:
    found = await fetch(FetchRequest(url=server.serve("/feed", Reply(RSS, headers=headers))))
    assert found.wait == seconds


# --- servers that do not do what they should ---------------------------------------------------------------


async def test_a_document_over_the_limit_is_refused(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve("/feed", Reply(b"x" * SMALL))
    assert len((await fetch(FetchRequest(url=url, limit=SMALL))).body) == SMALL
    with pytest.raises(TooLarge):
        await fetch(FetchRequest(url=url, limit=SMALL - 1))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
async def test_a_small_body_that_unpacks_to_much_is_refused_on_the_way(
    encoding: str, fetch: Fetcher, server: FeedServer
) -> None:
    url = server.serve("/bomb", bomb(100_000_000, encoding))
    tracemalloc.start()
    with pytest.raises(TooLarge, match="larger than 5 MB"):
        await fetch(FetchRequest(url=url))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


async def test_a_body_without_end_is_left(fetch: Fetcher, server: FeedServer) -> None:
    with pytest.raises(TooLarge):
        await fetch(FetchRequest(url=server.serve("/feed", endless()), limit=1_000_000))
    await server.until(lambda: server.left)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.3)


@pytest.mark.parametrize("reply", [slow(20), silent(20)], ids=["drops", "silence"])
async def test_a_slow_server_is_left(reply: Reply, impatient: None, fetcher_for, server: FeedServer) -> None:
    fetch = await fetcher_for("127.0.0.1")
    started = asyncio.get_running_loop().time()
    with pytest.raises(Unreachable, match="did not answer within"):
        await fetch(FetchRequest(url=server.serve("/feed", reply)))
    assert asyncio.get_running_loop().time() - started < 2


@pytest.mark.parametrize(
    "reply",
    [
        broken(0), broken(100), Reply(b"not gzip at all", headers={"Content-Encoding": "gzip"}),
        Reply(b"not brotli", headers={"Content-Encoding": "br"}), Reply(RSS, headers={"X-Long": "x" * 20_000}),
    ],
    ids=["at once", "midway", "gzip", "brotli", "header"],
)  # fmt: skip
async def test_a_broken_answer_may_be_tried_again(reply: Reply, fetch: Fetcher, server: FeedServer) -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 ") as caught:
        await fetch(FetchRequest(url=server.serve("/feed", reply)))
    assert caught.value.is_retryable
    assert "Error" not in str(caught.value)
    assert "Client" not in str(caught.value)


async def test_a_port_where_nobody_listens(fetch: Fetcher) -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        await fetch(FetchRequest(url="http://127.0.0.1:1/feed"))


async def test_a_server_without_tls(fetch: Fetcher, server: FeedServer) -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        await fetch(FetchRequest(url=server.url("/feed").replace("http:", "https:")))


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"\x00" * 100, b""]
)
async def test_something_that_is_no_web_server(answer: bytes, fetch: Fetcher) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    other = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable):
            await fetch(FetchRequest(url=f"http://127.0.0.1:{port}/feed"))


async def test_a_name_that_does_not_exist(closed_fetch: Fetcher, names: Names) -> None:
    with pytest.raises(Unreachable, match=r"gone\.example cannot be reached"):
        await closed_fetch(FetchRequest(url="http://gone.example/feed"))


@pytest.mark.parametrize("host", ["a" * 300 + ".example", "a..example", "-", "_.example", "\u200b.example"])
async def test_a_name_that_cannot_exist(host: str, closed_fetch: Fetcher, names: Names) -> None:
    with pytest.raises((Unreachable, AddressRefused)):
        await closed_fetch(FetchRequest(url=f"http://{host}/feed"))


async def test_using_it_unopened_is_a_mistake_of_ours() -> None:
    with pytest.raises(RuntimeError, match="before it is opened"):
        await Fetcher(AGENT, opened=("127.0.0.1",))(FetchRequest(url="http://127.0.0.1/"))


# --- manners -----------------------------------------------------------------------------------------------


async def test_one_request_to_a_host_at_a_time(fetch: Fetcher, server: FeedServer) -> None:
    for n in range(4):
        server.serve(f"/{n}", silent(0.05))
    await asyncio.gather(*(fetch(FetchRequest(url=server.url(f"/{n}"))) for n in range(4)))
    times = [request.at for request in server.requests]
    assert all(b - a >= 0.045 for a, b in pairwise(times))


async def test_a_slow_host_does_not_hold_up_another(fetcher_for, server: FeedServer, names: Names) -> None:
    names["a.example"] = names["b.example"] = ["127.0.0.1"]
    fetch = await fetcher_for("a.example", "b.example")
    server.serve("/slow", silent(5))
    server.serve("/quick", Reply(RSS))
    waiting = asyncio.create_task(fetch(FetchRequest(url=server.url("/slow", "a.example"))))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        assert (await fetch(FetchRequest(url=server.url("/quick", "b.example")))).body == RSS
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_host_is_left_in_peace_between_two_requests(
    closed_fetch: Fetcher, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_throttle, "PAUSE", 0.3)
    names["news.example"] = ["10.0.0.1"]
    loop, times = asyncio.get_running_loop(), []
    for _ in range(2):
        with pytest.raises(AddressRefused):
            await closed_fetch(FetchRequest(url="http://news.example/feed"))
        times.append(loop.time())
    assert times[1] - times[0] >= 0.29


async def test_a_host_with_a_queue_turns_more_away(closed_fetch: Fetcher, names: Names) -> None:
    names["news.example"] = ["10.0.0.1"]
    tasks = [
        asyncio.create_task(closed_fetch(FetchRequest(url="http://news.example/feed"))) for _ in range(5)
    ]
    await asyncio.sleep(0.05)
    late = [task.exception() for task in tasks if task.done() and isinstance(task.exception(), HostBusy)]
    assert [error.after for error in late if isinstance(error, HostBusy)] == [4.0, 4.0]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_queue_of_one_server_keeps_no_other_from_a_host(
    closed_fetch: Fetcher, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server asks all the time; another, and the operator's own feeds, have their turns all the same."""
    monkeypatch.setattr(host_throttle, "PAUSE", 0.1)
    names["news.example"] = ["10.0.0.1"]

    async def ask(server: int) -> None:
        with pytest.raises(AddressRefused):
            await closed_fetch(FetchRequest(url="http://news.example/feed", requester=server))

    async def keep_asking() -> None:
        while True:
            try:
                await closed_fetch(FetchRequest(url="http://news.example/feed", requester=7))
            except AddressRefused:
                pass
            except HostBusy:
                await asyncio.sleep(0.01)

    crowd = [asyncio.create_task(keep_asking()) for _ in range(4)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        for _ in range(3):
            await asyncio.gather(ask(0), ask(8))
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_who_waits_long_for_a_host_is_asked_to_come_again(
    closed_fetch: Fetcher, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause longer than anybody waits, as some sites want it, is no failure of theirs."""
    monkeypatch.setattr(host_throttle, "PATIENCE_SECONDS", 0.1)
    names["news.example"] = ["10.0.0.1"]
    with pytest.raises(AddressRefused):
        await closed_fetch(FetchRequest(url="http://news.example/feed"))
    with pytest.raises(HostBusy):
        await closed_fetch(FetchRequest(url="http://news.example/feed"))


async def test_a_host_with_a_queue_keeps_no_place_from_others(server: FeedServer, names: Names) -> None:
    names["a.example"] = names["b.example"] = ["127.0.0.1"]
    server.serve("/slow", silent(5))
    server.serve("/quick", Reply(RSS))
    async with Fetcher(AGENT, opened=("a.example", "b.example"), concurrency=2) as fetch:
        tasks = [
            asyncio.create_task(fetch(FetchRequest(url=server.url("/slow", "a.example")))) for _ in range(3)
        ]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            assert (await fetch(FetchRequest(url=server.url("/quick", "b.example")))).body == RSS
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(
    ("host", "site", "pause"),
    [("www.reddit.com", "reddit.com", 60.0), ("reddit.com", "reddit.com", 60.0), ("a.substack.com", "substack.com", 1.0), ("news.example", "news.example", 1.0),
     ("notreddit.com", "notreddit.com", 1.0), ("com", "com", 1.0)],
)  # fmt: skip
def test_names_of_one_server_share_its_pause(host: str, site: str, pause: float) -> None:
    assert host_throttle._site(host) == (site, pause)


async def test_hosts_that_were_asked_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_throttle, "REMEMBERED", 3)
    monkeypatch.setattr(host_throttle, "SHARED", {"x": 0.0})
    doors = HostThrottle(("a", "b", "c", "d"))
    for host in "abcd":
        async with doors.turn(host):
            await asyncio.sleep(0.001)
    assert len(doors._doors) < 4


async def test_a_cancelled_request_frees_its_host(fetch: Fetcher, server: FeedServer) -> None:
    task = asyncio.create_task(fetch(FetchRequest(url=server.serve("/slow", silent(30)))))
    await server.until(lambda: server.requests)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(2):
        assert (await fetch(FetchRequest(url=server.serve("/feed", Reply(RSS))))).body == RSS


# --- documents that are not what their server says, and ways that need a cookie -----------------------------


@pytest.mark.parametrize("content_type", ["application/gzip", "application/rss+xml", ""])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_packed_document_is_unpacked_without_being_told(
    content_type: str, times: int, fetch: Fetcher, server: FeedServer
) -> None:
    packed = RSS
    for _ in range(times):
        packed = gzip.compress(packed)
    found = await fetch(
        FetchRequest(url=server.serve("/feed.xml.gz", Reply(packed, headers={"Content-Type": content_type})))
    )
    assert found.body == RSS


async def test_a_packed_document_is_bounded(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve("/feed.gz", Reply(gzip.compress(bytes(20_000_000))))
    with pytest.raises(TooLarge):
        await fetch(FetchRequest(url=url))
    assert len((await fetch(FetchRequest(url=url, head=True))).body) == 5 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd"])
async def test_a_document_that_is_not_packed_as_its_server_says(
    encoding: str, fetch: Fetcher, server: FeedServer
) -> None:
    url = server.serve("/feed", Reply(RSS, headers={"Content-Encoding": encoding}))
    assert (await fetch(FetchRequest(url=url))).body == RSS


async def test_of_a_large_feed_the_head_is_read(fetch: Fetcher, server: FeedServer) -> None:
    url = server.serve(
        "/feed",
        Reply(
            RSS[:-16]
            + b"<item><title>Old</title><description>"
            + b"word " * 1_300_000
            + b"</description></item></channel></rss>"
        ),
    )
    body = (await fetch(FetchRequest(url=url, head=True))).body
    assert len(body) == 5 * 1024 * 1024
    assert [entry.title for entry in parse(body, url, "", datetime.now(UTC)).entries] == [
        "A model is released"
    ]


async def test_a_cookie_is_kept_on_the_way_and_forgotten_behind_it(
    fetch: Fetcher, server: FeedServer
) -> None:
    asked = server.serve(
        "/feed", Reply(b"", 302, {"Location": "/feed", "Set-Cookie": "seen=1; Path=/"}), Reply(RSS)
    )
    assert (await fetch(FetchRequest(url=asked))).body == RSS
    await fetch(FetchRequest(url=asked))
    assert [request.headers.get("Cookie", "") for request in server.requests] == ["", "seen=1", ""]
