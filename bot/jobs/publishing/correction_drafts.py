"""What puts a post right on its platform, as operations for the outbox: edits of its messages, the removal of
those that are needed no more and of what answered it before, or a notice that answers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from bot.jobs import Context
from bot.jobs.publishing.enqueue import render_payloads
from bot.model import (
    Channel,
    Document,
    Entry,
    Operation,
    OperationKind,
    OperationState,
    Payload,
    Purpose,
    StoryBlock,
    Text,
)
from bot.store.outbox import OPEN, Draft
from bot.store.posted_documents import PostedDocument
from bot.text.words import one_line

LIFE = timedelta(hours=24)

LONGEST_PAUSE = timedelta(days=90)
"""How long a notice waits for the end of a pause for which nobody has said one."""

NOTICE_PART = 0
"""The part of a removal that takes away what answered a post: none of the post's own messages."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a notice is written for: the intent, purpose and subject of its operations."""

    intent: str
    purpose: Purpose
    subject_id: int


def draft_changes(
    ctx: Context,
    channel: Channel,
    post: PostedDocument,
    document: Document,
    newest: Entry,
    purpose: Purpose,
) -> list[Draft]:
    """Return what makes the messages of a post read as a document: edits of those that change, in order, then
    the removal of those it needs no more, and of notices where all its messages say now what holds.

    Nothing where it would need more messages, or where one of those to change is not there. The edits come
    first, so that what a message loses stands in another before it is gone. A post that has more messages
    than its document was refused an edit: all of them are edited.
    """
    before, after = _rendered(ctx, channel, post.document), _rendered(ctx, channel, document)
    if max(len(before), len(after)) > len(post.parts):
        return []
    is_as_kept = len(before) == len(post.parts)
    changed_parts = [
        (part, new)
        for part, old, new in zip_longest(post.parts[: len(after)], before[: len(after)], after)
        if not is_as_kept or old != new
    ]
    surplus_parts = post.parts[len(after) :]
    if any(part.state is not OperationState.DONE for part, _ in changed_parts):
        return []
    if any(part.state in OPEN for part in surplus_parts):
        return []
    edits = [_draft(ctx, channel, post, part, payload, newest, purpose) for part, payload in changed_parts]
    empty_line = _empty_line(ctx, channel) if surplus_parts else {}
    removals = [
        replace(
            _draft(ctx, channel, post, part, empty_line, newest, purpose),
            intent=f"removal:{post.parts[0].id}:{part.id}:{newest.id}.{newest.version}",
            kind=OperationKind.DELETE,
        )
        for part in surplus_parts
        if part.state is OperationState.DONE
    ]
    if len(edits) == len(after):
        removals += _draft_notice_removals(ctx, channel, post, newest, purpose)
    return edits + removals


def _draft_notice_removals(
    ctx: Context, channel: Channel, post: PostedDocument, newest: Entry, purpose: Purpose
) -> list[Draft]:
    """Return what takes away the notices that answered a post, and would say something else than it now."""
    return [
        replace(
            _draft(ctx, channel, post, notice, _empty_line(ctx, channel), newest, purpose),
            intent=f"removal:{post.parts[0].id}:{notice.id}:{newest.id}.{newest.version}",
            part=NOTICE_PART,
            kind=OperationKind.DELETE,
        )
        for notice in post.notices
    ]


def _draft(
    ctx: Context,
    channel: Channel,
    post: PostedDocument,
    part: Operation,
    payload: Payload,
    newest: Entry,
    purpose: Purpose,
) -> Draft:
    """Return the edit of one message of a post."""
    first = post.parts[0].id
    return Draft(
        channel_id=channel.id,
        intent=f"edit:{first}:{part.id}:{newest.id}.{newest.version}",
        purpose=purpose,
        subject_id=newest.id,
        part=part.part,
        document_id=first,
        payload={**payload, "post": part.post, "posted": part.payload},
        not_after=ctx.clock() + LIFE,
        kind=OperationKind.EDIT,
    )


def _empty_line(ctx: Context, channel: Channel) -> Payload:
    """Return what a message says that cannot be deleted and has nothing to say any more."""
    words = ctx.texts.for_language(channel.language)
    line = Text(words("Corrected: what stood here is in the message above, as far as it still holds."))
    return _rendered(ctx, channel, Document((line,), words.language))[0]


def _rendered(ctx: Context, channel: Channel, document: Document) -> tuple[Payload, ...]:
    return ctx.platforms[channel.platform].render(document, channel)


def draft_notice(
    ctx: Context,
    channel: Channel,
    post: PostedDocument,
    blocks: Sequence[StoryBlock],
    occasion: Occasion,
    label: str = "",
) -> list[Draft]:
    """Return the messages of the document that answers a post with stories of it as they read now."""
    words = ctx.texts.for_language(channel.language)
    own_blocks = tuple(replace(block, number=None, label=label or words("Correction")) for block in blocks)
    payloads = render_payloads(ctx, Document(own_blocks, words.language), channel, ctx.clock())
    return [
        Draft(
            channel_id=channel.id,
            intent=occasion.intent if part == 1 else f"{occasion.intent}:{part}",
            purpose=occasion.purpose,
            subject_id=occasion.subject_id,
            payload=payload,
            not_after=_end_of_wait(channel, ctx.clock()) + LIFE,
            reply_to=post.parts[0].id,
        )
        for part, payload in enumerate(payloads, start=1)
    ]


def _end_of_wait(channel: Channel, now: datetime) -> datetime:
    """Return until when a notice waits because a person has paused its channel; now where nobody has."""
    if not channel.is_paused(now) or channel.pause is None:
        return now
    return channel.pause.until or now + LONGEST_PAUSE


def draft_correction(
    ctx: Context, channel: Channel, post: PostedDocument, block: StoryBlock, newest: Entry
) -> list[Draft]:
    """Return the notice that says a correction where the post itself cannot be changed."""
    intent = f"correction:{post.parts[0].id}:{newest.id}.{newest.version}"
    occasion = Occasion(intent, Purpose.CORRECTION, newest.id)
    return draft_notice(ctx, channel, post, [block], occasion)


def draft_retraction(ctx: Context, channel: Channel, post: PostedDocument, entry: Entry) -> list[Draft]:
    """Return the notice that an entry takes back what it said."""
    words = ctx.texts.for_language(channel.language)
    block = StoryBlock(headline=one_line(entry.title), link=entry.link, sentences=(), meta=entry.outlet)
    intent = f"retraction:{post.parts[0].id}:{entry.id}.{entry.version}"
    occasion = Occasion(intent, Purpose.RETRACTION, entry.id)
    return draft_notice(ctx, channel, post, [block], occasion, words("Retracted"))
