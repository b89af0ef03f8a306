"""Roles that posts mention: which one a person names, and whether its members hear of it."""

import re

import discord

from bot.model import Place, Role

_MENTION = re.compile(r"<@&(\d{5,20})>")


def find_role(client: discord.Client, place: Place, name: str) -> Role | None:
    """Return the role of a server that is mentioned (`<@&123>`) or named; never the one of everybody."""
    guild = client.get_guild(int(place.server_address)) if place.server_address.isdigit() else None
    if guild is None:
        return None
    match = _MENTION.fullmatch(name.strip())
    role_name = name.strip().lstrip("@").casefold()
    for role in guild.roles:
        is_meant = str(role.id) == match[1] if match else role.name.casefold() == role_name
        if is_meant and not role.is_default():
            rings = role.mentionable or guild.me.guild_permissions.mention_everyone
            return Role(id=str(role.id), name=role.name, rings=rings)
    return None
