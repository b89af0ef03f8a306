"""Bytes to feeds. feedparser is the reference; JSON Feed is read here, and hostile documents are refused before either sees them."""

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import feedparser.api

from bot.errors import NotAFeed
from bot.feeds.dates import date_of
from bot.feeds.markup import one_line, plain, shortened, tidy
from bot.model import ParsedEntry, ParsedFeed
from bot.pipeline.identify import clean_link
from bot.pipeline.text import language_of

MAX_ENTRIES = 500
MAX_TEXT = 60_000
MAX_DEPTH = 512
UNTITLED = "Untitled"
"""The title of an entry that has neither title nor text, link or id."""

LONGEST_INTERVAL = 31 * 86400
_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE[^>]*\[)", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<[^<>]{16384}")
_TAGS = re.compile(rb"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_UTF16 = re.compile(rb"""(<\?xml[^>]{0,200}?)\s+encoding=(["'])utf-?(?:16|32)[^"']*\2""", re.IGNORECASE)
_DECLARED = re.compile(rb"""(<\?xml[^>]{0,200}?)\s+encoding=(["'])[^"']*\2""", re.IGNORECASE)
_RELATIVE_BASE = re.compile(rb"""xml:base=["'](?!https?:)""", re.IGNORECASE)
"""Only then feedparser is told the address: it would make a link of every guid that is none, by resolving it."""

_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_VOID = re.compile(rb"(?i)</?(?:br|hr|img|p|li|meta|link|input)\b")


def parse(body: bytes, url: str, content_type: str, now: datetime) -> ParsedFeed:
    """Return the feed in a document fetched from `url`. Raises `NotAFeed` with what it is instead."""
    head = body[:2048].lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n")
    if not head:
        msg = "The address gives an empty document."
        raise NotAFeed(msg)
    if head[:1] in b"{[" and not head.startswith(b"[CDATA"):
        return _json_feed(body, url, now)
    _screen(body)
    body, content_type = _decodable(body, content_type)
    headers = {"content-type": content_type}
    if _RELATIVE_BASE.search(body):
        headers["content-location"] = url
    found = feedparser.api.parse(
        BytesIO(body),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.version and not found.entries:
        raise NotAFeed(_what_else(head))
    return _feed(found, url, now)


def _decodable(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return a body and a content type whose declared encodings do not contradict what the bytes are.

    What decodes as UTF-8 is UTF-8, whatever it is declared as. Feeds are served under every type there is;
    of the server's word only the charset counts.
    """
    if b"\x00" in body[:4] or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body, "application/xml"
    if not body.isascii() and _is_utf8(body):
        return _escaped(_undeclared(body, _DECLARED)), "application/xml; charset=utf-8"
    charset = re.search(r"charset=[\"']?([\w.-]+)", content_type, re.IGNORECASE)
    kind = f"application/xml; charset={charset[1]}" if charset else "application/xml"
    return _escaped(_undeclared(body, _UTF16)), kind


def _undeclared(body: bytes, declaration: re.Pattern[bytes]) -> bytes:
    return declaration.sub(rb"\1", body[:1024], count=1) + body[1024:]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _escaped(body: bytes) -> bytes:
    """Escape bare ampersands outside CDATA, of which feedparser makes “AT&T;”."""
    if not _BARE.search(body):
        return body
    parts = body.split(b"<![CDATA[")
    out = [_BARE.sub(b"&amp;", parts[0])]
    for part in parts[1:]:
        inside, end, after = part.partition(b"]]>")
        out.append(inside + end + _BARE.sub(b"&amp;", after))
    return b"<![CDATA[".join(out)


def _screen(body: bytes) -> None:
    """Refuse what would take feedparser minutes or hundreds of megabytes. Raises `NotAFeed`."""
    if _ENTITY.search(body[:65536]) and b"<!ENTITY" in body[:1_000_000].upper():
        msg = "The document defines XML entities, which feeds do not need and attackers use; it was not read."
        raise NotAFeed(msg)
    bare = _without(_without(body, b"<![CDATA[", b"]]>"), b"<!--", b"-->")
    if _LONG_TAG.search(bare):
        msg = "The document has a tag of more than 16 kB; it was not read."
        raise NotAFeed(msg)
    if _depth(bare) > MAX_DEPTH:
        msg = f"The document nests more than {MAX_DEPTH} elements; it was not read."
        raise NotAFeed(msg)


def _without(body: bytes, opening: bytes, closing: bytes) -> bytes:
    """Return a body without the parts between two marks, in linear time whatever an attacker leaves open."""
    kept: list[bytes] = []
    at = 0
    while (start := body.find(opening, at)) >= 0:
        kept.append(body[at:start])
        end = body.find(closing, start)
        if end < 0:
            return b"".join(kept)
        at = end + len(closing)
    kept.append(body[at:])
    return b"".join(kept)


def _depth(body: bytes) -> int:
    if body.count(b"<") < MAX_DEPTH:
        return 0
    depth = deepest = 0
    for closing, alone in _TAGS.findall(body):
        if closing:
            depth -= 1
        elif not alone:
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest if not _VOID.search(body[:20000]) or deepest > 4 * MAX_DEPTH else 0
    return deepest


def _what_else(head: bytes) -> str:
    lower = head.lower()
    if b"<html" in lower or b"<!doctype html" in lower:
        if b"challenge" in lower or b"just a moment" in lower:
            return "The site answers with a challenge for browsers instead of a feed."
        return "The address gives a web page, not a feed."
    return "The document is not a feed that can be read (RSS, Atom, RDF or JSON Feed)."


def _feed(found: Any, url: str, now: datetime) -> ParsedFeed:
    about = found.feed
    language = _code(about.get("language", ""))
    atom = found.version.startswith("atom")
    base = url if atom else _http(about.get("link", ""), url) or url
    entries = [_entry(entry, base, url, language, now, literal=atom) for entry in found.entries[:MAX_ENTRIES]]
    return ParsedFeed(
        one_line(about.get("title", "")),
        _http(about.get("link", ""), url),
        language,
        tuple(entries),
        _interval(about),
    )


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
        language=language_of(f"{title}. {text[:300]}", _code(entry.get("language", "")) or language),
        published=_date(entry, "published", now)
        or _date(entry, "updated", now)
        or _date(entry, "created", now),
        updated=_date(entry, "updated", now),
        image=_image(entry, url),
    )


def _link(entry: Any, guid: str, base: str) -> str:
    """Return an entry's link. A guid is one only if it is an absolute address: feedparser offers any as a link."""
    raw = str(entry.get("feedburner_origlink") or entry.get("link", "") or "").strip()
    absolute = guid.startswith(("http://", "https://"))
    if raw == guid and not absolute:
        return ""
    return _http(raw, base) or (_http(guid, base) if absolute else "")


def _title(entry: Any, text: str, *, literal: bool) -> str:
    """Return a title on one line. In Atom, plain text is `literal`: its `<b>` is what readers are to see."""
    raw = str(entry.get("title", "") or "")
    if literal and (entry.get("title_detail") or {}).get("type") == "text/plain":
        title = shortened(" ".join(tidy(html.unescape(raw)).split()))
    else:
        title = one_line(raw)
    return title or text.split("\n", 1)[0][:100]


def _text(entry: Any) -> str:
    """Return the longest text an entry carries: its content, or its summary."""
    bodies = [str(part.get("value", "") or "") for part in entry.get("content", ()) or ()]
    candidates = [plain(body) for body in (*bodies, str(entry.get("summary", "") or ""))]
    return max(candidates, key=len, default="")


def _date(entry: Any, name: str, now: datetime) -> datetime | None:
    if name not in entry:
        return None
    return date_of(str(entry[name] or ""), entry.get(f"{name}_parsed"), now)


def _http(link: Any, base: str) -> str:
    """Return an absolute http(s) link, empty for anything else (javascript:, mailto:, a bare guid)."""
    text = str(link or "").strip()
    if not text:
        return ""
    try:
        absolute = urljoin(base, text)
        parts = urlsplit(absolute)
    except ValueError:
        return ""
    good = parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"\s", absolute)
    return absolute[:2000] if good else ""


def _image(entry: Any, url: str) -> str:
    media: Iterable[Mapping[str, Any]] = [
        *(entry.get("media_content") or ()),
        *(entry.get("media_thumbnail") or ()),
        *(entry.get("enclosures") or ()),
    ]
    for item in media:
        address = _http(item.get("url") or item.get("href"), url)
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


def _code(language: Any) -> str:
    return str(language or "").strip().replace("_", "-").split("-")[0].lower()[:8]


def _json_feed(body: bytes, url: str, now: datetime) -> ParsedFeed:
    """Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        msg = "The document looks like JSON but is broken."
        raise NotAFeed(msg) from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        msg = "The document is JSON, but not a JSON Feed (it has no list of items)."
        raise NotAFeed(msg)
    language = _code(data.get("language"))
    base = _http(data.get("home_page_url"), url) or url
    items = [item for item in data["items"][:MAX_ENTRIES] if isinstance(item, dict)]
    entries = tuple(_json_entry(item, base, language, now) for item in items)
    return ParsedFeed(
        one_line(str(data.get("title") or "")),
        _http(data.get("home_page_url"), url),
        language,
        tuple(entries),
    )


def _json_entry(item: Mapping[str, Any], base: str, language: str, now: datetime) -> ParsedEntry:
    rich, bare, short = (str(item.get(name) or "") for name in ("content_html", "content_text", "summary"))
    text = plain(rich) if rich else tidy(bare or short)
    title = one_line(str(item.get("title") or "")) or text.split("\n", 1)[0][:100]
    people = item.get("authors") or [item.get("author") or {}]
    author = (
        people[0].get("name", "")
        if isinstance(people, list) and people and isinstance(people[0], dict)
        else ""
    )
    return ParsedEntry(
        guid=str(item.get("id") or "").strip()[:1000],
        link=clean_link(_http(item.get("url") or item.get("external_url"), base)),
        title=title or str(item.get("url") or item.get("id") or UNTITLED)[:100],
        text=text[:MAX_TEXT],
        author=one_line(str(author), 100),
        language=language_of(f"{title}. {text[:300]}", _code(item.get("language")) or language),
        published=_json_date(item.get("date_published"), now) or _json_date(item.get("date_modified"), now),
        updated=_json_date(item.get("date_modified"), now),
        image=_http(item.get("image") or item.get("banner_image"), base),
    )


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


def body_hash(body: bytes) -> str:
    """Return the hash by which an unchanged body is known."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()
