"""The gate between every summarizer and every reader: a sentence may say only what its receipts say.

Checked in any language: figures (value, scale, unit, measure) and what they are said of, dates and lengths
of time, quotations word for word, links and names; who does what to whom; negations that came or went; and
whether more is stated than a source states (all for some, a fact for an accusation, a deed for a plan).
Against sources in its own language also direction, and names and years that belong to something else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Entry, Receipt
from bot.pipeline.verification.bounds import find_changed_bound
from bot.pipeline.verification.dates import find_moved_year, find_unknown_date
from bot.pipeline.verification.figures import ROUNDING, find_unknown_figure
from bot.pipeline.verification.geography import home_names, translate_names
from bot.pipeline.verification.names import find_common_word, find_misplaced_name, find_unknown_name
from bot.pipeline.verification.near_copy import find_reversal
from bot.pipeline.verification.negation import find_turned_negation
from bot.pipeline.verification.pairings import find_swapped_figure
from bot.pipeline.verification.periods import find_changed_period
from bot.pipeline.verification.polarity import find_contradiction
from bot.pipeline.verification.quotes import find_changed_quote
from bot.pipeline.verification.roles import find_swapped_roles
from bot.pipeline.verification.strength import find_changed_strength
from bot.text.numbers import Figure
from bot.text.words import one_line

LONGEST = 4000
"""Characters beyond which nothing is a sentence; it bounds what checking one may cost."""

CONTEXT_CHARACTERS = 600
"""Characters of the paragraph on either side of a sentence in which it is looked up whom "it" means."""

_ENDS = ".!?…:;。！？；：\"”»」'’)"
"""Characters with which a sentence ends."""

_LINK = re.compile(r"https?://\S+")
_FIRST_PERSON = re.compile(
    (
        r"\b(?:we|our|us|noi|nostr[aeio]|abbiamo|wir|uns|unsere?[mnrs]?|nous|notre|nos|nosotr[ao]s"
        r"|nuestr[ao]s?|hemos)\b|我们|我們|本公司|当社|弊社|私たち|我々"
    ),
    re.IGNORECASE,
)
"""Words by which an outlet speaks of itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """The words a sentence rests on, and their language; what stands in their `context` names whom they mean
    by "it" or "we".
    """

    text: str
    language: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a sentence may be told, and if not, what it says beyond its receipts."""

    ok: bool
    reason: str = ""


def source_of(entry: Entry, receipt: Receipt) -> Source:
    """Return the words of a receipt as a source, with the headline and the paragraph around them, and the
    outlet where it says "we".
    """
    if receipt.start < 0:
        return Source(entry.title, entry.language)
    text = entry.text[receipt.start : receipt.end]
    begin = max(entry.text.rfind("\n", 0, receipt.start) + 1, receipt.start - CONTEXT_CHARACTERS)
    end = entry.text.find("\n", receipt.end)
    paragraph = entry.text[
        begin : min(end if end >= 0 else len(entry.text), receipt.end + CONTEXT_CHARACTERS)
    ]
    outlet = entry.outlet if _FIRST_PERSON.search(text) else ""
    return Source(text, entry.language, " \n".join(filter(None, (entry.title, paragraph, outlet))))


def check(sentence: str, language: str, receipts: Sequence[Source]) -> Ruling:
    """Rule on a sentence against the words it rests on. A sentence taken over whole passes."""
    text = one_line(sentence)
    sources = [one_line(source.text) for source in receipts]
    if any(_is_whole(text, line) for source in receipts for line in source.text.split("\n") if text in line):
        return Ruling(ok=True)
    if any(text in source for source in sources):
        problem = find_changed_strength(text, language, [(r.text, r.language) for r in receipts])
        return Ruling(ok=not problem, reason=f"its source says less: {problem}" if problem else "")
    if len(text) > LONGEST:
        return Ruling(ok=False, reason="it is too long for one sentence")
    for problem in (
        _figures(text, language, receipts),
        _bounds(text, language, receipts),
        _dates(text, language, receipts),
        _quotes(text, language, receipts),
        _links(text, sources),
        _names(text, language, receipts),
        _find_reversal(text, language, receipts),
        _find_changed_statement(text, language, receipts),
    ):
        if problem:
            return Ruling(ok=False, reason=problem)
    return Ruling(ok=True)


def _is_whole(text: str, line: str) -> bool:
    """Tell whether a text taken over from a line of a source begins and ends where a sentence does."""
    begin = line.index(text)
    before, after = line[:begin].rstrip(), line[begin + len(text) :].strip()
    return (not before or before[-1] in _ENDS) and (not after or text[-1:] in _ENDS)


def _find_changed_statement(sentence: str, language: str, receipts: Sequence[Source]) -> str:
    """Hold a sentence against all of its sources, in any language."""
    sources = [(source.text, source.language) for source in receipts]
    if words := find_changed_period(sentence, language, sources):
        return f"its source measures “{words}” in another unit of time"
    if names := find_swapped_roles(sentence, language, sources):
        return f"its source has the roles of {names} the other way round"
    if figure := find_swapped_figure(sentence, language, sources):
        return f"its source says {figure} of something else"
    if negation := find_turned_negation(sentence, language, sources):
        return f"only one of it and its source says “{negation}”"
    problem = find_changed_strength(sentence, language, sources)
    return f"its source says less: {problem}" if problem else ""


def _figures(sentence: str, language: str, receipts: Sequence[Source]) -> str:
    unknown = find_unknown_figure(
        sentence, language, [(r.text, r.language) for r in receipts], [r.context for r in receipts]
    )
    return f"the figure {unknown} is not in its source" if unknown else ""


def _bounds(sentence: str, language: str, receipts: Sequence[Source]) -> str:
    changed_bound = find_changed_bound(sentence, language, [(r.text, r.language) for r in receipts])
    return f"its source binds “{changed_bound}” otherwise" if changed_bound else ""


def _dates(sentence: str, language: str, receipts: Sequence[Source]) -> str:
    unknown = find_unknown_date(sentence, language, [(r.text, r.language) for r in receipts])
    return f"its {unknown} is not in its source" if unknown else ""


def same_figure(a: Figure, b: Figure) -> bool:
    """Tell whether two figures have the same value (rounded) and no different units."""
    if a.unit and b.unit and a.unit != b.unit:
        return False
    return abs(a.value - b.value) <= ROUNDING * max(abs(a.value), abs(b.value))


def _quotes(sentence: str, language: str, receipts: Sequence[Source]) -> str:
    texts, is_translation = _texts(language, receipts)
    quote = find_changed_quote(sentence, texts, translated=is_translation)
    return f"the quotation “{quote[:60]}” is not word for word in its source" if quote else ""


def _texts(language: str, receipts: Sequence[Source]) -> tuple[list[str], bool]:
    """Return the texts of receipts, and whether none of them is in this language."""
    return [r.text for r in receipts], all(r.language != language for r in receipts)


def _links(sentence: str, sources: Sequence[str]) -> str:
    for match in _LINK.finditer(sentence):
        if not any(match.group() in source for source in sources):
            return f"the link {match.group()[:80]} is not in its source"
    return ""


def _find_reversal(sentence: str, language: str, receipts: Sequence[Source]) -> str:
    """Hold a sentence against those of its sources that are in its language."""
    texts = [source.text for source in receipts if source.language == language]
    for text in texts:
        if problem := find_reversal(sentence, language, text):
            return problem
    if name := find_common_word(sentence, language, texts):
        return f"its source has {name} only as a common word"
    if name := find_misplaced_name(sentence, language, texts):
        return f"its source says nothing of this about {name}"
    if year := find_moved_year(sentence, language, texts):
        return f"its source gives another year than {year} for this"
    return find_contradiction(sentence, language, texts)


def _names(sentence: str, language: str, receipts: Sequence[Source]) -> str:
    texts, is_translation = _texts(language, receipts)
    name = find_unknown_name(sentence, language, texts, translated=is_translation)
    if name:
        translated_names = [translate_names(r.text, r.language, language) for r in receipts]
        translated_names += [home_names(r.language, language) for r in receipts]
        contexts = [r.context for r in receipts]
        name = find_unknown_name(
            sentence, language, [*texts, *translated_names, *contexts], translated=is_translation
        )
    return f"the name {name} is not in its source" if name else ""
