"""What is said: documents of blocks, without markup."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.model.places import PlaceKind

Payload = Mapping[str, Any]
"""One rendered message: JSON that only the platform which rendered it can read."""


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
    chooses the target of its call among their chats of that kind; its data is then a number. What cannot be
    taken back, or somebody else has asked for, `is_dangerous`: platforms show it so. Of one that `asks`,
    whoever presses it types that argument of its call in a form, behind what the call has of it; platforms
    without forms leave it out, for the call may be typed as well.
    """

    label: str
    data: str = ""
    url: str = ""
    call: CallRef | None = None
    picks: PlaceKind | None = None
    is_dangerous: bool = False
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line of a document, with an optional quieter line below it."""

    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ShownTime:
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

    moment: ShownTime | None = None
    """When it was reported, as `meta` says it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `quiet` ones are set smaller."""

    text: str
    quiet: bool = False
    moment: ShownTime | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source, exactly as they stand there, and where; `moments` are those that `source` says."""

    text: str
    source: str
    link: str = ""
    moments: tuple[ShownTime, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, with an optional link, and the moments that it says."""

    text: str
    link: str = ""
    moments: tuple[ShownTime, ...] = ()


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
