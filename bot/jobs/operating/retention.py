"""retain: keep what is needed and forget the rest, in many short transactions; twice is as good as once."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.jobs import Context
from bot.store import Tx, retention, system

BATCH_ROWS = 500
"""Rows that one transaction looks at: a fraction of a second, after which others have their turn."""

BATCHES_MAX = 40
"""Transactions of one kind in one round: twice what the news of an hour needs at the largest size."""

ENTRIES_CURSOR = "entries looked at for retention"
OPERATIONS_CURSOR = "operations looked at for retention"


async def retain(ctx: Context) -> dict[str, int]:
    """Forget what is older than the policy keeps; returns how much of each kind, nothing where there was
    nothing.
    """
    now, keep = ctx.clock(), ctx.policy.keep
    counts: dict[str, int] = {}
    if keep.texts is not None:
        counts["texts"] = await _repeat(ctx, retention.cut_texts, now - keep.texts)
    if keep.entries is not None:
        counts["entries"] = await _walk(ctx, retention.forget_entries, now - keep.entries, ENTRIES_CURSOR)
        counts["told_texts"] = await _repeat(ctx, retention.cut_told_texts, now - keep.entries)
    if keep.posts is not None:
        counts["operations"] = await _walk(
            ctx, retention.empty_operations, now - keep.posts, OPERATIONS_CURSOR, again=False
        )
        counts["slots"] = await _repeat(ctx, retention.forget_slots, now - keep.posts)
        counts["answers"] = await _repeat(ctx, retention.forget_answers, now - keep.posts)
    return {kind: count for kind, count in counts.items() if count}


async def _repeat(
    ctx: Context, forget: Callable[[Tx, datetime, int], Awaitable[int]], before: datetime
) -> int:
    """Forget the oldest first, a batch at a time, until there is nothing left or it is enough for now."""
    total = 0
    for _ in range(BATCHES_MAX):
        async with ctx.store.write() as tx:
            count = await forget(tx, before, BATCH_ROWS)
        total += count
        if count < BATCH_ROWS:
            break
    return total


async def _walk(
    ctx: Context,
    forget: Callable[[Tx, datetime, int, int], Awaitable[retention.Step]],
    before: datetime,
    cursor: str,
    *,
    again: bool = True,
) -> int:
    """Go on through rows, from where the last round ended; at the end begin `again`, for what had to stay
    then may go some day.
    """
    total = 0
    for _ in range(BATCHES_MAX):
        async with ctx.store.write() as tx:
            after = int(await system.fact(tx, cursor) or 0)
            step = await forget(tx, before, after, BATCH_ROWS)
            if step.after is not None or again:
                await system.remember(tx, cursor, str(step.after or 0))
        total += step.count
        if step.after is None:
            break
    return total
