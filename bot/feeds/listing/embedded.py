"""Lists in the state that scripts draw a page from: `__NEXT_DATA__`, flight data, `__NUXT__`,
`__INITIAL_STATE__` and other JSON.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from bot.feeds.listing.dates import Dates, from_attribute
from bot.feeds.listing.items import MAX_TEASER, MAX_TITLE, UNDATED, Item, count_words
from bot.feeds.listing.outline import Outline
from bot.feeds.listing.structured import load_json
from bot.feeds.listing.subjects import subject_named
from bot.feeds.markup import one_line, plain

MAX_SCRIPT = 4_000_000
STATES = 40
"""Variables of one script that are looked at."""

VALUES = 100_000
"""Values of a page's data that are looked at."""

FEWEST = 3
DATED_SHARE = 0.6
"""Share of a list's objects that must have a date: state also holds menus, teams and products."""

WORDS = 3.0
"""Words that titles have on average at least."""

_TITLES = ("title", "headline", "name", "heading")
_LINKS = ("url", "href", "link", "permalink", "canonicalUrl", "canonical_url", "path", "uri", "slug")
_DATES = re.compile(r"publish|date|created|posted|time", re.IGNORECASE)
_CHANGES = re.compile(r"updat|modif|edit|expir|end|unpublish|deadline", re.IGNORECASE)
_TEASERS = ("excerpt", "summary", "description", "subtitle", "dek", "teaser")
_IMAGES = ("image", "cover", "thumbnail", "heroImage", "featuredImage", "coverImage")
_FLIGHT = re.compile(r"self\.__next_f\.push\(\s*(\[.*\])\s*\)", re.DOTALL)
_STATE = re.compile(r"(?:window|self|globalThis)(?:\.|\[[\"'])[\w$]+(?:[\"']\])?\s*=\s*(?=[\[{])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ROW = re.compile(rb"\n?[0-9a-f]{1,8}:(?:T([0-9a-f]{1,8}),)?")


MAX_LISTS = 200
"""Lists of a page's data that are looked at: pages hold a few dozen."""


def embedded_items(outline: Outline, dates: Dates) -> tuple[Item, ...]:
    """Return the longest list of dated, titled and linked objects in a page's data, newest first; empty where
    there is none.
    """
    best: tuple[Item, ...] = ()
    slugs = _links_by_slug(outline)
    for rows in islice(_lists(outline.scripts), MAX_LISTS):
        items = _items(rows, outline, slugs, dates)
        dated_items = [item for item in items if item.published]
        is_better = (_has_several_days(items), len(items)) > (_has_several_days(best), len(best))
        if len(items) >= FEWEST and len(dated_items) >= DATED_SHARE * len(items) and is_better:
            words = sum(count_words(item.title) for item in items) / len(items)
            best = items if words >= WORDS else best
    return tuple(sorted(best, key=lambda item: item.published or UNDATED, reverse=True))


def _has_several_days(items: Sequence[Item]) -> bool:
    """Tell whether items are of several days: what a program made all at once has one."""
    return len({item.published for item in items}) > 1


def _lists(scripts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Give the lists of objects in the data of scripts, without what is called jobs, events or guides."""
    budget = VALUES
    for document in _documents(scripts):
        waiting = [document]
        while waiting and budget > 0:
            budget -= 1
            value = waiting.pop()
            if isinstance(value, list):
                rows = [row for row in (_unwrapped(value_or_element) for value_or_element in value) if row]
                if len(rows) >= FEWEST:
                    yield rows
                waiting.extend(value)
            elif isinstance(value, dict):
                waiting.extend(inner for name, inner in value.items() if not subject_named(_parted(name)))


def _parted(name: str) -> str:
    """Return the words of a name in data: openPositions, open_positions."""
    return _CAMEL.sub(" ", name[:60])


def _unwrapped(value: Any) -> Mapping[str, Any] | None:
    """Return an object, also out of the one that wraps it (`node`, `attributes`, `fields`)."""
    for _ in range(2):
        if not isinstance(value, dict):
            return None
        inner = next(
            (
                value[name]
                for name in ("node", "attributes", "fields", "post")
                if isinstance(value.get(name), dict)
            ),
            None,
        )
        if inner is None or any(name in value for name in _TITLES):
            return value
        value = inner
    return value if isinstance(value, dict) else None


def _documents(scripts: Sequence[tuple[str, str]]) -> Iterator[Any]:
    flight = []
    for kind, script in scripts:
        text = script.strip()[:MAX_SCRIPT]
        if "json" in kind and "ld+json" not in kind:
            yield load_json(text)
        elif result := _FLIGHT.fullmatch(text.rstrip(";")):
            pushed = load_json(result[1])
            flight += [part for part in pushed if isinstance(part, str)] if isinstance(pushed, list) else []
        else:
            for match in islice(_STATE.finditer(text), STATES):
                yield _first_value(text, match.end())
    yield from _rows("".join(flight).encode("utf-8", "replace"))


def _rows(flight: bytes) -> Iterator[Any]:
    """Give the values in flight data, as React's server components send it: a row a line, texts with their
    length in bytes instead.
    """
    at = 0
    while at < len(flight):
        match = _ROW.match(flight, at)
        if match and match[1] is not None:
            at = match.end() + int(match[1], 16)
            continue
        end = flight.find(b"\n", at + 1)
        end = len(flight) if end < 0 else end
        if match and flight[match.end() : match.end() + 1] in {b"[", b"{"}:
            yield load_json(flight[match.end() : end].decode("utf-8", "replace"))
        at = end


def _first_value(text: str, start: int) -> Any:
    """Return the JSON value that begins at a place of a text, None where it is none."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        # Scripts hold much that only looks like data.
        return None


def _items(
    rows: Sequence[Mapping[str, Any]], outline: Outline, slugs: Mapping[str, str], dates: Dates
) -> tuple[Item, ...]:
    result: dict[str, Item] = {}
    for row in rows:
        title = one_line(_first(row, _TITLES))
        link = _link(row, outline, slugs)
        if title and link:
            teaser = plain(_first(row, _TEASERS))[:MAX_TEASER]
            result.setdefault(
                link,
                Item(
                    link,
                    title[:MAX_TITLE],
                    _published(row, dates),
                    teaser,
                    outline.link(_first(row, _IMAGES)),
                ),
            )
    return tuple(result.values())


def _links_by_slug(outline: Outline) -> Mapping[str, str]:
    """Return the links of the page by the last part of their path, for rows that have only that."""
    links = (
        outline.link(value_or_element.attributes.get("href", ""))
        for value_or_element in outline.elements
        if value_or_element.tag == "a"
    )
    return {urlsplit(link).path.rstrip("/").rsplit("/", 1)[-1]: link for link in links if link}


def _link(row: Mapping[str, Any], outline: Outline, slugs: Mapping[str, str]) -> str:
    """Return where an object leads. A bare name (“slug”) is that of a link on the page, else of a page below
    this one.
    """
    for name in _LINKS:
        value = row.get(name)
        if isinstance(value, dict):
            value = value.get("current") or value.get("url") or value.get("href")
        if not isinstance(value, str) or not value or " " in value:
            continue
        if "/" in value.strip("/") or value.startswith("/"):
            return outline.link(value if value.startswith(("/", "http")) else "/" + value)
        if name == "slug":
            return slugs.get(value) or outline.link(
                f"{outline.url.split('?')[0].split('#')[0].rstrip('/')}/{value}"
            )
    return ""


def _published(row: Mapping[str, Any], dates: Dates) -> Any:
    names = sorted(
        (name for name in row if _DATES.search(name)),
        key=lambda name: (
            bool(_CHANGES.search(name)),
            not re.search("publish", name, re.IGNORECASE),
            name != "date",
        ),
    )
    return next((moment for name in names if (moment := from_attribute(str(row[name]), dates))), None)


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, dict):
            value = value.get("rendered") or value.get("url") or value.get("src") or value.get("text")
        if isinstance(value, str) and value.strip():
            return value
    return ""
