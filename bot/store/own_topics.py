"""Topics that a server has made for itself: terms under a name, which no other server sees."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update

from bot.model import OwnTopic
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import channels, own_topics, subscriptions


def _own_topic(row: Row[Any]) -> OwnTopic:
    return OwnTopic(name=row.name, within=row.within, terms=row.terms)


async def of_server(tx: Tx, server_id: int) -> list[OwnTopic]:
    """Return the topics of a server, by name."""
    query = select(own_topics).where(own_topics.c.server_id == server_id).order_by(own_topics.c.name_key)
    return [_own_topic(row) for row in await tx.execute(query)]


async def keep(tx: Tx, server_id: int, name_key: str, topic: OwnTopic, now: datetime) -> int:
    """Keep a topic of a server, in place of the one of that name, and let its subscriptions follow; returns
    how many do.
    """
    values = {"name": topic.name, "within": topic.within, "terms": topic.terms}
    statement = insert(tx, own_topics).values(
        server_id=server_id, name_key=name_key, created_at=now, **values
    )
    await tx.execute(statement.on_conflict_do_update(index_elements=["server_id", "name_key"], set_=values))
    new_values = {"own_topic": topic.name, "topic": topic.within, "topic_terms": topic.terms}
    statement_of_followers = update(subscriptions).where(_on(server_id, name_key)).values(new_values)
    return (await tx.execute(statement_of_followers)).rowcount


async def forget(tx: Tx, server_id: int, name_key: str) -> None:
    """Forget a topic of a server."""
    is_meant = and_(own_topics.c.server_id == server_id, own_topics.c.name_key == name_key)
    await tx.execute(delete(own_topics).where(is_meant))


async def count_followers(tx: Tx, server_id: int, name_key: str) -> int:
    """Return how many subscriptions of a server are to a topic of its own."""
    query = select(func.count()).select_from(subscriptions).where(_on(server_id, name_key))
    return int((await tx.execute(query)).scalar_one())


async def hand_over(tx: Tx, made_up: int, server_id: int) -> None:
    """Let the topics of a server that was made up belong to the real one, where that has none of the name."""
    own = select(own_topics.c.name_key).where(own_topics.c.server_id == server_id)
    is_made_up = own_topics.c.server_id == made_up
    await tx.execute(delete(own_topics).where(is_made_up, own_topics.c.name_key.in_(own)))
    await tx.execute(update(own_topics).where(is_made_up).values(server_id=server_id))


def _on(server_id: int, name_key: str) -> Any:
    """Return the condition of active subscriptions in channels of a server that are to a topic of its own."""
    own_channels = select(channels.c.id).where(channels.c.server_id == server_id)
    return and_(
        subscriptions.c.channel_id.in_(own_channels),
        subscriptions.c.own_topic_key == name_key,
        subscriptions.c.state == "active",
    )
