"""Numbers as Chinese and Japanese write them: digits with several scales (2万5000), ideographs (三十五亿),
tenths (三割, 六成).
"""

import re
from collections.abc import Iterable, Iterator

SCALES = {"万": 4, "萬": 4, "亿": 8, "億": 8, "兆": 12}
"""Scales by which a number is divided into groups of four digits, with their powers of ten."""

BEYOND = 17
"""A power of ten that no news tells of."""

_DIGITS = {
    d: n
    for n, ds in enumerate(("零〇", "一", "二两兩両", "三", "四", "五", "六", "七", "八", "九"))
    for d in ds
}
_STEPS = {"十": 1, "百": 2, "千": 3}
_SIGNS = "".join(_DIGITS) + "".join(_STEPS)
_SCALE = "".join(SCALES)
_AMOUNT = r"\d+(?:[.,]\d+)*"
_COMPOUND = re.compile(
    rf"(?<![\d.,]){_AMOUNT}[{_SCALE}](?:{_AMOUNT}[{_SCALE}])*{_AMOUNT}[{_SCALE}]?(?![{_SCALE}十百千\d])"
)
_IDEOGRAPHIC = re.compile(
    rf"(?<![{_SIGNS}{_SCALE}几幾数數多上成近第])(?![百千])[{_SIGNS}][{_SIGNS}{_SCALE}]{{0,14}}[{_SCALE}][{_SIGNS}]{{0,7}}(?![{_SCALE}分])"
)
"""What is surely a number: it begins with a digit or ten, and holds a scale. Without one it may be a name, or
a manner of speaking.
"""

_PERCENT = re.compile(rf"百分之([{_SIGNS}]{{1,6}})(?:点([{''.join(_DIGITS)}]{{1,3}}))?")
_TENTHS = re.compile(
    rf"(?<![\d.,{_SIGNS}{_SCALE}])([1-9一二三四五六七八九])(割(?!合)|成(?![分员員立功年为為长長本绩績人果]))"
)
_VAGUE = re.compile(rf"[{''.join(_DIGITS)}]{{2}}")
"""Two or three: 两三万."""


def find_numbers(text: str) -> Iterator[tuple[int, int, float, str]]:
    """Give where each such number begins and ends, its value, and % or nothing; in no order."""
    for match in _COMPOUND.finditer(text):
        value = _compound(match.group())
        if value is not None:
            yield match.start(), match.end(), value, ""
    for match in _PERCENT.finditer(text):
        rest = "".join(str(_DIGITS[d]) for d in match[2] or "")
        yield match.start(), match.end(), float(f"{small_number(match[1])}.{rest or 0}"), "%"
    for match in _IDEOGRAPHIC.finditer(text):
        value = _value_in_ideographs(match.group())
        if value is not None and not _VAGUE.search(match.group().replace("零", "").replace("〇", "")):
            yield match.start(), match.end(), value, ""
    for match in _TENTHS.finditer(text):
        digit = match[1]
        yield match.start(), match.end(), 10.0 * (_DIGITS.get(digit) or int(digit)), "%"


def _sum_parts(parts: Iterable[tuple[float, str]]) -> float | None:
    """Return what amounts with their scales mean together, None where the scales do not fall. 万亿 is both at
    once.
    """
    total, previous_power = 0.0, BEYOND
    for amount, scales in parts:
        power = sum(SCALES[scale] for scale in scales)
        if power >= previous_power:
            return None
        total, previous_power = total + amount * 10**power, power
    return total


def _compound(number: str) -> float | None:
    parts = re.findall(rf"({_AMOUNT})([{_SCALE}]?)", number)
    return _sum_parts((float(amount.replace(",", "")), scale) for amount, scale in parts)


def _value_in_ideographs(number: str) -> float | None:
    parts = re.findall(rf"([{_SIGNS}]+)([{_SCALE}]*)", number)
    return _sum_parts((small_number(amount), scales) for amount, scales in parts)


def small_number(number: str) -> int:
    """Return a number below ten thousand; also one that is written digit by digit (二三)."""
    if not set(number) & set(_STEPS):
        return int("".join(str(_DIGITS[d]) for d in number) or 0)
    total, digit = 0, None
    for sign in number:
        if sign in _STEPS:
            total += (1 if digit is None else digit) * 10 ** _STEPS[sign]
            digit = None
        else:
            digit = _DIGITS[sign]
    return total + (digit or 0)
