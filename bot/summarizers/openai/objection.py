"""Why a model's sentence may not be told: before the gate, what no news sentence may hold; after it, what rests on nothing."""

import re
from collections.abc import Collection, Sequence

from bot.lexicon import LEXICONS
from bot.pipeline.grouping.anchors import anchors_of
from bot.pipeline.verification.check import Source, check
from bot.pipeline.verification.polarity import DENIALS
from bot.pipeline.verification.polarity_words import NEGATION_CJK, negations
from bot.summarizers.openai.prompt import LONGEST_SENTENCE, NAMES
from bot.text.language import language_of
from bot.text.stopwords import BY_LANGUAGE
from bot.text.terms import Frequencies, split_terms
from bot.text.words import UNSPACED, fold, is_cjk, words

BACKED = 1 / 3
"""The share of a sentence's telling words that its sources in the same language must hold."""

BEGINNING = 5
"""Letters by which a word is recognized in another form."""

_MENTION = re.compile(r"[@＠]\w|<[@#:/a-z]", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![a-z0-9])(?:[a-z][a-z0-9+.\-]{0,30}+://|(?:tg|mailto|data|javascript):|(?:[a-z][a-z0-9-]{0,62}+\.){1,10}[a-z]{2,63}+(?![a-z0-9]))[^\s。、，）」]*+",
    re.IGNORECASE,
)
"""An address or a host's name. A label has 63 characters at most (RFC 1035, 2.3.4); of a longer chain of labels its end is found."""

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
        found = match.group().rstrip(".,;:!?)")
        if not any(found in source.text for source in sources):
            return found
    return ""


def is_in(text: str, language: str) -> bool:
    """Tell whether a sentence is in a language; short ones full of names get the benefit of the doubt."""
    found = language_of(text, language)
    if found == language:
        return True
    if is_cjk(text) or found not in BY_LANGUAGE or language not in BY_LANGUAGE or language in UNSPACED:
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    theirs, ours = (sum(word in BY_LANGUAGE[code] for word in words) for code in (found, language))
    return theirs <= ours


def is_backed(text: str, language: str, sources: Sequence[Source]) -> bool:
    """Tell whether sources speak of the same: by words in their own language, across languages by a name, a figure or a known word."""
    alike = [source.text for source in sources if source.language == language]
    if not alike:
        return _is_backed_across(text, language, sources)
    said = split_terms(text)
    known = {term[:BEGINNING] for source in alike for term in split_terms(source)}
    return sum(term[:BEGINNING] in known for term in said) >= BACKED * len(said)


def _is_backed_across(text: str, language: str, sources: Sequence[Source]) -> bool:
    """Tell whether sources in other languages share an anchor with a sentence; what it denies, one that shares its names must deny, too."""
    said = anchors_of("", text, language, _NOTHING).keys()
    shared = [said & anchors_of("", source.text, source.language, _NOTHING).keys() for source in sources]
    if not any(shared) or not _DENIAL[language].search(text):
        return any(shared)
    named = {anchor for both in shared for anchor in both if not anchor.startswith("=")}
    return any(
        _may_deny(source) and (not named or bool(named & both))
        for source, both in zip(sources, shared, strict=True)
    )


def _may_deny(source: Source) -> bool:
    folded = {fold(word) for word in words(source.text)}
    return bool(folded & (negations(source.language) | DENIALS)) or bool(NEGATION_CJK.search(source.text))
