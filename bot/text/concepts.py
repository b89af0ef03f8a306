"""What names and everyday news words are called in other languages: one line for each, English forms
first.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from bot.lexicon import rows_of
from bot.text.words import CJK, fold, words

WORD = "~"
"""What marks an everyday word among concepts: it is no name."""


def _forms(side: str) -> list[str]:
    return [fold(form) for form in side.split()]


def _read(part: str, mark: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the concept of each English form of a part of the lexicon, and of each other form."""
    english: dict[str, str] = {}
    concept_by_form: dict[str, str] = {}
    for line in rows_of(part):
        english_forms, other_forms = (_forms(side) for side in line.split("=", 1))
        english |= {form: mark + english_forms[0] for form in english_forms if form not in english}
        concept_by_form |= {
            form: mark + english_forms[0] for form in other_forms if form not in concept_by_form
        }
    return english, concept_by_form


(_english_names, _other_names), (_english_words, _other_words) = _read("names", ""), _read("words", WORD)
_ENGLISH, _FOREIGN = _english_words | _english_names, _other_words | _other_names
_CJK_FORM = re.compile(
    "|".join(sorted((re.escape(f) for f in _FOREIGN if re.search(f"[{CJK}]", f)), key=lambda f: (-len(f), f)))
)
_CJK_CHAR = re.compile(f"[{CJK}]")
_CAPITAL_WORD = re.compile(rf"(?:(?![{CJK}])[^\W\d_])+")
_ARTICLES = ("وال", "بال", "لل", "ال")


def concepts(text: str, language: str) -> frozenset[str]:
    """Return what a text speaks of, as the first English form of each line; everyday words with a mark."""
    if language == "en":
        return frozenset(filter(None, map(_english_concept, words(text))))
    found_concepts = set(filter(None, map(_concept, words(text))))
    if _CJK_CHAR.search(text):
        found_concepts.update(_FOREIGN[form] for form in _CJK_FORM.findall(fold(text)))
    return frozenset(found_concepts)


@lru_cache(maxsize=1)
def _forms_by_concept() -> Mapping[str, tuple[str, ...]]:
    forms: dict[str, list[str]] = {}
    for form, concept in (*_ENGLISH.items(), *_FOREIGN.items()):
        forms.setdefault(concept, []).append(form)
    return {concept: tuple(listed) for concept, listed in forms.items()}


def forms_of(concept: str) -> tuple[str, ...]:
    """Return what a concept is called in every language that is known of it, folded."""
    return _forms_by_concept().get(concept, ())


def find_names(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    """Give where a text names whom or what is well known, and as which name: the first English form of
    its line.
    """
    find_concept = _english_concept if language == "en" else _concept
    for match in _CAPITAL_WORD.finditer(text):
        if (concept := find_concept(match.group())) and not concept.startswith(WORD):
            yield match.start(), match.end(), concept
    folded_text = fold(text)
    readable = folded_text if len(folded_text) == len(text) else text
    for match in _CJK_FORM.finditer(readable) if _CJK_CHAR.search(text) else ():
        if not (concept := _FOREIGN[match.group()]).startswith(WORD):
            yield match.start(), match.end(), concept


@lru_cache(maxsize=1 << 16)
def _english_concept(word: str) -> str | None:
    return _ENGLISH.get(fold(word).removesuffix("'s"))


@lru_cache(maxsize=1 << 16)
def _concept(word: str) -> str | None:
    """Return the concept of a word whose ending may be inflected."""
    word = fold(word)
    article = next((a for a in _ARTICLES if word.startswith(a) and len(word) > len(a) + 2), "")
    bare = word.removeprefix(article)
    stems = (bare[: len(bare) - cut] for cut in range(min(3, len(bare) // 3) + 1))
    return next((concept for stem in stems if (concept := _FOREIGN.get(stem))), None)
