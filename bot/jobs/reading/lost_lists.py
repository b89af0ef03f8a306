"""Word to the places that draw on a page whose list of news cannot be told any more, with a button to look
again.
"""

from datetime import timedelta

from bot.jobs import Context
from bot.model import Actions, Button, CallRef, Channel, Document, Feed, Purpose, Text
from bot.pipeline.entries.urls import mask_secrets
from bot.store import Tx, outbox, places, subscriptions

LIFE = timedelta(days=7)


async def tell_of_lost_list(tx: Tx, ctx: Context, feed: Feed, cause: Exception) -> bool:
    """Queue a notice for every place that subscribed to a page; returns whether there is one."""
    affected_subscriptions = [
        subscription for subscription in await subscriptions.active(tx) if feed.id in subscription.feed_ids
    ]
    has_told = False
    for channel_id in dict.fromkeys(subscription.channel_id for subscription in affected_subscriptions):
        channel = await places.channel(tx, channel_id)
        if channel is not None and channel.platform in ctx.platforms:
            await _tell(tx, ctx, channel, feed, cause)
            has_told = True
    if has_told:
        ctx.wake("deliver")
    return has_told


async def _tell(tx: Tx, ctx: Context, channel: Channel, feed: Feed, cause: Exception) -> None:
    words = ctx.texts.for_language(channel.language)
    since = feed.failing_since or ctx.clock()
    sentence = words(
        "The list of news of {title} cannot be read since {since}: {cause} It is looked at again by itself.",
        title=feed.title or mask_secrets(feed.url),
        since=f"{since:%Y-%m-%d}",
        cause=mask_secrets(str(cause)),
    )
    button = Button(words("Look again now"), call=CallRef("feeds", {"action": "look", "feed": str(feed.id)}))
    document = Document((Text(sentence), Actions((button,))), words.language)
    drafts = [
        outbox.Draft(
            channel_id=channel.id,
            intent=f"lost list:{channel.id}:{feed.id}:{since:%Y%m%d%H%M}:{part}",
            purpose=Purpose.LOST_LIST,
            subject_id=feed.id,
            payload=payload,
            not_after=ctx.clock() + LIFE,
        )
        for part, payload in enumerate(ctx.platforms[channel.platform].render(document, channel), start=1)
    ]
    await outbox.queue_document(tx, drafts, ctx.instance, ctx.clock())
