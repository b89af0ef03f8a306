"""read: fetch the page of an entry whose feed gives only a teaser, and keep the article's text."""

from datetime import timedelta

from bot.errors import FeedError, OffloadError
from bot.jobs import Context
from bot.pipeline.judge import judge
from bot.ports import FetchRequest
from bot.store import entries

DEADLINE = timedelta(seconds=15)
PAGE_LIMIT = 3 * 1024 * 1024


async def read(ctx: Context, entry_id: int) -> None:
    """Read one page. The teaser stays when the page cannot be read or holds less."""
    async with ctx.store.read() as tx:
        entry = await entries.get(tx, entry_id)
    if entry is None:
        return
    text = None
    try:
        page = await ctx.fetch(FetchRequest(entry.link, page=True, limit=PAGE_LIMIT))
        found = await ctx.offload(ctx.read_page, page.body, page.url, deadline=DEADLINE)
        text = found if len(found) > len(entry.text) else None
    except (FeedError, OffloadError) as error:
        ctx.log.info("page not read", entry=entry_id, url=entry.link, cause=str(error))
    except Exception:
        ctx.log.exception("a page failed in an unexpected way", entry=entry_id, url=entry.link)
    async with ctx.store.write() as tx:
        await entries.read_done(tx, entry_id, text)
        if text is not None:
            verdicts = [judge(ctx.rules, topic, entry.title, text) for topic in ctx.rules.topics]
            await entries.judged(tx, {entry_id: [v for v in verdicts if v.relevant]})
