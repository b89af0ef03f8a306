"""Roles that posts mention: which one a person names, whether its members hear of it, and giving it to those
who ask.
"""

import re

import discord

from bot.errors import Refused
from bot.model import Person, Place, Role, RoleObstacle
from bot.platforms.discord.failures import translate_failures

_MENTION = re.compile(r"<@&(\d{5,20})>")
REASON = "They asked for it by /notify"
"""What the server's audit log says."""


def find_role(client: discord.Client, place: Place, name: str) -> Role | None:
    """Return the role of a server that is mentioned (`<@&123>`) or named; never the one of everybody."""
    guild = _guild(client, place)
    if guild is None:
        return None
    match = _MENTION.fullmatch(name.strip())
    role_name = name.strip().lstrip("@").casefold()
    for role in guild.roles:
        is_meant = str(role.id) == match[1] if match else role.name.casefold() == role_name
        if is_meant and not role.is_default():
            rings = role.mentionable or guild.me.guild_permissions.mention_everyone
            return Role(id=str(role.id), name=role.name, rings=rings, obstacle=_obstacle(guild, role))
    return None


async def assign_role(
    client: discord.Client, place: Place, person: Person, role_id: str, *, has: bool | None
) -> bool:
    """Give a member a role of a server, or take it from them, with `has` None whichever is new; return
    whether they have it now. Raises a `DeliveryError`: also for a role that has an obstacle by now.
    """
    guild = _guild(client, place)
    role = guild.get_role(int(role_id)) if guild is not None else None
    if guild is None or role is None or role.is_default() or _obstacle(guild, role):
        msg = "I may not give this role."
        raise Refused(msg)
    with translate_failures():
        member = await guild.fetch_member(int(person.address))
        has_now = member.get_role(role.id) is not None
        has = not has_now if has is None else has
        if has != has_now:
            await (member.add_roles if has else member.remove_roles)(role, reason=REASON)
    return has


def _guild(client: discord.Client, place: Place) -> discord.Guild | None:
    return client.get_guild(int(place.server_address)) if place.server_address.isdigit() else None


def _obstacle(guild: discord.Guild, role: discord.Role) -> RoleObstacle | None:
    """Return why a role is never given to whoever asks. What everybody may is nothing to be given; a role
    also allows what single channels say of it.
    """
    beyond_everybody = role.permissions.value & ~guild.default_role.permissions.value
    if beyond_everybody or any(channel.overwrites_for(role).pair()[0].value for channel in guild.channels):
        return RoleObstacle.POWERFUL
    if role.managed:
        return RoleObstacle.MANAGED
    if not guild.me.guild_permissions.manage_roles:
        return RoleObstacle.FORBIDDEN
    return None if role < guild.me.top_role else RoleObstacle.HIGHER
