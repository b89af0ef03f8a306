"""Keys of entries that are kept no more: their feeds may bring them still, and they are no news for that.

A record is eight bytes of a hash beside its feed, one to three for each entry: of feeds of any size no two
are ever alike by chance.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from hashlib import blake2b

from sqlalchemy import select

from bot.model import Keys
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import gone_keys
from bot.text.words import fold

BYTES = 8
DIGESTS_AT_A_TIME = 900
"""Digests that one statement asks for."""


async def add(tx: Tx, entries: Iterable[tuple[int, Keys, str]]) -> None:
    """Remember entries that are about to go, each by its feed, keys and title."""
    rows = [
        {"feed_id": feed_id, "digest": digest}
        for feed_id, keys, title in entries
        for digest in _digests(keys, title)
    ]
    if rows:
        await tx.execute(insert(tx, gone_keys).on_conflict_do_nothing(), rows)


async def find(tx: Tx, items: Mapping[int, Sequence[tuple[Keys, str]]]) -> dict[int, Set[Keys]]:
    """Return which items of feeds are entries that are gone, by feed; items are keys and titles."""
    return {
        feed_id: await _find_of_feed(tx, feed_id, feed_items)
        for feed_id, feed_items in items.items()
        if feed_items
    }


async def _find_of_feed(tx: Tx, feed_id: int, items: Sequence[tuple[Keys, str]]) -> Set[Keys]:
    digests = {keys: _digests(keys, title) for keys, title in items}
    asked = sorted({digest for of_item in digests.values() for digest in of_item})
    gone: set[int] = set()
    for start in range(0, len(asked), DIGESTS_AT_A_TIME):
        part = asked[start : start + DIGESTS_AT_A_TIME]
        query = select(gone_keys.c.digest).where(gone_keys.c.feed_id == feed_id, gone_keys.c.digest.in_(part))
        gone |= set((await tx.execute(query)).scalars())
    return {keys for keys, of_item in digests.items() if not gone.isdisjoint(of_item)}


def _digests(keys: Keys, title: str) -> tuple[int, ...]:
    """Return digests of what an entry may be known by. Its link is none of them without its title: many feeds
    link what is new to the page of what was before.
    """
    link_line = f"{keys.link_key}\n{fold(title)}" if keys.link_key else ""
    return tuple(_digest(name) for name in (keys.key, keys.alias, link_line) if name)


def _digest(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=BYTES).digest(), "big", signed=True)
