"""In which old encoding Latin letters beyond ASCII are written where nobody declares it: where they are those
of a language, as often as people write them in it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from bot.lexicon import shared_names

LETTERS = 4000
"""Letters beyond ASCII that are looked at."""

LONGEST_RUN = 3
"""Letters beyond ASCII in a row that words in Latin have; words in another script have more."""

MARK_SHARE = 0.05
STRANGE_SHARE = 0.002
NO_LETTER_SHARE = 0.0002
"""How likely, in any language, a mark is, a letter of another language, and what no text has: a sign within a
word, or a capital behind a small letter.
"""

PRIOR = 3.0
"""By how much (natural logarithm) the encodings of the west are likelier before one letter is seen."""

LANGUAGE_WEIGHT = 6.0
"""The same for the language that a document names."""

MARKS = frozenset("“”‘’„‚«»–—…€§°·•®©™\u00a0£¥±×÷²³½µ´ªº")
WITHIN_WORDS = frozenset("’‘·\u00ad")
WESTERN = frozenset({"cp1252", "iso-8859-15"})

_NO_LETTER = "\x00"
_RUN = re.compile(r"(?s).?[^\x00-\x7f]+")

_Shares = Mapping[str, float]
"""The logarithm of how likely each letter beyond ASCII is."""


def likeliest_latin(texts: Mapping[str, str], language: str) -> tuple[str, float]:
    """Return in which of some encodings a document is likeliest Latin, and the share of its letters beyond
    ASCII that fit there; the document comes decoded in each of them, with the language that it names.
    """
    best, best_likelihood, best_fit = "", -math.inf, 0.0
    for name, text in texts.items():
        counts = Counter(_letters(text))
        likelihood = _likelihood(counts, name, language)
        if likelihood > best_likelihood:
            best, best_likelihood, best_fit = name, likelihood, _fit(counts, name)
    return best, best_fit


def latin_encodings() -> dict[str, frozenset[str]]:
    """Return the old encodings of Latin letters, and in which languages each is used."""
    encodings: Mapping[str, str] = shared_names()["letters"]["encodings"]
    return {name: frozenset(languages.split()) for name, languages in encodings.items()}


def _letters(text: str) -> Iterator[str]:
    """Give the letters and marks beyond ASCII, small ones; what can stand in no word is `_NO_LETTER`."""
    count = 0
    for match in _RUN.finditer(text):
        run = match[0] + text[match.end() : match.end() + 1]
        is_long = sum(letter > "\x7f" and letter.isalpha() for letter in run) > LONGEST_RUN
        for before, letter, after in zip(" " + run, run, run[1:] + " ", strict=False):
            if letter > "\x7f":
                is_out_of_place = is_long or (before.islower() and _breaks_word(letter, after))
                yield _NO_LETTER if is_out_of_place else _small(letter)
                count += 1
        if count >= LETTERS:
            return


def _breaks_word(letter: str, after: str) -> bool:
    """Tell whether something beyond ASCII cannot stand behind a small letter: a capital, a sign in a word."""
    return letter.isupper() or (after.islower() and not letter.isalpha() and letter not in WITHIN_WORDS)


def _small(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter  # İ


def _likelihood(counts: Counter[str], name: str, language: str) -> float:
    """Return how likely letters are in an encoding, in the best of its languages or in all of them mixed."""
    prior = 0.0 if name in WESTERN else -PRIOR
    return prior + max(
        sum(count * shares.get(letter, _other_share(letter)) for letter, count in counts.items())
        + LANGUAGE_WEIGHT * (code == language != "")
        for code, shares in _shares(name).items()
    )


def _other_share(letter: str) -> float:
    if letter in MARKS:
        return math.log(MARK_SHARE)
    return math.log(STRANGE_SHARE if letter.isalpha() else NO_LETTER_SHARE)


def _fit(counts: Counter[str], name: str) -> float:
    own = frozenset[str]().union(*_shares(name).values())
    total = counts.total()
    return sum(count for letter, count in counts.items() if letter in own or letter in MARKS) / max(1, total)


@cache
def _shares(name: str) -> Mapping[str, _Shares]:
    """Return how likely letters are in each language of an encoding, and, under no name, in all of them."""
    by_language = {code: _shares_of(code) for code in sorted(latin_encodings()[name])}
    mixture = _mixed(by_language.values())
    return {code: _logarithms(shares) for code, shares in {**by_language, "": mixture}.items()}


def _shares_of(language: str) -> dict[str, float]:
    rows = [(word[0], int(word[1:])) for word in shared_names()["letters"]["shares"][language].split()]
    total = sum(count for _, count in rows)
    return {letter: count / total for letter, count in rows}


def _mixed(languages: Iterable[Mapping[str, float]]) -> dict[str, float]:
    mixture: Counter[str] = Counter()
    languages = list(languages)
    for shares in languages:
        for letter, share in shares.items():
            mixture[letter] += share / len(languages)  # type: ignore[assignment]
    return dict(mixture)


def _logarithms(shares: Mapping[str, float]) -> _Shares:
    return {letter: math.log(max(share, STRANGE_SHARE)) for letter, share in shares.items()}
