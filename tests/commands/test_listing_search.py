"""/subscribe with the address of a page without a feed: the list of news on it is shown, asked about and read in its place."""

from datetime import timedelta

import pytest

from bot.errors import HttpFailed
from bot.model import Actions, Button, Feed, FeedFormat, Listing, Place, PlaceKind
from bot.store import feeds
from tests.commands.conftest import Counter, words_of
from tests.feeds.listing.pages import ENGLISH, NAMES, TITLES, article, cards, page

URL = "https://lab.example/news"
OLD = tuple(day.replace("2026", "2025") for day in ENGLISH)
INDEX = "<sitemapindex><sitemap><loc>https://lab.example/pages.xml</loc></sitemap><sitemap><loc>https://lab.example/news-map.xml</loc></sitemap></sitemapindex>"


def serve(counter: Counter, body: bytes, url: str = URL) -> None:
    counter.world.web.documents[url] = body


def buttons(answer: object) -> list[Button]:
    blocks = answer.document.blocks  # type: ignore[attr-defined]
    return [b for block in blocks if isinstance(block, Actions) for b in block.buttons]


async def stored(counter: Counter) -> list[Feed]:
    async with counter.world.store.read() as tx:
        return [feed for feed in await feeds.all_active(tx) if feed.url.startswith("https://lab.example")]


def sitemap(folder: str = "news") -> bytes:
    rows = "".join(
        f"<url><loc>https://lab.example/{folder}/{name}-in-short</loc><lastmod>2025-09-0{n + 1}</lastmod></url>"
        for n, name in enumerate(NAMES)
    )
    return f"<urlset>{rows}</urlset>".encode()


async def test_the_first_three_items_are_shown_and_asked_about(counter: Counter) -> None:
    serve(counter, page(cards(OLD)))
    answer = await counter.ask(f"/subscribe {URL} 12:00")
    assert "https://lab.example/news has no feed, but there is a list on it. Are these the news?" in words_of(
        answer.document
    )
    (shown,) = [block for block in answer.document.blocks if isinstance(block, Listing)]
    assert [item.text for item in shown.items] == [
        f"{TITLES[0]} · Thursday 18 September 2025",
        f"{TITLES[1]} · Monday 15 September 2025",
        f"{TITLES[2]} · Monday 1 September 2025",
    ]
    assert shown.items[0].link == "https://lab.example/news/heron-4"
    assert [button.label for button in buttons(answer)] == ["Yes, subscribe", "No"]
    assert await stored(counter) == []


async def test_yes_subscribes_to_the_page_with_what_was_said(counter: Counter) -> None:
    serve(counter, page(cards(OLD)))
    asked = await counter.ask(f"/subscribe {URL} weekdays 12:00")
    said = words_of((await counter.press(buttons(asked)[0].data)).document)
    assert "Subscribed to News | Halden Lab: Monday to Friday 12:00." in said
    assert "I read the list of news off the page, at most once an hour" in said
    (feed,) = await stored(counter)
    assert (feed.url, feed.format) == (URL, FeedFormat.PAGE)
    assert "That is posted here already" in await counter.said(f"/subscribe {URL} weekdays 12:00")


async def test_no_asks_for_another_address(counter: Counter) -> None:
    serve(counter, page(cards(OLD)))
    asked = await counter.ask(f"/subscribe {URL}")
    said = words_of((await counter.press(buttons(asked)[1].data)).document)
    assert "give me the page that lists the news" in said
    assert await stored(counter) == []


async def test_a_feed_that_the_page_names_goes_before_its_list(counter: Counter) -> None:
    serve(counter, page(cards(OLD), head='<link rel="alternate" type="application/rss+xml" href="/f.xml">'))
    serve(
        counter,
        b'<rss version="2.0"><channel><title>Lab</title><item><title>One</title><link>https://lab.example/1</link></item></channel></rss>',
        "https://lab.example/f.xml",
    )
    assert "Subscribed to Lab" in await counter.said(f"/subscribe {URL}")


async def test_a_broadcast_channel_is_not_asked(counter: Counter) -> None:
    serve(counter, page(cards(OLD)))
    said = await counter.at(Place(platform="scripted", address="news", kind=PlaceKind.BROADCAST)).said(
        f"/subscribe {URL}"
    )
    assert "Subscribed to News | Halden Lab" in said


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (article(), "The page reads like one article"),
        ("<main><p>Hello</p></main>", "No list of news can be told"),
        ("", "No list of news can be told"),
    ],
)
async def test_a_page_without_a_list_says_what_it_is(counter: Counter, body: str, cause: str) -> None:
    serve(counter, page(body))
    said = await counter.said(f"/subscribe {URL}")
    assert "https://lab.example/news is a page without a feed (I looked at /news/feed" in said
    assert cause in said
    assert await stored(counter) == []


async def test_a_list_beside_a_box_to_log_in_is_shown_all_the_same(counter: Counter) -> None:
    box = '<form action="/login"><input name="u"><input name="p" type="password"></form>'
    serve(counter, page(box + cards(OLD)))
    assert "Are these the news?" in await counter.said(f"/subscribe {URL}")


async def test_a_page_that_is_closed_to_programs_is_not_read(counter: Counter) -> None:
    serve(counter, page(cards(OLD)))
    serve(counter, b"User-agent: *\nDisallow: /news", "https://lab.example/robots.txt")
    assert "does not let programs read this page (robots.txt)" in await counter.said(f"/subscribe {URL}")


async def test_a_section_of_the_sitemap_is_taken_where_the_page_shows_no_list(counter: Counter) -> None:
    serve(counter, b"<html><body><div id=root></div><script>draw()</script></body></html>")
    serve(counter, b"Sitemap: https://lab.example/map.xml", "https://lab.example/robots.txt")
    serve(counter, INDEX.encode(), "https://lab.example/map.xml")
    serve(counter, sitemap(), "https://lab.example/news-map.xml")
    serve(counter, sitemap("about"), "https://lab.example/pages.xml")
    asked = await counter.ask(f"/subscribe {URL}")
    assert "https://lab.example/news-map.xml has no feed" in words_of(
        asked.document
    ) or "news-map.xml" in words_of(asked.document)
    await counter.press(buttons(asked)[0].data)
    (feed,) = await stored(counter)
    assert (feed.url, feed.format) == ("https://lab.example/news-map.xml", FeedFormat.PAGE)


async def test_a_sitemap_of_other_pages_is_not_the_news(counter: Counter) -> None:
    serve(counter, b"<html><body><div id=root></div><script>draw()</script></body></html>")
    serve(counter, sitemap("about"), "https://lab.example/sitemap.xml")
    assert "The page is drawn by scripts" in await counter.said(f"/subscribe {URL}")


async def test_look_again_is_for_feeds_of_the_place(counter: Counter) -> None:
    serve(counter, page(cards(OLD)))
    asked = await counter.ask(f"/subscribe {URL}")
    await counter.press(buttons(asked)[0].data)
    (feed,) = await stored(counter)
    await counter.world.poll(feed.id)
    assert f"{feed.title} is looked at now." in await counter.said(f"/feeds look {feed.id}")
    (feed,) = await stored(counter)
    assert feed.next_poll_at == counter.world.ctx.clock()
    elsewhere = counter.at(Place(platform="scripted", address="elsewhere", kind=PlaceKind.GROUP))
    assert "is not the number of a feed of this place" in await elsewhere.said(f"/feeds look {feed.id}")


async def test_an_imported_page_is_read_in_place_of_a_feed(counter: Counter) -> None:
    serve(counter, page(cards(OLD)))
    serve(
        counter,
        f'<opml version="2.0"><body><outline text="Lab" xmlUrl="{URL}"/></body></opml>'.encode(),
        "https://list.example/l.opml",
    )
    assert "One feed added" in await counter.said("/import https://list.example/l.opml")
    (feed,) = await stored(counter)
    await counter.world.poll(feed.id)
    (feed,) = await stored(counter)
    assert (feed.format, feed.first_ok_at) == (FeedFormat.PAGE, None)
    await counter.world.poll(feed.id)
    (feed,) = await stored(counter)
    assert feed.first_ok_at is not None
    exported = (await counter.ask("/export")).attachment
    assert exported is not None
    assert 'format="page"' in str(exported)


async def test_an_imported_page_that_is_neither_stays_as_it_is(counter: Counter) -> None:
    serve(counter, page(article()))
    serve(
        counter,
        f'<opml version="2.0"><body><outline text="Lab" xmlUrl="{URL}"/></body></opml>'.encode(),
        "https://list.example/l.opml",
    )
    await counter.said("/import https://list.example/l.opml")
    (feed,) = await stored(counter)
    await counter.world.poll(feed.id)
    asked = len(counter.world.web.asked)
    await counter.world.poll(feed.id)
    assert len(counter.world.web.asked) == asked + 1
    (feed,) = await stored(counter)
    assert (feed.format, feed.failures) == (FeedFormat.FEED, 2)


async def test_a_page_that_answers_with_an_error_is_named(counter: Counter) -> None:
    counter.world.web.documents[URL] = HttpFailed("it answered 500", 500)
    assert "cannot be read" in await counter.said(f"/subscribe {URL}")


EMPTY = b'<rss version="2.0"><channel><title>Nothing yet</title></channel></rss>'
LINK = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'


async def test_a_list_goes_before_an_empty_feed(counter: Counter) -> None:
    serve(counter, page(cards(OLD), head=LINK))
    serve(counter, EMPTY, "https://lab.example/feed.xml")
    answer = await counter.ask(f"/subscribe {URL} 12:00")
    said = words_of(answer.document)
    assert f"The feed of {URL} holds nothing, but there is a list on the page. Are these the news?" in said
    assert TITLES[0] in said
    done = await counter.press(buttons(answer)[0].data)
    assert "Its feed holds nothing: I read the list of news off the page" in words_of(done.document)
    assert "https://lab.example/feed.xml" in words_of(done.document)
    (feed,) = await stored(counter)
    assert (feed.url, feed.format) == (URL, FeedFormat.PAGE)


async def test_an_empty_feed_is_taken_where_its_page_lists_nothing(counter: Counter) -> None:
    serve(counter, page(article(), head=LINK))
    serve(counter, EMPTY, "https://lab.example/feed.xml")
    said = await counter.said(f"/subscribe {URL} 12:00")
    assert "Subscribed to Nothing yet" in said
    assert "It holds nothing yet." in said


async def test_a_feed_with_entries_goes_before_the_list(counter: Counter) -> None:
    serve(counter, page(cards(OLD), head=LINK))
    full = EMPTY.replace(b"</title>", b"</title><item><title>One</title><guid>1</guid></item>")
    serve(counter, full, "https://lab.example/feed.xml")
    assert "Subscribed to Nothing yet" in await counter.said(f"/subscribe {URL} 12:00")


def feed_of(counter: Counter, days: int, name: str = "Lab", path: str = "one") -> bytes:
    """Return a feed whose newest entry is some days old."""
    day = (counter.world.start - timedelta(days=days)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    item = f"<item><title>A heron of old</title><link>https://lab.example/{path}</link><pubDate>{day}</pubDate></item>"
    return f'<rss version="2.0"><channel><title>{name}</title>{item}</channel></rss>'.encode()


NEW = ("Feb 18, 2026", "February 15, 2026", "Feb 1, 2026", "20 January 2026", "11 Jan 2026", "Dec 30, 2025")


async def test_a_living_list_goes_before_a_feed_that_was_left_behind(counter: Counter) -> None:
    serve(counter, page(cards(NEW), head=LINK))
    serve(counter, feed_of(counter, 900), "https://lab.example/feed.xml")
    answer = await counter.ask(f"/subscribe {URL} 12:00")
    said = words_of(answer.document)
    assert f"The feed of {URL} has held nothing new since " in said
    assert " 2023, but there is a newer list on the page. Are these the news?" in said
    done = words_of((await counter.press(buttons(answer)[0].data)).document)
    assert "Its feed has held nothing new since " in done
    assert "https://lab.example/feed.xml" in done
    (feed,) = await stored(counter)
    assert (feed.url, feed.format) == (URL, FeedFormat.PAGE)


@pytest.mark.parametrize("days", [1, 92, 190, 330])
async def test_a_feed_that_is_slow_but_alive_stays(counter: Counter, days: int) -> None:
    serve(counter, page(cards(NEW), head=LINK))
    serve(counter, feed_of(counter, days), "https://lab.example/feed.xml")
    assert "Subscribed to Lab" in await counter.said(f"/subscribe {URL}")


@pytest.mark.parametrize(
    "body", [cards(tuple(day.replace("2026", "2022") for day in ENGLISH)), cards(("",) * 6), article()]
)
async def test_an_old_feed_is_taken_where_nothing_is_newer(counter: Counter, body: str) -> None:
    serve(counter, page(body, head=LINK))
    serve(counter, feed_of(counter, 900), "https://lab.example/feed.xml")
    assert "Subscribed to Lab" in await counter.said(f"/subscribe {URL}")


async def test_another_feed_of_the_page_goes_before_its_list(counter: Counter) -> None:
    second = LINK.replace("/feed.xml", "/new.xml")
    serve(counter, page(cards(NEW), head=LINK + second))
    serve(counter, feed_of(counter, 900), "https://lab.example/feed.xml")
    serve(counter, feed_of(counter, 3, "Newer lab"), "https://lab.example/new.xml")
    said = await counter.said(f"/subscribe {URL}")
    assert "Subscribed to Newer lab" in said
    assert "Another feed there, https://lab.example/feed.xml, has held nothing new since " in said


@pytest.mark.parametrize(
    ("name", "address"),
    [("Comments for Lab", "/c.xml"), ("Lab", "/comments/feed"), ("Kommentare zu Lab", "/k.xml")],
)
async def test_comments_are_no_news_of_a_page_whose_feed_is_old(
    counter: Counter, name: str, address: str
) -> None:
    second = LINK.replace("/feed.xml", address)
    serve(counter, page(cards(NEW), head=LINK + second))
    serve(counter, feed_of(counter, 900), "https://lab.example/feed.xml")
    serve(counter, feed_of(counter, 3, name), f"https://lab.example{address}")
    assert "there is a newer list on the page" in await counter.said(f"/subscribe {URL}")
    serve(counter, page(article(), head=LINK + second))
    assert "Subscribed to Lab" in await counter.said(f"/subscribe {URL}")


async def test_a_feed_that_was_only_guessed_goes_behind_the_list_of_the_page(counter: Counter) -> None:
    serve(counter, page(cards(NEW), head=LINK))
    serve(counter, feed_of(counter, 900), "https://lab.example/feed.xml")
    serve(counter, feed_of(counter, 3, "All of the site"), "https://lab.example/rss.xml")
    assert "there is a newer list on the page" in await counter.said(f"/subscribe {URL}")
    serve(counter, page(article(), head=LINK))
    assert "Subscribed to All of the site" in await counter.said(f"/subscribe {URL}")


async def test_what_changed_in_a_sitemap_is_no_news_of_an_old_feed(counter: Counter) -> None:
    serve(counter, page(article(), head=LINK))
    serve(counter, feed_of(counter, 900), "https://lab.example/feed.xml")
    serve(counter, b"Sitemap: https://lab.example/news-map.xml", "https://lab.example/robots.txt")
    serve(counter, sitemap().replace(b"2025", b"2026"), "https://lab.example/news-map.xml")
    assert "Subscribed to Lab" in await counter.said(f"/subscribe {URL}")


async def test_the_releases_of_a_quiet_project_go_before_its_commits(counter: Counter) -> None:
    home = "https://github.com/halden/heron"
    commits = '<link rel="alternate" type="application/atom+xml" href="/halden/heron/commits/main.atom">'
    serve(counter, page(cards(NEW), head=commits), home)
    serve(counter, feed_of(counter, 500, "Releases"), f"{home}/releases.atom")
    serve(counter, feed_of(counter, 2, "Commits"), f"{home}/commits/main.atom")
    assert "Subscribed to Releases" in await counter.said(f"/subscribe {home}")


async def test_the_very_address_of_an_old_feed_is_taken_at_its_word(counter: Counter) -> None:
    serve(counter, feed_of(counter, 900))
    assert "Subscribed to Lab" in await counter.said(f"/subscribe {URL}")


@pytest.mark.parametrize(
    ("dates", "is_dated"), [(OLD, True), (("",) * len(OLD), False)], ids=["dated", "undated"]
)
async def test_why_says_of_an_item_that_the_page_held_it_when_it_was_added(
    counter: Counter, dates: tuple[str, ...], is_dated: bool
) -> None:
    """A date that it has only so that no digest tells it is not said to be its own."""
    serve(counter, page(cards(dates)))
    asked = await counter.ask(f"/subscribe {URL} 12:00")
    await counter.press(buttons(asked)[0].data)
    await counter.world.settle("collect", "read", "group")
    said = await counter.said("/why https://lab.example/news/heron-4")
    assert "It was known when the page was added." in said
    assert ("published on" in said) is is_dated
