"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser 6.0 does not read."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.errors import NotAFeed
from bot.feeds.dates import date_of
from bot.feeds.kinds.posts import title_of_post
from bot.feeds.kinds.reading import as_meant
from bot.feeds.limits import MAX_CATEGORIES, MAX_ENTRIES, MAX_TEXT, UNTITLED
from bot.feeds.links import language_code, web_link
from bot.feeds.markup import one_line, plain, tidy
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.entries.identify import clean_link
from bot.text.language import language_of


def json_feed(body: bytes, url: str, now: datetime) -> ParsedFeed:
    """Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
        data = _whole(data)
    except (ValueError, RecursionError) as error:
        msg = "The document looks like JSON but is broken."
        raise NotAFeed(msg) from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        msg = "The document is JSON, but not a JSON Feed (it has no list of items)."
        raise NotAFeed(msg)
    language = language_code(data.get("language"))
    base = web_link(data.get("home_page_url"), url) or url
    items = [item for item in data["items"][:MAX_ENTRIES] if isinstance(item, dict)]
    entries = as_meant(_json_entry(item, base, language, now) for item in items)
    return ParsedFeed(
        title=one_line(str(data.get("title") or "")),
        home=web_link(data.get("home_page_url"), url),
        language=language,
        entries=tuple(entries),
    )


_HALF = re.compile("[\ud800-\udfff]")


def _whole(value: Any) -> Any:
    """Return a value with a mark in place of half characters, which JSON can name and nothing can keep (RFC
    8259, 8.2).
    """
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return {_whole(name): _whole(one) for name, one in value.items()} if isinstance(value, dict) else value


def _json_entry(item: Mapping[str, Any], base: str, language: str, now: datetime) -> ParsedEntry:
    rich, bare, short = (str(item.get(name) or "") for name in ("content_html", "content_text", "summary"))
    text = plain(rich) if rich else tidy(bare or short)
    title = one_line(str(item.get("title") or "")) or title_of_post(text)
    people = item.get("authors") or [item.get("author") or {}]
    author = (
        people[0].get("name", "")
        if isinstance(people, list) and people and isinstance(people[0], dict)
        else ""
    )
    return ParsedEntry(
        guid=str(item.get("id") or "").strip()[:1000],
        link=clean_link(web_link(item.get("url") or item.get("external_url"), base)),
        title=title or str(item.get("url") or item.get("id") or UNTITLED)[:100],
        text=text[:MAX_TEXT],
        author=one_line(str(author), 100),
        language=language_of(f"{title}. {text[:300]}", language_code(item.get("language")) or language),
        published=_json_date(item.get("date_published"), now) or _json_date(item.get("date_modified"), now),
        updated=_json_date(item.get("date_modified"), now),
        categories=_tags(item.get("tags")),
        image=web_link(item.get("image") or item.get("banner_image"), base),
    )


def _tags(raw: Any) -> tuple[str, ...]:
    terms = [one_line(tag, 60) for tag in raw if isinstance(tag, str)] if isinstance(raw, list) else []
    return tuple(dict.fromkeys(filter(None, terms)))[:MAX_CATEGORIES]


def _json_date(raw: Any, now: datetime) -> datetime | None:
    text = str(raw or "")
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
    except ValueError:
        moment = None
    try:
        stamp = moment.utctimetuple() if moment and moment.tzinfo else None
    except OverflowError:
        return None
    return date_of("" if stamp else text, stamp, now)
