"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser 6.0 does not read."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.errors import NotAFeed
from bot.feeds.charset import as_text
from bot.feeds.dates import DateHabits, date_of, habits_of
from bot.feeds.fast.items import newest
from bot.feeds.kinds.posts import is_missing, title_of_post, without_notes
from bot.feeds.kinds.reading import as_meant, with_languages, with_pages
from bot.feeds.kinds.submissions import is_submissions, read_submissions
from bot.feeds.limits import MAX_CATEGORIES, MAX_ENTRIES, MAX_TEXT, UNTITLED
from bot.feeds.links import is_path, language_code, web_link
from bot.feeds.markup import one_line, plain, tidy
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.entries.identify import clean_link
from bot.text.language import language_of


def json_feed(body: bytes, url: str, content_type: str, now: datetime) -> ParsedFeed:
    """Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). Of a document that breaks off, its whole items
    are read.
    """
    try:
        data = _whole(_loaded(as_text(body, content_type)))
    except (ValueError, RecursionError) as error:
        msg = "The document looks like JSON but is broken."
        raise NotAFeed(msg) from error
    if is_submissions(data):
        return read_submissions(data, url, now)
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        msg = "The document is JSON, but not a JSON Feed (it has no list of items)."
        raise NotAFeed(msg)
    language = language_code(data.get("language"))
    base = web_link(data.get("home_page_url"), url) or url
    items = [item for item in data["items"] if isinstance(item, dict)]
    raws = [str(item[name]) for item in items for name in DATES if item.get(name)]
    habits = habits_of(raws, str(data.get("language") or ""), now)
    newest_items = newest(items, MAX_ENTRIES, lambda item: _date(item, DATES, now, habits))
    entries = as_meant(
        (_json_entry(item, base, language, now, habits) for item in newest_items),
        one_line(str(data.get("title") or "")),
    )
    home = web_link(data.get("home_page_url"), url)
    return ParsedFeed(
        title=one_line(str(data.get("title") or "")),
        home=home,
        language=language,
        entries=with_pages(with_languages(entries), home),
    )


def _loaded(text: str) -> Any:
    decoder = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
    text = text.strip("\ufeff \t\r\n\x00")
    try:
        return decoder.decode(text)
    except json.JSONDecodeError:
        text = without_loose_commas(text)
    try:
        return decoder.decode(text)
    except json.JSONDecodeError:
        return _broken_off(text, decoder)


def without_loose_commas(text: str) -> str:
    """Return JSON without the commas that stand behind the last of several values."""
    return _LOOSE_COMMA.sub(lambda match: match[0] if match[0].startswith('"') else "", text)


def _broken_off(text: str, decoder: json.JSONDecoder) -> Any:
    """Return what a feed that breaks off says of itself and the items that are whole. Raises `ValueError`
    where there are none.
    """
    opening = _ITEMS.search(text)
    if opening is None:
        msg = "no items"
        raise ValueError(msg)
    feed = decoder.decode(text[: opening.start()].rstrip().rstrip(",") + "}") if opening.start() > 1 else {}
    items, at = [], opening.end()
    while item := _OBJECT.match(text, at):
        try:
            value, at = decoder.raw_decode(text, item.end() - 1)
        except json.JSONDecodeError:
            break
        items.append(value)
    if not items:
        msg = "no whole item"
        raise ValueError(msg)
    return {**feed, "items": items}


DATES = ("date_published", "date_modified")
_ITEMS = re.compile(r'"items"\s{0,99}:\s{0,99}\[')
_LOOSE_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s{0,99}[}\]])')
"""A comma behind the last of several, which JavaScript allows; strings are passed over."""

_OBJECT = re.compile(r"[\s,]{0,99}\{")
_HALF = re.compile("[\ud800-\udfff]")


def _whole(value: Any) -> Any:
    """Return a value with a mark in place of half characters, which JSON can name and nothing can keep (RFC
    8259, 8.2).
    """
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(member) for member in value]
    return (
        {_whole(name): _whole(member) for name, member in value.items()} if isinstance(value, dict) else value
    )


def _json_entry(
    item: Mapping[str, Any], base: str, language: str, now: datetime, habits: DateHabits
) -> ParsedEntry:
    rich, bare, short = (_words(item.get(name)) for name in ("content_html", "content_text", "summary"))
    text = plain(rich) if rich else tidy(bare or short)
    title = one_line(_words(item.get("title")))
    if not title or is_missing(title):
        text = without_notes(text)
        title = title_of_post(text) or title
    return ParsedEntry(
        guid=_words(item.get("id")).strip()[:1000],
        link=clean_link(web_link(_written_link(item), base)),
        title=title or (_words(item.get("url")) or _words(item.get("id")) or UNTITLED)[:100],
        text=text[:MAX_TEXT],
        author=one_line(_author(item), 100),
        language=language_of(f"{title}. {text[:300]}", language_code(item.get("language")) or language),
        published=_date(item, DATES, now, habits),
        updated=_date(item, DATES[1:], now, habits),
        categories=_tags(item.get("tags")),
        is_audio=any(str(one.get("mime_type") or "").startswith("audio/") for one in _files(item)),
        image=_image(item, base),
    )


def _author(item: Mapping[str, Any]) -> str:
    """Return the name of an item's first author; some write a bare name where an object belongs."""
    people = item.get("authors") or item.get("author") or ""
    first = people[0] if isinstance(people, list) else people
    return _words(first.get("name") if isinstance(first, dict) else first)


def _words(value: Any) -> str:
    """Return a text or a number as text, nothing for what is neither: a list or an object is no title."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _image(item: Mapping[str, Any], base: str) -> str:
    """Return an item's picture, which may also be attached to it."""
    attached = (
        one.get("url") for one in _files(item) if str(one.get("mime_type") or "").startswith("image/")
    )
    addresses = (web_link(one, base) for one in (item.get("image"), item.get("banner_image"), *attached))
    return next(filter(None, addresses), "")


def _written_link(item: Mapping[str, Any]) -> Any:
    """Return where an item says it is; by its identifier where that can be nothing else."""
    identifier = _words(item.get("id")).strip()
    is_address = identifier.startswith(("http://", "https://")) or is_path(identifier)
    return item.get("url") or item.get("external_url") or (identifier if is_address else "")


def _files(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what is attached to an item."""
    raw = item.get("attachments")
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def _tags(raw: Any) -> tuple[str, ...]:
    terms = [one_line(tag, 60) for tag in raw if isinstance(tag, str)] if isinstance(raw, list) else []
    return tuple(dict.fromkeys(filter(None, terms)))[:MAX_CATEGORIES]


def _date(
    item: Mapping[str, Any], names: Sequence[str], now: datetime, habits: DateHabits
) -> datetime | None:
    dates = (date_of(str(item[name]), None, now, habits) for name in names if item.get(name))
    return next((moment for moment in dates if moment), None)
