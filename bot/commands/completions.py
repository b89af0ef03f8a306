"""What options of several commands could be, for those who type them."""

from bot.commands.own_topics import own_topics_of
from bot.commands.registry import registry
from bot.commands.views import view_of
from bot.jobs import Context
from bot.languages import SPOKEN
from bot.model import Call
from bot.pipeline.timing.zones import zone_names
from bot.store import subscriptions

SINCE = ("3d", "week", "month", "today", "yesterday")
MOMENTS = ("8h", "tomorrow", "monday", "2 days", "1 week")
TIMES = (
    "08:00",
    "weekdays 08:00",
    "08:00 18:00",
    "now",
    "now 08:00",
    "monthly 1st 09:00",
    "first monday 09:00",
)


async def times_and_zones(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return times and days as they are written, and the time zones: first those of the asker's language."""
    view = await view_of(ctx, call)
    return tuple(dict.fromkeys((*TIMES, *view.words.zones, *zone_names())))


async def language_codes(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the codes of the languages that the bot speaks, first those that the place reads."""
    view = await view_of(ctx, call)
    return tuple(dict.fromkeys((*view.channel.languages_read, *SPOKEN)))


async def topics(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the names of the topics, the server's own first."""
    server_topics = await own_topics_of(ctx, await view_of(ctx, call))
    return (*(topic.name for topic in server_topics), *ctx.rules.topics)


async def subscription_numbers(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the numbers of the place's subscriptions, and the short names of those that have one."""
    view = await view_of(ctx, call)
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    numbers = (str(n) for n in range(1, 1 + len(channel_subscriptions)))
    return (*numbers, *(one.name for one in channel_subscriptions if one.name))


async def command_names(ctx: Context, call: Call) -> tuple[str, ...]:  # noqa: ARG001  they are the same everywhere
    """Return the names of the commands that people are shown."""
    return tuple(command.spec.name for command in registry().visible_commands)
