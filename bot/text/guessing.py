"""The encoding of a document that declares none, or another one: the one in which its letters are those that
people write.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from bot.text.latin_guessing import latin_encodings, likeliest_latin

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

ROW_LENGTH = 94
VENDOR_ROWS = frozenset({12, 88, 89, 90, 91})
"""Rows of Japanese, counted from 0, which its standard leaves empty and NEC and IBM filled."""

FIRST_LATE_ROW = 62
"""The row from which the first byte of a character has another offset in Windows."""

_JAPANESE = frozenset({"euc_jp", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2"})
_LANGUAGE = re.compile(
    rb"(?:<html[^>]{0,200}?\slang=[\"']?|<language>\s{0,9}|xml:lang=[\"'])([a-z]{2})", re.IGNORECASE
)
_UTF8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")
_MARKS = frozenset("“”‘’„‚«»–—…€§°·•№®©™،؛؟\u00a0\u200c\u200e\u200f")


def _mixed(error: UnicodeError) -> tuple[str, int]:
    """Return the character of a vendor, or in UTF-8, that stands where an encoding cannot be decoded, else
    what says that something is missing.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding in _JAPANESE and (
        letter := _vendor_letter(error.object[error.start : error.start + 2])
    ):
        return letter, error.start + 2
    if match := _UTF8.match(error.object, error.start):
        return match[0].decode(), match.end()
    return "\ufffd", error.end


def _vendor_letter(pair: bytes) -> str:
    """Return the character that vendors added to Japanese (“①”, “㈱”, “髙”) for two bytes of EUC or ISO 2022,
    by which row and cell it has: Windows writes it by the same (cp932). Empty for any other bytes.
    """
    row, cell = ((byte & 0x7F) - 0x21 for byte in pair) if len(pair) == 2 else (-1, -1)
    if row not in VENDOR_ROWS or not 0 <= cell < ROW_LENGTH:
        return ""
    lead = row // 2 + (0x81 if row < FIRST_LATE_ROW else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell >= 0x3F)
    return bytes((lead, trail)).decode("cp932", "ignore")


codecs.register_error(MIXED, _mixed)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An encoding, in which languages it is used, and what tells the share of letters that fit."""

    name: str
    languages: frozenset[str]
    fit: Callable[[str], float]


_RUN = re.compile(r"[^\x00-\x7f\s\d]{3}")
"""What texts in another script than Latin have at least once: three letters of it in a row."""

_SHIFT = re.compile(rb"\x1b\$(?:[@AB]|\([@-Z]|\)C)")
"""What begins Japanese, Korean or Chinese in ISO 2022, of which all bytes are ASCII."""

_KOREAN = b"\x1b$)C"


def is_shifted(body: bytes) -> bool:
    """Tell whether bytes are in one of the encodings of ISO 2022, though each of them is ASCII."""
    return _SHIFT.search(body, 0, LOOKED_AT) is not None


def _unshifted(body: bytes) -> str | None:
    text = body.decode("iso2022_kr" if _KOREAN in body[:LOOKED_AT] else "iso2022_jp_2", MIXED)
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= max(1, MAX_BAD_SHARE * beyond) else None


def guessed(body: bytes) -> str | None:
    """Return a document in the likeliest of the encodings that people use, None where none is likely."""
    if is_shifted(body):
        return _unshifted(body)
    head = body[:LOOKED_AT]
    language = match[1].decode().lower() if (match := _LANGUAGE.search(head)) else ""
    best, best_fit = None, FEWEST
    for candidate in _CANDIDATES:
        fit = _fit(head, candidate) + OWN * (language in candidate.languages)
        if fit > best_fit:
            best, best_fit = candidate, fit
    latin, latin_fit = _latin(head, language)
    if latin_fit > best_fit:
        return body.decode(latin, MIXED)
    return body.decode(best.name, MIXED) if best else None


def _latin(head: bytes, language: str) -> tuple[str, float]:
    """Return the likeliest encoding of Latin letters, and how well it fits."""
    texts = {name: head.decode(name, MIXED) for name in _LATIN}
    name, fit = likeliest_latin({name: text for name, text in texts.items() if _is_whole(text)}, language)
    return name, fit - 0.01 + OWN * (language in _LATIN.get(name, ()))


def _is_whole(text: str) -> bool:
    """Tell whether nearly all bytes beyond ASCII are letters of an encoding."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") <= max(2, MAX_BAD_SHARE * beyond)


def _fit(head: bytes, candidate: _Candidate) -> float:
    text = head.decode(candidate.name, MIXED)
    beyond = "".join(letter for letter in text if letter > "\x7f")[:LETTERS]
    if not beyond or beyond.count("\ufffd") > max(2, MAX_BAD_SHARE * len(beyond)):
        return 0.0
    if candidate.fit in _BY_LETTER:
        return candidate.fit(beyond)
    return candidate.fit(text[: 4 * LETTERS]) if _RUN.search(text) else 0.0


def _japanese(letters: str) -> float:
    kana = sum("\u3041" <= letter <= "\u30fe" for letter in letters)
    kanji = sum("\u4e00" <= letter <= "\u9fff" and _lead(letter, "euc_jp") <= 0xCF for letter in letters)
    share = (kana + kanji + _marks(letters)) / len(letters)
    return share if kana >= KANA_SHARE * len(letters) else share / 2


def _korean(letters: str) -> float:
    hangul = sum(
        "\uac00" <= letter <= "\ud7a3" and 0xB0 <= _lead(letter, "euc_kr") <= 0xC8 for letter in letters
    )
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


@dataclass(frozen=True, slots=True)
class _Script:
    """How words of an alphabet look: its letters, its capitals, those that stand alone, only at the end of a
    word, and hardly anywhere.
    """

    small: re.Pattern[str]
    capital: re.Pattern[str] = re.compile(r"(?!)")
    single_letters: frozenset[str] | None = None
    last: frozenset[str] = frozenset()
    rare: frozenset[str] = frozenset()

    def is_letter(self, letter: str) -> bool:
        """Tell whether something is a letter of it."""
        return bool(self.small.fullmatch(letter) or self.capital.fullmatch(letter))

    def fit(self, text: str) -> float:
        """Return the share of letters beyond ASCII as words have them: beside none of ours, and small but for
        the first.
        """
        fit = total = 0
        for before, letter, after in zip(" " + text, text, text[1:] + " ", strict=False):
            if letter > "\x7f":
                total += 1
                fit += letter in _MARKS or self._fits(before, letter, after)
        return fit / total if total else 0.0

    def _fits(self, before: str, letter: str, after: str) -> bool:
        if (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha()):
            return False
        is_inside, goes_on = self.is_letter(before), self.is_letter(after)
        if (
            not (is_inside or goes_on)
            and self.single_letters is not None
            and letter not in self.single_letters
        ):
            return False
        if letter in self.rare or (letter in self.last and goes_on):
            return False
        return bool(self.small.fullmatch(letter) or (self.capital.fullmatch(letter) and not is_inside))


_cyrillic = _Script(re.compile("[а-џ]"), re.compile("[Ѐ-Я]"), frozenset("авикосуяіїйєАВИКОСУЯІЇЄ")).fit
_greek = _Script(
    re.compile("[ά-ώ]"), re.compile("[ΆΈ-Ϋ]"), frozenset("οηόήωΟΗΌΉΩ"), frozenset("ς"), frozenset("ΰΐ")
).fit
_hebrew = _Script(re.compile("[א-ת]"), single_letters=frozenset(), last=frozenset("ךםןףץ")).fit
_arabic = _Script(re.compile("[ء-غف-يپچژگک]"), last=frozenset("ةى")).fit


_THAI = re.compile(
    r"(?<![A-Za-z])(?:[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47]?[\u0e48-\u0e4e]?[\u0e30\u0e32\u0e33]?"
    r"|[\u0e2f\u0e46])(?![A-Za-z])"
)
"""Syllables of Thai: what stands above, below, behind or before a consonant has one."""


def _thai(text: str) -> float:
    """Return the share of letters beyond ASCII that are in their places in Thai."""
    beyond = sum(letter > "\x7f" for letter in text)
    fit = sum(len(match[0]) for match in _THAI.finditer(text))
    return (fit + sum(letter in _MARKS for letter in text)) / beyond if beyond else 0.0


_BY_LETTER = (_japanese, _korean, _simplified, _traditional)
_LATIN = latin_encodings()
_CANDIDATES = (
    _Candidate("cp932", frozenset({"ja"}), _japanese),
    _Candidate("euc_jp", frozenset({"ja"}), _japanese),
    _Candidate("cp949", frozenset({"ko"}), _korean),
    _Candidate("gb18030", frozenset({"zh"}), _simplified),
    _Candidate("big5hkscs", frozenset({"zh"}), _traditional),
    _Candidate("cp1255", frozenset({"he", "iw", "yi"}), _hebrew),
    _Candidate("cp1251", frozenset({"ru", "uk", "be", "bg", "sr", "mk"}), _cyrillic),
    _Candidate("koi8-r", frozenset({"ru"}), _cyrillic),
    _Candidate("koi8-u", frozenset({"uk"}), _cyrillic),
    _Candidate("cp1253", frozenset({"el"}), _greek),
    _Candidate("iso-8859-7", frozenset({"el"}), _greek),
    _Candidate("cp1256", frozenset({"ar", "fa", "ur"}), _arabic),
    _Candidate("iso-8859-6", frozenset({"ar"}), _arabic),
    _Candidate("cp874", frozenset({"th"}), _thai),
)
