"""The sentences of an entry as units that can stand alone.

A unit is a sentence, or a list joined to its lead-in (“The surprise is the cost: 50 times …; 3% of …”), with
its receipts. Boilerplate, bylines and fragments are never offered.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.model import FIRST_PARTY_KINDS, Entry, Receipt
from bot.pipeline.summarizing.phrases import BOILERPLATE, BYLINE, HANGING, LATIN_BOILERPLATE
from bot.pipeline.summarizing.short_names import FullNames
from bot.pipeline.summarizing.voice import (
    DATELINE,
    HEADING,
    can_be_quoted,
    hangs_inside,
    is_dated,
    quote,
    sets_a_scene,
    speaks_for_itself,
)
from bot.text.numbers import Figure, figures
from bot.text.sentences import Span, sentences
from bot.text.stopwords import BY_LANGUAGE, STOPWORDS
from bot.text.words import fold, has_cjk, is_cjk, one_line, size, words

LONGEST_WORD = 60
"""Characters beyond which a word is an address, a hash or an attack; a run of CJK characters may be
longer.
"""

LONGEST_HANGING = 30
"""Characters at the beginning of a sentence that tell whether it hangs on what stands before."""

QUOTED_UP_TO, QUOTED_HEADLINE_UP_TO = 1, 5
"""The places up to which a sentence in a company's own voice may be quoted: there it says its news; and up to
which one may that says what its headline says.
"""

SAYS_HEADLINE = 0.5
"""The share of a headline's words from which a sentence says what it says."""

READ = 8_000
"""Characters of an entry that are read: news tells what it is about long before."""

_CAPITAL = frozenset({"Sie", "Ihr", "Ihre", "Ihren", "Ihnen"})
"""Small words that German writes large inside a sentence, too."""

CHARACTERS_A_WORD = 1.8
"""CJK characters that say what one word says elsewhere."""

_QUOTES = (("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"))
_DIGIT = re.compile(r"\d")

_NO_NAME = re.compile(r"[:：\"“”„«»「」]")
"""What the name of a feed holds that would make a quotation of it hard to read."""

SHORTEST_WORD = 4
"""Letters of a word by which a sentence is told from names."""

LONG_LIST = 45
"""Words of a list from which its first items may be told alone, as well: what a line holds."""


class Unit(NamedTuple):
    """Something sayable: its text, where it stands, its place in its entry (0 is first), and what it holds.

    `size` counts words, or CJK characters; `as_words` takes these for the words that they stand for. `hangs`
    tells that it needs the sentence before it, `begins` that it is the first of its paragraph, `scene` that
    it begins before the news, `ours` that a newsroom would say it, `quoted` that it does so in the words of
    whoever the news is about, `dated` that it says when something happened, or who announced it.
    `short_names` are those that its entry has in full before it.
    """

    text: str
    receipts: tuple[Receipt, ...]
    entry: Entry
    place: int
    terms: Mapping[str, None]
    figures: tuple[Figure, ...]
    size: int
    as_words: float
    hangs: bool
    begins: bool
    scene: bool = False
    ours: bool = True
    quoted: bool = False
    dated: bool = False
    short_names: frozenset[str] = frozenset()


def units_of(entry: Entry) -> list[Unit]:
    """Return the units of an entry that may be told, in order."""
    return _with_short_names(entry, list(find_units(entry)))


def find_units(entry: Entry) -> Iterator[Unit]:
    """Give the units of an entry that may be told one after the other, without the names that they have
    short.
    """
    spans = _spans(entry)
    lowered = entry.text[:READ].lower()
    # What a text has nowhere need not be looked for in each of its sentences: few have boilerplate, most no
    # CJK character.
    latin = not has_cjk(lowered)
    unwanted = [p for p in (LATIN_BOILERPLATE if latin else BOILERPLATE) if p in lowered]
    place = index = 0
    while index < len(spans):
        run = _list_after(entry.text, spans, index)
        group = spans[index : index + 1 + run]
        for unit in _units_of_group(entry, group, place, latin=latin):
            if not _has(unit.text, unwanted):
                yield unit
                place += 1
        index += 1 + run


def _with_short_names(entry: Entry, units: Sequence[Unit]) -> list[Unit]:
    names = FullNames(entry.text[:READ], entry.language)
    return [
        unit._replace(short_names=names.find_short(unit.receipts[0].start, unit.receipts[-1].end))
        for unit in units
    ]


def _has(text: str, phrases: Sequence[str]) -> bool:
    return bool(phrases) and any(map(text.lower().__contains__, phrases))


def _spans(entry: Entry) -> Sequence[Span]:
    """Return the sentences that are read, without the one in which reading stopped."""
    spans = sentences(entry.text[:READ], entry.language)
    return spans if len(entry.text) <= READ else spans[:-1]


def _list_after(text: str, spans: Sequence[Span], index: int) -> int:
    """Return how many list items follow a lead-in that ends with a colon."""
    lead = text[spans[index].start : spans[index].end]
    if spans[index].item or not lead.rstrip().endswith((":", "：")):
        return 0
    count = 0
    while index + 1 + count < len(spans) and spans[index + 1 + count].item and count < 6:
        count += 1
    return count


def _units_of_group(entry: Entry, group: Sequence[Span], place: int, *, latin: bool) -> list[Unit]:
    texts = [_on_one_line(entry.text[span.start : span.end]) for span in group]
    receipts = tuple(Receipt(entry.id, span.start, span.end) for span in group)
    if len(group) == 1:
        text, receipt = _without_opening(texts[0], receipts[0], HEADING)
        if group[0].paragraph == 0:
            text, receipt = _without_opening(text, receipt, DATELINE)
        return _unit_if_tellable(entry, text, (receipt,), place, latin=latin)
    sentence = _join_list(texts, entry.language)
    units = _unit_if_tellable(entry, sentence, receipts, place, latin=latin)
    if size(sentence) > LONG_LIST and len(group) > 2:
        units += _unit_if_tellable(
            entry, _join_list(texts[:3], entry.language), receipts[:3], place, latin=latin
        )
    if len(group) > 2 and hangs(texts[0], entry.language) and _names_subject(texts[1], entry):
        items = _join_items(texts[1:3], entry.language, latin=latin)
        units += _unit_if_tellable(entry, items, receipts[1:3], place, latin=latin)
    return units


def _names_subject(item: str, entry: Entry) -> bool:
    """Tell whether a list's item begins with what its entry is about, and so stands alone."""
    first = unit_terms(words(item.lower())[:1]).keys()
    return bool(first & unit_terms(words(entry.title.lower())).keys())


def _without_opening(text: str, receipt: Receipt, opening: re.Pattern[str]) -> tuple[str, Receipt]:
    """Return a sentence, and where it stands, without what is set before it."""
    match = opening.match(text)
    if match is None:
        return text, receipt
    return text[match.end() :], Receipt(receipt.entry_id, receipt.start + match.end(), receipt.end)


def _on_one_line(text: str) -> str:
    return one_line(text) if "\n" in text else text


def _join_list(texts: Sequence[str], language: str) -> str:
    """Join list items to their lead-in as one sentence."""
    latin = not is_cjk("".join(texts))
    items = [_inside(item, language) for item in texts[1:]]
    return f"{texts[0]}{' ' if latin else ''}{_join_items(items, language, latin=latin)}"


def _join_items(items: Sequence[str], language: str, *, latin: bool) -> str:
    """Join list items as one sentence, of which the first begins as it does."""
    first, *others = [item.rstrip(" .;,。；，") for item in items]
    joined = ("; " if latin else "；").join([first, *(_inside(item, language) for item in others)])
    return f"{joined}{'.' if latin else '。'}"


def _inside(item: str, language: str) -> str:
    """Return a list's item as it stands inside a sentence: a small word at its beginning, such as an article,
    in small letters.
    """
    first = item.partition(" ")[0]
    small = len(first) > 1 and first not in _CAPITAL and first.lower() in BY_LANGUAGE.get(language, ())
    return item[0].lower() + item[1:] if small else item


def _unit_if_tellable(
    entry: Entry, text: str, receipts: tuple[Receipt, ...], place: int, *, latin: bool
) -> list[Unit]:
    """Return a text as a unit, if it may be told. `latin`: its entry has no CJK character."""
    if not _is_whole(text):
        return []
    cjk, read = not latin and is_cjk(text), words(text.lower())
    length = size(text) if cjk else len(read)
    digits = _DIGIT.search(text) is not None
    # Without digits, words that make up most of a text are made of letters, which need not be counted then.
    plain = not (digits or cjk) and sum(map(len, read)) * 2 > len(text)
    if not _is_readable(text, length, cjk=cjk, plain=plain):
        return []
    unit_figures = figures(text, entry.language) if digits else ()
    hanging, first = hangs(text, entry.language), place == 0 or _begins(entry.text, receipts[0].start)
    as_words = length / CHARACTERS_A_WORD if cjk else length
    scene, is_our_voice = sets_a_scene(text, entry.language), speaks_for_itself(text, entry.language)
    terms = unit_terms(read)
    dated = is_dated(text, entry.language)
    quoted = not is_our_voice and _may_quote(entry, text, terms, place)
    if quoted:
        text = quote(entry.outlet, text, entry.language)
    return [
        Unit(
            text,
            receipts,
            entry,
            place,
            terms,
            unit_figures,
            length,
            as_words,
            hanging,
            first,
            scene,
            is_our_voice or quoted,
            quoted,
            dated,
        )
    ]


def _may_quote(entry: Entry, text: str, terms: Mapping[str, None], place: int) -> bool:
    """Tell whether a sentence near the top of what a company tells of itself may be told as its words."""
    return (
        place <= (QUOTED_HEADLINE_UP_TO if _says_headline(entry, terms) else QUOTED_UP_TO)
        and entry.kind in FIRST_PARTY_KINDS
        and bool(entry.outlet)
        and not _NO_NAME.search(entry.outlet)
        and can_be_quoted(text, entry.language)
    )


def _says_headline(entry: Entry, terms: Mapping[str, None]) -> bool:
    headline = unit_terms(words(entry.title.lower())).keys()
    return len(headline & terms.keys()) >= SAYS_HEADLINE * max(len(headline), 1)


def hangs(text: str, language: str) -> bool:
    """Tell whether a sentence hangs on what stands before it: by its first words, or with half of a
    quotation.
    """
    hanging = HANGING.get(language)
    begins_hanging = bool(hanging and hanging.match(text[:LONGEST_HANGING].lower()))
    return begins_hanging or hangs_inside(text, language) or _is_half_quoted(text)


def _is_half_quoted(text: str) -> bool:
    odd = text.count('"') % 2 == 1
    if odd or text.isascii():
        return odd
    if "„" in text:
        return text.count("„") != text.count("“") + text.count("”")
    return any(text.count(a) != text.count(b) for a, b in _QUOTES)


def _begins(text: str, start: int) -> bool:
    """Tell whether a sentence is the first of its paragraph, or of a list's item."""
    return text[max(0, start - 3) : start].removesuffix("- ").endswith("\n")


def unit_terms(lowered: Sequence[str]) -> dict[str, None]:
    """Return the words that are compared, without stopwords, in order so that equal texts weigh equal to the
    last bit.
    """
    joined = "".join(lowered)
    folded_words = (
        lowered if joined.isascii() else [word if word.isascii() else _cached_fold(word) for word in lowered]
    )
    if "'" in joined or "’" in joined:
        folded_words = [_name_in(word) if "'" in word else word for word in folded_words]
    return dict.fromkeys([word for word in folded_words if word not in STOPWORDS])


_cached_fold = lru_cache(maxsize=1 << 16)(fold)


def _name_in(word: str) -> str:
    """Return a word without what an apostrophe joins to it: Uber's, dell'azienda."""
    return max(word.split("'"), key=len)


def _is_whole(text: str) -> bool:
    """Tell whether a text begins and ends as a sentence does."""
    has_end_mark = text.rstrip("\"'”’»」』)）").endswith((".", "!", "。", "！", "…", "।", "۔"))
    return has_end_mark and not text.endswith(("...", "…", "[…]")) and not text[:1].islower()


def _is_label(text: str) -> bool:
    """Tell whether a text names somebody, or something, and says nothing: it has no word in small letters but
    short ones.
    """
    return not any(word[:1].islower() and len(word) >= SHORTEST_WORD for word in words(text))


def _is_readable(text: str, length: int, *, cjk: bool, plain: bool) -> bool:
    """Tell whether a sentence is of a readable length, and made of words."""
    return (
        (12 if cjk else 6) <= length <= (160 if cjk else 75)
        and max(map(len, text.split())) <= LONGEST_WORD * (3 if cjk else 1)
        and not BYLINE.match(text)
        and (cjk or not _is_label(text))
        and (plain or sum(map(str.isalpha, text)) * 2 > len(text) - text.count(" "))
    )
