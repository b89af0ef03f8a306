"""Where independent outlets contradict each other: other figures for one quantity, or an outright denial.

Said is only what two sentences show by themselves, and both are quoted. So all of this must hold:

- they are in one language, of two outlets, and neither is a reprint;
- they share most of what they say, and neither names what the other lacks: another name, year or figure makes
  it another quantity (another quarter, another market, another model);
- the figure is the only one of its kind in its sentence, has the same unit or counts the same noun, and is no
  bound (“more than 2,000”); values that differ by rounding agree;
- a denial says what is denied, and the other sentence states it without doubt.

What is passed over is no agreement: most contradictions need more than two sentences to be seen.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from bot.lexicon import alternatives, lexicon_of, union
from bot.model import Entry
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.verification.polarity_words import NEGATION_CJK, negations
from bot.recent import Recent
from bot.text.numbers import Figure, figures
from bot.text.products import MONTHS
from bot.text.sentences import sentences
from bot.text.stopwords import STOPWORDS
from bot.text.words import fold, has_cjk, is_cjk, words

READ = 12
"""Sentences of an entry that are compared: what contradicts is said early."""

ENTRIES = 8
LONGEST = 400
"""Characters of a sentence that can be held against another."""

SHARED_SHARE = 0.6
"""The part of the longer sentence's words that the other must have."""

DENIED_SHARE = 0.6
"""The part of a claim's words that a denial must repeat."""

LEAST = 4
"""Words that two sentences must share at least."""

ROUNDING = 0.1

KEPT_MAX = 256
"""Stories whose disagreements are kept: what many channels tell at one minute is compared once."""

_BOUND_BEFORE = re.compile(
    rf"(?:{alternatives(lambda lexicon: lexicon.limits.bound_before)})\s?[$€£]?$", re.IGNORECASE
)
_BOUND_AFTER = re.compile(
    rf"\s?(?:{alternatives(lambda lexicon: lexicon.limits.bound_behind)}|\+|[-–]\s?\d)", re.IGNORECASE
)


def _compile_words(patterns: Sequence[str], more: str = "") -> re.Pattern[str]:
    """Return a pattern of words, whole ones where words are parted by spaces."""
    spaced = "|".join(pattern for pattern in patterns if not has_cjk(pattern))
    anywhere = "|".join((*filter(None, [more]), *(pattern for pattern in patterns if has_cjk(pattern))))
    return re.compile(rf"\b(?:{spaced})\b|{anywhere}", re.IGNORECASE)


_DENIES = _compile_words(union(lambda lexicon: lexicon.claims.denies))
_DOUBT = _compile_words(union(lambda lexicon: lexicon.claims.doubts), "[?？]")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Side:
    """A sentence of an entry: `entry.text[start:end]`."""

    entry: Entry
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence."""
        return self.entry.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sentences that cannot both be right; in a denial the second one denies."""

    first: Side
    second: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    text: str
    language: str
    all_words: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    figures: tuple[Figure, ...]
    denies: bool


_found_lately: Recent[tuple[Entry, ...], tuple[Disagreement, ...]] = Recent(KEPT_MAX)


def find_disagreements(entries: Sequence[Entry]) -> tuple[Disagreement, ...]:
    """Return where independent outlets of a story contradict each other, one for each pair of entries."""
    ids = tuple(entry.id for entry in entries)
    return _found_lately.get(ids, tuple(entries), lambda: _compare(entries))


def _compare(entries: Sequence[Entry]) -> tuple[Disagreement, ...]:
    originals = without_reprints(entries)[:ENTRIES]
    if len({entry.outlet for entry in originals}) < 2:
        return ()
    read = [(entry, _sides(entry)) for entry in originals]
    contradictions = []
    for (a, first_sides), (b, second_sides) in combinations(read, 2):
        if (
            a.outlet != b.outlet
            and a.language == b.language
            and (pair := _find_disagreement(first_sides, second_sides))
        ):
            contradictions.append(pair)
    return tuple(contradictions)


def dissenting_outlets(disagreements: Sequence[Disagreement], lead: Entry) -> frozenset[str]:
    """Return the outlets that stand against the others: those in most disagreements until none is left, the
    lead last of all.
    """
    outlet_pairs = [{d.first.entry.outlet, d.second.entry.outlet} for d in disagreements]
    outlets: set[str] = set()
    while outlet_pairs:
        counts = Counter(outlet for pair in outlet_pairs for outlet in pair)
        most = max(counts, key=lambda outlet: (outlet != lead.outlet, counts[outlet], outlet))
        outlets.add(most)
        outlet_pairs = [pair for pair in outlet_pairs if most not in pair]
    return frozenset(outlets)


def _sides(entry: Entry) -> list[tuple[Side, _Line]]:
    opening = sentences(entry.text, entry.language)[:READ]
    sides = [Side(entry, span.start, span.end) for span in opening if span.end - span.start <= LONGEST]
    return [(side, _line(side.text, entry.language)) for side in sides]


def _find_disagreement(
    first_sides: Sequence[tuple[Side, _Line]], second_sides: Sequence[tuple[Side, _Line]]
) -> Disagreement | None:
    for side, line in first_sides:
        for second_line, facing in second_sides:
            if _figures_differ(line, facing) or _denies(facing, line):
                return Disagreement(side, second_line)
            if _denies(line, facing):
                return Disagreement(second_line, side)
    return None


def contradict(first: str, second: str, language: str) -> bool:
    """Tell whether two sentences of one language cannot both be right, by what they say alone."""
    a, b = _line(first, language), _line(second, language)
    return _figures_differ(a, b) or _denies(a, b) or _denies(b, a)


@lru_cache(maxsize=1 << 11)
def _line(text: str, language: str) -> _Line:
    line_figures = figures(text, language)
    plain_words = [word for word in words(_remove_figures(text, line_figures)) if not word[0].isdigit()]
    all_keys = frozenset(map(_key, plain_words))
    telling = frozenset(key for key in all_keys if key not in STOPWORDS and len(key) > 1)
    capitalizable = (
        plain_words[1:] if not lexicon_of(language).writing.capital_nouns and not is_cjk(text) else []
    )
    names = frozenset(_key(word) for word in capitalizable if word[0].isupper())
    return _Line(
        text=text,
        language=language,
        all_words=all_keys,
        words=telling,
        names=names,
        figures=line_figures,
        denies=bool(_DENIES.search(text)),
    )


def _remove_figures(text: str, removals: Sequence[Figure]) -> str:
    for figure in reversed(removals):
        text = f"{text[: figure.start]} {text[figure.end :]}"
    return text


def _key(word: str) -> str:
    """Return what is compared of a word: folded, its beginning where it is long, so that forms of a word
    agree.
    """
    folded_word = fold(word).removesuffix("'s")
    return folded_word[:6] if folded_word.isascii() and len(folded_word) > 6 else folded_word


def _figures_differ(a: _Line, b: _Line) -> bool:
    if not a.figures or not b.figures or not _same_subject(a, b):
        return False
    differing_pairs = [
        (f, g)
        for f in a.figures
        for g in b.figures
        if f.unit == g.unit and _counted_noun(a, f) and _counted_noun(a, f) == _counted_noun(b, g)
    ]
    return len(differing_pairs) == 1 and _apart(a, b, *differing_pairs[0])


def _same_subject(a: _Line, b: _Line) -> bool:
    """Tell whether two sentences say the same but for a figure: one may say more, neither says another thing
    instead.
    """
    common = a.words & b.words
    is_replaced = bool(a.all_words - b.all_words) and bool(b.all_words - a.all_words)
    if len(common) < LEAST or len(common) < SHARED_SHARE * max(len(a.words), len(b.words)) or is_replaced:
        return False
    return not (a.names - b.words) and not (b.names - a.words) and not _turns(a, b)


def _turns(a: _Line, b: _Line) -> bool:
    """Tell whether one of two sentences denies or doubts what the other does not."""
    return _negations(a) != _negations(b) or bool(_DOUBT.search(a.text)) != bool(_DOUBT.search(b.text))


def _negations(line: _Line) -> bool:
    negation_words = {fold(word) for word in words(line.text)} & negations(line.language)
    return bool(negation_words) or (is_cjk(line.text) and bool(NEGATION_CJK.search(line.text)))


def _apart(a: _Line, b: _Line, f: Figure, g: Figure) -> bool:
    """Tell whether two figures are exact, too far apart for rounding, and all that differs in number."""
    if _is_bound(a.text, f) or _is_bound(b.text, g) or _is_date(f, g):
        return False
    if abs(f.value - g.value) <= ROUNDING * max(abs(f.value), abs(g.value)):
        return False
    return _other_figures(a, f) == _other_figures(b, g)


def _other_figures(line: _Line, figure: Figure) -> frozenset[str]:
    rest = f"{line.text[: figure.start]} {line.text[figure.end :]}"
    return frozenset(_DIGITS.findall(rest))


def _is_date(f: Figure, g: Figure) -> bool:
    """Tell whether two bare figures may be years, days or the numbers of something."""
    return not f.unit and (all(1900 <= x.value <= 2100 for x in (f, g)) or max(f.value, g.value) < 3)


def _is_bound(text: str, figure: Figure) -> bool:
    return bool(_BOUND_BEFORE.search(text[: figure.start].rstrip()) or _BOUND_AFTER.match(text, figure.end))


def _counted_noun(line: _Line, figure: Figure) -> str:
    """Return the word behind a bare figure, which tells what it counts."""
    if figure.unit:
        return figure.unit
    following_words = words(line.text[figure.end : figure.end + 40])
    counted_word = fold(following_words[0]) if following_words else ""
    return (
        ""
        if not counted_word.isalpha() or counted_word in STOPWORDS or counted_word in MONTHS
        else _key(counted_word)
    )


def _denies(a: _Line, b: _Line) -> bool:
    """Tell whether the first sentence denies outright what the second one states."""
    match = _DENIES.search(a.text) if a.denies and not b.denies else None
    if match is None or _negations(b) or _DOUBT.search(b.text):
        return False
    denied_words = _line(a.text[: match.start()] + " " + a.text[match.end() :], a.language).words
    common = denied_words & b.words
    if len(common) < LEAST or len(common) < DENIED_SHARE * len(b.words) or b.names - denied_words:
        return False
    return {n.value for n in b.figures} <= {n.value for n in a.figures}
