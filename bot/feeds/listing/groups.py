"""Links of a page that stand alike: each group may be its list of news, and what stands around a link of it
is an item.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from statistics import median
from urllib.parse import urlsplit

from bot.feeds.listing.outline import Outline

MAX_LINKS = 4000
MAX_GROUPS = 160
SMALLEST = 3
"""Items below which links are no list."""

MAX_ITEMS = 400
"""Items of a list that are looked at, from its beginning."""

_CELLS = frozenset({"td", "th", "dd", "span", "a"})
"""Elements that mean something else in each place of a row."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LOCAL = 3
"""Elements around a link that tell its kind, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: the number of its element, and where it leads."""

    number: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What belongs to one item: elements from `start` up to `end`, texts from `first` up to `last`."""

    link: Link
    start: int
    end: int
    first: int
    last: int


Group = tuple[Link, ...]
"""Links that stand alike, in the order of the page; each target once."""


def links_of(outline: Outline) -> list[Link]:
    """Return the links of a page that lead elsewhere; not those that hand an address of its own site to
    another one, to share it.
    """
    page_url = outline.url.split("#")[0].rstrip("/")
    site = (urlsplit(outline.url).hostname or "").removeprefix("www.")
    result = []
    for element in outline.elements:
        if element.tag != "a" or not element.attributes.get("href"):
            continue
        target = outline.link(element.attributes["href"]).split("#")[0]
        if target and target.rstrip("/") != page_url and not _shares(target, site):
            result.append(Link(element.number, target))
            if len(result) >= MAX_LINKS:
                break
    return result


def _shares(target: str, site: str) -> bool:
    parts = urlsplit(target)
    host = (parts.hostname or "").removeprefix("www.")
    return bool(site) and host != site and site in f"{parts.path}?{parts.query}"


def groups_of(outline: Outline, links: Sequence[Link]) -> list[Group]:
    """Return the groups of links that may be a list: alike by their whole path, or by what is next to them,
    or headings.

    Large ones come first. A group whose links stand in several places is also given by place.
    """
    result: dict[frozenset[str], Group] = {}
    for members in _alike(outline, links):
        for part in _parts(outline, members):
            group = _distinct(part)
            if len(group) >= SMALLEST:
                result.setdefault(frozenset(link.target for link in group), group)
    return sorted(result.values(), key=lambda group: -_letters(outline, group))[:MAX_GROUPS]


def _alike(outline: Outline, links: Sequence[Link]) -> Iterator[list[Link]]:
    by_kind: dict[tuple[str, object], list[Link]] = defaultdict(list)
    tags, classes, columns = _paths(outline), _paths(outline, classes=True), _paths(outline, columns=True)
    for link in links:
        by_kind["classes", classes[link.number]].append(link)
        by_kind["tags", tags[link.number]].append(link)
        by_kind["columns", columns[link.number]].append(link)
        by_kind["local", _nearest(outline, link.number)].append(link)
        if heading := _heading(outline, link.number):
            by_kind["heading", heading].append(link)
            by_kind["headings", ""].append(link)
        if article := next(
            (n for n in outline.ancestors(link.number) if outline.elements[n].tag == "article"), None
        ):
            by_kind["article", outline.elements[article].classes[:1]].append(link)
    for members in by_kind.values():
        if len(members) >= SMALLEST:
            yield members


def _paths(outline: Outline, *, classes: bool = False, columns: bool = False) -> list[int]:
    """Return for each element a number that elements with the same path share; with `columns` also the same
    cell of a row.
    """
    numbers: dict[tuple[int, str, str, int], int] = {}
    before: Counter[tuple[int, str]] = Counter()
    result: list[int] = []
    for element in outline.elements:
        ancestor = result[element.parent] if element.parent >= 0 else -1
        column = before[element.parent, element.tag] if columns and element.tag in _CELLS else 0
        before[element.parent, element.tag] += 1
        kind = (ancestor, element.tag, plain_class(element.classes) if classes else "", column)
        result.append(numbers.setdefault(kind, len(numbers)))
    return result


def plain_class(classes: Sequence[str]) -> str:
    """Return the first class without figures, which number items."""
    return next((name for name in classes if not re.search(r"\d", name)), "")


def _nearest(outline: Outline, number: int) -> tuple[tuple[str, str], ...]:
    """Return tags and classes of an element and of those next around it."""
    path = [number]
    for ancestor in outline.ancestors(number):
        if len(path) > _LOCAL:
            break
        path.append(ancestor)
    return tuple(
        (outline.elements[nearby_number].tag, plain_class(outline.elements[nearby_number].classes))
        for nearby_number in path
    )


def _heading(outline: Outline, number: int) -> str:
    """Return the heading that a link stands in or holds, empty for none."""
    for depth, ancestor in enumerate(outline.ancestors(number)):
        if outline.elements[ancestor].tag in HEADINGS:
            return outline.elements[ancestor].tag
        if depth >= 2:
            break
    inside = range(number, min(outline.ends[number], number + 30))
    return next(
        (
            outline.elements[nearby_number].tag
            for nearby_number in inside
            if outline.elements[nearby_number].tag in HEADINGS
        ),
        "",
    )


def _parts(outline: Outline, members: Sequence[Link]) -> Iterator[list[Link]]:
    """Give a group, and its links by the place where they stand, when there are several places."""
    yield list(members)
    places: dict[int, list[Link]] = defaultdict(list)
    wider: dict[int, list[Link]] = defaultdict(list)
    tops = _tops(outline, members)
    for link, top in zip(members, tops, strict=True):
        parent = outline.elements[top].parent
        places[parent].append(link)
        wider[outline.elements[parent].parent if parent >= 0 else -1].append(link)
    for parts in (places, wider):
        if 1 < len(parts) < len(members):
            yield from (part for part in parts.values() if len(part) >= SMALLEST)


def _distinct(members: Sequence[Link]) -> Group:
    first_links: dict[str, Link] = {}
    for link in members:
        first_links.setdefault(link.target, link)
    return tuple(islice(first_links.values(), MAX_ITEMS))


def _letters(outline: Outline, group: Group) -> int:
    return sum(len(text.words) for link in group for text in outline.texts_of(link.number))


def _tops(outline: Outline, members: Sequence[Link]) -> list[int]:
    """Return for each link the outermost element around it that holds no other target of its group."""
    tops = []
    for at, link in enumerate(members):
        before = next(
            (m.number for m in reversed(members[max(0, at - 6) : at]) if m.target != link.target), -1
        )
        after = next((m.number for m in members[at + 1 : at + 7] if m.target != link.target), 1 << 60)
        top = link.number
        for ancestor in outline.ancestors(link.number):
            if (
                ancestor <= before
                or outline.ends[ancestor] > after
                or outline.elements[ancestor].tag in {"body", "html"}
            ):
                break
            top = ancestor
        tops.append(top)
    return _of_usual_height(outline, members, tops)


def _of_usual_height(outline: Outline, members: Sequence[Link], tops: Sequence[int]) -> list[int]:
    """Bring items that stand alone in a place, and so would take all of it, to the height of the others."""
    heights = [_height(outline, link.number, top) for link, top in zip(members, tops, strict=True)]
    usual = sorted(heights)[(len(heights) * 3 - 1) // 4] if heights else 0
    result = []
    for link, top, height in zip(members, tops, heights, strict=True):
        number = link.number
        for _ in range(usual if height > usual else 0):
            number = outline.elements[number].parent
        result.append(number if height > usual else top)
    return result


def _height(outline: Outline, number: int, top: int) -> int:
    height = 0
    while number != top:
        number = outline.elements[number].parent
        height += 1
    return height


def has_gaps(outline: Outline, group: Group) -> bool:
    """Tell whether texts stand between the items of a group, beside what surrounds each."""
    tops = _tops(outline, group)
    return any(
        outline.elements[top].parent == outline.elements[later].parent
        and outline.starts[later] > outline.stops[top]
        for top, later in pairwise(tops)
    )


def records_of(outline: Outline, group: Group, *, before: bool = False) -> list[Record]:
    """Return what belongs to each link of a group. Between items of one place stands what belongs to the
    earlier one, or the later if `before`.
    """
    tops = _tops(outline, group)
    gaps = [
        outline.starts[later] - outline.stops[top]
        for top, later in pairwise(tops)
        if outline.elements[top].parent == outline.elements[later].parent
    ]
    usual = int(median(gaps)) if gaps else 0
    result = []
    for at, (link, top) in enumerate(zip(group, tops, strict=True)):
        start, end, first, last = top, outline.ends[top], outline.starts[top], outline.stops[top]
        parent = outline.elements[top].parent
        if parent >= 0 and usual > 0:
            neighbour = at - 1 if before else at + 1
            neighbour_top = (
                tops[neighbour]
                if 0 <= neighbour < len(tops) and outline.elements[tops[neighbour]].parent == parent
                else None
            )
            if before:
                first = (
                    outline.stops[neighbour_top]
                    if neighbour_top is not None
                    else max(outline.starts[parent], first - usual)
                )
                start = (
                    outline.ends[neighbour_top]
                    if neighbour_top is not None
                    else _element_of(outline, first, start)
                )
            else:
                last = (
                    outline.starts[neighbour_top]
                    if neighbour_top is not None
                    else min(outline.stops[parent], last + usual)
                )
                end = neighbour_top if neighbour_top is not None else max(end, _end_of(outline, last, end))
        result.append(Record(link=link, start=start, end=end, first=first, last=last))
    return result


def _element_of(outline: Outline, text: int, start: int) -> int:
    return min(start, outline.texts[text].element) if text < len(outline.texts) else start


def _end_of(outline: Outline, text: int, end: int) -> int:
    """Return the number after the element of the last text before a place."""
    return max(end, outline.texts[text - 1].element + 1) if text else end
