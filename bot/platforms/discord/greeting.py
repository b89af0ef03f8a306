"""The first talk on Discord: whoever owns a server that we were invited to is asked in private what is to be
posted; in its channels nothing appears.
"""

import discord
import structlog

from bot.model import Call, Person, Place, PlaceKind
from bot.platforms.discord.failures import TROUBLE
from bot.platforms.discord.places import NAME, channel_for, lacking, rights_of
from bot.platforms.discord.render import render
from bot.platforms.discord.send import send_arguments
from bot.ports import ChatGateway

log = structlog.get_logger(__name__)


async def greet_owner(client: discord.Client, guild: discord.Guild, gateway: ChatGateway) -> None:
    """Ask a server's owner in private what is to be posted in its first channel; those who take no private
    messages are asked when they say /start there.
    """
    channel = _first_channel(guild)
    if channel is None or guild.owner_id is None:
        return
    try:
        chat = await client.create_dm(discord.Object(guild.owner_id))
        call = Call("setup", {}, _owner(guild, chat), _private(guild, chat), target=str(channel.id))
        answer = await gateway.answer(call)
        for payload in render(answer.document, channel_for(call.place)) if answer.told else ():
            await chat.send(**send_arguments(payload))
    except TROUBLE as error:
        log.info("discord.owner_not_greeted", server=guild.id, cause=str(error))


def _first_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the channel in which news fits best as far as anybody knows: where we may post, and the server's
    own messages stand.
    """
    channels = [*([guild.system_channel] if guild.system_channel else []), *guild.text_channels]
    channels.sort(key=lambda channel: len(lacking(rights_of(channel.permissions_for(guild.me)), "")))
    return channels[0] if channels else None


def _owner(guild: discord.Guild, chat: discord.DMChannel) -> Person:
    """Return a server's owner, whose language is taken to be that of the server."""
    language = str(guild.preferred_locale)
    return Person(platform=NAME, address=str(guild.owner_id), language=language, chat=str(chat.id))


def _private(guild: discord.Guild, chat: discord.DMChannel) -> Place:
    return Place(
        platform=NAME,
        address=str(chat.id),
        kind=PlaceKind.PRIVATE,
        server_address="",
        language=str(guild.preferred_locale),
    )
