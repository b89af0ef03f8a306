"""Is this entry new, known, or a known one that was edited?

Order of evidence, within one feed and never across feeds (that is grouping):

1. `key`: the guid, if the document has it once; else the guid with the canonical link, with the title, with
the date and
   with the text, as many of them as it takes to be alone in the document.
2. `alias`: the guid without scheme and host, so that a moved site keeps its entries; for an entry without a
guid of its
   own its link and title (its title and text where it has no link) if the document has them once, so that a
   new date or a new neighbour changes nothing.
3. `link_key`: the canonical link (no scheme, no `www.`, no tracking parameters, no fragment), if the document
has it once,
   only one stored entry has it, and the titles share half of their words: many feeds link every item to one
   page.
4. the title, in a document where most entries turn up new at once with dates older than what is known: the
site was
   rebuilt, with new guids and new links.

What stands in the place of another, or has new names, is told by its words (`recognise`).

An entry is new only if none of these is known. A known one whose parsed fields differ is an edit:
material when a figure, a name-like word or a quarter of its words changed, else cosmetic.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.model import Change, Keys, KnownEntry, ParsedEntry
from bot.text.words import fold, one_line

TRACKING = re.compile(
    r"^(?:utm_.*|mtm_.*|pk_.*|at_.*|guce_.*|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid"
    r"|mc_cid|mc_eid|_hsenc|_hsmi|"
    r"mkt_tok|cmp|cmpid|smid|ncid|guccounter|wt_mc|xtor|ref_src|ref_url|rss|ito|spm|share_token"
    r"|_openstat|oly_enc_id|oly_anon_id)$",
    re.IGNORECASE,
)
TRACKING_VALUES = frozenset(
    {("partner", "rss"), ("emc", "rss"), ("source", "rss"), ("cmp", "rss"), ("ref", "rss")}
)
_SESSION = re.compile(r"^(?:phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|oscsid|zenid)$", re.IGNORECASE)
"""What carries a visit in an address, whatever its value."""

_SESSION_LIKE = re.compile(r"^(?:s|sid|session|session_?id|sess|sesskey)$", re.IGNORECASE)
_RANDOM = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{16,}", re.IGNORECASE)
"""What such a name carries where it is a visit, and no story, section or search."""

_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[\w.!-]{1,200}", re.IGNORECASE)
MATERIAL_SHARE = 0.25
NEW_WORDS = 3
"""Words that an edit brings at least where it tells more; a counter in words changes one or two."""

REBUILT = 5
"""New entries of old dates below which a feed is not taken for rebuilt."""


_IDLE_FRAGMENT = re.compile(
    r"^(?:$|:~:|(?:utm_|xtor|ref=|rss|at_|mtm_|comments?$|respond$|more$|disqus|top$|main$|content$))",
    re.IGNORECASE,
)
"""Fragments that name no part of a page: marks of where readers come from, and what every page has."""


def clean_link(link: str) -> str:
    """Return a link without tracking parameters and sessions, and with its fragment only where that may name
    a part of the page: changelogs have one page for all their entries.
    """
    link = without_session(link)
    if "?" not in link and "#" not in link:
        return link
    parts = urlsplit(link)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.match(name) and (name.lower(), value.lower()) not in TRACKING_VALUES
    ]
    query_text = (
        parts.query if len(query) == len(parse_qsl(parts.query, keep_blank_values=True)) else urlencode(query)
    )
    fragment = "" if _IDLE_FRAGMENT.match(parts.fragment) else parts.fragment
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query_text, fragment))


def without_session(link: str) -> str:
    """Return a link without what names the visit in which its page was read."""
    if "?" not in link and ";" not in link:
        return link
    parts = urlsplit(link)
    pairs = parts.query.split("&") if parts.query else []
    query = "&".join(pair for pair in pairs if not _is_session(*pair.partition("=")[::2]))
    path = _PATH_SESSION.sub("", parts.path)
    return (
        link
        if (path, query) == (parts.path, parts.query)
        else urlunsplit(parts._replace(path=path, query=query))
    )


def _is_session(name: str, value: str) -> bool:
    """Tell whether a parameter of an address names a visit."""
    has_name = _SESSION_LIKE.match(name) is not None and _RANDOM.fullmatch(value) is not None
    return has_name or _SESSION.match(name) is not None


def has_own_page(link: str, home: str = "") -> bool:
    """Tell whether a link leads to a page of its own: neither to a part of one, nor to a site's first page or
    its feed's home.
    """
    parts = urlsplit(clean_link(link))
    is_first = parts.path in {"", "/"} and not parts.query
    return bool(link) and not parts.fragment and not is_first and link_key(link) != link_key(home)


def link_key(link: str) -> str:
    """Return the canonical form of a link that two spellings of one address share; empty for no link, itself
    where it is no address.
    """
    if not link:
        return ""
    try:
        parts = urlsplit(clean_link(link))
        port = parts.port
    except ValueError:
        return link
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    if port not in {None, 80, 443}:
        host = f"{host}:{port}"
    path = re.sub(r"/(?:amp|index\.html?)?/?$", "", parts.path)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{host}{path}" + (f"?{query}" if query else "")


def keys_of(entries: Sequence[ParsedEntry]) -> list[Keys]:
    """Return the names of each entry of one document, in its order. What repeats another in everything gets
    its position added.
    """
    links = [link_key(entry.link) for entry in entries]
    levels = [_levels(entry, link) for entry, link in zip(entries, links, strict=True)]
    counts = Counter(level for level_keys in levels for level in level_keys)
    guids, link_counts = Counter(entry.guid for entry in entries), Counter(links)
    alias_counts = Counter(
        _alias(entry, link, alone=False) for entry, link in zip(entries, links, strict=True)
    )
    occurrences: Counter[str] = Counter()
    keys = []
    for entry, link, own in zip(entries, links, levels, strict=True):
        evidence = next((level for level in own if counts[level] == 1), own[-1])
        occurrences[evidence] += 1
        evidence += f"\n{occurrences[evidence]}" if occurrences[evidence] > 1 else ""
        has_own_guid = bool(entry.guid) and guids[entry.guid] == 1
        alias = _alias(entry, link, alone=has_own_guid)
        alias = alias if has_own_guid or alias_counts[alias] == 1 else ""
        keys.append(
            Keys(
                _hash(evidence),
                _hash(alias) if alias else "",
                _hash(link) if link_counts[link] == 1 and has_own_page(entry.link) else "",
            )
        )
    return keys


def _levels(entry: ParsedEntry, link: str) -> list[str]:
    """Return what could name an entry, from the least that might do to all there is."""
    title = fold(entry.title)
    dated_title = f"{title}\n{entry.published.isoformat() if entry.published else ''}"
    full_text = f"{dated_title}\n{fold(entry.text)[:2000]}"
    guid_lines = [f"guid\n{entry.guid}"] if entry.guid else []
    linked = [f"link\n{entry.guid}\n{link}\n{more}".rstrip("\n") for more in ("", title)] if link else []
    bare = [f"date\n{dated_title}"] if entry.published and not link else []
    return [*guid_lines, *linked, *bare, f"text\n{entry.guid}\n{link}\n{full_text}"]


def _alias(entry: ParsedEntry, link: str, *, alone: bool) -> str:
    if alone:
        path = re.sub(r"^https?://[^/]+", "", entry.guid)
        return path if len(path) > 3 else ""
    if link:
        return f"titled\n{link}\n{fold(entry.title)}"
    return f"worded\n{fold(entry.title)}\n{fold(entry.text)[:2000]}"


def match(entry: ParsedEntry, keys: Keys, known_entries: Sequence[KnownEntry]) -> KnownEntry | None:
    """Return the stored entry of the same feed that an entry is, None if it is new."""
    for candidate in known_entries:
        if candidate.keys.key == keys.key:
            return candidate
    for candidate in known_entries:
        if keys.alias and candidate.keys.alias == keys.alias:
            return candidate
    same_links = [
        candidate for candidate in known_entries if keys.link_key and candidate.keys.link_key == keys.link_key
    ]
    if len(same_links) == 1 and (not entry.guid or _alike(same_links[0].title, entry.title)):
        return same_links[0]
    return None


def _alike(first_text: str, second_text: str) -> bool:
    """Tell whether two titles share half of their words; one without words is like any."""
    first, second = set(_words(first_text, "")), set(_words(second_text, ""))
    shorter = min(len(first), len(second))
    return shorter == 0 or len(first & second) * 2 >= shorter


def is_rebuilt(fresh: Sequence[ParsedEntry], stored_count: int, newest: datetime | None) -> bool:
    """Tell whether a feed of `stored_count` entries was rebuilt: most are new at once, five at least, none
    newer than what is known.
    """
    dates = [entry.published for entry in fresh if entry.published]
    old = newest is not None and bool(dates) and max(dates) <= newest
    return len(fresh) >= REBUILT and len(fresh) * 2 > stored_count and old


def by_title(entry: ParsedEntry, known_entries: Mapping[str, KnownEntry]) -> KnownEntry | None:
    """Return the stored entry of the same title (as `fold` gives it), for a feed that was rebuilt."""
    return known_entries.get(fold(entry.title))


def content_hash(entry: ParsedEntry) -> str:
    """Return a hash of what a reader sees of an entry: an equal hash means that nothing was edited."""
    return _hash("\n".join((entry.title, entry.link, entry.text)))


def classify_change(old_title: str, old_text: str, new_title: str, new_text: str) -> Change:
    """Tell whether an edit changes what is told (a figure, a name, a quarter of the words) or only how."""
    old, new = _words(old_title, old_text), _words(new_title, new_text)
    if old == new:
        return Change.COSMETIC
    differing = (old - new) + (new - old)
    if any(word[:1].isdigit() for word in differing) or any(
        w[:1].isupper() for w in differing if w in (new_title + old_title)
    ):
        return Change.MATERIAL
    share = differing.total() / max(1, (old + new).total())
    return Change.MATERIAL if share >= MATERIAL_SHARE else Change.COSMETIC


def tells_more(old_title: str, old_text: str, new_title: str, new_text: str) -> bool:
    """Tell whether an edit brings words, and not only another count of readers or hours: another title, or
    several words that were not there.
    """
    new_words = _words(new_title, new_text) - _words(old_title, old_text)
    title_words = _words(new_title, "") - _words(old_title, "")
    return any(map(_is_word, title_words)) or sum(map(_is_word, new_words)) >= NEW_WORDS


def _is_word(word: str) -> bool:
    return not word[:1].isdigit()


def _words(title: str, text: str) -> Counter[str]:
    return Counter(re.findall(r"\d[\d.,]*%?|[^\W\d_]+", one_line(f"{title} {text}")))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
