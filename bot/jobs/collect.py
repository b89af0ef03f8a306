"""collect: poll a feed, parse what it serves, tell new entries from known ones, judge and store them.

due feed ── fetch ── unchanged ─────────────────────────────────► its next time
              │  └── changed ── parse (child) ── identify ── judge ── store ─► its next time, wake group
              └── failed ── its next time, later and later; told to the operator once, looked for on its site
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from bot.errors import FeedError, HostBusy, NotAFeed, OffloadError
from bot.jobs import Context, push
from bot.jobs.recover import after_failure, move
from bot.model import Change, Feed, FeedState, Keys, KnownEntry, ParsedEntry, ParsedFeed, TextKind, Verdict
from bot.pipeline import identify, poll
from bot.pipeline.addresses import masked
from bot.pipeline.reading import Reading, reading
from bot.pipeline.text import fold, size
from bot.ports import Fetched, FetchRequest
from bot.store import Tx, entries, feeds
from bot.store.feeds import Polled
from bot.store.together import Together

PARSE_DEADLINE = timedelta(seconds=10)
EDIT_LIMIT = 24
"""Edits of one entry that are recorded; some feeds change their text at every poll (lemon24/reader uses the same limit)."""

TEASER = 60
"""Words below which a feed's text is a teaser and its page is worth reading."""

LOOK_BACK = 500
"""Stored entries among whose titles those of a rebuilt feed are looked for."""


async def collect(ctx: Context, feed_id: int) -> None:
    """Poll one feed."""
    await Collector(ctx).run(feed_id)


class Collector:
    """Polls feeds, many at a time. What their jobs read and write alike is done together, in one transaction for many."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._due: dict[int, Feed] = {}
        self._record = Together(self._record_all)

    async def due(self, limit: int) -> list[int]:
        """Return ids of feeds whose time has come; what is known of them is kept for their jobs, which follow at once."""
        async with self._ctx.store.read() as tx:
            found = await feeds.due(tx, self._ctx.clock(), limit)
        self._due = {feed.id: feed for feed in found}
        return list(self._due)

    async def _feed(self, feed_id: int) -> Feed | None:
        if feed_id in self._due:
            return self._due.pop(feed_id)
        async with self._ctx.store.read() as tx:
            return await feeds.get(tx, feed_id)

    async def _record_all(self, polls: Sequence[Polled]) -> Sequence[None]:
        async with self._ctx.store.write() as tx:
            await feeds.polled(tx, polls)
        return [None] * len(polls)

    async def run(self, feed_id: int) -> None:
        """Poll one feed. Whatever goes wrong is recorded with the feed and touches no other."""
        ctx = self._ctx
        feed = await self._feed(feed_id)
        if feed is None or feed.state is not FeedState.ACTIVE:
            return
        try:
            fetched = await ctx.fetch(FetchRequest(feed.url, feed.etag, feed.last_modified))
            body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
            if not fetched.changed or body_hash == feed.body_hash:
                await self._unchanged(feed, fetched)
            else:
                await self._changed(feed, fetched, body_hash)
        except HostBusy as error:
            await self._postpone(feed, error.after)
        except (FeedError, OffloadError) as error:
            await after_failure(ctx, feed, error)
        except Exception as error:
            ctx.log.exception("a feed failed in an unexpected way", feed=feed.id, url=masked(feed.url))
            await after_failure(ctx, feed, OffloadError(f"It could not be read: {type(error).__name__}."))

    async def _postpone(self, feed: Feed, seconds: float) -> None:
        """Ask later because too much is asked of the host now; that is no fault of the feed."""
        async with self._ctx.store.write() as tx:
            await feeds.set_values(tx, feed.id, next_poll_at=self._ctx.clock() + timedelta(seconds=seconds))

    async def _unchanged(self, feed: Feed, fetched: Fetched) -> None:
        state = _State(fetched.etag or feed.etag, fetched.last_modified or feed.last_modified, feed.body_hash)
        record = _polled(self._ctx, feed, fetched, state)
        await self._record(record)
        await self._moved(feed, fetched, record)
        await push.ask(self._ctx, feed, feed.hub, feed.hub_topic)

    async def _changed(self, feed: Feed, fetched: Fetched, body_hash: str) -> None:
        ctx = self._ctx
        async with ctx.store.read() as tx:
            known = await feeds.items_of(tx, feed.id)
        found = await ctx.offload(
            reading, ctx.parse, ctx.rules, feed.ai_only, fetched.body, fetched.url, fetched.content_type, ctx.clock(), known,
            deadline=PARSE_DEADLINE,
        )  # fmt: skip
        state = _State(fetched.etag, fetched.last_modified, body_hash)
        async with ctx.store.write() as tx:
            brought = await _store(tx, ctx, feed, found)
            record = _polled(ctx, feed, fetched, state, brought)
            await feeds.parsed(tx, feed, record, found.feed, brought.rhythm, brought.newest)
        ctx.log.info(
            "collected", feed=feed.id, url=masked(feed.url), entries=len(found.feed.entries), new=brought.new, edited=brought.edited,
        )  # fmt: skip
        if brought.new or brought.edited:
            ctx.wake("group")
        await self._moved(feed, fetched, record)
        topic = found.feed.itself or fetched.itself or feed.url
        await push.ask(ctx, feed, found.feed.hub or fetched.hub, topic)

    async def _moved(self, feed: Feed, fetched: Fetched, record: Polled) -> None:
        """Believe a permanent redirect once it has been seen often enough (RFC 9110, 15.4.2 and 15.4.9)."""
        now = self._ctx.clock()
        if record.moved_since and poll.has_moved(record.moved_seen, record.moved_since, now):
            await move(self._ctx, feed, fetched.moved)


@dataclass(frozen=True, slots=True)
class _State:
    """What the next request sends back, and the hash of what this one brought."""

    etag: str
    last_modified: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a changed document brought, and what it tells of its feed."""

    new: int
    edited: int
    rhythm: timedelta
    newest: datetime | None
    parsed: ParsedFeed


def _polled(
    ctx: Context, feed: Feed, fetched: Fetched, state: _State, brought: _Brought | None = None
) -> Polled:
    now = ctx.clock()
    rhythm = brought.rhythm if brought else timedelta(seconds=feed.rhythm) or poll.USUAL
    asked = poll.Asked(
        fetched.wait,
        brought.parsed.min_interval if brought else feed.ttl,
        brought.parsed.skip_hours if brought else feed.skip_hours,
        brought.parsed.skip_days if brought else feed.skip_days,
        conditional=bool(state.etag or state.last_modified),
        pushed=feed.hub_until is not None and feed.hub_until > now,
    )
    newest = brought.newest if brought else feed.newest_at
    when = poll.next_poll(
        feed.id, now, poll.slowed(rhythm, newest, now), asked, shortest=ctx.policy.shortest_poll, longest=ctx.policy.longest_poll
    )  # fmt: skip
    again = bool(fetched.moved) and fetched.moved == feed.moved_to
    return Polled(
        feed.id, now, when, state.etag, state.last_modified, state.body_hash, fetched.moved,
        feed.moved_since if again else (now if fetched.moved else None), (feed.moved_seen if again else 0) + bool(fetched.moved),
    )  # fmt: skip


async def _store(tx: Tx, ctx: Context, feed: Feed, read: Reading) -> _Brought:
    now, parsed = ctx.clock(), read.feed
    stored = await entries.known(tx, feed.id, read.keys)
    matches = [
        identify.match(entry, keys, stored) for entry, keys in zip(parsed.entries, read.keys, strict=True)
    ]
    backlog = feed.first_ok_at is None
    if not backlog and not any(matches):
        matches = await _rebuilt(tx, feed, parsed, matches)
    dates = identify.dates_of(parsed.entries, now, backlog=backlog)
    fresh: list[tuple[Keys, dict[str, Any]]] = []
    verdicts: dict[str, Sequence[Verdict]] = {}
    edited = 0
    items = zip(parsed.entries, read.keys, read.hashes, read.verdicts, matches, dates, strict=True)
    for entry, keys, content, made, known, date in reversed(list(items)):
        values = _content(entry, content)
        if known is not None:
            edited += await _edit(tx, known, keys, values, made, now)
            continue
        verdicts[keys.key] = made
        fresh.append((keys, {**values, **_first(entry, made, date, now, backlog=backlog)}))
    ids = await entries.add(tx, feed.id, fresh)
    await entries.judged(tx, {ids[key]: made for key, made in verdicts.items() if key in ids})
    newest = await entries.newest_dates(tx, feed.id)
    return _Brought(len(ids), edited, poll.rhythm_of(newest), max(newest, default=None), parsed)


async def _rebuilt(
    tx: Tx, feed: Feed, parsed: ParsedFeed, matches: list[KnownEntry | None]
) -> list[KnownEntry | None]:
    """Find the entries of a rebuilt site by their titles. Raises `NotAFeed` when it is another site altogether."""
    held = await entries.newest_known(tx, feed.id, LOOK_BACK)
    titles = {fold(known.title): known for known in reversed(held)}
    found = [identify.by_title(entry, titles) for entry in parsed.entries]
    if held and not any(found) and _elsewhere(feed.home, parsed.home) and feed.title != parsed.title:
        msg = f"The address serves another site's feed now: {parsed.title or parsed.home}, instead of {feed.title}. Nothing of it was taken."
        raise NotAFeed(msg)
    rebuilt = identify.is_rebuilt(parsed.entries, len(parsed.entries), feed.newest_at)
    return found if rebuilt else matches


def _elsewhere(one: str, other: str) -> bool:
    """Tell whether two home pages are on different sites; where one is not known nothing is told."""
    first, second = (".".join((urlsplit(url).hostname or "").split(".")[-2:]) for url in (one, other))
    return bool(first and second) and first != second


def _first(
    entry: ParsedEntry, verdicts: Sequence[Verdict], date: datetime, now: datetime, *, backlog: bool
) -> dict[str, Any]:
    """Return what an entry gets once, when it is first seen."""
    kind = TextKind.TEASER if size(entry.text) < TEASER else TextKind.FEED
    wanted = kind is TextKind.TEASER and bool(entry.link) and any(v.relevant for v in verdicts)
    return {
        "text_kind": kind, "author": entry.author, "image": entry.image, "categories": list(entry.categories), "published": date, "first_seen": now, "backlog": backlog,
        "read_due_at": now if wanted else None,
    }  # fmt: skip


def _content(entry: ParsedEntry, content_hash: str) -> dict[str, Any]:
    return {
        "title": entry.title, "link": entry.link, "text": entry.text, "language": entry.language,
        "content_hash": content_hash,
    }  # fmt: skip


async def _edit(
    tx: Tx, known: KnownEntry, keys: Keys, values: dict[str, Any], verdicts: Sequence[Verdict], now: datetime
) -> bool:
    """Record that a known entry reads otherwise now; True when that changes what is told."""
    if keys != known.keys:
        await entries.rekey(tx, known.id, keys)
    if values["content_hash"] == known.content_hash or known.version > EDIT_LIMIT:
        return False
    whole = known.text_kind is not TextKind.PAGE
    change = identify.change_between(
        known.title, known.text if whole else "", values["title"], values["text"] if whole else ""
    )
    kept = values if whole else {**values, "text": known.text}
    await entries.edit(tx, known.id, known.version + 1, change, kept, now)
    await entries.judged(tx, {known.id: verdicts})
    return change is Change.MATERIAL
