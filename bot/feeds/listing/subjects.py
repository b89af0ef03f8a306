"""Lists that look like news and are none: open positions, events to come, indexes of guides, results of a
search, threads of a forum.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.feeds.listing.items import Item, count_words
from bot.feeds.listing.outline import Outline
from bot.lexicon import Lexicon, alternatives

AHEAD = timedelta(days=1)
DATED_SHARE = 0.3
"""Share of the items of an index that may show a date: an index is no list of what is new."""

MOST_SHARE = 0.6
SOME_SHARE = 0.3
"""The share of titles that are positions from which a page that is called so lists these."""

HEADLINE_WORDS = 4
"""Words that half of the titles of a section of news have at least."""

POSITION_WORDS = 6
"""Words that what a position is called has at most."""

FEWEST_REPLIES = 3
MAX_DATA = 5000
"""Characters of data for machines in which the type of a page stands."""


class Subject(StrEnum):
    """What a list is of that is no list of news."""

    JOBS = "jobs"
    EVENTS = "events"
    GUIDES = "guides"
    RESULTS = "results"
    SEARCHES = "searches"
    THREAD = "thread"


def _words_for(subject: Subject) -> re.Pattern[str]:
    def choose(lexicon: Lexicon) -> tuple[str, ...]:
        patterns: tuple[str, ...] = getattr(lexicon.page, subject.value)
        return patterns

    return re.compile(alternatives(choose), re.IGNORECASE)


_NAMES = {subject: _words_for(subject) for subject in Subject if subject is not Subject.THREAD}
_POSITION = re.compile(alternatives(lambda lexicon: lexicon.page.positions), re.IGNORECASE)
_REPLY = re.compile(alternatives(lambda lexicon: lexicon.page.replies), re.IGNORECASE)
_QUERIES = frozenset({"q", "s", "query", "search", "keyword", "keywords", "term", "searchtext"})
"""What carries the words of a search in an address."""

_THREAD_PATH = re.compile(
    r"/(?:viewtopic|showthread)\b|/(?:t|threads?)/[^/]{1,200}[./-]?\d+(?:/|$)|/topic/\d+-", re.IGNORECASE
)
"""Where the programs of forums keep one thread."""

_THREAD_TYPE = re.compile(r"\b(?:DiscussionForumPosting|QAPage)\b")
_PART = re.compile(r"\s?[,;:|(/（／【\[]\s?|\s[-–—]\s")
_NEWS_STEPS = frozenset({"blog", "news", "stories", "press", "articles", "magazine"})
"""Folders of an address that hold news whatever stands above them: `/careers/blog/`."""

_PARTS = re.compile(r"[|–—·:»›•]| - ")
_SIGNS = re.compile(r"[-_+]")
_NUMBER = re.compile(r"\W{0,3}\d{1,5}\W{0,3}$")


def subject_named(name: str) -> Subject | None:
    """Return which of these lists a name is one of, None for any other."""
    words = " ".join(_NUMBER.sub("", name[:60]).split())
    spellings = (words, _SIGNS.sub(" ", words).strip())
    return next(
        (subject for subject, pattern in _NAMES.items() if any(map(pattern.fullmatch, spellings))), None
    )


def subject_of(outline: Outline, items: Sequence[Item], now: datetime) -> Subject | None:
    """Return what a list is of, None where it may be news.

    Positions and guides are known by what the page or the pages of the items are called, and positions by
    their titles; events by their dates: two of three items are to come, or most of those with a date on a
    page that is called so.
    """
    named, paths = set(names_of_page(outline)), [_last_named(item.link) for item in items]
    is_own = sum(_is_of_page(item.link, outline.url) for item in items) * 2 > len(items)
    days = [item.published for item in items if item.published]
    coming = sum(day > now + AHEAD for day in days)
    is_named = Subject.EVENTS in named
    if (is_named and coming * 2 > len(days)) or coming * 3 > 2 * len(items):
        return Subject.EVENTS
    if are_positions(items, is_named=(is_own and Subject.JOBS in named) or _is_most(paths, Subject.JOBS)):
        return Subject.JOBS
    if is_thread(outline, len(items)):
        return Subject.THREAD
    if Subject.RESULTS in named or (Subject.SEARCHES in named and _asks_for_words(outline.url)):
        return Subject.RESULTS
    is_index = len(days) <= DATED_SHARE * len(items)
    if is_index and ((is_own and Subject.GUIDES in named) or _is_most(paths, Subject.GUIDES)):
        return Subject.GUIDES
    return None


def are_positions(items: Sequence[Item], *, is_named: bool) -> bool:
    """Tell whether most titles of a list are those of positions; on a page that is called so some of them, or
    titles that are too short for headlines. A section of news may be called “Jobs”, too.
    """
    share = sum(map(_is_position, items)) / len(items)
    lengths = sorted(count_words(item.title) for item in items)
    is_short = lengths[len(lengths) // 2] < HEADLINE_WORDS
    return share >= MOST_SHARE or (is_named and (share >= SOME_SHARE or is_short))


def _is_position(item: Item) -> bool:
    part = _PART.split(item.title.strip())[0]
    return len(part.split()) <= POSITION_WORDS and _POSITION.fullmatch(part) is not None


def is_thread(outline: Outline, count: int) -> bool:
    """Tell whether a page is one thread of a forum: by its address, by its type, or by a button to answer
    below as many texts as the list has items.
    """
    if _THREAD_PATH.search(urlsplit(outline.url).path):
        return True
    types = (element.attributes.get("itemtype", "") for element in outline.elements)
    data = (script[:MAX_DATA] for kind, script in outline.scripts if kind == "application/ld+json")
    if sum(len(_THREAD_TYPE.findall(words)) for words in (*types, *data)) == 1:
        return True
    replies = sum(_REPLY.fullmatch(text.words) is not None for text in outline.texts)
    return replies >= max(FEWEST_REPLIES, count // 2)


def _asks_for_words(address: str) -> bool:
    """Tell whether an address carries the words of a search."""
    query = urlsplit(address).query
    return any(name.lower() in _QUERIES and value.strip() for name, value in parse_qsl(query))


def _is_of_page(link: str, page: str) -> bool:
    """Tell whether an address lies below a page, or on another host: where applications are taken."""
    parts, own = urlsplit(link), urlsplit(page)
    return parts.hostname != own.hostname or parts.path.startswith(own.path.rstrip("/") + "/")


def _is_most(paths: Sequence[Subject | None], subject: Subject) -> bool:
    return paths.count(subject) >= MOST_SHARE * len(paths)


def names_of_page(outline: Outline) -> Iterator[Subject]:
    """Give what a page is called by its first heading, the first part of its title and the end of its
    address.
    """
    head = next((outline.text(element.number) for element in outline.elements if element.tag == "h1"), "")
    title = _PARTS.split(outline.title[:200])[0]
    steps = _steps(outline.url)
    for name in (head, "" if head else title, steps[-1] if len(steps) == 1 else ""):
        if subject := subject_named(name):
            yield subject


def _last_named(link: str) -> Subject | None:
    """Return what the last folder of an address is called, or its host."""
    steps = _steps(link)[:-1]
    if _NEWS_STEPS.intersection(step.casefold() for step in steps[-1:]):
        return None
    host = (urlsplit(link).hostname or "").split(".")[0]
    return next((subject for name in (*reversed(steps), host) if (subject := subject_named(name))), None)


def _steps(address: str) -> list[str]:
    path = unquote(urlsplit(address).path)
    return [step for step in path.split("/") if step]
