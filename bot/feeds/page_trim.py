"""What a page says beside its article: what is taken out of its tree before reading, and out of its text
afterwards.
"""

import re
from collections.abc import Iterator, Sequence, Set
from typing import Any

from lxml import etree

from bot.feeds.markup import tidy
from bot.lexicon import alternatives

LONGEST_CALL = 400
"""Characters up to which a line may be a call to subscribe, to share or to read something else; longer ones
are told anyway.
"""

SHORTEST_RUN = 2
"""Lines in a row that are each a link from which on they are a list of other articles; a single one may be a
heading.
"""

LONGEST_TAIL = 4
"""Lines without a sentence at the end that are still a remainder; more are results, dates or prices."""

LONGEST_LABEL = 80
"""Characters that the label of a list of other articles may have."""

LONGEST_HEAD = 4
"""How many lines from the top a repeated title, a date or a byline is looked for."""


_MORE = alternatives(lambda lexicon: lexicon.page.more)
"""Words that lead to other pages: a line of them alone, or before a colon, or before a link, is no part of
the article.
"""

_COUNTED = alternatives(lambda lexicon: lexicon.page.comments)
_ALONE = rf"{alternatives(lambda lexicon: lexicon.page.alone)}|(?:\d+ )?(?:{_COUNTED})(?: \(?\d+\)?)?"
"""Lines that are a button or a label by themselves."""

_TAGS = alternatives(lambda lexicon: lexicon.page.tags)
"""Labels of lists of keywords."""

_CALL = (
    alternatives(lambda lexicon: lexicon.page.calls)
    + r"|(?:copyright ?(?:©|\(c\)|by|(?:19|20)\d\d)|©|\(c\) ?(?:19|20)\d\d).*|https?://\S+"
)
"""Lines that ask the reader to do something, or say whose text it is."""

_PARTED = re.compile("[:：|>»→]")
_MORE_BEFORE = re.compile(rf"(?:- )?[\W_]{{0,4}}(?:{_MORE})\s?[:：|>»→].{{0,200}}", re.IGNORECASE)
_NOISE = re.compile(rf"(?:- )?[\W_]{{0,4}}(?:(?:{_ALONE})[\W_]*|{_CALL})", re.IGNORECASE)
_LISTS = re.compile(rf"[\W_]{{0,4}}(?:{_MORE}|{_TAGS})[\W_]*", re.IGNORECASE)
_CREDIT = re.compile(
    rf"(?:{alternatives(lambda lexicon: lexicon.page.sources)}) ?[:：] ?.{{2,60}}", re.IGNORECASE
)
_BYLINE = re.compile(
    rf"(?:(?:{alternatives(lambda lexicon: lexicon.page.bylines)})[ ：:／/|]\s?[^.!?。！？]{{2,60}}"
    r"|(?:[^\W\d_]+[,.:]?\s){0,4}(?:\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s)?"
    r"|[^\W\d_]{3,12}\.?\s\d{1,2},?\s|\d{1,2}[./-]\d{1,2}[./-])(?:19|20)\d\d\b[^.!?。！？]{0,30}"
    r"|[^\d.!?。！？]{0,12}(?:19|20)\d\d(?:[./-]|\s?年\s?)\d{1,2}(?:[./-]|\s?月\s?)\d{1,2}[^.!?。！？]{0,30})",
    re.IGNORECASE,
)
"""A line with the name of who wrote it, or with the moment it was published: no sentence, but a name or a
whole date.
"""

_ENDED = re.compile(r"[.!?…。！？؟।:;\"”’»」』)\]]$")
_WORDS = re.compile(r"\w+")
_LABEL = re.compile(rf"[\W_]{{0,4}}(?:{_MORE})[\W_]*", re.IGNORECASE)


_SILENT = "script style svg noscript iframe nav footer template link meta figcaption".split()
"""Elements that never hold an article's text; without them the rest is read a fifth faster."""


def prune(tree: Any) -> None:
    """Take out of a tree what stands in an article but is none of it: captions, and labels with a link to
    another page.
    """
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    for node in filter(_leads_away, list(tree.iter("p", "div"))):
        if node.getparent() is not None:
            node.drop_tree()


def _leads_away(node: Any) -> bool:
    """Tell whether a block is a label such as “Read more:” and a link."""
    links = node.findall("a" if node.tag == "div" else ".//a") if len(node) else []
    if not links or len(links) > 3 or len(text := _text(node)) > LONGEST_CALL:
        return False
    linked = sum(len(_text(link)) for link in links)
    return bool(_LABEL.fullmatch(text[: len(text) - linked]))


def _text(node: Any) -> str:
    return " ".join(node.text_content().split())


def trim(text: str, titles: Sequence[str], links: Set[str]) -> str:
    """Return an article without the title that it repeats, without calls and labels, and without what trails
    behind its last sentence.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    lines = _without_head(lines, titles)
    lines = [line for line in _without_lists_of_links(lines, links) if not _is_noise(line)]
    return tidy(_paragraphs(_without_tail(lines)))


def bare(text: str) -> str:
    """Return the words of a text alone, in lower case."""
    return " ".join(_WORDS.findall(text.lower()))


def _without_head(lines: Sequence[str], titles: Sequence[str]) -> list[str]:
    names = {name for title in titles if (name := bare(title))}
    head = [
        line for line in lines[:LONGEST_HEAD] if not (_repeats(bare(line), names) or _BYLINE.fullmatch(line))
    ]
    return [*head, *lines[LONGEST_HEAD:]]


def _repeats(line: str, names: set[str]) -> bool:
    return line in names or (len(line) > 20 and any(name.startswith(line) for name in names))


def _is_noise(line: str) -> bool:
    if len(line) > LONGEST_CALL:
        return False
    return bool((_PARTED.search(line) and _MORE_BEFORE.fullmatch(line)) or _NOISE.fullmatch(line))


def _without_lists_of_links(lines: Sequence[str], links: Set[str]) -> Iterator[str]:
    """Leave out a label such as “Related” or “Tags” with the short lines below it, and two or more links one
    after the other.
    """
    below, run = False, list[str]()
    for line in lines:
        below = _is_label(line) or (below and not _tells(line))
        if below:
            continue
        if bare(line) in links:
            run.append(line)
            continue
        yield from run if len(run) < SHORTEST_RUN else ()
        run = []
        yield line
    yield from run if len(run) < SHORTEST_RUN else ()


def _is_label(line: str) -> bool:
    return len(line) <= LONGEST_LABEL and bool(_LISTS.fullmatch(line))


def _without_tail(lines: list[str]) -> list[str]:
    """Drop the last lines while they are neither sentences nor items nor rows of a table; a long run of such
    lines is one.
    """
    end = len(lines)
    while end > 1 and (_CREDIT.fullmatch(lines[end - 1]) or not _tells(lines[end - 1])):
        end -= 1
    return lines[:end] if len(lines) - end <= LONGEST_TAIL else lines


def _tells(line: str) -> bool:
    return bool(_ENDED.search(line)) or line.startswith("- ") or "|" in line or len(line) > 80


def _paragraphs(lines: Sequence[str]) -> str:
    """Part paragraphs by blank lines; consecutive list items stay together."""
    out: list[str] = []
    for line in lines:
        together = line.startswith("- ") and out
        out.append(("\n" if together else "\n\n") + line)
    return "".join(out)
