"""Which channel a target names, and whether somebody may manage it: their rights there at that moment."""

import re
from typing import Any

import discord

from bot.errors import ChannelLost, Refused
from bot.model import Person, Place
from bot.platforms.discord.failures import translate_failures
from bot.platforms.discord.places import place, rights_of

_MENTION = re.compile(r"<#(\d{5,20})>")
_TARGET = re.compile(r"(?:\d{5,20}/)?(\d{5,20})")


TARGET_TYPES = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.media,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)
"""The types of channels in which news can be posted."""


def target_in(word: str) -> str:
    """Return the channel that a word mentions, empty where it mentions none."""
    match = _MENTION.fullmatch(word)
    return match[1] if match else ""


def titles(client: discord.Client) -> dict[str, str]:
    """Return the names of the channels and threads in which news can be posted, by their targets."""
    channels = (channel for guild in client.guilds for channel in (*guild.channels, *guild.threads))
    return {str(channel.id): channel.name for channel in channels if channel.type in TARGET_TYPES}


async def managed_place(client: discord.Client, target: str, person: Person) -> Place | None:
    """Return the channel or thread that a target names, where we are in its server and the person may manage
    that. Raises a `DeliveryError` where Discord cannot be asked.
    """
    match = _TARGET.fullmatch(target)
    if match is None:
        return None
    try:
        with translate_failures():
            return await _find_managed(client, int(match[1]), person)
    except (ChannelLost, Refused):
        return None  # no such channel, or nobody who is in its server


async def _find_managed(client: discord.Client, channel_id: int, person: Person) -> Place | None:
    channel: Any = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
    guild = getattr(channel, "guild", None)
    if not isinstance(guild, discord.Guild) or guild.me is None:
        return None
    if not person.operator:
        # members are not told of to the bot: whoever asks is looked up, with the roles they have now
        member = await guild.fetch_member(int(person.address))
        permissions = channel.permissions_for(member)
        has_role = person.manager_role and member.get_role(int(person.manager_role)) is not None
        if not (permissions.view_channel and (permissions.manage_guild or has_role)):
            return None
    return place(channel, guild, person.language, rights_of(channel.permissions_for(guild.me)))
