"""correct: put right what was posted when the entries it rests on were changed since.

For each story of the post: read what its sources said then and say now → does a sentence shown no longer
stand? (pure) → summarize, gate → put the new block into the document that was kept, render → one transaction:
edits of the messages that differ, the words for the channel's memory, the versions that were looked at. Where
a message cannot be edited, one reply to the post, and none where only the wording has changed.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import DatabaseUnavailable
from bot.jobs import Context
from bot.jobs.publishing.correction_drafts import (
    Occasion,
    draft_changes,
    draft_correction,
    draft_notice,
    draft_retraction,
)
from bot.jobs.publishing.summarize import summarize
from bot.model import (
    Channel,
    Document,
    Entry,
    Length,
    Operation,
    OperationKind,
    OperationState,
    Purpose,
    Story,
    StoryBlock,
)
from bot.pipeline.composing import corrections as decide
from bot.pipeline.composing.compose import join_sentences
from bot.pipeline.selection.feed_rules import with_rules_of_feeds
from bot.pipeline.selection.rank import rank
from bot.pipeline.timing.quiet_hours import closed_until
from bot.ports import SummaryTask
from bot.store import feeds, outbox, places, posted_documents, posting_hold, stories
from bot.store.outbox import Draft
from bot.store.posted_documents import PostedDocument, Source
from bot.threads import in_thread

CORRECTION_PERIOD = timedelta(hours=48)
"""How long after it was posted a story is put right."""

BATCH_DOCUMENTS = 50


class _OvertakenError(Exception):
    """Another process put this post right meanwhile; what is still to be put right stays due."""


class _QuietError(Exception):
    """Nothing is posted in a channel before a moment, and so no notice either."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class Corrector:
    """The serial job: one correction after the other, each tried until it fails in a way nobody expected."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._turn = asyncio.Lock()
        self._failed: set[int] = set()
        self._waiting: dict[int, datetime] = {}
        self._known: tuple[int, datetime | None] | None = None

    async def due(self) -> list[int]:
        """Return operations to look at: the first of posts whose sources were changed since, and edits that
        were refused.
        """
        since = self._ctx.clock() - CORRECTION_PERIOD
        async with self._ctx.store.read() as tx:
            if await posting_hold.held_since(tx):
                return []
            numbers = await posted_documents.outdated(tx, self._ctx.platforms, since, BATCH_DOCUMENTS)
            numbers += await posted_documents.refused_edits(tx, since, decide.DELETED, BATCH_DOCUMENTS)
        now = self._ctx.clock()
        self._waiting = {number: until for number, until in self._waiting.items() if until > now}
        return [number for number in numbers if number not in self._failed and number not in self._waiting]

    async def run(self, operation_id: int) -> None:
        """Put one post right."""
        async with self._turn:
            try:
                await correct(self._ctx, operation_id)
            except DatabaseUnavailable:
                raise  # it stays due
            except _OvertakenError:
                self._ctx.log.info("correction.overtaken", operation=operation_id)
            except _QuietError as quiet:
                self._waiting[operation_id] = quiet.until
            except Exception:
                self._failed.add(operation_id)
                self._ctx.log.exception("post.not_corrected", operation=operation_id)

    async def correct_all(self) -> None:
        """Put right what entries changed lately make wrong: that comes before news."""
        async with self._ctx.store.read() as tx:
            edited_state = await posted_documents.count_edited(tx, self._ctx.clock() - CORRECTION_PERIOD)
        if edited_state == self._known:
            return
        for operation_id in await self.due():
            await self.run(operation_id)
        self._known = edited_state


async def correct(ctx: Context, operation_id: int) -> None:
    """Put right the post that an operation is the first part of; of a refused edit, reply to its post
    instead. Raises `_QuietError` where that must wait for the end of the quiet hours.
    """
    async with ctx.store.read() as tx:
        operation = await outbox.get(tx, operation_id)
        if operation is None:
            return
        edit = operation if operation.kind is OperationKind.EDIT else None
        document = await posted_documents.get(tx, operation.document_id or operation_id)
        channel = await places.channel(tx, operation.channel_id)
    if document is None or channel is None:
        return
    if edit is not None:
        await _answer_instead_of_edit(ctx, channel, document, edit)
        return
    waits: _QuietError | None = None
    for story_id in dict.fromkeys(source.story_id for source in document.sources if _is_changed(source)):
        try:
            await _story(ctx, channel, document, story_id)
        except _QuietError as quiet:
            waits = quiet
        async with ctx.store.read() as tx:  # the messages it has now may be fewer
            document = await posted_documents.get(tx, operation_id) or document
    if waits is not None:
        raise waits


def _check_quiet(ctx: Context, channel: Channel) -> None:
    """Raise `_QuietError` in hours in which nothing is posted in a channel."""
    until = closed_until(channel, ctx.clock())
    if until is not None:
        raise _QuietError(until)


def _is_changed(source: Source) -> bool:
    return source.current.version > source.earlier.version


async def _story(ctx: Context, channel: Channel, posted: PostedDocument, story_id: int) -> None:
    """Put one story of a post right."""
    sources = [source for source in posted.sources if source.story_id == story_id]
    changed_sources = [source for source in sources if _is_changed(source)]
    block = decide.block_of(posted.document, [story_id])
    if block is None and not decide.has_line(posted.document, [source.earlier for source in sources]):
        await _save(ctx, channel, posted, posted.document, changed_sources, (), "")
        return
    taken_back = await in_thread(_taken_back, changed_sources)
    if taken_back:
        _check_quiet(ctx, channel)
        answers = [draft_retraction(ctx, channel, posted, entry) for entry in taken_back]
        words = "\n".join(entry.title for entry in taken_back)
        await _save(ctx, channel, posted, posted.document, changed_sources, answers, words)
        return
    length = posted.lengths.get(story_id, Length.LINE)
    better = await _better(ctx, channel, block, sources, length) if block is not None else None
    if block is None or better is None:
        await _save(ctx, channel, posted, posted.document, changed_sources, (), "")
        return
    document = decide.with_block(posted.document, block, better.block)
    newest = max(changed_sources, key=lambda source: (source.current.version, source.current.id)).current
    purpose = Purpose.EDIT if better.is_told else Purpose.REWORDING
    drafts = [[change] for change in draft_changes(ctx, channel, posted, document, newest, purpose)]
    if not drafts and better.is_told:
        _check_quiet(ctx, channel)
        drafts = [draft_correction(ctx, channel, posted, better.block, newest)]
    await _save(ctx, channel, posted, document, changed_sources, drafts, decide.words_of(better.block))


@dataclass(frozen=True, slots=True)
class _Better:
    """How a story reads now, and whether readers must be told where the post cannot be changed: what it said
    does not hold any more, and is not only said in other words.
    """

    block: StoryBlock
    is_told: bool


async def _better(
    ctx: Context, channel: Channel, block: StoryBlock, sources: Sequence[Source], length: Length
) -> _Better | None:
    """Return a block that its sources bear out, None where the one shown still stands or would read
    the same.
    """
    earlier_entries, now = [source.earlier for source in sources], tuple(source.current for source in sources)
    story = Story(
        id=sources[0].story_id, change_no=0, created_at=ctx.clock(), changed_at=ctx.clock(), entries=now
    )
    async with ctx.store.read() as tx:
        (story,) = with_rules_of_feeds([story], await feeds.in_view(tx, channel.server_id))
    ranking = await in_thread(rank, story, ctx.clock(), channel.languages_read, ctx.kinds)
    lead = next((entry for entry in now if entry.link == block.link), ranking.lead)
    language = channel.language if ctx.summarizer.translates else lead.language
    fallen = await in_thread(decide.find_fallen, block, language, earlier_entries, now)
    if not fallen.sentences:
        return None
    task = SummaryTask(replace(ranking, lead=lead), channel.language, length)
    (summary,) = await summarize(ctx, [task], channel)
    summary_lines = (summary_text,) if (summary_text := join_sentences(summary)) else ()
    better = replace(block, headline=summary.headline, sentences=summary_lines)
    if decide.words_of(better) == decide.words_of(block):
        return None
    new_texts = tuple(decide.texts_of(better, language))
    grave = fallen.grave or await in_thread(_is_beyond, new_texts, summary.language, earlier_entries)
    if not grave:
        return _Better(better, fallen.is_unsupported)
    words = ctx.texts.for_language(channel.language)
    return _Better(replace(better, meta=decide.mark_meta(block.meta, words("corrected"))), is_told=True)


def _taken_back(changed_sources: Sequence[Source]) -> list[Entry]:
    """Return the entries that take back now what they said before."""
    return [
        s.current
        for s in changed_sources
        if decide.takes_back(s.current) and not decide.takes_back(s.earlier)
    ]


def _is_beyond(texts: Sequence[str], language: str, earlier_entries: Sequence[Entry]) -> bool:
    return any(decide.beyond(text, language, earlier_entries) for text in texts)


async def _answer_instead_of_edit(
    ctx: Context, channel: Channel, posted: PostedDocument, edit: Operation
) -> None:
    """Answer a post that a platform did not let us edit with what it should say: once, with all its stories
    whose edits were refused since the last answer. Where it tells none of them any more, nothing is to be
    said.
    """
    async with ctx.store.read() as tx:
        entry_ids = await posted_documents.entries_of_refused_edits(tx, posted.parts[0].id, decide.DELETED)
    if not entry_ids:
        return
    _check_quiet(ctx, channel)
    story_ids = dict.fromkeys(s.story_id for s in posted.sources if s.current.id in entry_ids)
    blocks = [block for story in story_ids if (block := decide.block_of(posted.document, [story]))]
    if not blocks:
        async with ctx.store.write() as tx:
            await outbox.settle(tx, edit.id, OperationState.SUPERSEDED, "the post tells that story no more")
        return
    occasion = Occasion(f"instead:{edit.intent}", Purpose.INSTEAD, edit.id)
    notice = draft_notice(ctx, channel, posted, blocks, occasion)
    await _save(ctx, channel, posted, posted.document, (), [notice], "")


async def _save(
    ctx: Context,
    channel: Channel,
    posted: PostedDocument,
    document: Document,
    changed_sources: Sequence[Source],
    written: Sequence[Sequence[Draft]],
    words: str,
) -> None:
    """Write everything in one transaction: changes, each for itself, or answers, each with its messages.

    A publishing of this channel that is under way starts again: it may tell less now. Raises
    `_OvertakenError` where the post was put right since it was loaded.
    """
    versions = {source.current.id: source.current.version for source in changed_sources}
    async with ctx.store.write() as tx:
        kept = await posted_documents.get(tx, posted.parts[0].id)
        if kept is None or kept.document != posted.document:
            raise _OvertakenError
        await posted_documents.put_right(tx, posted.parts[0].id, document, versions)
        operation_ids = [
            await outbox.queue_document(tx, drafts, ctx.instance, ctx.clock()) for drafts in written
        ]
        if words:
            await places.publish_turn(tx, channel.id)
            names_known = [
                name for source in changed_sources for name in await stories.names_of(tx, source.story_id)
            ]
            names_known += [source.current.story_id for source in changed_sources if source.current.story_id]
            await posted_documents.append_told_text(tx, channel.id, names_known, words)
    if any(operation_ids):
        ctx.log.info(
            "post.corrected",
            channel=channel.id,
            operation=posted.parts[0].id,
            by=[draft.intent for drafts in written for draft in drafts],
        )
        ctx.wake("deliver")
