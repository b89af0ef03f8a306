"""What an item of a list says: its title, date, teaser and picture."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from bot.feeds.listing.dates import DateMatch, Dates, from_address, from_attribute
from bot.feeds.listing.groups import HEADINGS, Record
from bot.feeds.listing.months import CONTROLS, date_in, find_months, month_within, stands_in
from bot.feeds.listing.outline import Element, Outline, Text, join_texts

MAX_TITLE = 300
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Where items without a date stand among the others: after them."""

MAX_TEASER = 2000
UNSURE_WORTH = 1.0
"""What a date is worth at most that stands in a title or a sentence, and so may be that of something else."""

MONTHS_SHARE = 0.8
"""Share of the items of a list by months that name theirs."""

UNSURE_SHARE = 0.3
"""The share of a list's items from which dates inside sentences and titles are those of its items."""

SENTENCE_WORDS = 3
"""More words than these beside a date, with a full stop behind them, are no label of it."""

MAX_UNIT = 70
"""Letters that a text with a date beside other words may have."""

CHANGE_WORTH = 0.1
"""How much the date of a change is worth beside another."""

LONG_TITLE = 160
SHORTEST_TEASER = 40
YEAR_REACH = 8
"""Texts before the first item among which its year may stand."""

_DATE_NAMES = re.compile(r"date|time|title|published", re.IGNORECASE)
_CHANGE_NAMES = re.compile(r"modified|\bupdated\b")
_TITLE_NAMES = re.compile(r"title|headline|heading|subject", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_\u2e80-\U0010ffff]+")
_WORD = re.compile(r"[^\W\d_]")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list as the page shows it; `published` is None where no date stands with it."""

    link: str
    title: str
    published: datetime | None = None
    teaser: str = ""
    image: str = ""
    guid: str = ""
    """What it is known by whatever becomes of its words, where the page tells."""

    is_dated_by_month: bool = False
    """Whether its date is only that of its month."""


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date in a record: on which path it stands, and how surely it is one of its own."""

    path: tuple[str, ...]
    match: DateMatch
    worth: float


@dataclass(slots=True)
class Draft:
    """An item while the list is read: its record, its title with the texts that it is made of, and the dates
    that it shows.
    """

    record: Record
    title: str
    titled: frozenset[int]
    heading: bool
    dates: list[DateCandidate] = field(default_factory=list)
    published: datetime | None = None
    is_dated_by_month: bool = False
    """Whether its date is only that of the month that it stands below."""


@dataclass(frozen=True, slots=True)
class _Holder:
    """A part of a record that may be its title: on which path it stands, and the places of its texts."""

    path: tuple[str, ...]
    kind: str
    places: Sequence[int]
    words: str


def drafts_of(outline: Outline, records: Sequence[Record], dates: Dates) -> list[Draft]:
    """Return the items of a list with their titles and the dates that may be theirs. All titles come from as
    few places as can be.
    """
    holder_lists = [list(_holders(outline, record)) for record in records]
    worth = _worth_of_paths(holder_lists, dates)
    drafts = []
    for record, holders in zip(records, holder_lists, strict=True):
        best = max(
            (one for one in holders if _WORD.search(one.words)), key=lambda one: worth[one.path], default=None
        )
        draft = Draft(
            record,
            *(
                (best.words, frozenset(best.places), best.kind == "heading")
                if best
                else ("", frozenset(), False)
            ),
        )
        draft.dates = list(_dates(outline, draft, dates))
        drafts.append(draft)
    return drafts


def _holders(outline: Outline, record: Record) -> Iterator[_Holder]:
    """Give the parts of a record that may hold its title: headings, links to its target and the blocks within
    them.
    """
    for number in range(record.start, record.end):
        element = outline.elements[number]
        if element.tag in HEADINGS:
            yield _holder(outline, record, number, "heading")
        elif number == record.link.number or (
            element.tag == "a"
            and outline.link(element.attributes.get("href", "")).split("#")[0] == record.link.target
        ):
            texts = outline.texts_of(number)
            blocks = dict.fromkeys(_block(outline, text.element) for text in texts)
            if len(blocks) <= 1 or sum(count_words(text.words) for text in texts) < 1.5 * len(texts):
                yield _holder(outline, record, number, "link")
            for block in blocks if len(blocks) > 1 else ():
                has_title_class = any(_TITLE_NAMES.search(name) for name in outline.elements[block].classes)
                yield _holder(
                    outline,
                    record,
                    max(block, number),
                    "named" if has_title_class else "block",
                    own=block <= number,
                )


def _holder(outline: Outline, record: Record, number: int, kind: str, *, own: bool = False) -> _Holder:
    """Return a part of a record; of an element that holds other blocks only its `own` texts."""
    places = range(max(record.first, outline.starts[number]), min(record.last, outline.stops[number]))
    own_places = [
        place for place in places if not own or _block(outline, outline.texts[place].element) <= number
    ]
    words = join_texts([outline.texts[place] for place in own_places])
    return _Holder((*_path(outline, record, number), kind), kind, own_places, words[: MAX_TITLE + 100])


def _worth_of_paths(holder_lists: Sequence[Sequence[_Holder]], dates: Dates) -> dict[tuple[str, ...], float]:
    """Return how much speaks for each place of a list being that of its titles: fit words, in many items,
    other words in each.
    """
    columns: dict[tuple[str, ...], list[tuple[int, _Holder]]] = {}
    for holders in holder_lists:
        for at, one in enumerate(holders):
            if _WORD.search(one.words):
                columns.setdefault(one.path, []).append((at, one))
    match = {}
    for path, column in columns.items():
        distinct = len({one.words for _, one in column}) / len(column)
        fit = sum(
            _worth(one.words, one.kind) * (0.1 if dates.find_exact(one.words) else 1.0) - 0.02 * min(at, 10)
            for at, one in column
        )
        match[path] = fit / len(column) * distinct**2 * (len(column) / len(holder_lists)) ** 0.5
    return match


INLINE = frozenset("a abbr b br cite em font i mark q s small span strong sub sup code time u".split())


def _block(outline: Outline, number: int) -> int:
    """Return the element that makes a line of its own of a text: what is only set in other letters belongs to
    its parent.
    """
    element = outline.elements[number]
    while element.tag in {"b", "i", "em", "strong", "mark", "code", "sup", "sub"} and element.parent >= 0:
        element = outline.elements[element.parent]
    return element.number


def _worth(words: str, kind: str) -> float:
    """Return how much speaks for words being a title."""
    letters = width(words)
    fits = min(letters, 40) / 40 if letters <= LONG_TITLE else 0.5
    return fits * {"heading": 2.0, "named": 1.5, "link": 1.0, "block": 0.95}[kind]


def width(words: str) -> int:
    """Return the length of a text in letters, an ideograph counted as three."""
    return len(words) + 2 * sum(1 for letter in words if letter >= "\u2e80")


def count_words(words: str) -> float:
    """Return the number of words of a text, two ideographs counted as one."""
    wide = sum(1 for letter in words if letter >= "\u2e80")
    return wide / 2 + len(_WORDS.findall(words))


def _dates(outline: Outline, draft: Draft, dates: Dates) -> Iterator[DateCandidate]:
    """Give the dates of a record: those that machines read, those that stand alone, those beside a few words,
    those in its title.
    """
    record = draft.record
    for number in range(record.start, record.end):
        element = outline.elements[number]
        for worth, moment in _from_attributes(element, dates):
            candidate = DateCandidate(
                _path(outline, record, number), DateMatch(moment=moment, start=0, end=0, sure=4), worth
            )
            is_change = _is_change(outline, record, outline.starts[number], "", dates) or _is_marked_change(
                element
            )
            yield _as_change(candidate) if is_change else candidate
    for place in range(record.first, record.last):
        for candidate in _in_text(outline, draft, place, dates):
            words = outline.texts[place].words
            if not _is_change(outline, record, place, words[: candidate.match.start], dates):
                yield candidate
                continue
            yield _as_change(candidate)
            if (other := dates.find(words[candidate.match.end :])) and other.sure >= 2:
                yield DateCandidate(candidate.path, other, candidate.worth)
    for number in range(record.start, record.end):
        texts = outline.texts_of(number)
        if (
            2 <= len(texts) <= 6
            and record.first <= outline.starts[number]
            and outline.stops[number] <= record.last
            and (match := dates.find_exact(join_texts(texts)))
            and match.sure >= 2
        ):
            candidate = DateCandidate(_path(outline, record, number), match, 2.5)
            before = join_texts(texts)[: match.start]
            is_change = _is_change(outline, record, outline.starts[number], before, dates)
            yield _as_change(candidate) if is_change else candidate


def _is_change(outline: Outline, record: Record, place: int, before: str, dates: Dates) -> bool:
    """Tell whether what stands before a date, in its text or the one before, calls it that of a change."""
    if not before.strip() and record.first < place <= len(outline.texts):
        before = outline.texts[place - 1].words[-MAX_UNIT:]
    return dates.words.updated.search(before) is not None


def _is_marked_change(element: Element) -> bool:
    names = f"{element.attributes.get('itemprop', '')} {' '.join(element.classes)}".lower()
    return bool(_CHANGE_NAMES.search(names)) and "publish" not in names


def _as_change(candidate: DateCandidate) -> DateCandidate:
    """Return a date of a change as one that counts only where there is no other."""
    return DateCandidate((*candidate.path, "change"), candidate.match, candidate.worth * CHANGE_WORTH)


def _from_attributes(element: Element, dates: Dates) -> Iterator[tuple[float, datetime]]:
    if element.tag in {"img", "input", "iframe"}:
        return
    for name, value in element.attributes.items():
        if name == "content" and not _DATE_NAMES.search(element.attributes.get("itemprop", "")):
            continue
        if name == "content" or (_DATE_NAMES.search(name) and len(value) >= 8):
            moment = from_attribute(value, dates)
            if moment:
                yield (4.0 if element.tag == "time" or name in {"datetime", "content"} else 3.2), moment


def _in_text(outline: Outline, draft: Draft, place: int, dates: Dates) -> Iterator[DateCandidate]:
    text = outline.texts[place]
    titled = place in draft.titled
    path = ("title",) if titled else _path(outline, draft.record, text.element)
    match = None if titled else dates.find_exact(text.words)
    if match:
        yield DateCandidate(path, match, 3.0 if match.sure >= 2 else 1.5 + match.sure / 2)
        return
    match = dates.find(text.words)
    if match and match.sure >= 2:
        is_full_date = match.sure >= 3
        if titled:
            yield DateCandidate(path, match, 1.0 if is_full_date else 0.3)
        elif len(text.words) <= MAX_UNIT or match.start <= 12:
            is_sure = is_full_date and not _is_sentence(text.words, match)
            yield DateCandidate(path, match, 2.2 if is_sure else 0.8)


def _is_sentence(words: str, match: DateMatch) -> bool:
    """Tell whether a date stands inside a sentence: several words are left without it, and a full stop."""
    others = (words[: match.start] + words[match.end :]).split()
    return words.rstrip().endswith((".", "!", "?", "。", "！", "？")) and len(others) > SENTENCE_WORDS


def _path(outline: Outline, record: Record, number: int) -> tuple[str, ...]:
    """Return the way from a record down to an element."""
    steps = []
    while number > record.start:
        element = outline.elements[number]
        steps.append(f"{element.tag}.{element.classes[0] if element.classes else ''}")
        number = element.parent
        if number < record.start:
            break
    return tuple(reversed(steps))


def settle(drafts: Sequence[Draft], outline: Outline, dates: Dates) -> float:
    """Choose the date of each item, so that all take theirs from the same place; returns for which share the
    page shows one.

    Days and months in figures are read in the order that fits all of them. Items without a date take the
    heading above them that is one, else the day in their address.
    """
    month_first = _is_month_first(drafts)
    paths = _rank_paths(drafts, dates.now)
    years = _years_above(drafts, outline, dates)
    unsure: list[Draft] = []
    for draft in drafts:
        own = {candidate.path: candidate for candidate in reversed(draft.dates)}
        choice = next((own[path] for path in paths if path in own), None)
        if choice:
            if choice.worth <= UNSURE_WORTH:
                unsure.append(draft)
            match = choice.match
            draft.published = match.alternative if month_first and match.alternative else match.moment
            if match.yearless and draft.published:
                draft.published = _in_year(draft.published, years.get(draft.record.link.number, 0))
    if len(unsure) < UNSURE_SHARE * len(drafts):
        for draft in unsure:  # “the hearing is on 4 December” is no date of a list
            draft.published = None
    dated_count = sum(draft.published is not None for draft in drafts)
    if dated_count * 2 < len(drafts):
        _take_headings(drafts, outline, dates)
        _take_own_months(drafts, outline, dates)
        dated_count = sum(draft.published is not None for draft in drafts)
    if sum(draft.published is not None for draft in drafts) * 2 < len(drafts):
        for draft in drafts:
            draft.published = draft.published or from_address(draft.record.link.target, dates.now)
    _take_months(drafts, outline, dates)
    return dated_count / max(1, len(drafts))


def _years_above(drafts: Sequence[Draft], outline: Outline, dates: Dates) -> dict[int, int]:
    """Return the year that stands above each item, by its link, alone or with a month: in a list by years or
    by months. Several years in a row are a menu.
    """
    months = find_months(outline, [draft.record for draft in drafts], dates.words)
    if len({month for month in months if month}) > 1 and None not in months:
        return {
            draft.record.link.number: month[0] if month else 0
            for draft, month in zip(drafts, months, strict=True)
        }
    years: dict[int, int] = {}
    current, at = 0, max(0, drafts[0].record.first - YEAR_REACH) if drafts else 0
    for draft in drafts:
        place = outline.starts[draft.record.link.number]
        candidates = [
            int(text.words)
            for text in outline.texts[at:place]
            if _YEAR.fullmatch(text.words)
            and int(text.words) <= dates.now.year
            and not stands_in(outline, text.element, CONTROLS | {"time"})
        ]
        current, at = candidates[0] if len(candidates) == 1 else current, max(at, place)
        years[draft.record.link.number] = current
    return years


def _in_year(moment: datetime, year: int) -> datetime:
    """Return a day in another year; as it is without one, or where the year has no such day."""
    try:
        return moment.replace(year=year) if year else moment
    except ValueError:
        return moment


def _is_month_first(drafts: Sequence[Draft]) -> bool:
    """Tell whether figures must be read in the other order than the language's: in the usual one some date
    lies ahead, in the other none does.
    """
    return False if not drafts else _misfits(drafts, swapped=False) > _misfits(drafts, swapped=True)


def _misfits(drafts: Sequence[Draft], *, swapped: bool) -> float:
    """Return how badly dates of a list run when figures are read in an order: how often the next one jumps by
    over forty days.
    """
    moments = []
    for draft in drafts:
        for candidate in draft.dates:
            if candidate.match.alternative is not None or candidate.match.sure >= 3:
                moments.append(
                    candidate.match.alternative
                    if swapped and candidate.match.alternative
                    else candidate.match.moment
                )
                break
    return sum(abs((one - following).days) > 40 for one, following in pairwise(moments))


def _rank_paths(drafts: Sequence[Draft], now: datetime) -> list[tuple[str, ...]]:
    """Return the places where dates stand, the likeliest to be the day of publication first."""
    worth: dict[tuple[str, ...], float] = defaultdict(float)
    moments: dict[tuple[str, ...], list[datetime]] = {}
    for draft in drafts:
        for path, candidate in {candidate.path: candidate for candidate in reversed(draft.dates)}.items():
            past = 1.0 if candidate.match.moment <= now.replace(hour=23) else 0.5
            worth[path] += candidate.worth * past
            moments.setdefault(path, []).append(candidate.match.moment)
    return sorted(worth, key=lambda path: -worth[path] * (1 + 0.05 * _falling(moments[path])))


def _falling(moments: Sequence[datetime]) -> float:
    """Return the share of dates that are not newer than the one before."""
    pairs = list(pairwise(moments))
    return sum(later <= earlier for earlier, later in pairs) / len(pairs) if pairs else 0.0


def _take_headings(drafts: Sequence[Draft], outline: Outline, dates: Dates) -> None:
    """Give items the date that stands alone above them, as in a list by days."""
    first = drafts[0].record.first
    at = max(0, first - 8)
    current: datetime | None = None
    for draft in drafts:
        for text in outline.texts[at : draft.record.first]:
            match = dates.find_exact(text.words)
            if match and match.sure >= 2:
                current = match.moment
        at = draft.record.last
        draft.published = draft.published or current


def _take_own_months(drafts: Sequence[Draft], outline: Outline, dates: Dates) -> None:
    """Give items of a list without dates the month that stands in each: “November 2026”, “Vol. 3, March
    2026”.
    """
    if any(draft.published for draft in drafts):
        return
    months = [month_within(outline, draft.record, dates.words) for draft in drafts]
    if len(drafts) - months.count(None) < MONTHS_SHARE * len(drafts):
        return
    for draft, month in zip(drafts, months, strict=True):
        if month:
            draft.published = date_in(month, outline, draft.record, dates)
            draft.is_dated_by_month = True


def _take_months(drafts: Sequence[Draft], outline: Outline, dates: Dates) -> None:
    """Give items of a list without dates the month that stands alone above them, as in a list by months."""
    if any(draft.published for draft in drafts):
        return
    months = find_months(outline, [draft.record for draft in drafts], dates.words)
    for draft, month in zip(drafts, months, strict=True):
        if month:
            draft.published = date_in(month, outline, draft.record, dates)
            draft.is_dated_by_month = True


def item_of(outline: Outline, draft: Draft) -> Item:
    """Return the item of a draft."""
    record = draft.record
    remaining = [
        text
        for place, text in enumerate(outline.texts[record.first : record.last], record.first)
        if place not in draft.titled
    ]
    return Item(
        record.link.target,
        draft.title[:MAX_TITLE],
        draft.published,
        _teaser(outline, remaining),
        _image(outline, record),
        is_dated_by_month=draft.is_dated_by_month,
    )


def _teaser(outline: Outline, texts: Sequence[Text]) -> str:
    """Return the longest text of one element that is no link, empty where all are short."""
    blocks: dict[int, list[Text]] = {}
    for text in texts:
        number = text.element
        while outline.elements[number].tag in INLINE and outline.elements[number].parent >= 0:
            number = outline.elements[number].parent
        blocks.setdefault(number, []).append(text)
    longest = max((join_texts(own) for own in blocks.values()), key=len, default="")
    return longest[:MAX_TEASER] if len(longest) >= SHORTEST_TEASER else ""


def _image(outline: Outline, record: Record) -> str:
    for number in range(record.start, record.end):
        element = outline.elements[number]
        if element.tag == "img":
            for name in ("data-src", "data-lazy-src", "src"):
                source = element.attributes.get(name, "")
                if source and not source.startswith("data:") and (link := outline.link(source)):
                    return link
    return ""
