"""robots.txt over a real server: what is obeyed, what is remembered, and what holds while it cannot be had."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import DeadlineMissed, FeedError, HostBusy, HttpFailed, TooLarge, Unreachable
from bot.feeds import robots as module
from bot.feeds.fetch import Fetcher
from bot.feeds.robots import LIMIT, Robots, leave_in
from bot.ports import CrawlPermission, Fetched, FetchRequest
from tests.conftest import StillClock
from tests.doubles.feeds import FeedServer, Reply, bomb, feed_server, redirect, status

FORBID = "User-agent: *\nDisallow: /"
NO, YES = CrawlPermission(allowed=False), CrawlPermission(allowed=True)


async def inline(fn: Any, *args: Any, deadline: timedelta, requester: int = 0) -> Any:
    return fn(*args)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as running:
        yield running


@pytest.fixture
async def robots(clock: StillClock) -> AsyncIterator[Robots]:
    async with Fetcher("Strillone/test", opened=("127.0.0.1",)) as fetcher:
        yield Robots(fetcher, inline, clock)


def page(url: str) -> FetchRequest:
    return FetchRequest(url=url, page=True)


class Web:
    """Files by address; an error is raised, and every request is counted."""

    def __init__(self, *answers: bytes | FeedError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, request: FetchRequest) -> Fetched:
        self.asked.append(request.url)
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, FeedError):
            raise answer
        return Fetched(url=request.url, changed=True, body=answer)


def text(body: str) -> Reply:
    return Reply(body.encode(), headers={"Content-Type": "text/plain"})


@pytest.mark.parametrize(
    ("rules", "path", "given"),
    [
        ("", "/a", True),
        ("<html><body>Not found</body></html>", "/a", True),
        (FORBID, "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/open/", "/news/open/1", True),
        ("User-agent: *\nAllow: /news/open/\nDisallow: /news/", "/news/1", False),
        ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
        ("User-agent: *\nDisallow: /*.php$", "/a.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/a.php?b=1", True),
        ("User-agent: *\nDisallow: /*/private/", "/x/y/private/z", False),
        (f"{FORBID}\n\nUser-agent: Strillone\nDisallow: /only", "/a", True),
        ("User-agent: strillone\nUser-agent: other\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False),
        ("User-agent: othernews\nDisallow: /", "/a", True),
        ("User-agent: *\r\nDisallow: /a # here\r\nSitemap: https://a.example/map.xml\r\n", "/a", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_what_a_file_allows(rules: str, path: str, given: bool) -> None:
    assert leave_in(rules, f"https://news.example{path}").allowed is given


@pytest.mark.parametrize(
    ("delay", "pause"), [("5", 5.0), ("0.5", 0.5), ("86400", 30.0), ("soon", 0.0), ("-3", 0.0), ("inf", 0.0)]
)
def test_a_crawl_delay_is_kept_within_reason(delay: str, pause: float) -> None:
    assert leave_in(f"User-agent: *\nCrawl-delay: {delay}", "https://a.example/").pause == pause


async def test_the_file_is_asked_for_once_a_day(
    robots: Robots, server: FeedServer, clock: StillClock
) -> None:
    server.serve("/robots.txt", text("User-agent: *\nDisallow: /closed"), text(FORBID))
    assert [await robots(page(server.url(path))) for path in ("/a", "/closed", "/b")] == [YES, NO, YES]
    assert len(server.asked("/robots.txt")) == 1
    clock.advance(timedelta(hours=24))
    assert await robots(page(server.url("/a"))) == NO
    assert len(server.asked("/robots.txt")) == 2


@pytest.mark.parametrize("code", [401, 403, 404, 410])
async def test_a_site_without_a_file_allows_everything(robots: Robots, server: FeedServer, code: int) -> None:
    server.serve("/robots.txt", status(code))
    assert await robots(page(server.url("/a"))) == YES


@pytest.mark.parametrize("code", [429, 500, 503])
async def test_a_site_that_cannot_answer_is_left_alone_for_an_hour(
    robots: Robots, server: FeedServer, clock: StillClock, code: int
) -> None:
    server.serve("/robots.txt", status(code), text("User-agent: *\nAllow: /"))
    for minutes in (0, 59):
        clock.advance(timedelta(minutes=minutes))
        with pytest.raises(HttpFailed, match=r"robots.txt") as failed:
            await robots(page(server.url("/a")))
        assert failed.value.status == code
    assert len(server.asked("/robots.txt")) == 1
    clock.advance(timedelta(minutes=1))
    assert await robots(page(server.url("/a"))) == YES


async def test_a_file_behind_a_redirect_counts(robots: Robots, server: FeedServer) -> None:
    server.serve("/robots.txt", redirect("/real"))
    server.serve("/real", text(FORBID))
    assert await robots(page(server.url("/a"))) == NO


async def test_a_circle_of_redirects_is_no_file(robots: Robots, server: FeedServer) -> None:
    server.serve("/robots.txt", redirect("/robots.txt"))
    assert await robots(page(server.url("/a"))) == YES


async def test_a_host_out_of_reach_for_a_month_counts_as_one_without_a_file(clock: StillClock) -> None:
    robots = Robots(Web(Unreachable("no answer")), inline, clock)
    for _ in range(30):
        with pytest.raises(Unreachable, match=r"robots.txt.*no answer"):
            await robots(page("https://a.example/1"))
        clock.advance(timedelta(days=1))
    assert await robots(page("https://a.example/1")) == YES


async def test_the_last_file_holds_while_a_new_one_cannot_be_had(clock: StillClock) -> None:
    web = Web(b"User-agent: *\nDisallow: /closed", Unreachable("no answer"))
    robots = Robots(web, inline, clock)
    await robots(page("https://a.example/1"))
    clock.advance(timedelta(days=2))
    assert [await robots(page(f"https://a.example{path}")) for path in ("/1", "/closed")] == [YES, NO]


async def test_a_busy_host_is_not_taken_for_one_that_refuses(clock: StillClock) -> None:
    robots = Robots(Web(HostBusy("later", 3.0), b""), inline, clock)
    with pytest.raises(HostBusy):
        await robots(page("https://a.example/1"))
    assert await robots(page("https://a.example/1")) == YES


async def test_rules_behind_the_first_500_kilobytes_are_ignored(clock: StillClock) -> None:
    long = b"# " + b"x" * LIMIT + b"\nUser-agent: *\nDisallow: /"
    assert await Robots(Web(long), inline, clock)(page("https://a.example/1")) == YES


async def test_a_file_without_an_end_lets_nothing_be_read(robots: Robots, server: FeedServer) -> None:
    server.serve("/robots.txt", bomb(50_000_000))
    with pytest.raises(TooLarge, match=r"robots.txt"):
        await robots(page(server.url("/a")))


async def test_a_file_that_takes_too_long_to_understand_is_a_refusal(clock: StillClock) -> None:
    async def slow(*_: Any, **__: Any) -> Any:
        msg = "too long"
        raise DeadlineMissed(msg)

    assert await Robots(Web(FORBID.encode()), slow, clock)(page("https://a.example/1")) == NO


async def test_two_pages_at_once_ask_for_one_file(clock: StillClock) -> None:
    web = Web(b"")
    robots = Robots(web, inline, clock)
    await asyncio.gather(*(robots(page(f"https://a.example/{n}")) for n in range(8)))
    assert web.asked == ["https://a.example/robots.txt"]


async def test_each_scheme_host_and_port_has_its_own_file_and_no_password_is_sent(clock: StillClock) -> None:
    web = Web(b"")
    robots = Robots(web, inline, clock)
    for url in (
        "https://a.example/1",
        "http://a.example/1",
        "https://A.example:8443/1",
        "https://me:secret@b.example/1",
    ):
        await robots(page(url))
    assert web.asked == [
        f"{origin}/robots.txt"
        for origin in ("https://a.example", "http://a.example", "https://a.example:8443", "https://b.example")
    ]


async def test_only_so_many_hosts_are_remembered(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOSTS", 3)
    web = Web(b"")
    robots = Robots(web, inline, clock)
    for host in ("a", "b", "c", "a", "d", "a", "b"):
        await robots(page(f"https://{host}.example/"))
    assert [url[8] for url in web.asked] == ["a", "b", "c", "d", "b"]


async def test_long_files_are_forgotten_sooner(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMORY", 100)
    web = Web(b"#" * 80)
    robots = Robots(web, inline, clock)
    for host in ("a", "b", "b", "a"):
        await robots(page(f"https://{host}.example/"))
    assert [url[8] for url in web.asked] == ["a", "b", "a"]


@pytest.mark.parametrize("error", [TooLarge("too much"), HttpFailed("no", 500), Unreachable("no")])
async def test_what_cannot_be_known_is_no_leave_and_no_refusal(clock: StillClock, error: FeedError) -> None:
    with pytest.raises(type(error), match=r"cannot be known now"):
        await Robots(Web(error), inline, clock)(page("https://a.example/1"))
