"""Whether the figures of a sentence stand in its sources: value, scale, unit and measure, in digits or in
words.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.lexicon import LEXICONS, alternatives, union
from bot.text.numbers import CURRENCIES, SCALE_WORDS, Figure, figures
from bot.text.stopwords import STOPWORDS
from bot.text.words import CJK, fold

ROUNDING = 0.005
"""Two figures within half a percent are the same figure, rounded."""

LOOSE = 0.05
"""How far a figure may be from its source's when the sentence says that it is approximate."""

FIRST_YEAR, LAST_YEAR = 1000, 2100
_ABOUT_WORDS = union(lambda lexicon: lexicon.numbers.about)
_APPROXIMATION = re.compile(
    rf"(?:\b(?:{'|'.join(word for word in _ABOUT_WORDS if word.isascii())})"
    rf"|{'|'.join(word for word in _ABOUT_WORDS if not word.isascii())})\W*$"
)
_RUN = re.compile(r"\d+")
_GLUED = re.compile(rf"(?<![\d.,])\d+(?=(?![{CJK}])[^\W\d_])")
_MEASURE_SIGNS = {"km": "km", "kms": "km", "km/h": "km", "kg": "kg", "kgs": "kg"}
_MEASURE_OF = _MEASURE_SIGNS | {
    name: unit
    for lexicon in LEXICONS.values()
    for unit, names in lexicon.numbers.measures.items()
    for name in names
}
_SPLIT_GROUP = re.compile(r"(?<=\d), (?=000\b)")
_GLUED_MEASURE = re.compile(
    rf"(?<=\d)(?=(?:{'|'.join(n for n in _MEASURE_OF if n.isascii() and len(n) > 1)}|am|pm|cm|mm|ft)\b)",
    re.IGNORECASE,
)
"""Where a number and its measure are written as one: 20kg, 9pm."""

_AFTER = re.compile(rf"[\s\u00a0\u202f-]?([{CJK}]{{1,6}}|[^\W\d_]+(?:/h)?)")
_MONEY_WORD = re.compile(
    r"\b(?:dollars?|dollari|dolares|euros?|yuan|yen)\b|(?<![a-z])[$€£]|美元|欧元|ドル|ユーロ"
)
_VALUE_OF = {word: value for lexicon in LEXICONS.values() for word, value in lexicon.numbers.words.items()}
_SCALES = "|".join(sorted(SCALE_WORDS))
_PERCENT_WORDS = union(lambda lexicon: lexicon.numbers.units.get("%", ()))
_NUMBER_WORD = re.compile(
    rf"(?<!\d )(?<!half[ -])\b[^\W\d_]{{2,12}}(?=[ -](?:{_SCALES}|{'|'.join(_PERCENT_WORDS)})\b)",
    re.IGNORECASE,
)
"""A number in words where a scale or percent follows: three million."""

_HALVES = (
    re.compile(
        (
            rf"\b(?P<number>\d{{1,3}}|[^\W\d_]{{2,12}})[ "
            rf"-](?P<scale>{_SCALES}) (?:{alternatives(lambda lexicon: lexicon.numbers.and_a_half)})\b"
        ),
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<number>\d{1,3}|[^\W\d_]{2,12}) and a half (?P<scale>[mbt]r?illion)\b", re.IGNORECASE),
    re.compile(
        r"\b(?P<number>[^\W\d_]{3,8})einhalb (?P<scale>Millionen|Milliarden|Billionen)\b", re.IGNORECASE
    ),
)
"""A number and a half: un milione e mezzo, two and a half billion, zweieinhalb Millionen."""

_HALF = re.compile(
    rf"\b(?:{alternatives(lambda lexicon: lexicon.numbers.half)})[ -](?=(?:{_SCALES})\b)", re.IGNORECASE
)
_ONE_AND_A_HALF = re.compile(r"\banderthalb(?= (?:Millionen|Milliarden|Billionen)\b)", re.IGNORECASE)
_A_SCALE = re.compile(r"(?<!half[ -])(?<!of )\ba(?= (?:million|billion|trillion)\b)", re.IGNORECASE)

_NAME_AND_NUMBER = (
    r"(?<![^\W\d_])[a-z\u00df-\u00ff]*+([^\W\d_a-z\u00df-\u00ff][^\W\d_]++)(?:[ -]|, )?(\d{1,3}(?:\.\d+)?)"
)
_NUMBERED_NAME = re.compile(rf"{_NAME_AND_NUMBER}(?![\w%]|[.,:]\d| [^\W\d_]+-old)")
"""A name and its number: a version, or an age. A word is tried from its beginning alone: from each of its
letters a long one would take the square of its length.
"""

_NUMBERED_IN_CJK = re.compile(rf"{_NAME_AND_NUMBER}(?=(?![万萬亿億兆千百年月日])[{CJK}])")
"""The same where the next word follows without a space, and is no scale and no date."""

_UNIT_GLUED = re.compile(rf"(?<![\d.,\w-])(\d+(?:[.,]\d+)*)((?:(?![{CJK}])[^\W\d_]){{1,6}})(?![\w-])")
_NO_UNIT = frozenset("st nd rd th er e re eme s mo a o x h p am pm m mn mln mio b bn mld mrd md tn k".split())
"""Letters beside a number that are no unit (30th, 1990s, 2x, 9pm), or its scale."""

_IS_MONTH = re.compile(r"\s?[月월](?!間|间|前|後|后|以|内|內)")
"""What makes a number the name of a month (10月), which dates are checked by: its source may say October."""

_BARE_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*(?![^\W_])")
_PAUSE = re.compile(r"\s*(?:[.,;:)!?。，；、）]|$)")
_WORD = re.compile(rf"[{CJK}]|[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceFigures:
    """What a source holds: figures with their measures, whole numbers however written, currencies, and
    numbered names.
    """

    figures: tuple[tuple[Figure, str], ...]
    runs: frozenset[str]
    words: frozenset[int]
    money: frozenset[str]
    numbers_by_name: Mapping[str, frozenset[str]]
    units_by_number: Mapping[str, frozenset[str]]


def find_unknown_figure(
    sentence: str, language: str, sources: Iterable[tuple[str, str]], contexts: Iterable[str] = ()
) -> str:
    """Return the first figure of a sentence that no source (text, language) holds, empty when there is none.

    A number that belongs to a name may stand in the `contexts` of the sources: they may say "it" of Corvid 2.
    """
    source_figures = [_read_source(text, lang) for text, lang in sources]
    sentence = _separate_measures(sentence)
    bare_sentence = _without_names(sentence, contexts)
    for figure in figures(bare_sentence, language):
        if not _IS_MONTH.match(sentence, figure.end) and not any(
            _holds(k, figure, sentence) for k in source_figures
        ):
            return sentence[figure.start : figure.end].strip()
    for match in _GLUED.finditer(bare_sentence):
        if not any(match.group() in k.runs for k in source_figures):
            return match.group()
    return (
        _unknown_money(sentence, source_figures)
        or _misnumbered(sentence, source_figures)
        or _misglued(sentence, source_figures)
    )


def _without_names(sentence: str, contexts: Iterable[str]) -> str:
    """Return a sentence, no letter of it moved, without the numbers of names that stand around its
    sources.
    """
    context_pairs = {pair for text in contexts for pair in _numbered_names(text)}

    def blank(match: re.Match[str]) -> str:
        is_in_context = (fold(match[1]), match[2]) in context_pairs
        return match[0][: -len(match[2])].ljust(len(match[0])) if is_in_context else match[0]

    return _NUMBERED_IN_CJK.sub(blank, _NUMBERED_NAME.sub(blank, sentence)) if context_pairs else sentence


def _separate_measures(text: str) -> str:
    """Return a text with numbers and measures told apart, and numbers before a scale in digits."""
    for pattern in _HALVES:
        text = pattern.sub(_and_a_half, text)
    text = _ONE_AND_A_HALF.sub("1.5", _HALF.sub("0.5 ", text))
    text = _A_SCALE.sub("1", text)
    return _NUMBER_WORD.sub(_in_digits, _GLUED_MEASURE.sub(" ", _SPLIT_GROUP.sub(",", text)))


def _and_a_half(match: re.Match[str]) -> str:
    number = _VALUE_OF.get(fold(match["number"]), match["number"])
    is_number = isinstance(number, int) or number.isdecimal()
    return f"{number}.5 {match['scale']}" if is_number else match.group()


def _in_digits(match: re.Match[str]) -> str:
    word = match.group()
    return str(_VALUE_OF.get(fold(word), word))


def _misnumbered(sentence: str, source_figures: Sequence[_SourceFigures]) -> str:
    """Return a name with a number, where sources number that name only otherwise."""
    for name, number in _numbered_names(sentence):
        held = frozenset[str]().union(*(k.numbers_by_name.get(name, frozenset()) for k in source_figures))
        if held and number not in held:
            return f"{name} {number}"
    return ""


def _misglued(sentence: str, source_figures: Sequence[_SourceFigures]) -> str:
    """Return a number with the letters written to it, where sources write only others to that number:
    5000mAh.
    """
    for number, unit in _glued(sentence):
        source_units = frozenset[str]().union(
            *(k.units_by_number.get(number, frozenset()) for k in source_figures)
        )
        if source_units and unit not in source_units and "" not in source_units:
            return f"{number}{unit}"
    return ""


def _glued(text: str) -> Iterator[tuple[str, str]]:
    for match in _UNIT_GLUED.finditer(text):
        if (unit := fold(match[2])) not in _NO_UNIT:
            yield match[1], unit


def _numbered_names(text: str) -> Iterator[tuple[str, str]]:
    for match in _NUMBERED_NAME.finditer(text):
        if (name := fold(match[1])) not in STOPWORDS:
            yield name, match[2]


def _unknown_money(sentence: str, source_figures: Sequence[_SourceFigures]) -> str:
    source_money = frozenset[str]().union(*(k.money for k in source_figures))
    return next((m for m in _MONEY_WORD.findall(fold(sentence)) if CURRENCIES[m] not in source_money), "")


@lru_cache(maxsize=256)
def _read_source(text: str, language: str) -> _SourceFigures:
    text = _separate_measures(text)
    text_figures = figures(text, language)
    measured_figures = tuple((figure, _measure(text, figure.end)) for figure in text_figures)
    measured_figures += tuple((figure, "") for figure in _elliptic(text, text_figures))
    numbers_by_name = defaultdict[str, frozenset[str]](frozenset)
    for name, number in _numbered_names(text):
        numbers_by_name[name] |= {number}
    glued = defaultdict[str, frozenset[str]](frozenset)
    for number, unit in _glued(text):
        glued[number] |= {unit}
    for number in _BARE_NUMBER.findall(text):
        glued[number] |= {""}
    folded_text = fold(text)
    words = frozenset(_VALUE_OF[w] for w in _WORD.findall(folded_text) if _VALUE_OF.get(w, 1) > 1)
    money = {CURRENCIES[m] for m in _MONEY_WORD.findall(folded_text)} | {f.unit for f, _ in measured_figures}
    return _SourceFigures(
        figures=measured_figures,
        runs=frozenset(_RUN.findall(text)),
        words=words,
        money=frozenset(money),
        numbers_by_name=numbers_by_name,
        units_by_number=glued,
    )


def _elliptic(text: str, text_figures: Sequence[Figure]) -> Iterator[Figure]:
    """Give figures without a unit, and nothing behind them, as of the one unit that others have: 8 million
    euros for Lyon, 3 million for Nice.
    """
    units = {figure.unit for figure in text_figures} - {""}
    if len(units) == 1:
        for figure in text_figures:
            if not figure.unit and not _is_year(figure) and _PAUSE.match(text, figure.end):
                yield replace(figure, unit=next(iter(units)))


def _measure(text: str, end: int) -> str:
    match = _AFTER.match(text, end)
    if not match:
        return ""
    word = fold(match[1])
    return _MEASURE_OF.get(word) or next(
        (_MEASURE_OF[word[:n]] for n in (5, 2, 1) if word[:n] in _MEASURE_OF and not word.isascii()), ""
    )


def _holds(source: _SourceFigures, figure: Figure, sentence: str) -> bool:
    measure = _measure(sentence, figure.end)
    is_approximate = bool(_APPROXIMATION.search(fold(sentence[max(0, figure.start - 20) : figure.start])))
    if any(
        _supports(figure, measure, source_figure, source_measure, about=is_approximate)
        for source_figure, source_measure in source.figures
    ):
        return True
    if figure.unit:
        return False
    if figure.value in source.words:
        return True
    return not measure and sentence[figure.start : figure.end].strip() in source.runs


def _supports(
    figure: Figure, measure: str, source_figure: Figure, other_measure: str, *, about: bool
) -> bool:
    """Tell whether a source's figure says what a sentence's figure says."""
    if figure.unit != source_figure.unit and (figure.unit or measure):
        return False
    if measure and other_measure != measure:
        return False
    if math.isclose(figure.value, source_figure.value):
        return True
    return _is_rounded(figure, source_figure, LOOSE if about else ROUNDING)


def _is_rounded(figure: Figure, source_figure: Figure, tolerance: float) -> bool:
    """Tell whether a figure is another one, rounded: close to it, and with fewer digits that say
    something.
    """
    if _is_year(figure) and _is_year(source_figure):
        return False
    is_close = abs(figure.value - source_figure.value) <= tolerance * max(
        abs(figure.value), abs(source_figure.value)
    )
    return is_close and _digits(figure.value) < _digits(source_figure.value)


def _is_year(figure: Figure) -> bool:
    return not figure.unit and FIRST_YEAR <= figure.value <= LAST_YEAR and figure.value.is_integer()


def _digits(value: float) -> int:
    return len(f"{value:.15g}".split("e")[0].replace(".", "").strip("-0"))
