"""Pages that hold a notice in place of what was asked for: it is not there, or something must be done."""

import re
from urllib.parse import urlsplit

from bot.feeds.listing.outline import Outline
from bot.feeds.walls import LONGEST_NOTICE, Signs, find_error, instead_of
from bot.model import Wall
from bot.text.words import fold

LONGEST_HEADING = 80
"""Letters of a heading that says nothing but that a page is not there."""

EXCLAIMED_WORDS = 3
"""Words up to which a heading only exclaims: “Oops!”."""

_NEXT_WORD = re.compile(r" ([^\W\d_]+)")
_PARTS = re.compile(r"\s[|–—·:»›•-]\s")


def is_missing(outline: Outline) -> bool:
    """Tell whether a page that was served says that it is not there, whatever it lists below: by its first
    heading, by the line below one that only exclaims, or by what it is called.
    """
    if not urlsplit(outline.url).path.strip("/"):
        return False  # a site is there, whatever it is called
    headings = (element.number for element in outline.elements if element.tag == "h1")
    number = next(headings, None)
    called = _PARTS.split(outline.title.strip())[0]
    name = outline.meta.get("og:site_name", "")
    if number is None:
        return _says_missing(called, name)
    heading = outline.text(number)
    if _says_missing(heading, name):
        return True
    stop = outline.stops[number]
    next_line = next((text.words for text in outline.texts[stop : stop + 1]), "")
    is_exclaimed = len(heading.split()) <= EXCLAIMED_WORDS and heading.rstrip().endswith(
        ("!", "！", "…", "...")
    )
    return is_exclaimed and _says_missing(next_line, name)


def _says_missing(line: str, site_name: str) -> bool:
    """Tell whether a line says that a page is not there: it holds the words for that, and they are part of no
    name (“Page Not Found Podcast”).
    """
    error = find_error(line) if len(line) <= LONGEST_HEADING else None
    if error is None or fold(error[0]) in fold(site_name):
        return False
    follower = _NEXT_WORD.match(line, error.end())
    if follower is None or line.isupper() or not follower[1][0].isupper():
        return True
    return find_error(f"404 {follower[1]}") is not None  # “404 Not Found Error”


def find_wall(outline: Outline) -> Wall:
    """Return which wall a page without a list shows."""
    words = "\n".join(text.words for text in outline.texts)
    if len(words) > LONGEST_NOTICE:
        return Wall.NONE
    has_password = any(
        element.attributes.get("type", "").lower() == "password" for element in outline.elements
    )
    signs = Signs(shown=words, challenged=False, password=has_password, scripted=False, barred=False)
    wall = instead_of(signs, "", outline.title)
    return Wall.NONE if wall is Wall.SCRIPT else wall
