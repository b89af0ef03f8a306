"""The first talk on Discord: whoever invited us to a server, or else its owner, is asked in private what is
to be posted; in its channels nothing appears.
"""

import discord
import structlog

from bot.model import Call, Person, Place, PlaceKind
from bot.platforms.discord.failures import TROUBLE
from bot.platforms.discord.places import NAME, channel_for, lacking, rights_of
from bot.platforms.discord.render import render
from bot.platforms.discord.send import send_arguments
from bot.ports import ChatGateway

ENTRIES_READ = 10
"""Bots that were invited lately, among whom we look for ourselves."""

log = structlog.get_logger(__name__)


async def begin_talk(client: discord.Client, guild: discord.Guild, gateway: ChatGateway) -> None:
    """Ask in private what is to be posted in a server's first channel; those who take no private messages are
    asked when they say /start there.
    """
    channel = _first_channel(guild)
    if channel is None:
        return
    try:
        user_id = await _inviter(guild) or guild.owner_id
        if user_id is None:
            return
        chat = await client.create_dm(discord.Object(user_id))
        call = Call("setup", {}, _person(guild, user_id, chat), _private(guild, chat), target=str(channel.id))
        answer = await gateway.answer(call)
        for payload in render(answer.document, channel_for(call.place)) if answer.told else ():
            await chat.send(**send_arguments(payload))
    except TROUBLE as error:
        log.info("discord.talk_waits", server=guild.id, cause=str(error))


def _first_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the channel in which news fits best as far as anybody knows: where we may post, and the server's
    own messages stand.
    """
    channels = [*([guild.system_channel] if guild.system_channel else []), *guild.text_channels]
    channels.sort(key=lambda channel: len(lacking(rights_of(channel.permissions_for(guild.me)), "")))
    return channels[0] if channels else None


async def _inviter(guild: discord.Guild) -> int | None:
    """Return who invited us, where we may read that in the server's audit log: a right that we do not ask
    for.
    """
    if not guild.me.guild_permissions.view_audit_log:
        return None
    async for entry in guild.audit_logs(action=discord.AuditLogAction.bot_add, limit=ENTRIES_READ):
        if entry.target is not None and entry.target.id == guild.me.id:
            return entry.user_id
    return None


def _person(guild: discord.Guild, user_id: int, chat: discord.DMChannel) -> Person:
    """Return somebody of a server, whose language is taken to be that of the server."""
    language = str(guild.preferred_locale)
    return Person(platform=NAME, address=str(user_id), language=language, chat=str(chat.id))


def _private(guild: discord.Guild, chat: discord.DMChannel) -> Place:
    return Place(
        platform=NAME,
        address=str(chat.id),
        kind=PlaceKind.PRIVATE,
        server_address="",
        language=str(guild.preferred_locale),
    )
