"""A sentence that is almost its source's: what was changed between them, and whether that turns its meaning round.

Sentences that keep most of a source sentence's words are held against it word by word. Free paraphrases are not read here.
"""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from bot.pipeline.contrary import CALENDAR, NEGATION_CJK, NEGATIONS, OPPOSITES, OPPOSITES_CJK
from bot.pipeline.text import CJK, fold, is_cjk, sentences

NEAR = 0.75
"""The share of a sentence's words that its source has, in order, from which it is a near copy."""

SHORTEST = 4
_TOKEN = re.compile(rf"[{CJK}]|[^\W_]+(?:['’.,\-][^\W_]+)*|[%€$£¥]")
_ELISION = re.compile(r"(?<=^[ndljcmtsNDLJCMTS])['’]")
"""Where French and Italian join a short word to the next: n'est, l'azienda."""

_NAME_LENGTH = 4
_IDEOGRAPHS = re.compile("[\u30a0-\u30ff\u3400-\u9fff]")
_FOLDED_NEGATIONS = frozenset(fold(word) for word in NEGATIONS)
_FOLDED_OPPOSITES = {fold(word): frozenset(fold(o) for o in others) for word, others in OPPOSITES.items()}
INSIDE = 4
"""Words left out in the middle of a sentence up to which they were changed rather than cut."""


def turned(said: str, language: str, text: str) -> str:
    """Return what a near copy of a sentence of `text` turns round, empty when it is no near copy or turns nothing."""
    tokens = _tokens(said)
    if len(tokens) < SHORTEST:
        return ""
    source = _nearest(tokens, text, language)
    if source is None:
        return ""
    if is_cjk(said):
        return _turned_cjk(said, "".join(source)) or _changes(source, tokens)
    return _changes(source, tokens)


def _tokens(text: str) -> list[str]:
    return [part for token in _TOKEN.findall(text) for part in _ELISION.split(token) if part]


@lru_cache(maxsize=256)
def _split(text: str, language: str) -> tuple[tuple[tuple[str, ...], Counter[str]], ...]:
    found = []
    for span in sentences(text, language):
        tokens = _tokens(text[span.start : span.end])
        found.append((tuple(tokens), Counter(fold(t) for t in tokens)))
    return tuple(found)


def _nearest(tokens: Sequence[str], text: str, language: str) -> tuple[str, ...] | None:
    """Return the source sentence that shares most words with these, if it shares enough."""
    wanted = Counter(fold(token) for token in tokens)
    best: tuple[int, tuple[str, ...]] = (0, ())
    for source, counts in _split(text, language):
        best = max(best, ((wanted & counts).total(), source), key=lambda pair: pair[0])
    return best[1] if best[0] >= NEAR * len(tokens) else None


def _changes(source: Sequence[str], tokens: Sequence[str]) -> str:
    old, new = [fold(t) for t in source], [fold(t) for t in tokens]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            continue
        at_edge = kind == "delete" and (j1 in {0, len(new)} or i2 - i1 > INSIDE)
        if at_edge:
            continue
        before = new[j1 - 1] if j1 else ""
        problem = _change(source[i1:i2], tokens[j1:j2], before if i1 else "")
        if problem:
            return problem
    return ""


def _change(old: Sequence[str], new: Sequence[str], before: str) -> str:
    """Return what one change turns round: `old` words of the source stand as `new` ones, after the word `before`."""
    was, now = {fold(t) for t in old}, {fold(t) for t in new}
    if bool(was & _FOLDED_NEGATIONS) != bool(now & _FOLDED_NEGATIONS):
        return f"its source says “{' '.join(old)}” and it says “{' '.join(new)}”: a negation came or went"
    for word in now - was:
        if was & _FOLDED_OPPOSITES.get(word, frozenset()):
            return f"its source says “{' '.join(old)}” and it says the opposite, “{' '.join(new)}”"
    if was & CALENDAR and now & CALENDAR and not was & now:
        return f"its source says “{' '.join(old)}” and it says “{' '.join(new)}”: another day or month"
    if _digits(was) and _digits(now) and not _digits(was) & _digits(now):
        return f"its source says “{' '.join(old)}” and it says “{' '.join(new)}”: another figure"
    if before and _named(old) and _named(new) and not was & now:
        return f"its source names {' '.join(old)} and it names {' '.join(new)}"
    if len(old) == len(new) == 1 and before[:1].isdigit() and _unit_like(old[0]) and _unit_like(new[0]):
        return f"its source says {before} {old[0]} and it says {before} {new[0]}"
    return ""


def _digits(words: set[str]) -> set[str]:
    return {re.sub(r"\D", "", word) for word in words if any(c.isdigit() for c in word)}


def _named(words: Sequence[str]) -> bool:
    """Tell whether words hold a name, or in German a noun: in a near copy neither changes without changing what is said."""
    if not 0 < len(words) <= _NAME_LENGTH:
        return False
    if all(_IDEOGRAPHS.match(word) for word in words):
        return len(words) > 1
    return any(word[0].isupper() and len(word) > 1 for word in words)


def _unit_like(word: str) -> bool:
    return word in "%€$£¥" or (word.isalpha() and not re.match(f"[{CJK}]", word))


def _turned_cjk(said: str, source: str) -> str:
    said = "".join(_tokens(said))
    if abs(len(said) - len(source)) > 6:
        return ""
    if len(NEGATION_CJK.findall(said)) != len(NEGATION_CJK.findall(source)):
        return "a negation came or went"
    for one, other in OPPOSITES_CJK:
        for a, b in ((one, other), (other, one)):
            if a in said and a not in source and b in source and b not in said:
                return f"its source says “{b}” and it says “{a}”"
    return ""
