"""What /subscribe makes of an address: the feed there, the feed its page leads to, or why there is none."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.commands.finding import TRIES
from bot.commands.found_feeds import newest
from bot.errors import HttpFailed, Unreachable
from bot.model import Actions, Button, Listing, ParsedEntry, Place, PlaceKind
from bot.pipeline.entries.urls import has_secret, mask_secrets
from bot.pipeline.entries.written_addresses import typed_address
from bot.store.schema import feeds as feed_table
from tests.commands.conftest import PRIVATE, Counter, words_of
from tests.support.world import alpine, corvid, garden, larkwell, rss

EMPTY = b'<rss version="2.0"><channel><title>Nothing yet</title></channel></rss>'


def page(*feeds: str, body: str = "") -> bytes:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return f"<!doctype html><html><head><title>Owl</title>{links}</head><body>{body}</body></html>".encode()


def serve(counter: Counter, **documents: bytes | Exception) -> None:
    """Let owl.example serve documents: `feed_xml` at /feed.xml, `_` at its root."""
    for name, document in documents.items():
        path = "" if name == "_" else "/" + name.replace("__", "/").replace("_", ".")
        counter.world.web.documents[f"https://owl.example{path}"] = document  # type: ignore[assignment]


def feed(counter: Counter, name: str = "owl") -> bytes:
    return rss(name, counter.world.start, [corvid(), larkwell(), alpine(), garden()])


def buttons(answer: object) -> list[Button]:
    blocks = answer.document.blocks  # type: ignore[attr-defined]
    return [b for block in blocks if isinstance(block, Actions) for b in block.buttons]


# --- what is found -----------------------------------------------------------------------------------------


async def test_the_confirmation_shows_the_three_newest_entries(counter: Counter) -> None:
    serve(counter, feed_xml=feed(counter))
    answer = await counter.ask("/subscribe https://owl.example/feed.xml 12:00")
    (shown,) = [block for block in answer.document.blocks if isinstance(block, Listing)]
    assert shown.title == "Newest there:"
    assert [item.text for item in shown.items] == [
        f"{news.title} · Monday 2 March" for news in (corvid(), larkwell(), alpine())
    ]
    assert all(item.link.startswith("https://owl.example/") for item in shown.items)


async def test_an_old_feed_shows_its_year(counter: Counter) -> None:
    serve(counter, feed_xml=rss("owl", counter.world.start - timedelta(days=800), [corvid()]))
    assert " 2023" in await counter.said("/subscribe https://owl.example/feed.xml")


async def test_a_feed_without_entries_says_so(counter: Counter) -> None:
    serve(counter, feed_xml=EMPTY)
    assert "It holds nothing yet." in await counter.said("/subscribe https://owl.example/feed.xml")


async def test_a_page_with_several_feeds_takes_the_first_and_offers_the_others(counter: Counter) -> None:
    serve(counter, _=page("/feed.xml", "/podcast.xml?a=1&amp;b=2", "/notes.xml"), feed_xml=feed(counter), notes_xml=feed(counter, "notes"))  # fmt: skip
    answer = await counter.ask("/subscribe owl.example weekdays 12:00 Europe/Oslo")
    said = words_of(answer.document)
    assert "Subscribed to owl" in said
    assert "Its feed: https://owl.example/feed.xml" in said
    assert "Also there:\nhttps://owl.example/podcast.xml?a=1&b=2\nhttps://owl.example/notes.xml" in said
    assert [b.label for b in buttons(answer)] == ["+ podcast.xml", "+ notes.xml", "What is posted here"]
    assert all(len(b.data.encode()) <= 64 for b in buttons(answer))
    again = await counter.press(buttons(answer)[1].data)
    assert "Subscribed to notes: Monday to Friday 12:00" in words_of(again.document)


async def test_a_broadcast_channel_names_the_others_without_buttons(counter: Counter) -> None:
    serve(counter, _=page("/feed.xml", "/notes.xml"), feed_xml=feed(counter))
    answer = await counter.at(Place(platform="scripted", address="news", kind=PlaceKind.BROADCAST)).ask(
        "/subscribe owl.example"
    )
    assert "https://owl.example/notes.xml" in words_of(answer.document)
    assert [b.label for b in buttons(answer)] == ["What is posted here"]


async def test_an_empty_feed_is_only_taken_where_there_is_no_better_one(counter: Counter) -> None:
    serve(counter, _=page("/empty.xml", "/full.xml"), empty_xml=EMPTY, full_xml=feed(counter, "full"))
    assert "Subscribed to full" in await counter.said("/subscribe owl.example")
    serve(counter, _=page("/empty.xml"), full_xml=HttpFailed("gone", 404))
    assert "Subscribed to Nothing yet" in await counter.said("/subscribe owl.example")


async def test_a_page_that_refuses_programs_may_have_a_feed_all_the_same(counter: Counter) -> None:
    counter.world.web.documents["https://www.reddit.com/r/owls"] = HttpFailed("access is refused", 403)
    counter.world.web.documents["https://www.reddit.com/r/owls/.rss"] = feed(counter, "owls")
    assert "Subscribed to owls" in await counter.said("/subscribe https://www.reddit.com/r/owls")


@pytest.mark.parametrize("text", ["feed:https://owl.example/feed.xml", "feed://owl.example/feed.xml", "<https://owl.example/feed.xml>", "owl.example/feed.xml"])  # fmt: skip
async def test_an_address_may_be_written_in_many_ways(counter: Counter, text: str) -> None:
    serve(counter, feed_xml=feed(counter))
    assert "Subscribed to owl" in await counter.said(f"/subscribe {text}")


async def test_google_news_is_taken_with_a_warning(counter: Counter) -> None:
    counter.world.web.documents["https://news.google.com/rss/search?q=owls"] = feed(counter, "owls")
    said = await counter.said("/subscribe https://news.google.com/rss/search?q=owls")
    assert "Google News hides where its links lead" in said


# --- the same feed in another spelling ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling",
    ["http://owl.example/feed.xml", "https://www.owl.example/feed.xml", "https://owl.example/feed.xml/", "https://owl.example/feed.xml?utm_source=x",
     "https://OWL.example/feed.xml", "https://owl.example:443/feed.xml", "owl.example/feed.xml#top"],
)  # fmt: skip
async def test_another_spelling_is_recognised_without_asking_the_publisher(
    counter: Counter, spelling: str
) -> None:
    serve(counter, feed_xml=feed(counter))
    await counter.said("/subscribe https://owl.example/feed.xml 09:00")
    asked = len(counter.world.web.asked)
    assert "That is posted here already (09:00)." in await counter.said(f"/subscribe {spelling} 12:00")
    assert len(counter.world.web.asked) == asked
    assert await counter.world.count(feed_table) == 1


async def test_another_topic_of_the_same_feed_may_be_wanted_too(counter: Counter) -> None:
    serve(counter, feed_xml=feed(counter))
    await counter.said("/subscribe https://owl.example/feed.xml")
    assert "Subscribed to owl" in await counter.said("/subscribe https://owl.example/feed.xml all")


# --- why there is none -------------------------------------------------------------------------------------


async def test_a_feed_that_wants_a_password_says_how_to_give_it(counter: Counter) -> None:
    serve(counter, feed_xml=HttpFailed("owl.example answered 401: it needs a password.", 401))
    said = await counter.said("/subscribe https://owl.example/feed.xml")
    assert said.startswith("https://owl.example/feed.xml needs a name and a password.")
    assert "https://name:password@example.org/feed.xml" in said


async def test_a_feed_that_a_page_names_may_want_a_password(counter: Counter) -> None:
    serve(counter, _=page("/members.xml"), members_xml=HttpFailed("it needs a password", 401))
    assert "https://owl.example/members.xml needs a name" in await counter.said("/subscribe owl.example")


async def test_a_wrong_password_is_said_without_repeating_it(counter: Counter) -> None:
    address = "https://ann:s3cret@owl.example/feed.xml"
    counter.world.web.documents[address] = HttpFailed("it needs a password", 401)
    said = await counter.said(f"/subscribe {address}")
    assert said == "https://…@owl.example/feed.xml does not accept that name and password."


async def test_a_password_is_kept_and_never_shown(counter: Counter) -> None:
    address = "https://ann:s3cret@owl.example"
    counter.world.web.documents[address] = page("/feed.xml", "/notes.xml")
    counter.world.web.documents[f"{address}/feed.xml"] = feed(counter)
    answer = await counter.ask(f"/subscribe {address}")
    assert "s3cret" not in repr(answer)
    assert "Your message holds a password" in words_of(answer.document)
    assert "s3cret" not in repr(counter.world.logged)
    assert await counter.world.one(select(feed_table.c.url)) == f"{address}/feed.xml"


async def test_a_password_given_in_private_brings_no_warning(counter: Counter) -> None:
    address = "https://ann:s3cret@owl.example/feed.xml"
    counter.world.web.documents[address] = feed(counter)
    assert "Your message holds" not in await counter.at(PRIVATE).said(f"/subscribe {address}")


async def test_a_login_page_is_no_feed_and_says_so(counter: Counter) -> None:
    serve(counter, feed_xml=page(body='<form><input name="u"><input class="x" type="password"></form>'))
    said = await counter.said("/subscribe https://owl.example/feed.xml")
    assert said.startswith("https://owl.example/feed.xml shows a page to log in, not a feed. I looked at /")


async def test_a_page_with_a_box_to_log_in_that_robots_forbid_says_that(counter: Counter) -> None:
    serve(counter, news=page(body='<form><input type="password"></form><h1>News</h1>'))
    counter.world.web.documents["https://owl.example/robots.txt"] = b"User-agent: *\nDisallow: /news"
    said = await counter.said("/subscribe https://owl.example/news")
    assert "robots.txt" in said
    assert "log in" not in said


async def test_a_page_without_a_feed_names_what_was_tried_and_tries_few(counter: Counter) -> None:
    serve(counter, _=page(*(f"/{n}.xml" for n in range(20)), "https://cdn.example/f"))
    said = await counter.said("/subscribe owl.example")
    assert "I looked at /0.xml, /1.xml, /2.xml" in said
    pages = [url for url in counter.world.web.asked if not url.endswith("/robots.txt")]
    assert len(pages) == 1 + TRIES


async def test_a_host_that_is_silent_or_has_had_enough_is_not_asked_again(counter: Counter) -> None:
    for error in (Unreachable("no answer"), HttpFailed("too many requests", 429)):
        counter.world.web.asked.clear()
        counter.world.web.documents["https://cdn.example/0"] = error
        serve(counter, _=page(*(f"https://cdn.example/{n}" for n in range(6))))
        await counter.said("/subscribe owl.example")
        assert [url for url in counter.world.web.asked if "cdn" in url] == ["https://cdn.example/0"]


async def test_a_refusing_page_without_a_feed_names_both(counter: Counter) -> None:
    serve(counter, _=HttpFailed("owl.example answered 403: access is refused.", 403))
    said = await counter.said("/subscribe owl.example")
    assert "cannot be read: owl.example answered 403: access is refused. I also looked at /feed, /rss" in said


async def test_a_mistyped_address_does_not_lead_elsewhere(counter: Counter) -> None:
    serve(counter, feed_xml=feed(counter))
    assert "cannot be read" in await counter.said("/subscribe https://owl.example/fed.xml")


# --- pure parts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:pw@a.example/f", "https://…@a.example/f"), ("https://ann@a.example/f", "https://…@a.example/f"), ("https://ann:p@w@a.example/f", "https://…@a.example/f"),
        ("https://ann:p/w@a.example/f", "https://…@a.example/f"), ("`ftp://a:b@c` is not", "`ftp://…@c` is not"), ("x https://a:b@c/ y https://d:e@f/", "x https://…@c/ y https://…@f/"),
        ("https://mastodon.social/@ann", "https://mastodon.social/@ann"), ("https://a.example:8080/@ann", "https://a.example:8080/@ann"), ("mail ann@a.example", "mail ann@a.example"),
        ("https://a.example/f?x=a@b", "https://a.example/f?x=a@b"), ("", ""),
    ],
)  # fmt: skip
def test_names_and_passwords_are_masked(text: str, shown: str) -> None:
    assert mask_secrets(text) == shown
    assert has_secret(text) == (text != shown)


@pytest.mark.parametrize(("text", "address"), [("a.example", "https://a.example"), ("http://a.example", "http://a.example"), (" <https://a.example/f> ", "https://a.example/f"), ("feed:a.example/f", "https://a.example/f")])  # fmt: skip
def test_addresses_are_completed(text: str, address: str) -> None:
    assert typed_address(text) == address


def test_the_newest_stand_first_and_the_undated_last(counter: Counter) -> None:
    now = counter.world.start
    entries = [
        ParsedEntry(
            guid=title,
            link="",
            title=title,
            text="",
            published=None if age is None else now - timedelta(hours=age),
        )
        for title, age in (("undated", None), ("old", 9), ("new", 1), ("middle", 5))
    ]
    assert [e.title for e in newest(entries)] == ["new", "middle", "old"]
    assert [e.title for e in newest(entries, 9)][-1] == "undated"


async def test_a_new_password_is_another_feed_than_the_one_without(counter: Counter) -> None:
    serve(counter, feed_xml=feed(counter))
    await counter.said("/subscribe https://owl.example/feed.xml")
    for secret in ("ann:one", "ann:two"):
        counter.world.web.documents[f"https://{secret}@owl.example/feed.xml"] = feed(counter)
        assert "Subscribed to owl" in await counter.said(f"/subscribe https://{secret}@owl.example/feed.xml")
        assert "posted here already" in await counter.said(
            f"/subscribe https://{secret}@owl.example/feed.xml/"
        )
    assert await counter.world.count(feed_table) == 3
    keys = [row.url_key for row in await counter.world.rows(feed_table)]
    assert "ann" not in "".join(keys)


async def test_data_that_is_no_feed_says_what_it_is(counter: Counter) -> None:
    serve(counter, data_json=b'{"rates": [1, 2]}')
    said = await counter.said("/subscribe https://owl.example/data.json")
    assert said == (
        "https://owl.example/data.json cannot be read: The document is JSON, but not a JSON Feed (it has no list of items)."
    )
    assert counter.world.web.asked == ["https://owl.example/data.json"]


async def test_a_page_that_a_browser_must_draw_says_so(counter: Counter) -> None:
    shell = b'<html><head><script src="/app.js"></script></head><body><div id="root"></div></body></html>'
    serve(counter, app=shell)
    assert "The page is drawn by scripts in a browser" in await counter.said(
        "/subscribe https://owl.example/app"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "It is a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "It is a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "It is a picture"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "It is a picture"),
        (b"PK\x03\x04\x14\x00\x00\x00feeds/one.xml", "It is an archive"),
        (b"PK\x03\x04\x14\x00\x00\x00word/document.xml", "It is an Office document"),
        (b"ID3\x04\x00\x00\x00", "It is a sound"),
        (b'<?xml version="1.0"?>\n<!-- mine -->\n<opml version="2.0"><body/></opml>', "/import"),
        (b'\xef\xbb\xbf<opml version="1.0"><head/><body/></opml>', "/import"),
        (b"\x00\x00\x00\x18ftypmp42", "It is a film"),
    ],
)
async def test_a_file_is_called_what_it_is(counter: Counter, body: bytes, words: str) -> None:
    serve(counter, file=body)
    said = await counter.said("/subscribe https://owl.example/file")
    assert said.startswith("https://owl.example/file cannot be read: It is a")
    assert words in said
    assert counter.world.web.asked.count("https://owl.example/feed") == 0
