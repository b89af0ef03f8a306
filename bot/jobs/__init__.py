"""The verbs. Each job takes an id, loads what it needs, decides in `pipeline`, acts, commits, and may run
again without harm.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from structlog.typing import FilteringBoundLogger

from bot.fair import FairTurns
from bot.i18n import Texts
from bot.model import Health
from bot.pipeline.limits.crawl_delays import CrawlDelays
from bot.pipeline.limits.requests import Limits, Rations
from bot.pipeline.planning.candidates import CandidateMemory
from bot.pipeline.relevance.judge import Rules, with_names
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.relevance.name_discovery import section_of
from bot.pipeline.selection.breaking import Caps
from bot.pipeline.selection.rank_memory import RankMemory
from bot.ports import (
    CheckRobots,
    Clock,
    Discover,
    Fetch,
    Offload,
    Parse,
    Platform,
    ReadList,
    ReadPage,
    Summarizer,
    WriteList,
)
from bot.store import Store
from bot.store.loaded_news import LoadedNews
from bot.tally import Tally

SEARCHES = 2
"""Searches of all stories that run at a time."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what only grows is kept; None keeps it for ever.

    `texts` is for full texts of entries, `entries` for entries that nobody was told or saved, `posts` for
    what posts were made of and what was decided about digests.
    """

    texts: timedelta | None = timedelta(days=30)
    entries: timedelta | None = timedelta(days=180)
    posts: timedelta | None = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the operator decides about the instance's habits."""

    shortest_poll: timedelta = timedelta(minutes=10)
    longest_poll: timedelta = timedelta(hours=24)
    language: str = "en"
    zone: str = "UTC"
    resend: bool = True
    horizon: timedelta = timedelta(hours=48)
    """How old a story may be that a digest still tells."""

    first_sight_is_news: bool = False
    """Whether what a page holds when it is first read is told; `strillone try` reads each only once."""

    caps: Caps = field(default_factory=Caps)
    """How much breaking news a place is told between its digests, at most."""

    limits: Limits = field(default_factory=Limits)

    keep: Keep = field(default_factory=Keep)

    public_url: str = ""
    """Where others reach our web server; empty where nobody does."""

    heartbeats: Mapping[str, str] = field(default_factory=dict)
    """Addresses of a monitor elsewhere that are asked while the work goes on, by what they watch: polls and
    digests.
    """


class Rulebook:
    """The rules that judge now: those of the files, and the names that were learned. What asks for them gets
    them as they are.
    """

    def __init__(self, rules: Rules) -> None:
        self._declared = rules
        self._names: frozenset[str] = frozenset()
        self.rules = rules

    def learn(self, names: Iterable[str]) -> None:
        """Let these names count beside those of the files, and no other learned ones."""
        wanted_names = frozenset(names)
        if wanted_names != self._names:
            self.rules = with_names(self._declared, {name: section_of(name) for name in sorted(wanted_names)})
            self._names = wanted_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What jobs and commands work with; app makes one. `health` is filled by app as platforms come and go."""

    store: Store
    clock: Clock
    book: Rulebook
    kinds: Kinds
    texts: Texts
    summarizer: Summarizer
    fetch: Fetch
    parse: Parse
    discover: Discover
    read_page: ReadPage
    offload: Offload
    platforms: Mapping[str, Platform]
    instance: str
    log: FilteringBoundLogger
    wake: Callable[[str], None]
    policy: Policy = field(default_factory=Policy)
    health: dict[str, Health] = field(default_factory=dict)
    searches: FairTurns = field(default_factory=lambda: FairTurns(SEARCHES, 1))
    """Turns at reading all the stories of a view, one at a time for one person: more would slow the loop
    down, and end no sooner.
    """

    rankings: RankMemory = field(default_factory=RankMemory)
    """What was measured of stories, for all channels that are told of them."""

    candidates: CandidateMemory = field(default_factory=CandidateMemory)
    """How the stories of a view were judged, for all channels that see them."""

    loaded_news: LoadedNews = field(default_factory=LoadedNews)
    """What was loaded of stories, for all channels that see them."""

    tally: Tally = field(default_factory=Tally)
    """Counts what is done, for whoever watches the instance."""

    rations: Rations = field(kw_only=True)
    secret: str = field(kw_only=True, repr=False)
    """What signs buttons; it belongs to the instance and never leaves it."""
    own_words: Summarizer = field(kw_only=True)
    """Tells stories in their sources' own words, which costs nothing: for those whom no model is
    asked for.
    """
    crawl_delays: CrawlDelays = field(default_factory=CrawlDelays)
    read_listing: Parse = field(kw_only=True)
    """Reads the list of news on a page, or in a sitemap, as `parse` reads a feed."""
    name_sitemaps: Discover = field(kw_only=True)
    """Names the sitemaps that a robots.txt or an index of sitemaps leads to."""
    check_robots: CheckRobots = field(kw_only=True)
    read_list: ReadList = field(kw_only=True)
    write_list: WriteList = field(kw_only=True)

    @property
    def rules(self) -> Rules:
        """The rules that judge now; they may be others in a moment."""
        return self.book.rules
