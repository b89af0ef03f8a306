"""Tells where we may post: channels that are removed, servers that we come back to, and rights that come or go."""

from collections.abc import Iterable
from dataclasses import replace

import discord

from bot.model import Channel, ChannelState, Place
from bot.platforms.discord.places import NAME, lacking, place, rights_of
from bot.ports import ChatGateway


class Watch:
    """Tells the gateway about channels it knows; others are none of its business."""

    def __init__(self, gateway: ChatGateway) -> None:
        self._gateway = gateway

    async def guild_removed(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        await self._lost(guild, [str(channel.id) for channel in guild.channels])

    async def channel_removed(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted, and with it its threads."""
        await self._lost(channel.guild, [str(channel.id)])

    async def thread_removed(self, thread: int, guild: discord.Guild | None) -> None:
        """A thread was deleted."""
        for known in await self._gateway.channels(NAME):
            if known.thread == str(thread):
                await self._gateway.placed(_place(known, guild), False)

    async def rights_changed(self, *guilds: discord.Guild) -> None:
        """Compare our rights in some servers with what is stored: roles or overwrites changed, we joined, or we were away.

        Told is every channel where they differ, or whose state does not fit them: a pause never outlives its cause.
        """
        for known in await self._gateway.channels(NAME):
            found = _found(known, guilds)
            if found is None:
                continue
            channel, guild = found
            rights = rights_of(channel.permissions_for(guild.me))
            missing = lacking(rights, known.thread)
            paused = known.state is ChannelState.PAUSED
            if rights != known.rights or paused is not bool(missing):
                where = replace(_place(known, guild), rights=rights, missing=missing)
                await self._gateway.placed(where, not missing)

    async def _lost(self, guild: discord.Guild, addresses: list[str]) -> None:
        for known in await self._gateway.channels(NAME):
            if known.address in addresses:
                where = replace(_place(known, guild), rights=frozenset(), missing=())
                await self._gateway.placed(where, False)


def _found(
    known: Channel, guilds: Iterable[discord.Guild]
) -> tuple[discord.abc.GuildChannel, discord.Guild] | None:
    """Return a channel as one of some servers knows it, with that server."""
    for guild in guilds if known.address.isdigit() else ():
        channel = guild.get_channel(int(known.address))
        if channel is not None and guild.me is not None:
            return channel, guild
    return None


def _place(known: Channel, guild: discord.Guild | None) -> Place:
    found = guild.get_channel(int(known.address)) if guild is not None else None
    where = place(found, guild, rights=known.rights)
    return replace(
        where, address=known.address, thread=known.thread, kind=known.kind, name=where.name or known.name
    )
