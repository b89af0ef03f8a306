"""deliver: send a channel's operations in order, and record what became of each.

An operation is committed as `sending` before it leaves and as `done` after. What lies between when a process or a
connection dies is `uncertain`: the platform is searched for it before anything is sent again.
"""

from datetime import datetime, timedelta

from bot.errors import ChannelLost, ChannelMoved, DeliveryError, NotSent, PlatformDown, Refused, Unsure
from bot.jobs import Context
from bot.jobs.catchup import catch_up, may_be_held_back
from bot.jobs.notice import tell_operators
from bot.model import Channel, ChannelState, Finding, Health, Operation, OperationState
from bot.pipeline.retry import retry_lost
from bot.store import outbox, places, subscriptions

AT_ONCE = 50
"""Operations of one channel sent in one run, so that a long backlog does not keep other channels waiting."""

LOOK_AFTER = timedelta(seconds=2)
DOWN_PAUSE = timedelta(seconds=30)


async def deliver(ctx: Context, channel_id: int) -> None:
    """Send what waits in one channel until it is empty, must wait, or the channel is lost."""
    channel, operation = await _next(ctx, channel_id)
    if channel is not None and operation is not None and may_be_held_back(operation, ctx.clock()):
        await catch_up(ctx, channel)
        channel, operation = await _next(ctx, channel_id)
    for _ in range(AT_ONCE):
        if channel is None or operation is None or not await _step(ctx, channel, operation):
            return
        channel, operation = await _next(ctx, channel_id)


async def _next(ctx: Context, channel_id: int) -> tuple[Channel | None, Operation | None]:
    """Return a channel and what may leave for it now, None where nothing may."""
    async with ctx.store.read() as tx:
        channel = await places.channel(tx, channel_id)
        operation = await outbox.next_of(tx, channel_id)
    now = ctx.clock()
    waits = operation is not None and operation.not_before is not None and operation.not_before > now
    return channel, None if waits or channel is None or not _may_try(channel, now) else operation


def _may_try(channel: Channel, now: datetime) -> bool:
    """Tell whether posts leave for a channel: an active one, or a lost one that is to be tried again."""
    return channel.state is ChannelState.ACTIVE or (channel.retry_at is not None and channel.retry_at <= now)


async def _step(ctx: Context, channel: Channel, operation: Operation) -> bool:
    """Do the next thing for an operation; False when the channel must wait."""
    if operation.state is not OperationState.QUEUED:
        return await _resolve(ctx, channel, operation)
    if operation.not_after <= ctx.clock():
        await _drop(ctx, operation, OperationState.EXPIRED, "its time had passed before it could be sent")
        return True
    if pause := ctx.platforms[channel.platform].pause(channel):
        async with ctx.store.write() as tx:
            await outbox.hold_back(tx, operation.id, ctx.clock() + timedelta(seconds=pause))
        return False
    return await _send(ctx, channel, operation)


async def _send(ctx: Context, channel: Channel, operation: Operation) -> bool:
    async with ctx.store.write() as tx:
        await outbox.sending(tx, operation.id, ctx.clock())
        answered = await outbox.get(tx, operation.reply_to) if operation.reply_to else None
    try:
        post = await ctx.platforms[channel.platform].send(
            operation, channel, answered.post if answered else ""
        )
    except DeliveryError as error:
        return await _not_done(ctx, channel, operation, error)
    except Exception as error:
        ctx.log.exception(
            "a platform failed in an unexpected way", operation=operation.id, platform=channel.platform
        )
        return await _not_done(ctx, channel, operation, Unsure(f"unexpected: {error}"))
    async with ctx.store.write() as tx:
        await outbox.done(tx, operation, post, ctx.clock())
        if channel.state is ChannelState.PAUSED:
            await places.resume(tx, channel.id, ctx.clock())
    ctx.log.info(
        "delivered",
        operation=operation.id,
        channel=channel.id,
        platform=channel.platform,
        intent=operation.intent,
    )
    return True


async def _not_done(ctx: Context, channel: Channel, operation: Operation, error: DeliveryError) -> bool:
    """Record why an operation did not succeed. True when the next one may go at once."""
    ctx.log.warning(
        "not delivered",
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
                await places.moved(tx, channel.id, error.address)
                await outbox.settle(tx, operation.id, OperationState.QUEUED, str(error))
            return True
        case ChannelLost():
            await _lost(ctx, channel, operation, str(error))
        case PlatformDown():
            await _tell_down(ctx, channel.platform, error)
            ctx.health[channel.platform] = Health(channel.platform, "down", str(error), now)
            await _wait(ctx, operation, OperationState.QUEUED, error, DOWN_PAUSE)
        case _:
            await _wait(ctx, operation, OperationState.UNCERTAIN, error, LOOK_AFTER)
    return False


async def _lost(ctx: Context, channel: Channel, operation: Operation, cause: str) -> None:
    """Pause a channel that we may not post to, keep what waits for it, and say so once."""
    now = ctx.clock()
    paused = channel.state is ChannelState.PAUSED
    since = (channel.state_at if paused else None) or now
    async with ctx.store.write() as tx:
        await outbox.settle(tx, operation.id, OperationState.QUEUED, cause)
        await places.pause(tx, channel.id, cause, now, retry_lost(since, now))
        if not paused:
            await tell_operators(
                tx, ctx, f"lost:{channel.id}:{since:%Y%m%d%H%M}", "Posting to {name} is paused: {cause} What waits for it is kept for a week.",
                name=channel.name or f"{channel.platform} {channel.address}", cause=cause,
            )  # fmt: skip


async def _tell_down(ctx: Context, platform: str, error: PlatformDown) -> None:
    """Say, by whichever platform still works, that one has to be mended by hand."""
    if error.final:
        async with ctx.store.write() as tx:
            await tell_operators(
                tx, ctx, f"down:{platform}:{ctx.clock():%Y%m%d}", "{platform} takes no posts: {cause} They are kept until it does.",
                platform=platform, cause=str(error),
            )  # fmt: skip


async def _wait(
    ctx: Context, operation: Operation, state: OperationState, error: DeliveryError, pause: timedelta
) -> None:
    async with ctx.store.write() as tx:
        await outbox.settle(tx, operation.id, state, str(error), ctx.clock() + pause)


async def _drop(ctx: Context, operation: Operation, state: OperationState, cause: str) -> None:
    """End an operation that never reached its readers; its stories may be told again."""
    async with ctx.store.write() as tx:
        await outbox.settle(tx, operation.id, state, cause)
        await subscriptions.untell(tx, operation.id)
    ctx.log.warning("operation ended", operation=operation.id, state=state, cause=cause)


async def _resolve(ctx: Context, channel: Channel, operation: Operation) -> bool:
    """Find out whether an uncertain operation arrived: done, sent again, or what the operator decided for the unknowable."""
    async with ctx.store.read() as tx:
        operators = await places.operators(tx)
        chat = next((p.address for p in operators if p.platform == channel.platform), "")
        search = await outbox.search_for(tx, operation, chat)
    try:
        found = await ctx.platforms[channel.platform].find(operation, channel, search)
    except DeliveryError as error:
        pause = timedelta(seconds=error.after) if isinstance(error, NotSent) else DOWN_PAUSE
        await _wait(ctx, operation, OperationState.UNCERTAIN, error, pause)
        return False
    except Exception as error:
        ctx.log.exception("a search failed in an unexpected way", operation=operation.id)
        unsure = Unsure(f"unexpected: {error}")
        await _wait(ctx, operation, OperationState.UNCERTAIN, unsure, DOWN_PAUSE)
        return False
    ctx.log.info("uncertain resolved", operation=operation.id, channel=channel.id, finding=found.finding)
    async with ctx.store.write() as tx:
        if found.finding is Finding.FOUND:
            await outbox.done(tx, operation, found.post, ctx.clock())
        elif found.finding is Finding.UNKNOWN and not ctx.policy.resend:
            await outbox.settle(
                tx, operation.id, OperationState.HELD, "it may have arrived, and the platform cannot tell"
            )
        else:
            cause = (
                "sent again: it had not arrived"
                if found.finding is Finding.ABSENT
                else "sent again: whether it arrived cannot be known"
            )
            await outbox.settle(tx, operation.id, OperationState.QUEUED, cause)
    return True
