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


# --- in the text of the page -------------------------------------------------------------------------------


def linked(body: str, url: str = URL) -> list[str]:
    found = discover(f"<html><head></head><body>{body}</body></html>".encode(), url)
    return [address for address in found if address not in _common(url)]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/news.rss">RSS</a>', '<a href="/news/rss/">Subscribe</a>', '<a href="/atom.xml" title="Atom feed"><img src="i.png"></a>',
        '<a href="/index.xml"><img src="i.png" alt="RSS feed"></a>', '<a class="rss icon" href="/export/feeds/all"></a>', '<a href="/feed/?format=xml" aria-label="RSS"><svg></svg></a>',
        '<a href="feed:https://news.example/f/rss.xml">Feed</a>', '<a href="/rss.xml">Iscriviti</a>', '<a href="/rss.xml">フィード</a>',
    ],
)  # fmt: skip
def test_a_link_that_looks_and_sounds_like_a_feed_is_one(body: str) -> None:
    first, second = discover(f"<body>{body}</body>".encode(), URL)[:2]
    assert first.startswith("https://news.example/")
    assert second == "https://news.example/blog/feed"


@pytest.mark.parametrize(
    "body",
    ['<a href="/sitemap.xml">RSS sitemap</a>', '<a href="/feedback">Feed us</a>', '<a href="/a/feed">Animals</a>',
     '<a href="/prices.xml">Prices</a>', '<a>RSS</a>', '<a href="javascript:rss()">RSS</a>', '<a href="/about">RSS</a>'],
)  # fmt: skip
def test_other_links_are_not_feeds(body: str) -> None:
    assert linked(body) == []


def test_nearer_feeds_stand_before_farther_ones() -> None:
    head = (
        link("https://other.example/a")
        + link("/site.rss")
        + link("/blog/posts.rss")
        + link("/blog/notes.rss")
    )
    assert named(head) == [
        "https://news.example/blog/posts.rss",
        "https://news.example/blog/notes.rss",
        "https://news.example/site.rss",
        "https://other.example/a",
    ]


def test_a_link_element_in_the_body_counts_and_stands_before_links_of_the_text() -> None:
    assert linked(f'<a href="/blog/a.rss">RSS</a>{link("/b")}') == [
        "https://news.example/b",
        "https://news.example/blog/a.rss",
    ]


def test_feeds_of_comments_stand_after_the_common_places() -> None:
    found = discover(f"<head>{link('/comments/feed')}</head>".encode(), URL)
    assert found[-1] == "https://news.example/comments/feed"
    assert found[0] == "https://news.example/blog/feed"


def test_a_base_moves_relative_addresses_but_not_the_common_places() -> None:
    found = discover(f'<head><base href="https://cdn.example/x/">{link("f.xml")}</head>'.encode(), URL)
    assert found[:2] == ("https://cdn.example/x/f.xml", "https://news.example/blog/feed")


def test_a_directory_of_feeds_stays_a_short_list() -> None:
    body = "".join(f'<a href="/rss/{n}.xml">RSS {n}</a>' for n in range(5000))
    assert len(discover(body.encode(), URL)) < 60


def test_the_page_itself_is_not_its_own_feed() -> None:
    assert URL not in discover(link(URL).encode(), URL)


def test_a_known_site_stands_before_what_the_page_names() -> None:
    page = link("https://github.com/o/r/commits/main.atom", "application/atom+xml")
    found = discover(page.encode(), "https://github.com/o/r")
    assert found[:4] == (
        *(f"https://github.com/o/r/{what}.atom" for what in ("releases", "tags", "commits")),
        "https://github.com/o/r/commits/main.atom",
    )
