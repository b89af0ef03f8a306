"""What people ask for, and how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.model.documents import Document, Payload
from bot.model.places import Person, Place


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
    `line` is what a person has typed, where they have: it may name the target by its title.
    """

    command: str
    arguments: Mapping[str, str]
    person: Person
    place: Place
    target: str = field(default="", kw_only=True)
    origin: Place | None = field(default=None, kw_only=True)
    reply_to: str = field(default="", kw_only=True)
    button_target: str = field(default="", kw_only=True)
    line: str = field(default="", kw_only=True)

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
