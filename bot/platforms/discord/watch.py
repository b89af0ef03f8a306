"""Keeps acts informed of where we may post: channels that are removed, and rights that come or go."""

from dataclasses import replace

import discord

from bot.model import Channel, Place
from bot.platforms.discord.places import NAME, needed, place, rights_of
from bot.ports import Inbox


class Watch:
    """Tells the inbox about channels it knows; others are none of its business."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def guild_removed(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        await self._lost(guild, [str(channel.id) for channel in guild.channels])

    async def channel_removed(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted, and with it its threads."""
        await self._lost(channel.guild, [str(channel.id)])

    async def thread_removed(self, thread: int, guild: discord.Guild | None) -> None:
        """A thread was deleted."""
        for known in await self._inbox.channels(NAME):
            if known.thread == str(thread):
                await self._inbox.placed(_place(known, guild), False)

    async def rights_changed(self, guild: discord.Guild) -> None:
        """Roles or overwrites changed: tell of the channels where that makes a difference for us."""
        for known in await self._inbox.channels(NAME):
            channel = guild.get_channel(int(known.address)) if known.address.isdigit() else None
            if channel is None or guild.me is None:
                continue
            rights = rights_of(channel.permissions_for(guild.me))
            if rights != known.rights:
                where = replace(_place(known, guild), rights=rights)
                await self._inbox.placed(where, rights.issuperset(needed(known)))

    async def _lost(self, guild: discord.Guild, addresses: list[str]) -> None:
        for known in await self._inbox.channels(NAME):
            if known.address in addresses:
                await self._inbox.placed(_place(known, guild), False)


def _place(known: Channel, guild: discord.Guild | None) -> Place:
    found = guild.get_channel(int(known.address)) if guild is not None else None
    where = place(found, guild, rights=known.rights)
    return replace(
        where, address=known.address, thread=known.thread, kind=known.kind, name=where.name or known.name
    )
