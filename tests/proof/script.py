"""What goes wrong in a storm, written down before it begins: the fate of every post, and which chats and feeds have none but a good one.

The script decides who is troubled; a healthy chat is one that the script leaves alone, whatever becomes of it. Both storms read the
same script, one in virtual time, the other with all waits divided by `SCALE`.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

TROUBLED = 3
"""One chat, and one feed, in so many is troubled."""

SCALE = 20
POSTS = 60
"""Posts of a chat whose fates are written down; those after them are fine."""

MINUTE, HOUR = 60.0, 3600.0


class Fate(StrEnum):
    """What becomes of a request that posts."""

    FINE = "fine"
    WAIT = "429"
    TROUBLE = "5xx"
    BEFORE = "cut before the effect"
    AFTER = "cut after the effect"
    SLOW = "slow answer"
    LOST = "403"
    MOVED = "migrated"


@dataclass(frozen=True)
class Turn:
    """The fate of one post, the seconds that it takes (a wait, a slow answer, until a right is given back), and an HTTP status."""

    fate: Fate
    seconds: float = 0.0
    status: int = 0


def is_troubled(number: int) -> bool:
    """Tell whether the chat, or feed, of a number is troubled."""
    return number % TROUBLED == 0


def turns(number: int) -> list[Turn]:
    """Return the fates of a troubled chat's posts, in order: half of them are fine, and one at most waits for longer than a minute."""
    luck = random.Random(f"chat {number}")
    found = [_turn(luck) for _ in range(POSTS)]
    long = [n for n, turn in enumerate(found) if turn.fate is Fate.WAIT and turn.seconds > MINUTE]
    for n in long[1:]:
        found[n] = Turn(Fate.WAIT, MINUTE)
    if number % (TROUBLED * 4) == 0:
        found[1] = Turn(Fate.MOVED)
    elif number % (TROUBLED * 2) == 0:
        found[2] = Turn(Fate.LOST, HOUR / 3)
    return found


def _turn(luck: random.Random) -> Turn:
    dice = luck.random()
    if dice < 0.5:
        return Turn(Fate.FINE)
    if dice < 0.58:
        return Turn(Fate.WAIT, luck.uniform(1, MINUTE))
    if dice < 0.6:
        return Turn(Fate.WAIT, luck.uniform(MINUTE, HOUR))
    if dice < 0.7:
        return Turn(Fate.TROUBLE, status=luck.choice((500, 502, 503)))
    if dice < 0.8:
        return Turn(Fate.BEFORE)
    if dice < 0.9:
        return Turn(Fate.AFTER)
    return Turn(Fate.SLOW, luck.uniform(5, 15))


def failures(number: int, stories: int) -> list[str]:
    """Return what a feed does when it is asked, in order: `fine`, `500`, `cut`, `slow`."""
    luck = random.Random(f"feed {number}")
    return [luck.choice(("fine", "500", "cut", "slow", "fine")) for _ in range(stories * 4)]
