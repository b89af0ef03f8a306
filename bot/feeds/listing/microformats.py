"""Lists that a page marks for machines by classes (microformats2): the entries of an `h-feed`, of which notes
have no title, and their link on the date alone (microformats.org/wiki/h-entry).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.feeds.kinds.posts import title_of_post
from bot.feeds.listing.dates import Dates, from_attribute
from bot.feeds.listing.items import MAX_TEASER, MAX_TITLE, Item
from bot.feeds.listing.outline import Element, Outline
from bot.feeds.markup import shortened

ENTRY = "h-entry"
_THINGS = frozenset({ENTRY, "h-cite", "h-card", "h-event", "h-review", "h-product", "h-item"})
"""Classes that mark a thing by itself."""

_ANSWERS = frozenset({"u-like-of", "u-repost-of", "u-in-reply-to", "u-bookmark-of"})
"""What an entry holds that only answers to another page, or repeats it."""


def marked_items(outline: Outline, dates: Dates) -> tuple[Item, ...]:
    """Return the entries that a page marks as such, each link once; what stands within another is none."""
    by_link: dict[str, Item] = {}
    end = 0
    for element in outline.elements:
        if ENTRY in element.classes and element.number >= end:
            end = outline.ends[element.number]
            item = _item(outline, _own_elements(outline, element.number), dates)
            if item is not None:
                by_link.setdefault(item.link, item)
    return tuple(by_link.values())


def _own_elements(outline: Outline, number: int) -> list[Element]:
    """Return the elements of an entry without those of what stands within it: comments, cards of people."""
    elements: list[Element] = []
    inner_end = number + 1
    for element in outline.elements[number + 1 : outline.ends[number]]:
        if element.number >= inner_end and not _THINGS.isdisjoint(element.classes):
            inner_end = outline.ends[element.number]
        if element.number >= inner_end:
            elements.append(element)
    return elements


def _item(outline: Outline, elements: Sequence[Element], dates: Dates) -> Item | None:
    if any(not _ANSWERS.isdisjoint(element.classes) for element in elements):
        return None
    link = next(_addresses(outline, elements), "")
    text = _text(outline, elements, "p-summary") or _text(outline, elements, "e-content")
    title = shortened(_text(outline, elements, "p-name"), MAX_TITLE) or title_of_post(text)
    if not (link and title):
        return None
    return Item(link, title, _published(outline, elements, dates), text[:MAX_TEASER])


def _addresses(outline: Outline, elements: Sequence[Element]) -> Iterator[str]:
    for element in elements:
        if "u-url" in element.classes and (link := outline.link(element.attributes.get("href", ""))):
            yield link


def _text(outline: Outline, elements: Sequence[Element], name: str) -> str:
    return next((outline.text(element.number) for element in elements if name in element.classes), "")


def _published(outline: Outline, elements: Sequence[Element], dates: Dates) -> datetime | None:
    for element in elements:
        if "dt-published" in element.classes:
            written = element.attributes.get("datetime") or outline.text(element.number)
            if moment := from_attribute(written, dates):
                return moment
    return None
