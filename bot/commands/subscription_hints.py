"""What somebody should know of a new subscription before it surprises them: what it leaves out, and how much
it may bring.
"""

from collections.abc import Iterator

from bot.commands.finding import FoundFeed
from bot.i18n import Words
from bot.jobs import Context
from bot.model import Bar, Block, Channel, Subscription, Text
from bot.pipeline.entries.urls import mask_secrets


def hint_blocks(
    ctx: Context,
    words: Words,
    subscription: Subscription,
    channel: Channel,
    found_feed: FoundFeed | None,
    address: str,
) -> tuple[Block, ...]:
    """Return what is not told of a source, or how a topic's news comes at once; `address` is the source's as
    it was typed.
    """
    hints = (
        _topic_hints(words, subscription)
        if found_feed is None
        else _source_hints(ctx, words, subscription.topic, channel, found_feed.feed.language, address)
    )
    return tuple(Text(hint, quiet=True) for hint in hints)


def _topic_hints(words: Words, subscription: Subscription) -> Iterator[str]:
    if subscription.schedule.instant and subscription.bar is Bar.EVERYTHING:
        yield words(
            "Each story comes by itself, as it is told. Only important ones: {example}",
            example="/bar important",
        )


def _source_hints(
    ctx: Context, words: Words, topic_name: str, channel: Channel, language: str, address: str
) -> Iterator[str]:
    topic = ctx.rules.topics.get(topic_name)
    if topic is not None:
        yield words(
            "Of it only what is on {topic} is posted. For everything it brings: {example}",
            topic=words(topic.title),
            example=f"/subscribe {mask_secrets(address)} all",
        )
    if language and language not in channel.languages_read:
        yield words(
            "It is in {language}, which is not read here. So that it is told: {example}",
            language=words.language_name(language),
            example=f"/languages {' '.join((*channel.languages_read, language))}",
        )
