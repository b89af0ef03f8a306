"""housekeeping: what keeps the store true. Runs now and then; everything in it may be done twice."""

from datetime import timedelta

from bot.jobs import Context
from bot.jobs.operating.offers import tell_offers
from bot.jobs.operating.retention import retain
from bot.pipeline.relevance.judge import verdicts
from bot.pipeline.timing.retry import GIVEN_UP
from bot.store import (
    entries,
    model_cache,
    outbox,
    posted_documents,
    seen_lists,
    spending,
    stories,
    subscriptions,
    system,
    usage,
)

REJUDGED_PERIOD = timedelta(hours=72)
BATCH = 500
REASONS = timedelta(days=30)
"""How long it is kept why an entry is in its story and what a limit held back: as long as `/why` looks at
digests.
"""

LOST_CAUSE = "nobody let us post there for a week"


async def rejudge(ctx: Context) -> int:
    """Judge entries of the last 72 hours again after topics or names changed; returns how many."""
    rules, total = ctx.rules, 0
    while True:
        async with ctx.store.read() as tx:
            stale = await entries.unjudged(tx, rules.hash, ctx.clock() - REJUDGED_PERIOD, BATCH)
        verdicts_by_entry = {
            entry.id: verdicts(rules, entry.title, entry.text, entry.categories, ai_only=ai_only)
            for entry, ai_only in stale
        }
        async with ctx.store.write() as tx:
            await entries.store_verdicts(tx, verdicts_by_entry)
        total += len(stale)
        if len(stale) < BATCH:
            return total


async def housekeeping(ctx: Context, _: int) -> None:
    """Judge again what new rules may see differently; forget what is looked at no more: expired calls, what
    models wrote and cost and what was composed long ago, old reasons, and what is kept no longer; refuse what
    a lost channel could not take for a week; tell operators what waits for them; let the database see how
    much it holds.
    """
    rejudged_count = await rejudge(ctx)
    now = ctx.clock()
    async with ctx.store.write() as tx:
        await system.forget_calls(tx, now)
        await model_cache.forget(tx, now)
        await spending.forget(tx, now)
        await usage.forget(tx, now)
        await posted_documents.forget(tx, now)
        await seen_lists.forget(tx, now - REASONS)
        await subscriptions.forget_caps(tx, now - REASONS)
        await stories.forget_placements(tx, now - REASONS)
        for number in await outbox.refuse_paused(tx, now - GIVEN_UP, LOST_CAUSE):
            await subscriptions.untell(tx, number)
        await tell_offers(tx, ctx)
    if forgotten := await retain(ctx):
        ctx.log.info("store.retained", **forgotten)
    await ctx.store.refresh_statistics()
    if rejudged_count:
        ctx.log.info("entries.rejudged", entries=rejudged_count)
