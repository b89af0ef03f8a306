"""Bytes to feeds. feedparser is the reference; plain documents take a quicker way to the same values
(`quick`), JSON Feed its own (`jsonfeed`).
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

import feedparser
import feedparser.api

from bot.errors import NotAFeed
from bot.feeds.charset import decodable, is_utf8
from bot.feeds.dates import UNKNOWN, DateHabits, date_of, habits_of
from bot.feeds.document_screen import refuse_bombs, refuse_deep
from bot.feeds.fast import documents
from bot.feeds.fast.items import Items, items_of, newest
from bot.feeds.file_formats import refuse_file
from bot.feeds.jsonfeed import json_feed
from bot.feeds.kinds.channels import is_channel, read_channel
from bot.feeds.kinds.posts import is_missing, title_of_post, without_notes
from bot.feeds.kinds.reading import as_meant, with_languages, with_pages
from bot.feeds.limits import MAX_CATEGORIES, MAX_ENTRIES, MAX_TEXT, UNTITLED
from bot.feeds.links import is_path, language_code, web_link
from bot.feeds.markup import joined_halves, one_line, plain, shortened, tidy
from bot.feeds.mending import with_an_end, with_known_names, with_whole_items, without_impossible
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.entries.identify import clean_link
from bot.text.language import language_of

DATES = ("published", "created", "updated")
"""Under which names an entry's date stands, the first the best."""

LONGEST_INTERVAL = 31 * 86400
_RELATIVE_BASE = re.compile(rb"""xml:base=["'](?!https?:)""", re.IGNORECASE)
"""Only then feedparser is told the address: it would make a link of every guid that is none, by
resolving it.
"""

_HOURS = (re.compile(rb"<skipHours>", re.IGNORECASE), re.compile(rb"</skipHours>", re.IGNORECASE))
_DAYS = (re.compile(rb"<skipDays>", re.IGNORECASE), re.compile(rb"</skipDays>", re.IGNORECASE))
_DOCTYPE = re.compile(rb"<!DOCTYPE\s{1,99}(?!html)[^<>\[]{0,999}>")
MAX_HEAD = 4096
"""Bytes within which a DOCTYPE stands."""

_CAPTION = re.compile(rb"<(/?)media:description(?:\s[^<>]{0,999}?)?(/?)>")
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
    refuse_file(body)
    if head[:1] in b"{[" and not head.startswith(b"[CDATA"):
        return json_feed(body, url, content_type, now)
    if is_channel(body, url):
        return read_channel(body, url, now)
    refuse_bombs(body)
    body, content_type = decodable(body, content_type)
    body = _with_captions_apart(_without_doctype(without_impossible(body)))
    body, document = _well_formed(body, now) if is_utf8(body) else (body, None)
    if document is None:
        sure = _surely(body, url, content_type, now)
        return replace(sure, entries=with_pages(sure.entries, sure.home))
    new_items = document.fresh(known_keys)
    if document.share_links(new_items):
        new_items = document.elements
    feed = _quickly(document, new_items, url, now)
    if feed is None:
        part = document.reduced_to(new_items) if len(new_items) < len(document.elements) else body
        feed = _surely(part, url, content_type, now)
    if len(new_items) < len(document.elements) and any(map(_leans_on_others, feed.entries)):
        return parse(body, url, content_type, now)
    entries = with_pages(feed.entries, feed.home)
    return replace(_with_rests(feed, body), entries=entries, items=document.hashes)


def _without_doctype(body: bytes) -> bytes:
    """Return a document without its DOCTYPE: below one a parser takes names of HTML for known, and loses
    them.
    """
    head = body[:MAX_HEAD]
    return _DOCTYPE.sub(b"", head, count=1) + body[MAX_HEAD:] if b"<!DOCTYPE" in head else body


def _with_captions_apart(body: bytes) -> bytes:
    """Return a document in which descriptions of pictures and films have a name of their own: parsers take
    them for descriptions of the item, and the longest of those for its text.
    """
    return _CAPTION.sub(rb"<\1media:caption\2>", body) if b"media:description" in body else body


def _leans_on_others(entry: ParsedEntry) -> bool:
    """Tell whether an entry has its date, or its place on a page, only by what the other ones have."""
    return entry.published is None or "#" in entry.link


def _well_formed(body: bytes, now: datetime) -> tuple[bytes, Items | None]:
    """Return a document and its items where it is well-formed, or is once names of HTML are written out and
    its end is closed; any other as it is.
    """
    mended = body
    for mend in (None, with_known_names, with_an_end, with_whole_items):
        mended = mend(mended) if mend else mended
        if document := items_of(mended.lstrip(b" \t\r\n"), MAX_ENTRIES, now):
            return mended, document
    return body, None


def _quickly(document: Items, wanted: tuple[Any, ...], url: str, now: datetime) -> ParsedFeed | None:
    quick = documents.read(document, wanted)
    return _feed(quick.about, quick.entries, url, now, atom=document.atom) if quick else None


def _surely(body: bytes, url: str, content_type: str, now: datetime) -> ParsedFeed:
    refuse_deep(body)
    headers = {"content-type": content_type}
    if _RELATIVE_BASE.search(body):
        headers["content-location"] = url
    try:
        document = feedparser.api.parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        # It raises whatever its parts do, of which one item may be the cause; which, it does not say.
        msg = "The document cannot be read as a feed: something in it breaks the reader."
        raise NotAFeed(msg) from error
    if not document.version and not document.entries:
        raise NotAFeed(_what_else(body[:2048]))
    entries = newest(document.entries, MAX_ENTRIES, lambda entry: _date(entry, DATES, now, UNKNOWN))
    feed = _feed(document.feed, entries, url, now, atom=document.version.startswith("atom"))
    return _with_rests(feed, body)


def _what_else(head: bytes) -> str:
    lower = head.lower()
    if b"<html" in lower or b"<!doctype html" in lower:
        if b"challenge" in lower or b"just a moment" in lower:
            return "The site answers with a challenge for browsers instead of a feed."
        return "The address gives a web page, not a feed."
    return "The document is not a feed that can be read (RSS, Atom, RDF or JSON Feed)."


def _feed(
    about: Mapping[str, Any], elements: Sequence[Mapping[str, Any]], url: str, now: datetime, *, atom: bool
) -> ParsedFeed:
    language = language_code(about.get("language", ""))
    home = web_link(about.get("link", ""), url)
    base = url if atom else home or url
    raws = [str(entry[name] or "") for entry in elements for name in DATES if name in entry]
    house = _House(
        base=base,
        language=language,
        habits=habits_of(raws, str(about.get("language") or ""), now),
        now=now,
        literal=atom,
    )
    entries = with_languages(
        as_meant((_entry(entry, house) for entry in elements), one_line(about.get("title", "")))
    )
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
    addresses = (web_link(link.get("href"), url) for link in links if link.get("rel") == relation)
    return next(filter(None, addresses), "")


def _with_rests(feed: ParsedFeed, body: bytes) -> ParsedFeed:
    """Add the hours (GMT) and weekdays in which a feed asks not to be polled (RSS 2.0, skipHours and
    skipDays); feedparser keeps one of each.
    """
    hours, days = _between(body, *_HOURS), _between(body, *_DAYS)
    if not (hours or days):
        return feed
    numbers = re.findall(rb"\b\d{1,2}\b", hours)
    names = re.findall(rb"[a-z]+", days.lower())
    return replace(
        feed,
        skip_hours=frozenset(int(hour) % 24 for hour in numbers if int(hour) <= 24),
        skip_days=frozenset(_WEEKDAYS.index(day.decode()) for day in names if day.decode() in _WEEKDAYS),
    )


def _between(body: bytes, opening: re.Pattern[bytes], closing: re.Pattern[bytes]) -> bytes:
    """Return what stands between the first opening tag and its closing one, empty where it is missing or too
    far away.
    """
    start = opening.search(body)
    end = closing.search(body, start.end(), start.end() + MAX_SKIPS) if start else None
    return body[start.end() : end.start()] if start and end else b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """What the entries of a document have in common: what links lead from, its language, how it
    writes dates, and whether plain titles are literal (Atom).
    """

    base: str
    language: str
    habits: DateHabits
    now: datetime
    literal: bool


def _entry(entry: Any, house: _House) -> ParsedEntry:
    guid = str(entry.get("id", "") or "").strip()
    link = _link(entry, guid, house.base)
    text = _text(entry)
    title = _title(entry, literal=house.literal)
    if not title or is_missing(title):
        text = without_notes(text)
        title = title_of_post(text) or title
    declared = language_code(entry.get("language", "")) or house.language
    return ParsedEntry(
        guid=guid[:1000],
        link=clean_link(link),
        title=title or link or guid[:100] or UNTITLED,
        text=text[:MAX_TEXT],
        author=one_line(str(entry.get("author", "") or ""), 100),
        language=language_of(f"{title}. {text[:300]}", declared),
        published=_date(entry, DATES, house.now, house.habits),
        updated=_date(entry, ("updated",), house.now, house.habits),
        image=_image(entry, house.base),
        categories=_categories(entry),
        is_audio=any(
            str(item.get("type") or "").startswith("audio/") for item in entry.get("enclosures") or ()
        ),
    )


def _categories(entry: Any) -> tuple[str, ...]:
    """Return what an entry is filed under, each once."""
    terms = (one_line(str(tag.get("term") or ""), 60) for tag in entry.get("tags") or ())
    return tuple(dict.fromkeys(filter(None, terms)))[:MAX_CATEGORIES]


def _link(entry: Any, guid: str, base: str) -> str:
    """Return an entry's link. A guid is one only if it is an absolute address, or a path on the site that
    says so: feedparser offers any as a link.
    """
    raw = str(entry.get("feedburner_origlink") or entry.get("link", "") or "").strip()
    if not raw and entry.get("guidislink") and is_path(guid):
        raw = guid
    absolute = guid.startswith(("http://", "https://"))
    if raw == guid and not absolute and not is_path(guid):
        return ""
    return web_link(raw, base) or (web_link(guid, base) if absolute else "")


def _title(entry: Any, *, literal: bool) -> str:
    """Return a title on one line. In Atom, plain text is `literal`: its `<b>` is what readers are to see."""
    raw = str(entry.get("title", "") or "")
    if literal and (entry.get("title_detail") or {}).get("type") == "text/plain":
        return shortened(" ".join(tidy(html.unescape(joined_halves(raw))).split()))
    return one_line(raw)


def _text(entry: Any) -> str:
    """Return the longest text an entry carries: its content, or its summary; only without one what its
    picture or film shows.
    """
    bodies = [str(part.get("value", "") or "") for part in entry.get("content", ()) or ()]
    longest = ""
    for body in sorted({*bodies, str(entry.get("summary", "") or "")}, key=lambda body: (-len(body), body)):
        if len(body) > len(longest):
            longest = max(longest, plain(body), key=len)
    return longest or plain(str(entry.get("media_caption") or ""))


def _date(entry: Any, names: Sequence[str], now: datetime, habits: DateHabits) -> datetime | None:
    """Return the first date that an entry has under some names."""
    for name in names:
        raw = str(entry[name] or "") if name in entry else ""
        if raw and (moment := date_of(raw, entry.get(f"{name}_parsed"), now, habits)):
            return moment
    return None


def _image(entry: Any, base: str) -> str:
    media: Iterable[Mapping[str, Any]] = [
        *(entry.get("media_content") or ()),
        *(entry.get("media_thumbnail") or ()),
        *(entry.get("enclosures") or ()),
        entry.get("image") or {},
    ]
    for item in media:
        address = web_link(item.get("url") or item.get("href"), base)
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
