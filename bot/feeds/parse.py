"""Bytes to feeds. feedparser is the reference; plain documents take a quicker way to the same values
(`quick`), JSON Feed its own (`jsonfeed`).
"""

import html
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import feedparser
import feedparser.api

from bot.errors import NotAFeed
from bot.feeds.charset import decodable, is_utf8
from bot.feeds.dates import date_of
from bot.feeds.document_screen import refuse_bombs, refuse_deep
from bot.feeds.fast import documents
from bot.feeds.fast.items import Items, items_of
from bot.feeds.jsonfeed import json_feed
from bot.feeds.kinds.posts import title_of_post
from bot.feeds.kinds.reading import as_meant
from bot.feeds.limits import MAX_CATEGORIES, MAX_ENTRIES, MAX_TEXT, UNTITLED
from bot.feeds.links import language_code, web_link
from bot.feeds.markup import one_line, plain, shortened, tidy
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.entries.identify import clean_link
from bot.text.language import language_of

LONGEST_INTERVAL = 31 * 86400
_RELATIVE_BASE = re.compile(rb"""xml:base=["'](?!https?:)""", re.IGNORECASE)
"""Only then feedparser is told the address: it would make a link of every guid that is none, by
resolving it.
"""

_LATIN = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding=["'](?:iso-8859-1|windows-1252)["']""", re.IGNORECASE)
"""The one old encoding that lxml reads as feedparser does."""

_HOURS = (re.compile(rb"<skipHours>", re.IGNORECASE), re.compile(rb"</skipHours>", re.IGNORECASE))
_DAYS = (re.compile(rb"<skipDays>", re.IGNORECASE), re.compile(rb"</skipDays>", re.IGNORECASE))
MAX_SKIPS = 2000
"""Bytes between the tags of the hours or days in which a feed asks not to be polled."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse(
    body: bytes, url: str, content_type: str, now: datetime, known_keys: Set[str] = frozenset()
) -> ParsedFeed:
    """Return the feed in a document fetched from `url`. Raises `NotAFeed` with what it is instead.

    Items whose hash is in `known_keys` (the `items` of an earlier reading) may be left out, where the others
    are certain without them.
    """
    head = body[:2048].lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n")
    if not head:
        msg = "The address gives an empty document."
        raise NotAFeed(msg)
    if head[:1] in b"{[" and not head.startswith(b"[CDATA"):
        return json_feed(body, url, now)
    refuse_bombs(body)
    body, content_type = decodable(body, content_type)
    plain_words = is_utf8(body) or (_LATIN.match(body) and "charset" not in content_type)
    document = items_of(body.lstrip(b"\xef\xbb\xbf \t\r\n"), MAX_ENTRIES) if plain_words else None
    if document is None:
        return _surely(body, url, content_type, now)
    wanted = document.fresh(known_keys)
    feed = _quickly(document, wanted, url, now)
    if feed is None:
        part = document.reduced_to(wanted) if len(wanted) < len(document.elements) else body
        feed = _surely(part, url, content_type, now)
    if len(wanted) < len(document.elements) and any(entry.published is None for entry in feed.entries):
        return parse(body, url, content_type, now)
    return replace(_with_rests(feed, body), items=document.hashes)


def _quickly(document: Items, wanted: tuple[Any, ...], url: str, now: datetime) -> ParsedFeed | None:
    found = documents.read(document, wanted)
    return _feed(found.about, found.entries, url, now, atom=document.atom) if found else None


def _surely(body: bytes, url: str, content_type: str, now: datetime) -> ParsedFeed:
    refuse_deep(body)
    headers = {"content-type": content_type}
    if _RELATIVE_BASE.search(body):
        headers["content-location"] = url
    found = feedparser.api.parse(
        BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.version and not found.entries:
        raise NotAFeed(_what_else(body[:2048]))
    feed = _feed(found.feed, found.entries[:MAX_ENTRIES], url, now, atom=found.version.startswith("atom"))
    return _with_rests(feed, body)


def _what_else(head: bytes) -> str:
    lower = head.lower()
    if b"<html" in lower or b"<!doctype html" in lower:
        if b"challenge" in lower or b"just a moment" in lower:
            return "The site answers with a challenge for browsers instead of a feed."
        return "The address gives a web page, not a feed."
    return "The document is not a feed that can be read (RSS, Atom, RDF or JSON Feed)."


def _feed(
    about: Mapping[str, Any], found: Iterable[Mapping[str, Any]], url: str, now: datetime, *, atom: bool
) -> ParsedFeed:
    language = language_code(about.get("language", ""))
    home = web_link(about.get("link", ""), url)
    base = url if atom else home or url
    entries = as_meant(_entry(entry, base, url, language, now, literal=atom) for entry in found)
    links = about.get("links") or ()
    return ParsedFeed(
        title=one_line(about.get("title", "")),
        home=home,
        language=language,
        entries=entries,
        min_interval=_interval(about),
        hub=_related(links, "hub", url),
        itself=_related(links, "self", url),
    )


def _related(links: Iterable[Mapping[str, Any]], relation: str, url: str) -> str:
    """Return the address that a feed names as its hub, or as its own."""
    found = (web_link(link.get("href"), url) for link in links if link.get("rel") == relation)
    return next(filter(None, found), "")


def _with_rests(feed: ParsedFeed, body: bytes) -> ParsedFeed:
    """Add the hours (GMT) and weekdays in which a feed asks not to be polled (RSS 2.0, skipHours and
    skipDays); feedparser keeps one of each.
    """
    hours, days = _between(body, *_HOURS), _between(body, *_DAYS)
    if not (hours or days):
        return feed
    numbers = re.findall(rb"\b\d{1,2}\b", hours)
    named = re.findall(rb"[a-z]+", days.lower())
    return replace(
        feed,
        skip_hours=frozenset(int(hour) % 24 for hour in numbers if int(hour) <= 24),
        skip_days=frozenset(_WEEKDAYS.index(day.decode()) for day in named if day.decode() in _WEEKDAYS),
    )


def _between(body: bytes, opening: re.Pattern[bytes], closing: re.Pattern[bytes]) -> bytes:
    """Return what stands between the first opening tag and its closing one, empty where it is missing or too
    far away.
    """
    start = opening.search(body)
    end = closing.search(body, start.end(), start.end() + MAX_SKIPS) if start else None
    return body[start.end() : end.start()] if start and end else b""


def _entry(entry: Any, base: str, url: str, language: str, now: datetime, *, literal: bool) -> ParsedEntry:
    guid = str(entry.get("id", "") or "").strip()
    link = _link(entry, guid, base)
    text = _text(entry)
    title = _title(entry, text, literal=literal)
    return ParsedEntry(
        guid=guid[:1000],
        link=clean_link(link),
        title=title or link or guid[:100] or UNTITLED,
        text=text[:MAX_TEXT],
        author=one_line(str(entry.get("author", "") or ""), 100),
        language=language_of(f"{title}. {text[:300]}", language_code(entry.get("language", "")) or language),
        published=_date(entry, "published", now)
        or _date(entry, "updated", now)
        or _date(entry, "created", now),
        updated=_date(entry, "updated", now),
        image=_image(entry, url),
        categories=_categories(entry),
    )


def _categories(entry: Any) -> tuple[str, ...]:
    """Return what an entry is filed under, each once."""
    terms = (one_line(str(tag.get("term") or ""), 60) for tag in entry.get("tags") or ())
    return tuple(dict.fromkeys(filter(None, terms)))[:MAX_CATEGORIES]


def _link(entry: Any, guid: str, base: str) -> str:
    """Return an entry's link. A guid is one only if it is an absolute address: feedparser offers any as a
    link.
    """
    raw = str(entry.get("feedburner_origlink") or entry.get("link", "") or "").strip()
    absolute = guid.startswith(("http://", "https://"))
    if raw == guid and not absolute:
        return ""
    return web_link(raw, base) or (web_link(guid, base) if absolute else "")


def _title(entry: Any, text: str, *, literal: bool) -> str:
    """Return a title on one line. In Atom, plain text is `literal`: its `<b>` is what readers are to see."""
    raw = str(entry.get("title", "") or "")
    if literal and (entry.get("title_detail") or {}).get("type") == "text/plain":
        title = shortened(" ".join(tidy(html.unescape(raw)).split()))
    else:
        title = one_line(raw)
    return title or title_of_post(text)


def _text(entry: Any) -> str:
    """Return the longest text an entry carries: its content, or its summary."""
    bodies = [str(part.get("value", "") or "") for part in entry.get("content", ()) or ()]
    longest = ""
    for body in sorted({*bodies, str(entry.get("summary", "") or "")}, key=lambda body: (-len(body), body)):
        if len(body) > len(longest):
            longest = max(longest, plain(body), key=len)
    return longest


def _date(entry: Any, name: str, now: datetime) -> datetime | None:
    if name not in entry:
        return None
    return date_of(str(entry[name] or ""), entry.get(f"{name}_parsed"), now)


def _image(entry: Any, url: str) -> str:
    media: Iterable[Mapping[str, Any]] = [
        *(entry.get("media_content") or ()),
        *(entry.get("media_thumbnail") or ()),
        *(entry.get("enclosures") or ()),
    ]
    for item in media:
        address = web_link(item.get("url") or item.get("href"), url)
        kind = str(item.get("type") or item.get("medium") or "image")
        if address and kind.startswith("image"):
            return address
    return ""


def _interval(about: Any) -> int:
    """Return the pause in seconds that a feed asks for by `ttl` (minutes) or `sy:updatePeriod`."""
    if ttl := _number(about.get("ttl")):
        return min(ttl * 60, LONGEST_INTERVAL)
    periods = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": LONGEST_INTERVAL}
    period = periods.get(str(about.get("sy_updateperiod", "")).strip().lower(), 0)
    return period // max(1, _number(about.get("sy_updatefrequency")))


def _number(text: Any) -> int:
    """Return a whole number as a feed gives it, 0 for anything else."""
    digits = str(text or "").strip()
    return int(digits[:9]) if digits.isascii() and digits.isdigit() else 0
