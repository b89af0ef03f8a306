"""Stories, how they are ranked and summarized, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The entries about one event. `change_no` grows by one, without gaps, whenever any story changes."""

    id: int
    change_no: int
    created_at: datetime
    changed_at: datetime
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a sentence stands: characters `start` to `end` of an entry's text (of its title when `start` is
    -1).
    """

    entry_id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a summary with the places it rests on."""

    text: str
    receipts: tuple[Receipt, ...]


class Length(StrEnum):
    """How much a summary may say: budgets in words (CJK characters) stand in
    `pipeline.summarizing.extract.BUDGETS`.
    """

    HEADLINE = "headline"
    LINE = "line"
    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A story in a view in a few sentences; `language` is that of the sentences.

    `without_model_until` is the moment until which a budget lets no model write, where that is why none did.
    """

    headline: str
    lead: Entry
    sentences: tuple[Sentence, ...]
    language: str
    length: Length
    method: str
    without_model_until: datetime | None = None


class FactorCode(StrEnum):
    """What a story's score is made of."""

    OUTLETS = "outlets"
    """How many outlets tell it."""
    AGE = "age"
    """How many hours old it is."""
    FIRST_HAND = "first-hand"
    KIND = "kind"
    """Which kind of page its leading entry is."""
    WORTH = "worth"
    """How likely an editor would tell it, from 0 to 1."""
    PICKED = "picked"
    """An overview of the day links to it."""
    NO_NEWS = "no-news"
    COMMUNITIES = "communities"
    """Communities alone link to it."""
    BARE = "bare"
    """There is nothing to tell beyond titles."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a score: what it is for, what it multiplies by, and the number or name that made it."""

    code: FactorCode
    factor: float
    measure: float | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """A story in a view with its score, the parts that made it, and what memory says of it. `weight` is the
    score without age and worth.
    """

    story: Story
    score: float
    factors: tuple[Factor, ...]
    lead: Entry
    outlets: int
    update: bool = False
    fresh: tuple[Entry, ...] = ()
    weight: float = 0.0
    aside: frozenset[int] = frozenset()
    """The entries that neither lead nor are told from, by id: those off the topic it is told under, and those
    of feeds that only count among the sources.
    """
    is_news: bool = True
    """Whether any of its entries on the topic is news, and no opinion, guide, review, offer or the like."""
    worth: float = 1.0
    """How likely an editor would tell it, between 0 and 1."""
    saga: tuple["Ranking", ...] = ()
    """Other stories of the same saga that stand below it, a line each."""


@dataclass(frozen=True, slots=True)
class RelatedStories:
    """Two stories of one saga: how likely an entry of one belongs to the other, less than would join
    them.
    """

    first_id: int
    second_id: int
    likeness: float

    def other(self, story_id: int) -> int:
        """Return the story related to one of them; 0 for a story that is neither."""
        return {self.first_id: self.second_id, self.second_id: self.first_id}.get(story_id, 0)


class ReasonCode(StrEnum):
    """Why a story was told, listed or left out by a digest, or went out at once or did not."""

    TOLD = "told"
    LISTED = "listed"
    OLD = "old"
    """Older than `hours`."""
    KNOWN = "known"
    NOTHING_NEW = "nothing-new"
    RETOLD = "retold"
    """Told under another story, in other words."""
    ELSEWHERE = "elsewhere"
    """Told to another channel of a server that is told once."""
    FOREIGN = "foreign"
    """Told only in a `language` that is not read in its channel."""
    BELOW_BAR = "below-bar"
    """Its `weight` is below that of the subscription's `bar`."""
    EXCLUDED = "excluded"
    """It has what a `term` of the subscription's filter leaves out."""
    NOT_ASKED_FOR = "not-asked-for"
    """It lacks what a `term` of the subscription's filter asks for."""
    OFF_TOPIC = "off-topic"
    """It does not fit a `term` of the topic of its server's own that the subscription is to."""
    NEVER_LEADS = "never-leads"
    """Only entries tell it that by a `term` of the subscription's filter never lead."""
    SUPPORTING = "supporting"
    """Only feeds tell it that count among the sources here and never lead."""
    FEED_CAP = "feed-cap"
    """Its feed has led as many stories of that day as it may here (`most`)."""
    BACKLOG = "backlog"
    STALE = "stale"
    NO_NEWS = "no-news"
    CALM = "calm"
    """Nothing at first hand, and told by fewer `outlets` in a short time than are `needed`."""
    CAP_HOUR = "cap-hour"
    CAP_DAY = "cap-day"
    ALL = "all"
    """All that is fresh and important enough goes out at once."""
    UPDATE = "update"
    FIRST_HAND = "first-hand"
    """News of a `kind`, told by whoever it is about."""
    BURST = "burst"
    """Told by many `outlets` in a short time."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided: a code, and the numbers or names that decided, by the name that the code
    gives them.
    """

    code: ReasonCode
    params: Mapping[str, str | float] = field(default_factory=dict)
