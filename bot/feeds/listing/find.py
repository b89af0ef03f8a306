"""From a page to its list of news, or to the reason why it has none. Heavy: runs in a worker process."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from bot.feeds.date_words import words_of
from bot.feeds.listing.anchors import anchored_entries, has_versions
from bot.feeds.listing.dates import Dates
from bot.feeds.listing.embedded import embedded_items
from bot.feeds.listing.groups import Group, groups_of, has_gaps, links_of, records_of
from bot.feeds.listing.items import Draft, Item, drafts_of, item_of, settle
from bot.feeds.listing.leads import leading_drafts
from bot.feeds.listing.microformats import marked_items
from bot.feeds.listing.notices import find_wall, is_missing
from bot.feeds.listing.outline import Outline, join_texts, read_outline
from bot.feeds.listing.plain_notes import notes_as_page
from bot.feeds.listing.signs import Sight, load_weights, sight_of, signs_of
from bot.feeds.listing.sitemap import is_sitemap, sitemap_items
from bot.feeds.listing.structured import structured_items
from bot.feeds.listing.subjects import Subject, names_of_page, subject_of
from bot.feeds.markup import tidy
from bot.feeds.page import decode_page
from bot.pipeline.entries.identify import link_key
from bot.pipeline.linear import Linear
from bot.text.language import language_of

FEWEST = 3
"""Items below which nothing is called a list."""

MOST = 200
"""Items that are taken; archives list thousands."""

SHORT_PAGE = 600
"""Letters of text below which a page with scripts is drawn by them."""

PLAIN_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
DATED_LOGIT = -2.0
"""Logit from which links with days are a list, though little else speaks for it."""

_WORD = re.compile(r"[^\W\d_]{2}|[\u2e80-\uffff]")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|table)\b", re.IGNORECASE)
LOOKED_AT = 2000
"""Characters of plain text in which markup shows that it is a page all the same."""

TELLING = 3000
"""Letters of a page that tell its language."""


class Refusal(StrEnum):
    """What a page is instead of a list of news."""

    EMPTY = "empty"
    SCRIPTS = "scripts"
    ARTICLE = "article"
    FEW = "few"
    UNCLEAR = "unclear"
    JOBS = "jobs"
    EVENTS = "events"
    GUIDES = "guides"
    MISSING = "missing"
    LOGIN = "login"
    PAYWALL = "paywall"
    CONSENT = "consent"
    CHALLENGE = "challenge"
    RESULTS = "results"
    THREAD = "thread"


class Way(StrEnum):
    """Where a list was found."""

    DATA = "data"
    STATE = "state"
    SITEMAP = "sitemap"
    PAGE = "page"
    ANCHORS = "anchors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page's list of news in its order, the page's own title and language; without items, the `refusal`."""

    items: tuple[Item, ...] = ()
    title: str = ""
    language: str = ""
    way: Way | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The likeliest list among the groups of a page: its items, and its logit."""

    drafts: Sequence[Draft]
    logit: float


def find_listing(page: bytes, url: str, now: datetime, content_type: str = "") -> Listing:
    """Return the list of news that a page (or a sitemap) at an address holds; `now` is when it was fetched.

    Its order: what the page says for machines (JSON-LD), the list that people see, entries below headings
    with anchors, entries that the page marks by classes, and the state that scripts of the page draw it from.
    Anything may be given; nothing but a `Listing` comes back.
    """
    if is_sitemap(page):
        items = sitemap_items(page, now)[:MOST]
        return (
            Listing(items=items, way=Way.SITEMAP)
            if len(items) >= FEWEST
            else Listing(refusal=Refusal.FEW if items else Refusal.UNCLEAR)
        )
    outline = read_outline(_as_page(decode_page(page, content_type), content_type), url)
    if not outline.elements:
        return Listing(refusal=Refusal.EMPTY)
    if is_missing(outline):
        return Listing(refusal=Refusal.MISSING)
    listing = _find_in(outline, _dates_of(outline, now))
    if listing.items and (subject := subject_of(outline, listing.items, now)):
        listing = Listing(refusal=Refusal(subject.value))
    return replace(
        listing, title=tidy(outline.title), language=_language(outline), items=listing.items[:MOST]
    )


def _as_page(text: str | bytes, content_type: str) -> str | bytes:
    """Return a document as a page; of plain text it holds the lines as they are."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in PLAIN_TYPES:
        return text
    words = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return text if _MARKUP.search(words[:LOOKED_AT]) else f"<pre>{html.escape(words)}</pre>"


def _language(outline: Outline) -> str:
    return language_of(join_texts(outline.texts[:400])[:TELLING], outline.language)


def _dates_of(outline: Outline, now: datetime) -> Dates:
    """Return what reads the dates of a page: in the language it declares, the one it is in, and English."""
    languages = (outline.language, _language(outline), "en")
    return Dates(words_of(tuple(dict.fromkeys(filter(None, languages)))), now)


def _find_in(outline: Outline, dates: Dates) -> Listing:
    links = links_of(outline)
    sight = sight_of(outline, links)
    choice = _likeliest(outline, sight, groups_of(outline, links), dates)
    visible: tuple[Item, ...] = ()
    if choice and (
        choice.logit >= 0 or (choice.logit >= DATED_LOGIT and _are_dated_rows(choice.drafts, dates))
    ):
        leads = leading_drafts(outline, sight, links, choice.drafts, dates)
        visible = tuple(item_of(outline, draft) for draft in (*leads, *choice.drafts))
    class_items = marked_items(outline, dates)
    if _are_permalinks(visible, dates) and _is_marked(visible, class_items):
        visible = class_items
    structured = structured_items(outline, dates)
    if len(structured) >= FEWEST and _is_the_list(structured, visible, sight):
        return Listing(items=_completed(structured, visible), way=Way.DATA)
    entries = () if visible and not has_versions(visible) else _changelog(outline, dates)
    if entries:
        return Listing(items=entries, way=Way.ANCHORS)
    if visible:
        return Listing(items=visible, way=Way.PAGE)
    if len(class_items) >= FEWEST:
        return Listing(items=class_items, way=Way.DATA)
    if sight.typed_article == 0 and len(items := embedded_items(outline, dates)) >= FEWEST:
        return Listing(items=items, way=Way.STATE)
    return Listing(refusal=_refusal_of(outline, sight, choice))


def _are_dated_rows(drafts: Sequence[Draft], dates: Dates) -> bool:
    """Tell whether each item shows a day of its own that has come, the newest above the others: a table of
    releases, whose titles may be short.
    """
    days = [draft.published for draft in drafts if draft.dates and draft.published]
    falls = len(set(days)) > 1 and all(later <= earlier for earlier, later in pairwise(days))
    return falls and len(days) == len(drafts) and days[0] <= dates.now


def _are_permalinks(items: Sequence[Item], dates: Dates) -> bool:
    """Tell whether most items are called by no words: their links are on a day or a sign (“#”, “28 Nov”)."""
    bare_count = sum(not _WORD.search(item.title) or bool(dates.find_exact(item.title)) for item in items)
    return bare_count * 2 > len(items)


def _is_marked(visible: Sequence[Item], class_items: Sequence[Item]) -> bool:
    """Tell whether what a page marks by classes is the list that people see."""
    return len(class_items) >= FEWEST and _overlap(class_items, visible) * 2 > len(visible)


def _changelog(outline: Outline, dates: Dates) -> tuple[Item, ...]:
    """Return the entries of a changelog: below headings, else in a text that keeps its lines."""
    if entries := anchored_entries(outline, dates):
        return entries
    for text in outline.preformatted:
        notes = read_outline(notes_as_page(text, dates), outline.url)
        notes.title, notes.meta = outline.title, outline.meta
        if entries := anchored_entries(notes, dates):
            return entries
    return ()


def candidates(
    page: bytes, url: str, now: datetime, content_type: str = ""
) -> Iterator[tuple[list[float], tuple[Item, ...]]]:
    """Give the signs and the items of every group of links that may be a page's list;
    `benchmarks/train_listing.py` learns from them.
    """
    outline = read_outline(decode_page(page, content_type), url)
    links = links_of(outline)
    sight, dates = sight_of(outline, links), _dates_of(outline, now)
    for signs, drafts in _candidates(outline, sight, groups_of(outline, links), dates):
        yield signs, tuple(item_of(outline, draft) for draft in drafts)


def _candidates(
    outline: Outline, sight: Sight, groups: Sequence[Group], dates: Dates
) -> Iterator[tuple[list[float], Sequence[Draft]]]:
    for group in groups:
        drafts, share = _read(outline, group, dates)
        if len(drafts) >= FEWEST:
            yield signs_of(outline, sight, drafts, share), drafts


def _likeliest(outline: Outline, sight: Sight, groups: Sequence[Group], dates: Dates) -> _Choice | None:
    choices = (
        _Choice(drafts, weights().logit(signs))
        for signs, drafts in _candidates(outline, sight, groups, dates)
    )
    return max(choices, key=lambda choice: choice.logit, default=None)


def _read(outline: Outline, group: Group, dates: Dates) -> tuple[list[Draft], float]:
    """Return the titled items of a group, and which share shows its date. What stands between items goes
    where it dates more of them.
    """
    best: tuple[list[Draft], float] = ([], -1.0)
    for before in (False, True) if has_gaps(outline, group) else (False,):
        drafts = drafts_of(outline, records_of(outline, group, before=before), dates)
        share = settle(drafts, outline, dates)
        if share > best[1] + 0.01:
            best = (drafts, share)
    return [draft for draft in best[0] if draft.title], best[1]


def _is_the_list(structured: Sequence[Item], visible: Sequence[Item], sight: Sight) -> bool:
    """Tell whether what a page says for machines is its list: most of what people see is in it, or they see
    none that can be told.
    """
    if not visible:
        return sight.typed_article == 0
    return _overlap(structured, visible) * 2 >= len(visible)


def _overlap(structured: Sequence[Item], visible: Sequence[Item]) -> int:
    link_keys = {link_key(item.link) for item in structured}
    return sum(link_key(item.link) in link_keys for item in visible)


def _completed(structured: Sequence[Item], visible: Sequence[Item]) -> tuple[Item, ...]:
    """Return items with what is missing to them taken from the same ones on the page."""
    by_link = {link_key(item.link): item for item in visible}
    return tuple(_fill_gaps(item, by_link) for item in structured)


def _fill_gaps(item: Item, by_link: Mapping[str, Item]) -> Item:
    visible_item = by_link.get(link_key(item.link), item)
    return Item(
        item.link,
        item.title or visible_item.title,
        item.published or visible_item.published,
        item.teaser or visible_item.teaser,
        item.image or visible_item.image,
        is_dated_by_month=item.published is None and visible_item.is_dated_by_month,
    )


def _refusal_of(outline: Outline, sight: Sight, choice: _Choice | None) -> Refusal:
    if wall := find_wall(outline):
        return Refusal(wall.value)
    if sight.letters < SHORT_PAGE and outline.scripts:
        return Refusal.SCRIPTS
    if sight.typed_article > 0 or sight.longest_body >= 2 * SHORT_PAGE:
        return Refusal.ARTICLE
    if subject := next((name for name in names_of_page(outline) if name is not Subject.SEARCHES), None):
        return Refusal(subject.value)
    return Refusal.UNCLEAR if choice else Refusal.FEW


@lru_cache(maxsize=1)
def weights() -> Linear:
    """Return how much each sign weighs, as `benchmarks/train_listing.py` learned it."""
    return load_weights(files("bot.feeds.listing").joinpath("weights.json").read_text(encoding="utf-8"))
