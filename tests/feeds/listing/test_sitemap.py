"""News sitemaps and sitemaps of sections."""

from datetime import UTC, datetime

from bot.feeds.listing.find import Way, find_listing
from bot.feeds.listing.sitemap import name_sitemaps

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
NEWS = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://lab.example/news/a</loc><news:news><news:publication><news:name>Lab</news:name></news:publication>
<news:publication_date>2026-09-17T10:00:00Z</news:publication_date><news:title>The older &amp; the slower one</news:title></news:news></url>
<url><loc>https://lab.example/news/b</loc><news:news><news:publication_date>2026-09-18</news:publication_date><news:title>The newer one</news:title></news:news></url>
<url><loc>https://lab.example/news/new-weights-for-heron-3.html</loc><lastmod>2026-09-16</lastmod></url>
<url><loc>https://lab.example/about</loc></url></urlset>"""


def test_a_news_sitemap_is_a_list_newest_first() -> None:
    listing = find_listing(NEWS.encode(), "https://lab.example/news-sitemap.xml", NOW)
    assert listing.way is Way.SITEMAP
    assert [item.title for item in listing.items] == [
        "The newer one",
        "The older & the slower one",
        "New weights for heron",
    ]


def test_sitemaps_of_news_are_looked_at_first() -> None:
    robots = "User-agent: *\nSitemap: https://lab.example/pages.xml\nsitemap: https://lab.example/news-sitemap.xml\n"
    assert name_sitemaps(robots.encode(), "https://lab.example/robots.txt") == (
        "https://lab.example/news-sitemap.xml",
        "https://lab.example/pages.xml",
        "https://lab.example/sitemap.xml",
    )


def test_an_index_names_further_sitemaps() -> None:
    index = "<sitemapindex><sitemap><loc>https://l.example/pages.xml</loc></sitemap><sitemap><loc>https://l.example/posts.xml</loc></sitemap></sitemapindex>"
    assert name_sitemaps(index.encode(), "https://l.example/sitemap.xml") == (
        "https://l.example/posts.xml",
        "https://l.example/pages.xml",
    )


def test_the_leap_day_is_a_day_as_any() -> None:
    listing = find_listing(
        NEWS.encode(), "https://lab.example/news-sitemap.xml", datetime(2028, 2, 29, tzinfo=UTC)
    )
    assert listing.items[0].title == "The newer one"
    assert listing.items[-1].published is None or listing.items[-1].published < listing.items[0].published
