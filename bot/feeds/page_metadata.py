"""What a page says of itself: JSON-LD first, then OpenGraph, meta elements and time elements."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from bot.errors import AddressRefused
from bot.feeds.dates import known_form
from bot.feeds.links import language_code, web_link
from bot.feeds.markup import one_line, plain
from bot.feeds.public_addresses import check_url

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier dates are placeholders."""

NODES = 200
"""JSON-LD objects that are looked at; shops list thousands."""

_ARTICLES = frozenset(
    {"blogposting", "liveblogposting", "report", "reviewnewsarticle", "socialmediaposting", "webpage"}
)
_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "pubdate",
    "publishdate",
    "parsely-pub-date",
    "sailthru.date",
)
_AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
)
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a page says of itself, as plain text; `body` is the article as JSON-LD holds it, `free` False
    where it says that readers pay.
    """

    titles: tuple[str, ...] = ()
    site: str = ""
    language: str = ""
    author: str = ""
    published: datetime | None = None
    image: str = ""
    body: str = ""
    free: bool = True

    @property
    def title(self) -> str:
        """The name it gives the article, empty where it gives none."""
        return self.titles[0] if self.titles else ""


def about(tree: Any, url: str) -> About:
    """Return what a parsed page at an address says of itself."""
    meta = _meta(tree)
    article = _article(tree)
    return About(
        titles=_titles(tree, meta, article),
        site=one_line(
            meta.get("og:site_name") or _name(article.get("publisher")) or meta.get("application-name", ""),
            100,
        ),
        language=language_code(tree.get("lang") or article.get("inLanguage") or meta.get("og:locale", "")),
        author=_author(meta, article),
        published=_published(tree, meta, article),
        image=_image(meta, article, url),
        body=plain(_text(article.get("articleBody"))),
        free=str(article.get("isAccessibleForFree", True)).lower().rsplit("/", 1)[-1] not in {"false", "no"},
    )


def _meta(tree: Any) -> Mapping[str, str]:
    """Return the contents of meta elements by name or property in lower case; the first of a name counts."""
    values: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        if content := (node.get("content") or "").strip():
            values.setdefault(name.strip().lower(), content)
    return values


def _article(tree: Any) -> Mapping[str, Any]:
    """Return the JSON-LD object of the article, one with its text or its kind of payment before others; empty
    where there is none.
    """
    scripts = tree.iterfind(".//script[@type='application/ld+json']")
    nodes = islice((node for script in scripts for node in _objects(_json(script.text or ""))), NODES)
    articles = [node for node in nodes if _is_article(node)]
    return max(
        articles,
        key=lambda node: ("articleBody" in node, "headline" in node, "datePublished" in node),
        default={},
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        # Broken JSON-LD is common, and the page has the same facts elsewhere.
        return None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Give the objects of a document: those of its lists and graphs too, but none that is only a property of
    another.
    """
    for node in value if isinstance(value, list) else [value]:
        if isinstance(node, dict):
            yield node
            yield from _objects(node.get("@graph"))
            yield from _objects(node.get("mainEntity"))


def _is_article(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    names = [str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])]
    return any(name in _ARTICLES or name.endswith("article") for name in names)


def _titles(tree: Any, meta: Mapping[str, str], article: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the article's title in its spellings, the best first."""
    heads = [head.text_content() for head in islice(tree.iter("h1"), 3)]
    names = [
        _text(article.get("headline")),
        meta.get("og:title", ""),
        *heads,
        meta.get("twitter:title", ""),
        tree.findtext(".//title") or "",
    ]
    return tuple(dict.fromkeys(title for name in names if (title := one_line(name))))


def _author(meta: Mapping[str, str], article: Mapping[str, Any]) -> str:
    """Return who wrote it, at most five names."""
    given = article.get("author") or article.get("creator")
    people = given if isinstance(given, list) else [given]
    names = [_name(person) for person in people] + [meta.get(name, "") for name in _AUTHORS]
    clean = [
        one_line(name, 80).removeprefix("By ").removeprefix("by ") for name in names if "://" not in name
    ]
    names_once = list(dict.fromkeys(name for name in clean if name))
    return ", ".join(names_once[: max(1, min(5, sum(1 for person in people if _name(person))))])


def _name(value: Any) -> str:
    """Return the name of a person or an organisation, however JSON-LD writes it."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n\n".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _published(tree: Any, meta: Mapping[str, str], article: Mapping[str, Any]) -> datetime | None:
    times = [node.get("datetime") or "" for node in islice(tree.iter("time"), 2)]
    date_texts = [_text(article.get("datePublished")), *(meta.get(name, "") for name in _DATES), *times]
    moments = (known_form(raw.strip()) for raw in date_texts if raw)
    return next((moment for moment in moments if moment and moment >= OLDEST), None)


def _image(meta: Mapping[str, str], article: Mapping[str, Any], url: str) -> str:
    """Return the address of the article's picture, empty where none is public."""
    addresses = [*(meta.get(name, "") for name in _IMAGES), *_pictures(article.get("image"))]
    return next((link for raw in addresses if raw and (link := _public(web_link(raw, url)))), "")


def _pictures(value: Any) -> Sequence[str]:
    if isinstance(value, list):
        return [link for one in value[:3] for link in _pictures(one)]
    return [_text(value.get("url"))] if isinstance(value, dict) else [_text(value)]


def _public(link: str) -> str:
    try:
        check_url(link)
    except AddressRefused:
        # A picture that nobody outside can load is none.
        return ""
    return link
