"""Posts held back after a backup was brought in, until a person says how the instance may go on."""

from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update

from bot.model import FeedState, OperationState
from bot.store.database import Tx
from bot.store.outbox import OPEN
from bot.store.rows import insert
from bot.store.schema import facts, feeds, operations, told_marks

RESTORED = "restored_at"
"""The fact that holds posts back; its value is the moment."""


async def start_hold(tx: Tx, now: datetime) -> None:
    """Hold posts back from now on, and make every feed due: what they brought since the backup is to be known
    soon.
    """
    row = {"name": RESTORED, "value": now.isoformat()}
    statement = insert(tx, facts).values(row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
    await tx.execute(update(feeds).values(next_poll_at=now))


async def held_since(tx: Tx) -> datetime | None:
    """Return since when posts are held back, None when they are not."""
    value = (await tx.execute(select(facts.c.value).where(facts.c.name == RESTORED))).scalar()
    return datetime.fromisoformat(value) if value else None


async def end_hold(tx: Tx) -> None:
    """Let posts leave again."""
    await tx.execute(delete(facts).where(facts.c.name == RESTORED))


async def count_unpolled(tx: Tx, moment: datetime) -> int:
    """Return how many feeds were not tried after a moment at which all were due."""
    due = or_(feeds.c.next_poll_at.is_(None), feeds.c.next_poll_at <= moment)
    query = select(func.count()).where(feeds.c.state == FeedState.ACTIVE, due)
    return int((await tx.execute(query)).scalar_one())


async def abandon_queued(tx: Tx, moment: datetime, cause: str) -> int:
    """Supersede what waited at a moment, and forget that its stories were told unless it may have been sent;
    returns how many.
    """
    waiting = and_(operations.c.state.in_((*OPEN, OperationState.HELD)), operations.c.created_at <= moment)
    unsent = select(operations.c.id).where(
        waiting, operations.c.state == OperationState.QUEUED, operations.c.attempts == 0
    )
    await tx.execute(told_marks.delete().where(told_marks.c.operation_id.in_(unsent)))
    values = {"state": OperationState.SUPERSEDED, "cause": cause, "not_before": None}
    abandoned_rows = await tx.execute(
        update(operations).where(waiting).values(values).returning(operations.c.id)
    )
    return len(abandoned_rows.all())
