"""Patterns in filters (`/gpt-?[0-9]/`), any case: read by RE2, whose time grows with the text alone, whatever
the pattern.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from bot.errors import CallError

PATTERN_MAX = 200
"""Characters of a pattern."""

PATTERNS_MAX = 10
"""Patterns of one filter."""

MEMORY_MAX = 1 << 18
"""Bytes that a pattern may take when it is read and while it looks; one that needs more is refused."""

EXAMPLE = "/gpt-?[0-9]/"

_EDGE = r"\b"
_NO_LETTER = ("", " ", "\n")
_EDGE_BESIDE_LETTER = re.compile(r"\\b[^\W\d_a-zA-Z]|[^\W\d_a-zA-Z]\\b")
"""RE2's `\\b` knows the letters from a to z alone."""

SENTENCES = {
    ("missing ", "unexpected "): (
        "`{pattern}`: a bracket in it is opened and not closed, or closed and not opened. Did you mean "
        "{right}?"
    ),
    ("no argument for repetition", "bad repetition operator"): (
        "`{pattern}`: there is nothing in it that {part} could repeat. Did you mean {right}?"
    ),
    ("invalid perl operator",): (
        "`{pattern}`: looking ahead and behind, as by {part}, is not possible here. Write two terms: +word "
        "-word."
    ),
    ("invalid escape sequence", "trailing "): (
        "`{pattern}`: {part} has no meaning here, and what was found is not repeated by number. Did you mean "
        "{right}?"
    ),
    ("pattern too large", "invalid repetition size"): (
        "`{pattern}` is too large when it is written out: repeat less in it. For example {right}"
    ),
}
"""What we say of a pattern, by how RE2 begins to say what is wrong with it."""


@lru_cache(maxsize=64)
def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MEMORY_MAX
    return re2.compile(unicodedata.normalize("NFC", pattern), options)


def fits(pattern: str, title: str, opening: str) -> bool:
    """Tell whether a pattern is found in a title or in a text."""
    compiled_pattern = _compile(pattern)
    return any(
        compiled_pattern.search(unicodedata.normalize("NFC", text)) is not None for text in (title, opening)
    )


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that cannot be read, that is too long, or that fits every text. Raises `CallError`
    with what is wrong, and the nearest that is right.
    """
    excerpt = f"/{pattern[:60]}/"
    if len(pattern) > PATTERN_MAX:
        raise CallError(
            "`{term}…` is too long: a pattern has at most {most} characters.",
            term=excerpt[:20],
            most=PATTERN_MAX,
        )
    if _EDGE_BESIDE_LETTER.search(pattern):
        raise CallError(
            ("`{pattern}`: \\b knows the letters from a to z alone. Leave it out beside others: {right}"),
            pattern=excerpt,
            right=f"/{pattern.replace(_EDGE, '')[:60]}/",
        )
    try:
        compiled_pattern = _compile(pattern)
    except re2.error as error:
        raise _refusal(pattern, excerpt, _message_of(error)) from error
    if any(compiled_pattern.search(text) is not None for text in _NO_LETTER):
        raise CallError(
            "`{pattern}` fits every text. A pattern needs something that must be there, for example {right}",
            pattern=excerpt,
            right=EXAMPLE,
        )


def _message_of(error: Exception) -> str:
    """Return what RE2 says, which comes as bytes."""
    (message,) = error.args
    return message.decode(errors="replace") if isinstance(message, bytes) else str(message)


def _refusal(pattern: str, excerpt: str, message: str) -> CallError:
    for beginnings, sentence in SENTENCES.items():
        if message.startswith(beginnings):
            problem, _, part = message.partition(": ")
            part = "\\" if problem.startswith("trailing") else part[:20]
            right = EXAMPLE if "large" in sentence else _nearest(pattern)
            return CallError(sentence, pattern=excerpt, part=part, right=right)
    return CallError(
        "`{pattern}` cannot be read as a pattern. Did you mean {right}?",
        pattern=excerpt,
        right=_nearest(pattern),
    )


def _nearest(pattern: str) -> str:
    """Return the pattern that can be read and differs least: with one sort of sign taken as it stands, else
    with all of them; an example where it is none that anybody could mean.
    """
    right = next(filter(_is_readable, _with_signs_escaped(pattern)), "")
    return f"/{right}/" if right else EXAMPLE


def _with_signs_escaped(pattern: str) -> Iterator[str]:
    for signs in ("+", "*", "?", "(", ")", "[", "{", "()", "[]", "\\"):
        yield "".join(f"\\{letter}" if letter in signs else letter for letter in pattern)
    yield re2.escape(pattern)


def _is_readable(pattern: str) -> bool:
    try:
        _compile(pattern)
    except re2.error:
        return False
    return True
