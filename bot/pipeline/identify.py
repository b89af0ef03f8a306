"""Is this entry new, known, or a known one that was edited?

Order of evidence, within one feed and never across feeds (that is grouping):

1. `key`: the guid, if the document has it once; a guid that repeats inside the document counts only together
   with the link; without a guid the canonical link, then title and date, then title and text.
2. `alias`: the guid without scheme and host, so that a moved site keeps its entries.
3. `link_key`: the canonical link (no scheme, no `www.`, no tracking parameters, no fragment).

An entry is new only if none of the three is known. A known one whose parsed fields differ is an edit:
material when a figure, a name-like word or a quarter of its words changed, else cosmetic.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.model import Change, Keys, ParsedEntry
from bot.pipeline.text import fold, squash

TRACKING = re.compile(
    r"^(?:utm_.*|mtm_.*|pk_.*|at_.*|guce_.*|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|"
    r"mkt_tok|cmp|cmpid|smid|ncid|guccounter|wt_mc|xtor|ref_src|ref_url|rss|ito|spm|share_token|_openstat|oly_enc_id|oly_anon_id)$",
    re.IGNORECASE,
)
TRACKING_VALUES = frozenset(
    {("partner", "rss"), ("emc", "rss"), ("source", "rss"), ("cmp", "rss"), ("ref", "rss")}
)
MATERIAL_SHARE = 0.25


def clean_link(link: str) -> str:
    """Return a link without tracking parameters and fragment, otherwise as it was."""
    if "?" not in link and "#" not in link:
        return link
    parts = urlsplit(link)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.match(name) and (name.lower(), value.lower()) not in TRACKING_VALUES
    ]
    kept = (
        parts.query if len(query) == len(parse_qsl(parts.query, keep_blank_values=True)) else urlencode(query)
    )
    return urlunsplit((parts.scheme, parts.netloc, parts.path, kept, ""))


def link_key(link: str) -> str:
    """Return the canonical form of a link that two spellings of one address share; empty for no link."""
    if not link:
        return ""
    parts = urlsplit(clean_link(link))
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    if parts.port not in {None, 80, 443}:
        host = f"{host}:{parts.port}"
    path = re.sub(r"/(?:amp|index\.html?)?/?$", "", parts.path)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{host}{path}" + (f"?{query}" if query else "")


def keys_of(entries: Sequence[ParsedEntry]) -> list[Keys]:
    """Return the names of each entry of one document, in its order. Entries that repeat another's key get their position added."""
    guids = Counter(entry.guid for entry in entries)
    used: Counter[str] = Counter()
    return [_keys(entry, guids, used) for entry in entries]


def _keys(entry: ParsedEntry, guids: Counter[str], used: Counter[str]) -> Keys:
    link = link_key(entry.link)
    alone = bool(entry.guid) and guids[entry.guid] == 1
    evidence = _evidence(entry, link, alone=alone)
    used[evidence] += 1
    if used[evidence] > 1:
        evidence = f"{evidence}\n{fold(entry.title)}\n{used[evidence]}"
    alias = re.sub(r"^https?://[^/]+", "", entry.guid) if alone else ""
    return Keys(_hash(evidence), _hash(alias) if len(alias) > 3 else "", _hash(link) if link else "")


def _evidence(entry: ParsedEntry, link: str, *, alone: bool) -> str:
    if alone:
        return f"guid\n{entry.guid}"
    if link:
        return f"link\n{entry.guid}\n{link}"
    if entry.published:
        return f"date\n{fold(entry.title)}\n{entry.published.isoformat()}"
    return f"text\n{fold(entry.title)}\n{fold(entry.text)[:2000]}"


UNDATED_AGE = timedelta(days=1)


def dates_of(entries: Sequence[ParsedEntry], now: datetime, *, backlog: bool) -> list[datetime]:
    """Return when each entry of one document was published, in its order.

    An undated entry takes the date of the dated one below it (feeds list the newest first), else of the one above.
    In a feed without any date what is new is from now, and what it held when first seen is a day old and older.
    """
    found: list[datetime | None] = [entry.published for entry in entries]
    below: datetime | None = None
    for index in range(len(found) - 1, -1, -1):
        below = found[index] = found[index] or below
    above: datetime | None = None
    dates: list[datetime] = []
    for index, date in enumerate(found):
        above = date or above
        undated = now - UNDATED_AGE - timedelta(minutes=index) if backlog else now
        dates.append(above or undated)
    return dates


def known(
    keys: Keys, by_key: Mapping[str, int], by_alias: Mapping[str, int], by_link: Mapping[str, int]
) -> int | None:
    """Return the id of the stored entry that these keys mean, None if it is new."""
    if keys.key in by_key:
        return by_key[keys.key]
    if keys.alias and keys.alias in by_alias:
        return by_alias[keys.alias]
    return by_link.get(keys.link_key) if keys.link_key else None


def content_hash(entry: ParsedEntry) -> str:
    """Return a hash of what a reader sees of an entry: an equal hash means that nothing was edited."""
    return _hash("\n".join((entry.title, entry.link, entry.text)))


def change_between(old_title: str, old_text: str, new_title: str, new_text: str) -> Change:
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


def _words(title: str, text: str) -> Counter[str]:
    return Counter(re.findall(r"\d[\d.,]*%?|[^\W\d_]+", squash(f"{title} {text}")))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
