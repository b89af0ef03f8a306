"""What stands large above a list and is its newest item: a hero section, a featured card."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from urllib.parse import urlsplit

from bot.feeds.listing.dates import Dates
from bot.feeds.listing.groups import HEADINGS, Link, Record
from bot.feeds.listing.items import Draft, count_words, drafts_of, settle
from bot.feeds.listing.outline import Outline
from bot.feeds.listing.signs import Sight

MOST = 4
HIGHEST = 4
"""Elements around a link up to which something is a part of its item."""

MOST_TEXTS = 8
"""Texts that an item has at most: a title, a day, a label, a teaser, a name, a button."""

FEWEST_WORDS = 3.0
FEWEST = 4
"""Items from which a list is sure enough to be looked above."""

DATED_SHARE = 0.8
"""Share of dated items from which what stands above a list must have a date, too."""


def leading_drafts(
    outline: Outline, sight: Sight, links: Sequence[Link], drafts: Sequence[Draft], dates: Dates
) -> list[Draft]:
    """Return the items above a list: links with a heading that lead to the same kind of page, which the list
    does not have, outside of furniture; dated ones where the list is.
    """
    if len(drafts) < FEWEST:
        return []
    first = min(draft.record.start for draft in drafts)
    known = {draft.record.link.target for draft in drafts}
    folders = Counter(_folder(draft.record.link.target) for draft in drafts)
    folder, count = folders.most_common(1)[0]
    if count * 2 < len(drafts):
        return []
    link_by_target: dict[str, Link] = {}
    for link in links:
        is_one = link.number < first and link.target not in known and _folder(link.target) == folder
        if is_one and not sight.places[link.number] & 3 and _has_heading(outline, link):
            link_by_target.setdefault(link.target, link)
    if not 0 < len(link_by_target) <= MOST:
        return []
    dated_count = sum(draft.published is not None and not draft.is_dated_by_month for draft in drafts)
    is_dated = dated_count >= DATED_SHARE * len(drafts)
    targets = known | link_by_target.keys()
    others = [(link.number, link.target) for link in links if link.target in targets]
    leads = [
        drafts_of(outline, [_record(outline, link, others)], dates)[0] for link in link_by_target.values()
    ]
    for lead in leads:
        settle([lead], outline, dates)
    return [
        lead for lead in leads if count_words(lead.title) >= FEWEST_WORDS and (lead.published or not is_dated)
    ]


def _folder(target: str) -> tuple[str, str]:
    parts = urlsplit(target)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/").rsplit("/", 1)[0]


def _has_heading(outline: Outline, link: Link) -> bool:
    """Tell whether a link stands in a heading, or holds one."""
    inside = range(link.number, outline.ends[link.number])
    around = outline.ancestors(link.number)
    return any(outline.elements[number].tag in HEADINGS for number in inside) or any(
        outline.elements[number].tag in HEADINGS for _, number in zip(range(3), around, strict=False)
    )


def _record(outline: Outline, link: Link, others: Sequence[tuple[int, str]]) -> Record:
    """Return what belongs to a link that stands alone: all around it that holds no other item."""
    top = link.number
    for ancestor in islice(outline.ancestors(link.number), HIGHEST):
        end = outline.ends[ancestor]
        is_shared = any(ancestor <= number < end and target != link.target for number, target in others)
        is_large = outline.stops[ancestor] - outline.starts[ancestor] > MOST_TEXTS
        if is_shared or is_large or outline.elements[ancestor].tag in {"body", "main", "html"}:
            break
        top = ancestor
    return Record(
        link=link, start=top, end=outline.ends[top], first=outline.starts[top], last=outline.stops[top]
    )
