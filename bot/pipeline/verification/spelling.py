"""Whether a name in Latin letters is one that Chinese or Japanese writes by its sound: 海登 is Hayden.

Both are read as a row of consonants, in classes that such spellings keep apart; vowels, doubled letters and
what is often not heard (r, h) count little or nothing. For the gate alone: it answers for a name that a
source may hold, and is too lenient to tell stories by.
"""

import re
from functools import lru_cache

from bot.lexicon import LEXICONS
from bot.text.words import fold

NASAL = "N"
LONGEST = 6
"""Characters that one part of a name takes at most."""

ALIKE_SHARE = 0.25
"""The share of a name's consonants by which its spelling may differ."""

SHORTEST = 2
"""Consonants from which a name is told by them."""

_CLASS_BY_CHARACTER = {
    character: sound
    for lexicon in LEXICONS.values()
    for sound, characters in lexicon.writing.sounds.items()
    for character in characters
}
_RUN = re.compile(f"[{re.escape(''.join(_CLASS_BY_CHARACTER))}]{{2,}}") if _CLASS_BY_CHARACTER else None
_VOWEL = "-"
"""The class of characters without a consonant."""

_DIGRAPHS = (
    ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "k"),
    ("gh", "k"), ("x", "ks"),
)  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_FINAL_NG = re.compile(r"ng(?=$|[^aeiou])")
_SILENT_H = re.compile(r"(?<=.)h(?![aeiouy])")
_CLASSES = str.maketrans("bpfvwmdtnlrkgqchszj", "PPFWWMTTNLLKKKKHSSS", "aeiouy'’-")
_LIGHT = {"L": 0.4, "H": 0.4, "W": 0.6, "N": 0.6}
_NEAR = {
    frozenset(pair): cost
    for pair, cost in (
        ("ST", 0.5),
        ("FW", 0.3),
        ("FH", 0.3),
        ("KS", 0.6),
        ("PW", 0.4),
        ("HK", 0.5),
        ("HS", 0.6),
    )
}


def is_spelled(name: str, text: str) -> bool:
    """Tell whether a text writes a name by its sound."""
    consonants = _consonants(name)
    return len(consonants) >= SHORTEST and any(
        _is_alike(consonants, sounds)
        for sounds in _spellings(text)
        if abs(len(sounds) - len(consonants)) <= SHORTEST
    )


@lru_cache(maxsize=1024)
def _consonants(name: str) -> str:
    """Return the classes of a name's consonants, in Latin letters."""
    letters = fold(name)
    for written, sound in _DIGRAPHS:
        letters = letters.replace(written, sound)
    letters = _SILENT_H.sub("", _FINAL_NG.sub("n", _SOFT_C.sub("s", letters)))
    return re.sub(r"(.)\1", r"\1", letters.translate(_CLASSES))


@lru_cache(maxsize=64)
def _spellings(text: str) -> frozenset[str]:
    """Return the consonants of every part of a text that may spell a name."""
    runs = _RUN.findall(text) if _RUN else []
    return frozenset(
        _read(run[begin : begin + length])
        for run in runs
        for begin in range(len(run))
        for length in range(2, min(LONGEST, len(run) - begin) + 1)
        if begin == 0 or begin + length == len(run)
    )


def _read(characters: str) -> str:
    sounds = "".join(_CLASS_BY_CHARACTER[character] for character in characters).replace(_VOWEL, "")
    return re.sub(r"(.)\1", r"\1", sounds)


def _is_alike(wanted: str, sounds: str) -> bool:
    return _distance(wanted, sounds) <= ALIKE_SHARE * max(len(wanted), len(sounds)) - (
        0.3 if len(wanted) == SHORTEST else 0
    )


def _distance(a: str, b: str) -> float:
    """Return what it costs to make one row of consonants the other."""
    row = [0.0]
    for sound in b:
        row.append(row[-1] + _LIGHT.get(sound, 1.0))
    for own in a:
        before, row = row, [row[0] + _LIGHT.get(own, 1.0)]
        for at, other in enumerate(b, 1):
            change = 0.0 if own == other else _NEAR.get(frozenset((own, other)), 1.2)
            row.append(
                min(
                    before[at] + _LIGHT.get(own, 1.0),
                    row[-1] + _LIGHT.get(other, 1.0),
                    before[at - 1] + change,
                )
            )
    return row[-1]
