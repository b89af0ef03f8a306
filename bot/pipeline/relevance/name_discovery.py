"""Names that the rules do not know yet: often in feeds about AI alone, rare in others, and written as names are written.

Nothing here knows what a word means. A word counts as ordinary when titles also write it in lower case or ordinary news
knows it, and as a person's when a first name stands before it or it speaks. What is proposed waits for a person to decide.
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
"""Outlets that must use a name before it is more than one newsroom's word; one that looks like any word needs one more."""

SEEN = 3
"""Titles in feeds about AI alone that must hold a name, on two days at least or four of them."""

RARER = 4.0
"""How many times rarer a name must be in other feeds, title for title."""

PERSON = 0.4
"""The share of a name's titles that shows a person: an unknown capitalised word beside it, or speech behind it."""

BYTES = 48
"""Of a name at most: a button has room for no more."""

SHORTEST = 4
LONGEST = 3
"""Words of a name."""

MOST = 200

_L = "A-Za-zÀ-ÖØ-öø-ɏ"
_TOKEN = re.compile(rf"[{_L}][{_L}0-9]*(?:[.\-‑'’&][{_L}0-9]+)*\+?|\d+(?:\.\d+)*[A-Za-z]?(?![{_L}0-9])")
_MARKED = re.compile(rf"[a-zß-öø-ɏ][A-Z]|[A-Z]{{2}}[a-z]{{2}}|[{_L}]{{2}}[-‑]?\d|^[A-Z]\d+[A-Z]?$")
_ACRONYM = re.compile(r"[A-Z]{1,5}s?$")
_AMOUNT = re.compile(r"(?i)(?:q[1-4]|h[12]|fy\d+|[1-9]\d*[kmbgtx]b?|v\d+|[a-z]\d)$")
_BREAK = re.compile(r"[.:;!?|–—\"“”«»„‚‘(\[/]")
_QUOTED = re.compile(r"[《「『]([^《》「」『』\s]{2,10})[》」』]")
_BESIDE = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff]{2,4}(?=(?:App|AI|GPT|Agent|LLM)(?![A-Za-z]))")
_SPEECH = frozenset(
    "says said warns thinks believes argues tells calls joins leaves quits dit dice afferma sagt warnt".split()
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of a title.

    `begins`: whether it begins a sentence, where a capital proves nothing. `follows`: whether only a space stands before it,
    `joins`: and no possessive either. `known`: whether it is (in) a name or word that the rules know.
    """

    text: str
    begins: bool
    follows: bool
    joins: bool
    known: bool = False


@dataclass(slots=True)
class _Seen:
    """What the titles say of one name."""

    about_ai: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)
    outlets: int = 0
    proving: set[int] = field(default_factory=set)
    personal: set[int] = field(default_factory=set)
    shown: set[int] = field(default_factory=set)


def propose(
    titles: Sequence[Title], rules: Rules, common: Collection[str], decided: Collection[str] = ()
) -> list[Proposal]:
    """Return the names that `rules` should perhaps know, best first.

    `common` are everyday words, folded; `decided` are names that need not be proposed again.
    """
    plain = _plain_words(titles, common)
    seen: defaultdict[str, _Seen] = defaultdict(_Seen)
    said: set[tuple[str, bool]] = set()
    for number, title in enumerate(titles):
        same = (fold(title.text), title.ai_only)
        if (title.ai_only or not title.on_topic) and same not in said:
            _see(seen, number, title, plain, rules)
        said.add(same)
    total = sum(title.ai_only for title in titles)
    others = sum(not title.ai_only and not title.on_topic for title in titles)
    fit = {name: one for name, one in seen.items() if len(one.about_ai) >= SEEN}
    for name, one in fit.items():
        _leave_out_own(name, one, titles)
    fit = {name: one for name, one in fit.items() if _is_frequent(one, titles, total, others)}
    barred = {
        fold(name) for name in (*decided, *_outlets(titles), *rules.tiers.plain, *rules.tiers.capital)
    } | places()
    fit = {name: one for name, one in fit.items() if _is_name(name, one, plain, barred, rules)}
    found = sorted(_handles(fit).items(), key=lambda pair: -_merit(*pair))
    return [_proposal(name, one, titles) for name, one in found[:MOST]]


def section_of(name: str) -> str:
    """Return how a name counts that a person accepted: `plain` where its shape is no ordinary word's, `likely` where it may be a first name, too."""
    words = name.split()
    bare = len(words) == 1 and not _MARKED.search(name) and re.match(rf"[{_L}]", name)
    return "likely" if bare else "plain"


# --- reading titles ----------------------------------------------------------------------------------------


def _tokens(text: str, rules: Rules | None = None) -> list[_Token]:
    """Return the words of a text; with `rules`, those that stand in what they know are marked so."""
    held = known_spans(rules, text) if rules else []
    found: list[_Token] = []
    end = 0
    whole = False
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()]
        begins = not found or _BREAK.search(between) is not None
        word = re.sub(r"['’](?:s|S)?$", "", match.group())
        known = any(start < match.end() and match.start() < stop for start, stop in held)
        follows = bool(found) and between in {" ", "\u00a0"}
        found.append(_Token(word, begins, follows, follows and whole, known))
        whole, end = word == match.group(), match.end()
    return found


def _is_shouted(tokens: Sequence[_Token]) -> bool:
    """Tell whether a headline capitalises most of its words, so that capitals prove nothing."""
    long = [token.text for token in tokens if len(token.text) >= SHORTEST and token.text[0].isalpha()]
    capital = sum(word[0].isupper() for word in long)
    return len(long) > 2 and capital * 5 > 3 * len(long)


def _plain_words(titles: Iterable[Title], common: Collection[str]) -> Collection[str]:
    """Return the folded words that are no names: common ones, and those that titles write in lower case, too."""
    lower: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    for title in titles:
        for token in _tokens(f"{title.text}. {title.opening}"):
            (lower if token.text[0].islower() else upper)[fold(token.text)] += 1
    found = {word for word, count in lower.items() if count * 10 >= upper[word]}
    return found | set(common) | STOPWORDS


def _is_plain(word: str, plain: Collection[str]) -> bool:
    folded = fold(word)
    parts = [part for part in re.split(r"[-‑.]", folded) if part]
    return folded in plain or stem_of(folded) in plain or (len(parts) > 1 and all(p in plain for p in parts))


def _see(seen: Mapping[str, _Seen], number: int, title: Title, plain: Collection[str], rules: Rules) -> None:
    text = without_outlet(title.text)
    tokens = _tokens(text, rules)
    proves = not _is_shouted(tokens) and not lexicon_of(title.language).writing.capital_nouns
    names: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, end in _spans(tokens):
        names[" ".join(token.text for token in tokens[start:end])].append((start, end))
    for name in (*_QUOTED.findall(text), *_BESIDE.findall(text)):
        names[name].append((-1, -1))
    for name, spans in names.items():
        one = seen[name]
        (one.about_ai if title.ai_only else one.elsewhere).add(number)
        if any(start < 0 or (proves and not tokens[start].begins) for start, _ in spans):
            one.proving.add(number)
        if any(start >= 0 and _is_personal(tokens, start, end, plain) for start, end in spans):
            one.personal.add(number)
        if title.ai_only and any(start >= 0 and _is_shown(tokens, start, end) for start, end in spans):
            one.shown.add(number)


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
    return word[0].isupper() or word[0].isdigit() or _MARKED.search(word) is not None


def _is_personal(tokens: Sequence[_Token], start: int, end: int, plain: Collection[str]) -> bool:
    """Tell whether a name reads as a person's here: another unknown name stands right before or behind it, or speech behind."""
    after = tokens[end] if end < len(tokens) else None
    if after is not None and (
        after.text.lower() in _SPEECH or (after.joins and _may_be_persons(after, plain))
    ):
        return True
    return start > 0 and tokens[start].joins and _may_be_persons(tokens[start - 1], plain)


def _is_shown(tokens: Sequence[_Token], start: int, end: int) -> bool:
    """Tell whether a name reads as a product here: right behind a name that the rules know (“OpenAI's Harbour”), or before a version."""
    behind = (
        start > 0
        and tokens[start].follows
        and tokens[start - 1].known
        and tokens[start - 1].text[0].isupper()
    )
    return behind or (end < len(tokens) and tokens[end].joins and tokens[end].text[0].isdigit())


def _may_be_persons(token: _Token, plain: Collection[str]) -> bool:
    simple = token.text.istitle() and token.text.isalpha() and not token.known
    return simple and not _is_plain(token.text, plain)


# --- deciding ----------------------------------------------------------------------------------------------


def _leave_out_own(name: str, one: _Seen, titles: Sequence[Title]) -> None:
    """Leave out what an outlet that carries a name says of it, and count the others."""
    folded = fold(name)
    own = {number for number in one.about_ai if folded in fold(titles[number].outlet)}
    for numbers in (one.about_ai, one.proving, one.personal, one.shown):
        numbers.difference_update(own)
    one.outlets = len({titles[number].outlet for number in one.about_ai})


def _is_frequent(one: _Seen, titles: Sequence[Title], total: int, others: int) -> bool:
    documents = len(one.about_ai)
    if documents < SEEN:
        return False
    days = {titles[number].day for number in one.about_ai}
    if one.outlets < OUTLETS or (len(days) < 2 and documents < SEEN + 1):
        return False
    rate, rate_elsewhere = documents / total, len(one.elsewhere) / max(others, 1)
    return rate >= RARER * rate_elsewhere


def _is_name(name: str, one: _Seen, plain: Collection[str], barred: Collection[str], rules: Rules) -> bool:
    if fold(name) in barred or known_spans(rules, name) or len(name.encode()) > BYTES:
        return False
    words = name.split()
    if not re.match(rf"[{_L}]", name):
        return True
    if len(words) == 1:
        return _is_single(name, one, plain)
    if any(fold(word) in STOPWORDS or word.islower() for word in words) or words[-1].endswith(("'s", "’s")):
        return False
    if all(word[0].isdigit() or _AMOUNT.fullmatch(word) for word in words[1:]):
        return not _is_plain(words[0], plain) and bool(one.proving) and not _ACRONYM.fullmatch(words[0])
    if any(fold(word) in barred for word in words):
        return False
    odd = [word for word in words if not _is_plain(word, plain)]
    return bool(odd) and bool(one.proving) and not _is_persons(one) and any(map(_MARKED.search, words))


def _is_single(word: str, one: _Seen, plain: Collection[str]) -> bool:
    if _is_plain(word, plain) or _ACRONYM.fullmatch(word) or _AMOUNT.fullmatch(word):
        return False
    if "-" in word and word.rsplit("-", 1)[1].islower():
        return False
    if _MARKED.search(word):
        return sum(c.isalpha() for c in word) > 1
    return len(word) >= SHORTEST and one.outlets > OUTLETS and bool(one.proving) and not _is_persons(one)


def _is_persons(one: _Seen) -> bool:
    return len(one.personal) >= PERSON * len(one.about_ai | one.elsewhere)


def _handles(fit: Mapping[str, _Seen]) -> dict[str, _Seen]:
    """Return the names without those that a part of them stands for."""
    return {name: one for name, one in fit.items() if not any(part in fit for part in _parts(name))}


def _parts(name: str) -> Iterator[str]:
    words = name.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if end - start < len(words):
                yield " ".join(words[start:end])


def _proposal(name: str, one: _Seen, titles: Sequence[Title]) -> Proposal:
    numbers = sorted(one.about_ai)
    return Proposal(
        name, len(numbers), one.outlets, len({titles[n].day for n in numbers}), len(one.elsewhere),
        titles[numbers[-1]].text,
    )  # fmt: skip


def _merit(name: str, one: _Seen) -> float:
    """Return how much speaks for a name: titles and outlets, its shape, and how often it reads as a product."""
    documents = len(one.about_ai)
    odd = 1.5 if _MARKED.search(name) or " " in name else 1.0
    shown = (len(one.shown) + 0.5) / (documents + 1)
    return (
        odd
        * (0.2 + shown)
        * math.log1p(documents)
        * math.sqrt(one.outlets)
        / (1 + len(one.elsewhere) / documents)
    )


def _outlets(titles: Iterable[Title]) -> set[str]:
    """Return the names of outlets, whole and without what follows a dash or a dot."""
    whole = {title.outlet for title in titles}
    return whole | {re.split(r"\s[-–—|:]\s|\.", outlet)[0].strip() for outlet in whole}


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """Return the names of countries in many languages, and of the cities that time zones are named after, folded."""
    found = {zone.rsplit("/", 1)[-1].replace("_", " ") for zone in available_timezones()}
    for code in LANGUAGES:
        locale = Locale.parse(code)
        found |= set(locale.territories.values()) | set(locale.languages.values())
    return frozenset(fold(name) for name in found)
