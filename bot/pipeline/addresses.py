"""What may be shown of an address, and what makes two addresses one feed."""

import re
from hashlib import blake2b
from urllib.parse import urlsplit

from bot.pipeline.identify import link_key

_USER = re.compile(r"(?<=//)(?:[^/?#\s]*|[^/?#\s:]*:(?!\d{1,5}/)\S*)@")
_SECRET = re.compile(
    r"([?&](?:[\w.-]*[_.-])?(?:token|accesstoken|apikey|key|secret|auth|password|passwd|pass|pwd|sig|signature)=)[^&#\s]+",
    re.IGNORECASE,
)
"""Whole names of parameters, or their last part: `api_key` is one, `keyword` and `author` are not."""


def masked(text: str) -> str:
    """Return a text without the names, passwords and keys in its addresses."""
    return _SECRET.sub(r"\1…", _USER.sub("…@", text))


def has_password(address: str) -> bool:
    """Tell whether an address carries a name, a password or a key."""
    return masked(address) != address


_OPAQUE = re.compile(
    r"[/=](?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[0-9]*[a-z])(?=[a-z]*[0-9])[0-9a-z]{32,})(?![\w-])",
    re.IGNORECASE,
)
"""What nobody can guess: a UUID, or 32 letters and digits and more, as a part of the path or a value."""


def has_secret(address: str) -> bool:
    """Tell whether whoever knows an address may know what others may not: it carries a name, a password, a key, or what reads like one.

    In doubt it does: then a feed stays with the server that added it.
    """
    return has_password(address) or _OPAQUE.search(address) is not None


def feed_key(url: str) -> str:
    """Return what all spellings of a feed's address share; with a name and password it is another feed than without."""
    secret = _user(url)
    return link_key(url) + (f"#{blake2b(secret.encode(), digest_size=8).hexdigest()}" if secret else "")


def _user(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:
        return ""
