"""Titles without what outlets add to them, for showing and for comparing."""

import re

from bot.lexicon import alternatives
from bot.text.words import fold, one_line, size

_OUTLET_SUFFIX = re.compile(r"(?<!\s)\s++(?:[|·•–—-]|::)\s++[^|·•–—]{2,40}$")

_COMMENTS = re.compile(rf"{alternatives(lambda lexicon: lexicon.page.comment_feeds)}|/replies", re.IGNORECASE)


def is_of_comments(name: str) -> bool:
    """Tell whether a feed is one of comments, by its title, its address, or what a page calls it."""
    return _COMMENTS.search(name) is not None


def without_outlet(title: str, outlet: str = "") -> str:
    """Return a title without a trailing “ | Outlet”, “ - Outlet” or “(Outlet)”."""
    title = one_line(title)
    bare = title.removesuffix(")")
    if outlet and bare.casefold().endswith(outlet.casefold()):
        before = bare[: -len(outlet)].rstrip()
        title = before.rstrip(" |·–—-(") if before.endswith(("|", "·", "–", "—", "-", "(")) else title
    match = _OUTLET_SUFFIX.search(title)
    if match and " | " in match.group() and size(title[: match.start()]) >= 3:
        return title[: match.start()]
    return title


def normal_title(title: str, outlet: str = "") -> str:
    """Return a title reduced to what makes two titles the same: folded words, no punctuation, no outlet."""
    return " ".join(re.findall(r"[^\W_]+", fold(without_outlet(title, outlet))))
