"""The encoding of a document that declares none, or another one: the one in which its letters are those that
people write.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

LOOKED_AT = 200_000
"""Bytes that are looked at."""

LETTERS = 4000
"""Letters beyond ASCII that are looked at."""

FEWEST = 0.65
"""Share of fit letters below which a document is in no encoding that is known here."""

OWN = 0.15
"""What the language that a document names is worth beside the letters."""

MAX_BAD_SHARE = 0.05
KANA_SHARE = 0.1
"""Share of kana that Japanese has at least."""

MIXED = "strillone-mixed"
"""The name of what decodes UTF-8 within another encoding, see `_mixed`."""

_LANGUAGE = re.compile(
    rb"(?:<html[^>]{0,200}?\slang=[\"']?|<language>\s{0,9}|xml:lang=[\"'])([a-z]{2})", re.IGNORECASE
)
_UTF8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")
_MARKS = frozenset("“”‘’„‚«»–—…€§°·•№®©™\u00a0")
_SHORT_WORDS = frozenset("авикосуяАВИКОСУЯ")
"""What stands alone in Russian."""

_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßšž¿¡ª")
_CENTRAL = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžöőüűăâîșțşţđäôľĺŕ")
_TURKISH = frozenset("çğıöşüâîû")


def _mixed(error: UnicodeError) -> tuple[str, int]:
    """Return the character in UTF-8 that stands where an encoding cannot be decoded, else what says that
    something is missing.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if match := _UTF8.match(error.object, error.start):
        return match[0].decode(), match.end()
    return "\ufffd", error.end


codecs.register_error(MIXED, _mixed)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An encoding, in which languages it is used, and what tells the share of letters that fit."""

    name: str
    languages: frozenset[str]
    fit: Callable[[str], float]


def guessed(body: bytes) -> str | None:
    """Return a document in the likeliest of the encodings that people use, None where none is likely."""
    head = body[:LOOKED_AT]
    language = match[1].decode().lower() if (match := _LANGUAGE.search(head)) else ""
    best, best_fit = None, FEWEST
    for candidate in _CANDIDATES:
        fit = _fit(head, candidate) + OWN * (language in candidate.languages)
        if fit > best_fit:
            best, best_fit = candidate, fit
    return body.decode(best.name, MIXED) if best else None


def _fit(head: bytes, candidate: _Candidate) -> float:
    text = head.decode(candidate.name, MIXED)
    beyond = "".join(letter for letter in text if letter > "\x7f")[:LETTERS]
    if not beyond or beyond.count("\ufffd") > max(2, MAX_BAD_SHARE * len(beyond)):
        return 0.0
    return candidate.fit(beyond if candidate.fit in _BY_LETTER else text[: 4 * LETTERS])


def _japanese(letters: str) -> float:
    kana = sum("\u3041" <= letter <= "\u30fe" for letter in letters)
    kanji = sum("\u4e00" <= letter <= "\u9fff" and _lead(letter, "euc_jp") <= 0xCF for letter in letters)
    share = (kana + kanji + _marks(letters)) / len(letters)
    return share if kana >= KANA_SHARE * len(letters) else share / 2


def _korean(letters: str) -> float:
    hangul = sum("\uac00" <= letter <= "\ud7a3" and _lead(letter, "euc_kr") <= 0xC8 for letter in letters)
    return (hangul + _marks(letters)) / len(letters)


def _simplified(letters: str) -> float:
    common = sum("\u4e00" <= letter <= "\u9fff" and _lead(letter, "gb2312") <= 0xD7 for letter in letters)
    return (common + _marks(letters)) / len(letters)


def _traditional(letters: str) -> float:
    common = sum("\u4e00" <= letter <= "\u9fff" and _lead(letter, "big5") <= 0xC6 for letter in letters)
    return (common + _marks(letters)) / len(letters)


@cache
def _lead(letter: str, encoding: str) -> int:
    """Return the first byte of a character, by which common ones are told from rare ones; 255 for none."""
    try:
        return letter.encode(encoding)[0]
    except UnicodeEncodeError:
        return 0xFF


def _marks(letters: str) -> int:
    return sum(
        "\u3000" <= letter <= "\u303f" or "\uff01" <= letter <= "\uff5e" or letter in _MARKS
        for letter in letters
    )


def _cyrillic(text: str) -> float:
    """Return the share of Cyrillic letters as words have them: beside none of ours, and small but for the
    first.
    """
    fit = total = 0
    for before, letter, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if letter <= "\x7f":
            continue
        total += 1
        is_beside_ours = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
        is_small = "а" <= letter <= "џ"
        is_first = "Ѐ" <= letter <= "Я" and not "А" <= before <= "џ"
        is_alone = not ("Ѐ" <= before <= "џ" or "Ѐ" <= after <= "џ") and letter not in _SHORT_WORDS
        fit += letter in _MARKS or ((is_small or is_first) and not is_beside_ours and not is_alone)
    return fit / total if total else 0.0


def _of_letters(own: frozenset[str]) -> Callable[[str], float]:
    def fit(letters: str) -> float:
        return sum(letter.lower() in own or letter in _MARKS for letter in letters) / len(letters) - 0.01

    return fit


_western, _central, _turkish = map(_of_letters, (_WESTERN, _CENTRAL, _TURKISH))
_BY_LETTER = (_japanese, _korean, _simplified, _traditional, _western, _central, _turkish)
_SLAVIC = frozenset({"pl", "cs", "sk", "sl", "hr", "hu", "ro", "bs"})
_CANDIDATES = (
    _Candidate("cp932", frozenset({"ja"}), _japanese),
    _Candidate("euc_jp", frozenset({"ja"}), _japanese),
    _Candidate("cp949", frozenset({"ko"}), _korean),
    _Candidate("gb18030", frozenset({"zh"}), _simplified),
    _Candidate("big5hkscs", frozenset({"zh"}), _traditional),
    _Candidate("cp1251", frozenset({"ru", "uk", "be", "bg", "sr", "mk"}), _cyrillic),
    _Candidate("koi8-r", frozenset({"ru"}), _cyrillic),
    _Candidate("cp1252", frozenset(), _western),
    _Candidate("iso-8859-2", _SLAVIC, _central),
    _Candidate("cp1250", _SLAVIC, _central),
    _Candidate("cp1254", frozenset({"tr"}), _turkish),
)
