"""The same item in every format that is read, for tests of what does not depend on the format."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from bot.feeds.parse import parse
from bot.model import ParsedEntry, ParsedFeed

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
URL = "https://news.example/feed"
Fields = Mapping[str, str]

MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def _extras(one: Fields) -> str:
    """Return author and picture of an item as RSS has them by its modules."""
    author = f"<dc:creator>{one['author']}</dc:creator>" if "author" in one else ""
    return author + (f'<media:thumbnail url="{one["image"]}"/>' if "image" in one else "")


def rss(language: str, *items: Fields) -> str:
    inside = "".join(
        f"<item><title>{one.get('title', 'T')}</title><link>{one.get('link', '')}</link><guid isPermaLink='false'>{number}</guid>"
        f"<pubDate>{one.get('date', '')}</pubDate><description>{one.get('text', '')}</description>{_extras(one)}</item>"
        for number, one in enumerate(items)
    )
    said = f"<language>{language}</language>" if language else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {MEDIA}><channel><title>N</title><link>https://news.example/</link>{said}{inside}</channel></rss>'


def old_rss(language: str, *items: Fields) -> str:
    inside = "".join(
        f"<item><title>{one.get('title', 'T')}</title><link>{one.get('link', '')}</link><pubDate>{one.get('date', '')}</pubDate>"
        f"<description>{one.get('text', '')}</description>{_extras(one)}</item>"
        for one in items
    )
    said = f"<language>{language}</language>" if language else ""
    return f'<rss version="0.91" {MEDIA}><channel><title>N</title><link>https://news.example/</link>{said}{inside}</channel></rss>'


def rdf(language: str, *items: Fields) -> str:
    inside = "".join(
        f'<item rdf:about="urn:{number}"><title>{one.get("title", "T")}</title><link>{one.get("link", "")}</link>'
        f"<dc:date>{one.get('date', '')}</dc:date><description>{one.get('text', '')}</description>{_extras(one)}</item>"
        for number, one in enumerate(items)
    )
    said = f"<dc:language>{language}</dc:language>" if language else ""
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'{MEDIA}><channel rdf:about="https://news.example/"><title>N</title><link>https://news.example/</link>{said}</channel>{inside}</rdf:RDF>'
    )


def atom(language: str, *items: Fields) -> str:
    inside = "".join(
        f'<entry><id>urn:{number}</id><title type="html">{one.get("title", "T")}</title><link href="{one.get("link", "")}"/>'
        f'<updated>{one.get("date", "")}</updated><summary type="html">{one.get("text", "")}</summary>'
        + (f"<author><name>{one['author']}</name></author>" if "author" in one else "")
        + (f'<media:thumbnail url="{one["image"]}"/>' if "image" in one else "")
        + "</entry>"
        for number, one in enumerate(items)
    )
    said = f' xml:lang="{language}"' if language else ""
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {MEDIA}{said}><title>N</title><link href="https://news.example/"/>{inside}</feed>'


def json_feed(language: str, *items: Fields) -> str:
    inside = [
        {
            "id": str(number),
            "title": one.get("title", "T"),
            "url": one.get("link", ""),
            "date_published": one.get("date", ""),
            "content_html": one.get("text", ""),
            **({"author": {"name": one["author"]}} if "author" in one else {}),
            **({"image": one["image"]} if "image" in one else {}),
        }
        for number, one in enumerate(items)
    ]
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "N",
            "home_page_url": "https://news.example/",
            "language": language,
            "items": inside,
        }
    )


XML: Mapping[str, Callable[..., str]] = {"rss": rss, "rss 0.91": old_rss, "rdf": rdf, "atom": atom}
FORMATS: Mapping[str, Callable[..., str]] = {**XML, "json": json_feed}


def written(name: str, value: str) -> str:
    """Return a value as a format holds it."""
    return value if name == "json" else escape(value, {'"': "&quot;"})


def feed_in(name: str, language: str, *items: Fields) -> ParsedFeed:
    """Return items as they are read in a format; their values are as they are meant."""
    values = [{key: written(name, value) for key, value in item.items()} for item in items]
    return parse(FORMATS[name](language, *values).encode(), URL, "", NOW)


def entry_in(name: str, language: str = "", **fields: str) -> ParsedEntry:
    """Return one item as it is read in a format."""
    (entry,) = feed_in(name, language, fields).entries
    return entry
