"""deliver: send a channel's operations in order, and record what became of each.

An operation is committed as `sending` before it leaves and as `done` after. What lies between when a process or a
connection dies is `uncertain`: the platform is searched for it before anything is sent again.
"""

from datetime import timedelta

from bot.errors import ChannelLost, ChannelMoved, DeliveryError, NotSent, PlatformDown, Refused, Unsure
from bot.jobs import Context
from bot.model import Channel, ChannelState, Finding, Health, Operation, OperationState
from bot.store import outbox, places, subscriptions

AT_ONCE = 50
"""Operations of one channel sent in one run, so that a long backlog does not keep other channels waiting."""

LOOK_AFTER = timedelta(seconds=2)
DOWN_PAUSE = timedelta(seconds=30)


async def deliver(ctx: Context, channel_id: int) -> None:
    """Send what waits in one channel until it is empty, must wait, or the channel is lost."""
    for _ in range(AT_ONCE):
        async with ctx.store.read() as tx:
            channel = await places.channel(tx, channel_id)
            operation = await outbox.next_of(tx, channel_id)
        if operation is None or channel is None or channel.state is not ChannelState.ACTIVE:
            return
        if operation.not_before and operation.not_before > ctx.clock():
            return
        if not await _step(ctx, channel, operation):
            return


async def _step(ctx: Context, channel: Channel, operation: Operation) -> bool:
    """Do the next thing for an operation; False when the channel must wait."""
    if operation.state is not OperationState.QUEUED:
        return await _resolve(ctx, channel, operation)
    if operation.not_after <= ctx.clock():
        await _drop(ctx, operation, OperationState.EXPIRED, "its time had passed before it could be sent")
        return True
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
            async with ctx.store.write() as tx:
                await outbox.settle(tx, operation.id, OperationState.QUEUED, str(error))
                await places.set_state(tx, channel.id, ChannelState.PAUSED, str(error))
        case PlatformDown():
            ctx.health[channel.platform] = Health(channel.platform, "down", str(error), now)
            await _wait(ctx, operation, OperationState.QUEUED, error, DOWN_PAUSE)
        case _:
            await _wait(ctx, operation, OperationState.UNCERTAIN, error, LOOK_AFTER)
    return False


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
