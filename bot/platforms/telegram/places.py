"""Who speaks and where: Telegram's chats, users and rights as Places and Persons."""

from telegram import (
    CallbackQuery,
    Chat,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberRestricted,
    MaybeInaccessibleMessage,
    Message,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.model import Channel, Person, Place, PlaceKind

NAME = "telegram"

KINDS = {
    ChatType.PRIVATE: PlaceKind.PRIVATE,
    ChatType.GROUP: PlaceKind.GROUP,
    ChatType.SUPERGROUP: PlaceKind.GROUP,
    ChatType.CHANNEL: PlaceKind.BROADCAST,
}


def place(
    chat: Chat | ChatFullInfo,
    *,
    thread: str = "",
    language: str = "",
    rights: frozenset[str] = frozenset(),
    missing: tuple[str, ...] = (),
) -> Place:
    """Return a chat, or a topic of it, as a Place."""
    name = chat.title or chat.full_name or chat.username or ""
    return Place(
        platform=NAME,
        address=str(chat.id),
        kind=KINDS[ChatType(chat.type)],
        thread=thread,
        name=name,
        server_address=str(chat.id),
        server_name=name,
        language=language,
        rights=rights,
        missing=missing,
    )


def place_of(message: MaybeInaccessibleMessage, user: User | None) -> Place:
    """Return where a message stands, in the language of who speaks."""
    return place(message.chat, thread=thread_of(message), language=(user and user.language_code) or "")


def thread_of(message: MaybeInaccessibleMessage) -> str:
    """Return the forum topic of a message; reply chains outside forums have a thread id, too, but are no
    topics.
    """
    topic = isinstance(message, Message) and message.is_topic_message
    return str(message.message_thread_id) if topic and isinstance(message, Message) else ""


def author(message: Message) -> Person:
    """Return who wrote a message. Only administrators who may post write channel posts; whoever speaks as a
    group is an anonymous one.
    """
    sender = message.sender_chat
    if sender is not None:
        posts = sender.id == message.chat.id and message.chat.type == ChatType.CHANNEL
        return Person(
            platform=NAME,
            address=str(sender.id),
            name=sender.title or "",
            manager=posts,
            speaks_for_chat=True,
        )
    return person(message.from_user, private=message.chat.type == ChatType.PRIVATE)


def presser(query: CallbackQuery, chat: Chat) -> Person:
    """Return who pressed a button."""
    return person(query.from_user, private=chat.type == ChatType.PRIVATE)


def person(user: User | None, *, private: bool) -> Person:
    """Return a user as a Person, who manages their own private chat; of groups only Telegram knows it."""
    if user is None:
        return Person(platform=NAME, address="")
    own_id = str(user.id)
    return Person(
        platform=NAME,
        address=own_id,
        name=user.full_name,
        language=user.language_code or "",
        manager=private,
        chat=own_id,
    )


def private_place(who: Person, language: str = "") -> Place:
    """Return somebody's private chat with us, in their language or else in another."""
    return Place(
        platform=NAME,
        address=who.address,
        kind=PlaceKind.PRIVATE,
        name=who.name,
        server_address=who.address,
        server_name=who.name,
        language=who.language or language,
    )


def channel_for(location: Place, link: str) -> Channel:
    """Return a Channel to render and send an answer by, where no stored one is at hand."""
    language = location.language or "en"
    return Channel(
        id=0,
        platform=NAME,
        address=location.address,
        kind=location.kind,
        server_id=0,
        thread=location.thread,
        language=language,
        bot_link=link,
    )


def may_manage(member: ChatMember, kind: str = ChatType.SUPERGROUP) -> bool:
    """Tell whether a member may change what everybody in a chat gets: the owner, and administrators who may
    change a group's info, or post in a channel.

    Telegram has no right for bots' settings; an administrator who may only pin or delete messages was not
    given the group.
    """
    if isinstance(member, ChatMemberAdministrator):
        return bool(member.can_post_messages if kind == ChatType.CHANNEL else member.can_change_info)
    return member.status == ChatMemberStatus.OWNER


def is_anonymous(member: ChatMember) -> bool:
    """Tell whether an administrator or owner speaks as the group."""
    return isinstance(member, ChatMemberAdministrator | ChatMemberOwner) and bool(member.is_anonymous)


def may_post(member: ChatMember, chat: Chat | ChatFullInfo) -> bool:
    """Tell whether our own membership lets us post."""
    if isinstance(member, ChatMemberAdministrator):
        return chat.type != ChatType.CHANNEL or bool(member.can_post_messages)
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    return (
        member.status in {ChatMemberStatus.OWNER, ChatMemberStatus.MEMBER} and chat.type != ChatType.CHANNEL
    )


def lacking(member: ChatMember, chat: Chat | ChatFullInfo) -> tuple[str, ...]:
    """Return the names of the rights that we lack as a member, as Telegram shows them; none where we are no
    member.
    """
    if isinstance(member, ChatMemberRestricted) and member.is_member and not member.can_send_messages:
        return ("Send Messages",)
    if isinstance(member, ChatMemberAdministrator) and not may_post(member, chat):
        return ("Post Messages",)
    return ()


def rights_of(member: ChatMember) -> frozenset[str]:
    """Return Telegram's names of what a membership allows."""
    fields = member.to_dict()
    return frozenset(name for name, value in fields.items() if name.startswith("can_") and value is True)
