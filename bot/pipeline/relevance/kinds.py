"""Which kind of page an entry is, and how much it tells news: lists, and signs weighed by a small learned
model.

News says that something happened. Opinion, guides, reviews, offers, podcasts, previews, customer stories and
the like are pages: they may be listed, and neither lead a digest nor break. Titles of some kinds are known
(the lexicons), and their addresses (`kinds.toml`); what is left is judged by signs: the words of a title, its
form, its address, the feed, and the opening of its text. Two linear models (`news.json`, trained by
`benchmarks/train_news.py`) make of them how likely it is news at all, and how likely an editor would tell it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bot.model import Entry
from bot.pipeline.linear import Linear, logistic
from bot.text.words import CJK, has_cjk, size

OPENING = 900
"""Characters of a text that are read for signs."""

FULL = 80
"""Words of a text that is more than a teaser."""

LONGEST_TITLE = 400
"""Characters of a title that are read."""

NEWS = 0.25
"""How likely an entry must be news to count as such: many a real headline looks like a column, and costs more
than one column told.
"""

TYPICAL = 0.4
"""How likely an editor would tell an ordinary piece of news."""

DECIDING = "deciding"
FALLBACK_LANGUAGE = "en"
"""The language whose signs count where there are none for an entry's own."""

SIGNS = (
    "first_person",
    "second_person",
    "asking",
    "arguing",
    "happening",
    "reporting",
    "institution",
    "maker",
    "maker_first",
    "known_page",
    "known_news",
    "question",
    "quoted_first",
    "quoted",
    "money",
    "large_sum",
    "percent",
    "figure",
    "figure_first",
    "colon",
    "dash",
    "exclaims",
    "ellipsis",
    "short",
    "long",
    "very_long",
    "author_behind",
    "lab_blog",
    "company",
    "newsletter",
    "community",
    "aggregator",
    "authority",
    "has_text",
    "text_first_person",
    "text_second_person",
    "text_dated",
    "text_reporting",
    "text_asks",
    "sections",
    "repository",
)
"""What is looked at of an entry, in the order of the weights."""

_FEED_SIGNS = {
    "lab blog": "lab_blog",
    "company": "company",
    "newsletter": "newsletter",
    "community": "community",
    "aggregator": "aggregator",
    "authority": "authority",
}
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\d\s?(?:million|billion|trillion|bn|[mM]ill?iarden?|[mM]ilion\w|miliard\w"
    r"|milliards?|millones|bilh\w+|milh\w+|亿|億|万)"
)
_LARGE = re.compile(
    r"\d\s?(?:[Bb]illion|trillion|bn\b|[BT]\b|[mM]illiarden?|[mM]rd|miliard\w|milliards?|mil "
    r"millones|bilh\w+|亿|億)"
)
_PERCENT = re.compile(r"\d\s?(?:%|％|percent|per cent|Prozent|por ciento|pour cent|per cento)")
_FIGURE = re.compile(r"\d{2,}|\d[.,]\d")
_QUOTE = "\"“”„«»「」『』‘'"
_QUOTATION = re.compile(r"[\"“„«「『‘].{6,200}?[\"”“»」』’]")
_AUTHOR = re.compile(r"\([^()/]{3,60}/[^()]{2,60}\)\s*$")
_SECTIONS = re.compile(
    (
        r"/(?:blogs?|posts?|writing|notes|p|chronicles|stories|features?|magazine|life|pro|learn"
        r"|docs|resources|insights?)/"
    ),
    re.IGNORECASE,
)
_REPOSITORY = re.compile(
    r"^(?:www\.)?(?:git(?:hub|lab)\.com|arxiv\.org|huggingface\.co|[\w-]+\.github\.io)/", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsKind:
    """A kind of news, or of pages that are none: how titles and addresses show it, and its factor in a
    story's score.
    """

    name: str
    factor: float
    pattern: re.Pattern[str]
    news: bool = True
    addresses: re.Pattern[str] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Kinds:
    """Everything that judges pages: the kinds in order, the words of signs by sign and language, makers'
    names, and both models.
    """

    news_kinds: Sequence[NewsKind] = ()
    words: Mapping[str, Mapping[str, re.Pattern[str]]] = field(default_factory=dict)
    makers: re.Pattern[str] | None = None
    news: Linear | None = None
    worth: Linear | None = None
    deciding: Mapping[str, Sequence[re.Pattern[str]]] = field(default_factory=dict)

    def decisions(self, text: str, language: str) -> frozenset[int]:
        """Return what a text says was decided, as numbers of the meanings in the lexicons, which are the same
        in every language.
        """
        meanings = self.deciding.get(language) or self.deciding.get(FALLBACK_LANGUAGE, ())
        return frozenset(number for number, meaning in enumerate(meanings) if meaning.search(text))

    def of(self, entry: Entry) -> NewsKind | None:
        """Return the first kind whose address or title an entry has."""
        return _kind(self, entry.title[:LONGEST_TITLE], _address(entry.link))

    def is_news(self, entry: Entry) -> bool:
        """Tell whether an entry is news: of no kind of pages, and by its signs likely enough."""
        kind = self.of(entry)
        return (kind is None or kind.news) and self.chance(entry) >= NEWS

    def chance(self, entry: Entry) -> float:
        """Return how likely an entry is news, from its signs; 1 where there is no model."""
        return _chances(self, _looked_at(entry))[0]

    def worth_of(self, entry: Entry) -> float:
        """Return how likely an editor would tell an entry, from its signs; `TYPICAL` where there is
        no model.
        """
        return _chances(self, _looked_at(entry))[1]

    def signs(self, entry: Entry) -> list[float]:
        """Return the signs of an entry, in the order of `SIGNS`."""
        return _signs(self, _looked_at(entry))


def compile_kinds(
    data: Mapping[str, Any],
    words: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    weights: Mapping[str, Any] | None = None,
    makers: Mapping[str, Sequence[str]] | None = None,
    titles: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> Kinds:
    """Return the kinds of `kinds.toml`, with the titles (by kind and language) and signs of the lexicons, the
    weights of `news.json` and the makers of `names.toml`.

    Titles of every language count for every entry, since the language of a short title is a guess. Raises
    `ValueError` where the weights are of other signs than ours.
    """
    news_kinds = [
        NewsKind(
            name=name,
            factor=float(kind["factor"]),
            pattern=_title_pattern(kind.get("patterns", ()), (titles or {}).get(name, {})),
            news=bool(kind.get("news", True)),
            addresses=re.compile("|".join(kind["addresses"]), re.IGNORECASE)
            if kind.get("addresses")
            else None,
        )
        for name, kind in data.items()
    ]
    signs = {
        name: {language: _pattern(words_of_sign) for language, words_of_sign in by_language.items()}
        for name, by_language in (words or {}).items()
        if name != DECIDING
    }
    deciding = {
        language: tuple(_pattern(meaning.split("|")) for meaning in meanings)
        for language, meanings in (words or {}).get(DECIDING, {}).items()
    }
    maker_names = [name for names in (makers or {}).values() for name in names]
    news, worth = (_model(weights[part], part) if weights else None for part in ("news", "worth"))
    return Kinds(
        news_kinds=tuple(news_kinds),
        words=signs,
        makers=_pattern(maker_names, re.NOFLAG) if maker_names else None,
        news=news,
        worth=worth,
        deciding=deciding,
    )


def _title_pattern(patterns: Sequence[str], by_language: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    title_patterns = [*patterns, *(pattern for titles in by_language.values() for pattern in titles)]
    return re.compile("|".join(dict.fromkeys(title_patterns)) or "(?!)", re.IGNORECASE)


def _model(data: Mapping[str, Any], part: str) -> Linear:
    if tuple(data["weights"]) != SIGNS:
        differs = sorted(set(data["weights"]) ^ set(SIGNS)) or ["their order"]
        msg = f"news.json: {part}: the signs differ from the program's ({', '.join(differs)}); train it again"
        raise ValueError(msg)
    return Linear(SIGNS, tuple(map(float, data["weights"].values())), float(data["bias"]))


def _pattern(sign_words: Sequence[str], flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    free = [re.escape(word) for word in sign_words if re.match(f"[{CJK}]", word)]
    whole_words = [
        re.escape(word) for word in sign_words if not re.match(f"[{CJK}]", word) and not word.endswith("*")
    ]
    prefixes = [re.escape(word[:-1]) for word in sign_words if word.endswith("*")]
    parts = [f"(?:{'|'.join(free)})"] if free else []
    if whole_words:
        parts.append(rf"(?<!\w)(?:{'|'.join(sorted(whole_words, key=len, reverse=True))})(?!\w)")
    if prefixes:
        parts.append(rf"(?<!\w)(?:{'|'.join(prefixes)})")
    return re.compile("|".join(parts) or r"(?!)", flags)


class _Parts(NamedTuple):
    """What is looked at of an entry."""

    title: str
    address: str
    feed: str
    language: str
    opening: str
    full: bool


def _looked_at(entry: Entry) -> _Parts:
    opening = entry.text[:OPENING]
    title, address = entry.title[:LONGEST_TITLE], _address(entry.link)
    return _Parts(title, address, entry.kind, entry.language, opening, size(opening) >= FULL)


@lru_cache(maxsize=1 << 14)
def _address(link: str) -> str:
    """Return the host and the path of a link, empty for one that cannot be taken apart."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return f"{parts.netloc.removeprefix('www.')}{parts.path}"


@lru_cache(maxsize=1 << 14)
def _kind(kinds: Kinds, title: str, address: str) -> NewsKind | None:
    pages = (
        kind for kind in kinds.news_kinds if kind.addresses is not None and kind.addresses.search(address)
    )
    return next(pages, None) or next((kind for kind in kinds.news_kinds if kind.pattern.search(title)), None)


@lru_cache(maxsize=1 << 14)
def _chances(kinds: Kinds, parts: _Parts) -> tuple[float, float]:
    if kinds.news is None or kinds.worth is None:
        return 1.0, TYPICAL
    signs = _signs(kinds, parts)
    return logistic(kinds.news.logit(signs)), logistic(kinds.worth.logit(signs))


def _signs(kinds: Kinds, parts: _Parts) -> list[float]:
    """Return what is looked at of an entry, each between 0 and 1, in the order of `SIGNS`."""
    title, address, feed, language, opening, full = parts
    bare = _AUTHOR.sub("", title).strip()
    length = size(bare) / (1.8 if has_cjk(bare) else 1)
    kind = _kind(kinds, title, address)
    maker = kinds.makers.search(bare) if kinds.makers else None
    question_patterns = kinds.words.get("asking", {})
    question_pattern = question_patterns.get(language) or question_patterns.get(FALLBACK_LANGUAGE)
    values = {
        **{
            name: min(3, _count(kinds, name, language, bare)) / 3
            for name in ("first_person", "second_person", "arguing", "happening", "reporting", "institution")
        },
        "asking": bool(
            question_pattern
            and (
                question_pattern.search(bare)
                if has_cjk(bare)
                else question_pattern.match(bare.lstrip(_QUOTE))
            )
        ),
        "maker": maker is not None,
        "maker_first": maker is not None and maker.start() < 3,
        "known_page": kind is not None and not kind.news,
        "known_news": kind is not None and kind.news,
        "question": bare.rstrip(_QUOTE).endswith(("?", "？")) or "? " in bare,
        "quoted_first": bare[:1] in _QUOTE and bool(bare),
        "quoted": _QUOTATION.search(bare) is not None,
        "money": _MONEY.search(bare) is not None,
        "large_sum": _LARGE.search(bare) is not None,
        "percent": _PERCENT.search(bare) is not None,
        "figure": _FIGURE.search(bare) is not None,
        "figure_first": bare[:1].isdigit(),
        "colon": ": " in bare or "：" in bare,
        "dash": any(dash in bare for dash in (" — ", " – ", " - ", "—")),
        "exclaims": "!" in bare or "！" in bare,
        "ellipsis": bare.endswith(("…", "...")),
        "short": length <= 4,
        "long": length >= 14,
        "very_long": length >= 24,
        "author_behind": bare != title.strip(),
        **{sign: feed == name for name, sign in _FEED_SIGNS.items()},
        "has_text": full,
        "text_first_person": min(6, _count(kinds, "first_person", language, opening)) / 6,
        "text_second_person": min(6, _count(kinds, "second_person", language, opening)) / 6,
        "text_dated": min(3, _count(kinds, "dated", language, opening)) / 3,
        "text_reporting": min(3, _count(kinds, "reporting", language, opening)) / 3,
        "text_asks": min(3, opening.count("?") + opening.count("？")) / 3,
        "sections": _SECTIONS.search(address) is not None,
        "repository": _REPOSITORY.search(address) is not None,
    }
    return [float(values[name]) for name in SIGNS]


def _count(kinds: Kinds, sign: str, language: str, text: str) -> int:
    by_language = kinds.words.get(sign, {})
    pattern = by_language.get(language) or by_language.get(FALLBACK_LANGUAGE)
    return sum(1 for _ in pattern.finditer(text)) if pattern and text else 0
