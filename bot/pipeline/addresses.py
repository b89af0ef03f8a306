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


def feed_key(url: str) -> str:
    """Return what all spellings of a feed's address share; with a name and password it is another feed than without."""
    secret = _user(url)
    return link_key(url) + (f"#{blake2b(secret.encode(), digest_size=8).hexdigest()}" if secret else "")


def _user(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:
        return ""
