"""The products that a title names, and what parts two titles for sure: other versions of one thing, or
sisters of one family.

“Corvid 2” and “Corvid 3” are other versions. “Corvid 2” and “Corvid 2 Nano”, or “Heron Opal 4” and “Heron
Jade 4”, are sisters: one family and version, and a word that tells them apart. Such a word is a known tier
(`names.toml`), or it stands as a name does: behind the version, with a capital in a title that has few, or
joined by a hyphen. A title that names both tells of both and is parted from neither.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from babel import Locale

from bot.lexicon import LANGUAGES, lexicon_of
from bot.text.month_names import month_names
from bot.text.numbers import SCALE_WORDS
from bot.text.stopwords import STOPWORDS

READ = 300
"""Characters of a title that are looked at."""

_TOKEN = re.compile(
    r"\d+(?:\.\d+)*(?:[a-zA-Z](?![^\W_]))?|[A-Za-z\u00c0-\u024f]+|[^\W\d_A-Za-z\u00c0-\u024f]+"
)
_VERSION = re.compile(r"\d{1,2}(?:\.\d{1,2})?[a-z]?")
_DIGIT = re.compile(r"\d")
_SIZE = re.compile(r"\d{1,4}(?:\.\d{1,2})?[bBtT]")
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"[^\W\d_]")
_COUNT = re.compile(
    rf"[.,]\d|[A-Za-z0-9\u00c0-\u024f]|\s?(?:%|{'|'.join(sorted(SCALE_WORDS))}|mrd|mio|万|億|亿)",
    re.IGNORECASE,
)
_ATTACHED = frozenset({"", "-", "\u2011"})
_ADJACENT_GAPS = frozenset({*_ATTACHED, " ", "\u00a0"})
MONTHS = frozenset(name.casefold() for language in LANGUAGES for name, _ in month_names(Locale(language)))
"""What months are called in the languages that are read (CLDR)."""

_COUNT_WORDS = MONTHS | frozenset(
    "top day week season part ios page nearly almost first last next only than".split()
)
"""Words before a number that make it a count or a date and no version."""


@dataclass(frozen=True, slots=True)
class Tiers:
    """Words that tell sisters apart: `plain` ones in any case, `capital` ones (everyday words) with a capital
    or a hyphen.
    """

    plain: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()

    def among(self, title: str) -> bool:
        """Tell whether any of them may stand in a title."""
        words = _WORD.findall(title.casefold())
        return not (self.plain.isdisjoint(words) and self.capital.isdisjoint(words))


def compile_tiers(data: Mapping[str, Sequence[str]]) -> Tiers:
    """Return the tiers from the section `tier` of `names.toml`."""
    return Tiers(*(frozenset(map(str.casefold, data.get(kind, ()))) for kind in ("plain", "capital")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as a title names it. `line` is the capitalised word before its name; `size` its parameters,
    as “70b”.
    """

    name: str
    version: str
    tiers: frozenset[str]
    line: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Products:
    """The products in a title, by name and by line, and all its words."""

    by_name: Mapping[str, Sequence[Product]] = field(default_factory=dict)
    by_line: Mapping[str, Sequence[Product]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()


NO_PRODUCTS = Products()


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    folded_text: str
    gap: str
    version: bool

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def beside(self) -> bool:
        """Whether nothing but a space or a hyphen parts it from the word before."""
        return self.gap in _ADJACENT_GAPS


def products_of(title: str, language: str, tiers: Tiers) -> Products:
    """Return the products that a title names: versions with their names, and names with a tier alone."""
    if not _DIGIT.search(title) and not tiers.among(title):
        return NO_PRODUCTS
    tokens = _tokens(title[:READ])
    reader = _Reader(
        tokens,
        tiers,
        capitals_tell=not lexicon_of(language).writing.capital_nouns and _has_few_capitals(tokens),
    )
    by_name: dict[str, list[Product]] = defaultdict(list)
    by_line: dict[str, list[Product]] = defaultdict(list)
    for product in reader.products():
        by_name[product.name].append(product)
        if product.line:
            by_line[product.line].append(product)
    return (
        Products(by_name, by_line, frozenset(token.folded_text for token in tokens))
        if by_name
        else NO_PRODUCTS
    )


def _tokens(title: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(title):
        word = match.group()
        version = bool(_VERSION.fullmatch(word)) and not _COUNT.match(title, match.end())
        tokens.append(_Token(word, word.casefold(), title[end : match.start()] if tokens else "|", version))
        end = match.end()
    return tokens


def _has_few_capitals(tokens: Sequence[_Token]) -> bool:
    """Tell whether a title writes ordinary words small, so that a capital shows a name."""
    return any(t.text.islower() and len(t.text) > 2 and t.folded_text not in STOPWORDS for t in tokens)


class _Reader:
    """Reads the products out of the words of one title."""

    def __init__(self, tokens: Sequence[_Token], tiers: Tiers, *, capitals_tell: bool) -> None:
        self._tokens = tokens
        self._tiers = tiers
        self._capitals_tell = capitals_tell

    def products(self) -> Iterator[Product]:
        """Return the products in the order in which they stand."""
        for at in range(1, len(self._tokens)):
            product = self._versioned(at) if self._tokens[at].version else self._unversioned(at)
            if product is not None:
                yield product

    def _versioned(self, at: int) -> Product | None:
        """Return the product whose version stands at a place: `Heron 4 Nano`, `Heron Nano 4`,
        `Heron-4-nano`.
        """
        before, tiers = at, set[str]()
        while self._tokens[before].beside and self._is_known(self._tokens[before - 1]) and before > 1:
            before -= 1
            tiers.add(self._tokens[before].folded_text)
        if self._tokens[before - 1].folded_text == "v" and before > 1:
            before -= 1
        name = self._tokens[before - 1]
        if not self._tokens[before].beside or not _may_name(name):
            return None
        following = list(self._tokens_after(at))
        tiers.update(token.folded_text for token in following if not _SIZE.fullmatch(token.text))
        size = next((token.folded_text for token in following if _SIZE.fullmatch(token.text)), "")
        return Product(
            name=name.folded_text,
            version=self._tokens[at].folded_text,
            tiers=frozenset(tiers),
            line=self._line(before - 1),
            size=size,
        )

    def _unversioned(self, at: int) -> Product | None:
        """Return the product that a name and a tier make: `Heron Nano`."""
        tier, name = self._tokens[at], self._tokens[at - 1]
        versioned = (
            at + 1 < len(self._tokens) and self._tokens[at + 1].version and self._tokens[at + 1].beside
        )
        if versioned or not tier.beside or not self._is_known(tier) or not (tier.capital or tier.gap == "-"):
            return None
        return (
            Product(name=name.folded_text, version="", tiers=frozenset({tier.folded_text}))
            if name.capital and _may_name(name)
            else None
        )

    def _line(self, at: int) -> str:
        name, line = self._tokens[at], self._tokens[at - 1]
        return (
            line.folded_text
            if at and name.beside and name.capital and line.capital and _may_name(line)
            else ""
        )

    def _tokens_after(self, at: int) -> Iterator[_Token]:
        for token in self._tokens[at + 1 :]:
            if not token.beside or not (
                self._is_known(token) or self._is_written_as_name(token) or _SIZE.fullmatch(token.text)
            ):
                return
            yield token

    def _is_known(self, token: _Token) -> bool:
        is_written_as_name = token.capital or token.gap == "-"
        return token.folded_text in self._tiers.plain or (
            is_written_as_name and token.folded_text in self._tiers.capital
        )

    def _is_written_as_name(self, token: _Token) -> bool:
        """Tell whether a word behind a version belongs to the name; words in capitals (API, CEO)
        seldom do.
        """
        is_capitalized = (
            token.capital and not (len(token.text) > 1 and token.text.isupper()) and _may_name(token)
        )
        return is_capitalized and (token.gap in _ATTACHED or self._capitals_tell)


def _may_name(token: _Token) -> bool:
    return (
        bool(_NAME.match(token.text))
        and token.folded_text not in _COUNT_WORDS
        and token.folded_text not in STOPWORDS
    )


def are_different_products(a: Products, b: Products) -> bool:
    """Tell whether two titles are about different versions, or different sisters, which makes them different
    events.
    """
    if a is NO_PRODUCTS or b is NO_PRODUCTS:
        return False
    common_names = a.by_name.keys() & b.by_name.keys()
    return any(_are_parted(a, b, name) for name in common_names) or any(
        _members_differ(a, b, line) for line in a.by_line.keys() & b.by_line.keys()
    )


def _are_parted(a: Products, b: Products, name: str) -> bool:
    """Tell whether two titles name one thing in other versions, or sisters of one version."""
    first_products, second_products = a.by_name[name], b.by_name[name]
    versions = [{p.version for p in products if p.version} for products in (first_products, second_products)]
    if all(versions) and not versions[0] & versions[1]:
        return True
    return not any(_may_be_one(p, q) for p in first_products for q in second_products) and not (
        _names_all(a, second_products) or _names_all(b, first_products)
    )


def _may_be_one(p: Product, q: Product) -> bool:
    if p.version and q.version:
        other_size = bool(p.size and q.size) and p.size != q.size
        return p.version == q.version and p.tiers == q.tiers and not other_size
    return p.tiers == q.tiers or not (p.tiers and q.tiers)


def _names_all(titled: Products, products: Sequence[Product]) -> bool:
    """Tell whether a title has every word that tells some products from their sisters."""
    title_words = {word for p in products for word in (*p.tiers, *([p.size] if p.size else ()))}
    return bool(title_words) and title_words <= titled.words


def _members_differ(a: Products, b: Products, line: str) -> bool:
    """Tell whether two titles name different members of one line in the same version: `Heron Opal 4`, `Heron
    Jade 4`.
    """
    first_members, second_members = a.by_line[line], b.by_line[line]
    if any(p.name in b.words for p in first_members) or any(p.name in a.words for p in second_members):
        return False
    return any(p.version == q.version for p in first_members for q in second_members)
