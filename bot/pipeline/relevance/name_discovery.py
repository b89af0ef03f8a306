"""Names that the rules do not know yet: often in feeds about AI alone, rare in others, and written as names
are written.

Nothing here knows what a word means. A word counts as ordinary when titles also write it in lower case or
ordinary news knows it, and as a person's when a first name stands before it or it speaks. What is proposed
waits for a person to decide.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale

from bot.lexicon import LANGUAGES, lexicon_of
from bot.model import Proposal, Title
from bot.pipeline.relevance.judge import Rules, known_spans
from bot.text.stopwords import STOPWORDS
from bot.text.terms import stem_of
from bot.text.titles import without_outlet
from bot.text.words import fold

OUTLETS = 2
"""Outlets that must use a name before it is more than one newsroom's word; one that looks like any word needs
one more.
"""

TITLES_MIN = 3
"""Titles in feeds about AI alone that must hold a name, on two days at least or four of them."""

RARER = 4.0
"""How many times rarer a name must be in other feeds, title for title."""

PERSON = 0.4
"""The share of a name's titles that shows a person: an unknown capitalised word beside it, or speech behind
it.
"""

BYTES = 48
"""Of a name at most: a button has room for no more."""

SHORTEST = 4
LONGEST = 3
"""Words of a name."""

MOST = 200

_L = "A-Za-zÀ-ÖØ-öø-ɏ"
_TOKEN = re.compile(rf"[{_L}][{_L}0-9]*(?:[.\-‑'’&][{_L}0-9]+)*\+?|\d+(?:\.\d+)*[A-Za-z]?(?![{_L}0-9])")
_MARKED_WORD = re.compile(rf"[a-zß-öø-ɏ][A-Z]|[A-Z]{{2}}[a-z]{{2}}|[{_L}]{{2}}[-‑]?\d|^[A-Z]\d+[A-Z]?$")
_ACRONYM = re.compile(r"[A-Z]{1,5}s?$")
_AMOUNT = re.compile(r"(?i)(?:q[1-4]|h[12]|fy\d+|[1-9]\d*[kmbgtx]b?|v\d+|[a-z]\d)$")
_BREAK = re.compile(r"[.:;!?|–—\"“”«»„‚‘(\[/]")
_QUOTED_NAME = re.compile(r"[《「『]([^《》「」『』\s]{2,10})[》」』]")
_NAME_BEFORE_PRODUCT = re.compile(
    r"(?<![\u3400-\u9fff])[\u3400-\u9fff]{2,4}(?=(?:App|AI|GPT|Agent|LLM)(?![A-Za-z]))"
)
_SPEECH = frozenset(
    (
        "says said warns thinks believes argues tells calls joins leaves quits dit dice afferma sagt warnt"
    ).split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """A word of a title.

    `begins`: whether it begins a sentence, where a capital proves nothing. `follows`: whether only a space
    stands before it, `joins`: and no possessive either. `known`: whether it is (in) a name or word that
    the rules know.
    """

    text: str
    begins: bool
    follows: bool
    joins: bool
    known: bool = False


@dataclass(slots=True, kw_only=True)
class _Sightings:
    """What the titles say of one name."""

    about_ai: set[int] = field(default_factory=set)
    off_topic: set[int] = field(default_factory=set)
    outlets: int = 0
    proving: set[int] = field(default_factory=set)
    personal: set[int] = field(default_factory=set)
    as_name: set[int] = field(default_factory=set)


def propose(
    titles: Sequence[Title], rules: Rules, common: Collection[str], decided_names: Collection[str] = ()
) -> list[Proposal]:
    """Return the names that `rules` should perhaps know, best first.

    `common` are everyday words, folded; `decided_names` are names that need not be proposed again.
    """
    plain = _plain_words(titles, common)
    sightings: defaultdict[str, _Sightings] = defaultdict(_Sightings)
    distinct_titles: set[tuple[str, bool]] = set()
    for number, title in enumerate(titles):
        title_key = (fold(title.text), title.ai_only)
        if (title.ai_only or not title.on_topic) and title_key not in distinct_titles:
            _see(sightings, number, title, plain, rules)
        distinct_titles.add(title_key)
    total = sum(title.ai_only for title in titles)
    off_topic_count = sum(not title.ai_only and not title.on_topic for title in titles)
    fit = {
        name: name_sightings
        for name, name_sightings in sightings.items()
        if len(name_sightings.about_ai) >= TITLES_MIN
    }
    for name, one in fit.items():
        _drop_own_outlet(name, one, titles)
    fit = {name: one for name, one in fit.items() if _is_frequent(one, titles, total, off_topic_count)}
    excluded_names = {
        fold(name) for name in (*decided_names, *_outlets(titles), *rules.tiers.plain, *rules.tiers.capital)
    } | places()
    fit = {name: one for name, one in fit.items() if _is_name(name, one, plain, excluded_names, rules)}
    proposals = sorted(_handles(fit).items(), key=lambda pair: -_merit(*pair))
    return [_proposal(name, one, titles) for name, one in proposals[:MOST]]


def section_of(name: str) -> str:
    """Return how a name counts that a person accepted: `plain` where its shape is no ordinary word's,
    `likely` where it may be a first name, too.
    """
    words = name.split()
    bare = len(words) == 1 and not _MARKED_WORD.search(name) and re.match(rf"[{_L}]", name)
    return "likely" if bare else "plain"


# --- reading titles ----------------------------------------------------------------------------------------


def _tokens(text: str, rules: Rules | None = None) -> list[_Token]:
    """Return the words of a text; with `rules`, those that stand in what they know are marked so."""
    spans = known_spans(rules, text) if rules else []
    tokens: list[_Token] = []
    end = 0
    is_complete = False
    for match in _TOKEN.finditer(text):
        gap = text[end : match.start()]
        is_first = not tokens or _BREAK.search(gap) is not None
        word = re.sub(r"['’](?:s|S)?$", "", match.group())
        is_known = any(start < match.end() and match.start() < stop for start, stop in spans)
        follows = bool(tokens) and gap in {" ", "\u00a0"}
        tokens.append(
            _Token(text=word, begins=is_first, follows=follows, joins=follows and is_complete, known=is_known)
        )
        is_complete, end = word == match.group(), match.end()
    return tokens


def _is_shouted(tokens: Sequence[_Token]) -> bool:
    """Tell whether a headline capitalises most of its words, so that capitals prove nothing."""
    long = [token.text for token in tokens if len(token.text) >= SHORTEST and token.text[0].isalpha()]
    capital = sum(word[0].isupper() for word in long)
    return len(long) > 2 and capital * 5 > 3 * len(long)


def _plain_words(titles: Iterable[Title], common: Collection[str]) -> Collection[str]:
    """Return the folded words that are no names: common ones, and those that titles write in lower
    case, too.
    """
    lower: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    for title in titles:
        for token in _tokens(f"{title.text}. {title.opening}"):
            (lower if token.text[0].islower() else upper)[fold(token.text)] += 1
    plain_words = {word for word, count in lower.items() if count * 10 >= upper[word]}
    return plain_words | set(common) | STOPWORDS


def _is_plain(word: str, plain: Collection[str]) -> bool:
    folded_word = fold(word)
    parts = [part for part in re.split(r"[-‑.]", folded_word) if part]
    return (
        folded_word in plain
        or stem_of(folded_word) in plain
        or (len(parts) > 1 and all(p in plain for p in parts))
    )


def _see(
    sightings: Mapping[str, _Sightings], number: int, title: Title, plain: Collection[str], rules: Rules
) -> None:
    text = without_outlet(title.text)
    tokens = _tokens(text, rules)
    proves = not _is_shouted(tokens) and not lexicon_of(title.language).writing.capital_nouns
    names: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, end in _spans(tokens):
        names[" ".join(token.text for token in tokens[start:end])].append((start, end))
    for name in (*_QUOTED_NAME.findall(text), *_NAME_BEFORE_PRODUCT.findall(text)):
        names[name].append((-1, -1))
    for name, spans in names.items():
        name_sightings = sightings[name]
        (name_sightings.about_ai if title.ai_only else name_sightings.off_topic).add(number)
        if any(start < 0 or (proves and not tokens[start].begins) for start, _ in spans):
            name_sightings.proving.add(number)
        if any(start >= 0 and _is_personal(tokens, start, end, plain) for start, end in spans):
            name_sightings.personal.add(number)
        if title.ai_only and any(start >= 0 and _is_shown(tokens, start, end) for start, end in spans):
            name_sightings.as_name.add(number)


def _spans(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Return where names of one to three words may stand: capitals or marks, and numbers behind them."""
    for start, first in enumerate(tokens):
        if first.known or not _is_namelike(first.text) or first.text[0].isdigit():
            continue
        for end in range(start + 1, min(start + LONGEST, len(tokens)) + 1):
            last = tokens[end - 1]
            if end > start + 1 and (last.known or not last.joins or not _is_namelike(last.text)):
                break
            yield start, end


def _is_namelike(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or _MARKED_WORD.search(word) is not None


def _is_personal(tokens: Sequence[_Token], start: int, end: int, plain: Collection[str]) -> bool:
    """Tell whether a name reads as a person's here: another unknown name stands right before or behind it, or
    speech behind.
    """
    after = tokens[end] if end < len(tokens) else None
    if after is not None and (
        after.text.lower() in _SPEECH or (after.joins and _may_be_persons(after, plain))
    ):
        return True
    return start > 0 and tokens[start].joins and _may_be_persons(tokens[start - 1], plain)


def _is_shown(tokens: Sequence[_Token], start: int, end: int) -> bool:
    """Tell whether a name reads as a product here: right behind a name that the rules know (“OpenAI's
    Harbour”), or before a version.
    """
    is_behind_name = (
        start > 0
        and tokens[start].follows
        and tokens[start - 1].known
        and tokens[start - 1].text[0].isupper()
    )
    return is_behind_name or (end < len(tokens) and tokens[end].joins and tokens[end].text[0].isdigit())


def _may_be_persons(token: _Token, plain: Collection[str]) -> bool:
    simple = token.text.istitle() and token.text.isalpha() and not token.known
    return simple and not _is_plain(token.text, plain)


# --- deciding ----------------------------------------------------------------------------------------------


def _drop_own_outlet(name: str, sightings: _Sightings, titles: Sequence[Title]) -> None:
    """Leave out what an outlet that carries a name says of it, and count the others."""
    folded_name = fold(name)
    own_titles = {number for number in sightings.about_ai if folded_name in fold(titles[number].outlet)}
    for numbers in (sightings.about_ai, sightings.proving, sightings.personal, sightings.as_name):
        numbers.difference_update(own_titles)
    sightings.outlets = len({titles[number].outlet for number in sightings.about_ai})


def _is_frequent(sightings: _Sightings, titles: Sequence[Title], total: int, off_topic_count: int) -> bool:
    documents = len(sightings.about_ai)
    if documents < TITLES_MIN:
        return False
    days = {titles[number].day for number in sightings.about_ai}
    if sightings.outlets < OUTLETS or (len(days) < 2 and documents < TITLES_MIN + 1):
        return False
    rate, off_topic_rate = documents / total, len(sightings.off_topic) / max(off_topic_count, 1)
    return rate >= RARER * off_topic_rate


def _is_name(
    name: str, sightings: _Sightings, plain: Collection[str], excluded_names: Collection[str], rules: Rules
) -> bool:
    if fold(name) in excluded_names or known_spans(rules, name) or len(name.encode()) > BYTES:
        return False
    words = name.split()
    if not re.match(rf"[{_L}]", name):
        return True
    if len(words) == 1:
        return _is_single(name, sightings, plain)
    if any(fold(word) in STOPWORDS or word.islower() for word in words) or words[-1].endswith(("'s", "’s")):
        return False
    if all(word[0].isdigit() or _AMOUNT.fullmatch(word) for word in words[1:]):
        return not _is_plain(words[0], plain) and bool(sightings.proving) and not _ACRONYM.fullmatch(words[0])
    if any(fold(word) in excluded_names for word in words):
        return False
    odd = [word for word in words if not _is_plain(word, plain)]
    return (
        bool(odd)
        and bool(sightings.proving)
        and not _is_persons(sightings)
        and any(map(_MARKED_WORD.search, words))
    )


def _is_single(word: str, sightings: _Sightings, plain: Collection[str]) -> bool:
    if _is_plain(word, plain) or _ACRONYM.fullmatch(word) or _AMOUNT.fullmatch(word):
        return False
    if "-" in word and word.rsplit("-", 1)[1].islower():
        return False
    if _MARKED_WORD.search(word):
        return sum(c.isalpha() for c in word) > 1
    return (
        len(word) >= SHORTEST
        and sightings.outlets > OUTLETS
        and bool(sightings.proving)
        and not _is_persons(sightings)
    )


def _is_persons(sightings: _Sightings) -> bool:
    return len(sightings.personal) >= PERSON * len(sightings.about_ai | sightings.off_topic)


def _handles(fit: Mapping[str, _Sightings]) -> dict[str, _Sightings]:
    """Return the names without those that a part of them stands for."""
    return {
        name: sightings for name, sightings in fit.items() if not any(part in fit for part in _parts(name))
    }


def _parts(name: str) -> Iterator[str]:
    words = name.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if end - start < len(words):
                yield " ".join(words[start:end])


def _proposal(name: str, sightings: _Sightings, titles: Sequence[Title]) -> Proposal:
    numbers = sorted(sightings.about_ai)
    return Proposal(
        name=name,
        documents=len(numbers),
        outlets=sightings.outlets,
        days=len({titles[n].day for n in numbers}),
        elsewhere=len(sightings.off_topic),
        example=titles[numbers[-1]].text,
    )


def _merit(name: str, sightings: _Sightings) -> float:
    """Return how much speaks for a name: titles and outlets, its shape, and how often it reads as a
    product.
    """
    documents = len(sightings.about_ai)
    odd = 1.5 if _MARKED_WORD.search(name) or " " in name else 1.0
    shown_share = (len(sightings.as_name) + 0.5) / (documents + 1)
    return (
        odd
        * (0.2 + shown_share)
        * math.log1p(documents)
        * math.sqrt(sightings.outlets)
        / (1 + len(sightings.off_topic) / documents)
    )


def _outlets(titles: Iterable[Title]) -> set[str]:
    """Return the names of outlets, whole and without what follows a dash or a dot."""
    outlet_names = {title.outlet for title in titles}
    return outlet_names | {re.split(r"\s[-–—|:]\s|\.", outlet)[0].strip() for outlet in outlet_names}


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """Return the names of countries in many languages, and of the cities that time zones are named after,
    folded.
    """
    names = {zone.rsplit("/", 1)[-1].replace("_", " ") for zone in available_timezones()}
    for code in LANGUAGES:
        locale = Locale.parse(code)
        names |= set(locale.territories.values()) | set(locale.languages.values())
    return frozenset(fold(name) for name in names)
