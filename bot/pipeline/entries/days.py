"""Entries that are known by their day or version alone: what is added to one in the course of the day is an
entry of its own.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from bot.lexicon import LEXICONS
from bot.model import Keys, KnownEntry, ParsedEntry
from bot.text.products import MONTHS
from bot.text.sentences import sentences
from bot.text.words import fold, words

MAX_TITLE = 100
"""Characters that the title of an addition takes over from its first sentence."""

SAME_SHARE = 0.8
"""Share of the shorter one's words from which two sentences without other figures are one."""

FEWEST_WORDS = 3
"""Words that an addition has at least; fewer are a label."""

LONGEST = 2000
"""Characters from which what is stored may have lost its end."""

_NUMBERED_DAY = re.compile(
    r"(?:^|[#:])(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$"
    r"|[#:/](?:19|20)\d\d(?P<mark>[-_./])(?:0?[1-9]|1[0-2])(?P=mark)(?:0?[1-9]|[12]\d|3[01])/?$"
)
_MONTH_NAMES = "|".join(
    sorted(map(re.escape, {*MONTHS, *(name[:3] for name in MONTHS)}), key=len, reverse=True)
)
_NAMED_DAY = re.compile(
    rf"(?:^|[#:/])(?:(?:{_MONTH_NAMES})[-_. ]?\d{{1,2}}|\d{{1,2}}[-_. ]?(?:{_MONTH_NAMES}))"
    r"[-_., ]{0,2}(?:19|20)\d\d/?$",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d+")
_NEGATIONS = frozenset(fold(word) for lexicon in LEXICONS.values() for word in lexicon.words.negations)


def is_of_day(guid: str) -> bool:
    """Tell whether a guid names a day and nothing else: “2026-05-12”, “…/log#2026-05-12”,
    “…/notes/2026-05-12”, “…#May_12_2026”.
    """
    return (_NUMBERED_DAY.search(guid) or _NAMED_DAY.search(guid)) is not None


def find_addition(known_entries: Sequence[KnownEntry], entry: ParsedEntry) -> ParsedEntry | None:
    """Return what an entry of a day tells beyond those that are known of that day, as an entry; None for
    nothing.
    """
    known_lines = [line for known_entry in known_entries for line in _split(known_entry.text, entry.language)]
    lines = _split(entry.text, entry.language)
    are_known = _find_known(lines, known_lines)
    if True in are_known and any(len(known_entry.text) >= LONGEST for known_entry in known_entries):
        # What was cut off may come into sight again below what is known.
        lines = lines[: len(lines) - are_known[::-1].index(True)]
    new_lines = [line for line, is_known in zip(lines, are_known, strict=False) if not is_known]
    if sum(len(words(line)) for line in new_lines) < FEWEST_WORDS:
        return None
    title = _title_of_addition(entry.title, _opening(new_lines), lines)
    return replace(entry, title=title, text="\n".join(new_lines))


def _title_of_addition(title: str, new_line: str, lines: Sequence[str]) -> str:
    """Return what an addition is called: as its entry is, with its own first line in place of the entry's."""
    head, mark, note = title.rpartition(": ")
    openings = [fold(line)[:MAX_TITLE] for line in lines]
    if any(fold(title).startswith(opening) for opening in openings):
        return _shortened(new_line)
    quoted_note = fold(note).rstrip(" .…")
    if mark and any(opening.startswith(quoted_note) for opening in openings):
        return _shortened(f"{head}: {new_line}")
    return title


def _opening(new_lines: Sequence[str]) -> str:
    """Return the first of some lines, with the next one where it is a label: a version above its notes."""
    is_label = len(words(new_lines[0])) < FEWEST_WORDS and new_lines[0][-1].isalnum()
    return ": ".join(new_lines[: 2 if is_label else 1])


def keys_of_addition(entry: ParsedEntry, keys: Keys) -> Keys:
    """Return the names of what was added to an entry of a day, which has some names: it shares their
    alias.
    """
    evidence = f"added\n{keys.key}\n{fold(entry.text)}"
    return Keys(hashlib.blake2b(evidence.encode(), digest_size=16).hexdigest(), keys.alias, "")


def _split(text: str, language: str) -> list[str]:
    return list(_sentences(text[:LONGEST], language))


def _sentences(text: str, language: str) -> Iterator[str]:
    """Give the sentences of a text, without the mark of what a list counts."""
    for span in sentences(text, language):
        if words(sentence := text[span.start : span.end].strip()):
            yield sentence


def _find_known(lines: Sequence[str], known_lines: Sequence[str]) -> list[bool]:
    """Tell of each line whether it is known: it stands there as it did, or in place of one that does no more.
    What stands beside a line in nearly its words is another: notes of one sort are phrased alike.
    """
    contents = [frozenset(words(fold(line))) for line in known_lines]
    are_known = [any(_is_part(line, known_line) for known_line in known_lines) for line in lines]
    kept = {frozenset(words(fold(line))) for line in lines}
    gone_lines = [line for line, content in zip(known_lines, contents, strict=True) if content not in kept]
    for place, line in enumerate(lines):
        former = next((gone_line for gone_line in gone_lines if _is_mended(gone_line, line)), None)
        if not are_known[place] and former is not None:
            are_known[place] = True
            gone_lines.remove(former)
    return are_known


def _is_part(line: str, known_line: str) -> bool:
    """Tell whether a line says no more than a known one: lines are parted elsewhere at times."""
    first_words, second_words = set(words(fold(line))), set(words(fold(known_line)))
    return first_words <= second_words and _denies(first_words) == _denies(second_words)


def _denies(line_words: Set[str]) -> bool:
    return not line_words.isdisjoint(_NEGATIONS)


def _is_mended(former: str, line: str) -> bool:
    """Tell whether a line is a former one in other words: without other figures, and denying no more and no
    less.
    """
    first_words, second_words = set(words(fold(former))), set(words(fold(line)))
    shared = len(first_words & second_words)
    has_same_figures = set(_FIGURES.findall(line)) <= set(_FIGURES.findall(former))
    is_near = shared >= SAME_SHARE * max(1, min(len(first_words), len(second_words)))
    return has_same_figures and is_near and _denies(first_words) == _denies(second_words)


def _shortened(line: str) -> str:
    return line if len(line) <= MAX_TITLE else line[:MAX_TITLE].rsplit(" ", 1)[0] + "…"
