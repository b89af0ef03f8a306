"""Whose voice a sentence has: what a newsroom would not say in its own.

Sentences in the first or second person, questions, calls to act, salutations, quotations without their
speaker and labels are never told. What a company says of itself in the first person may be quoted, with its
name before it. Sentences that set a scene before the news may be told, and cost something. All by language,
as data.
"""

import re
from collections.abc import Callable

from bot.lexicon import FALLBACK, LEXICONS, Lexicon
from bot.text.words import UNSPACED

EARLY = 60
"""Characters in which something inside makes a sentence hang."""

DATELINE = re.compile(
    r"^(?:[A-ZÀ-Ý][A-ZÀ-Ý .'’-]{2,28}(?:,\s[\w "
    r".]{2,25})?(?:\s?\([^()]{2,20}\))?\s?[—–-]{1,2}\s?(?=[A-ZÀ-Ý“\"«])"
    r"|[A-ZÀ-Ý][\w .,'’/-]{1,40}\((?:AFP|AP|Reuters|dpa|ANSA|Ansa|askanews|EFE|Xinhua|Kyodo|Lusa"
    r"|ATS|Adnkronos|Belga)\)\s?[—–-]{1,2}\s?"
    r"|[\u4e00-\u9fff]{2,10}\d{1,2}月\d{1,2}日[电電讯訊]\s?|【[^】]{2,20}】)"
)
"""The place, and the agency, before the first sentence of a report."""

HEADING = re.compile(
    r"^(?:[–—-] ?[^\W\d_][^–—.!?:;\n-]{2,60} [–—-] ?|[^\W\d_][^–—.!?:;\n-]{2,60} -)"
    r"(?=[\"“«„]?[^\W\d_a-z])"
)
"""A heading between dashes before the first sentence below it, as agencies set it."""

_QUOTES = re.compile(
    r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|\"[^\"]*\"|「[^「」]*」|『[^『』]*』|‘[^‘’]{12,}’(?!\w)"
)


_QUOTATION_MARK = re.compile(r"[\"“”„‟«»‹›「」『』〝〞＂″]|``|''|′′|(?<!\w)['’‘]|['’](?!\w)")
"""Any mark that opens or closes a quotation; an apostrophe inside a word is none."""


def _compile_words(
    choose: Callable[[Lexicon], tuple[str, ...]], flags: re.RegexFlag = re.IGNORECASE, *, begins: bool = False
) -> dict[str, re.Pattern[str]]:
    """Return the patterns of a list by language: whole words where a language parts them by spaces."""
    patterns = {}
    for language, lexicon in LEXICONS.items():
        if alternatives := "|".join(choose(lexicon)):
            boundaries = ("", "") if language in UNSPACED else (r"(?<![\w'’])", r"(?![\w])")
            head = r"^[\s\"“«„‘]*" if begins else boundaries[0]
            patterns[language] = re.compile(f"{head}(?:{alternatives}){boundaries[1]}", flags)
    return patterns


def _compile_plain(
    choose: Callable[[Lexicon], tuple[str, ...]], head: str = ""
) -> dict[str, re.Pattern[str]]:
    return {
        language: re.compile(rf"{head}(?:{'|'.join(patterns)})", re.IGNORECASE)
        for language, lexicon in LEXICONS.items()
        if (patterns := choose(lexicon))
    }


_CASE_SENSITIVE = frozenset({"en", "zh", "ja"})
"""Languages whose first person is told by small and large letters (I, us and US), or has none."""

_FIRST = _compile_words(lambda lexicon: lexicon.voice.first_person)
_FIRST |= {
    language: pattern
    for language, pattern in _compile_words(lambda lexicon: lexicon.voice.first_person, re.NOFLAG).items()
    if language in _CASE_SENSITIVE
}
_SECOND = _compile_words(lambda lexicon: lexicon.voice.second_person, re.NOFLAG)
_URGING = _compile_words(lambda lexicon: lexicon.voice.urging, begins=True)
_SCENES = _compile_plain(lambda lexicon: lexicon.voice.scenes, "^")
_INSIDE = _compile_plain(lambda lexicon: lexicon.voice.hanging_inside)
_DEEDS = _compile_words(lambda lexicon: lexicon.signs.get("happening", ()))
_DATED = _compile_words(lambda lexicon: lexicon.signs.get("dated", ()))


def speaks_for_itself(text: str, language: str) -> bool:
    """Tell whether a newsroom would say a sentence in its own voice."""
    bare = _QUOTES.sub(" ", text)
    second = _SECOND.get(language)
    return not (
        _urges_or_asks(text, language)
        or (bare != text and _is_bare_quotation(bare, language))
        or _is_first_person(bare, language)
        or (second is not None and second.search(bare))
    )


def can_be_quoted(text: str, language: str) -> bool:
    """Tell whether a sentence that somebody says of themselves may be told as theirs: in the first person,
    with no quotation in it, neither a question nor a call to act.
    """
    return (
        _is_first_person(text, language)
        and _QUOTATION_MARK.search(text) is None
        and not _urges_or_asks(text, language)
    )


def quote(speaker: str, text: str, language: str) -> str:
    """Return what a speaker says as a sentence, as a language writes it: Acme: “We open the model.”"""
    writing = (LEXICONS.get(language) or LEXICONS[FALLBACK]).writing
    opening, closing = writing.quotation_marks
    return f"{speaker}{writing.colon}{opening}{text}{closing}"


def _urges_or_asks(text: str, language: str) -> bool:
    if text.rstrip("\"'”’»」』)） ").endswith(("?", "？", "!", "！")):
        return True
    urging = _URGING.get(language)
    return urging is not None and urging.match(text) is not None


def _is_first_person(text: str, language: str) -> bool:
    first = _FIRST.get(language)
    return first is not None and first.search(text) is not None


def _is_bare_quotation(rest: str, language: str) -> bool:
    """Tell whether nobody is said to have said what a sentence quotes: hardly anything stands outside of the
    quotation.
    """
    letters = re.findall(r"[^\W\d_]+", rest)
    return sum(map(len, letters)) < 4 if language in UNSPACED else len(letters) < 3


def sets_a_scene(text: str, language: str) -> bool:
    """Tell whether a sentence begins with what was before the news."""
    scenes = _SCENES.get(language)
    return scenes is not None and scenes.match(text) is not None


def tells_deed(text: str, language: str) -> bool:
    """Tell whether a text has a word by which somebody is said to do something: buys, launches, sues."""
    deeds = _DEEDS.get(language)
    return deeds is not None and deeds.search(text) is not None


def is_dated(text: str, language: str) -> bool:
    """Tell whether a sentence says on which day something happened, or who announced it."""
    dated = _DATED.get(language)
    return dated is not None and dated.search(text) is not None


def hangs_inside(text: str, language: str) -> bool:
    """Tell whether a sentence hangs on what stands before it by a word inside its beginning."""
    inside = _INSIDE.get(language)
    return inside is not None and inside.search(text[:EARLY]) is not None
