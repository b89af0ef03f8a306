"""housekeeping: what keeps the store true. Runs now and then; everything in it may be done twice."""

from datetime import timedelta

from bot.jobs import Context
from bot.pipeline.judge import verdicts
from bot.pipeline.retry import GIVEN_UP
from bot.store import composed, entries, outbox, spending, subscriptions, system, written

AGAIN = timedelta(hours=72)
BATCH = 500
LOST = "nobody let us post there for a week"


async def rejudge(ctx: Context) -> int:
    """Judge entries of the last 72 hours again after topics or names changed; returns how many."""
    async with ctx.store.read() as tx:
        stale = await entries.unjudged(tx, ctx.rules.hash, ctx.clock() - AGAIN, BATCH)
    found = {
        entry.id: verdicts(ctx.rules, entry.title, entry.text, entry.categories, ai_only=ai_only)
        for entry, ai_only in stale
    }
    async with ctx.store.write() as tx:
        await entries.judged(tx, found)
    return len(stale)


async def housekeeping(ctx: Context, _: int) -> None:
    """Judge again what new rules may see differently; forget expired calls, what models wrote and what was composed long ago, and what models cost then; refuse what a lost channel could not take for a week."""
    again = await rejudge(ctx)
    async with ctx.store.write() as tx:
        await system.forget_calls(tx, ctx.clock())
        await written.forget(tx, ctx.clock())
        await spending.forget(tx, ctx.clock())
        await composed.forget(tx, ctx.clock())
        for number in await outbox.refuse_lost(tx, ctx.clock() - GIVEN_UP, LOST):
            await subscriptions.untell(tx, number)
    if again:
        ctx.log.info("judged again", entries=again)
