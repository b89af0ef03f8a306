"""Feeds: how they are kept, and what a poll brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FeedState(StrEnum):
    """Whether a feed is polled."""

    ACTIVE = "active"
    RETIRED = "retired"


class FeedFormat(StrEnum):
    """What is at a feed's address: a feed's document, or a page whose list of news is read in its place."""

    FEED = "feed"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class FeedRules:
    """What a place makes of a feed: how many of its entries a day may lead a story (`daily_cap`, 0 for any
    number), whether it `leads` at all or only counts among the sources, and whether models may read it.
    """

    daily_cap: int = 0
    leads: bool = True
    for_models: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAccess:
    """What is sent with every request to the host of an address, and through which proxy it goes."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An address we poll. One that is `shared` counts for everybody, any other only in the servers that added
    it.

    `server_id` is the one server a feed is private to, because its address holds a secret; such a feed is
    never shared. `added_by` is the server that added it first, for a poll the one at whose expense it is, and
    `origin` tells who named it: config, or a person.

    `rhythm` and `ttl` are seconds: how often it brings something, and how often its publisher wants it polled
    at most. `moved_to` is where it says it moved for good, until that is believed; `hub…` belong to its
    WebSub subscription.

    People set the rest: `poll_minutes` between two polls (0: its own rhythm), whether the pages of its
    entries are read, too, and what is sent to its host; `rules` are those of the place that looks at it,
    which may know it by a `former_id`.
    """

    id: int
    url: str
    title: str
    outlet: str
    language: str = ""
    kind: str = "news outlet"
    weight: float = 1.0
    ai_only: bool = False
    server_id: int | None = None
    shared: bool = True
    state: FeedState = FeedState.ACTIVE
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_poll_at: datetime | None = None
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    first_ok_at: datetime | None = None
    failures: int = 0
    error: str = ""
    home: str = ""
    failing_since: datetime | None = None
    noticed_at: datetime | None = None
    searched_at: datetime | None = None
    gone_at: datetime | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    moved_seen: int = 0
    rhythm: int = 0
    newest_at: datetime | None = None
    ttl: int = 0
    skip_hours: Sequence[int] = ()
    skip_days: Sequence[int] = ()
    hub: str = ""
    hub_topic: str = ""
    hub_key: str = ""
    hub_secret: str = field(default="", repr=False)
    hub_asked_at: datetime | None = None
    hub_until: datetime | None = None
    origin: str = "config"
    added_by: int | None = None
    format: FeedFormat = FeedFormat.FEED
    poll_minutes: int = 0
    reads_pages: bool = True
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = field(default="", repr=False)
    rules: FeedRules = FeedRules()
    former_id: int = 0

    @property
    def number(self) -> int:
        """What people call it by in the place that looks at it."""
        return self.former_id or self.id

    @property
    def access(self) -> FeedAccess | None:
        """What people let be sent to its host, None where that is nothing."""
        if not self.headers and not self.proxy:
            return None
        return FeedAccess(address=self.url, headers=self.headers, proxy=self.proxy)

    @property
    def requester(self) -> int:
        """The server on whose behalf it is read, 0 where it is read for everybody."""
        return 0 if self.shared else self.added_by or 0

    @property
    def declared(self) -> str:
        """Its address where the operator declared it; what she opens serves such feeds alone."""
        return self.url if self.origin == "config" else ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in an OPML list; `attributes` are its own (language, kind, weight, aionly, htmlurl…), names in
    lower case.
    """

    url: str
    title: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FeedList:
    """What a list of feeds holds: its feeds, and a sentence for each outline that cannot be read (`line 12:
    no xmlUrl`).
    """

    outlines: tuple[Outline, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One item as a feed served it: sanitised text, absolute http(s) link or an empty string.

    One that `is_audio` has a sound attached; `points` and `comments` are what a list of links counts of it.
    One that `is_dated_by_month` is published on the last day that its month leaves open.
    """

    guid: str
    link: str
    title: str
    text: str
    author: str = ""
    language: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    image: str = ""
    categories: tuple[str, ...] = ()
    is_audio: bool = False
    points: int | None = None
    comments: int | None = None
    is_dated_by_month: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document. `min_interval` is the pause in seconds that the publisher asks for, 0 if none.

    `skip_hours` (GMT) and `skip_days` (Monday is 0) are when it asks not to be polled; `hub` pushes (WebSub)
    what `itself` serves; `items` are hashes of all its items, by which the next reading may leave out those
    that are known.
    """

    title: str
    home: str
    language: str
    entries: tuple[ParsedEntry, ...]
    min_interval: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub: str = ""
    itself: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedInView:
    """What a digest and most commands need of a feed: that it is read, whether it fails, what its place makes
    of it, and how it is called.
    """

    id: int
    failures: int = 0
    rules: FeedRules = FeedRules()
    title: str = ""
    outlet: str = ""
    former_id: int = 0

    @property
    def number(self) -> int:
        """What people call it by in the place that looks at it."""
        return self.former_id or self.id
