"""keep: what polls brought, compared with what is stored; the documents of many feeds in one transaction.

known entries of all feeds ─► which is which, each feed by itself ─► edits ─► new entries of all ─► what all feeds are like now

Nothing of one feed decides about another: what is done together is only the talking to the store.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.errors import NotAFeed
from bot.jobs import Context
from bot.model import Change, Feed, Keys, KnownEntry, ParsedEntry, ParsedFeed, TextKind, Verdict
from bot.pipeline.entries import identify
from bot.pipeline.entries.analyse import Reading
from bot.pipeline.timing import polling
from bot.ports import Fetched
from bot.store import Tx, entries, feeds
from bot.store.entries import NewEntry
from bot.store.feeds import Polled, Read
from bot.text.words import fold, size

EDIT_LIMIT = 24
"""Edits of one entry that are recorded; some feeds change their text at every poll (lemon24/reader uses the same limit)."""

TEASER = 60
"""Words below which a feed's text is a teaser and its page is worth reading."""

LOOK_BACK = 500
"""Stored entries among whose titles those of a rebuilt feed are looked for."""


@dataclass(frozen=True, slots=True)
class PolledDocument:
    """A changed document as it was read; `known` are the hashes of the items its feed held before."""

    feed: Feed
    fetched: Fetched
    body_hash: str
    reading: Reading
    known: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class IngestResult:
    """How many entries were new and how many edited so that it matters, and what the poll leaves with its feed."""

    new: int
    edited: int
    record: Polled


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The entries of a document beside what they are in the store: a known entry, or None for a new one."""

    brought: PolledDocument
    matches: Sequence[KnownEntry | None]


async def store_polled(
    tx: Tx, ctx: Context, documents: Sequence[PolledDocument]
) -> list[IngestResult | NotAFeed]:
    """Store what documents brought, in one transaction; a feed that has become another site's gives an error and leaves nothing."""
    if not documents:
        return []
    compared = await _compare(tx, documents)
    taken = [found for found in compared if isinstance(found, _Comparison)]
    now = ctx.clock()
    edits = {found.brought.feed.id: await _edit_known(tx, found, now) for found in taken}
    fresh = {(new.feed_id, new.keys.key): new for found in taken for new in _new(found, now)}
    ids = await entries.add(tx, list(fresh.values()))
    judged = {entry: made for found in taken for entry, made in _judged(found)}
    await entries.judged(tx, {ids[name]: made for name, made in judged.items() if name in ids})
    dates = await entries.newest_dates(tx, [found.brought.feed.id for found in taken])
    kept: dict[int, IngestResult] = {}
    reads: list[Read] = []
    for found in taken:
        feed = found.brought.feed
        read = _read(ctx, found.brought, dates.get(feed.id, []))
        new = sum(1 for feed_id, _ in ids if feed_id == feed.id)
        kept[feed.id] = IngestResult(new, edits[feed.id], read.poll)
        reads.append(read)
    await feeds.parsed(tx, reads)
    return [kept[found.brought.feed.id] if isinstance(found, _Comparison) else found for found in compared]


async def _compare(tx: Tx, documents: Sequence[PolledDocument]) -> list[_Comparison | NotAFeed]:
    stored = await entries.known(tx, {found.feed.id: found.reading.keys for found in documents})
    return [await _compare_entries(tx, found, stored.get(found.feed.id, [])) for found in documents]


async def _compare_entries(
    tx: Tx, brought: PolledDocument, stored: Sequence[KnownEntry]
) -> _Comparison | NotAFeed:
    feed, read = brought.feed, brought.reading
    matches = [
        identify.match(entry, keys, stored) for entry, keys in zip(read.feed.entries, read.keys, strict=True)
    ]
    familiar = any(matches) or not brought.known.isdisjoint(read.feed.items)
    if feed.first_ok_at is not None and not familiar:
        held = await entries.newest_known(tx, feed.id, LOOK_BACK)
        titles = {fold(known.title): known for known in reversed(held)}
        found = [identify.by_title(entry, titles) for entry in read.feed.entries]
        if held and not any(found) and _is_elsewhere(feed, read.feed):
            said = read.feed.title or read.feed.home
            return NotAFeed(f"The address serves another site's feed now: {said}, instead of {feed.title}. Nothing of it was taken.")  # fmt: skip
        if identify.is_rebuilt(read.feed.entries, len(read.feed.entries), feed.newest_at):
            matches = found
    return _Comparison(brought, matches)


def _is_elsewhere(feed: Feed, parsed: ParsedFeed) -> bool:
    """Tell whether a document names another site and title than its feed; where a site is not known nothing is told."""
    first, second = (
        ".".join((urlsplit(url).hostname or "").split(".")[-2:]) for url in (feed.home, parsed.home)
    )
    return bool(first and second) and first != second and feed.title != parsed.title


async def _edit_known(tx: Tx, found: _Comparison, now: datetime) -> int:
    """Record what reads otherwise now; returns how many edits change what is told."""
    read = found.brought.reading
    items = zip(found.matches, read.feed.entries, read.keys, read.hashes, read.verdicts, strict=True)
    edited = 0
    for known, entry, keys, content, made in items:
        if known is not None:
            edited += await _edit(tx, known, keys, _content(entry, content), made, now)
    return edited


async def _edit(
    tx: Tx, known: KnownEntry, keys: Keys, values: dict[str, Any], verdicts: Sequence[Verdict], now: datetime
) -> bool:
    """Record that a known entry reads otherwise now; True when that changes what is told."""
    if keys != known.keys:
        await entries.rekey(tx, known.id, keys)
    if values["content_hash"] == known.content_hash or known.version > EDIT_LIMIT:
        return False
    whole = known.text_kind is not TextKind.PAGE
    change = identify.classify_change(
        known.title, known.text if whole else "", values["title"], values["text"] if whole else ""
    )
    kept = values if whole else {**values, "text": known.text}
    await entries.edit(tx, known.id, known.version + 1, change, kept, now)
    await entries.judged(tx, {known.id: verdicts})
    return change is Change.MATERIAL


def _new(found: _Comparison, now: datetime) -> list[NewEntry]:
    """Return the new entries of a document, oldest first."""
    feed, read = found.brought.feed, found.brought.reading
    backlog = feed.first_ok_at is None
    dates = identify.dates_of(read.feed.entries, now, backlog=backlog)
    items = zip(found.matches, read.feed.entries, read.keys, read.hashes, read.verdicts, dates, strict=True)
    return [
        NewEntry(feed.id, keys, {**_content(entry, content), **_first(entry, made, date, now, backlog=backlog)})
        for known, entry, keys, content, made, date in reversed(list(items))
        if known is None
    ]  # fmt: skip


def _judged(found: _Comparison) -> list[tuple[tuple[int, str], Sequence[Verdict]]]:
    read = found.brought.reading
    return [
        ((found.brought.feed.id, keys.key), made) for keys, made in zip(read.keys, read.verdicts, strict=True)
    ]


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


def _read(ctx: Context, brought: PolledDocument, newest: Sequence[datetime]) -> Read:
    """Return what a document tells of its feed, given when the feed's newest entries were published."""
    parsed, fetched = brought.reading.feed, brought.fetched
    rhythm, last = polling.rhythm_of(newest), max(newest, default=None)
    state = Validators(fetched.etag, fetched.last_modified, brought.body_hash)
    asked = polling.PollHints(
        fetched.wait, parsed.min_interval, parsed.skip_hours, parsed.skip_days, conditional=state.given, pushed=is_pushed(brought.feed, ctx.clock()),
    )  # fmt: skip
    record = polled(ctx, brought.feed, fetched, state, polling.slow_down(rhythm, last, ctx.clock()), asked)
    return Read(brought.feed, record, parsed, rhythm, last)


@dataclass(frozen=True, slots=True)
class Validators:
    """What the next request sends back, and the hash of what this one brought."""

    etag: str
    last_modified: str
    body_hash: str

    @property
    def given(self) -> bool:
        """Whether the server can tell us that nothing has changed."""
        return bool(self.etag or self.last_modified)


def is_pushed(feed: Feed, now: datetime) -> bool:
    """Tell whether a hub tells us of a feed's news."""
    return feed.hub_until is not None and feed.hub_until > now


def polled(
    ctx: Context, feed: Feed, fetched: Fetched, state: Validators, rhythm: timedelta, asked: polling.PollHints
) -> Polled:
    """Return what a successful poll leaves with its feed."""
    now = ctx.clock()
    when = polling.next_poll(
        feed.id, now, rhythm, asked, shortest=ctx.policy.shortest_poll, longest=ctx.policy.longest_poll
    )
    again = bool(fetched.moved) and fetched.moved == feed.moved_to
    return Polled(
        feed.id, now, when, state.etag, state.last_modified, state.body_hash, fetched.moved,
        feed.moved_since if again else (now if fetched.moved else None), (feed.moved_seen if again else 0) + bool(fetched.moved),
    )  # fmt: skip
