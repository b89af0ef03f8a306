"""A sentence that is almost its source's: what was changed between them, and whether that turns its meaning
round.

Sentences that keep most of a source sentence's words are held against it word by word. Free paraphrases are
not read here.
"""

import re
from collections.abc import Iterator, Sequence, Set
from difflib import SequenceMatcher

from bot.pipeline.verification.polarity_words import (
    CALENDAR,
    DENIALS,
    HEDGES,
    HEDGES_CJK,
    NEGATION_CJK,
    OPPOSITES,
    OPPOSITES_CJK,
    WEEKDAYS,
    negations,
)
from bot.pipeline.verification.strength import has_mark, is_of_doubt
from bot.pipeline.verification.tokens import Line, key, lines, says_something
from bot.text.words import CJK, fold, is_cjk

NEAR_SHARE = 0.75
"""The share of a sentence's words that its source has, in order, from which it is a near copy."""

SHORTEST = 4
LONGEST_CHANGE = 8
"""Words from which a change is another part of a sentence, and says nothing of the one it stands for."""

LONGEST = 300
"""Words beyond which nothing is compared word by word, for that takes the square of their number."""

_THOUSANDS = frozenset("thousand k mila mil tausend tsd mille duizend tys 千 万 萬 천 만".split())
"""Where one side writes 82 mila and the other 82.000 the figures themselves are compared, elsewhere."""

_NAME_LENGTH = 4
_IDEOGRAPHS = re.compile("[\u30a0-\u30ff\u3400-\u9fff]")
INSIDE = 4
"""Words left out in the middle of a sentence up to which they were changed rather than cut."""


def find_reversal(sentence: str, language: str, text: str) -> str:
    """Return what a near copy of a sentence of `text` turns round, empty when it is no near copy or turns
    nothing.
    """
    for line in lines(sentence, language):
        if SHORTEST <= len(line.words) <= LONGEST and (source := _nearest(line, text, language)):
            problem = _find_reversal_cjk(line, source) if is_cjk(sentence) else ""
            if problem := problem or _changes(source, line):
                return problem
    return ""


def _nearest(line: Line, text: str, language: str) -> Line | None:
    """Return the source sentence that shares most words with this one, if it shares enough."""
    best, overlap = line, 0
    for source in lines(text, language):
        if (candidate_overlap := len(line.vocabulary & source.vocabulary)) > overlap:
            best, overlap = source, candidate_overlap
    enough = overlap >= NEAR_SHARE * len(line.vocabulary) and len(best.words) <= LONGEST
    return best if enough else None


def _changes(source: Line, line: Line) -> str:
    changes = list(_inner_changes(source, line))
    denying = negations(source.language)
    is_moved = any(denying & {fold(t) for t in old} for old, _, _ in changes) and any(
        denying & {fold(t) for t in new} for _, new, _ in changes
    )
    for old, new, before in changes:
        if max(len(old), len(new)) <= LONGEST_CHANGE:
            problem = _change(old, new, before, source, line, is_moved=is_moved)
            if problem:
                return problem
    return ""


def _inner_changes(source: Line, line: Line) -> Iterator[tuple[Sequence[str], Sequence[str], str]]:
    """Give what a sentence has in place of words of its source, and the word before; what was cut off at its
    edges is no change.
    """
    old, new = source.folded_words, line.folded_words
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        at_edge = kind == "delete" and (j1 in {0, len(new)} or i2 - i1 > INSIDE)
        if kind != "equal" and not at_edge:
            yield source.words[i1:i2], line.words[j1:j2], new[j1 - 1] if i1 and j1 else ""


def _change(
    old: Sequence[str], new: Sequence[str], before: str, source: Line, line: Line, *, is_moved: bool
) -> str:
    """Return what one change turns round: `old` words of `source` stand as `new` ones, after the word
    `before`.
    """
    was, now = {fold(t) for t in old}, {fold(t) for t in new}
    is_dated = bool(was & CALENDAR and now & CALENDAR)
    problem = _other_meaning(was, now, line, is_moved=is_moved) or _other_fact(was, now, source)
    if not problem and len(old) == len(new) == 1 and before[:1].isdigit():
        problem = "another unit" if _unit_like(old[0]) and _unit_like(new[0]) else ""
    if (
        not problem
        and before
        and not is_dated
        and not now <= source.vocabulary
        and _are_names(old, new, line)
    ):
        problem = "" if {key(w) for w in was} & {key(w) for w in now} else "another name"
    return f"its source says “{' '.join(old)}” and it says “{' '.join(new)}”: {problem}" if problem else ""


def _other_meaning(was: set[str], now: set[str], line: Line, *, is_moved: bool) -> str:
    denying = negations(line.language)
    other = now if was & denying else was
    if bool(was & denying) != bool(now & denying) and not other & DENIALS and not is_moved:
        return "a negation came or went"
    is_alleged = has_mark("alleged", line.text, line.language)
    if was & HEDGES and not now & HEDGES and not is_alleged:
        return "what was possible or planned became a fact"
    if any(was & OPPOSITES.get(word, frozenset()) for word in now - was):
        return "the opposite"
    return ""


def _other_fact(was: set[str], now: set[str], source: Line) -> str:
    if any(was & names and now & names for names in (WEEKDAYS, CALENDAR - WEEKDAYS)) and not was & now:
        return "another day or month"
    if (was | now) & _THOUSANDS:
        return ""
    is_moved = now <= source.vocabulary and not len(was) == len(now) == 1
    is_moved = is_moved or (_digits(now) <= _digits(source.vocabulary) and bool(_nouns(was) ^ _nouns(now)))
    if not is_moved and _digits(was) and _digits(now) and not _digits(was) & _digits(now):
        return "another figure"
    return ""


def _nouns(words: set[str]) -> set[str]:
    """Return what says something among words and is no figure."""
    return {key(word) for word in words if word.isalpha() and says_something(word)}


def _digits(words: Set[str]) -> set[str]:
    return {re.sub(r"\D", "", word) for word in words if any(c.isdigit() for c in word)}


def _named(words: Sequence[str]) -> bool:
    """Tell whether words hold a name, or in German a noun: in a near copy neither changes without changing
    what is said.
    """
    if not 0 < len(words) <= _NAME_LENGTH:
        return False
    if all(_IDEOGRAPHS.match(word) for word in words):
        return len(words) > 1 or len(words[0]) > 1
    return any(word[0].isupper() and len(word) > 1 for word in words)


def _are_names(old: Sequence[str], new: Sequence[str], line: Line) -> bool:
    """Tell whether one name may stand for another; words that doubt, deny or plan are none."""
    if not _named(old) or not _named(new):
        return False
    if not _IDEOGRAPHS.match(new[0]):
        return True
    return not any(is_of_doubt("".join(words), line.language) for words in (old, new))


def _unit_like(word: str) -> bool:
    return word in "%€$£¥" or (word.isalpha() and not re.match(f"[{CJK}]", word))


def _find_reversal_cjk(line: Line, source_line: Line) -> str:
    sentence, source = "".join(line.words), "".join(source_line.words)
    if abs(len(sentence) - len(source)) > 6:
        return ""
    is_denied = has_mark("denied", source_line.text, source_line.language)
    if len(NEGATION_CJK.findall(sentence)) != len(NEGATION_CJK.findall(source)) and not is_denied:
        return "a negation came or went"
    if HEDGES_CJK.search(source) and not HEDGES_CJK.search(sentence):
        return "what its source thinks possible or plans, it says as a fact"
    for word, opposite in OPPOSITES_CJK:
        for a, b in ((word, opposite), (opposite, word)):
            if a in sentence and a not in source and b in source and b not in sentence:
                return f"its source says “{b}” and it says “{a}”"
    return ""
