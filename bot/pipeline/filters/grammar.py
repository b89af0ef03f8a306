"""A line of terms, as people type and the store keeps it, becomes a filter.

robot "open weights"     one of them must be there
+weights                 must be there
-crypto -"price target"  must not be there
/gpt-?[0-9]/             a pattern in place of words, with each of the signs
outlet:"Example Wire"    only from there (several: from one of them); -outlet:NAME never from there
-leads:"Example Wire"    from there it counts among the sources of a story, and never leads one
lang:it                  only in this language; -lang:it not in it
kind:release             only of this kind; -kind:opinion none of this
points:50                of what a list of links counts, only what has as many points
"""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from babel import localedata

from bot.errors import CallError
from bot.lexicon import LEXICONS
from bot.model import Subscription
from bot.pipeline.filters.patterns import PATTERNS_MAX, check_pattern
from bot.text.search_words import Phrase, phrase_of
from bot.text.typed_terms import Term, split_terms
from bot.text.words import fold, one_line

TERMS_MAX = 30
LONGEST_TERM = 80
LONGEST_LINE = 2_000
"""Characters of a filter that are read."""

OPERATORS = ("not", "and", "or")
"""Words that join terms in other searches."""


NEGATIONS = frozenset().union(
    *(set(lexicon.words.negations).intersection(lexicon.wishes.refusals) for lexicon in LEXICONS.values())
)
"""Words that deny what stands behind them, in any language; before terms they would ask for it."""


class Field(StrEnum):
    """What of an entry a term looks at."""

    WORDS = "words"
    OUTLET = "outlet"
    LEADS = "leads"
    LANGUAGE = "lang"
    KIND = "kind"
    POINTS = "points"


KEYS = (Field.OUTLET, Field.LEADS, Field.LANGUAGE, Field.KIND, Field.POINTS)
SYNONYMS = {
    **dict.fromkeys(("source", "feed", "from", "site"), "outlet"),
    **dict.fromkeys(("lead", "leading", "led"), "leads"),
    "language": "lang",
    "type": "kind",
    "score": "points",
    "votes": "points",
}
"""What people write for a key, too; they are told the right one."""

REFUSING = {
    **dict.fromkeys(("never", "hide", "block", "mute", "ban", "exclude", "without"), "-outlet"),
    **dict.fromkeys(("support", "supports", "confirm", "confirms", "corroborate", "corroborates"), "-leads"),
}
"""What people write before an outlet that they do not want, or not first."""


class Sign(StrEnum):
    """Whether one of several terms must fit, this one must, or it must not."""

    ANY = ""
    MUST = "+"
    NOT = "-"


class Form(StrEnum):
    """How a term is written: as a word, in quotation marks, or between slashes."""

    WORD = "word"
    PHRASE = "phrase"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class FilterTerm:
    """One term: its sign, what it looks at, and the words, the pattern or the name that must be there."""

    sign: Sign
    field: Field
    text: str
    form: Form = Form.WORD

    @property
    def phrase(self) -> Phrase:
        """The words that it looks for."""
        return _phrase(self.text, self.form is Form.PHRASE)

    def __str__(self) -> str:
        """Return it as it is typed."""
        if self.form is Form.PATTERN:
            return f"{self.sign}/{self.text}/"
        is_name = self.field is not Field.WORDS
        is_quoted = self.form is Form.PHRASE or " " in self.text or (is_name and self.text.startswith("/"))
        text = f'"{self.text}"' if is_quoted else self.text
        return f"{self.sign}{'' if self.field is Field.WORDS else f'{self.field}:'}{text}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a subscription asks for or leaves out; one without terms lets everything pass.

    `topic` is the filter of a topic of its server's own, which comes first.
    """

    terms: tuple[FilterTerm, ...] = ()
    topic: "Filter | None" = None

    def __str__(self) -> str:
        """Return the line that `parse_filter` reads."""
        return " ".join(map(str, self.terms))

    def with_terms(self, others: "Filter") -> "Filter":
        """Return it with more terms: a term about the same thing replaces the one there was.

        Raises `CallError` where they become too many.
        """
        new_subjects = {_subject(term) for term in others.terms}
        remaining = (term for term in self.terms if _subject(term) not in new_subjects)
        terms = (*remaining, *others.terms)
        _check_count(terms)
        return Filter(terms, self.topic)

    def without(self, others: "Filter") -> "Filter":
        """Return it without some terms, whatever their signs."""
        gone = {_subject(term) for term in others.terms}
        return Filter(tuple(term for term in self.terms if _subject(term) not in gone), self.topic)


def _too_many() -> CallError:
    return CallError("A filter has at most {most} terms. /filter remove takes some away.", most=TERMS_MAX)


def _check_count(terms: Sequence[FilterTerm]) -> None:
    if len(terms) > TERMS_MAX:
        raise _too_many()
    if sum(term.form is Form.PATTERN for term in terms) > PATTERNS_MAX:
        raise CallError(
            "A filter has at most {most} patterns. One can look for several things: /corvid|heron/",
            most=PATTERNS_MAX,
        )


@lru_cache(maxsize=2048)
def _phrase(text: str, exact: bool) -> Phrase:
    return phrase_of(text, exact=exact) or Phrase(())


def _subject(term: FilterTerm) -> tuple[Field, str]:
    """Return what a term is about. One about an outlet replaces another about it, whatever it says of it, and
    the case of a pattern means something (`\\d` is not `\\D`).
    """
    if term.form is Form.PATTERN:
        return term.field, f"/{term.text}/"
    field = Field.OUTLET if term.field is Field.LEADS else term.field
    return field, "" if term.field is Field.POINTS else fold(term.text)


@lru_cache(maxsize=512)
def stored_filter(line: str) -> Filter:
    """Return the filter that a line of the store holds: what was right when it was kept stays so."""
    return Filter(tuple(_term(term, None) for term in split_terms(line, KEYS)))


def filter_of(subscription: Subscription) -> Filter:
    """Return the filter of a subscription, with that of a topic of its server's own before it."""
    own = stored_filter(subscription.filter)
    return Filter(own.terms, stored_filter(subscription.topic_terms)) if subscription.own_topic else own


def parse_filter(line: str, kinds: Collection[str]) -> Filter:
    """Read a line of terms; `kinds` are the kinds of news there are.

    Raises `CallError` that names the nearest right form.
    """
    terms = split_terms(line[:LONGEST_LINE], KEYS)
    if len(terms) > TERMS_MAX or len(line) > LONGEST_LINE:
        raise _too_many()
    if not terms:
        raise CallError(
            'Say what to look for, for example: -crypto, +"open weights", outlet:NAME or kind:release.'
        )
    by_subject: dict[tuple[Field, str], FilterTerm] = {}
    for number, term in enumerate(terms):
        _check_operator(terms, number)
        filter_term = _term(term, kinds)
        by_subject[_subject(filter_term)] = filter_term
    _check_count(tuple(by_subject.values()))
    return Filter(tuple(by_subject.values()))


def _term(term: Term, kinds: Collection[str] | None) -> FilterTerm:
    """Return one term; without `kinds` it is not checked."""
    field = Field(term.key) if term.key else Field.WORDS
    sign = Sign(term.sign)
    text = one_line(term.text)
    form = Form(term.form) if field is Field.WORDS else Form.WORD
    if kinds is not None:
        _check_form(term)
        if form is Form.PATTERN:
            check_pattern(text)
        else:
            text = _check_text(field, sign, text, term, kinds)
    return FilterTerm(sign, field, text, form)


def _check_operator(terms: Sequence[Term], number: int) -> None:
    """Refuse the operators of other searches, with what says the same here: as words they would ask for what
    is to be left out, or for nearly everything.
    """
    term = terms[number]
    word = term.text.lower()
    if term.form != "word" or term.key or term.sign == Sign.NOT:
        return
    if word.startswith("!") and _has_word(term.text):
        raise CallError(
            "`{term}` does not leave it out. What must not be there has a - before it: {right}",
            term=term.written[:LONGEST_TERM],
            right=f"-{term.text.lstrip('!')}"[:LONGEST_TERM],
        )
    next_term = terms[number + 1].written.lstrip("+-") if number + 1 < len(terms) else ""
    is_negation = number == 0 and bool(next_term) and word in NEGATIONS
    if word not in OPERATORS and not is_negation:
        return
    previous_term = terms[number - 1].written.lstrip("+-") if number else ""
    right = {
        "and": f"+{previous_term or 'robot'} +{next_term or 'drone'}",
        "or": f"{previous_term or 'robot'} {next_term or 'drone'}",
    }.get(word, f"-{next_term or 'crypto'}")
    raise CallError(
        '`{word}` is no operator here. Did you mean {right}? The word itself is written "{word}".',
        word=term.text,
        right=right if len(right) <= LONGEST_TERM else right[: LONGEST_TERM - 1] + "…",
    )


def _has_word(text: str) -> bool:
    return phrase_of(text, exact=True) is not None


def _check_form(term: Term) -> None:
    """Refuse what cannot be a term, with what it is near to."""
    if term.form == "pattern":
        _check_bare(term)
        return
    _check_slashes(term)
    match = re.fullmatch(r"([a-z]+):(\S*)", term.text, re.IGNORECASE) if not term.key else None
    if match and not match[2].startswith("//") and term.form == "word":
        key = match[1].lower()
        similar = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.6)
        near = SYNONYMS.get(key) or (similar[0] if similar else "")
        signed_near = REFUSING.get(key) or (f"{term.sign}{near}" if near else "")
        if signed_near:
            raise CallError(
                "`{key}:` is not known. Did you mean {right}?",
                key=key[:20],
                right=f"{signed_near}:{match[2] or 'NAME'}"[:LONGEST_TERM],
            )
    if len(term.text) > LONGEST_TERM:
        raise CallError(
            "`{term}…` is too long: a term has at most {most} characters.",
            term=one_line(term.text)[:20],
            most=LONGEST_TERM,
        )


def _check_bare(term: Term) -> None:
    """Refuse a pattern behind a key: names are found by a part of them."""
    if term.key:
        raise CallError(
            "`{term}`: a pattern looks at titles and texts. A name is found by a part of it: {right}",
            term=term.written[:LONGEST_TERM],
            right=f"{term.sign}{term.key}:{_first_word(term.text)}"[:LONGEST_TERM],
        )


def _first_word(text: str) -> str:
    return next(iter(re.findall(r"[^\W_]{2,}", text)), "NAME")


def _check_slashes(term: Term) -> None:
    """Refuse what begins like a pattern and is none: as a word it would never be found."""
    match = (
        re.fullmatch(r"/(?P<pattern>.+?)(?P<end>/[gimsuxy]{0,3})?", term.text)
        if term.form == "word"
        else None
    )
    if match is None:
        return
    inner_pattern = re.sub(r"(?<!\\)/", r"\/", match["pattern"])
    raise CallError(
        "`{term}`: a pattern stands between two slashes, with \\/ for one in it, and any case fits: {right}",
        term=term.written[:LONGEST_TERM],
        right=f"{term.sign}/{inner_pattern}/"[:LONGEST_TERM],
    )


def _check_text(field: Field, sign: Sign, text: str, term: Term, kinds: Collection[str]) -> str:
    """Return the text of a term as it is kept. Raises `CallError` where nothing could ever fit it."""
    match field:
        case Field.KIND:
            name = text.lower()
            if name not in kinds:
                similar = difflib.get_close_matches(name, kinds, n=1, cutoff=0)
                raise CallError(
                    "`{name}` is no kind of news. There are {kinds}. For example {right}",
                    name=text[:40],
                    kinds=", ".join(kinds),
                    right=f"{sign}kind:{similar[0] if similar else 'release'}",
                )
            return name
        case Field.LANGUAGE:
            if not re.fullmatch(r"[a-z]{2,3}", text.lower()) or not localedata.exists(text.lower()):
                raise CallError(
                    "`{code}` is no language. They are written as it, en or zh, for example lang:it",
                    code=text[:40],
                )
            return text.lower()
        case Field.POINTS:
            if not re.fullmatch(r"[0-9]{1,6}", text) or sign is Sign.NOT:
                raise CallError(
                    "`{term}` asks for no number of points. At least fifty are points:50",
                    term=term.written[:LONGEST_TERM],
                )
            return str(int(text))
        case Field.OUTLET | Field.LEADS:
            _check_outlet(field, sign, text, term)
            return text
        case _:
            if not _has_word(text):
                raise CallError(
                    "`{term}` has no word in it. Write a word right behind the sign, for example -crypto.",
                    term=one_line(term.written)[:LONGEST_TERM],
                )
            return text


def _check_outlet(field: Field, sign: Sign, text: str, term: Term) -> None:
    """Refuse a term about no outlet, and one that says who leads: only who never does can be said."""
    if not fold(text).strip():
        raise CallError("Say which outlet, for example {term}", term=f'-{field}:"Example Wire"')
    if field is Field.LEADS and sign is not Sign.NOT:
        raise CallError(
            "`{term}` says nothing. Did you mean {never} (leads no story) or {only} (only from there)?",
            term=term.written[:LONGEST_TERM],
            never=str(FilterTerm(Sign.NOT, Field.LEADS, text))[:LONGEST_TERM],
            only=str(FilterTerm(Sign.ANY, Field.OUTLET, text))[:LONGEST_TERM],
        )
