"""Why a model's sentence may not be told: before the gate, what no news sentence may hold; after it, what
rests on nothing.
"""

import re
from collections.abc import Collection, Sequence

from bot.lexicon import LEXICONS
from bot.pipeline.grouping.anchors import anchors_of
from bot.pipeline.verification.check import Source, check
from bot.pipeline.verification.periods import lengths
from bot.pipeline.verification.polarity_words import DENIALS, NEGATION_CJK, negations
from bot.summarizers.openai.prompt import LONGEST_SENTENCE, NAMES
from bot.text.language import language_of
from bot.text.stopwords import BY_LANGUAGE
from bot.text.terms import Frequencies, split_terms
from bot.text.words import UNSPACED, fold, is_cjk, words

BACKED_SHARE = 1 / 3
"""The share of a sentence's telling words that its sources in the same language must hold."""

BEGINNING = 5
"""Letters by which a word is recognized in another form."""

_MENTION = re.compile(r"[@＠]\w|<[@#:/a-z]", re.IGNORECASE)
_ADDRESS = re.compile(
    (
        r"(?<![a-z0-9])(?:[a-z][a-z0-9+.\-]{0,30}+://|(?:tg|mailto|data|javascript):"
        r"|(?:[a-z][a-z0-9-]{0,62}+\.){1,10}[a-z]{2,63}+(?![a-z0-9]))[^\s。、，）」]*+"
    ),
    re.IGNORECASE,
)
"""An address or a host's name. A label has 63 characters at most (RFC 1035, 2.3.4); of a longer chain of
labels its end is found.
"""

_MARKUP = re.compile(r"\]\(|```|</?\w|‹/?\w|<\||‹\||\*\*|\|\|")
_DENIAL = {
    language: re.compile(rf"\b(?:{'|'.join(listed)})\b", re.IGNORECASE)
    for language, lexicon in LEXICONS.items()
    if (listed := lexicon.claims.sure_negations)
} | dict.fromkeys(UNSPACED, NEGATION_CJK)
"""What surely denies something, by language."""

_NOTHING = Frequencies()


def objection(text: str, language: str, sources: Sequence[Source], secrets: Collection[str] = ()) -> str:
    """Return why a sentence may not be told, empty where it may."""
    if any(secret in text for secret in secrets if secret):
        return "it holds a key"
    if len(text) > LONGEST_SENTENCE:
        return "it is too long for one sentence"
    if _MENTION.search(text):
        return "it mentions somebody"
    if _MARKUP.search(text):
        return "it holds markup"
    if address := _foreign_address(text, sources):
        return f"the address {address[:60]} is not in its source"
    if not is_in(text, language):
        return f"it is not written in {NAMES[language]}"
    ruling = check(text, language, sources)
    if not ruling.ok:
        return ruling.reason
    return "" if is_backed(text, language, sources) else "its sources speak of something else"


def _foreign_address(text: str, sources: Sequence[Source]) -> str:
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".,;:!?)")
        if not any(address in source.text for source in sources):
            return address
    return ""


def is_in(text: str, language: str) -> bool:
    """Tell whether a sentence is in a language; short ones full of names get the benefit of the doubt."""
    text_language = language_of(text, language)
    if text_language == language:
        return True
    if (
        is_cjk(text)
        or text_language not in BY_LANGUAGE
        or language not in BY_LANGUAGE
        or language in UNSPACED
    ):
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    found_count, wanted_count = (
        sum(word in BY_LANGUAGE[code] for word in words) for code in (text_language, language)
    )
    return found_count <= wanted_count


def is_backed(text: str, language: str, sources: Sequence[Source]) -> bool:
    """Tell whether sources speak of the same: by words in their own language, across languages by a name, a
    figure or a known word.
    """
    alike = [source.text for source in sources if source.language == language]
    if not alike:
        return _is_backed_across(text, language, sources)
    sentence_terms = split_terms(text)
    source_terms = {term[:BEGINNING] for source in alike for term in split_terms(source)}
    return sum(term[:BEGINNING] in source_terms for term in sentence_terms) >= BACKED_SHARE * len(
        sentence_terms
    )


def _is_backed_across(text: str, language: str, sources: Sequence[Source]) -> bool:
    """Tell whether sources in other languages share an anchor with a sentence; what it denies, one that
    shares its names must deny, too.
    """
    sentence_anchors = _anchors(text, language)
    common_anchors = [sentence_anchors & _anchors(source.text, source.language) for source in sources]
    if not any(common_anchors) or not _DENIAL[language].search(text):
        return any(common_anchors)
    common_names = {anchor for anchors in common_anchors for anchor in anchors if not anchor.startswith("=")}
    return any(
        _may_deny(source) and (not common_names or bool(common_names & both))
        for source, both in zip(sources, common_anchors, strict=True)
    )


def _anchors(text: str, language: str) -> frozenset[str]:
    """Return what a text names and counts, lengths of time in words as well."""
    times = {f"={value:g} {unit}" for value, unit, _ in lengths(text, language)}
    return frozenset(anchors_of("", text, language, _NOTHING).keys() | times)


def _may_deny(source: Source) -> bool:
    folded_words = {fold(word) for word in words(source.text)}
    return bool(folded_words & (negations(source.language) | DENIALS)) or bool(
        NEGATION_CJK.search(source.text)
    )
