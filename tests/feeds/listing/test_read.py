"""A list of news as a feed, and what of a second look at it is news."""

from datetime import UTC, datetime

import pytest

from bot.errors import NotAFeed
from bot.feeds.listing.read import read_listing
from bot.model import KnownEntry, ParsedEntry, TextKind
from bot.pipeline.entries.identify import content_hash, keys_of, match
from bot.pipeline.entries.redesign import have_rolled, is_news_after, is_redesigned
from tests.feeds.listing.pages import ENGLISH, NAMES, TEASER, TITLES, URL, article, cards, flat, page

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


def entries(body: str) -> tuple[ParsedEntry, ...]:
    return read_listing(page(body), URL, "text/html; charset=utf-8", NOW).entries


def known(found: tuple[ParsedEntry, ...]) -> list[KnownEntry]:
    return [
        KnownEntry(
            id=n,
            keys=keys,
            content_hash=content_hash(entry),
            title=entry.title,
            text=entry.text,
            text_kind=TextKind.TEASER,
            version=1,
        )
        for n, (entry, keys) in enumerate(zip(found, keys_of(found), strict=True))
    ]


def unknown(before: str, after: str) -> list[str]:
    stored, found = known(entries(before)), entries(after)
    return [
        entry.title
        for entry, keys in zip(found, keys_of(found), strict=True)
        if match(entry, keys, stored) is None
    ]


def test_an_item_is_an_entry_of_its_list() -> None:
    feed = read_listing(page(cards()), URL, "", NOW)
    assert (feed.title, feed.home, feed.language) == ("News | Halden Lab", URL, "en")
    first = feed.entries[0]
    assert (first.title, first.link, first.text) == (TITLES[0], "https://lab.example/news/heron-4", TEASER)
    assert first.published == datetime(2026, 9, 18, tzinfo=UTC)


def test_what_is_announced_for_later_is_from_now() -> None:
    assert entries(cards(dates=("Oct 2, 2026", *ENGLISH[1:])))[0].published == NOW


def test_a_page_without_a_list_says_what_it_is() -> None:
    with pytest.raises(NotAFeed, match="one article"):
        read_listing(page(article()), URL, "", NOW)


def test_a_change_of_the_furniture_brings_nothing() -> None:
    assert (
        unknown(
            cards(),
            "<div class='banner'><a href='/x'>We are hiring people for our new office</a></div>" + cards(),
        )
        == []
    )


def test_only_the_new_item_is_new() -> None:
    more = cards(
        ("Sep 19, 2026", *ENGLISH),
        ("Heron learns to say that it does not know", *TITLES),
        ("does-not-know", *NAMES),
    )
    assert unknown(cards(), more) == ["Heron learns to say that it does not know"]


def test_a_new_design_with_the_same_links_brings_nothing() -> None:
    assert unknown(cards(), flat(ENGLISH, before=True)) == []


def test_most_items_new_at_once_is_a_redesign() -> None:
    assert is_redesigned([False] * 6)
    assert is_redesigned([False] * 4)
    assert not is_redesigned([False] * 4 + [True] * 3)
    assert not is_redesigned([False] * 5 + [True] * 5)


def test_a_list_that_moved_on_while_nobody_looked_is_no_redesign() -> None:
    def items(*days: int) -> list[ParsedEntry]:
        dates = [datetime(2026, 9, day, tzinfo=UTC) for day in days]
        return [ParsedEntry(guid="", link="", title="New", text="", published=date) for date in dates]

    looked_at = datetime(2026, 9, 18, 12, tzinfo=UTC)
    assert have_rolled(items(21, 20, 19, 18), looked_at)
    assert not have_rolled(items(21, 20, 19, 17), looked_at)
    assert not have_rolled(items(21, 21, 21, 21), looked_at)
    assert not have_rolled(items(21, 20, 19), None)


def test_after_a_redesign_only_what_is_dated_later_is_news() -> None:
    newest = datetime(2026, 9, 18, tzinfo=UTC)
    later = ParsedEntry(
        guid="",
        link="https://lab.example/p/1",
        title="New",
        text="",
        published=datetime(2026, 9, 19, tzinfo=UTC),
    )
    undated = ParsedEntry(guid="", link="https://lab.example/p/2", title="Undated", text="")
    assert is_news_after(later, [False, True], newest)
    assert not is_news_after(undated, [False, True], newest)
    assert not is_news_after(later, [False, False], newest)


NOTICES = (
    ("<h1>Page not found</h1><p>Try the search.</p>", "cannot be found"),
    ("<h1>404 - Seite nicht gefunden</h1>", "cannot be found"),
    ("<h1>Pagina non trovata</h1>", "cannot be found"),
    ("<h1>Ops!</h1><p>La pagina che cerchi non esiste.</p>", "cannot be found"),
    ("<h1>Oops!</h1><p>The page you are looking for does not exist.</p>", "cannot be found"),
    ("<h1>Oh nein!</h1><p>Diese Seite existiert leider nicht.</p>", "cannot be found"),
    ("<h1>Oups !</h1><p>La page que vous cherchez n’existe pas.</p>", "cannot be found"),
    ("<h1>¡Vaya!</h1><p>La página que busca no existe.</p>", "cannot be found"),
    ("<h1>Ops!</h1><p>A página que procura não existe.</p>", "cannot be found"),
    ("<h1>News</h1><form><input name='u'><input type='password'><button>Go</button></form>", "log in"),
    ("<h1>Members</h1><p>Please log in to continue.</p>", "log in"),
    ("<h1>News</h1><p>This content is only available to subscribers.</p><p>Already a subscriber? Sign in</p>", "paywall"),
    ("<p>Before you continue to the site</p><p>We and our 812 partners store cookies</p><button>Accept all cookies</button>", "cookies"),
    ("<h1>Just a moment...</h1><p>Checking your browser before you go on</p>", "person"),
)  # fmt: skip


@pytest.mark.parametrize(("body", "words"), NOTICES)
def test_a_notice_in_place_of_a_list_is_called_what_it_is(body: str, words: str) -> None:
    bare = f"<!doctype html><html><head><title>Lab</title></head><body><main>{body}</main></body></html>"
    with pytest.raises(NotAFeed, match=words):
        read_listing(bare.encode(), URL, "text/html", NOW)


def test_a_page_that_is_not_there_is_no_list_whatever_it_offers() -> None:
    with pytest.raises(NotAFeed, match="cannot be found"):
        read_listing(page(cards().replace("<h1>News</h1>", "<h1>Page not found</h1>")), URL, "", NOW)


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "<h1>Oops!</h1><p>This page does not exist.</p>",
        "<h1>Ops!</h1><p>La pagina che cerchi non esiste.</p>",
    ],
)
def test_a_page_without_a_telling_heading_says_otherwise_that_it_is_not_there(lines: str) -> None:
    document = page(cards().replace("<h1>News</h1>", lines)).decode()
    called = "News" if lines else "Page not found"
    with pytest.raises(NotAFeed, match="cannot be found"):
        read_listing(document.replace("<title>News", f"<title>{called}").encode(), URL, "text/html", NOW)


@pytest.mark.parametrize("lines", ["", "<h1>Hello!</h1><p>Models of our laboratory, week by week.</p>"])
def test_a_page_that_only_greets_is_a_list_all_the_same(lines: str) -> None:
    assert read_listing(page(cards().replace("<h1>News</h1>", lines)), URL, "text/html", NOW).entries


@pytest.mark.parametrize(
    "heading",
    [
        "404 Media",
        "Page",
        "Errors we made",
        "Not found in translation",
        "Heron 4 reads PDF files of 500 pages",
        "500 pages an hour",
        "What 404 errors teach a model",
        "Error 403 when pods start: what we found",
        "Something went wrong, and what our lab learned from nine hours of it",
        "Fehler 503 in der Sprachausgabe behoben",
    ],
)
def test_a_list_may_be_called_much_like_a_notice(heading: str) -> None:
    body = cards().replace("<h1>News</h1>", f"<h1>{heading}</h1><form><input type='password'></form>")
    assert len(read_listing(page(body), URL, "text/html", NOW).entries) == len(TITLES)


@pytest.mark.parametrize(
    ("title", "heading", "site"),
    [
        ("Page Not Found Podcast", "Page Not Found Podcast", ""),
        ("Error 404 Magazine", "", ""),
        ("All episodes", "Seite nicht gefunden Podcast", ""),
        ("Page Not Found", "Page Not Found", "Page Not Found"),
        ("Episodes", "Something Went Wrong Weekly", ""),
    ],
)
def test_a_name_that_sounds_like_a_missing_page_is_one(title: str, heading: str, site: str) -> None:
    head = f'<title>{title}</title><meta property="og:site_name" content="{site}">'
    body = f"<html><head>{head}</head><body>{cards().replace('News', heading, 1)}</body></html>"
    assert read_listing(body.encode(), URL, "text/html", NOW).entries


def test_the_front_page_of_a_site_is_there() -> None:
    body = page(cards().replace("News", "Page not found", 1))
    assert read_listing(body, "https://a.example/", "text/html", NOW).entries


@pytest.mark.parametrize(
    "heading",
    [
        "404 Not Found Error",
        "PAGE NOT FOUND",
        "Page Not Found on this server",
        "Error 404 Page Not Found",
        "Error 404 (Not Found)!!1",
        "HTTP Status 404 – Not Found",
        "500 Internal Server Error",
        "We’re sorry, the page you are looking for can’t be found.",
        "Fehler 404: Seite nicht gefunden",
    ],
)
def test_a_missing_page_is_told_however_it_is_spelled(heading: str) -> None:
    with pytest.raises(NotAFeed, match="cannot be found"):
        read_listing(page(cards().replace("<h1>News</h1>", f"<h1>{heading}</h1>")), URL, "", NOW)
