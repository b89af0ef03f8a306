"""Public channels of Telegram by their web view: a page whose list is whole messages, read as a feed."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

from bot.feeds.dates import date_of
from bot.feeds.document_screen import uncrowded
from bot.feeds.kinds.posts import title_of_post
from bot.feeds.limits import MAX_TEXT
from bot.feeds.links import web_link
from bot.feeds.markup import one_line, plain
from bot.model import ParsedEntry, ParsedFeed
from bot.text.language import language_of, usual_language

MIN_INTERVAL = 3600
"""Seconds between two readings: the view is a page for people."""

HOSTS = frozenset({"t.me", "telegram.me"})
_MARK = b"tgme_widget_message_wrap"
_PICTURE = re.compile(r"background-image:\s?url\(['\"]?(https://[^'\")]{1,1000})")
_MARKUP = re.compile(r"<(?:/?tg-emoji|i class=\"emoji\")[^<>]{0,300}>")


def is_channel(body: bytes, url: str) -> bool:
    """Tell whether a document is the web view of a channel."""
    return (urlsplit(url).hostname or "").removeprefix("www.") in HOSTS and _MARK in body


def read_channel(body: bytes, url: str, now: datetime) -> ParsedFeed:
    """Return the messages of a channel as a feed, the newest first. Those without words are left out, and so
    are notes of what happened in the channel.
    """
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    root = lxml_html.document_fromstring(uncrowded(body), parser=parser)
    entries = [entry for message in _of_class(root, "tgme_widget_message") if (entry := _entry(message, now))]
    title = next(_of_class(root, "tgme_channel_info_header_title"), None)
    usual = usual_language(entry.language for entry in entries)
    return ParsedFeed(
        title=one_line(title.text_content()) if title is not None else "",
        home=web_link(url, url),
        language=usual,
        entries=tuple(reversed(entries)),
        min_interval=MIN_INTERVAL,
    )


def _of_class(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element.iter(etree.Element) if name in (child.get("class") or "").split())


def _entry(message: Any, now: datetime) -> ParsedEntry | None:
    place = message.get("data-post") or ""
    text = _text(message)
    if not text or not place or "service_message" in (message.get("class") or "").split():
        return None
    time = next(message.iter("time"), None)
    link = f"https://t.me/{place}"
    title = title_of_post(text)
    return ParsedEntry(
        guid=link,
        link=link,
        title=title,
        text=text[:MAX_TEXT],
        language=language_of(text[:300]),
        published=date_of(time.get("datetime") or "", None, now) if time is not None else None,
        image=_image(message),
    )


def _text(message: Any) -> str:
    """Return the words of a message: not those of the one that it answers, which stand above its own."""
    for element in _of_class(message, "js-message_text"):
        markup = etree.tostring(element, encoding="unicode", with_tail=False)
        return plain(_MARKUP.sub("", markup))
    return ""


def _image(message: Any) -> str:
    photos = _of_class(message, "tgme_widget_message_photo_wrap")
    matches = (_PICTURE.search(photo.get("style") or "") for photo in photos)
    return next((match[1] for match in matches if match), "")
