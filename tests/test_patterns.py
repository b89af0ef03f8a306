"""No pattern takes more than its text: twice the text, at most about twice the time, whatever a stranger wrote."""

import re
from time import thread_time_ns
from typing import Any

import pytest

from bot.app.logs import secret_pattern
from tests.support.patterns import Used, attacks, patterns
from tests.support.world import settings

SHORT, LONG = 200, 1000
"""Characters of a first look; who takes eight times longer for five times more is looked at again."""

SUSPECT = 8.0
TRIES = 5
STEEP = 8.0
"""How much longer four times the text may take: 4 where time grows with the text, 16 where it grows with its square."""


@pytest.mark.parametrize(
    ("pattern", "anchored"),
    [
        (r"\s*[\[(]?\s*(?:retracted|withdrawn)", True),
        (r"([^\W\d_a-z][^\W\d_]+)[ -]?(\d{1,3})", False),
        (r"(?<![a-z0-9])(?:[a-z][a-z0-9+.-]*://|(?:[a-z][a-z0-9-]*\.)+[a-z]{2,}(?![a-z0-9]))", False),
        (r"<meta[^>]*charset=", False),
        (r"(?:a|ab)*c", False),
        (r"\s+$", False),
    ],
)
def test_the_look_finds_what_grows_faster(pattern: str, anchored: bool) -> None:
    assert _attacked(Used("here", re.compile(pattern), anchored))


def test_no_pattern_takes_more_than_its_text() -> None:
    shipped = settings()
    every = patterns(
        [
            ("logs", secret_pattern()),
            ("topics.toml", shipped.rules.topics),
            ("names.toml", shipped.rules.makers),
            ("kinds.toml", shipped.kinds),
        ]
    )
    slow = [
        f"{used.where}: {used.pattern.pattern[:60]!r} on {why}" for used in every if (why := _attacked(used))
    ]
    assert not slow, "\n".join(slow)


def _attacked(used: Used) -> str:
    """Return what a pattern takes too long for, empty where there is nothing."""
    for attack in attacks(used.pattern):
        if _time(used, attack, LONG) < SUSPECT * _time(used, attack, SHORT):
            continue
        growth = min(_growth(used, attack) for _ in range(3))
        if growth > STEEP:
            return f"{attack!r}: four times the text takes {growth:.1f} times as long"
    return ""


def _growth(used: Used, attack: tuple[Any, Any, Any]) -> float:
    few, many = (min(_time(used, attack, n) for _ in range(TRIES)) for n in (LONG, 4 * LONG))
    return many / few


def _time(used: Used, attack: tuple[Any, Any, Any], length: int) -> int:
    """Return the nanoseconds of this thread that a pattern takes for an attack of a length."""
    start, pump, end = attack
    text = start + pump * (length // len(pump)) + end
    begun = thread_time_ns()
    if used.anchored:
        used.pattern.match(text)
        used.pattern.fullmatch(text)
    else:
        for _ in used.pattern.finditer(text):
            pass
    return max(1, thread_time_ns() - begun)
