"""Lists that people saw: what a number means to somebody who was just answered with one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select

from bot.model import Channel, Person, Place
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import seen_lists


async def remember(
    tx: Tx, place: Channel | Place, person: Person, story_ids: Sequence[int], now: datetime
) -> None:
    """Keep the stories that a person was shown in a place, in their order, instead of those before."""
    key = {
        "platform": place.platform,
        "address": place.address,
        "thread": place.thread,
        "person": person.address,
    }
    row = {**key, "stories": list(story_ids), "at": now}
    statement = insert(tx, seen_lists).values(row)
    await tx.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_={"stories": row["stories"], "at": now})
    )


async def last(tx: Tx, channel: Channel, person: Person) -> tuple[datetime, list[int]] | None:
    """Return the list that a person last saw in a place, and when."""
    row = (await tx.execute(select(seen_lists).where(_by(channel, person)))).first()
    return (row.at, list(row.stories)) if row else None


def _by(channel: Channel, person: Person) -> ColumnElement[bool]:
    return and_(
        seen_lists.c.platform == channel.platform,
        seen_lists.c.address == channel.address,
        seen_lists.c.thread == channel.thread,
        seen_lists.c.person == person.address,
    )


async def forget(tx: Tx, before: datetime) -> None:
    """Forget lists that were shown before a moment."""
    await tx.execute(delete(seen_lists).where(seen_lists.c.at < before))
