"""Whether a sentence turns round who does what to whom: who sues, accuses, buys, pays.

Told by the names on either side of a verb of the same kind, by what marks a passive, and in Japanese by
particles. Where the names do not stand crosswise altogether, nothing is role.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.lexicon import LEXICONS, Deeds
from bot.pipeline.verification.passages import Mention, find_passages, mentions
from bot.text.words import UNSPACED

NEAR_CHARACTERS = 24
"""Characters before a verb in which what makes it a passive stands."""

BY_CHARACTERS = 40
"""Characters between what stands before the one who does it and the name."""

NEXT_CHARACTERS = 20
"""The same where nothing else tells a passive than that it stands right behind the verb."""

_PAUSE = re.compile(r"[;:；：。]|\.\s|[(（][^()（）]*[)）]")
_COMMA = re.compile("[,，、]")
_NEVER = re.compile("(?!)")


@dataclass(frozen=True, slots=True)
class Roles:
    """Who does something of a kind, and to whom, by the keys of their names."""

    deed: str
    doers: frozenset[str]
    others: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    verbs: Mapping[str, re.Pattern[str]]
    by: re.Pattern[str]
    passive: re.Pattern[str]
    pivots: re.Pattern[str]
    subjects: re.Pattern[str]
    objects: re.Pattern[str]


@lru_cache(maxsize=32)
def _grammar(language: str) -> _Grammar | None:
    lexicon = LEXICONS.get(language)
    if lexicon is None or not lexicon.deeds.verbs:
        return None
    deeds: Deeds = lexicon.deeds

    def compile_all(patterns: Sequence[str]) -> re.Pattern[str]:
        alternatives = "|".join(patterns)
        spaced = alternatives if language in UNSPACED else rf"\b(?:{alternatives})(?!\w)"
        return re.compile(spaced, re.IGNORECASE) if patterns else _NEVER

    return _Grammar(
        verbs={deed: compile_all(patterns) for deed, patterns in deeds.verbs.items()},
        by=compile_all(deeds.by),
        passive=compile_all(deeds.passive),
        pivots=compile_all(deeds.pivots),
        subjects=compile_all(deeds.subjects),
        objects=compile_all(deeds.objects),
    )


def find_swapped_roles(sentence: str, language: str, sources: Sequence[tuple[str, str]]) -> str:
    """Return the names that change roles between a sentence and its sources (text, language), empty where
    none do.
    """
    sentence_roles = roles(sentence, language)
    passages = find_passages(sentence, language, sources) if sentence_roles else []
    for role in sentence_roles:
        source_roles = [
            source_role
            for passage in passages
            for source_role in roles(passage.text, passage.language)
            if source_role.deed == role.deed
        ]
        if any(role.doers & source_role.doers for source_role in source_roles):
            continue
        if any(
            role.doers & source_role.others and role.others & source_role.doers
            for source_role in source_roles
        ):
            return " / ".join(sorted(role.doers | role.others))
    return ""


@lru_cache(maxsize=512)
def roles(text: str, language: str) -> tuple[Roles, ...]:
    """Return who does what to whom in a sentence, as far as it is plain."""
    grammar = _grammar(language)
    names = mentions(text, language) if grammar else ()
    if grammar is None or len(names) < 2:
        return ()
    all_roles = []
    for deed, verb in grammar.verbs.items():
        match = verb.search(text)
        if match and (sides := _sides(text, names, match, grammar)):
            doers, others = (frozenset(mention.key for mention in side) for side in sides)
            if doers and others and not doers & others:
                all_roles.append(Roles(deed, doers, others))
    return tuple(all_roles)


def _sides(
    text: str, names: Sequence[Mention], verb: re.Match[str], grammar: _Grammar
) -> tuple[list[Mention], list[Mention]] | None:
    """Return the names of those who do it and of the others."""
    pauses = [pause.span() for pause in _PAUSE.finditer(text)]
    begin = max((end for _, end in pauses if end <= verb.start()), default=0)
    end = min((start for start, _ in pauses if start >= verb.end()), default=len(text))
    near = [name for name in names if begin <= name.start and name.end <= end]
    if grammar.objects is not _NEVER:
        return _by_particles(text, near, verb, grammar)
    before = [name for name in near if name.end <= verb.start()]
    after = [name for name in near if name.start >= verb.end()]
    if not after:
        return _before_last_verb(text, before, verb, grammar)
    if not before:
        return None
    by = grammar.by.search(text, verb.end(), end)
    is_by_next = by is not None and not text[verb.end() : by.start()].strip()
    reach = NEXT_CHARACTERS if is_by_next else BY_CHARACTERS
    if is_by_next or grammar.passive.search(text, max(begin, verb.start() - NEAR_CHARACTERS), verb.start()):
        doers = [name for name in after if by and 0 <= name.start - by.end() <= reach]
        if doers:
            return doers, before
        if not is_by_next:
            return None
    return before, after


def _before_last_verb(
    text: str, before: Sequence[Mention], verb: re.Match[str], grammar: _Grammar
) -> tuple[list[Mention], list[Mention]] | None:
    """Return the sides where both are named before the verb: parted by an auxiliary, or by what makes a
    passive.
    """
    if len(before) < 2:
        return None
    inner = (before[0].end, min(before[-1].start, verb.start()))
    for pattern, is_passive in ((grammar.passive, True), (grammar.pivots, False)):
        pivot = pattern.search(text, *inner)
        if pivot and not _COMMA.search(text, pivot.end(), verb.start()):
            first = [name for name in before if name.end <= pivot.start()]
            second = [name for name in before if name.start >= pivot.end()]
            if is_passive and grammar.by is not _NEVER and not grammar.by.search(text, *inner):
                return None
            return (second, first) if is_passive else (first, second)
    return None


def _by_particles(
    text: str, near: Sequence[Mention], verb: re.Match[str], grammar: _Grammar
) -> tuple[list[Mention], list[Mention]] | None:
    """Return the sides by the particle behind each name."""
    before = [name for name in near if name.end <= verb.start()]
    doers = [name for name in before if _is_followed(text, name, grammar.subjects)]
    others = [name for name in before if _is_followed(text, name, grammar.objects)]
    if grammar.passive.match(text, verb.end()):
        return others, doers
    return doers, others


def _is_followed(text: str, name: Mention, particles: re.Pattern[str]) -> bool:
    tail = re.compile("(?:氏|社|さん|側|[A-Za-z]+)?").match(text, name.end)
    return particles.match(text, tail.end() if tail else name.end) is not None
