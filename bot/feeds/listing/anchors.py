"""Changelogs: entries of one page below headings that are dates or versions, or that have anchors."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, takewhile
from urllib.parse import urlsplit

from bot.feeds.kinds.projects import names_of_project, project_of
from bot.feeds.kinds.releases import notes_of, titled_version
from bot.feeds.kinds.versions import (
    any_spelling,
    find_version,
    is_bare_version,
    is_label,
    number_of,
    product_of,
    telling_note,
)
from bot.feeds.listing.dates import Dates, from_attribute
from bot.feeds.listing.groups import HEADINGS, plain_class
from bot.feeds.listing.items import INLINE, MAX_TEASER, MAX_TITLE, Item, width
from bot.feeds.listing.outline import Outline, Text, join_texts
from bot.feeds.markup import shortened
from bot.text.stopwords import STOPWORDS
from bot.text.words import fold

FEWEST = 3
MOST_SHARE = 0.8
"""Share of the entries that must have a date or a version: the chapters of any article are headings with
anchors, too.
"""

DATE_REACH = 4
"""Texts after a heading in which its date may stand."""

SHORT_LABEL = 4
"""Words up to which a line that several entries begin with is a label."""

WIDEST_LABEL = 32
"""Letters of such a line, an ideograph counted as three."""

LONGEST_VERSION = 30
"""Letters of a text that is a version."""

NAME_WORDS = 3
"""Words beside a version up to which they are its name: the third is a day of the week, or a colour."""

_HOLDERS = frozenset({"section", "article", "div", "li", "header", "details", "summary"})
_TAGS = (*sorted(HEADINGS), "dt", "summary")
_RIM = " \t[](){}（）【】「」-–—:：·,|#\u200b¶§🔗"
_EMPTY_BRACKETS = re.compile(r"[\[({（【]\s?[\])}）】]")
_MARK_BEHIND = re.compile(r"[\[(][^\[\]()\d]{1,20}[\])]\s{0,9}$")
_FIGURES = re.compile(r"\d+")


_NearDay = tuple[int, datetime] | None
"""A day beside a heading, with how many texts away it stands."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A heading: its element, its anchor, the version that it names, what else stands in it, its date, and
    the lines below it.
    """

    number: int
    anchor: str
    version: str
    words: str
    published: datetime | None
    lines: Sequence[str]
    page: str
    """The page of its own that the heading links to, on the same host."""

    is_bare: bool
    """Whether the heading is nothing but its date and version, with a mark in brackets (“[YANKED]”)."""

    @property
    def is_marked(self) -> bool:
        """Whether it is the heading of an entry: with a date or a version."""
        return bool(self.published or self.version) and (self.is_bare or not is_label(self.words))


def anchored_entries(outline: Outline, dates: Dates) -> tuple[Item, ...]:
    """Return the entries of a page below dated or numbered headings, empty where there are none."""
    for tag in _TAGS:
        numbers = [element.number for element in outline.elements if element.tag == tag]
        if len(numbers) < FEWEST:
            continue
        heads = _without_rim(_heads(outline, numbers, dates))
        if _is_changelog(heads):
            return _items(outline, heads)
    for numbers in _versions_alone(outline):
        heads = _heads(outline, numbers, dates)
        if _is_changelog(heads) and all(telling_note(head.lines) for head in heads):
            return _items(outline, heads)
    return ()


def _versions_alone(outline: Outline) -> list[list[int]]:
    """Return groups of elements that hold a version and nothing else, in the places of headings."""
    groups: dict[tuple[str, str], list[int]] = {}
    for text in outline.texts:
        element = outline.elements[text.element]
        if len(text.words) <= LONGEST_VERSION and is_bare_version(text.words) and find_version(text.words):
            groups.setdefault((element.tag, plain_class(element.classes)), []).append(element.number)
    return [numbers for numbers in groups.values() if len(set(numbers)) == len(numbers) >= FEWEST]


def has_versions(items: Sequence[Item]) -> bool:
    """Tell whether the titles of most items are versions alone."""
    return sum(is_bare_version(item.title) for item in items) * 2 > len(items)


def _is_changelog(heads: Sequence[_Head]) -> bool:
    """Tell whether headings are those of a changelog: most have a date or a version, they stand in their
    order, and each can be led to or is nothing but its mark.
    """
    marked = [head for head in heads if head.is_marked]
    if len(marked) < FEWEST or len(marked) < MOST_SHARE * len(heads):
        return False
    anchors = [head.anchor for head in marked if head.anchor]
    is_led_to = len(anchors) == len(marked) == len(set(anchors))
    names = _product_names(marked)
    bare_share = sum(head.is_bare or fold(head.words) in names for head in marked) / len(marked)
    if not is_led_to and bare_share < 1:
        return False
    days = [head.published for head in marked if head.published]
    if len(days) >= MOST_SHARE * len(marked):
        return all(later <= earlier for earlier, later in pairwise(days))
    versions: dict[str, list[tuple[int, ...]]] = {}
    for head in marked:
        if head.version:
            versions.setdefault(fold(head.words), []).append(_sorted_by(head.version))
    count = sum(map(len, versions.values()))
    return count >= MOST_SHARE * len(marked) and bare_share >= MOST_SHARE and _is_falling(versions.values())


def _product_names(heads: Sequence[_Head]) -> frozenset[str]:
    """Return what versions are of, as `fold` gives it: short words that several headings share."""
    counts = Counter(fold(head.words) for head in heads if head.version and head.words)
    return frozenset(name for name, count in counts.items() if count > 1 and len(name.split()) <= NAME_WORDS)


def _is_falling(versions: Iterable[Sequence[tuple[int, ...]]]) -> bool:
    """Tell whether most versions of each product are below the one before: older lines are mended between
    newer ones.
    """
    pairs = [pair for numbers in versions for pair in pairwise(numbers)]
    falling = sum(later < earlier for earlier, later in pairs)
    return bool(pairs) and falling >= MOST_SHARE * len(pairs)


def _sorted_by(version: str) -> tuple[int, ...]:
    return tuple(int(figures[:9]) for figures in _FIGURES.findall(version))


def _without_rim(heads: Sequence[_Head]) -> list[_Head]:
    """Return headings from the first to the last that is marked: around them stand those of the page."""
    places = [place for place, head in enumerate(heads) if head.is_marked]
    return list(heads[places[0] : places[-1] + 1]) if places else []


def _heads(outline: Outline, numbers: Sequence[int], dates: Dates) -> list[_Head]:
    result = []
    titles = [outline.text(number) for number in numbers]
    are_versions = all(map(is_bare_version, titles)) and not all(map(dates.find_exact, titles))
    days = _days(outline, numbers, dates)
    for at, number in enumerate(numbers):
        end = outline.starts[numbers[at + 1]] if at + 1 < len(numbers) else _last_stop(outline, numbers)
        title = outline.text(number)
        date = None if are_versions else dates.find_exact(title) or dates.find(title)
        date = date if date and date.sure >= 2 else None
        bare = (title[: date.start] + " " + title[date.end :]) if date else title
        version = find_version(bare)
        published = date.moment if date else days[at]
        words = (bare[: version.start()] + " " + bare[version.end() :]) if version else bare
        lines = [
            line
            for line in _lines(outline, outline.stops[number], end)
            if not dates.find_exact(line.strip("- "))
        ]
        result.append(
            _Head(
                number,
                _anchor(outline, number),
                version[0] if version else "",
                _trimmed(words),
                published,
                lines,
                _own_page(outline, number),
                is_bare=not _trimmed(_MARK_BEHIND.sub("", words)),
            )
        )
    return result


def _days(outline: Outline, numbers: Sequence[int], dates: Dates) -> list[datetime | None]:
    """Return the days that stand beside some headings: of all of them below, or of all of them above. It is
    the side on which more have one, or nearer ones.
    """
    lower_days: list[_NearDay] = []
    upper_days: list[_NearDay] = []
    for at, number in enumerate(numbers):
        start, stop = outline.starts[number], outline.stops[number]
        first = outline.stops[numbers[at - 1]] if at else 0
        end = outline.starts[numbers[at + 1]] if at + 1 < len(numbers) else _last_stop(outline, numbers)
        following = outline.texts[stop : min(end, stop + DATE_REACH)]
        preceding = outline.texts[max(first, start - DATE_REACH) : start][::-1]
        last = max((text.element for text in following), default=number)
        later_numbers = range(number, max(last, outline.ends[number] - 1) + 1)
        earlier_numbers = range(number - 1, outline.ends[numbers[at - 1]] - 1 if at else -1, -1)
        lower_elements = ((max(0, outline.starts[n] - stop), n) for n in later_numbers)
        upper_elements = ((max(0, start - outline.stops[n]), n) for n in earlier_numbers)
        lower_days.append(_nearest_day(outline, following, lower_elements, dates))
        upper_days.append(_nearest_day(outline, preceding, upper_elements, dates))
    versions = [place for place, number in enumerate(numbers) if find_version(outline.text(number))]
    places = versions or range(len(numbers))
    side = min((lower_days, upper_days), key=lambda days: _distance([days[place] for place in places]))
    return [day[1] if day else None for day in side]


def _distance(days: Sequence[_NearDay]) -> tuple[int, int]:
    """Return how many of some headings have no day beside them, and how far away those of the others are."""
    return days.count(None), sum(day[0] for day in days if day)


def _nearest_day(
    outline: Outline, texts: Sequence[Text], elements: Iterable[tuple[int, int]], dates: Dates
) -> _NearDay:
    """Return the nearest day of some texts that are one, and of time elements among some, each with how many
    texts away it stands, that give one to machines.
    """
    days = [
        (distance, result.moment)
        for distance, text in enumerate(texts)
        if (result := dates.find_exact(text.words)) and result.sure >= 2
    ]
    for distance, number in takewhile(lambda element: element[0] < DATE_REACH, elements):
        element = outline.elements[number]
        if element.tag == "time" and (day := from_attribute(element.attributes.get("datetime", ""), dates)):
            days.append((distance, day))
    return min(days, key=lambda day: day[0], default=None)


def _trimmed(words: str) -> str:
    """Return what a heading holds beside its date and version, without what only led to these."""
    rest = _EMPTY_BRACKETS.sub(" ", " ".join(words.split())).strip(_RIM).split()
    while rest and fold(rest[-1]) in STOPWORDS:
        rest.pop()
    return " ".join(rest).strip(_RIM)


def _own_page(outline: Outline, number: int) -> str:
    """Return where a heading links to on its host, empty where that is a part of its page, or nowhere."""
    around = next((n for n in outline.ancestors(number) if outline.elements[n].tag == "a"), number)
    for nearby_number in range(min(around, number), outline.ends[number]):
        element = outline.elements[nearby_number]
        link = outline.link(element.attributes.get("href", "")) if element.tag == "a" else ""
        if link and urlsplit(link).hostname == urlsplit(outline.url).hostname:
            return link if link.split("#")[0].rstrip("/") != outline.url.split("#")[0].rstrip("/") else ""
    return ""


def _last_stop(outline: Outline, numbers: Sequence[int]) -> int:
    """Return where the texts of the last entry end: with the element that holds all headings."""
    holder = next(
        (number for number in outline.ancestors(numbers[-1]) if outline.holds(number, numbers[0])), -1
    )
    return outline.stops[holder] if holder >= 0 else len(outline.texts)


def _anchor(outline: Outline, number: int) -> str:
    """Return the name by which an address can lead to a heading, empty for none."""
    elements = [number, *range(number + 1, outline.ends[number])]
    for ancestor in outline.ancestors(number):
        if outline.elements[ancestor].tag not in _HOLDERS:
            break
        elements.append(ancestor)
        if outline.starts[ancestor] < outline.starts[number]:
            break
    for nearby_number in elements:
        attributes = outline.elements[nearby_number].attributes
        anchor = attributes.get("id") or (
            attributes.get("name", "") if outline.elements[nearby_number].tag == "a" else ""
        )
        href = attributes.get("href", "")
        if anchor or (href.startswith("#") and len(href) > 1):
            return anchor or href[1:]
    return ""


def _lines(outline: Outline, first: int, end: int) -> Iterator[str]:
    """Give the texts below a heading, those of one block on one line; what a list counts has its mark."""
    blocks: dict[int, list[int]] = {}
    for place in range(first, end):
        number = outline.texts[place].element
        while outline.elements[number].tag in INLINE and outline.elements[number].parent >= 0:
            number = outline.elements[number].parent
        blocks.setdefault(number, []).append(place)
    for number, places in blocks.items():
        mark = "- " if outline.elements[number].tag == "li" else ""
        yield mark + join_texts([outline.texts[place] for place in places])


def _items(outline: Outline, heads: Sequence[_Head]) -> tuple[Item, ...]:
    page = outline.url.split("#")[0]
    product = product_of(_names(outline), outline.url)
    repeated = _repeated_labels(heads)
    linked = len({head.page for head in heads if head.page}) == len(heads)
    names = _product_names(heads)
    names = names if len(names) > 1 else frozenset()
    marks = Counter(_mark(head, names) for head in heads)
    result = []
    for head in heads:
        notes = notes_of("\n".join(line for line in head.lines if line not in repeated))
        title = _title(head, notes, head.words if fold(head.words) in names else product)
        if title and head.is_marked:
            text = "\n".join(notes)[:MAX_TEASER]
            mark = _mark(head, names) if marks[_mark(head, names)] == 1 else ""
            link = head.page if linked else f"{page}#{head.anchor}" if head.anchor else page
            result.append(Item(link, shortened(title, MAX_TITLE), head.published, text, guid=mark))
    return tuple(result)


def _mark(head: _Head, names: Set[str]) -> str:
    """Return what an entry is known by whatever becomes of its words: its version, with what it is of where a
    page has several products, else its day.
    """
    if head.version and fold(head.words) in names:
        return f"{head.words} {head.version}"
    return head.version or (head.published.date().isoformat() if head.published else "")


def _title(head: _Head, notes: Sequence[str], product: str) -> str:
    """Return the headline of an entry: what it is of, its version and the words of its heading; what is new
    where these are a name at most. Below a date alone it is what the notes begin with.
    """
    if not head.version:
        return head.words or _first_of(notes)
    if len(head.words.split()) > NAME_WORDS:
        return f"{product} {number_of(head.version)}: {head.words}"
    if any_spelling(product).search(head.words):
        return titled_version(head.words, head.version, notes)
    return titled_version(product, f"{number_of(head.version)} {head.words}".strip(), notes)


def _first_of(notes: Sequence[str]) -> str:
    """Return what notes begin with; where that is a version and what it is of, with what is new."""
    first = next((line.removeprefix("- ") for line in notes), "")
    if (
        find_version(first)
        and len(first.split()) <= NAME_WORDS + 1
        and (note := telling_note(notes[1:], first))
    ):
        return f"{first}: {note}"
    return first


def _names(outline: Outline) -> list[str]:
    """Return what a page is called: by its first heading, its title and its site; the page of a file in a
    repository by its project.
    """
    headings = [outline.text(element.number) for element in outline.elements if element.tag == "h1"]
    if project := project_of(outline.url):
        return names_of_project(project, outline.url, next(iter(headings[-1:]), ""), outline.title)
    return [next(iter(headings), ""), outline.title, outline.meta.get("og:site_name", "")]


def _repeated_labels(heads: Sequence[_Head]) -> frozenset[str]:
    """Return short lines that several entries have: labels in words that no list has."""
    counts = Counter(
        line
        for head in heads
        for line in {*head.lines}
        if len(line.split()) <= SHORT_LABEL and width(line) <= WIDEST_LABEL
    )
    return frozenset(line for line, count in counts.items() if count >= FEWEST)
