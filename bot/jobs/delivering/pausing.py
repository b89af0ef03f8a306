"""Places that we may not post to: what waits for them is kept, they are tried again, and whoever runs the
instance is told once.
"""

from collections.abc import Sequence

from bot.jobs import Context
from bot.jobs.operating.notices import tell_operators
from bot.model import Channel, ChannelState
from bot.pipeline.timing.retry import next_retry
from bot.store import Tx, places


async def pause_channel(
    tx: Tx, ctx: Context, channel: Channel, cause: str, missing: Sequence[str] = ()
) -> None:
    """Pause a channel with a cause in words and the rights it lacks; one that is paused already waits for its
    next try.
    """
    now = ctx.clock()
    is_paused = channel.state is ChannelState.PAUSED
    since = (channel.state_at if is_paused else None) or now
    await places.pause(tx, channel.id, cause, now, next_retry(since, now), missing)
    if not is_paused:
        await tell_operators(
            tx,
            ctx,
            f"lost:{channel.id}:{since:%Y%m%d%H%M}",
            "Posting to {name} is paused: {cause} What waits for it is kept for a week.",
            name=channel.name or f"{channel.platform} {channel.address}",
            cause=cause,
            server_id=channel.server_id,
        )
