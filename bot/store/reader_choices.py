"""What people choose for themselves: the language they are answered in, what they want to see nothing of, and
the stories that they follow.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, func, or_, select, update

from bot.model import ChannelState, FollowedStory, OperationState, Person, Purpose
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import (
    channels,
    follows,
    mutes,
    operations,
    reader_languages,
    stories,
    subscriptions,
)

FOLLOW = "follow"
"""The origin of subscriptions by which somebody follows a topic."""

UNFOLLOWED = "It is followed no more."


async def language_of(tx: Tx, person: Person) -> str:
    """Return the language that somebody chose to be answered in, empty where they chose none."""
    query = select(reader_languages.c.language).where(_of(reader_languages, person))
    return str((await tx.execute(query)).scalar() or "")


async def choose_language(tx: Tx, person: Person, language: str) -> None:
    """Answer somebody in a language from now on; an empty one ends that."""
    await tx.execute(delete(reader_languages).where(_of(reader_languages, person)))
    if language:
        await tx.execute(insert(tx, reader_languages).values({**_key(person), "language": language}))


async def muted_by(tx: Tx, person: Person) -> list[str]:
    """Return the terms of which somebody wants to see nothing, the oldest first."""
    query = select(mutes.c.term).where(_of(mutes, person)).order_by(mutes.c.muted_at, mutes.c.term)
    return list((await tx.execute(query)).scalars())


async def mute(tx: Tx, person: Person, term: str, now: datetime) -> None:
    """Show somebody nothing of a term any more."""
    row = {**_key(person), "term": term, "muted_at": now}
    await tx.execute(insert(tx, mutes).values(row).on_conflict_do_nothing())


async def unmute(tx: Tx, person: Person, terms: Collection[str]) -> None:
    """Show somebody again what fits some terms."""
    await tx.execute(delete(mutes).where(_of(mutes, person), mutes.c.term.in_(terms)))


async def follow(tx: Tx, person: Person, story: FollowedStory) -> bool:
    """Let somebody hear of a story; False where they do already."""
    row = {
        **_key(person),
        "channel_id": story.channel_id,
        "story_id": story.story_id,
        "change_no": story.change_no,
        "headline": story.headline,
        "link": story.link,
        "followed_at": story.followed_at,
    }
    statement = insert(tx, follows).values(row).on_conflict_do_nothing().returning(follows.c.id)
    return (await tx.execute(statement)).first() is not None


async def followed_by(tx: Tx, person: Person) -> list[FollowedStory]:
    """Return the stories that somebody follows, the last one first."""
    order = (follows.c.followed_at.desc(), follows.c.id.desc())
    rows = await tx.execute(select(follows).where(_of(follows, person)).order_by(*order))
    return [_followed_story(row) for row in rows]


async def unfollow(tx: Tx, person: Person, story_ids: Collection[int]) -> None:
    """Let somebody hear no more of some stories, nor what waits to be told of them."""
    await _withdraw(tx, and_(_of(follows, person), follows.c.story_id.in_(story_ids)))
    await tx.execute(delete(follows).where(_of(follows, person), follows.c.story_id.in_(story_ids)))


async def withdraw_news_at_once(tx: Tx, channel_id: int) -> None:
    """Take back what waits to be told at once in a private chat to which no subscription posts any more, but
    of stories that are followed there.
    """
    is_wanted = subscriptions.c.channel_id == channel_id, subscriptions.c.state == "active"
    if (await tx.execute(select(subscriptions.c.id).where(*is_wanted).limit(1))).first() is not None:
        return
    followed = select(follows.c.story_id).where(follows.c.channel_id == channel_id)
    of_others = and_(operations.c.purpose == Purpose.STORY, operations.c.subject_id.not_in(followed))
    await _supersede(tx, and_(operations.c.channel_id == channel_id, of_others))


async def _withdraw(tx: Tx, ended_follows: ColumnElement[bool]) -> None:
    """Take back what waits to be told of stories that are followed no more."""
    followed = select(follows.c.channel_id, follows.c.story_id).where(ended_follows)
    for channel_id, story_id in (await tx.execute(followed)).all():
        of_story = and_(operations.c.purpose == Purpose.STORY, operations.c.subject_id == story_id)
        await _supersede(tx, and_(operations.c.channel_id == channel_id, of_story))


async def _supersede(tx: Tx, waiting: ColumnElement[bool]) -> None:
    values = {"state": OperationState.SUPERSEDED, "cause": UNFOLLOWED, "not_before": None}
    await tx.execute(
        update(operations).where(waiting, operations.c.state == OperationState.QUEUED).values(values)
    )


async def changed_follows(tx: Tx, limit: int) -> dict[int, int]:
    """Return the ids of follows whose story has changed since they were looked at, or went into another, in
    chats that we may write to, each with that of its channel.
    """
    query = (
        select(follows.c.id, follows.c.channel_id)
        .join(stories, stories.c.id == follows.c.story_id)
        .join(channels, channels.c.id == follows.c.channel_id)
        .where(
            or_(stories.c.change_no > follows.c.change_no, stories.c.merged_into.is_not(None)),
            channels.c.state == ChannelState.ACTIVE,
        )
        .order_by(follows.c.id)
        .limit(limit)
    )
    return {row.id: row.channel_id for row in await tx.execute(query)}


async def follow_at(tx: Tx, follow_id: int) -> FollowedStory | None:
    """Return a follow by its id."""
    row = (await tx.execute(select(follows).where(follows.c.id == follow_id))).first()
    return _followed_story(row) if row else None


async def look_up_to(tx: Tx, follow_id: int, story_id: int, change_no: int) -> None:
    """Remember up to which change a follow was looked at, under the id that its story has now; one that is
    followed under that already ends.
    """
    row = (await tx.execute(select(follows).where(follows.c.id == follow_id))).first()
    if row is None:
        return
    twin = and_(
        follows.c.platform == row.platform,
        follows.c.person == row.person,
        follows.c.story_id == story_id,
        follows.c.id != follow_id,
    )
    if (await tx.execute(select(follows.c.id).where(twin))).first():
        await tx.execute(delete(follows).where(follows.c.id == follow_id))
        return
    values = {"story_id": story_id, "change_no": change_no}
    await tx.execute(update(follows).where(follows.c.id == follow_id).values(values))


async def count_choices(tx: Tx, person: Person) -> int:
    """Return how much somebody has chosen for themselves."""
    counts = [
        (await tx.execute(select(func.count()).select_from(table).where(_of(table, person)))).scalar_one()
        for table in (reader_languages, mutes, follows)
    ]
    return sum(map(int, counts))


async def forget_choices(tx: Tx, person: Person, chat: str) -> None:
    """Delete all that somebody chose, and end the subscriptions of their private chat by which they follow
    topics.
    """
    await _withdraw(tx, _of(follows, person))
    for table in (reader_languages, mutes, follows):
        await tx.execute(delete(table).where(_of(table, person)))
    own_channels = select(channels.c.id).where(
        channels.c.platform == person.platform, channels.c.address == chat
    )
    followed_topics = and_(subscriptions.c.channel_id.in_(own_channels), subscriptions.c.origin == FOLLOW)
    ended = update(subscriptions).where(followed_topics, subscriptions.c.state == "active")
    ended_channels = await tx.execute(ended.values(state="retired").returning(subscriptions.c.channel_id))
    for channel_id in set(ended_channels.scalars()):
        await withdraw_news_at_once(tx, channel_id)


def _key(person: Person) -> dict[str, str]:
    return {"platform": person.platform, "person": person.address}


def _of(table: Table, person: Person) -> ColumnElement[bool]:
    return and_(table.c.platform == person.platform, table.c.person == person.address)


def _followed_story(row: Row[Any]) -> FollowedStory:
    return FollowedStory(
        id=row.id,
        story_id=row.story_id,
        change_no=row.change_no,
        channel_id=row.channel_id,
        headline=row.headline,
        link=row.link,
        followed_at=row.followed_at,
    )
