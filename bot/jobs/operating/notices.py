"""Words to those who run this instance: posted to their private chats with us, each once, and written in the
log.
"""

from datetime import timedelta

from bot.jobs import Context
from bot.model import Document, Place, PlaceKind, Purpose, Text
from bot.store import Tx, outbox, places

LIFE = timedelta(days=7)
DAY = timedelta(days=1)
ABOUT_ONE_SERVER = 3
"""Notices about one server in a day, to one operator."""


async def tell_operators(
    tx: Tx, ctx: Context, subject: str, template: str, *, server_id: int = 0, **values: object
) -> None:
    """Queue a notice about a subject for every operator who has a private chat with us; a second one about it
    is not written.

    Beyond the most that one is sent in a day, notices stand in the log alone. Those about a server
    (`server_id`), which its people can cause, have a part of these: three for each, half of them for all.
    """
    now = ctx.clock()
    about = f"server:{server_id}:" if server_id else ""
    ctx.log.warning("notice.sent", subject=subject, text=template.format(**values))
    for person in await places.operators(tx):
        channel = await places.channel_at(
            tx, Place(platform=person.platform, address=person.chat, kind=PlaceKind.PRIVATE)
        )
        if channel is None or person.platform not in ctx.platforms:
            continue
        if await _is_enough(tx, ctx, channel.id, server_id):
            ctx.log.warning("notice.limit_reached", subject=subject, channel=channel.id)
            continue
        words = ctx.texts.for_language(channel.language)
        document = Document((Text(words(template, **values)),), words.language)
        drafts = [
            outbox.Draft(
                channel_id=channel.id,
                intent=f"notice:{channel.id}:{about}{subject}:{part}",
                purpose=Purpose.NOTICE,
                subject_id=server_id or None,
                payload=payload,
                not_after=now + LIFE,
            )
            for part, payload in enumerate(ctx.platforms[person.platform].render(document, channel), start=1)
        ]
        await outbox.queue_document(tx, drafts, ctx.instance, now)
    ctx.wake("deliver")


async def _is_enough(tx: Tx, ctx: Context, channel_id: int, server_id: int) -> bool:
    """Tell whether an operator was sent as many notices today as may be, about a server where there
    is one.
    """
    most = ctx.policy.limits.notices_per_day
    counts = await outbox.count_notices(tx, channel_id, ctx.clock() - DAY, server_id)
    if counts.all >= most or not server_id:
        return counts.all >= most
    return counts.about_server >= ABOUT_ONE_SERVER or counts.about_servers >= (most + 1) // 2
