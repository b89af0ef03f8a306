"""What a wish names: how it is meant, and what stands beside it."""

from dataclasses import dataclass, field
from enum import Enum

from bot.text.wish_words import Part, Role

EVERYTHING_ON = "ai"
"""The topic that all others lie within."""

CONTENT = frozenset({Role.SUBJECT, Role.LANGUAGE, Role.OUTLET, Role.QUOTATION, Role.WORD})
SETTINGS = frozenset({Role.TIME, Role.COUNT, Role.BAR})
JOINTS = frozenset({Role.AND, Role.COMMA, Role.STOP})
BEFORE = frozenset({Role.REFUSAL, Role.RESTRICTION, Role.INTRODUCTION})


class Mode(Enum):
    """How what is named is meant."""

    BARE = "bare"
    INTRODUCTION = "introduction"
    RESTRICTION = "restriction"
    REFUSAL = "refusal"


TRAILING_MODES = {
    Role.TRAILING_REFUSAL: Mode.REFUSAL,
    Role.TRAILING_RESTRICTION: Mode.RESTRICTION,
    Role.TRAILING_INTRODUCTION: Mode.INTRODUCTION,
}
"""How what stands before a part is meant."""

MARKERS = BEFORE | TRAILING_MODES.keys()


@dataclass(slots=True, kw_only=True)
class Mention:
    """Something that a wish names: how it is meant, in which list and element of it, and whether a word of
    where it comes from, a language's word, or one for news stands beside it.
    """

    part: Part
    mode: Mode
    element: "Element"
    is_from: bool = False
    is_right_from: bool = False
    """Whether that word stands right before it: `from Elon Musk`, and not `from the Daily Prophet`."""

    is_spoken: bool = False
    """Always where names of languages are no adjectives of countries, too (`英文`)."""

    is_news: bool = False
    is_read: bool = True
    marker: Part | None = None
    """What gives the mode, where nothing stands between the two."""

    @property
    def is_direct(self) -> bool:
        """Whether it stands right behind what gives the mode."""
        return self.marker is not None

    @property
    def start(self) -> int:
        """Where its words begin, with what gives the mode."""
        return self.marker.start if self.marker else self.part.start


@dataclass(slots=True, eq=False)
class Element:
    """What stands between two joints: how it is joined to what is before it, and what it names."""

    joint: Role
    list_number: int
    mentions: list[Mention] = field(default_factory=list)
    has_vague: bool = False

    def roles(self) -> set[Role]:
        """Return the roles of what it names."""
        return {mention.part.role for mention in self.mentions}


def end_of(part: Part) -> int:
    """Return where the words of a part end in the line."""
    return part.start + len(part.text)
