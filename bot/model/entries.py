"""Entries: what a feed brought, its page, and what was judged of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TextKind(StrEnum):
    """Where an entry's text comes from, from least to most complete."""

    TEASER = "teaser"
    FEED = "feed"
    PAGE = "page"


class Wall(StrEnum):
    """What stands between a reader and the article of a page."""

    NONE = ""
    PAY = "paywall"
    CONSENT = "consent"
    LOGIN = "login"
    CHALLENGE = "challenge"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Keys:
    """The three names an entry may be known by within its feed, strongest first."""

    key: str
    alias: str
    link_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """A stored entry as identification and edits need it."""

    id: int
    keys: Keys
    content_hash: str
    title: str
    text: str
    text_kind: TextKind
    version: int
    is_cut: bool = False
    """Whether only the opening of its text is kept."""

    published: datetime | None = None


FIRST_PARTY_KINDS = frozenset({"lab blog", "company", "authority"})
"""Kinds of feeds in which whoever the news is about tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of one feed, in its newest version. `text` has paragraphs parted by blank lines and list items
    as `- ` lines.

    `backlog` marks what its feed already held when we first saw it, and has told no more since: told in
    digests, never at once.
    `kind` and `weight` are those of its feed; `wall` is what stands before its page, where that was read.
    `points` and `comments` are how often a list of links says that it was voted for and talked about.
    One that does not lead counts among the sources of a story and no more; models read those alone that are
    `for_models`. Both are as the place wants it that looks at it.
    """

    id: int
    feed_id: int
    title: str
    link: str
    text: str
    language: str
    published: datetime
    first_seen: datetime
    outlet: str = ""
    author: str = ""
    image: str = ""
    kind: str = ""
    weight: float = 1.0
    text_kind: TextKind = TextKind.FEED
    version: int = 1
    story_id: int | None = None
    backlog: bool = False
    categories: Sequence[str] = ()
    wall: Wall = Wall.NONE
    points: int | None = None
    comments: int | None = None
    leads: bool = True
    for_models: bool = True


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """Which feed an entry is from, and when it was published."""

    feed_id: int
    published: datetime


class Change(StrEnum):
    """What an edit of an entry amounts to."""

    FIRST = "first"
    COSMETIC = "cosmetic"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A web page as read: the article's text (empty where there is none) and what the page says of itself,
    all sanitised.

    `image` is an absolute http(s) address. Behind a paywall `text` is what may be read for nothing; behind
    other walls it is empty.
    """

    text: str = ""
    title: str = ""
    site: str = ""
    language: str = ""
    author: str = ""
    published: datetime | None = None
    image: str = ""
    wall: Wall = Wall.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an entry is about a topic, with the reason `/why` prints and the hash of the rules that
    decided.
    """

    topic: str
    relevant: bool
    score: float
    reason: str
    rules: str
