"""Changelogs: entries of one page that are told apart by the anchors of their headings."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from bot.feeds.listing.dates import Dates
from bot.feeds.listing.groups import HEADINGS
from bot.feeds.listing.items import MAX_TEASER, MAX_TITLE, Item
from bot.feeds.listing.outline import Outline
from bot.feeds.markup import shortened

FEWEST = 3
DATED_SHARE = 0.8
"""Share of the entries that must have a date: the chapters of any article are headings with anchors, too."""

DATE_REACH = 4
"""Texts after a heading in which its date may stand."""


def anchored_entries(outline: Outline, dates: Dates) -> tuple[Item, ...]:
    """Return the dated entries of a page whose headings have anchors, empty where there are none."""
    for tag in sorted(HEADINGS):
        heads = [(number, anchor) for number, anchor in _heads(outline, tag) if anchor]
        if len(heads) >= FEWEST and len({anchor for _, anchor in heads}) == len(heads):
            items = _items(outline, heads, dates)
            days = [item.published for item in items if item.published]
            if len(items) >= FEWEST and len(days) >= DATED_SHARE * len(items) and _is_newest_first(days):
                return items
    return ()


def _heads(outline: Outline, tag: str) -> list[tuple[int, str]]:
    return [
        (element.number, _anchor(outline, element.number))
        for element in outline.elements
        if element.tag == tag
    ]


def _anchor(outline: Outline, number: int) -> str:
    """Return the name by which an address can lead to a heading, empty for none."""
    elements = [number, *range(number + 1, outline.ends[number])]
    parent = outline.elements[number].parent
    if parent >= 0 and outline.elements[parent].tag in {"section", "article", "div", "li"}:
        elements.append(parent)
    for nearby_number in elements:
        attributes = outline.elements[nearby_number].attributes
        anchor = attributes.get("id") or (
            attributes.get("name", "") if outline.elements[nearby_number].tag == "a" else ""
        )
        href = attributes.get("href", "")
        if anchor or (href.startswith("#") and len(href) > 1):
            return anchor or href[1:]
    return ""


def _items(outline: Outline, heads: Sequence[tuple[int, str]], dates: Dates) -> tuple[Item, ...]:
    result = []
    page = outline.url.split("#")[0]
    for at, (number, anchor) in enumerate(heads):
        end = outline.starts[heads[at + 1][0]] if at + 1 < len(heads) else len(outline.texts)
        title, following = outline.text(number), outline.texts[outline.stops[number] : end]
        published = _day(title, [text.words for text in following[:DATE_REACH]], dates)
        sentences = [text.words for text in following if not dates.find_exact(text.words)]
        if dates.find_exact(title) and sentences:
            title = sentences[0]
        if title and published:
            result.append(
                Item(
                    f"{page}#{anchor}",
                    shortened(title, MAX_TITLE),
                    published,
                    " ".join(sentences)[:MAX_TEASER],
                )
            )
    return tuple(result)


def _day(title: str, following: Sequence[str], dates: Dates) -> datetime | None:
    result = dates.find(title) or next(
        (result for words in following if (result := dates.find_exact(words)) and result.sure >= 2), None
    )
    return result.moment if result and result.sure >= 2 else None


def _is_newest_first(days: Sequence[datetime]) -> bool:
    return all(later <= earlier for earlier, later in pairwise(days))
