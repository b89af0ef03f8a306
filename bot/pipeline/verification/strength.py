"""Whether a sentence states more than its sources do: all for some, in sum for each, a fact for an
accusation, a deed for a plan, an admission for a denial.

A marker in the source sentence and its absence in the sentence are held against each other, in one language
and across languages; where either language has no lists, nothing is said.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from bot.lexicon import LEXICONS, Strength
from bot.pipeline.verification.passages import Passage, find_passages, is_told
from bot.pipeline.verification.polarity_words import DENIALS, NEGATION_CJK, negations
from bot.text.numbers import figures
from bot.text.words import UNSPACED, fold, is_cjk

_DOUBTS = ("alleged", "attributed", "considered", "planned", "open", "denied", "admitted")
_NEVER = re.compile("(?!)")
_QUOTED = re.compile('[“”„«»「」『』"]|^[^:：]{2,60}[:：]')
"""What leaves words to somebody without a verb: quotation marks, a colon behind who speaks."""

_CLAUSE = re.compile(r"[,;:.()，；：。、（）]+\s*|\s[-–—]\s")
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step up in strength: what a source sentence has and lacks, what the sentence must have and must not,
    and whether it must tell the part in which the mark stands.
    """

    name: str
    source_has: str
    source_lacks: tuple[str, ...]
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    is_telling: bool = True
    is_of_whole: bool = False
    """Whether the mark is about the whole source sentence rather than its clause."""

    counts: bool = False
    """Whether it is about a figure."""


STEPS = (
    Step(
        name="some became all",
        source_has="some",
        source_lacks=("all",),
        has=("all",),
        lacks=("some",),
        is_of_whole=True,
    ),
    Step(
        name="each became together",
        source_has="each",
        source_lacks=("together",),
        has=("together",),
        lacks=("each",),
        is_telling=False,
        counts=True,
    ),
    Step(
        name="together became each",
        source_has="together",
        source_lacks=("each",),
        has=("each",),
        lacks=("together",),
        is_telling=False,
        counts=True,
    ),
    Step(
        name="what was alleged became a finding",
        source_has="alleged",
        source_lacks=("found",),
        has=("found",),
        lacks=("alleged", "open"),
        is_telling=False,
    ),
    Step(
        name="what was alleged became a fact",
        source_has="alleged",
        source_lacks=("found", "admitted"),
        has=(),
        lacks=("alleged", "attributed", "open", "quoted", "denied", "admitted"),
    ),
    Step(
        name="what was considered became a deed",
        source_has="considered",
        source_lacks=("done",),
        has=(),
        lacks=("planned", "considered", "open", "attributed", "negated"),
    ),
    Step(
        name="what was planned became a deed",
        source_has="planned",
        source_lacks=(),
        has=("done",),
        lacks=("planned", "open", "negated"),
    ),
    Step(
        name="a denial became an admission",
        source_has="denied",
        source_lacks=("admitted",),
        has=("admitted",),
        lacks=("denied",),
        is_telling=False,
    ),
    Step(
        name="a denial was dropped",
        source_has="denied",
        source_lacks=(),
        has=(),
        lacks=("denied", "alleged", "quoted"),
    ),
)


@lru_cache(maxsize=32)
def _marks(language: str) -> Mapping[str, re.Pattern[str]]:
    """Return the marks of a language, none where it has no lists."""
    lexicon = LEXICONS.get(language)
    if lexicon is None or not lexicon.strength.some:
        return {}
    return {name: _pattern(getattr(lexicon.strength, name), language) for name in Strength.model_fields}


def _pattern(patterns: Sequence[str], language: str) -> re.Pattern[str]:
    if not patterns:
        return _NEVER
    alternatives = "|".join(patterns)
    return re.compile(alternatives if language in UNSPACED else rf"\b(?:{alternatives})(?!\w)", re.IGNORECASE)


def find_changed_strength(sentence: str, language: str, sources: Sequence[tuple[str, str]]) -> str:
    """Return what a sentence states more strongly than the sentences of sources (text, language) on which it
    rests, empty where it does not.
    """
    if sentence.endswith(("?", "？")) or not _marks(language):
        return ""
    steps = [step for step in STEPS if _is_strong(step, sentence, language)]
    if not steps:
        return ""
    passages = find_passages(sentence, language, sources)
    for step in steps:
        if passages and all(_is_weaker(step, passage, sentence, language) for passage in passages):
            return step.name
    return ""


def _is_strong(step: Step, sentence: str, language: str) -> bool:
    """Tell whether a sentence has what a step needs and lacks what softens it."""
    text = _without_parts(sentence, language) if "all" in step.has else sentence
    return (
        all(_has(mark, text, language) for mark in step.has)
        and not any(_has(mark, sentence, language) for mark in step.lacks)
        and (not step.counts or bool(figures(sentence, language)))
    )


def _is_weaker(step: Step, passage: Passage, sentence: str, language: str) -> bool:
    """Tell whether a source sentence has the weaker mark, and nothing of the stronger one."""
    marks = _marks(passage.language)
    match = marks[step.source_has].search(passage.text) if marks else None
    if match is None or (passage.language != language and _is_mixed(step, passage)):
        return False
    if _denials_added(step, passage, sentence, language):
        return False
    text = _without_parts(passage.text, passage.language) if "all" in step.source_lacks else passage.text
    if any(_has(mark, text, passage.language) for mark in step.source_lacks):
        return False
    return not step.is_telling or any(
        is_told(
            passage.text if step.is_of_whole else _clause(passage.text, passage.language, match_found),
            passage,
            sentence,
            language,
        )
        for match_found in marks[step.source_has].finditer(passage.text)
    )


def _is_mixed(step: Step, passage: Passage) -> bool:
    """Tell whether a source sentence tells of a deed beside the plan, which another language may tell
    alone.
    """
    return step.source_has == "planned" and _has("done", passage.text, passage.language)


def _denials_added(step: Step, passage: Passage, sentence: str, language: str) -> bool:
    """Tell whether a sentence denies more often than the source sentence does beside its mark: that may say
    in other words what the mark said.
    """
    rest = _marks(passage.language)[step.source_has].sub(" ", passage.text)
    more = DENIALS if step.source_has == "denied" else frozenset()
    return count_denials(sentence, language, more) > count_denials(rest, passage.language, more)


def _without_parts(text: str, language: str) -> str:
    """Return a text without what it says of parts, so that “almost all” is not “all”."""
    return _marks(language)["some"].sub(" ", text)


def _clause(text: str, language: str, mark: re.Match[str]) -> str:
    """Return the words between the pauses round a mark, without it."""
    marks = _marks(language)
    pauses = [pause for pause in _CLAUSE.finditer(text) if not marks["joined"].match(text, pause.end())]
    pauses += marks["clauses"].finditer(text)
    begin = max((pause.end() for pause in pauses if pause.end() <= mark.start()), default=0)
    end = min((pause.start() for pause in pauses if pause.start() >= mark.end()), default=len(text))
    return f"{text[begin : mark.start()]} {text[mark.end() : end]}"


def has_mark(mark: str, text: str, language: str) -> bool:
    """Tell whether a text has a mark of its language's lists."""
    return bool(_marks(language)) and _has(mark, text, language)


def is_of_doubt(text: str, language: str) -> bool:
    """Tell whether words deny, or tell how sure a statement is."""
    if not _marks(language):
        return False
    return count_denials(text, language) > 0 or any(_has(mark, text, language) for mark in _DOUBTS)


@lru_cache(maxsize=1 << 12)
def _has(mark: str, text: str, language: str) -> bool:
    if mark == "quoted":
        return bool(_QUOTED.search(text))
    if mark == "negated":
        return count_denials(text, language, frozenset()) > 0
    return bool(_marks(language)[mark].search(text))


def count_denials(text: str, language: str, more: Set[str] = DENIALS) -> int:
    """Return how many negations and, of `more` words that deny, a text holds."""
    if is_cjk(text):
        return len(NEGATION_CJK.findall(text))
    denying = negations(language) | more
    return sum(not denying.isdisjoint((word, *word.split("'"))) for word in map(fold, _WORD.findall(text)))
