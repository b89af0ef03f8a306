"""Lists of links as Lobsters and the sites that run its program give them in JSON: with points and comments,
which their feeds leave out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.feeds.dates import date_of
from bot.feeds.limits import MAX_CATEGORIES, MAX_ENTRIES, MAX_TEXT
from bot.feeds.links import web_link
from bot.feeds.markup import one_line, plain, tidy
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.entries.identify import clean_link
from bot.text.language import language_of

MIN_INTERVAL = 3600
"""Seconds between two readings: the list is made for people, and points change slowly."""

COUNT_MAX = 9_999_999
_NEEDED = ("short_id_url", "comments_url", "title", "score")


def is_submissions(data: Any) -> bool:
    """Tell whether a JSON document is a list of submitted links."""
    return isinstance(data, list) and bool(data) and all(map(_is_submission, data))


def _is_submission(item: Any) -> bool:
    return isinstance(item, dict) and all(name in item for name in _NEEDED)


def read_submissions(data: Sequence[Mapping[str, Any]], url: str, now: datetime) -> ParsedFeed:
    """Return a list of submitted links as a feed, in its order."""
    home = web_link("/", url)
    return ParsedFeed(
        title="",
        home=home,
        language="en",
        entries=tuple(_entry(item, home, now) for item in data[:MAX_ENTRIES]),
        min_interval=MIN_INTERVAL,
    )


def _entry(item: Mapping[str, Any], home: str, now: datetime) -> ParsedEntry:
    title = one_line(str(item["title"] or ""))
    text = tidy(str(item.get("description_plain") or "")) or plain(str(item.get("description") or ""))
    person = item.get("submitter_user")
    name = person.get("username") if isinstance(person, dict) else person
    tags = [one_line(tag, 60) for tag in item.get("tags") or () if isinstance(tag, str)]
    return ParsedEntry(
        guid=str(item["short_id_url"])[:1000],
        link=clean_link(web_link(item.get("url"), home) or web_link(item["comments_url"], home)),
        title=title,
        text=text[:MAX_TEXT],
        author=one_line(str(name or ""), 100),
        language=language_of(f"{title}. {text[:300]}", "en"),
        published=date_of(str(item.get("created_at") or ""), None, now),
        categories=tuple(dict.fromkeys(filter(None, tags)))[:MAX_CATEGORIES],
        points=_count(item["score"]),
        comments=_count(item.get("comment_count")),
    )


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return max(0, min(value, COUNT_MAX)) if is_count else None
