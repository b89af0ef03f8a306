"""The nouns: frozen values that every room shares. Times are aware and in UTC unless a name says
otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

Payload = Mapping[str, Any]
"""One rendered message: JSON that only the platform which rendered it can read."""


# --- what comes in: feeds and entries ----------------------------------------------------------------------


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

    `backlog` marks what its feed already held when we first saw it: told in digests, never at once.
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


@dataclass(frozen=True, slots=True)
class FeedInView:
    """What a digest needs of a feed: that it is read, whether it fails, and what its place makes of it."""

    id: int
    failures: int = 0
    rules: FeedRules = FeedRules()


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


# --- stories and summaries ---------------------------------------------------------------------------------


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


# --- people and places -------------------------------------------------------------------------------------


class PlaceKind(StrEnum):
    """What kind of chat a channel is: decides what buttons may do there and how a lost answer is
    looked for.
    """

    PRIVATE = "private"
    GROUP = "group"
    BROADCAST = "broadcast"
    FORUM = "forum"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A chat as a platform knows it, before or beside our own record of it. `rights` are the platform's words
    for what we may do.

    `missing` names the rights that a post there needs and we lack, as the platform shows them to people.
    """

    platform: str
    address: str
    kind: PlaceKind
    thread: str = ""
    name: str = ""
    server_address: str = ""
    server_name: str = ""
    language: str = ""
    rights: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()


class ChannelState(StrEnum):
    """Whether posts leave for a channel; paused ones keep their operations."""

    ACTIVE = "active"
    PAUSED = "paused"


class Bar(StrEnum):
    """How much a story must weigh to be told; the weights stand in `pipeline.selection.importance`."""

    EVERYTHING = "everything"
    NOTABLE = "notable"
    IMPORTANT = "important"
    BIGGEST = "biggest"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local hours of the night in which nothing is posted, or (`silent`) nobody is notified of it.

    News that passes the bar `wakes` is told at once all the same.
    """

    start: time
    end: time
    silent: bool = False
    wakes: Bar | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a person lets nothing be posted in a channel; without `until` it lasts until a person
    ends it.

    It is kept when it is over: the digests that fell into it were moved, not missed.
    """

    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Tell whether a moment lies in it."""
        return self.since <= moment and (self.until is None or moment < self.until)


class PostButtons(StrEnum):
    """What stands to be pressed in and below posts: all of it, the ways to the sources alone, or nothing."""

    FULL = "full"
    LINKS = "links"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How posts of a channel look: how much is said of a story (None for as much as its subscription says),
    a line above and below each, hashtags, the counts of a digest, pictures, previews of the page of a single
    story, and buttons.
    """

    length: Length | None = None
    header: str = ""
    footer: str = ""
    hashtags: bool = False
    counts: bool = True
    pictures: bool = False
    previews: bool = False
    buttons: PostButtons = PostButtons.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A group of a server's members that a post may mention: the platform's id, its name, and whether a
    mention of ours rings.
    """

    id: str
    name: str
    rings: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place we post to. `last_post` is the platform's id of our newest known message there.

    A paused one is tried again at `retry_at`; `state_at` is since when it is in its state, and `missing`
    names the rights that it lacks. Its `view_key` is a secret, from which the keys in links to its stories
    are made. Its `desk` is the person who brought us in, by the platform's id: what is said about it is said
    to them in private.
    """

    id: int
    platform: str
    address: str
    kind: PlaceKind
    server_id: int
    thread: str = ""
    name: str = ""
    language: str = "en"
    zone: str = "UTC"
    state: ChannelState = ChannelState.ACTIVE
    state_reason: str = ""
    last_post: str = ""
    publish_no: int = 0
    rights: frozenset[str] = frozenset()
    bot_link: str = ""
    quiet: Quiet | None = None
    state_at: datetime | None = None
    retry_at: datetime | None = None
    languages: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    view_key: str = ""
    desk: str = ""
    mention: str = ""
    """The role whose members are rung by what is posted, by the platform's id."""

    look: Look = Look()
    pause: Pause | None = None
    """The last that a person made; whether we may post there is its `state`."""

    def is_paused(self, moment: datetime) -> bool:
        """Tell whether a person lets nothing be posted at a moment."""
        return self.pause is not None and self.pause.covers(moment)

    @property
    def languages_read(self) -> tuple[str, ...]:
        """The languages that its readers read, the first first: those they chose, else the channel's own and
        English.
        """
        return self.languages or tuple(dict.fromkeys((self.language, "en")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who calls. `manager` is the platform's word that they may manage the place they call from.

    `chat` is the address of their private chat with us, where it is known. One who `speaks_for_chat` acts in
    the name of a whole group or channel: which of its administrators it is, nobody knows.
    """

    platform: str
    address: str
    name: str = ""
    language: str = ""
    manager: bool = False
    operator: bool = False
    chat: str = ""
    speaks_for_chat: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a subscription posts: local times on weekdays (Monday is 0), at once, or both."""

    times: tuple[time, ...] = ()
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    instant: bool = False


class MissedPolicy(StrEnum):
    """What becomes of digests whose time passed while we could not write them: one for all, none, or each by
    itself.
    """

    MERGE = "merge"
    SKIP = "skip"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A topic that a server has made for itself: news of another topic that fit some terms."""

    name: str
    within: str
    terms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a channel wants to be told. `feed_ids` empty means every feed its server may see.

    It rests until `rests_until` where a quiet night moved its work.
    """

    id: int
    channel_id: int
    topic: str
    schedule: Schedule
    feed_ids: tuple[int, ...] = ()
    size: int = 5
    length: Length = Length.LINE
    read_up_to: int = 0
    instant_up_to: int = 0
    next_slot_at: datetime | None = None
    created_at: datetime | None = None
    origin: str = "person"
    bar: Bar = Bar.EVERYTHING
    missed: MissedPolicy = MissedPolicy.MERGE
    rests_until: datetime | None = None
    recap: bool = False
    """Whether its slots look back on what the channel was told."""
    filter: str = ""
    """The line of terms that `pipeline.filters.grammar` reads; what does not pass is not told."""
    own_topic: str = ""
    """The name of the topic of its server's own that it is to; `topic` is the one that this lies within."""
    topic_terms: str = ""
    """The terms of that topic."""
    name: str = ""
    """A short name that people gave it."""
    posts_per_hour: int = 0
    posts_per_day: int = 0
    """How many stories it posts at once, at most; 0 for as many as usual."""
    feed_cap: int = 0
    """How many stories of a day one feed may lead in it, at most; 0 for any number."""


class MarkKind(StrEnum):
    """What a channel had of a story: it was told it, or pointed to the post that tells it to another channel
    of its server.
    """

    TOLD = "told"
    POINTED = "pointed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMark:
    """A story as one channel knows it: when, with which entries, and the operation that carried it.

    `said` holds the words posted and the openings of the entries then, nothing where the channel was only
    pointed to the story; `versions` those entries' versions (1 where none is given).
    """

    story_id: int
    told_at: datetime
    entry_ids: frozenset[int]
    said: str
    operation_id: int | None = None
    versions: Mapping[int, int] = field(default_factory=dict)
    kind: MarkKind = MarkKind.TOLD


@dataclass(frozen=True, slots=True)
class PostedElsewhere:
    """Where a server's other channel was told a story first: the channel, and the post's id there once it has
    one.
    """

    channel: Channel
    post: str


# --- what is said ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallRef:
    """What a button asks for when it is pressed: a command by its name, with arguments and a target as a Call
    has them.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: a call to make, or an address as `url`.

    `data` is such a call as it travels (at most 64 bytes), where it is encoded already: signed for whoever
    may press it, or of a post from before calls were kept as such. Of one that `picks`, whoever presses it
    chooses the target of its call among their chats of that kind; its data is then a number.
    """

    label: str
    data: str = ""
    url: str = ""
    call: CallRef | None = None
    picks: PlaceKind | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line of a document, with an optional quieter line below it."""

    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, in Unix seconds, and how a text says it in the zone of its place: platforms that know
    the clock of whoever reads show it by that.
    """

    shown: str
    unix_seconds: int

    @property
    def is_time_of_day(self) -> bool:
        """Whether the text says no day."""
        return len(self.shown) <= len("00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBlock:
    """One story: the headline links to the leading entry; `meta` tells who reports it; `more` opens its
    sources.

    `below` names other stories of the same saga, a line each. `story_id` is None where nothing need find the
    block again.
    """

    headline: str
    link: str
    sentences: tuple[str, ...]
    meta: str
    number: int | None = None
    label: str = ""
    more: Button | None = None
    story_id: int | None = None
    below: "Listing | None" = None
    preview: bool = False
    """Whether the page that the headline links to is shown in small, where the platform can."""

    moment: Moment | None = None
    """When it was reported, as `meta` says it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `quiet` ones are set smaller."""

    text: str
    quiet: bool = False
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source, exactly as they stand there, and where."""

    text: str
    source: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, with an optional link."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; `folded` ones show only their title until opened, where the platform can fold."""

    items: tuple[Item, ...]
    title: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of short cells under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on the web with words for those who do not see it."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Buttons below a document, at most five."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Footer:
    """The last, quiet line, with hashtags that stay alive."""

    text: str
    hashtags: tuple[str, ...] = ()


Block = Heading | StoryBlock | Text | Quote | Listing | Table | Picture | Actions | Footer


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks without markup, in the order they are read. Every string is plain text: platforms escape it.

    `topics` name what it is about, for platforms whose places sort posts by that.
    """

    blocks: tuple[Block, ...]
    language: str = "en"
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TitledEntry:
    """What an entry says in one line: its story, outlet, title, link and time."""

    story_id: int
    outlet: str
    title: str
    link: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStory:
    """A story that somebody keeps, as it was named when they saved it: what becomes of it, or of their right
    to see it, changes nothing.
    """

    story_id: int
    headline: str
    link: str
    outlet: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedStory:
    """A story of whose updates somebody hears in their private chat, and the change up to which they have."""

    story_id: int
    change_no: int
    channel_id: int
    headline: str
    link: str
    followed_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title as evidence for names: whether its feed is about AI alone, whether the title is on the topic by
    the rules, who published it, in which language, and when.
    """

    text: str
    ai_only: bool
    on_topic: bool
    outlet: str
    language: str
    day: date
    opening: str = ""
    """How the text begins: it shows which words are written in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A name that may be one in AI: how many titles, outlets and days of feeds about AI alone have it, how
    many titles on other subjects in other feeds do, and one title.
    """

    name: str
    documents: int
    outlets: int
    days: int
    elsewhere: int
    example: str


@dataclass(frozen=True, slots=True)
class Option:
    """An argument of a command. `rest` takes all remaining words when typed; `file` ones are the text of an
    attached file.
    """

    name: str
    description: str
    required: bool = False
    choices: tuple[str, ...] = ()
    rest: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """What platforms and people need to know of a command; `code` stands for it in buttons; `manager` ones
    change a place for all.

    Answers of `public` ones are news and help that everybody may read where they were asked for; of all
    others they are the asker's. One that is about a place has a `target`: how people name another place than
    the one they are in. `operator` ones are only shown to whoever runs the instance.
    One that can be asked of a post of ours has the words of its `post_menu`.
    """

    name: str
    code: str
    description: str
    options: tuple[Option, ...] = ()
    manager: bool = False
    public: bool = False
    operator: bool = False
    target: Option | None = None
    post_menu: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A person's request, however it was made. `arguments` are texts by option name.

    `target` names the place that it is about, as its platform reads it, where that is another than the one it
    was made in. Once the target is found, `place` is that place, and `origin` the one the Call was made in.
    `reply_to` is the post of ours that it answers, or is asked of, as its platform numbers it.
    `button_target` is the target of the buttons of a private answer, where that may be read in another place.
    """

    command: str
    arguments: Mapping[str, str]
    person: Person
    place: Place
    target: str = field(default="", kw_only=True)
    origin: Place | None = field(default=None, kw_only=True)
    reply_to: str = field(default="", kw_only=True)
    button_target: str = field(default="", kw_only=True)

    @property
    def conversation(self) -> Place:
        """The place in which it was made, and is answered."""
        return self.origin or self.place


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of text that comes with an answer."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a Call gets back. `private` answers are shown to the asker alone where the platform can; `told` is
    False of a refusal. Behind the document come the messages of a `sample`, rendered as they would be posted.
    """

    document: Document
    private: bool = True
    edit: bool = False
    attachment: Attachment | None = None
    sample: tuple[Payload, ...] = ()
    told: bool = True


# --- what leaves -------------------------------------------------------------------------------------------


class OperationKind(StrEnum):
    """The effects an operation can have on a platform."""

    SEND = "send"
    EDIT = "edit"


class Purpose(StrEnum):
    """What an operation is for: news (a digest, a story at once, a night's or a held-up time's news, a look
    back), words to operators or to those who read a page whose list is lost, or putting right.

    What is put right is edited, or answered: by a correction, by a retraction, or by what stands instead of
    an edit that was refused.
    """

    DIGEST = "digest"
    STORY = "story"
    NIGHT = "night"
    CATCHUP = "catchup"
    RECAP = "recap"
    NOTICE = "notice"
    LOST_LIST = "lost list"
    EDIT = "edit"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    INSTEAD = "instead"


class OperationState(StrEnum):
    """Where an operation stands; everything after `UNCERTAIN` is final but `HELD`."""

    QUEUED = "queued"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    HELD = "held"
    DONE = "done"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One effect in the outbox. `nonce` (at most 25 characters) names it on the platform; `reply_to` is the
    operation it answers.

    `intent` names it for good, so that it is written once, and is never read; the fields from `purpose` on
    say what it is.
    """

    id: int
    channel_id: int
    intent: str
    nonce: str
    payload: Payload
    state: OperationState
    created_at: datetime
    not_after: datetime
    kind: OperationKind = OperationKind.SEND
    attempts: int = 0
    cause: str = ""
    not_before: datetime | None = None
    sending_at: datetime | None = None
    post: str = ""
    reply_to: int | None = None
    purpose: Purpose
    subject_id: int | None = None
    """What it is about: the subscription of a digest, a night or a look back; the story told at once; the
    server of a notice, where it is about one; the page whose list is lost; the entry whose change an edit, a
    correction or a retraction answers; the edit that something is posted instead of.
    """
    part: int = 1
    """Which message of its document it carries, counted from 1."""
    document_id: int | None = None
    """The first operation of the document that it carries a later part of, or edits."""


class Finding(StrEnum):
    """What looking for an uncertain operation showed."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """A message of ours whose id is recorded; `before` tells that it was there when what is looked
    for left.
    """

    address: str
    post: str
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a platform needs to look for an operation that may have arrived.

    `after` is our newest known message in the channel, `known` the ids of messages recorded since,
    `unrecorded` how many other messages of ours may stand in its chat without a recorded id, `operator` a
    chat to forward to, `elsewhere` our newest messages in other chats.
    """

    after: str
    known: frozenset[str]
    unrecorded: int
    operator: str = ""
    elsewhere: tuple[RecordedMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of a search, with the platform's id when the message was found."""

    finding: Finding
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are on a platform: name, the address that opens a private chat with us, number of servers or
    chats, links that invite the bot, what they ask for and why.
    """

    name: str
    address: str
    places: int
    invites: tuple[str, ...]
    asks: tuple[tuple[str, str], ...] = ()
    number: str = ""
    """The platform's id of the bot, which a new token of the same bot keeps."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it was posted, for a page that shows a channel's history."""

    operation_id: int
    payload: Payload
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a platform is doing, for `/status` and the log."""

    platform: str
    state: str
    detail: str = ""
    since: datetime | None = None
    identity: Identity | None = field(default=None)
