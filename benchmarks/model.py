"""What does writing with a model cost? `python -m benchmarks.model [--claims FILE --documents FILE…]`, without any key or network.

The sample newsroom is read, grouped and ranked by the real program. Then three channels in each of its languages want a digest of ten
stories, and want it once more after a restart. The endpoint is on loopback: it copies the first two sentences of each story, and counts
four bytes as a token. A model that copies cannot translate, so each channel is told the stories that its language leads. The same is done
with one story to a call. With claims, sentences that people approved are held against what we ask beyond the gate, with the two sentences
of their article that are nearest to them as receipts, and then with two of another article.
"""

import argparse
import asyncio
import json
import re
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from benchmarks.endpoint import serving
from benchmarks.faithfulness import documents
from benchmarks.report import rows, say
from bot.app.running import utc_now
from bot.app.wiring import Application, build_application
from bot.app.workers import Workers
from bot.commands.lists import declare_outline
from bot.demo.newsroom import Newsroom
from bot.feeds.fetch import Fetcher
from bot.feeds.opml import read_opml
from bot.i18n import load as load_texts
from bot.languages import SPOKEN
from bot.model import Length, Ranking
from bot.pipeline.selection.rank import rank, sort_by_score
from bot.pipeline.verification.check import Source
from bot.ports import ModelOptions, SummaryTask
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import Environment, load, shipped_folder
from bot.store import entries, feeds, open_store, stories
from bot.summarizers.openai import write
from bot.summarizers.openai.objection import is_backed, is_in
from bot.text.sentences import sentences
from bot.text.terms import split_terms

CHANNELS, STORIES = 3, 10
PATIENCE = 2
"""Failures after which a feed is one of the newsroom's broken ones."""

HOUR = timedelta(hours=1)
BYTES_PER_TOKEN = 4


class Endpoint:
    """A loopback endpoint that copies, and counts calls and tokens."""

    def __init__(self) -> None:
        self.calls = 0
        self.tokens = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Answer with the first two sentences of each story."""
        body = await request.json()
        system, user = (message["content"] for message in body["messages"][:2])
        given = dict(re.findall(r"^(\d+)\. \[[^\]]*\] (.+)$", user, re.MULTILINE))
        made = [
            {"text": given[str(n)], "ids": [n]}
            for first, last in re.findall(r"Sentences (\d+) to (\d+) tell", system)
            for n in range(int(first), min(int(first) + 2, int(last) + 1))
        ]
        content = json.dumps({"sentences": made}, ensure_ascii=False)
        usage = {"prompt_tokens": _tokens(system + user), "completion_tokens": _tokens(content)}
        self.calls += 1
        self.tokens += sum(usage.values())
        return web.json_response({"choices": [{"message": {"content": content}}], "usage": usage})


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


async def newsroom_cost() -> None:
    """Read the sample newsroom, and say what writing about it costs with several stories to a call and with one."""
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="strillone-bench-")))
        endpoint = Endpoint()
        endpoint.url = await stack.enter_async_context(serving(endpoint.answer))
        virtual = VirtualScheduler(utc_now())
        newsroom = await stack.enter_async_context(Newsroom(shipped_folder("demo"), virtual.clock))
        fetch = await stack.enter_async_context(Fetcher("Strillone/benchmark", opened=("127.0.0.1",)))
        workers = await stack.enter_async_context(Workers(1))
        settings = load(read_opml, Environment.model_construct(strillone_data=str(scratch)))

        async def started(model: str) -> Application:
            """Return the program as a start builds it on the store."""
            store = await open_store(settings.database)
            stack.push_async_callback(store.close)
            models = (ModelOptions(name=model, address=endpoint.url),)
            return await build_application(
                replace(settings, models=models), store, platforms={}, texts=load_texts(), fetch=fetch, offload=workers,
                clock=virtual.clock, wake=virtual.wake, log=structlog.get_logger(),
            )  # fmt: skip

        found = await _read(await started("reader"), newsroom, virtual)
        for together in (write.BATCH_STORIES, 1):
            name = f"{together} to a call"
            say(name, await measure(partial(started, name), found, endpoint, together))


async def measure(
    started: Callable[[], Awaitable[Application]],
    found: Mapping[str, list[Ranking]],
    endpoint: Endpoint,
    together: int,
) -> dict[str, Any]:
    """Return calls, tokens and what cache and batching saved, with so many stories to a call."""
    write.BATCH_STORIES = together
    endpoint.calls = endpoint.tokens = wanted = 0
    for _ in range(2):
        house = await started()
        for language, ranked in found.items():
            for _ in range(CHANNELS):
                digest = [SummaryTask(one, language, Length.LINE) for one in ranked]
                wanted += len(digest)
                await house.ctx.summarizer.summarize(digest)
    written = sum(map(len, found.values()))
    return {
        "wanted": wanted,
        "stories": written,
        "calls": endpoint.calls,
        "tokens_per_story": endpoint.tokens / written,
        "tokens_per_wanted": endpoint.tokens / wanted,
        "saved_by_cache": 1 - written / wanted,
        "saved_by_batching": 1 - endpoint.calls / written,
        "saved": 1 - endpoint.calls / wanted,
    }


async def _read(
    house: Application, newsroom: Newsroom, virtual: VirtualScheduler
) -> dict[str, list[Ranking]]:
    """Read the newsroom and return the best stories by the language that leads them."""
    ctx = house.ctx
    async with ctx.store.write() as tx:
        for outline in newsroom.outlines():
            await feeds.add(tx, declare_outline(outline), "config")
    virtual.use([line for line in house.lines if line.name in {"collect", "read", "group"}])
    while not await _is_read(house):
        await virtual.settle()
        virtual.now += timedelta(minutes=1)
    async with ctx.store.read() as tx:
        ids = [feed.id for feed in await feeds.all_active(tx)]
        since = ctx.clock() - ctx.policy.horizon
        found = await stories.changed_stories(tx, 0, await stories.newest_change(tx), "all", ids, since)
    ranked = {
        code: sort_by_score([rank(one, ctx.clock(), (code,), ctx.kinds) for one in found]) for code in SPOKEN
    }
    return {code: [r for r in those if r.lead.language == code][:STORIES] for code, those in ranked.items()}


async def _is_read(house: Application) -> bool:
    """Tell whether every feed was read, and every entry has its text and its story; they share one host, which takes its time."""
    async with house.ctx.store.read() as tx:
        seen = await feeds.all_active(tx)
        waiting = await entries.ungrouped(tx, 1) or await entries.read_due(tx, house.ctx.clock() + HOUR, 1, 1)
    return all(feed.ok_at or feed.failures > PATIENCE for feed in seen) and not waiting


def refused(claims: Sequence[dict[str, Any]], sources: dict[str, Source]) -> dict[str, Any]:
    """Return the shares of approved sentences that are refused as another language's, as unbacked, and beside another article."""
    approved = [c for c in claims if c["faithful"] and c["style"] != "copy" and c["lang"] in SPOKEN]
    by_language = {code: [s for s in sources.values() if s.language == code] for code in SPOKEN}
    language = unbacked = foreign = 0
    for n, claim in enumerate(approved):
        text, code = claim["sentence"], claim["lang"]
        own = sources[str(claim["doc"])]
        others = [source for source in by_language[code] if source is not own]
        language += not is_in(text, code)
        unbacked += not is_backed(text, code, _nearest(text, own))
        foreign += not is_backed(text, code, _nearest("", others[n % len(others)]))
    return {
        "claims": len(approved),
        "taken_for_another_language": language / len(approved),
        "false_alarms": unbacked / len(approved),
        "about_something_else": foreign / len(approved),
    }


def _nearest(text: str, source: Source) -> list[Source]:
    """Return the two sentences of a source that share most terms with a text, the first two where none does."""
    said = set(split_terms(text))
    spans = [source.text[s.start : s.end] for s in sentences(source.text, source.language)]
    return [
        Source(one, source.language)
        for one in sorted(spans, key=lambda s: -len(said & set(split_terms(s))))[:2]
    ]


def main() -> None:
    """Measure the sample newsroom, and claims where they are given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, default=[])
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    asyncio.run(newsroom_cost())
    if given.claims:
        say(given.claims.name, refused(list(rows(given.claims)), documents(given.documents)))


if __name__ == "__main__":
    main()
