"""collect: poll a feed, parse what it serves, tell new entries from known ones, judge and store them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from bot.errors import FeedError, HttpFailed, OffloadError
from bot.jobs import Context
from bot.model import Change, Feed, Keys, ParsedEntry, ParsedFeed, TextKind, Verdict
from bot.pipeline import identify, poll
from bot.pipeline.judge import judge
from bot.pipeline.text import size
from bot.ports import Fetched, FetchRequest
from bot.store import Tx, entries, feeds

PARSE_DEADLINE = timedelta(seconds=20)
EDIT_LIMIT = 24
"""Edits of one entry that are recorded; some feeds change their text at every poll (lemon24/reader uses the same limit)."""

TEASER = 60
"""Words below which a feed's text is a teaser and its page is worth reading."""


async def collect(ctx: Context, feed_id: int) -> None:
    """Poll one feed. Whatever goes wrong is recorded with the feed and touches no other."""
    async with ctx.store.read() as tx:
        feed = await feeds.get(tx, feed_id)
    if feed is None:
        return
    try:
        fetched = await ctx.fetch(FetchRequest(feed.url, feed.etag, feed.last_modified))
        body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
        if not fetched.changed or body_hash == feed.body_hash:
            await _unchanged(ctx, feed, fetched)
            return
        parsed = await ctx.offload(
            ctx.parse, fetched.body, fetched.url, fetched.content_type, ctx.clock(), deadline=PARSE_DEADLINE
        )
    except (FeedError, OffloadError) as error:
        await _failed(ctx, feed, error)
        return
    except Exception as error:
        ctx.log.exception("a feed failed in an unexpected way", feed=feed.id, url=feed.url)
        await _failed(ctx, feed, OffloadError(f"It could not be read: {type(error).__name__}."))
        return
    new, edited = await _store(ctx, feed, fetched, parsed, body_hash)
    ctx.log.info("collected", feed=feed.id, url=feed.url, entries=len(parsed.entries), new=new, edited=edited)
    if new or edited:
        ctx.wake("group")


async def _unchanged(ctx: Context, feed: Feed, fetched: Fetched) -> None:
    async with ctx.store.write() as tx:
        validators = {
            "etag": fetched.etag or feed.etag,
            "last_modified": fetched.last_modified or feed.last_modified,
        }
        await _polled(tx, ctx, feed, fetched.wait, body_hash=feed.body_hash, **validators)


async def _polled(tx: Tx, ctx: Context, feed: Feed, wait: int, **state: str) -> None:
    now = ctx.clock()
    dates = await entries.newest_dates(tx, feed.id)
    when = poll.next_poll(
        feed.id, now, dates, wait, shortest=ctx.policy.shortest_poll, longest=ctx.policy.longest_poll
    )
    await feeds.polled(
        tx,
        feed.id,
        now,
        when,
        etag=state["etag"],
        last_modified=state["last_modified"],
        body_hash=state["body_hash"],
    )


async def _failed(ctx: Context, feed: Feed, error: FeedError | OffloadError) -> None:
    now = ctx.clock()
    after = error.retry_after if isinstance(error, HttpFailed) else 0
    when = poll.retry_poll(feed.id, now, feed.failures + 1, after, shortest=ctx.policy.shortest_poll)
    async with ctx.store.write() as tx:
        await feeds.failed(tx, feed.id, now, when, str(error))
    ctx.log.warning("feed failed", feed=feed.id, url=feed.url, cause=str(error), failures=feed.failures + 1)


async def _store(
    ctx: Context, feed: Feed, fetched: Fetched, parsed: ParsedFeed, body_hash: str
) -> tuple[int, int]:
    now = ctx.clock()
    keys = identify.keys_of(parsed.entries)
    judged = [_verdicts(ctx, feed, entry) for entry in parsed.entries]
    async with ctx.store.write() as tx:
        known = await entries.known(tx, feed.id, keys)
        fresh: list[tuple[Keys, dict[str, Any]]] = []
        verdicts_of: dict[str, Sequence[Verdict]] = {}
        edited = 0
        dates = identify.dates_of(parsed.entries, now, backlog=feed.first_ok_at is None)
        for entry, names, verdicts, date in reversed(
            list(zip(parsed.entries, keys, judged, dates, strict=True))
        ):
            match = _match(known, names)
            if match is not None:
                edited += await _edit(tx, match, entry, names, verdicts, now)
            else:
                fresh.append((names, _values(feed, entry, verdicts, date, now)))
                verdicts_of[names.key] = verdicts
        ids = await entries.add(tx, feed.id, fresh)
        await entries.judged(tx, {ids[key]: verdicts for key, verdicts in verdicts_of.items() if key in ids})
        await feeds.described(tx, feed.id, parsed.title, parsed.language, parsed.home)
        wait = max(fetched.wait, parsed.min_interval)
        await _polled(
            tx, ctx, feed, wait, etag=fetched.etag, last_modified=fetched.last_modified, body_hash=body_hash
        )
    return len(ids), edited


def _verdicts(ctx: Context, feed: Feed, entry: ParsedEntry) -> list[Verdict]:
    made = [
        judge(ctx.rules, topic, entry.title, entry.text, ai_only=feed.ai_only) for topic in ctx.rules.topics
    ]
    return [verdict for verdict in made if verdict.relevant or verdict.topic == "ai"]


def _match(known: Sequence[entries.Known], names: Keys) -> entries.Known | None:
    found = identify.known(
        names,
        {k.keys.key: k.id for k in known},
        {k.keys.alias: k.id for k in known if k.keys.alias},
        {k.keys.link_key: k.id for k in known if k.keys.link_key},
    )
    return next((k for k in known if k.id == found), None)


def _values(
    feed: Feed, entry: ParsedEntry, verdicts: Sequence[Verdict], date: datetime, now: datetime
) -> dict[str, Any]:
    kind = TextKind.TEASER if size(entry.text) < TEASER else TextKind.FEED
    wanted = kind is TextKind.TEASER and bool(entry.link) and any(v.relevant for v in verdicts)
    return {
        **_content(entry),
        "text_kind": kind,
        "author": entry.author,
        "image": entry.image,
        "published": date,
        "first_seen": now,
        "backlog": feed.first_ok_at is None,
        "read_due_at": now if wanted else None,
    }


def _content(entry: ParsedEntry) -> dict[str, Any]:
    return {
        "title": entry.title, "link": entry.link, "text": entry.text, "language": entry.language,
        "content_hash": identify.content_hash(entry),
    }  # fmt: skip


async def _edit(
    tx: Tx, known: entries.Known, entry: ParsedEntry, names: Keys, verdicts: Sequence[Verdict], now: datetime
) -> bool:
    if names != known.keys:
        await entries.rekey(tx, known.id, names)
    if identify.content_hash(entry) == known.content_hash or known.version > EDIT_LIMIT:
        return False
    change = identify.change_between(known.title, known.text, entry.title, entry.text)
    values = _content(entry)
    if known.text_kind is TextKind.PAGE:
        change = identify.change_between(known.title, "", entry.title, "")
        values["text"] = known.text
    await entries.edit(tx, known.id, known.version + 1, change, values, now)
    await entries.judged(tx, {known.id: verdicts})
    return change is Change.MATERIAL
