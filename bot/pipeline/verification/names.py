"""Whether the names of a sentence stand in its sources: capitals, German runs of capitals, Latin and katakana
runs in CJK text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.lexicon import lexicon_of, union
from bot.pipeline.verification.polarity_words import CALENDAR
from bot.pipeline.verification.spelling import is_spelled
from bot.pipeline.verification.tokens import key, lines, says_something
from bot.pipeline.verification.tokens import line as read
from bot.text.concepts import WORD, concepts
from bot.text.stopwords import STOPWORDS
from bot.text.words import CJK, fold, is_cjk

_LETTER = rf"(?:(?![{CJK}])[\w’'])"
_CAPITAL = "A-Z\u00c0-\u00de\u0400-\u042f"
_WORD = rf"[{_CAPITAL}]{_LETTER}*(?:-{_LETTER}+)*"
_TITLE = "".join(rf"|(?<=\b{title}\.\s)" for title in union(lambda lexicon: lexicon.words.titles))
"""After these a point ends no sentence."""

_INSIDE = rf"(?:(?<![.!?:…。“\"«„]\s){_TITLE})(?<!^)(?<![“\"«„])(?<!{_LETTER})"
_NAME = re.compile(rf"{_INSIDE}(?:{_WORD})")
_FIRST = re.compile(_WORD)
_RUN = re.compile(rf"{_INSIDE}{_WORD}(?: {_WORD})+")
_ACRONYM = re.compile(rf"(?<!{_LETTER})[{_CAPITAL}][{_CAPITAL}\d]{{1,8}}(?!{_LETTER})")
_SUBJECT = re.compile(
    rf"^(?!(?:\w+(?:ing|tion|sion|ment|ness|ity|ism|ship|ance|ence|ics)|(?:Every|Some|Any|No)\w+) "
    rf")(?:{_WORD})(?= (?:has|is|was|says)\b)"
    rf"|^(?!(?:Report|Analysis|Study|Survey|Poll|Opinion|Review|Interview|Exclusive|Update|Video|Watch"
    rf"|Live|Breaking|Photos|Pictures)\b){_WORD}(?: {_WORD})?(?=: )"
)
"""What begins an English sentence and does something alone, without an article: a name, if it is none of the
nouns that need none. So is who is named before a colon."""

_CAMEL = re.compile(rf"(?<!{_LETTER})[a-zA-Z]+(?:[A-Z][a-z]|(?<=[a-z])[A-Z]){_LETTER}*")
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z]+")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
_HAN = "\u3005\u4e00-\u9fff"
_TITLED = re.compile(
    rf"(?:(?![称说的该被对与在和为是将向从由给等及其这那各每本此某])[{_HAN}]){{2}}(?:県|市|府|州|氏|大学|党|首相|大統領|選手|さん|容疑者|公司|集团|銀行|银行|省|县|工业|法院)"
)
"""What ideographs name for sure: two before a title or the kind of a place or body, with that."""

_SOUNDS = (
    "阿埃艾安奥巴贝比宾波伯布查达戴德蒂丁多俄恩尔法菲费弗夫福盖戈格古哈海汉赫胡惠霍基吉加杰卡凯坎科克肯库拉莱兰劳勒雷里利林卢鲁路伦罗洛马玛麦曼梅蒙米密莫姆穆纳内尼娜诺努"
    "欧帕佩皮普奇乔切琼萨塞桑森沙舍圣史斯思松苏索塔泰坦汤特提廷图托瓦万韦维温文沃乌希谢辛雅亚扬耶伊因尤约扎泽詹佐逊顿朗"
)
_TRANSLITERATED = re.compile(rf"[{_SOUNDS}]{{3,}}(?:·[{_SOUNDS}]+)*")
"""What Chinese writes of a foreign name: three and more of the characters that stand for sounds."""

_SPEAKER = re.compile(
    rf"(?<![{_HAN}])[王李张刘陈杨黄赵吴周徐孙朱胡郭林罗郑梁谢宋唐许韩冯邓曹彭肖田董潘袁蔡蒋杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范廖贾韦邹孟熊秦邱尹薛闫段雷侯陶贺顾郝龚邵钱严覃戴孔汤]"
    rf"[{_HAN}]{{1,2}}(?=(?:说|表示|称|认为|指出|宣布|告诉|强调|博士|先生|女士|教授|院长|董事长))"
)
"""A Chinese person, told by a surname, and by what they do or are called."""

_CJK_NAMES: tuple[re.Pattern[str], ...] = (_LATIN, _KATAKANA, _TITLED, _TRANSLITERATED, _SPEAKER)
_GERMAN_NAMES = (_CAMEL, _ACRONYM, _RUN)
_CAPITAL_NAMES = (_NAME, _CAMEL, _ACRONYM)
_ENGLISH_NAMES = (*_CAPITAL_NAMES, _SUBJECT)

_CAPITAL_STOPWORDS = frozenset(word.capitalize() for word in STOPWORDS if len(word) > 2)
"""Small words as they begin a sentence: There is."""

_CONTRACTED = re.compile(r"n't\b")
_CJK_PART = re.compile(f"[{CJK}]")
_PARTS = re.compile(rf"(?:(?![{CJK}])[^\W_])+|[{CJK}]+")
INSTITUTIONS = frozenset(union(lambda lexicon: lexicon.words.institutions))
"""Words of institutions that languages write large, folded: in translation they are no names."""

_TRANSLATED = INSTITUTIONS | CALENDAR
"""What is written otherwise in another language; of dates the days and months are checked by themselves."""

SHORTEST = 3
_SURE = 4
RARE = 8
"""Sentences in which a name may stand and still belong to what they say; others are what the whole text is
about.
"""

SHARED_WORDS = 3
"""Words that a sentence shares with its source sentence; with any near a name that does not belong to it, it
shares a third of that at most.
"""

ENDING = 2
"""Letters by which forms of one name differ at their end: Allied, Allies."""


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words of sources, folded: whole, their beginnings, and as one text for short forms and writing
    without spaces.
    """

    words: frozenset[str]
    starts: frozenset[str]
    text: str


def find_unknown_name(
    sentence: str, language: str, sources: Sequence[str], *, translated: bool = False
) -> str:
    """Return the first name in a sentence that no source holds, empty when there is none.

    Where no source is in its language, only names that are written alike in both are looked for.
    """
    vocabulary = _vocabulary(tuple(sources))
    for name in _names(sentence, language, translated=translated):
        if translated and fold(name).removesuffix("'s") in _TRANSLATED:
            continue
        if not all(
            _is_known(part, vocabulary) or (translated and is_spelled(part, vocabulary.text))
            for part in _name_parts(name)
        ):
            return name
    return ""


def _name_parts(name: str) -> list[str]:
    """Return the words of a name, folded; small ones behind a hyphen are none of it: AI-generated."""
    parts = name.split("-")
    name_parts = [part for at, part in enumerate(parts) if at == 0 or not part.islower()]
    return _PARTS.findall(fold(" ".join(name_parts)).removesuffix("'s"))


def names_in(text: str, language: str) -> list[str]:
    """Return what is surely a name in a sentence, in the order of the ways in which it is told."""
    return list(dict.fromkeys(_names(text, language, translated=False)))


def _names(sentence: str, language: str, *, translated: bool) -> Iterator[str]:
    """Give what is surely a name, by what the language writes so."""
    if is_cjk(sentence):
        patterns = _CJK_NAMES[:1] if translated else _CJK_NAMES
    elif lexicon_of(language).writing.capital_nouns:
        patterns = _GERMAN_NAMES[:1] if translated else _GERMAN_NAMES
    else:
        language_patterns = _ENGLISH_NAMES if language == "en" else _CAPITAL_NAMES
        patterns = _CAPITAL_NAMES[:2] if translated else language_patterns
    for pattern in patterns:
        for match in pattern.finditer(sentence):
            if pattern is not _SUBJECT or match.group() not in _CAPITAL_STOPWORDS:
                yield match.group()
    if (first := _FIRST.match(sentence)) and _is_company(first.group()):
        yield first.group()


def _is_company(word: str) -> bool:
    """Tell whether a word is a well-known name: such a one is sure even at the beginning, where every word is
    written large.
    """
    return any(not name.startswith(WORD) for name in concepts(word, "en"))


@lru_cache(maxsize=64)
def _vocabulary(sources: tuple[str, ...]) -> _Vocabulary:
    text = _CONTRACTED.sub(" not", fold(f" {' '.join(sources)}"))
    words = frozenset(_PARTS.findall(text))
    return _Vocabulary(words, frozenset(_start(word) for word in words if len(word) > _SURE), text)


def _start(word: str) -> str:
    """Return the beginning by which a word is recognized in another form."""
    return word[: max(_SURE, len(word) - ENDING)]


def _is_known(part: str, vocabulary: _Vocabulary) -> bool:
    if _CJK_PART.match(part):
        return part in vocabulary.text
    forms = {part, part.removesuffix("s"), f"{part}s"}  # Italian and French give acronyms no plural: i GPU
    if len(part) < SHORTEST or not forms.isdisjoint(vocabulary.words):
        return True
    if len(part) >= _SURE and f" {part}" in vocabulary.text:
        return True
    return (not part.isascii() and part in vocabulary.text) or (
        len(part) > _SURE and _start(part) in vocabulary.starts
    )


def find_common_word(sentence: str, language: str, texts: Sequence[str]) -> str:
    """Return a name in a sentence that sources in its language have as a common word only, in small letters;
    empty when there is none.

    German writes every noun large, and a title may write every word so.
    """
    if is_cjk(sentence) or lexicon_of(language).writing.capital_nouns or not texts:
        return ""
    for match in _NAME.finditer(sentence):
        name = match.group()
        if name in _CAPITAL_STOPWORDS:
            continue
        is_quoted = sentence[: match.start()].endswith(
            "' "
        )  # a sentence begins there as after any quotation mark
        if is_quoted or any(name in text for text in texts) or _CAMEL.match(name) or _is_company(name):
            continue
        if _is_only_small(name, tuple(texts)) and not _has_its_neighbour(sentence, match, texts):
            return "" if _is_title(sentence) else name
    return ""


def _has_its_neighbour(sentence: str, name: re.Match[str], texts: Sequence[str]) -> bool:
    """Tell whether sources have a word beside the same one as a sentence has it: the Colima volcano is the
    Colima Volcano.
    """
    word = fold(name.group())
    before = [fold(neighbour) for neighbour in sentence[: name.start()].split()[-1:]]
    after = [fold(other).rstrip(".,;:!?") for other in sentence[name.end() :].split()[:1]]
    pairs = [f" {other} {word} " for other in before if says_something(other)]
    pairs += [f" {word} {other} " for other in after if says_something(other)]
    read_ = [f" {' '.join(_PARTS.findall(fold(text)))} " for text in texts] if pairs else []
    return any(pair in text for text in read_ for pair in pairs)


def _is_only_small(name: str, texts: tuple[str, ...]) -> bool:
    """Tell whether a part of a name is a word of some texts, and written large in none of them."""
    small, large, starts = _small_and_large(texts)
    for part in _PARTS.findall(fold(name).removesuffix("'s")):
        forms = {part, part.removesuffix("s")}
        if len(part) >= SHORTEST and forms & small and not forms & large and _start(part) not in starts:
            return True
    return False


def _is_title(sentence: str) -> bool:
    """Tell whether a sentence writes most of its longer words large."""
    longer: list[str] = [word for word in re.findall(rf"{_LETTER}+", sentence) if len(word) > SHORTEST]
    return sum(word[0].isupper() for word in longer) * 2 > len(longer)


@lru_cache(maxsize=64)
def _small_and_large(texts: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the words of texts, those that they write large anywhere, and the beginnings by which these are
    recognized; all folded.
    """
    all_words = frozenset(part for text in texts for part in _PARTS.findall(fold(text)))
    large = frozenset(
        part for text in texts for word in _FIRST.findall(text) for part in _PARTS.findall(fold(word))
    )
    return all_words - large, large, frozenset(map(_start, large))


def find_misplaced_name(sentence: str, language: str, texts: Sequence[str]) -> str:
    """Return a name that sources hold only far from what the sentence says of it, empty when there is
    none.
    """
    if is_cjk(sentence) or lexicon_of(language).writing.capital_nouns:
        return ""
    source_lines = [line for text in texts for line in lines(text, language)]
    content = read(sentence, language).content
    for match in _NAME.finditer(sentence):
        other_words = content - {name := key(fold(match.group()))}
        overlaps = [len(other_words & line.content) for line in source_lines]
        places = [at for at, line in enumerate(source_lines) if name in line.content]
        if (
            0 < len(places) <= RARE
            and (most := max(overlaps)) >= SHARED_WORDS
            and _largest_overlap(overlaps, places) <= most // SHARED_WORDS
        ):
            return match.group()
    return ""


def _largest_overlap(overlaps: Sequence[int], places: Sequence[int]) -> int:
    """Return the most words that a sentence at one of these places, or next to one, shares with what
    is said.
    """
    return max(max(overlaps[max(0, at - 1) : at + 2]) for at in places)
