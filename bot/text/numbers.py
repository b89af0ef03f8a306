"""Figures in text: their value, scale and unit, however a language writes them.

Long and short scale differ (CLDR plural scales; Conseil fédéral and Duden usage): *Billion* is 10^12 in
German and 10^9 in English. In Italian news *trilione* is used for 10^12, as English *trillion* is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.lexicon import LEXICONS
from bot.text.numbers_cjk import find_numbers

COMMA_DECIMAL = frozenset(code for code, lexicon in LEXICONS.items() if lexicon.numbers.decimal_comma)
LAST_DAY = 31
"""The number up to which a bare one may be a day of the month."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Between which a bare number may be a year."""

_SCALES = {code: dict(lexicon.numbers.scales) for code, lexicon in LEXICONS.items() if lexicon.numbers.scales}
_SHORT = _SCALES["en"]
"""The short scale, for languages whose own is not known."""

SCALE_WORDS = frozenset(
    word for scales in _SCALES.values() for word, power in scales.items() if power > 3 and len(word) > 3
)
"""Words for a million and more, in any language."""

THOUSAND = 3
"""The power that another scale may follow: 5 mil millones."""

_CJK_SCALES = {
    "万亿": 12,
    "萬億": 12,
    "千万": 7,
    "百万": 6,
    "万": 4,
    "萬": 4,
    "亿": 8,
    "億": 8,
    "兆": 12,
    "千": 3,
    "百": 2,
    "만": 4,
    "억": 8,
    "조": 12,
    "천": 3,
}
_SIGNS = {
    "%": "%",
    "％": "%",
    "$": "usd",
    "us$": "usd",
    "usd": "usd",
    "€": "eur",
    "eur": "eur",
    "£": "gbp",
    "gbp": "gbp",
    "cny": "cny",
    "jpy": "jpy",
    "¥": "cny",
}
_UNITS = _SIGNS | {
    name: unit
    for lexicon in LEXICONS.values()
    for unit, names in lexicon.numbers.units.items()
    for name in names
}
CURRENCIES = {name: unit for name, unit in _UNITS.items() if unit != "%"}
"""What currencies are called, with their codes."""

_NUMBER = r"\d{1,3}(?:[.,\u00a0\u202f'’]\d{3})+(?:[.,]\d+)?|\d{1,3}(?: \d{3})+(?![\d])|\d+(?:[.,]\d+)?"
_SIGNS_BEFORE = sorted(
    (re.escape(name.upper()) for name in _UNITS if re.search("[$€£¥]", name)), key=len, reverse=True
)
_BEFORE = rf"(?P<before>{'|'.join(_SIGNS_BEFORE)}|USD|EUR|GBP|RMB|百分之)?\s?"
_CJK_AFTER = "|".join(sorted(_CJK_SCALES, key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?<![A-Za-z\d.,])(?<![A-Za-z]-){_BEFORE}(?P<sign>[-−–+])?(?P<number>{_NUMBER})(?P<scale>\s?(?:{_CJK_AFTER})|[\s\u00a0\u202f-]?[^\W\d_]{{1,12}}\.?)?"
    r"(?P<after>[\s\u00a0\u202f]?(?:di |de |d['’])?(?:%|％|[€$£]|[^\W\d_]{1,11}(?: cent[o]?| ciento)?))?"
)
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]{1,40}")
_UNIT = re.compile(r"[\s\u00a0\u202f-]?(?:di |de |d['’]|of )?(%|％|[€$£]|[^\W\d_]{1,40}(?: cento?| ciento)?)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at `text[start:end]`: its value with the scale applied, and its unit (`%`, a currency code, or
    empty).
    """

    start: int
    end: int
    value: float
    unit: str


def figures(text: str, language: str) -> tuple[Figure, ...]:
    """Return the figures of a text, in order. Digits inside names (GPT-4, H800, 3D) are none."""
    return tuple(_figures(text, language))


def is_telling(figure: Figure) -> bool:
    """Tell whether a figure may be news by itself: small bare numbers (“two firms”, a day of the month) and
    years are not.
    """
    return bool(figure.unit) or (figure.value > LAST_DAY and not FIRST_YEAR < figure.value < LAST_YEAR)


def has_other_figures(text: str, known_text: str, language: str) -> bool:
    """Tell whether most of the telling figures of a text stand in no known one."""
    values = {(figure.value, figure.unit) for figure in figures(text, language) if is_telling(figure)}
    known_values = {(figure.value, figure.unit) for figure in figures(known_text, language)}
    return 2 * len(values - known_values) > len(values)


def _figures(text: str, language: str) -> Iterator[Figure]:
    """Give figures in order; where two ways of reading overlap, the one that begins first, and of those the
    longer.
    """
    candidates = [*_in_digits(text, language), *(_in_ideographs(text) if _IDEOGRAPH.search(text) else ())]
    after = 0
    for figure in sorted(candidates, key=lambda figure: (figure.start, -figure.end)):
        if figure.start >= after:
            yield figure
            after = figure.end


def _in_ideographs(text: str) -> Iterator[Figure]:
    for start, end, value, sign in find_numbers(text):
        unit, last = (sign, end) if sign else _unit("", text, end)
        yield Figure(start, last, value, unit)


def _in_digits(text: str, language: str) -> Iterator[Figure]:
    scales = _SCALES.get(language, _SHORT)
    for match in _FIGURE.finditer(text):
        value = _value(match["number"], language)
        end = match.end("number")
        if text[end : end + 1].isalpha() and not _is_scaled(text, end, scales):
            continue
        power, end = _scale(match, scales, end)
        unit, end = _unit(match["before"] or "", text, end)
        yield Figure(match.start(), end, value * 10**power, unit)


def _is_scaled(text: str, end: int, scales: dict[str, int]) -> bool:
    word = _LETTERS.match(text, end)
    folded_word = word.group().lower() if word else ""
    return (
        folded_word in scales or folded_word.startswith(tuple(_CJK_SCALES)) or not folded_word[:1].isascii()
    )


def _scale(match: re.Match[str], scales: dict[str, int], end: int) -> tuple[int, int]:
    raw = match["scale"]
    if not raw:
        return 0, end
    word = raw.strip(" \u00a0\u202f.-").lower()
    if not word.isascii():
        for sign, power in _CJK_SCALES.items():
            if word.startswith(sign):
                return power, end + raw.lower().index(sign) + len(sign)
    if word not in scales:
        return 0, end
    second = _LETTERS.match(match.string, match.end("scale") + 1)
    more = scales.get(second.group().lower(), 0) if second and scales[word] == THOUSAND else 0
    return (
        (scales[word] + more, second.end())
        if second and more > THOUSAND
        else (scales[word], match.end("scale"))
    )


def _unit(before: str, text: str, end: int) -> tuple[str, int]:
    rest = _UNIT.match(text, end)
    if rest:
        word = rest[1].lower()
        for length in (len(word), 3, 2, 1):
            if (unit := _UNITS.get(word[:length])) and (length == len(word) or not word[:1].isascii()):
                return unit, rest.start(1) + length
        first = word.split()[0]
        if first in _UNITS:
            return _UNITS[first], rest.start(1) + len(first)
    return _UNITS.get(before.lower(), ""), end


def _value(number: str, language: str) -> float:
    if number.isdecimal():
        return float(number)
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", number)
    if "," in plain and "." in plain:
        decimal = max(plain.rfind(","), plain.rfind("."))
        return float(re.sub(r"[.,]", "", plain[:decimal]) + "." + plain[decimal + 1 :])
    mark = "," if "," in plain else "."
    if mark not in plain:
        return float(plain)
    head, *groups = plain.split(mark)
    is_grouped = all(len(group) == 3 for group in groups) and head != "0"
    groups_mark = "." if language in COMMA_DECIMAL else ","
    if is_grouped and (mark == groups_mark or len(groups) > 1):
        return float(head + "".join(groups))
    return float(head + "." + "".join(groups))
