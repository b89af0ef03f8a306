"""What may be shown of an address, and what makes two addresses one feed.

Services hand out private feeds under addresses that hold a key, and whoever knows one reads the feed. A key
is told by its name (`?token=`, `/key/…`, `;sig=`, `#jwt=`) or by its looks, wherever it stands: in the name
and password, a label of the host, a part of the path, a value. By its looks a key is what no person would
choose to be read: letters and digits in turn, capitals in the midst of words, long runs without a vowel,
UUIDs, hashes, web tokens. In doubt it is one: then the feed stays with the server that added it, and the key
is not shown.
"""

import re
from hashlib import blake2b
from urllib.parse import unquote, urlsplit

from tld import get_fld

from bot.pipeline.entries.identify import link_key

MASK = "…"
LONGEST = 4000
"""Characters of an address that are looked at; of a longer one the rest is not shown."""

_USER = re.compile(r"(?<=//)(?:[^/?#\s]*|[^/?#\s:]*:(?!\d{1,5}/)\S*)@")
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{0,30}+://\S+|(?<![\w.])[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}(?::\d{1,5})?[/?#]\S+",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"(?<=[?&;#])[^\s=&;#?]{1,100}=[^\s&;#]+")
"""A name and its value, in an address or where the beginning of one was cut off."""

_PARTS = re.compile(r"[?#;&/]")
_EXTENSION = re.compile(
    r"(?:\.(?:rss|xml|atom|json|rdf|ics|opml|html?|php|aspx?|git|gz|mp3|m4a)){1,3}[\"'`’”»)\].,;:!?]*$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_SECRET_WORDS = frozenset(
    "token apikey secret auth authorization password passwd passphrase pass pwd sig signature "
    "signed passkey authkey accesskey apitoken accesstoken jwt bearer "
    "credential credentials sessionid session sess otp nonce hmac privatekey secretkey userkey "
    "feedkey rsskey clientsecret webhook".split()
)
"""Last words of names whose value is a key, whatever it looks like."""

_DOUBTFUL = frozenset(
    (
        "key k hash h code c sid t s u x p r e a m i uuid guid uid user private secure id feed "
        "feedid access login magic invite member subscriber hk rk fk pk"
    ).split()
)
"""Last words of names whose value is a key where it looks like one."""

_PUBLIC = frozenset(
    (
        "channel playlist list video videos watch shorts status statuses query search category tag "
        "topic label"
    ).split()
)
"""Words of names whose value is public however it looks, also as parts of a path: YouTube's channels."""

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]{5,}+\.[\w-]{2,}")
_HEX = re.compile(r"(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{16,}", re.IGNORECASE)
_LONG = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-z])(?=[a-z]*[0-9])[0-9a-z]{32,}", re.IGNORECASE)
_DIGIT_RUNS = re.compile(r"\d+|[^\W\d_]+")
_HUMP = re.compile(r"[a-z][A-Z]")
_WORD = re.compile(r"[A-Z]?[a-z]{4,}|[A-Z]{4,}")
_UNSPOKEN = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}", re.IGNORECASE)
_STREAM = re.compile(
    r"(?<=/stream/user/)\d+|(?<=/reader/user/)\d+|(?<=/)\d{16,25}/\d{16,25}(?![^/?#.])", re.IGNORECASE
)
"""What goes by numbers alone: readers' own streams, and alerts (a user and a query)."""

SHORTEST_KEY = 10
LETTERS = 20
MANY_LETTERS = 32


def mask_secrets(text: str) -> str:
    """Return a text without the names, passwords and keys in its addresses."""
    text = _USER.sub(f"{MASK}@", text)
    text = _ADDRESS.sub(lambda match: _without_keys(match.group()), text)
    return _PARAMETER.sub(lambda match: _pair(match.group()), text)


def shown_host(address: str) -> str:
    """Return the host of an address as people may see it: some sites put a key into its name."""
    try:
        return urlsplit(mask_secrets(address)).hostname or ""
    except ValueError:
        return ""


def registered_domain(address: str) -> str:
    """Return the domain of an address that somebody registered (harbour.co.uk, by the public suffix list),
    the last two labels of a host under no public suffix, empty where there is no host.
    """
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    domain = get_fld(host, fail_silently=True, fix_protocol=True, search_private=True)
    return domain or ".".join(host.split(".")[-2:])


def has_secret(address: str) -> bool:
    """Tell whether whoever knows an address may know what others may not: it carries a name, a password, a
    key, or what reads like one.
    """
    return mask_secrets(address) != address


def feed_key(url: str) -> str:
    """Return what all spellings of a feed's address share; with a name and password it is another feed than
    without.
    """
    secret = _user(url)
    return link_key(url) + (f"#{blake2b(secret.encode(), digest_size=8).hexdigest()}" if secret else "")


def _user(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:
        return ""


def _without_keys(address: str) -> str:
    """Return one address without its keys, piece by piece."""
    cut = address[:LONGEST]
    start = cut.find("://") + 3 if "://" in cut else 0
    rest = _STREAM.sub(MASK, cut[start:])
    pieces: list[str] = []
    before = ""
    at = 0
    for mark in (*_PARTS.finditer(rest), None):
        piece = rest[at : mark.start() if mark else len(rest)]
        place = rest[at - 1] if at else ""
        pieces += [place, _host(piece) if not at else _piece(piece, place, before)]
        before = _last_word(piece) if place == "/" else ""
        at = mark.end() if mark else at
    more = MASK if len(address) > LONGEST else ""
    return cut[:start] + "".join(pieces) + more


def _host(host: str) -> str:
    """Return a host without the labels that are keys; the last two are the owner's name."""
    labels = host.split(".")
    return (
        ".".join(MASK if _is_opaque(label) else label for label in labels[:-2])
        + "." * (len(labels) > 2)
        + ".".join(labels[-2:])
    )


def _piece(piece: str, place: str, before: str) -> str:
    """Return a part of a path, or a name with its value, without a key; `before` is the last word of the part
    before it.
    """
    if "=" in piece.rstrip("=") and not (place == "/" and _is_opaque(piece.partition("=")[0])):
        return piece if place == "/" and len(piece.partition("=")[2]) < 4 else _pair(piece)
    ending = _EXTENSION.search(piece) if place == "/" else None
    bare, ending_text = (piece[: ending.start()], ending.group()) if ending else (piece, "")
    name, colon, value = bare.partition(":")
    if colon and value:
        return f"{name}:{MASK}{ending_text}" if _last_word(name) in _SECRET_WORDS or _is_key(value) else piece
    if bare.startswith("private-") and _is_key(bare[8:]):
        return f"private-{MASK}{ending_text}"
    if before in _PUBLIC:
        return piece
    is_named_secret = before in _SECRET_WORDS | {"key", "private"} and len(bare) >= 6 and not bare.isalpha()
    padded = bare.endswith("=") and len(bare) >= 8 and len(_DIGIT_RUNS.findall(bare)) > 1
    return MASK + ending_text if bare and (is_named_secret or padded or _is_key(bare)) else piece


def _pair(pair: str) -> str:
    """Return `name=value` without its value where that is a key."""
    name, equals, value = pair.partition("=")
    if not (equals and value):
        return pair
    words = [word.lower() for word in _WORDS.findall(unquote(name))]
    last, full_name = words[-1] if words else "", "".join(words)
    if last in _SECRET_WORDS or full_name in _SECRET_WORDS or (len(words) > 1 and last == "key"):
        return f"{name}={MASK}"
    if last.endswith(("token", "secret", "passkey", "apikey", "authkey", "rsskey", "password")):
        return f"{name}={MASK}"
    if last == "key" or full_name == "uuid":
        return f"{name}={MASK}"
    if _PUBLIC & set(words):
        return pair
    plain = unquote(value)
    doubtful = last in _DOUBTFUL or last.endswith("key")
    return f"{name}={MASK}" if (_is_opaque(plain) if doubtful else _is_strong(plain)) else pair


def _last_word(name: str) -> str:
    words = _WORDS.findall(unquote(name))
    full_name = "".join(words).lower()
    return full_name if full_name in _SECRET_WORDS else (words[-1].lower() if words else "")


def _is_key(text: str) -> bool:
    """Tell whether a part of a path is a key: as a whole, or one of the parts that people's marks divide it
    into.
    """
    plain = unquote(text)
    return _is_strong(plain) or _is_opaque(plain)


def _is_strong(text: str) -> bool:
    """Tell whether a text is what only a machine makes: a UUID, a web token, a hash, a long number of letters
    and digits.
    """
    return bool(
        _UUID.search(text)
        or _JWT.match(text)
        or _LONG.search(text)
        or (len(text) >= MANY_LETTERS and _HEX.fullmatch(text))
    )


def _is_opaque(text: str) -> bool:
    """Tell whether a text reads like a key: parted by marks as people part words, one of its parts; without
    such words, the whole.
    """
    if _is_strong(text) or any(_is_random(part) for part in re.split(r"[-_.~+,!*=$@()' ]", text)):
        return True
    return (
        len(text) >= LETTERS
        and not _WORD.search(text)
        and _is_random(re.sub(r"[-_=]", "", text))
        and text.count("-") < 4
    )


def _is_random(word: str) -> bool:
    if not word.isascii() or len(word) < SHORTEST_KEY or word.isdigit():
        return False
    if word.isalpha():
        humps = len(_HUMP.findall(word))
        return (humps >= 3 and len(word) < 4 * humps) or (
            len(word) >= LETTERS and (len(word) >= MANY_LETTERS or _UNSPOKEN.search(word) is not None)
        )
    runs = len(_DIGIT_RUNS.findall(word))
    return runs >= 4 or _HEX.fullmatch(word) is not None or (runs >= 3 and len(_HUMP.findall(word)) >= 2)
