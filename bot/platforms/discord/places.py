"""Who calls and from where: Discord's users and channels as Persons and Places, and rights in words."""

from typing import Any

import discord

from bot.model import Channel, Person, Place, PlaceKind
from bot.platforms.discord.tags import lacks_tag

NAME = "discord"

RIGHTS = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "create_public_threads": "Create Public Threads",
    "attach_files": "Attach Files",
    "manage_threads": "Manage Threads",
}
"""The rights we look at, by discord.py's name and by the name people see in Discord's settings."""

_KINDS: dict[Any, PlaceKind] = {
    discord.ChannelType.news: PlaceKind.BROADCAST,
    discord.ChannelType.forum: PlaceKind.FORUM,
    discord.ChannelType.media: PlaceKind.FORUM,
    discord.ChannelType.private: PlaceKind.PRIVATE,
    discord.ChannelType.group: PlaceKind.PRIVATE,
}


def kind_of(channel: Any) -> PlaceKind:
    """Return the kind of a channel of discord.py; threads are groups."""
    return _KINDS.get(getattr(channel, "type", None), PlaceKind.GROUP) if channel else PlaceKind.PRIVATE


def rights_of(permissions: discord.Permissions) -> frozenset[str]:
    """Return which of the rights we look at are given."""
    return frozenset(name for name in RIGHTS if getattr(permissions, name))


def rights_needed(thread: str) -> tuple[str, ...]:
    """Return the rights a post needs in a channel, or in a thread of it, by discord.py's name."""
    # in a forum, Send Messages is what its settings call "Create Posts"
    return ("view_channel", "send_messages_in_threads" if thread else "send_messages")


def lacking(rights: frozenset[str], thread: str) -> tuple[str, ...]:
    """Return the first right that a post needs and that is not given, as people see it in Discord's settings.

    Who may not see a channel, or not send there, has none of the rights after it: they may be given all the
    same.
    """
    return tuple(RIGHTS[name] for name in rights_needed(thread) if name not in rights)[:1]


def lacking_in(channel: Any, rights: frozenset[str], thread: str) -> tuple[str, ...]:
    """Return the first right that a post in a channel of discord.py needs and that is not given. Where a
    forum requires a tag and has none that everybody may set, it is the right to set the others.
    """
    needs_tag = isinstance(channel, discord.ForumChannel) and not thread and lacks_tag(channel)
    return lacking(rights, thread) or ((RIGHTS["manage_threads"],) if needs_tag else ())


def place(
    channel: Any, guild: discord.Guild | None, language: str = "", rights: frozenset[str] | None = None
) -> Place:
    """Return a channel as a Place; a thread is told by its parent's address, and a post of ours in a forum
    belongs to the forum. Without `rights` nothing is said of them.
    """
    channel = _forum_of_post(channel) or channel
    own_id = str(getattr(channel, "id", ""))
    parent = getattr(channel, "parent_id", None)
    thread = own_id if parent else ""
    return Place(
        platform=NAME,
        address=str(parent or own_id),
        kind=kind_of(channel),
        thread=thread,
        name=str(getattr(channel, "name", "") or ""),
        server_address=str(guild.id) if guild else "",
        server_name=str(getattr(guild, "name", "") or ""),
        language=language,
        rights=rights or frozenset(),
        missing=() if rights is None or guild is None else lacking_in(channel, rights, thread),
    )


def _forum_of_post(channel: Any) -> discord.ForumChannel | None:
    """Return the forum in which we have opened a thread as a post; None for any other channel."""
    if not isinstance(channel, discord.Thread) or not isinstance(channel.parent, discord.ForumChannel):
        return None
    return channel.parent if channel.owner_id == channel.guild.me.id else None


def is_from_elsewhere(interaction: "discord.Interaction[Any]") -> bool:
    """Whether somebody who has installed us for themselves acts in a place that has not: a server without us,
    or a chat with others (Discord, "Installation Context").
    """
    is_own_chat = interaction.guild_id is None and not interaction.context.private_channel
    return interaction.is_user_integration() and not (interaction.is_guild_integration() or is_own_chat)


def place_of(interaction: "discord.Interaction[Any]") -> Place:
    """Return where an interaction comes from, in the language of whoever acts. A place that has not installed
    us is nobody's: nothing of it is known or kept, even where we have been there before.
    """
    if is_from_elsewhere(interaction):
        address = f"guest:{interaction.user.id}"
        return Place(
            platform=NAME,
            address=address,
            kind=PlaceKind.GROUP,
            language=str(interaction.locale),
            has_bot=False,
        )
    rights = rights_of(interaction.app_permissions)
    return place(interaction.channel, interaction.guild, str(interaction.locale), rights)


def person_of(interaction: "discord.Interaction[Any]") -> Person:
    """Return who acts. In a private chat everybody manages; in a server it takes Manage Server, and in a
    place that has not installed us nobody does.
    """
    permissions = interaction.permissions
    is_guest = is_from_elsewhere(interaction)
    is_private = interaction.guild_id is None and not is_guest
    manager = is_private or (not is_guest and (permissions.manage_guild or permissions.administrator))
    user = interaction.user
    chat = str(interaction.channel_id or "") if is_private else ""
    roles = user.roles if isinstance(user, discord.Member) and not is_guest else ()
    return Person(
        platform=NAME,
        address=str(user.id),
        name=user.display_name,
        language=str(interaction.locale),
        manager=manager,
        chat=chat,
        roles=frozenset(str(role.id) for role in roles),
    )


def channel_for(location: Place) -> Channel:
    """Return the Channel to render an answer for."""
    return Channel(
        id=0,
        platform=NAME,
        address=location.address,
        kind=PlaceKind.PRIVATE if location.kind is PlaceKind.PRIVATE else PlaceKind.GROUP,
        server_id=0,
        thread=location.thread,
        name=location.name,
        language=location.language or "en",
        rights=location.rights,
    )


def missing(client: discord.Client, channel: Channel, *, as_embeds: bool = False) -> tuple[str, ...]:
    """Return the names of the rights we lack there, as far as the client knows the channel; embeds need one
    of their own.
    """
    permissions = _permissions_in(client, channel)
    if permissions is None:
        return ()
    for_embeds = (RIGHTS["embed_links"],) if as_embeds and not permissions.embed_links else ()
    return lacking(rights_of(permissions), channel.thread) or for_embeds


def may_read(client: discord.Client, channel: Channel) -> bool | None:
    """Return whether we may read what was posted there, None where the client does not know."""
    if channel.kind is PlaceKind.PRIVATE:
        return True
    permissions = _permissions_in(client, channel)
    return None if permissions is None else permissions.view_channel and permissions.read_message_history


def _permissions_in(client: discord.Client, channel: Channel) -> discord.Permissions | None:
    guild_channel = client.get_channel(int(channel.address)) if channel.address.isdigit() else None
    if not isinstance(guild_channel, discord.abc.GuildChannel) or guild_channel.guild.me is None:
        return None
    return guild_channel.permissions_for(guild_channel.guild.me)
