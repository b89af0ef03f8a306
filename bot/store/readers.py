"""Readers: what people keep for themselves, the stories they saved and until when they have caught up with a
channel.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select

from bot.model import Person, SavedStory
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import catch_ups, saved_stories, seen_lists


async def save_story(tx: Tx, person: Person, story: SavedStory) -> bool:
    """Keep a story for somebody; False where they have it already."""
    row = {
        "platform": person.platform,
        "person": person.address,
        "story_id": story.story_id,
        "headline": story.headline,
        "link": story.link,
        "outlet": story.outlet,
        "saved_at": story.saved_at,
    }
    statement = insert(tx, saved_stories).values(row).on_conflict_do_nothing()
    new_row = (await tx.execute(statement.returning(saved_stories.c.story_id))).first()
    return new_row is not None


async def saved_by(tx: Tx, person: Person) -> list[SavedStory]:
    """Return the stories that somebody saved, the last one first."""
    columns = (
        saved_stories.c.story_id,
        saved_stories.c.headline,
        saved_stories.c.link,
        saved_stories.c.outlet,
        saved_stories.c.saved_at,
    )
    order = (saved_stories.c.saved_at.desc(), saved_stories.c.story_id.desc())
    rows = await tx.execute(select(*columns).where(_saved(person)).order_by(*order))
    return [SavedStory(**row._mapping) for row in rows]


async def count_saved(tx: Tx, person: Person) -> int:
    """Return how many stories somebody saved."""
    query = select(func.count()).select_from(saved_stories).where(_saved(person))
    return int((await tx.execute(query)).scalar_one())


async def remove_saved(tx: Tx, person: Person, story_ids: Collection[int]) -> None:
    """Take stories out of those that somebody saved."""
    condition = and_(_saved(person), saved_stories.c.story_id.in_(story_ids))
    await tx.execute(delete(saved_stories).where(condition))


async def caught_up_at(tx: Tx, person: Person, channel_id: int) -> datetime | None:
    """Return until when somebody has caught up with a channel, None where they never asked."""
    query = select(catch_ups.c.caught_up_at).where(_caught_up(person), catch_ups.c.channel_id == channel_id)
    moment: datetime | None = (await tx.execute(query)).scalar()
    return moment


async def count_catch_ups(tx: Tx, person: Person) -> int:
    """Return with how many channels somebody has caught up."""
    query = select(func.count()).select_from(catch_ups).where(_caught_up(person))
    return int((await tx.execute(query)).scalar_one())


async def catch_up(tx: Tx, person: Person, channel_id: int, now: datetime) -> None:
    """Remember that somebody has caught up with a channel."""
    key = {"platform": person.platform, "person": person.address, "channel_id": channel_id}
    statement = insert(tx, catch_ups).values({**key, "caught_up_at": now})
    await tx.execute(statement.on_conflict_do_update(index_elements=list(key), set_={"caught_up_at": now}))


async def forget_person(tx: Tx, person: Person) -> None:
    """Delete all that somebody keeps: what they saved, how far they have caught up, the lists they saw."""
    lists_of_person = and_(seen_lists.c.platform == person.platform, seen_lists.c.person == person.address)
    await tx.execute(delete(saved_stories).where(_saved(person)))
    await tx.execute(delete(catch_ups).where(_caught_up(person)))
    await tx.execute(delete(seen_lists).where(lists_of_person))


def _saved(person: Person) -> ColumnElement[bool]:
    return and_(saved_stories.c.platform == person.platform, saved_stories.c.person == person.address)


def _caught_up(person: Person) -> ColumnElement[bool]:
    return and_(catch_ups.c.platform == person.platform, catch_ups.c.person == person.address)
