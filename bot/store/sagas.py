"""Sagas: which stories belong to one longer affair, as grouping found out."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, bindparam, delete, or_, select

from bot.model import RelatedStories
from bot.store.database import Tx
from bot.store.rows import each, insert
from bot.store.schema import related_stories

AT_A_TIME = 400
"""Ids in one statement: both databases take several thousand parameters, and half of them are asked twice."""


async def relate(tx: Tx, related: Mapping[int, Mapping[int, float]], now: datetime) -> None:
    """Record how likely stories belong to one saga, by the two; 0 takes a pair back."""
    likeness_by_pair = {
        (min(story_id, other_id), max(story_id, other_id)): likeness
        for story_id, others in related.items()
        for other_id, likeness in others.items()
    }
    rows = [
        {"first_id": first, "second_id": second, "likeness": likeness, "at": now}
        for (first, second), likeness in sorted(likeness_by_pair.items())
        if likeness
    ]
    if rows:
        statement = insert(tx, related_stories)
        newer = {"likeness": statement.excluded.likeness, "at": statement.excluded.at}
        key = [related_stories.c.first_id, related_stories.c.second_id]
        await tx.execute(statement.on_conflict_do_update(index_elements=key, set_=newer), rows)
    unrelated = [
        {"first": first, "second": second}
        for (first, second), likeness in likeness_by_pair.items()
        if not likeness
    ]
    if unrelated:
        is_pair = and_(
            related_stories.c.first_id == bindparam("first", type_=Integer),
            related_stories.c.second_id == bindparam("second", type_=Integer),
        )
        await tx.execute(delete(related_stories).where(is_pair), unrelated)


async def inherit(tx: Tx, source_id: int, target_id: int, now: datetime) -> None:
    """Let a story be related to what one that went into it was."""
    pairs = await related_to(tx, [source_id])
    await tx.execute(delete(related_stories).where(_holds(tx, [source_id])))
    likeness = {pair.other(target_id): pair.likeness for pair in await related_to(tx, [target_id])}
    inherited = {
        other: max(pair.likeness, likeness.get(other, 0.0))
        for pair in pairs
        if (other := pair.other(source_id)) != target_id
    }
    await relate(tx, {target_id: inherited}, now)


async def related_to(tx: Tx, story_ids: Collection[int]) -> list[RelatedStories]:
    """Return the pairs of one saga that any of some stories is in."""
    ids = sorted(story_ids)
    pairs: dict[tuple[int, int], RelatedStories] = {}
    for start in range(0, len(ids), AT_A_TIME):
        query = select(related_stories).where(_holds(tx, ids[start : start + AT_A_TIME]))
        for row in await tx.execute(query):
            pairs[row.first_id, row.second_id] = RelatedStories(row.first_id, row.second_id, row.likeness)
    return [pairs[pair] for pair in sorted(pairs)]


def _holds(tx: Tx, story_ids: Collection[int]) -> ColumnElement[bool]:
    return or_(
        each(tx, related_stories.c.first_id, story_ids), each(tx, related_stories.c.second_id, story_ids)
    )
