"""What places make of feeds: a row for each server that says something, and one for everybody.

A row that says nothing stands for a server that had a feed: what it took away it may bring back.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update

from bot.model import FeedRules
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import feed_rules

EVERYBODY = 0
"""In place of a server: what the configuration says for all."""

NO_RULES = FeedRules()


async def load(tx: Tx, server_id: int) -> dict[int, FeedRules]:
    """Return what a server makes of feeds, by their ids, where anything is said: its own word first, then
    that for everybody. What is closed to models for everybody stays closed.
    """
    query = select(feed_rules).where(feed_rules.c.server_id.in_((EVERYBODY, server_id)))
    rules: dict[int, FeedRules] = {}
    for row in await tx.execute(query.order_by(feed_rules.c.server_id)):
        before = rules.get(row.feed_id, NO_RULES)
        rules[row.feed_id] = FeedRules(
            daily_cap=before.daily_cap if row.daily_cap is None else row.daily_cap,
            leads=before.leads if row.leads is None else row.leads,
            for_models=before.for_models and row.for_models is not False,
        )
    return rules


async def set_rule(tx: Tx, feed_id: int, server_id: int, **values: Any) -> None:
    """Change what a server makes of a feed."""
    row = {"feed_id": feed_id, "server_id": server_id, **values}
    key = (feed_rules.c.feed_id, feed_rules.c.server_id)
    await tx.execute(
        insert(tx, feed_rules).values(row).on_conflict_do_update(index_elements=key, set_=values)
    )


async def remember(tx: Tx, feed_id: int, server_id: int) -> None:
    """Remember that a server had a feed."""
    row = {"feed_id": feed_id, "server_id": server_id}
    await tx.execute(insert(tx, feed_rules).values(row).on_conflict_do_nothing())


async def replace_for_everybody(tx: Tx, rules: Mapping[int, Mapping[str, Any]]) -> None:
    """Let some rules, by feed, be all that count for everybody."""
    await tx.execute(delete(feed_rules).where(feed_rules.c.server_id == EVERYBODY))
    for feed_id, values in rules.items():
        await set_rule(tx, feed_id, EVERYBODY, **values)


async def copy_to_twin(tx: Tx, feed_id: int, twin: int) -> None:
    """Let what servers make of a feed hold for the one that takes its place, where they have said nothing of
    that.
    """
    rows = await tx.execute(select(feed_rules).where(feed_rules.c.feed_id == feed_id))
    for row in rows.mappings().all():
        values = {**row, "feed_id": twin}
        await tx.execute(insert(tx, feed_rules).values(values).on_conflict_do_nothing())


async def hand_over(tx: Tx, made_up: int, server_id: int) -> None:
    """Let what was said under a made-up server hold in the real one, where that has said nothing."""
    own = select(feed_rules.c.feed_id).where(feed_rules.c.server_id == server_id)
    is_made_up = feed_rules.c.server_id == made_up
    await tx.execute(delete(feed_rules).where(is_made_up, feed_rules.c.feed_id.in_(own)))
    await tx.execute(update(feed_rules).where(is_made_up).values(server_id=server_id))
