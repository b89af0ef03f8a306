"""What of a wish denies a time, a number or another denial (`no news on sundays`, `at least 3`, `do not leave
out funding`): read as if nothing denied it, it would become its opposite, so it is left unread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from bot.lexicon import lexicon_of
from bot.pipeline.filters.wish_mentions import CONTENT, SETTINGS
from bot.text.wish_words import BOUND, Part, Role, split_tokens
from bot.text.words import fold

DENIALS = frozenset({Role.REFUSAL, Role.TRAILING_REFUSAL})
SILENT = frozenset({Role.FILLER, Role.REQUEST, Role.NEWS, Role.FROM, Role.LANGUAGE_PREFIX})
"""Parts that may stand between a denial and what it denies."""

_BREAKS = frozenset({Role.COMMA, Role.STOP})


def leave_denials_unread(parts: Sequence[Part], language: str) -> list[Part]:
    """Return parts in which those that would become their opposite are vague, so that they are named."""
    read_parts: list[Part] = []
    for clause in _clauses([_as_bound(part, language) for part in parts]):
        vague = _denied_settings(clause) | _double_denials(clause, language)
        read_parts += [
            replace(part, role=Role.VAGUE) if number in vague else part for number, part in enumerate(clause)
        ]
    return read_parts


def names_addition(parts: Sequence[Part], language: str) -> bool:
    """Tell whether a time is to be added to those that there are: `also fridays at 17`."""
    words = frozenset(map(fold, lexicon_of(language).wishes.additions))
    for number, part in enumerate(parts):
        if fold(part.text) not in words:
            continue
        neighbours = (_next(parts, number), _next(parts, number, step=-1))
        has_content = neighbours[0] is not None and neighbours[0].role is not Role.TIME
        if not has_content and any(neighbour and neighbour.role is Role.TIME for neighbour in neighbours):
            return True
    return False


def _as_bound(part: Part, language: str) -> Part:
    """Return a word for the night, which is no time of the clock, as one that no rule can say."""
    is_night = part.role is Role.WORD and fold(part.text) in _nights(language)
    return replace(part, role=Role.VAGUE, value=BOUND) if is_night else part


@cache
def _nights(language: str) -> frozenset[str]:
    phrases = lexicon_of(language).typed.night
    return frozenset(fold(name) for phrase in phrases for name in (phrase, split_tokens(phrase)[-1].text))


def _clauses(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Give the parts up to each comma and stop, with that."""
    clause: list[Part] = []
    for part in parts:
        clause.append(part)
        if part.role in _BREAKS:
            yield clause
            clause = []
    yield clause


def _denied_settings(clause: Sequence[Part]) -> set[int]:
    """Return the places of denials that deny nothing but times and numbers, and of these; and of what a bound
    stands beside.
    """
    bounds = [number for number, part in enumerate(clause) if part.value == BOUND]
    idle = [number for number, part in enumerate(clause) if part.role in DENIALS and _is_idle(clause, number)]
    if not bounds and not idle:
        return set()
    settings = [number for number, part in enumerate(clause) if part.role in SETTINGS]
    places = [*bounds, *idle, *settings]
    stretch = range(min(places), max(places) + 1)
    return {number for number in stretch if clause[number].role not in CONTENT | _BREAKS | {Role.AND}}


def _is_idle(clause: Sequence[Part], number: int) -> bool:
    """Tell whether a denial has nothing to deny but times and numbers, or nothing at all beside news."""
    following, before = _next(clause, number), _next(clause, number, step=-1)
    if clause[number].role is Role.TRAILING_REFUSAL:
        return before is not None and _is_setting(before)
    if following is not None and not _is_setting(following):
        return False
    names_news = any(part.role is Role.NEWS for part in clause[number + 1 :])
    return (following or before) is not None and (
        (following is not None or before is None or _is_setting(before)) or names_news
    )


def _is_setting(part: Part) -> bool:
    return part.role in SETTINGS or part.value == BOUND


def _next(parts: Sequence[Part], number: int, *, step: int = 1) -> Part | None:
    """Return the nearest part behind a place, or before it, that says something; None where the clause
    ends.
    """
    stretch = parts[number + 1 :] if step > 0 else parts[:number][::-1]
    part = next((part for part in stretch if part.role not in SILENT), None)
    return None if part is None or part.role in _BREAKS | {Role.AND} else part


def _double_denials(clause: Sequence[Part], language: str) -> set[int]:
    """Return the places of denials and of words that leave out beside them: `do not leave out`, `don't leave
    funding out`.
    """
    words = frozenset(map(fold, lexicon_of(language).wishes.exclusions))
    denials = [(number, part) for number, part in enumerate(clause) if part.role in DENIALS]
    places: set[int] = set()
    for number, part in denials:
        for denial_number, denial in denials:
            is_exclusion_denied = fold(part.text) in words and fold(denial.text) not in words
            if is_exclusion_denied and _are_one_denial(clause, number, denial_number):
                places |= {number, denial_number}
    return places


def _are_one_denial(clause: Sequence[Part], exclusion: int, denial: int) -> bool:
    """Tell whether nothing that is named stands between a word that leaves out and one that denies, or only
    what both are about, where one stands behind it.
    """
    between = clause[min(exclusion, denial) + 1 : max(exclusion, denial)]
    if all(part.role in SILENT for part in between):
        return True
    is_behind = clause[exclusion].role is Role.TRAILING_REFUSAL and denial < exclusion
    return is_behind and not any(part.role is Role.AND for part in between)
