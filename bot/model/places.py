"""Places, people and subscriptions, and what a place was told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from bot.model.stories import Length


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
    has_bot: bool = True
    """Whether we are in it: a person who has installed us for themselves may ask us where we are not."""

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
    """A group of a server's members that a post may mention: the platform's id, its name, whether a mention
    of ours rings, and what forbids that we give it to members who ask for it.
    """

    id: str
    name: str
    rings: bool
    obstacle: "RoleObstacle | None" = None


class RoleObstacle(StrEnum):
    """Why we never give a role to whoever asks for it."""

    POWERFUL = "powerful"
    """It allows what not everybody may, in the server or in one of its channels."""

    MANAGED = "managed"
    """A bot, a shop or the platform itself gives it."""

    HIGHER = "higher"
    """It does not stand below our own."""

    FORBIDDEN = "forbidden"
    """We may give no roles at all."""


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

    mention_self_assignable: bool = False
    """Whether members take that role themselves, from us."""

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
    """Who calls. `manager` is the platform's word that they may manage the place they call from; `roles` are
    those that they have in its server, by the platform's ids, and `manager_role` is the one by which they
    manage it where the platform does not say so.

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
    roles: frozenset[str] = frozenset()
    manager_role: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a subscription posts: local times on weekdays (Monday is 0), at once, or both.

    Where `month_days` names any, only on those days of a month, one beyond its end on the last; where `weeks`
    names any, only in the first to the fourth week of a month that has such a weekday, or (-1) in the last.
    """

    times: tuple[time, ...] = ()
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    instant: bool = False
    month_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()


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
