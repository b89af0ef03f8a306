"""The outbox: operations on their way, and every message of ours that exists."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select, update

from bot.model import (
    ChannelState,
    Operation,
    OperationKind,
    OperationState,
    Pause,
    Payload,
    Place,
    Post,
    Purpose,
    RecordedMessage,
    Search,
)
from bot.store.database import Tx
from bot.store.places import is_paused_by_person, pause_of
from bot.store.rows import insert
from bot.store.schema import answers, channels, operations, slots

RECENT = 500
"""Messages of ours in a chat that are told apart from one that is looked for."""

UNSETTLED = timedelta(hours=1)
"""How long before a lost operation another message may have left that is still without its id."""

OPEN = (OperationState.QUEUED, OperationState.SENDING, OperationState.UNCERTAIN)
"""The states in which an operation still waits for something."""

NEVER_PAUSED = (Purpose.NOTICE, Purpose.LOST_LIST)
"""What people must hear of even where they have paused the news."""


def waits_for_pause(operation: Operation) -> bool:
    """Tell whether an operation waits while a person has paused its channel: a new post of news, and not one
    that may have left already.
    """
    is_new_post = operation.kind is OperationKind.SEND and operation.state is OperationState.QUEUED
    return is_new_post and operation.purpose not in NEVER_PAUSED


def operation_of(row: Row[Any]) -> Operation:
    """Return the operation in a row."""
    return Operation(
        id=row.id,
        channel_id=row.channel_id,
        intent=row.intent,
        nonce=row.nonce,
        payload=row.payload,
        state=OperationState(row.state),
        created_at=row.created_at,
        not_after=row.not_after,
        kind=OperationKind(row.kind),
        attempts=row.attempts,
        cause=row.cause,
        not_before=row.not_before,
        sending_at=row.sending_at,
        post=row.post,
        reply_to=row.reply_to,
        purpose=Purpose(row.purpose),
        subject_id=row.subject_id,
        part=row.part,
        document_id=row.document_id,
    )


@dataclass(frozen=True, slots=True)
class CarriedStory:
    """A story that a document tells: whole, or as an update with its fresh entries alone."""

    story_id: int
    fresh: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An operation to be written: `intent` names it for good, so that writing it twice is harmless.

    `subject_id`, `part` and `document_id` are those of `Operation`. Channels with a higher `priority` in the
    outbox are served first.
    """

    channel_id: int
    intent: str
    purpose: Purpose
    payload: Payload
    not_after: datetime
    subject_id: int | None = None
    part: int = 1
    document_id: int | None = None
    priority: int = 0
    reply_to: int | None = None
    kind: OperationKind = OperationKind.SEND
    carries: tuple[CarriedStory, ...] = ()


async def queue_document(
    tx: Tx, drafts: Sequence[Draft], instance: str, now: datetime, *, is_threaded: bool = False
) -> int | None:
    """Write the messages of one document, in order; returns the first operation, None when it stands there
    already. Where posts open threads (`is_threaded`) the later messages answer the first, in its thread.
    """
    first = await queue(tx, drafts[0], instance, now)
    if first is None:
        return None
    for part, draft in enumerate(drafts[1:], start=2):
        reply_to = draft.reply_to or (first if is_threaded else None)
        await queue(tx, replace(draft, part=part, document_id=first, reply_to=reply_to), instance, now)
    return first


async def queue(tx: Tx, draft: Draft, instance: str, now: datetime) -> int | None:
    """Write an operation; None when its intent stands there already."""
    nonce = hashlib.blake2b(f"{instance}\n{draft.intent}".encode(), digest_size=12).hexdigest()
    row = {
        "channel_id": draft.channel_id,
        "intent": draft.intent,
        "nonce": nonce,
        "kind": draft.kind,
        "payload": dict(draft.payload),
        "reply_to": draft.reply_to,
        "state": OperationState.QUEUED,
        "created_at": now,
        "not_after": draft.not_after,
        "carries": [[c.story_id, list(c.fresh)] for c in draft.carries],
        "purpose": draft.purpose,
        "subject_id": draft.subject_id,
        "part": draft.part,
        "document_id": draft.document_id,
        "priority": draft.priority,
    }
    statement = insert(tx, operations).values(row).on_conflict_do_nothing().returning(operations.c.id)
    operation_id: int | None = (await tx.execute(statement)).scalar()
    return operation_id


@dataclass(frozen=True, slots=True)
class NoticeCounts:
    """Notices of an operator's channel: all of them, those about servers, and those about one server."""

    all: int
    about_servers: int
    about_server: int


async def count_notices(tx: Tx, channel_id: int, since: datetime, server_id: int) -> NoticeCounts:
    """Return how many notices were written for an operator's channel since a moment; `server_id` names the
    one server.
    """
    about_server = func.count().filter(operations.c.subject_id == server_id)
    query = select(func.count(), func.count(operations.c.subject_id), about_server).where(
        operations.c.channel_id == channel_id,
        operations.c.created_at >= since,
        operations.c.purpose == Purpose.NOTICE,
    )
    return NoticeCounts(*(await tx.execute(query)).one())


async def due_channels(tx: Tx, platforms: Sequence[str], now: datetime) -> list[int]:
    """Return ids of channels of some platforms whose next operation may go now: those of the highest priority
    first, then the longest waiting.

    Of the lost ones those that are to be tried again; news of those that a person paused waits.
    """
    is_held = and_(
        is_paused_by_person(now),
        operations.c.state == OperationState.QUEUED,
        operations.c.kind == OperationKind.SEND,
        operations.c.purpose.not_in(NEVER_PAUSED),
    )
    ready = and_(
        or_(operations.c.not_before.is_(None), operations.c.not_before <= now),
        ~is_held,
    )
    query = (
        select(operations.c.channel_id)
        .join(channels)
        .where(
            operations.c.state.in_(OPEN),
            channels.c.platform.in_(platforms),
            or_(channels.c.state == ChannelState.ACTIVE, channels.c.retry_at <= now),
        )
        .group_by(operations.c.channel_id)
        .having(func.min(operations.c.id) == func.min(operations.c.id).filter(ready))
        .order_by(func.max(operations.c.priority).desc(), func.min(operations.c.created_at))
    )
    return list((await tx.execute(query)).scalars())


@dataclass(frozen=True, slots=True)
class Next:
    """The operation that is next in a channel, the post that it answers, where it answers one that has been
    sent, and how the channel is.
    """

    operation: Operation
    answers: str
    state: ChannelState
    retry_at: datetime | None
    pause: Pause | None


_answered_operations = operations.alias()
_NEXT = (
    select(
        operations,
        _answered_operations.c.post.label("answers"),
        channels.c.state.label("channel_state"),
        channels.c.retry_at,
        channels.c.paused_at,
        channels.c.paused_until,
    )
    .join(channels, channels.c.id == operations.c.channel_id)
    .outerjoin(_answered_operations, _answered_operations.c.id == operations.c.reply_to)
    .where(
        operations.c.id.in_(
            select(func.min(operations.c.id))
            .where(
                operations.c.channel_id.in_(bindparam("numbers", expanding=True)),
                operations.c.state.in_(OPEN),
            )
            .group_by(operations.c.channel_id)
        )
    )
)
_sibling_channels = channels.alias()
_ACCOMPANIED = (
    select(channels.c.id)
    .join(
        _sibling_channels,
        and_(
            _sibling_channels.c.platform == channels.c.platform,
            _sibling_channels.c.address == channels.c.address,
        ),
    )
    .join(operations, operations.c.channel_id == _sibling_channels.c.id)
    .where(
        channels.c.id.in_(bindparam("numbers", expanding=True)),
        _sibling_channels.c.id != channels.c.id,
        operations.c.kind == OperationKind.SEND,
        or_(
            operations.c.state == OperationState.SENDING,
            and_(
                operations.c.state == OperationState.UNCERTAIN,
                _sibling_channels.c.state == ChannelState.ACTIVE,
            ),
        ),
    )
)
_SENDING = (
    update(operations)
    .where(operations.c.id.in_(bindparam("numbers", expanding=True)))
    .values(state=OperationState.SENDING, sending_at=bindparam("now"), attempts=operations.c.attempts + 1)
)
_RECORD_DONE = (
    update(operations)
    .where(operations.c.id == bindparam("number"))
    .values(
        state=OperationState.DONE,
        post=bindparam("message"),
        done_at=bindparam("now"),
        cause="",
        not_before=None,
    )
)
_NEWEST = update(channels).where(channels.c.id == bindparam("number")).values(last_post=bindparam("message"))
"""The statements of each post are built once: recognising one anew takes SQLAlchemy longer than SQLite needs
to run it.
"""


async def next_of(tx: Tx, channel_ids: Sequence[int]) -> dict[int, Next]:
    """Return the operations that are next in some channels, by channel."""
    rows = await tx.execute(_NEXT, {"numbers": channel_ids})
    return {
        row.channel_id: Next(
            operation_of(row),
            row.answers or "",
            ChannelState(row.channel_state),
            row.retry_at,
            pause_of(row),
        )
        for row in rows
    }


async def accompanied(tx: Tx, channel_ids: Sequence[int]) -> set[int]:
    """Return those of some channels where a post to another thread of their chat is on its way or
    uncertain.
    """
    return set((await tx.execute(_ACCOMPANIED, {"numbers": channel_ids})).scalars())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that is queued whole: its operations in order, the first of which says what it tells."""

    operations: tuple[int, ...]
    created_at: datetime
    not_after: datetime
    carries: tuple[CarriedStory, ...]


async def waiting_documents(tx: Tx, channel_id: int) -> list[Waiting] | None:
    """Return the documents with stories that wait in a channel, in order; None while it is not known what
    became of an operation there.
    """
    query = select(operations).where(operations.c.channel_id == channel_id, operations.c.state.in_(OPEN))
    rows = list(await tx.execute(query.order_by(operations.c.id)))
    if any(row.state != OperationState.QUEUED for row in rows):
        return None
    parts: dict[int, list[Row[Any]]] = {}
    for row in rows:
        parts.setdefault(row.document_id or row.id, []).append(row)
    return [_waiting(own_parts) for own_parts in parts.values() if own_parts[0].carries]


def _waiting(rows: Sequence[Row[Any]]) -> Waiting:
    first = rows[0]
    carries = tuple(CarriedStory(story, tuple(fresh)) for story, fresh in first.carries)
    return Waiting(tuple(row.id for row in rows), first.created_at, first.not_after, carries)


async def hold_back(tx: Tx, operation_id: int, until: datetime) -> None:
    """Let a queued operation wait for its turn."""
    await tx.execute(update(operations).where(operations.c.id == operation_id).values(not_before=until))


async def supersede(tx: Tx, operation_ids: Sequence[int], cause: str) -> None:
    """Withdraw queued operations in favour of others."""
    is_queued = and_(operations.c.id.in_(operation_ids), operations.c.state == OperationState.QUEUED)
    values = {"state": OperationState.SUPERSEDED, "cause": cause, "not_before": None}
    await tx.execute(update(operations).where(is_queued).values(values))


async def withdraw_removals(tx: Tx, document_id: int) -> None:
    """Withdraw the queued removals of a document's messages, which stay then as they are."""
    removals = and_(
        operations.c.document_id == document_id,
        operations.c.kind == OperationKind.DELETE,
        operations.c.state == OperationState.QUEUED,
    )
    values = {"state": OperationState.SUPERSEDED, "cause": "the edit before it did not succeed"}
    await tx.execute(update(operations).where(removals).values(values))


async def refuse_paused(tx: Tx, before: datetime, cause: str) -> list[int]:
    """Refuse what waits for channels that are paused since before a moment; returns the operations."""
    paused_channels = select(channels.c.id).where(
        channels.c.state == ChannelState.PAUSED, channels.c.state_at < before
    )
    old = and_(operations.c.state.in_(OPEN), operations.c.channel_id.in_(paused_channels))
    values = {"state": OperationState.REFUSED, "cause": cause, "not_before": None}
    refused_rows = await tx.execute(update(operations).where(old).values(values).returning(operations.c.id))
    return list(refused_rows.scalars())


async def get(tx: Tx, operation_id: int) -> Operation | None:
    """Return an operation."""
    row = (await tx.execute(select(operations).where(operations.c.id == operation_id))).first()
    return operation_of(row) if row else None


async def sending(tx: Tx, operation_ids: Sequence[int], now: datetime) -> None:
    """Record that operations are about to leave."""
    await tx.execute(_SENDING, {"numbers": operation_ids, "now": now})


async def record_done(tx: Tx, arrived: Sequence[tuple[Operation, str]], now: datetime) -> None:
    """Record that operations had their effect, each with the platform's id of its post."""
    if not arrived:
        return
    await tx.execute(
        _RECORD_DONE, [{"number": arrival.id, "message": post, "now": now} for arrival, post in arrived]
    )
    newest = {one.channel_id: post for one, post in arrived if one.kind is OperationKind.SEND}
    if newest:
        await tx.execute(_NEWEST, [{"number": channel, "message": post} for channel, post in newest.items()])


async def settle(
    tx: Tx, operation_id: int, state: OperationState, cause: str, not_before: datetime | None = None
) -> None:
    """Move an operation to another state, with the cause in words."""
    values = {"state": state, "cause": cause[:500], "not_before": not_before}
    await tx.execute(update(operations).where(operations.c.id == operation_id).values(values))


async def recover_interrupted(tx: Tx) -> int:
    """Make uncertain what a dead sender left as `sending`; returns how many."""
    statement = update(operations).where(operations.c.state == OperationState.SENDING)
    values = {"state": OperationState.UNCERTAIN, "cause": "the sender stopped before it heard the answer"}
    result = await tx.execute(statement.values(values).returning(operations.c.id))
    return len(result.all())


async def search_for(tx: Tx, operation: Operation, operator: str) -> Search:
    """Return what a platform needs to look for an operation that may have arrived."""
    channel = (await tx.execute(select(channels).where(channels.c.id == operation.channel_id))).one()
    place = and_(answers.c.platform == channel.platform, answers.c.address == channel.address)
    since = operation.sending_at or operation.created_at
    answer_posts = (
        select(answers.c.post).where(place, answers.c.post.is_not(None)).order_by(answers.c.id.desc())
    )
    answer_ids = (await tx.execute(answer_posts.limit(RECENT))).scalars()
    same_chat = and_(channels.c.platform == channel.platform, channels.c.address == channel.address)
    posts = select(operations.c.post).join(channels).where(same_chat, operations.c.post != "")
    operation_posts = (await tx.execute(posts.order_by(operations.c.id.desc()).limit(RECENT))).scalars()
    open_answers = select(func.count()).where(
        place, answers.c.post.is_(None), answers.c.closed_at.is_(None), answers.c.at >= since - UNSETTLED
    )
    unsettled_states = [OperationState.SENDING, OperationState.UNCERTAIN, OperationState.HELD]
    unsettled = (
        select(func.count())
        .select_from(operations.join(channels))
        .where(
            same_chat,
            operations.c.id != operation.id,
            operations.c.kind == OperationKind.SEND,
            operations.c.state.in_(unsettled_states),
            operations.c.sending_at >= since - UNSETTLED,
        )
    )
    unrecorded = sum([int((await tx.execute(query)).scalar_one()) for query in (open_answers, unsettled)])
    before = answer_posts.where(answers.c.closed_at <= since).limit(1)
    after = _later(channel.last_post, (await tx.execute(before)).scalar() or "")
    known_posts = frozenset(answer_ids) | frozenset(operation_posts)
    return Search(
        after=after,
        known=known_posts,
        unrecorded=unrecorded,
        operator=operator,
        elsewhere=await _messages_in_other_chats(tx, channel, since),
    )


async def _messages_in_other_chats(tx: Tx, channel: Row[Any], since: datetime) -> tuple[RecordedMessage, ...]:
    """Return the newest messages of ours in other chats of a channel's platform, and which were there at a
    moment.
    """
    posts = (
        select(channels.c.address, operations.c.post, operations.c.done_at)
        .join(channels)
        .where(
            channels.c.platform == channel.platform,
            channels.c.address != channel.address,
            operations.c.post != "",
        )
        .order_by(operations.c.id.desc())
    )
    answer_messages = (
        select(answers.c.address, answers.c.post, answers.c.closed_at)
        .where(
            answers.c.platform == channel.platform,
            answers.c.address != channel.address,
            answers.c.post.is_not(None),
        )
        .order_by(answers.c.id.desc())
    )
    rows = [row for query in (posts, answer_messages) for row in await tx.execute(query.limit(RECENT))]
    return tuple(RecordedMessage(address, post, at is not None and at <= since) for address, post, at in rows)


def _later(post: str, answer: str) -> str:
    """Return the later of two message ids of a chat, which platforms count upwards; the post where they
    cannot be compared.
    """
    if post and not (post.isdigit() and answer.isdigit()):
        return post
    return max(post, answer, key=lambda number: (len(number), number))


async def states_of(tx: Tx, channel_id: int) -> dict[OperationState, int]:
    """Return how many operations of a channel stand in each state."""
    query = (
        select(operations.c.state, func.count())
        .where(operations.c.channel_id == channel_id)
        .group_by(operations.c.state)
    )
    return {OperationState(row[0]): int(row[1]) for row in await tx.execute(query)}


async def last_post_at(tx: Tx, channel_id: int) -> datetime | None:
    """Return when a channel last got a post."""
    query = select(func.max(operations.c.done_at)).where(operations.c.channel_id == channel_id)
    moment: datetime | None = (await tx.execute(query)).scalar()
    return moment


async def stories_of_post(tx: Tx, channel_id: int, post: str) -> list[int]:
    """Return the stories that a post of a channel tells, in their order; none of a post that is not ours, or
    tells none.
    """
    is_post = or_(operations.c.post == post, operations.c.post.endswith(f"/{post}", autoescape=True))
    query = select(operations).where(operations.c.channel_id == channel_id, is_post)
    row = (await tx.execute(query.order_by(operations.c.id.desc()).limit(1))).first()
    if row is None:
        return []
    if row.purpose == Purpose.STORY and row.subject_id is not None:
        return [row.subject_id]
    if row.purpose != Purpose.DIGEST or row.subject_id is None:
        return []
    slot = (
        select(slots.c.told)
        .where(slots.c.subscription_id == row.subject_id, slots.c.published_at <= row.created_at)
        .order_by(slots.c.slot_at.desc())
        .limit(1)
    )
    return list((await tx.execute(slot)).scalar() or ())


async def history(tx: Tx, channel_id: int, limit: int) -> list[Post]:
    """Return a channel's newest posts, oldest first."""
    finished_operations = and_(
        operations.c.channel_id == channel_id, operations.c.state == OperationState.DONE
    )
    rows = await tx.execute(
        select(operations).where(finished_operations).order_by(operations.c.id.desc()).limit(limit)
    )
    return [Post(row.id, row.payload, row.done_at) for row in rows][::-1]


async def record_answer_start(tx: Tx, place: Place, now: datetime) -> int:
    """Record that an answer to a Call is about to leave."""
    row = {"platform": place.platform, "address": place.address, "thread": place.thread, "at": now}
    return int((await tx.execute(insert(tx, answers).values(row).returning(answers.c.id))).scalar_one())


async def record_answer_post(tx: Tx, number: int, post: str, now: datetime) -> None:
    """Record the platform's id of an answer; an empty one says that it never arrived."""
    await tx.execute(update(answers).where(answers.c.id == number).values(post=post or None, closed_at=now))
