"""keep: what polls brought, compared with what is stored; the documents of many feeds in one transaction.

known entries of all feeds ─► which is which, each feed by itself ─► edits ─► new entries of all ─► what all
feeds are like now

Nothing of one feed decides about another: what is done together is only the talking to the store.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import compress
from typing import Any

from bot.errors import NotAFeed
from bot.jobs import Context, Policy
from bot.model import Change, Feed, FeedFormat, Keys, KnownEntry, ParsedEntry, ParsedFeed, TextKind, Verdict
from bot.pipeline.entries import identify, recognise
from bot.pipeline.entries.analyse import Reading
from bot.pipeline.entries.days import find_addition, is_of_day, keys_of_addition
from bot.pipeline.entries.first_dates import LastLook, dates_of
from bot.pipeline.entries.redesign import find_moved, have_rolled, is_news_after, is_redesigned
from bot.pipeline.entries.urls import registered_domain
from bot.pipeline.timing import polling
from bot.ports import Fetched
from bot.store import Tx, entries, feeds, gone_keys
from bot.store.entries import NewEntry
from bot.store.feeds import Polled, Read
from bot.store.retention import KEPT_OPENING
from bot.text.language import usual_language
from bot.text.words import fold, size

EDIT_LIMIT = 24
"""Edits of one entry that are recorded; some feeds change their text at every poll (lemon24/reader uses the
same limit).
"""

TEASER = 60
"""Words below which a feed's text is a teaser and its page is worth reading."""

QUIETLY = timedelta(minutes=1)
"""How long before the horizon of digests that is dated which a page held already: whatever it is dated, no
digest tells it.
"""

RECENT = 100
"""Newest entries among which one of a new name is looked for."""

LOOK_BACK = 500
"""Stored entries among whose titles those of a rebuilt feed are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledDocument:
    """A changed document as it was read; `known_items` are the hashes of the items its feed held before."""

    feed: Feed
    fetched: Fetched
    body_hash: str
    reading: Reading
    known_items: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class IngestResult:
    """How many entries were new and how many edited so that it matters, and what the poll leaves with its
    feed.
    """

    new: int
    edited_count: int
    record: Polled


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The entries of a document beside what they are in the store: a known entry, or None for a new one.

    `gone` are the keys of those that were known once and are kept no more. `silent` are the places of new
    ones that are no news: a page held them when it was first seen, or after a redesign. `known_entries` are
    all that a name in the document may mean; `additions` tell of the places of days that grew what
    was added since, None where that is known.
    """

    document: PolledDocument
    matches: Sequence[KnownEntry | None]
    gone: Set[Keys] = frozenset()
    silent: Set[int] = frozenset()
    known_entries: Sequence[KnownEntry] = ()
    additions: Mapping[int, ParsedEntry | None] = field(default_factory=dict)


async def store_polled(
    tx: Tx, ctx: Context, documents: Sequence[PolledDocument]
) -> list[IngestResult | NotAFeed]:
    """Store what documents brought, in one transaction; a feed that has become another site's gives an error
    and leaves nothing.
    """
    if not documents:
        return []
    compared = await _compare(tx, [await _with_language(tx, document) for document in documents])
    comparisons = [comparison for comparison in compared if isinstance(comparison, _Comparison)]
    now = ctx.clock()
    edits = {
        comparison.document.feed.id: await _edit_known(tx, comparison, now) for comparison in comparisons
    }
    fresh = {
        (new.feed_id, new.keys.key): new
        for comparison in comparisons
        for new in _new_entries(comparison, now, ctx.policy)
    }
    ids = await entries.add(tx, list(fresh.values()))
    verdicts_by_key = {
        entry: entry_verdicts
        for comparison in comparisons
        for entry, entry_verdicts in _verdicts_of(comparison)
    }
    await entries.store_verdicts(
        tx, {ids[name]: made for name, made in verdicts_by_key.items() if name in ids}
    )
    dates = await entries.newest_dates(tx, [comparison.document.feed.id for comparison in comparisons])
    results: dict[int, IngestResult] = {}
    reads: list[Read] = []
    for comparison in comparisons:
        feed = comparison.document.feed
        read = _read(ctx, comparison.document, dates.get(feed.id, []))
        new = sum(1 for feed_id, _ in ids if feed_id == feed.id)
        results[feed.id] = IngestResult(new, edits[feed.id], read.poll)
        reads.append(read)
    await feeds.record_documents(tx, reads)
    return [
        results[comparison.document.feed.id] if isinstance(comparison, _Comparison) else comparison
        for comparison in compared
    ]


async def _with_language(tx: Tx, document: PolledDocument) -> PolledDocument:
    """Return a document whose entries without a language of their own have that of their feed, or of what it
    brought before.
    """
    parsed_entries = document.reading.feed.entries
    if all(entry.language for entry in parsed_entries):
        return document
    usual = document.feed.language
    if not usual:
        usual = usual_language(await entries.newest_languages(tx, document.feed.id, LOOK_BACK))
    filled = tuple(entry if entry.language else replace(entry, language=usual) for entry in parsed_entries)
    reading = replace(document.reading, feed=replace(document.reading.feed, entries=filled))
    return replace(document, reading=reading)


async def _compare(tx: Tx, documents: Sequence[PolledDocument]) -> list[_Comparison | NotAFeed]:
    known_by_feed = await entries.find_known(
        tx, {document.feed.id: document.reading.keys for document in documents}
    )
    comparisons = [
        await _recognise(tx, _match(document, known_by_feed.get(document.feed.id, [])))
        for document in documents
    ]
    gone = await gone_keys.find(
        tx, {comparison.document.feed.id: _unmatched(comparison) for comparison in comparisons}
    )
    results = [
        await _compare_entries(
            tx, replace(comparison, gone=gone.get(comparison.document.feed.id, frozenset()))
        )
        for comparison in comparisons
    ]
    return [result if isinstance(result, NotAFeed) else _with_additions(result) for result in results]


def _match(document: PolledDocument, known_entries: Sequence[KnownEntry]) -> _Comparison:
    read = document.reading
    return _Comparison(
        document,
        [
            identify.match(entry, keys, known_entries)
            for entry, keys in zip(read.feed.entries, read.keys, strict=True)
        ],
        known_entries=known_entries,
    )


async def _recognise(tx: Tx, comparison: _Comparison) -> _Comparison:
    """Return a comparison in which entries that took the place of others are new, and those that have new
    names are known.
    """
    feed, read = comparison.document.feed, comparison.document.reading
    if feed.format is FeedFormat.PAGE or feed.first_ok_at is None:
        return comparison
    items = read.feed.entries
    matches = _each_once(items, comparison.matches)
    count = max(len(items), len(read.feed.items))
    is_certain = all(
        match and not recognise.is_by_link(match, keys)
        for match, keys in zip(matches, read.keys, strict=True)
    )
    newest = [] if is_certain else await entries.newest_entries(tx, feed.id, RECENT)
    columns = recognise.find_columns(items, newest)
    placed = {
        place
        for place, (entry, keys, match) in enumerate(zip(items, read.keys, matches, strict=True))
        if match and _takes_its_place(match, entry, keys, count, read.feed.home, columns)
    }
    matches = [None if place in placed else match for place, match in enumerate(matches)]
    if all(matches):
        return replace(comparison, matches=matches)
    newest = newest or await entries.newest_entries(tx, feed.id, RECENT)
    matches = recognise.find_renamed(items, matches, newest)
    matches = recognise.find_rebuilt(items, matches, newest, columns)
    own_keys = list(read.keys)
    for place in placed:
        match = matches[place]
        own_keys[place] = match.keys if match else recognise.keys_in_place(items[place], own_keys[place])
    document = replace(comparison.document, reading=replace(read, keys=tuple(own_keys)))
    silent = recognise.find_reissued(items, matches, columns)
    return replace(comparison, document=document, matches=matches, silent=silent)


def _takes_its_place(
    known_entry: KnownEntry, entry: ParsedEntry, keys: Keys, count: int, home: str, columns: Set[str]
) -> bool:
    """Tell whether an entry of a document with a number of them is another than the known one whose names it
    has.
    """
    if not recognise.is_by_link(known_entry, keys):
        return recognise.may_roll(entry, count, home) and recognise.is_another(known_entry, entry)
    return recognise.is_another(known_entry, entry) or recognise.is_edition(known_entry, entry, columns)


def _each_once(items: Sequence[ParsedEntry], matches: Sequence[KnownEntry | None]) -> list[KnownEntry | None]:
    """Return the known entry of each item, of which several have the same only for the one that is most like
    it.
    """
    best: dict[int, int] = {}
    for place, (item, match) in enumerate(zip(items, matches, strict=True)):
        if match and (match.id not in best or recognise.is_same(match, item)):
            best[match.id] = place
    return [match if match and best[match.id] == place else None for place, match in enumerate(matches)]


def _unmatched(comparison: _Comparison) -> list[tuple[Keys, str]]:
    """Return the keys and titles of the entries that seem to be new."""
    read = comparison.document.reading
    items = zip(comparison.matches, read.keys, read.feed.entries, strict=True)
    return [(keys, entry.title) for match, keys, entry in items if match is None]


async def _compare_entries(tx: Tx, comparison: _Comparison) -> _Comparison | NotAFeed:
    document, read = comparison.document, comparison.document.reading
    feed = document.feed
    if feed.format is FeedFormat.PAGE:
        return await _compare_page(tx, comparison)
    is_familiar = (
        any(comparison.matches) or comparison.gone or not document.known_items.isdisjoint(read.feed.items)
    )
    if feed.first_ok_at is None or is_familiar:
        return _without_older(comparison)
    newest = await entries.newest_entries(tx, feed.id, LOOK_BACK)
    titles = {fold(newest_entry.title): newest_entry for newest_entry in reversed(newest)}
    title_matches = [identify.by_title(entry, titles) for entry in read.feed.entries]
    if newest and not any(title_matches) and _is_elsewhere(feed, read.feed):
        site_name = read.feed.title or read.feed.home
        return NotAFeed(
            f"The address serves another site's feed now: "
            f"{site_name}, instead of {feed.title}. Nothing of it was taken."
        )
    if identify.is_rebuilt(read.feed.entries, len(read.feed.entries), feed.newest_at):
        return replace(comparison, matches=title_matches)
    return comparison


def _without_older(comparison: _Comparison) -> _Comparison:
    """Return a comparison in which older items that a list without dates shows now are no news."""
    if comparison.document.feed.first_ok_at is None:
        return comparison
    items = comparison.document.reading.feed.entries
    older = recognise.older_places(items, _known_items(comparison))
    return replace(comparison, silent=comparison.silent | older)


def _with_additions(comparison: _Comparison) -> _Comparison:
    """Return a comparison with what was added to entries that are known by their day alone, and to the newest
    version of a changelog on a page.
    """
    read = comparison.document.reading
    is_page = comparison.document.feed.format is FeedFormat.PAGE
    newest_version = next((entry.guid for entry in read.feed.entries), "") if is_page else ""
    items = zip(comparison.matches, read.feed.entries, read.keys, read.hashes, strict=True)
    additions: dict[int, ParsedEntry | None] = {}
    for place, (match, entry, keys, content) in enumerate(items):
        grows = is_of_day(entry.guid) or (entry.guid != "" and entry.guid == newest_version)
        if not (match and match.keys.key == keys.key and grows):
            continue
        parts = [part for part in comparison.known_entries if part.keys.alias == keys.alias]
        is_whole = not any(part.is_cut or part.text_kind is TextKind.PAGE for part in parts)
        if is_whole and content != match.content_hash:
            addition = find_addition(parts, entry)
            if addition is not None or len(parts) > 1:
                additions[place] = addition
    return replace(comparison, additions=additions)


async def _compare_page(tx: Tx, comparison: _Comparison) -> _Comparison:
    """Tell what on a page is news: nothing at first sight, and after a redesign only what is dated later than
    all that was known.
    """
    feed, read = comparison.document.feed, comparison.document.reading
    items = read.feed.entries
    if feed.first_ok_at is None:
        return replace(comparison, silent=frozenset(range(len(items))))
    if all(comparison.matches):
        return comparison
    newest = await entries.newest_entries(tx, feed.id, LOOK_BACK)
    titles = {fold(newest_entry.title): newest_entry for newest_entry in reversed(newest)}
    by_title = [identify.by_title(entry, titles) for entry in items]
    if not is_redesigned(_known_items(comparison)):
        return _without_older(replace(comparison, matches=find_moved(items, comparison.matches, by_title)))
    matches = [match or twin for match, twin in zip(comparison.matches, by_title, strict=True)]
    comparison = replace(comparison, matches=matches)
    known_items = _known_items(comparison)
    if not any(known_items) and have_rolled(items, feed.ok_at):
        return comparison
    silent = {
        place for place, entry in enumerate(items) if not is_news_after(entry, known_items, feed.newest_at)
    }
    return replace(comparison, silent=silent)


def _known_items(comparison: _Comparison) -> list[bool]:
    """Tell of each entry of a document whether it was known before, also if it is kept no more."""
    return [
        match is not None or keys in comparison.gone
        for match, keys in zip(comparison.matches, comparison.document.reading.keys, strict=True)
    ]


def _is_elsewhere(feed: Feed, document_feed: ParsedFeed) -> bool:
    """Tell whether a document names another site and title than its feed; where a site is not known nothing
    is told.
    """
    first, second = (registered_domain(url) for url in (feed.home, document_feed.home))
    return bool(first and second) and first != second and feed.title != document_feed.title


async def _edit_known(tx: Tx, comparison: _Comparison, now: datetime) -> int:
    """Record what reads otherwise now; returns how many edits change what is told."""
    read = comparison.document.reading
    items = zip(comparison.matches, read.feed.entries, read.keys, read.hashes, read.verdicts, strict=True)
    own_places = [place not in comparison.additions for place in range(len(comparison.matches))]
    edited_count = 0
    counts = {
        known.id: (entry.points, entry.comments)
        for known, entry in zip(comparison.matches, read.feed.entries, strict=True)
        if known is not None and (entry.points is not None or entry.comments is not None)
    }
    await entries.set_counts(tx, counts)
    for known_entry, entry, keys, content, entry_verdicts in compress(items, own_places):
        if known_entry is not None:
            by_text = (
                known_entry.text_kind is not TextKind.PAGE
                and comparison.document.feed.format is FeedFormat.FEED
            )
            edited_count += await _edit(
                tx, known_entry, keys, _content(entry, content), entry_verdicts, now, by_text=by_text
            )
    return edited_count


async def _edit(
    tx: Tx,
    known_entry: KnownEntry,
    keys: Keys,
    values: dict[str, Any],
    verdicts: Sequence[Verdict],
    now: datetime,
    *,
    by_text: bool,
) -> bool:
    """Record that a known entry reads otherwise now; True when that changes what is told. Its text counts,
    and is taken, only `by_text`.
    """
    if keys != known_entry.keys:
        await entries.rekey(tx, known_entry.id, keys)
    if values["content_hash"] == known_entry.content_hash or known_entry.version > EDIT_LIMIT:
        return False
    if known_entry.is_cut:
        values = {**values, "text": values["text"][:KEPT_OPENING]}
    texts = (
        known_entry.title,
        known_entry.text if by_text else "",
        values["title"],
        values["text"] if by_text else "",
    )
    change = identify.classify_change(*texts)
    kept_values = values if by_text else {**values, "text": known_entry.text}
    await entries.edit(tx, known_entry.id, known_entry.version + 1, change, kept_values, now)
    if change is Change.MATERIAL and identify.tells_more(*texts):
        await entries.end_backlog(tx, known_entry.id)
    await entries.store_verdicts(tx, {known_entry.id: verdicts})
    return change is Change.MATERIAL


def quiet_date(first_seen: datetime, horizon: timedelta) -> datetime:
    """Return the date of what a page held already when it was first seen: no digest tells it."""
    return first_seen - horizon - QUIETLY


def _new_entries(comparison: _Comparison, now: datetime, policy: Policy) -> list[NewEntry]:
    """Return the new entries of a document, oldest first. Silent ones are dated before the horizon of
    digests, and their pages are not read.
    """
    feed, read = comparison.document.feed, comparison.document.reading
    backlog = feed.first_ok_at is None
    held_places: Set[int] = frozenset()
    if feed.first_ok_at is not None and feed.newest_at is None:
        held_places = recognise.held_before(read.feed.entries, feed.first_ok_at)
    known_items = _known_items(comparison)
    last_look = LastLook(feed.ok_at, known_items) if feed.ok_at else None
    dates = dates_of(read.feed.entries, now, backlog=backlog or bool(held_places), last_look=last_look)
    pages = Counter(identify.link_key(entry.link) for entry in read.feed.entries)
    silenced: Set[int] = frozenset() if backlog and policy.first_sight_is_news else comparison.silent
    new = []
    for place, is_known in enumerate(known_items):
        if is_known:
            continue
        entry, verdicts, silent = read.feed.entries[place], read.verdicts[place], place in silenced
        date = min(dates[place], quiet_date(now, policy.horizon)) if silent else dates[place]
        values = _content(entry, read.hashes[place]) | _first_version(
            entry,
            () if silent else verdicts,
            date,
            now,
            backlog=backlog or silent or place in held_places,
            has_page=pages[identify.link_key(entry.link)] == 1
            and identify.has_own_page(entry.link, read.feed.home),
        )
        new.append(NewEntry(feed.id, read.keys[place], values))
    for place, keys, entry in _added_entries(comparison):
        values = _content(entry, identify.content_hash(entry)) | _first_version(
            entry, read.verdicts[place], dates[place], now, backlog=False, has_page=False
        )
        new.append(NewEntry(feed.id, keys, values))
    return new[::-1]


def _added_entries(comparison: _Comparison) -> Iterator[tuple[int, Keys, ParsedEntry]]:
    """Give the places of days that grew, and what was added to each as an entry with names of its own."""
    for place, addition in comparison.additions.items():
        if addition is not None:
            yield place, keys_of_addition(addition, comparison.document.reading.keys[place]), addition


def _verdicts_of(comparison: _Comparison) -> list[tuple[tuple[int, str], Sequence[Verdict]]]:
    read, feed_id = comparison.document.reading, comparison.document.feed.id
    return [
        ((feed_id, keys.key), entry_verdicts)
        for keys, entry_verdicts in (
            *zip(read.keys, read.verdicts, strict=True),
            *((keys, read.verdicts[place]) for place, keys, _ in _added_entries(comparison)),
        )
    ]


def _first_version(
    entry: ParsedEntry,
    verdicts: Sequence[Verdict],
    date: datetime,
    now: datetime,
    *,
    backlog: bool,
    has_page: bool,
) -> dict[str, Any]:
    """Return what an entry gets once, when it is first seen."""
    kind = TextKind.TEASER if size(entry.text) < TEASER else TextKind.FEED
    wants_page = kind is TextKind.TEASER and has_page and any(v.relevant for v in verdicts)
    return {
        "text_kind": kind,
        "author": entry.author,
        "image": entry.image,
        "categories": list(entry.categories),
        "points": entry.points,
        "comments": entry.comments,
        "published": date,
        "first_seen": now,
        "backlog": backlog,
        "read_due_at": now if wants_page else None,
    }


def _content(entry: ParsedEntry, content_hash: str) -> dict[str, Any]:
    return {
        "title": entry.title,
        "link": entry.link,
        "text": entry.text,
        "language": entry.language,
        "content_hash": content_hash,
    }


def _read(ctx: Context, document: PolledDocument, newest: Sequence[datetime]) -> Read:
    """Return what a document tells of its feed, given when the feed's newest entries were published."""
    document_feed, fetched = document.reading.feed, document.fetched
    rhythm, last = polling.rhythm_of(newest), max(newest, default=None)
    state = Validators(fetched.etag, fetched.last_modified, document.body_hash)
    hints = polling.PollHints(
        fresh=fetched.wait,
        ttl=document_feed.min_interval,
        skip_hours=document_feed.skip_hours,
        skip_days=document_feed.skip_days,
        conditional=state.given,
        pushed=is_pushed(document.feed, ctx.clock()),
    )
    record = poll_record(
        ctx, document.feed, fetched, state, polling.slow_down(rhythm, last, ctx.clock()), hints
    )
    return Read(before=document.feed, poll=record, feed=document_feed, rhythm=rhythm, newest=last)


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


def poll_record(
    ctx: Context, feed: Feed, fetched: Fetched, state: Validators, rhythm: timedelta, hints: polling.PollHints
) -> Polled:
    """Return what a successful poll leaves with its feed."""
    now = ctx.clock()
    own_rhythm = timedelta(minutes=feed.poll_minutes)
    poll_at = polling.next_poll(
        feed.id,
        now,
        own_rhythm or rhythm,
        hints,
        shortest=ctx.policy.shortest_poll,
        longest=max(ctx.policy.longest_poll, own_rhythm),
    )
    is_same_redirect = bool(fetched.moved) and fetched.moved == feed.moved_to
    return Polled(
        feed_id=feed.id,
        at=now,
        next_poll_at=poll_at,
        etag=state.etag,
        last_modified=state.last_modified,
        body_hash=state.body_hash,
        moved_to=fetched.moved,
        moved_since=feed.moved_since if is_same_redirect else (now if fetched.moved else None),
        moved_seen=(feed.moved_seen if is_same_redirect else 0) + bool(fetched.moved),
    )
