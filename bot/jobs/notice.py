"""Words to those who run this instance: posted to their private chats with us, each once, and written in the log."""

from datetime import timedelta

from bot.jobs import Context
from bot.model import Document, Place, PlaceKind, Text
from bot.store import Tx, outbox, places

LIFE = timedelta(days=7)
DAY = timedelta(days=1)


async def tell_operators(tx: Tx, ctx: Context, subject: str, template: str, **values: object) -> None:
    """Queue a notice about a subject for every operator who has a private chat with us; a second one about it is not written.

    Beyond the most that one is sent in a day, notices stand in the log alone.
    """
    now = ctx.clock()
    ctx.log.warning("notice", subject=subject, text=template.format(**values))
    for person in await places.operators(tx):
        channel = await places.channel_at(tx, Place(person.platform, person.chat, PlaceKind.PRIVATE))
        if channel is None or person.platform not in ctx.platforms:
            continue
        sent = await outbox.count_notices(tx, channel.id, now - DAY)
        if sent >= ctx.policy.limits.notices_per_day:
            ctx.log.warning("notice.limit_reached", subject=subject, channel=channel.id)
            continue
        words = ctx.texts.into(channel.language)
        document = Document((Text(words(template, **values)),), words.language)
        for part, payload in enumerate(ctx.platforms[person.platform].render(document, channel), start=1):
            draft = outbox.Draft(channel.id, f"notice:{channel.id}:{subject}:{part}", payload, now + LIFE)
            await outbox.queue(tx, draft, ctx.instance, now)
    ctx.wake("deliver")
