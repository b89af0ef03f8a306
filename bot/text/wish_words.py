"""A wish in plain words, as parts with a meaning each: what denies, what asks, subjects, times, numbers, and
words that are known to say nothing, or something that no rule can.

Which words mean what stands in the lexicons (`[wishes]`); times are those of `[typed]`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache

from babel import Locale

from bot.lexicon import lexicon_of
from bot.text.language_names import language_called
from bot.text.typed_words import CLOCKS, ORDINAL_ENDING, WEEKDAYS, hours_by_word, in_english, typed_phrases
from bot.text.words import CJK, fold

HAN_AND_HIRAGANA = "\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
LONGEST_TIME = 14
"""Parts of the longest time that is looked for."""

LONGEST_NAME = 4
"""Words of the longest name of an outlet or a language."""

SHORT_DAY = 3
"""Letters of what may be a day's short name, and some other word of another language."""

LONG_NAME = 6
"""Letters from which the name of a language may have another ending."""

COUNT_MAX = 20
"""Stories of the largest digest that is understood."""

WEAK = "often other"
"""What a word has that stands before outlets, and as often before anything else: `di`, `de`."""

BOUND = "bound"
"""What a vague part has that makes a limit of the time or number beside it: `after`, `at least`."""

TIME_FILLERS = frozenset(
    {"daily", "at", "and", "also", "every", "day", "on", "the", "hour", "since", "time", "week", "of"}
)
"""Words that times in the words of commands may have beside hours and days."""

WITHOUT = frozenset({"without", "without_behind"})
"""Words that leave days out, in the words of commands."""

OF_MONTHS = frozenset({"monthly", "first", "second", "third", "fourth", "last", "last_day", "month_day"})
"""Words that say on which days of a month, in the words of commands."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))
_TOKEN = re.compile(
    rf'"[^"]{{1,80}}"?|(?<!\w)\w{{1,20}}://\S+|(?<!\S)-(?=\w)|\d{{1,2}}(?:[:.h]\d{{2}}){{1,2}}(?:[ap]m)?(?!\w)|[{HAN_AND_HIRAGANA}]|'
    rf"[\u30a0-\u30ff]+|[^\W_{CJK}]+|[,;.!?&/+\n，。、；！？・]"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_HOUR = re.compile(r"(?<![\w:])([01]?\d|2[0-3]) ?h(?: ?([0-5]\d))?(?![\w:])")
"""A time as French, Spanish, Portuguese and Italian write it: 8h, 7h30, 18 h."""

_DAYS_BETWEEN = re.compile(r"(?<=[a-z])\s*[–-]\s*(?=[a-z])")
"""What stands between the first and the last of several days (`mon-wed`)."""

_MONTHLY = frozenset({"monthly", "last_day"})
_MONTH_DAY = re.compile(rf"[0-3]?\d(?:{ORDINAL_ENDING}|\.)?|last_day")
"""The number of a day of the month, also as an ordinal."""

_ORDINAL_DAY = re.compile(rf"[0-3]?\d(?:{ORDINAL_ENDING}|\.)|month_day")
"""What makes a number a day's, where a time of day stands with it: `3rd` alone is of many things."""

_BARE_HOUR = re.compile(r"[01]?\d|2[0-3]")
_STOPS = frozenset(";.!?\n。；！？")
_COMMAS = frozenset(",，、")
_SIGNS = frozenset("&/+・")


class Role(StrEnum):
    """What a part of a wish does."""

    REFUSAL = "refusal"
    TRAILING_REFUSAL = "trailing_refusal"
    RESTRICTION = "restriction"
    TRAILING_RESTRICTION = "trailing_restriction"
    REQUEST = "request"
    INTRODUCTION = "introduction"
    TRAILING_INTRODUCTION = "trailing_introduction"
    FROM = "from"
    LANGUAGE_PREFIX = "language_prefix"
    AND = "and"
    COMMA = "comma"
    STOP = "stop"
    FILLER = "filler"
    NEWS = "news"
    VAGUE = "vague"
    WEEKLY = "weekly"
    SUBJECT = "subject"
    LANGUAGE = "language"
    OUTLET = "outlet"
    TIME = "time"
    COUNT = "count"
    BAR = "bar"
    QUOTATION = "quotation"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a sign or a quotation of a wish, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a wish: its role and its words as typed, with what it names: a topic and a kind of news, or a
    language, an outlet, a time in the words of commands, a number, a bar.
    """

    role: Role
    text: str
    start: int
    tokens: int = 1
    topic: str = ""
    kind: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a wish may hold beside the words of its language: topics by what they are called, folded,
    and outlets.
    """

    topics: Mapping[str, str] = field(default_factory=dict)
    outlets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase of a lexicon, in folded tokens; of an open one the last may go on."""

    tokens: tuple[str, ...]
    is_open: bool
    role: Role
    topic: str = ""
    kind: str = ""
    value: str = ""

    def fits(self, forms: Sequence[str], at: int) -> bool:
        """Tell whether it stands at a place of a wish."""
        end = at + len(self.tokens)
        if end > len(forms):
            return False
        *first, last = self.tokens
        if list(forms[at : end - 1]) != first:
            return False
        return forms[end - 1].startswith(last) if self.is_open else forms[end - 1] == last


def split_tokens(text: str) -> list[Token]:
    """Return the words, quotations and signs of a wish; hyphens and apostrophes part words."""
    line = text.translate(_QUOTES)
    return [Token(text[m.start() : m.end()], m.start(), m.end()) for m in _TOKEN.finditer(line)]


def read_parts(text: str, language: str, names: Names) -> list[Part]:
    """Return the parts of a wish, read as one in a language."""
    tokens = split_tokens(text)
    forms = [fold(token.text) for token in tokens]
    parts: list[Part] = []
    at = 0
    while at < len(tokens):
        part = _part_at(text, tokens, forms, at, language, names)
        parts.append(part)
        at += part.tokens
    return parts


def _part_at(
    text: str, tokens: Sequence[Token], forms: Sequence[str], at: int, language: str, names: Names
) -> Part:
    """Return the longest part that begins at a token; of several the first that is named here."""
    token = tokens[at]
    if token.text[0] in '"“”„«»「」『』＂':
        return Part(
            role=Role.QUOTATION, text=token.text, start=token.start, value=token.text[1:].strip('"“”»」』＂ ')
        )
    if "://" in token.text:
        return Part(role=Role.VAGUE, text=token.text, start=token.start)
    if sign := _sign(token.text):
        return Part(role=sign, text=token.text, start=token.start)
    candidates = (
        *_count_at(forms, at, language),
        *_phrases_at(forms, at, language),
        *_named_at(text, tokens, at, names),
        *_time_at(text, tokens, at, language),
        *_language_at(text, tokens, at, language),
    )
    best = max(candidates, key=lambda part: part.tokens, default=Part(role=Role.WORD, text="", start=0))
    end = tokens[at + best.tokens - 1].end
    return Part(
        role=best.role,
        text=text[token.start : end],
        start=token.start,
        tokens=best.tokens,
        topic=best.topic,
        kind=best.kind,
        value=best.value,
    )


def _sign(text: str) -> Role | None:
    if text in _STOPS:
        return Role.STOP
    if text in _COMMAS:
        return Role.COMMA
    if text == "-":
        return Role.REFUSAL
    return Role.AND if text in _SIGNS else None


def _phrases_at(forms: Sequence[str], at: int, language: str) -> Iterator[Part]:
    by_first, open_phrases = _phrases(language)
    for phrase in (*by_first.get(forms[at], ()), *open_phrases) if at < len(forms) else ():
        if phrase.fits(forms, at):
            yield Part(
                role=phrase.role,
                text="",
                start=0,
                tokens=len(phrase.tokens),
                topic=phrase.topic,
                kind=phrase.kind,
                value=phrase.value,
            )


def _named_at(text: str, tokens: Sequence[Token], at: int, names: Names) -> Iterator[Part]:
    """Return the outlet, and the topic, whose name begins at a token; without its article, too."""
    for size in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
        name = fold(text[tokens[at].start : tokens[at + size - 1].end])
        outlet = next((one for one in names.outlets if _bare(fold(one)) == _bare(name)), "")
        if outlet:
            yield Part(role=Role.OUTLET, text="", start=0, tokens=size, value=outlet)
        if name in names.topics:
            yield Part(role=Role.SUBJECT, text="", start=0, tokens=size, topic=names.topics[name])


def _bare(name: str) -> str:
    return name.removeprefix("the ")


def _language_at(text: str, tokens: Sequence[Token], at: int, language: str) -> Iterator[Part]:
    """Return the language whose name begins at a token: a name, for codes are words of other languages."""
    own_names = lexicon_of(language).wishes.languages
    for size in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
        name = text[tokens[at].start : tokens[at + size - 1].end]
        if name.replace(" ", "").isalpha() and (len(name) > SHORT_DAY or not name.isascii()):
            code = own_names.get(fold(name)) or language_called(name) or _inflected_language(name)
            if code:
                yield Part(role=Role.LANGUAGE, text="", start=0, tokens=size, value=code)
                return


def _inflected_language(name: str) -> str:
    """Return the language of a name with another ending (`deutsche`, `inglesi`), empty where none is sure."""
    name_form = fold(name)
    if len(name_form) < LONG_NAME or not name_form.isalpha():
        return ""
    codes = (language_called(name_form.removesuffix(ending)) for ending in ("e", "en", "es", "er"))
    return next(filter(None, codes), "")


def _count_at(forms: Sequence[str], at: int, language: str) -> Iterator[Part]:
    """Return how many stories are wanted, where a number stands beside what says so, or before what says
    which (`the five biggest`, `five robotics stories`).
    """
    before = next(_matches(forms, at, language, "at_most"), 0)
    number = _number(forms, at + before, language)
    if number is None:
        return
    end = at + before + 1
    nouns = next(_matches(forms, end, language, "stories"), 0)
    behind = next(_matches(forms, end + nouns, language, "at_most"), 0)
    if before or nouns or behind or _is_before_stories(forms, end, language):
        yield Part(role=Role.COUNT, text="", start=0, tokens=before + 1 + nouns + behind, value=str(number))


def _is_before_stories(forms: Sequence[str], at: int, language: str) -> bool:
    """Tell whether a bar stands at a place, or a subject with a word for news behind it."""
    for part in _phrases_at(forms, at, language):
        if part.role is Role.BAR:
            return True
        if part.role is Role.SUBJECT and next(_matches(forms, at + part.tokens, language, "stories"), 0):
            return True
    return False


def _matches(forms: Sequence[str], at: int, language: str, name: str) -> Iterator[int]:
    """Return how many tokens the phrases of a list take at a place, the longest first."""
    yield from sorted(
        (len(phrase.tokens) for phrase in _list(language, name) if phrase.fits(forms, at)), reverse=True
    )


def _number(forms: Sequence[str], at: int, language: str) -> int | None:
    if at >= len(forms):
        return None
    word = forms[at]
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 4 else None
    if number is None:
        number = lexicon_of(language).numbers.words.get(word)
    return number if number is not None and 1 <= number <= COUNT_MAX else None


def is_number(word: str, language: str) -> bool:
    """Tell whether a word is a number and nothing else, in digits, also of a day (`15th`), or in a language's
    word.
    """
    is_ordinal = re.fullmatch(rf"\d+{ORDINAL_ENDING}", fold(word)) is not None
    return word.isdecimal() or is_ordinal or fold(word) in lexicon_of(language).numbers.words


def _time_at(text: str, tokens: Sequence[Token], at: int, language: str) -> Iterator[Part]:
    """Return the longest time that begins at a token, in the words of commands."""
    for size in range(_longest_time(tokens, at), 0, -1):
        window = tokens[at : at + size]
        if window[-1].text in _STOPS | _COMMAS | _SIGNS:
            continue
        if line := _time_in(text[window[0].start : window[-1].end], window, language):
            yield Part(role=Role.TIME, text="", start=0, tokens=size, value=line)
            return


def _longest_time(tokens: Sequence[Token], at: int) -> int:
    """Return how many tokens from a place on may belong to a time: others are not asked about."""
    may_be_time = _time_tokens()
    size = 0
    stretch = tokens[at : at + LONGEST_TIME]
    for before, token in zip((None, *stretch), stretch, strict=False):
        is_ordinal_dot = token.text == "." and before is not None and before.text.isdigit()
        is_word_of_time = token.text[0].isdigit() or fold(token.text) in may_be_time or token.text in _COMMAS
        if not (is_ordinal_dot or is_word_of_time):
            break
        size += 1
    return size


@cache
def _time_tokens() -> frozenset[str]:
    """Return every word that is a part of what people type for a time."""
    words = (*TIME_FILLERS, *_DAYS, *CLOCKS, *OF_MONTHS, "now", "to", "until")
    phrases = (*typed_phrases(), *hours_by_word(), *words)
    return frozenset(fold(token.text) for phrase in phrases for token in split_tokens(phrase))


@lru_cache(maxsize=4096)
def _english(text: str) -> tuple[str, ...]:
    hours = _HOUR.sub(lambda match: f"{match[1]}:{match[2] or '00'}", text)
    line = _DAYS_BETWEEN.sub(" to ", in_english(hours, hours_are_times=True))
    return tuple(filter(None, re.split(r"[\s,;、・–-]+", line)))


def _time_in(text: str, window: Sequence[Token], language: str) -> str:
    """Return what a stretch says of times, empty where any of its words says something else."""
    words = _english(text)
    last = _english(window[-1].text)
    before = _english(text[: window[-1].start - window[0].start].strip())
    if _is_join(window[0].text, text) or (words == before + last and set(last) <= TIME_FILLERS):
        return ""
    has_day = any(word in _DAYS for word in words)
    has_clock = any(_CLOCK.fullmatch(word) for word in words)
    is_dated = has_clock and any(_ORDINAL_DAY.fullmatch(word) for word in words)
    is_monthly = is_dated or not _MONTHLY.isdisjoint(words)
    cores = [
        word
        for word in words
        if _is_core(word)
        or (has_day and _BARE_HOUR.fullmatch(word))
        or (is_monthly and _MONTH_DAY.fullmatch(word))
    ]
    others = {word for word in words if word not in TIME_FILLERS and word not in cores}
    if _leaves_days_out(words, has_clock=has_clock):
        others -= WITHOUT
    if not cores or not others <= ({"to", "until"} | (OF_MONTHS if has_day or is_monthly else set())):
        return ""
    names_weekday = not _WEEKDAYS.isdisjoint(words)  # Italian's `di` is a day in German alone
    shorts = [
        token.text
        for token in window
        if names_weekday and len(token.text) <= SHORT_DAY and _names_day(token.text)
    ]
    if any(fold(short) not in _short_days(language) for short in shorts):
        return ""
    if len(cores) == 1 and shorts and len(shorts[0]) < SHORT_DAY:
        return ""
    return " ".join(words)


def _leaves_days_out(words: Sequence[str], *, has_clock: bool) -> bool:
    """Tell whether a time leaves days out by itself (`daily except sunday at 8`): one that begins with the
    word for that may leave them out of what stands before it.
    """
    is_of_all = "daily" in words or (has_clock and words[0] not in WITHOUT and words[-1] != "without")
    return is_of_all and any(word in _DAYS - {"daily"} for word in words)


def _is_join(token: str, text: str) -> bool:
    """Tell whether a word only joins a time to another: none begins with it."""
    return token != text and _english(token) in {("also",), ("and",), ("to",)}


_WEEKDAYS = frozenset({*WEEKDAYS, *(f"{day}s" for day in WEEKDAYS)})
_DAYS = _WEEKDAYS | {"weekdays", "weekends", "daily"}


def _is_core(word: str) -> bool:
    return word in _DAYS or word == "now" or _CLOCK.fullmatch(word) is not None


def _names_day(word: str) -> bool:
    return any(one in WEEKDAYS for one in _english(word)) and not word[0].isdigit() and fold(word).isascii()


@cache
def _short_days(language: str) -> frozenset[str]:
    codes = (language, "en")
    return frozenset(
        fold(name.strip("."))
        for code in codes
        for width in ("abbreviated", "short")
        for name in Locale(code).days["format"][width].values()
    )


@cache
def _phrases(language: str) -> tuple[Mapping[str, Sequence[_Phrase]], Sequence[_Phrase]]:
    """Return what a language has for every role: by the first token, and the words that may go on."""
    wishes, line = lexicon_of(language).wishes, lexicon_of(language).typed
    lists = (
        (Role.REFUSAL, wishes.refusals),
        (Role.TRAILING_REFUSAL, wishes.trailing_refusals),
        (Role.RESTRICTION, wishes.restrictions),
        (Role.TRAILING_RESTRICTION, wishes.trailing_restrictions),
        (Role.REQUEST, wishes.requests),
        (Role.INTRODUCTION, wishes.introductions),
        (Role.TRAILING_INTRODUCTION, wishes.trailing_introductions),
        (Role.LANGUAGE_PREFIX, wishes.language_prefixes),
        (Role.AND, wishes.joins),
        (Role.STOP, wishes.turns),
        (Role.NEWS, wishes.stories),
        (Role.FILLER, wishes.fillers),
        (Role.VAGUE, wishes.vague),
        (Role.WEEKLY, wishes.weekly),
    )
    bars = {"notable": line.notable, "important": line.important, "biggest": line.biggest}
    phrases = [_phrase(role, text) for role, texts in lists for text in texts]
    phrases += [
        _phrase(Role.FROM, text, value=WEAK if text in wishes.fillers else "") for text in wishes.sources
    ]
    phrases += [_phrase(Role.VAGUE, text, value=BOUND) for text in wishes.bounds]
    phrases += [_phrase(Role.BAR, text, value=bar) for bar, texts in bars.items() for text in texts]
    phrases += [_phrase(Role.BAR, text, value=bar) for bar, texts in wishes.bars.items() for text in texts]
    phrases.sort(key=lambda phrase: phrase.role is not Role.FROM)
    by_first: dict[str, list[_Phrase]] = {}
    open_phrases = []
    for phrase in (*phrases, *_subjects(language)):
        if phrase.is_open and len(phrase.tokens) == 1:
            open_phrases.append(phrase)
        else:
            by_first.setdefault(phrase.tokens[0], []).append(phrase)
    return by_first, open_phrases


def _subjects(language: str) -> list[_Phrase]:
    """Return what topics and kinds of news are called; a phrase may be one of each."""
    wishes = lexicon_of(language).wishes
    kinds = {text: kind for kind, texts in wishes.kinds.items() for text in texts}
    topics = {text: topic for topic, texts in wishes.topics.items() for text in texts}
    return [
        _phrase(Role.SUBJECT, text, topic=topics.get(text, ""), kind=kinds.get(text, ""))
        for text in dict.fromkeys((*kinds, *topics))
    ]


@cache
def _list(language: str, name: str) -> tuple[_Phrase, ...]:
    return tuple(_phrase(Role.COUNT, text) for text in getattr(lexicon_of(language).wishes, name))


def _phrase(role: Role, text: str, *, topic: str = "", kind: str = "", value: str = "") -> _Phrase:
    tokens = tuple(fold(token.text) for token in split_tokens(text.removesuffix("*")))
    return _Phrase(tokens, text.endswith("*"), role, topic, kind, value)
