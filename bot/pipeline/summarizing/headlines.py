"""Titles as headlines: without what was glued to them, no longer than a headline, and told as a sentence
where no text tells more.
"""

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from bot.lexicon import LEXICONS, alternatives
from bot.model import Entry, Receipt, Sentence
from bot.pipeline.summarizing.units import hangs, unit_terms
from bot.pipeline.summarizing.voice import speaks_for_itself, tells_deed
from bot.text.titles import without_outlet
from bot.text.words import has_cjk, is_cjk, one_line, size, words

LONGEST = 150
"""Characters of a headline; a CJK character counts two."""

SHORTEST = 35
"""Characters of the first clause of a title that may stand alone."""

FEWEST_WORDS = 7
"""Words of a title, or of its second clause, that tell something as a sentence."""

SHORTEST_SENTENCE, SHORTEST_SENTENCE_CJK = 4, 8
"""Words, and CJK characters, that a headline needs to say what happened, where no word says that something
did.
"""

MOST_WORDS = 60
NEW_TERMS = 3
"""Terms that a title must add to the headline above it."""

SHARED_TERMS = 2
"""Terms that it must share with the headline, to be about the same."""

PAGE_KINDS = ("opinion", "podcast", "review", "tutorial")
"""Kinds of pages whose titles say what the page is, and nothing that happened: Q&A with …, A look at …"""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}, 20\d\d"
_DATE = rf"(?:{_MONTH}|20\d\d[-/.]\d\d[-/.]\d\d)"
_GLUED_LABEL = r"(?:[A-Z][a-z]+(?: (?:[A-Z]?[a-z]+|&)){0,2}(?=[A-Z0-9“‘\"]))?"
_GLUED = re.compile(rf"^(?:[A-Z][a-z]+(?: (?:[A-Z]?[a-z]+|&)){{0,2}})?{_DATE}\s?{_GLUED_LABEL}(?=\S)")
_GLUED_END = re.compile(rf"(?<=[a-z.!?”])\s?{_DATE}$")
_CREDIT = re.compile(
    r"(?<!\s)\s*\((?:[^()/]{2,60}/[^()]{2,60}"
    r"|[A-Z](?=[A-Z]{0,8}[a-z])[A-Za-z]*(?: (?:[A-Z][\w.]*|of|the|&))*)\)$"
)
_LABEL = re.compile(
    r"^(?:[★☆•▶]\s*|\[[^\]]{2,20}\]\s*|(?:"
    + alternatives(lambda lexicon: lexicon.page.labels)
    + r")\s?[:：|–—]\s*|【[^】]{1,12}】\s*)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;；]\s?|(?<=[a-z0-9%”])[.!] (?=[A-Z“])")
_SENTENCE = re.compile(r"(?<=[^\W_][^\W_]|[-. ]\d)[.!?] (?=[^\W\d_a-z])|(?<=[。！？])(?=.)")
_SAYING = re.compile(r"^(?:‘.{12,}?’|'.{12,}?'|“.{12,}?”|\"[^\"]{12,}\")\s?[:：–—-]\s?(?=\S)")
_DEPENDENT = {
    language: re.compile(rf", (?={'|'.join(clauses)}\b)", re.IGNORECASE)
    for language, lexicon in LEXICONS.items()
    if (clauses := lexicon.strength.clauses)
}
_PAGES = {
    language: re.compile("|".join(patterns), re.IGNORECASE)
    for language, lexicon in LEXICONS.items()
    if (patterns := [p for kind in PAGE_KINDS for p in lexicon.titles.get(kind, ())])
}
_END_MARKS = (".", "!", "?", "。", "！", "？", "…")


def headline_of(entry: Entry) -> str:
    """Return the title of an entry as a headline: cleaned, without the lure behind it, and of a very long one
    the first clause.
    """
    return _split_title(entry.title, entry.outlet, entry.language)[0]


@lru_cache(maxsize=1 << 13)
def _split_title(title: str, outlet: str, language: str) -> tuple[str, str]:
    """Return the headline of an entry, and what its title says beyond it."""
    title = _without_lure(clean_title(title, outlet), language)
    if _width(title) > LONGEST:
        title = _SAYING.sub("", title, count=1)
    if _width(title) <= LONGEST:
        return _split_at_semicolon(title)
    for match in _CLAUSE.finditer(title):
        if SHORTEST <= _width(title[: match.start()]) <= LONGEST:
            return title[: match.start()], title[match.end() :]
    if dependent := _DEPENDENT.get(language):
        borders = [m.start() for m in dependent.finditer(title) if LONGEST / 2 <= m.start() <= LONGEST]
        if borders:
            return title[: borders[-1]], ""
    if has_cjk(title):
        return f"{title[: LONGEST // 2 - 1]}…", ""
    return f"{title[: LONGEST - 1].rpartition(' ')[0].rstrip(' ,;:–—-')}…", ""


def _split_at_semicolon(title: str) -> tuple[str, str]:
    """Return the first of two clauses that could both be sentences, and the second; else the title alone."""
    first, mark, second = title.partition("; ")
    is_long = _width(first) >= SHORTEST and size(second) >= FEWEST_WORDS
    return (first, second) if mark and is_long else (title, "")


def _without_lure(title: str, language: str) -> str:
    """Return a title without the sentences at its end that no newsroom would say: “How to try it now.”"""
    borders = [match.start() + 1 for match in _SENTENCE.finditer(title)]
    while borders and not speaks_for_itself(title[borders[-1] :].strip(), language):
        bare = title[: borders.pop()].removesuffix(".")
        if is_name(bare, language):
            break
        title = bare
    return title


def _width(title: str) -> int:
    return len(title) * (2 if is_cjk(title) else 1)


@lru_cache(maxsize=1 << 13)
def clean_title(title: str, outlet: str = "") -> str:
    """Return a title without the name of its outlet, its author's credit, and dates and labels that a page
    glued to it.
    """
    title = without_outlet(one_line(html.unescape(title)), outlet)
    for pattern in (_GLUED, _GLUED_END, _CREDIT, _LABEL):
        bare = pattern.sub("", title, count=1).strip()
        if bare != title and size(bare) >= 2:
            title = bare[:1].upper() + bare[1:]
    return title


def is_name(headline: str, language: str) -> bool:
    """Tell whether a headline does not say what happened: “Gemini 3.5 Flash”, unlike “Acme buys Globex”."""
    if is_cjk(headline):
        return size(headline) < SHORTEST_SENTENCE_CJK
    return size(headline) < SHORTEST_SENTENCE and not tells_deed(headline, language)


def summarize_titles(lead: Entry, entries: Sequence[Entry]) -> list[Sentence]:
    """Return the sentence that titles tell where no text does: what the lead's says beyond the headline,
    which may hang on that, or another's that adds most.
    """
    headline, rest = _split_title(lead.title, lead.outlet, lead.language)
    if rest and (own_sentence := _sentence(rest, lead)):
        return [own_sentence]
    known_terms = unit_terms(words(headline.lower())).keys()
    best, most = None, NEW_TERMS - 1
    for entry in entries:
        text = clean_title(entry.title, entry.outlet)
        terms = unit_terms(words(text.lower())).keys()
        if (
            entry.id != lead.id
            and len(terms & known_terms) >= SHARED_TERMS
            and len(terms - known_terms) > most
            and not hangs(text, entry.language)
            and not _labels_page(text, entry.language)
        ):
            sentence = _sentence(text, entry)
            best, most = (sentence, len(terms - known_terms)) if sentence else (best, most)
    return [best] if best else []


def _labels_page(title: str, language: str) -> bool:
    pages = _PAGES.get(language)
    return pages is not None and pages.search(title) is not None


def _sentence(text: str, entry: Entry) -> Sentence | None:
    text = text[:1].upper() + text[1:]
    length = size(text) / (1.8 if has_cjk(text) else 1)
    end_mark = "" if text.endswith(_END_MARKS) else "。" if is_cjk(text) else "."
    fits = FEWEST_WORDS <= length <= MOST_WORDS and not text.endswith("…")
    if not fits or not speaks_for_itself(f"{text}{end_mark}", entry.language):
        return None
    return Sentence(f"{text}{end_mark}", (Receipt(entry.id, -1, len(entry.title)),))


def rests_on(entry: Entry, receipt: Receipt) -> str:
    """Return the words of an entry that a receipt points to; a receipt before the beginning points to its
    title.
    """
    return entry.title if receipt.start < 0 else entry.text[receipt.start : receipt.end]
