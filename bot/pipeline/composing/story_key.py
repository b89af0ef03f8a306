"""The key in a story's link: whoever holds it may see this one story as the channel does that showed it.

A channel's secret itself stands in no link, for it would open all the channel's stories.
"""

import re
from hashlib import blake2b
from hmac import compare_digest

from bot.model import Channel

KEY_BYTES = 8
"""64 bits, and each guess is a command of thirty a minute."""

_KEY = re.compile(r"([0-9]{1,12})x([0-9a-f]{16})")


def story_key(channel: Channel, story_id: int) -> str:
    """Return the key of one story in one channel, empty for a place that we have no record of."""
    return f"{channel.id}x{_signature(channel, story_id)}" if channel.view_key else ""


def channel_id_of(key: str) -> int | None:
    """Return the number of the channel that a key says it is of, None where it is no key."""
    match = _KEY.fullmatch(key)
    return int(match[1]) if match else None


def opens(key: str, channel: Channel, story_id: int) -> bool:
    """Tell whether a key is that of this story in this channel."""
    return bool(channel.view_key) and compare_digest(key, story_key(channel, story_id))


def _signature(channel: Channel, story_id: int) -> str:
    return blake2b(str(story_id).encode(), key=channel.view_key.encode(), digest_size=KEY_BYTES).hexdigest()
