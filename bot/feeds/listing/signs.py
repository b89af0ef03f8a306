"""What speaks for a group of links being the page's list of news, in figures between 0 and 1 or a little
more.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import mean, pstdev
from urllib.parse import urlsplit

from bot.feeds.listing.groups import Link, plain_class
from bot.feeds.listing.items import INLINE, Draft, count_words, width
from bot.feeds.listing.outline import Element, Outline, join_texts
from bot.pipeline.linear import Linear

SIGNS = (
    "many",
    "few",
    "title_length",
    "titles_short",
    "one_word",
    "words",
    "titles_long",
    "titles_alike",
    "same_titles",
    "headings",
    "dated",
    "dated_in_titles",
    "teasers",
    "teaser_length",
    "images",
    "furniture",
    "aside",
    "articles",
    "semantic",
    "here",
    "below",
    "deep_paths",
    "numbered",
    "share_of_links",
    "share_of_text",
    "place",
    "span",
    "spread",
    "prices",
    "leading_wide",
    "page_article",
    "page_text",
    "page_typed",
    "newest_first",
    "one_place",
    "one_kind",
    "complete",
    "page_alike",
)
"""What is looked at, in the order of the weights."""

RUNNING = 120
"""Letters from which on a block is running text."""

MAIN_SHARE = 0.5
"""Share of a page's letters beyond which an element is the page itself."""

SEVERAL = 3
"""Articles within an element that make a list of it."""

_FURNITURE = frozenset({"nav", "footer", "header"})
_ROLES = {"navigation": "nav", "contentinfo": "footer", "banner": "header", "complementary": "aside"}
_ASIDE_NAMES = re.compile(
    (
        r"side-?bar|widget|aside|related|popular|trending|(?<![a-z])(?:side|rail|ticker|menu|nav"
        r"|footer|comments?)(?![a-z])"
    ),
    re.IGNORECASE,
)
_SEMANTIC = re.compile(r"schema\.org/(?:\w*Article|\w*Posting|CreativeWork)\b", re.IGNORECASE)
_PRICE = re.compile(r"(?:[€$£¥₹₽]|\bEUR|\bUSD|\bRs\.?)\s?\d|\d\s?(?:[€$£¥₹₽]|EUR\b|USD\b)")
_ARTICLE_TYPES = re.compile(
    r'"@type"\s*:\s*(?:\[\s*)?"(?:\w*Article|\w*Posting|Product|Recipe|JobPosting|VideoObject)"'
)
_LIST_TYPES = re.compile(r'"@type"\s*:\s*(?:\[\s*)?"(?:CollectionPage|Blog|SearchResultsPage|ItemList)"')
_FIGURE = re.compile(r"\d")
_NUMBERED = re.compile(r"([A-Za-z]{1,20})[_-]?\d+(?:\.[A-Za-z]{1,5})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is known of a page as a whole, for all of its groups."""

    links: int
    letters: int
    places: tuple[int, ...]
    """For each element 1 where it is furniture, 2 aside, 4 an article, added up over what is around it."""

    typed_article: float
    blocks: tuple[tuple[int, int, int], ...]
    """Blocks of running text outside of links: the place of their last text, the number of the element around
    them, and their letters.
    """

    longest_body: int
    children: Mapping[tuple[int, str], int]
    """How many elements with text of a tag stand directly in an element."""


def sight_of(outline: Outline, links: Sequence[Link]) -> Sight:
    """Look at a page once."""
    places = _places(outline)
    is_typed_article = any(
        "ld+json" in kind and _ARTICLE_TYPES.search(text[:50_000]) and not _LIST_TYPES.search(text[:50_000])
        for kind, text in outline.scripts
    )
    og = outline.meta.get("og:type", "").lower()
    article = (
        1.0
        if og in {"article", "product", "video.other"} or "article:published_time" in outline.meta
        else 0.0
    )
    blocks = _blocks(outline, {link.number for link in links})
    bodies: Counter[int] = Counter()
    for _, container, letters in blocks:
        bodies[container] += letters
    return Sight(
        links=len({link.target for link in links}),
        letters=sum(width(text.words) for text in outline.texts) or 1,
        places=tuple(places),
        typed_article=(article + float(is_typed_article)) / 2,
        children=Counter(
            (one.parent, one.tag)
            for one in outline.elements
            if outline.stops[one.number] > outline.starts[one.number]
        ),
        blocks=blocks,
        longest_body=max(bodies.values(), default=0),
    )


def _places(outline: Outline) -> list[int]:
    """Return for each element whether it is furniture, aside or an article, as `Sight.places` has it.

    What holds most of a page, or several articles, is neither furniture nor aside, whatever it is called:
    names such as `with-sidebar` or `widget` stand around everything.
    """
    own_places = [_own_place(element) for element in outline.elements]
    lengths = list(accumulate((width(text.words) for text in outline.texts), initial=0))
    articles = list(accumulate((own >> 2 for own in own_places), initial=0))
    most = MAIN_SHARE * lengths[-1]
    places: list[int] = []
    for element, own in zip(outline.elements, own_places, strict=True):
        number = element.number
        letters = lengths[outline.stops[number]] - lengths[outline.starts[number]]
        is_main = letters > most or articles[outline.ends[number]] - articles[number + 1] >= SEVERAL
        places.append(own & (4 if is_main else 7) | (places[element.parent] if element.parent >= 0 else 0))
    return places


def _own_place(element: Element) -> int:
    tag = _ROLES.get(element.attributes.get("role", ""), element.tag)
    name = element.attributes.get("id", "")
    is_aside = tag == "aside" or (tag not in {"body", "html", "main"} and _is_aside(element.classes, name))
    is_entry = _is_entry(element.classes) or bool(_SEMANTIC.search(element.attributes.get("itemtype", "")))
    is_entry = is_entry or tag == "article"
    return (1 if tag in _FURNITURE else 0) | (2 if is_aside else 0) | (4 if is_entry else 0)


def _blocks(outline: Outline, links: set[int]) -> tuple[tuple[int, int, int], ...]:
    """Return the blocks of running text of a page: paragraphs, or what stands between line breaks."""
    blocks: dict[int, list[int]] = {}
    for place, text in enumerate(outline.texts):
        number = text.element
        while (
            number not in links
            and outline.elements[number].tag in INLINE
            and outline.elements[number].parent >= 0
        ):
            number = outline.elements[number].parent
        if number not in links and not any(ancestor in links for ancestor in outline.ancestors(number)):
            blocks.setdefault(number, [place, 0])
            blocks[number][1] += width(text.words)
    return tuple(
        (place, outline.elements[number].parent, letters)
        for number, (place, letters) in blocks.items()
        if letters > RUNNING
    )


def _is_aside(classes: Sequence[str], name: str) -> bool:
    return any(_ASIDE_NAMES.search(one) for one in (*classes[:4], name))


def _is_entry(classes: Sequence[str]) -> bool:
    return any(name in {"hentry", "h-entry"} for name in classes)


def signs_of(outline: Outline, sight: Sight, drafts: Sequence[Draft], dated_share: float) -> list[float]:
    """Return the signs of a group, in the order of `SIGNS`. `dated_share` is the share of items that show
    their date.
    """
    links = [draft.record.link for draft in drafts]
    titles = [draft.title for draft in drafts]
    lengths = [width(title) for title in titles]
    places = [sight.places[link.number] for link in links]
    count = len(drafts)
    first, last = drafts[0].record.first, max(draft.record.last for draft in drafts)
    rest_lengths = [_rest(outline, draft) for draft in drafts]
    dates = [draft.published for draft in drafts if draft.published]
    outside: Counter[int] = Counter()
    for at, container, letters in sight.blocks:
        if not _is_inside(drafts, at):
            outside[container] += letters
    body = max(outside.values(), default=0)
    texts = sum(width(join_texts(outline.texts[draft.record.first : draft.record.last])) for draft in drafts)
    paths = [urlsplit(link.target).path for link in links]
    page_parts = urlsplit(outline.url)
    hosts = [(urlsplit(link.target).hostname or "").removeprefix("www.") for link in links]
    own = (page_parts.hostname or "").removeprefix("www.")
    falling = [later <= earlier for earlier, later in pairwise(dates)]
    return [
        math.log(count) / 4,
        float(count < 5),
        min(mean(lengths), 100) / 100,
        mean(length < 20 for length in lengths),
        mean(count_words(title) <= 1.5 for title in titles),
        min(12.0, mean(count_words(title) for title in titles)) / 12,
        mean(length > 170 for length in lengths),
        min(1.0, pstdev(lengths) / (mean(lengths) + 1)),
        1 - len(set(titles)) / count,
        mean(draft.heading for draft in drafts),
        (dated_share + len(dates) / count) / 2,
        mean(
            any(candidate.path == ("title",) and candidate.worth >= 1 for candidate in draft.dates)
            for draft in drafts
        ),
        mean(rest_length > 40 for rest_length in rest_lengths),
        min(mean(rest_lengths), 400) / 400,
        mean(_has_image(outline, draft) for draft in drafts),
        mean(bool(place & 1) for place in places),
        mean(bool(place & 2) for place in places),
        mean(bool(place & 4) for place in places),
        mean(_is_semantic(outline, draft) for draft in drafts),
        mean(host == own for host in hosts),
        mean(
            path.startswith(page_parts.path.rstrip("/") + "/") and len(page_parts.path) > 1 for path in paths
        ),
        min(mean(len(path.strip("/").split("/")[-1]) for path in paths), 60) / 60,
        mean(bool(_FIGURE.search(path)) for path in paths),
        min(1.0, count / max(1, sight.links)),
        min(1.0, texts / sight.letters),
        outline_place(outline, first),
        min(1.0, (last - first) / max(1, len(outline.texts))),
        min(1.0, (max(dates) - min(dates)).days / 365) if dates else 0.0,
        mean(
            bool(_PRICE.search(join_texts(outline.texts[draft.record.first : draft.record.last][:30])))
            for draft in drafts
        ),
        min(1.0, sum(lengths) / 3000),
        min(1.0, body / 2500),
        min(1.0, sum(outside.values()) / sight.letters),
        sight.typed_article,
        mean(falling) if falling else 0.5,
        _commonest(outline.elements[draft.record.start].parent for draft in drafts) / count,
        _commonest(_kind(outline, draft) for draft in drafts) / count,
        _complete(sight, outline, drafts),
        mean(_shape(link.target) == _shape(outline.url) for link in links) * _is_deep(outline.url),
    ]


def outline_place(outline: Outline, text: int) -> float:
    """Return how far down the page a text stands, from 0 to 1."""
    return text / max(1, len(outline.texts))


def _commonest(values: Iterable[Hashable]) -> int:
    return Counter(values).most_common(1)[0][1]


def _complete(sight: Sight, outline: Outline, drafts: Sequence[Draft]) -> float:
    """Return the share of the elements beside the items, of the same tag and in the same places, that are
    items.
    """
    wholes = {draft.record.start for draft in drafts}
    kinds = {(outline.elements[number].parent, outline.elements[number].tag) for number in wholes}
    return len(wholes) / max(1, sum(sight.children[kind] for kind in kinds))


def _shape(address: str) -> tuple[object, ...]:
    """Return what addresses of one kind of page share: how many parts, which first one, which parameters, and
    what is numbered (`cat_7`).
    """
    parts = urlsplit(address)
    steps = [step for step in parts.path.split("/") if step]
    names = tuple(sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair))
    return (
        len(steps),
        "" if len(steps) < 2 or _FIGURE.search(steps[0]) else steps[0],
        names,
        bool(steps and _FIGURE.search(steps[-1])),
        numbered[1].lower() if steps and (numbered := _NUMBERED.match(steps[-1])) else "",
    )


def _is_deep(address: str) -> bool:
    """Tell whether an address ends like that of one article: with many letters, a number or a parameter that
    is one.
    """
    parts = urlsplit(address)
    last = parts.path.rstrip("/").split("/")[-1]
    return len(last) > 20 or bool(re.search(r"\d{4,}", last + parts.query))


def _kind(outline: Outline, draft: Draft) -> tuple[str, str, str]:
    """Return what the elements of an item are: its own and that of its link."""
    record_element, link = outline.elements[draft.record.start], outline.elements[draft.record.link.number]
    return record_element.tag, plain_class(record_element.classes), plain_class(link.classes)


def _rest(outline: Outline, draft: Draft) -> int:
    record = draft.record
    return sum(
        width(outline.texts[place].words)
        for place in range(record.first, record.last)
        if place not in draft.titled
    )


def _is_inside(drafts: Sequence[Draft], text: int) -> bool:
    return any(draft.record.first <= text < draft.record.last for draft in drafts)


def _has_image(outline: Outline, draft: Draft) -> bool:
    return any(
        outline.elements[number].tag in {"img", "picture"}
        for number in range(draft.record.start, min(draft.record.end, draft.record.start + 60))
    )


def _is_semantic(outline: Outline, draft: Draft) -> bool:
    element = outline.elements[draft.record.start]
    return (
        element.tag == "article"
        or _is_entry(element.classes)
        or bool(_SEMANTIC.search(element.attributes.get("itemtype", "")))
    )


def load_weights(text: str) -> Linear:
    """Return the weights of the contents of `weights.json`. Raises `ValueError` where its signs are others
    than ours.
    """
    data = json.loads(text)
    if tuple(data["weights"]) != SIGNS:
        msg = "the signs in bot/feeds/listing/weights.json differ from the program's; train it again"
        raise ValueError(msg)
    return Linear(SIGNS, tuple(data["weights"].values()), float(data["bias"]))
