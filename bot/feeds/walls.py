"""Walls: what stands between a reader and an article. Their words are never taken for the article's."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.lexicon import Lexicon, alternatives
from bot.model import Wall

LONGEST_PHRASE = 240
"""Characters up to which a paragraph may be a wall's; an article about paywalls has longer ones."""

LONGEST_NOTICE = 3000
"""Characters up to which a whole page may be a notice instead of an article."""


def _phrases(choose: Callable[[Lexicon], tuple[str, ...]]) -> re.Pattern[str]:
    return re.compile(alternatives(choose), re.IGNORECASE)


_PAY = _phrases(lambda lexicon: lexicon.page.paywall)
_CONSENT = _phrases(lambda lexicon: lexicon.page.consent)
_LOGIN = _phrases(lambda lexicon: lexicon.page.login)
_CHALLENGE = _phrases(lambda lexicon: lexicon.page.challenge)
_SCRIPT = _phrases(lambda lexicon: lexicon.page.script)
_ERROR = _phrases(lambda lexicon: lexicon.page.error)

WORDS_BESIDE, WORDS_BEFORE_STATUS = 6, 2
"""Words that stand at most beside the phrase of an error (“We are sorry, the … Try again”), and before the
number of one (“HTTP status 404”).
"""

_STATUS = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MARKS = " ()[]:;,.!?–—-"
_PARTS = re.compile(r"\s[|–—·:»›•-]\s|[.?…。？]\s|\n")
"""What parts a name from a title, and a sentence from the next; a greeting (“Oops!”) stands with its own.
"""

_CHALLENGED = frozenset(
    (
        "challenge-form challenge-running challenge-stage cf-wrapper cf-challenge-running "
        "px-captcha captcha-box ddg-captcha"
    ).split()
)
_BARRIER = re.compile(
    r"\b(?:(?:pay|reg)-?wall|paid-?wall|piano-|tp-(?:container|modal)|poool|lock(?:ed)?-content"
    r"|gated-content|"
    r"subscribers?-(?:only|offer)|premium-(?:wall|barrier)|meter(?:ed)?-(?:wall|content)"
    r"|article-?_*barrier|offer-zone|paid-content|leaky)",
    re.IGNORECASE,
)
"""Class names and ids of what pay systems put where an article ends; free pages carry them too, so their
words count.
"""

_SILENT = frozenset({"script", "style", "template", "svg"})
_LAST = 8
"""Lines at the end of a text among which a paywall's words are looked for; further up they are a box beside
the article.
"""


def part(text: str) -> tuple[str, bool]:
    """Return a text without the words of a paywall at its end, and whether there were any."""
    lines = text.split("\n")
    text_lines = [line for line in lines[-_LAST:] if not _is_wall(line)]
    return "\n".join([*lines[:-_LAST], *text_lines]), len(text_lines) < len(lines[-_LAST:])


def _is_wall(line: str) -> bool:
    return len(line) <= LONGEST_PHRASE and bool(_PAY.search(line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a page shows of walls before anything is taken out of it; `shown` is cut where it is too long for
    a notice.
    """

    shown: str
    challenged: bool
    password: bool
    scripted: bool
    barred: bool


def signs(tree: Any) -> Signs:
    """Return the signs of walls on a parsed page."""
    return Signs(
        shown=_visible(tree),
        challenged=not _CHALLENGED.isdisjoint(tree.xpath("//@id")),
        password=any(field.get("type") == "password" for field in tree.iter("input")),
        scripted=tree.find(".//body//div") is not None and tree.find(".//script[@src]") is not None,
        barred=_is_barred(tree),
    )


def instead_of(seen: Signs, text: str, title: str) -> Wall:
    """Return which wall a page shows instead of an article; `found` is what a reader of articles took for its
    text.
    """
    visible_text = text or seen.shown
    if len(visible_text) > LONGEST_NOTICE:
        return Wall.NONE
    short = len(visible_text) < LONGEST_PHRASE
    if _CHALLENGE.search(title) or _mostly(_CHALLENGE, visible_text) or (short and seen.challenged):
        return Wall.CHALLENGE
    if _mostly(_CONSENT, visible_text):
        return Wall.CONSENT
    return Wall.NONE if text else _empty(seen)


def _empty(seen: Signs) -> Wall:
    """Return which wall a page without any article is."""
    if _SCRIPT.search(seen.shown) and len(seen.shown) <= 2 * LONGEST_PHRASE:
        return Wall.SCRIPT
    if seen.password or _LOGIN.search(seen.shown):
        return Wall.LOGIN
    if any(_PAY.search(line) for line in seen.shown.split("\n")):
        return Wall.PAY
    return Wall.SCRIPT if seen.scripted and len(seen.shown) < LONGEST_PHRASE else Wall.NONE


def _mostly(phrases: re.Pattern[str], text: str) -> bool:
    """Tell whether a third of a text or more stands in lines with such phrases."""
    lines = text.split("\n")
    return 3 * sum(len(line) for line in lines if phrases.search(line)) >= max(1, len(text))


def _is_barred(tree: Any) -> bool:
    names = (
        node
        for node in tree.iter("div", "section", "aside")
        if _BARRIER.search(f"{node.get('class')} {node.get('id')}")
    )
    return any(_PAY.search(node.text_content()[:LONGEST_NOTICE]) for node in names)


def find_error(line: str) -> re.Match[str] | None:
    """Return where a line says that what was asked for is not there, None where it does not, or says more:
    “Error 403 when pods start” is news.
    """
    match = _ERROR.search(line)
    if match is None:
        return None
    head, tail = line[: match.start()], line[match.end() :]
    if not _STATUS.search(match[0]):
        return match if _count_words(f"{head} {_ERROR.sub(' ', tail)}") <= WORDS_BESIDE else None
    follow_up = _ERROR.sub(" ", f"404 {tail.lstrip(_MARKS)}")
    is_whole = _count_words(head) <= WORDS_BEFORE_STATUS and not _count_words(follow_up)
    return match if is_whole else None


def _count_words(text: str) -> int:
    return len(_LETTERS.findall(text))


def is_error(title: str, text: str) -> bool:
    """Tell whether a page that was served as a document is word of an error: its title is, or how its text
    begins.
    """
    if len(text) >= 2 * LONGEST_PHRASE:
        return False
    return any(find_error(part) for part in (*_PARTS.split(title), _PARTS.split(text)[0]))


def _visible(tree: Any) -> str:
    """Return what a reader without scripts sees of a page, block by block; no more than tells a notice from
    an article.
    """
    pieces: list[str] = []
    size = 0
    for node in tree.find("body").iter() if tree.find("body") is not None else ():
        if node.tag in _SILENT or not isinstance(node.tag, str):
            text = node.tail
        else:
            text = f"{node.text or ''}\n{node.tail or ''}"
        if text and text.strip():
            pieces.append(text.strip())
            size += len(pieces[-1])
        if size > LONGEST_NOTICE:
            break
    return "\n".join(pieces)
