"""From a page to its feeds."""

import pytest

from bot.feeds.discover import COMMON, discover

URL = "https://news.example/blog/"


def named(head: str, url: str = URL) -> list[str]:
    found = discover(f"<html><head>{head}</head><body></body></html>".encode(), url)
    return [address for address in found if address not in _common(url)]


def _common(url: str) -> tuple[str, ...]:
    return discover(b"", url)


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


@pytest.mark.parametrize("kind", ["application/rss+xml", "application/atom+xml", "application/feed+json", "APPLICATION/RSS+XML", "application/rss+xml; charset=utf-8", "text/xml"])  # fmt: skip
def test_a_page_names_its_feed(kind: str) -> None:
    assert named(link("/feed.atom", kind)) == ["https://news.example/feed.atom"]


@pytest.mark.parametrize(
    ("href", "found"),
    [("f.xml", "https://news.example/blog/f.xml"), ("//cdn.example/f", "https://cdn.example/f"), (" https://other.example/f?a=1&amp;b=2 ", "https://other.example/f?a=1&b=2"),
     ("http://news.example/f", "http://news.example/f")],
)  # fmt: skip
def test_addresses_are_made_whole(href: str, found: str) -> None:
    assert named(link(href)) == [found]


@pytest.mark.parametrize(
    "head",
    [link("javascript:alert(1)"), link("mailto:a@b.example"), link(""), link("/f", rel="stylesheet"), link("/f", kind="text/css"), link("/f", kind="text/html"),
     link("/it/", kind=""), "<link>", "<link rel='alternate'>"],
)  # fmt: skip
def test_what_is_no_feed_is_not_named(head: str) -> None:
    assert named(head) == []


def test_comments_come_last_and_nothing_twice() -> None:
    head = (
        link("/c", title="Comments on this post") + link("/comments/f") + link("/a") + link("/b") + link("/a")
    )
    assert named(head) == [f"https://news.example{path}" for path in ("/a", "/b", "/c", "/comments/f")]


def test_a_rel_may_say_more() -> None:
    assert named(link("/f", rel="home ALTERNATE")) == ["https://news.example/f"]


def test_usual_places_follow() -> None:
    found = discover(link("/named").encode(), URL)
    assert found == (
        "https://news.example/named",
        "https://news.example/blog/feed",
        *(f"https://news.example{path}" for path in COMMON),
    )
    assert discover(b"", "https://news.example")[: len(COMMON)] == tuple(
        f"https://news.example{path}" for path in COMMON
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff",
        b"<",
        b"<html",
        b"{}",
        b"<link rel=alternate type=application/rss+xml href='http://['>",
        b"<div>" * 100_000,
    ],
)
def test_a_broken_page_raises_nothing(body: bytes) -> None:
    assert set(_common(URL)) <= set(discover(body, URL))
