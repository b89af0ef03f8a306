"""deliver: send a channel's operations in order, and record what became of each.

An operation is committed as `sending` before it leaves and as `done` after, together with the next one's
`sending`. What lies between when a process or a connection dies is `uncertain`: the platform is searched for
it before anything is sent again.

turn of a channel ── one transaction for many channels: what arrived is done, what is next is sending
   ├── it leaves ────────────────── arrived ──► the next turn
   │                       └─────── not ──────► waits, is uncertain, ends, or the channel or platform is lost
   └── it does not leave yet ────── resolved, expired, caught up ──► the next turn
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.errors import ChannelLost, ChannelMoved, DeliveryError, NotSent, PlatformDown, Refused, Unsure
from bot.jobs import Context
from bot.jobs.delivering.catchup import catch_up, may_be_held_back
from bot.jobs.delivering.pausing import pause_channel
from bot.jobs.operating.notices import tell_operators
from bot.model import (
    Channel,
    ChannelState,
    Finding,
    Health,
    Operation,
    OperationKind,
    OperationState,
    Purpose,
)
from bot.store import Tx, outbox, places, subscriptions
from bot.store.batching import Batcher
from bot.store.outbox import Next
from bot.tally import Counted

BATCH_CLAIMS = 50
"""Operations of one channel sent in one run, so that a long backlog does not keep other channels waiting."""

GATHERING = 0.002
"""Seconds in which turns of channels gather for one transaction: longer than a fast answer, shorter than
anybody notices.
"""

_Chat = tuple[str, str]
"""Platform and address."""

LOOK_AFTER = timedelta(seconds=2)
DOWN_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ClaimedOperation:
    """What is next in a channel: an operation that leaves now, or one about which something must be done
    first.
    """

    channel: Channel
    operation: Operation
    answers: str
    leaves: bool
    wait: float = 0.0
    """Seconds for which the platform's limits let nothing leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ClaimRequest:
    """A channel asks for its next step, after what it sent arrived as `post`.

    `first` of a run, it may find that its posts were held back; the last of a run takes nothing more.
    `caught_up`: what was held back, or past its time, has just been looked at.
    """

    channel_id: int
    finished_step: _ClaimedOperation | None = None
    post: str = ""
    first: bool = False
    caught_up: bool = False
    takes: bool = True


async def deliver(ctx: Context, channel_id: int) -> None:
    """Send what waits in one channel."""
    await Deliverer(ctx).run(channel_id)


class Deliverer:
    """Sends operations, of many channels at a time: what their jobs read and record alike is one transaction
    for many.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._next = Batcher(self._claim_next, pause=GATHERING)

    async def run(self, channel_id: int) -> None:
        """Send what waits in one channel until it is empty, must wait, or the channel is lost."""
        turn: _ClaimRequest | None = _ClaimRequest(channel_id=channel_id, first=True)
        count = 0
        while turn is not None and (step := await self._next(turn)) is not None:
            work = _send(self._ctx, step) if step.leaves else _prepare(self._ctx, step, turn)
            count += 1
            following = await work
            turn = replace(following, takes=count < BATCH_CLAIMS) if following else None

    async def _claim_next(self, turns: Sequence[_ClaimRequest]) -> Sequence[_ClaimedOperation | None]:
        return await self._ctx.store.retry_until_available(partial(self._claim, turns))

    async def _claim(self, turns: Sequence[_ClaimRequest]) -> Sequence[_ClaimedOperation | None]:
        ctx, now = self._ctx, self._ctx.clock()
        claiming_turns = [turn for turn in turns if turn.takes]
        async with ctx.store.write(narrow=True) as tx:
            await _record(tx, turns, now)
            next_operations = await outbox.next_of(tx, [turn.channel_id for turn in claiming_turns])
            channels = await _channels(tx, claiming_turns, next_operations)
            waits = await _busy_chats(ctx, tx, channels)
            steps = [
                _step(
                    ctx, turn, channels.get(turn.channel_id), next_operations.get(turn.channel_id), waits, now
                )
                for turn in turns
            ]
            await _take(tx, [step for step in steps if step is not None], now)
        for turn in turns:
            if turn.finished_step is not None:
                _log_sent(ctx, turn.finished_step)
        return [None if step is None or step.wait else step for step in steps]


async def _record(tx: Tx, turns: Sequence[_ClaimRequest], now: datetime) -> None:
    """Record what arrived; a channel that was lost takes posts again."""
    arrived = [(turn.finished_step, turn.post) for turn in turns if turn.finished_step is not None]
    await outbox.record_done(tx, [(step.operation, post) for step, post in arrived], now)
    for sent, _ in arrived:
        if sent.channel.state is ChannelState.PAUSED:
            await places.resume(tx, sent.channel.id, now)


async def _channels(
    tx: Tx, turns: Sequence[_ClaimRequest], next_operations: Mapping[int, Next]
) -> dict[int, Channel]:
    """Return the channels in which something waits, by id: those that just sent something as they were then,
    but for their state.
    """
    new = [
        turn.channel_id for turn in turns if turn.finished_step is None and turn.channel_id in next_operations
    ]
    channels = await places.channels_by_id(tx, new) if new else {}
    for turn in turns:
        if turn.finished_step is not None and (waiting := next_operations.get(turn.channel_id)) is not None:
            channel = turn.finished_step.channel
            channels[channel.id] = replace(
                channel, state=waiting.state, retry_at=waiting.retry_at, pause=waiting.pause
            )
    return channels


async def _busy_chats(ctx: Context, tx: Tx, channels: Mapping[int, Channel]) -> set[_Chat]:
    """Return the chats in which nothing may leave, since a post to another thread of theirs is on its way or
    uncertain.
    """
    careful = [channel.id for channel in channels.values() if ctx.platforms[channel.platform].one_by_one]
    return {_chat(channels[number]) for number in await outbox.accompanied(tx, careful)} if careful else set()


def _chat(channel: Channel) -> _Chat:
    return channel.platform, channel.address


def _step(
    ctx: Context,
    turn: _ClaimRequest,
    channel: Channel | None,
    next_operation: Next | None,
    waits: set[_Chat],
    now: datetime,
) -> _ClaimedOperation | None:
    """Return what may be done in a channel now, None where nothing may. What leaves is booked with its
    platform; where posts of a chat leave one by one it joins those of `waits`.
    """
    if not turn.takes or channel is None or next_operation is None or not _may_try(channel, now):
        return None
    operation = next_operation.operation
    if operation.not_before is not None and operation.not_before > now:
        return None
    if channel.is_paused(now) and outbox.waits_for_pause(operation):
        return None
    ready = operation.state is OperationState.QUEUED and operation.not_after > now
    if not ready or (turn.first and may_be_held_back(operation, now)):
        return _ClaimedOperation(
            channel=channel, operation=operation, answers=next_operation.answers, leaves=False
        )
    platform = ctx.platforms[channel.platform]
    if platform.one_by_one:
        if _chat(channel) in waits:
            return None
        waits.add(_chat(channel))
    wait = platform.book(channel)
    return _ClaimedOperation(
        channel=channel, operation=operation, answers=next_operation.answers, leaves=not wait, wait=wait
    )


def _may_try(channel: Channel, now: datetime) -> bool:
    """Tell whether posts leave for a channel: an active one, or a lost one that is to be tried again."""
    return channel.state is ChannelState.ACTIVE or (channel.retry_at is not None and channel.retry_at <= now)


async def _take(tx: Tx, steps: Sequence[_ClaimedOperation], now: datetime) -> None:
    """Commit what leaves as being sent, and let wait what the platform's limits hold back."""
    leaving = [step.operation.id for step in steps if step.leaves]
    if leaving:
        await outbox.sending(tx, leaving, now)
    for step in steps:
        if step.wait:
            await outbox.hold_back(tx, step.operation.id, now + timedelta(seconds=step.wait))


def _count_done(ctx: Context, operation: Operation, platform: str) -> None:
    ctx.tally.add(Counted.OPERATIONS, OperationState.DONE)
    if operation.purpose is Purpose.DIGEST:
        ctx.tally.add(Counted.DIGESTS, platform)


def _log_sent(ctx: Context, step: _ClaimedOperation) -> None:
    _count_done(ctx, step.operation, step.channel.platform)
    ctx.log.info(
        "operation.done",
        operation=step.operation.id,
        channel=step.channel.id,
        platform=step.channel.platform,
        intent=step.operation.intent,
    )


async def _send(ctx: Context, step: _ClaimedOperation) -> _ClaimRequest | None:
    """Let an operation leave; returns the turn that its arrival makes, None when the channel must wait."""
    channel, operation = step.channel, step.operation
    failure: DeliveryError
    try:
        post = await ctx.platforms[channel.platform].send(operation, channel, step.answers)
    except DeliveryError as error:
        failure = error
    except Exception as error:
        ctx.log.exception("operation.crashed", operation=operation.id, platform=channel.platform)
        failure = Unsure(f"unexpected: {error}")
    else:
        return _ClaimRequest(channel_id=channel.id, finished_step=step, post=post)
    goes_on = await ctx.store.retry_until_available(
        partial(_handle_failure, ctx, channel, operation, failure)
    )
    return _ClaimRequest(channel_id=channel.id) if goes_on else None


async def _prepare(ctx: Context, step: _ClaimedOperation, turn: _ClaimRequest) -> _ClaimRequest | None:
    """Do what an operation needs before it, or another, can leave; None when the channel must wait."""
    goes_on = True
    if step.operation.state is not OperationState.QUEUED:
        goes_on = await _resolve(ctx, step.channel, step.operation)
    elif not turn.caught_up:
        caught_up = await catch_up(ctx, step.channel)
        return _ClaimRequest(channel_id=step.channel.id, first=not caught_up, caught_up=caught_up)
    else:
        cause = "its time had passed before it could be sent"
        await _drop(ctx, step.operation, OperationState.EXPIRED, cause)
    return _ClaimRequest(channel_id=step.channel.id, caught_up=turn.caught_up) if goes_on else None


async def _handle_failure(ctx: Context, channel: Channel, operation: Operation, error: DeliveryError) -> bool:
    """Record why an operation did not succeed. True when the next one may go at once."""
    ctx.log.warning(
        "operation.not_done",
        operation=operation.id,
        channel=channel.id,
        cause=str(error),
        kind=type(error).__name__,
    )
    now = ctx.clock()
    match error:
        case NotSent():
            await _wait(ctx, operation, OperationState.QUEUED, error, timedelta(seconds=error.after))
        case Unsure():
            await _wait(ctx, operation, OperationState.UNCERTAIN, error, LOOK_AFTER)
        case Refused():
            await _drop(ctx, operation, OperationState.REFUSED, str(error))
            return True
        case ChannelMoved():
            async with ctx.store.write() as tx:
                await outbox.settle(tx, operation.id, OperationState.QUEUED, str(error))
                await places.move_channel(tx, channel.id, error.address)
            return True
        case ChannelLost():
            await _pause_lost_channel(ctx, channel, operation, str(error))
        case PlatformDown():
            await _tell_down(ctx, channel.platform, error)
            ctx.health[channel.platform] = Health(
                platform=channel.platform, state="down", detail=str(error), since=now
            )
            await _wait(ctx, operation, OperationState.QUEUED, error, DOWN_PAUSE)
        case _:
            await _wait(ctx, operation, OperationState.UNCERTAIN, error, LOOK_AFTER)
    return False


async def _pause_lost_channel(ctx: Context, channel: Channel, operation: Operation, cause: str) -> None:
    """Pause a channel that we may not post to, and keep what waits for it."""
    async with ctx.store.write() as tx:
        await outbox.settle(tx, operation.id, OperationState.QUEUED, cause)
        await pause_channel(tx, ctx, channel, cause, channel.missing)


async def _tell_down(ctx: Context, platform: str, error: PlatformDown) -> None:
    """Say, by whichever platform still works, that one has to be mended by hand."""
    if error.final:
        async with ctx.store.write() as tx:
            await tell_operators(
                tx,
                ctx,
                f"down:{platform}:{ctx.clock():%Y%m%d}",
                "{platform} takes no posts: {cause} They are kept until it does.",
                platform=platform,
                cause=str(error),
            )


async def _wait(
    ctx: Context, operation: Operation, state: OperationState, error: DeliveryError, pause: timedelta
) -> None:
    async with ctx.store.write() as tx:
        await outbox.settle(tx, operation.id, state, str(error), ctx.clock() + pause)


async def _drop(ctx: Context, operation: Operation, state: OperationState, cause: str) -> None:
    """End an operation that never reached its readers; its stories may be told again. Where an edit ends so,
    no message is removed in whose place its text was to stand.
    """
    async with ctx.store.write() as tx:
        await outbox.settle(tx, operation.id, state, cause)
        if operation.kind is OperationKind.EDIT and operation.document_id is not None:
            await outbox.withdraw_removals(tx, operation.document_id)
        await subscriptions.untell(tx, operation.id)
    ctx.tally.add(Counted.OPERATIONS, state)
    ctx.log.warning("operation.ended", operation=operation.id, state=state, cause=cause)


def _may_double(operation: Operation) -> bool:
    """Tell whether readers would see an operation that is performed twice: a second edit changes nothing."""
    return operation.kind is OperationKind.SEND


async def _resolve(ctx: Context, channel: Channel, operation: Operation) -> bool:
    """Find out whether an uncertain operation arrived: done, sent again, or what the operator decided for the
    unknowable.
    """
    async with ctx.store.read() as tx:
        operators = await places.operators(tx)
        chat = next((p.chat for p in operators if p.platform == channel.platform), "")
        search = await outbox.search_for(tx, operation, chat)
    try:
        result = await ctx.platforms[channel.platform].find(operation, channel, search)
    except DeliveryError as error:
        pause = timedelta(seconds=error.after) if isinstance(error, NotSent) else DOWN_PAUSE
        await _wait(ctx, operation, OperationState.UNCERTAIN, error, pause)
        return False
    except Exception as error:
        ctx.log.exception("search.crashed", operation=operation.id)
        unsure = Unsure(f"unexpected: {error}")
        await _wait(ctx, operation, OperationState.UNCERTAIN, unsure, DOWN_PAUSE)
        return False
    ctx.log.info("operation.resolved", operation=operation.id, channel=channel.id, finding=result.finding)
    async with ctx.store.write() as tx:
        if result.finding is Finding.FOUND:
            await outbox.record_done(tx, [(operation, result.post)], ctx.clock())
            _count_done(ctx, operation, channel.platform)
        elif result.finding is Finding.UNKNOWN and _may_double(operation) and not ctx.policy.resend:
            await outbox.settle(
                tx, operation.id, OperationState.HELD, "it may have arrived, and the platform cannot tell"
            )
        else:
            cause = (
                "sent again: it had not arrived"
                if result.finding is Finding.ABSENT
                else "sent again: whether it arrived cannot be known"
            )
            await outbox.settle(tx, operation.id, OperationState.QUEUED, cause)
    return True
