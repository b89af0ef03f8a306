"""Tells where we may post: channels that are removed, servers that we come back to, and rights that come or
go.
"""

from collections.abc import Iterable
from dataclasses import replace

import discord

from bot.model import Channel, ChannelState, Place
from bot.platforms.discord.places import NAME, lacking_in, place, rights_of
from bot.ports import ChatGateway


class Watch:
    """Tells the gateway about channels it knows; others are none of its business."""

    def __init__(self, gateway: ChatGateway) -> None:
        self._gateway = gateway

    async def on_guild_removed(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        await self._record_lost(guild, [str(channel.id) for channel in guild.channels])

    async def on_channel_removed(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted, and with it its threads."""
        await self._record_lost(channel.guild, [str(channel.id)])

    async def on_thread_removed(self, thread: int, guild: discord.Guild | None) -> None:
        """A thread was deleted."""
        for channel in await self._gateway.channels(NAME):
            if channel.thread == str(thread):
                await self._gateway.placed(_place(channel, guild), False)

    async def on_thread_open(self, thread: int, guild: discord.Guild | None) -> None:
        """A thread takes posts as far as it goes: where one was closed, they go on."""
        waiting = [each for each in await self._gateway.channels(NAME) if each.thread == str(thread)]
        if guild is not None and any(each.state is ChannelState.PAUSED for each in waiting):
            await self.compare_rights(guild)

    async def compare_rights(self, *guilds: discord.Guild) -> None:
        """Compare our rights in some servers with what is stored: roles or overwrites changed, we joined, or
        we were away.

        Told is every channel where they differ, or whose state does not fit them: a pause never outlives its
        cause.
        """
        for stored_channel in await self._gateway.channels(NAME):
            location = _locate(stored_channel, guilds)
            if location is None:
                continue
            channel, guild = location
            rights = rights_of(channel.permissions_for(guild.me))
            missing = lacking_in(channel, rights, stored_channel.thread)
            is_paused = stored_channel.state is ChannelState.PAUSED
            if rights != stored_channel.rights or is_paused is not bool(missing):
                location_record = replace(_place(stored_channel, guild), rights=rights, missing=missing)
                await self._gateway.placed(location_record, not missing)

    async def _record_lost(self, guild: discord.Guild, addresses: list[str]) -> None:
        for channel in await self._gateway.channels(NAME):
            if channel.address in addresses:
                location_record = replace(_place(channel, guild), rights=frozenset(), missing=())
                await self._gateway.placed(location_record, False)


def _locate(
    stored_channel: Channel, guilds: Iterable[discord.Guild]
) -> tuple[discord.abc.GuildChannel, discord.Guild] | None:
    """Return a channel as one of some servers knows it, with that server."""
    for guild in guilds if stored_channel.address.isdigit() else ():
        channel = guild.get_channel(int(stored_channel.address))
        if channel is not None and guild.me is not None:
            return channel, guild
    return None


def _place(channel: Channel, guild: discord.Guild | None) -> Place:
    guild_channel = guild.get_channel(int(channel.address)) if guild is not None else None
    location_record = place(guild_channel, guild, rights=channel.rights)
    return replace(
        location_record,
        address=channel.address,
        thread=channel.thread,
        kind=channel.kind,
        name=location_record.name or channel.name,
    )
