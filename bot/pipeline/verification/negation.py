"""Whether a sentence states what its source sentence denies, or across languages denies what that one states.

Within one language the words that are denied are found again, and added negations are read with them
(`polarity`). Across languages only whole sentences are held against each other, and any other word that
denies, limits or conditions clears them.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.lexicon import lexicon_of
from bot.pipeline.verification.passages import Passage, find_passages, is_told, units
from bot.pipeline.verification.polarity import CONDITIONS, ONLY_WORDS
from bot.pipeline.verification.polarity_words import OPPOSITES, OPPOSITES_CJK
from bot.pipeline.verification.strength import count_denials, has_mark
from bot.pipeline.verification.tokens import Line
from bot.pipeline.verification.tokens import line as read
from bot.text.words import UNSPACED, fold, is_cjk

TOLD_SHARE = 0.6
"""The share of the words round a negation that a sentence must state."""

WHOLE_SHARE = 0.7
"""The length, as a share of its source sentence in another language, from which a sentence tells the
whole.
"""

REACH = 4
"""Words on either side of a negation that it may be about."""

REACH_CJK = 10
"""The same in characters of Chinese and Japanese."""

_PAUSE = re.compile(r"[,;:.()，；：。、（）—–]")


@lru_cache(maxsize=32)
def _negations(language: str) -> re.Pattern[str]:
    alternatives = "|".join(lexicon_of(language).claims.sure_negations) or "(?!)"
    return re.compile(alternatives if language in UNSPACED else rf"\b(?:{alternatives})\b", re.IGNORECASE)


def find_turned_negation(sentence: str, language: str, sources: Sequence[tuple[str, str]]) -> str:
    """Return the negation that parts a sentence from all the sentences of sources (text, language) on which
    it may rest, empty where there is none.
    """
    if sentence.endswith(("?", "？")):
        return ""
    passages = find_passages(sentence, language, sources)
    if count_denials(sentence, language) == 0 and not has_mark("denied", sentence, language):
        turned = [_find_dropped(passage, sentence, language) for passage in passages]
    else:
        turned = [_find_added(passage, sentence, language) for passage in passages]
    return turned[0] if turned and all(turned) else ""


def _find_added(passage: Passage, sentence: str, language: str) -> str:
    """Return what a sentence in another language than its source sentence denies, where that one denies,
    limits or conditions nothing.
    """
    match = _negations(language).search(sentence) if passage.language != language else None
    if match is None or _adds_only(sentence, match) or has_mark("denied", passage.text, passage.language):
        return ""
    vocabulary = read(passage.text, passage.language).vocabulary
    is_limited = not vocabulary.isdisjoint(CONDITIONS) or any((word,) in ONLY_WORDS for word in vocabulary)
    is_free = count_denials(passage.text, passage.language) == 0 and not is_limited
    return match.group() if is_free and is_told(passage.text, passage, sentence, language) else ""


def _find_dropped_across(passage: Passage, sentence: str, language: str) -> str:
    """Return what a source sentence in another language denies, where a sentence tells it whole."""
    match = _negations(passage.language).search(passage.text)
    is_whole = match is not None and is_told(passage.text, passage, sentence, language, WHOLE_SHARE)
    return match.group() if match and is_whole and not _adds_only(passage.text, match) else ""


def _find_dropped(passage: Passage, sentence: str, language: str) -> str:
    if passage.language != language:
        return _find_dropped_across(passage, sentence, language)
    sentence_line = read(sentence, language)
    for match in _negations(language).finditer(passage.text):
        around = _around(passage.text, match, language)
        if (
            not _adds_only(passage.text, match)
            and len(units(around)) > 1
            and is_told(around, passage, sentence, language, TOLD_SHARE)
            and not _turns(around, sentence_line, language)
        ):
            return match.group()
    return ""


def _around(text: str, match: re.Match[str], language: str) -> str:
    """Return the words that a negation may be about, up to the next pauses."""
    before, after = _PAUSE.split(text[: match.start()])[-1], _PAUSE.split(text[match.end() :])[0]
    if language in UNSPACED:
        return f"{before[-REACH_CJK:]} {after[:REACH_CJK]}"
    return " ".join((*before.split()[-REACH:], *after.split()[:REACH]))


def _adds_only(text: str, match: re.Match[str]) -> bool:
    """Tell whether a negation only adds (not only) or hangs on a condition."""
    next_words = tuple(fold(word) for word in re.findall(r"\w+", text[match.end() : match.end() + 20])[:1])
    before = {fold(word) for word in re.findall(r"\w+", text[: match.start()])}
    return next_words in ONLY_WORDS or not CONDITIONS.isdisjoint(before)


def _turns(around: str, sentence_line: Line, language: str) -> bool:
    """Tell whether a sentence says the opposite of what is denied, or denies it by a prefix: not legal,
    illegal.
    """
    if is_cjk(around):
        return any(
            (a in around and b in sentence_line.text) or (b in around and a in sentence_line.text)
            for a, b in OPPOSITES_CJK
        )
    denied = read(around, language)
    opposites = {opposite for word in denied.folded_words for opposite in OPPOSITES.get(word, ())}
    return bool(opposites & sentence_line.vocabulary or sentence_line.denied_keys & frozenset(denied.keys))
