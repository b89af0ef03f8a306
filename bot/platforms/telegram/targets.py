"""Which chat a target names, and whether somebody may manage it: asked of Telegram at that moment."""

import re

from telegram import Bot, ChatFullInfo
from telegram.constants import ChatMemberStatus, ChatType

from bot.errors import ChannelLost, ChannelMoved, Refused
from bot.model import Person, Place
from bot.platforms.telegram.failures import translate_failures
from bot.platforms.telegram.places import is_anonymous, lacking, may_manage, place, rights_of

_TARGET = re.compile(
    r"@(?P<name>[A-Za-z]\w{3,31})|(?P<id>-\d{6,20}(?:/\d{1,12})?)"
    r"|(?:https?://)?t(?:elegram)?\.me/(?:c/(?P<number>\d{5,16})|(?P<link>[A-Za-z]\w{3,31}))(?:/\d+){0,2}/?",
    re.ASCII,
)

AWAY = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


def target_in(word: str) -> str:
    """Return the chat that a word names: `@name`, the id of a group or channel (with that of a topic behind a
    slash), or a link to either; empty where it is none of them.
    """
    match = _TARGET.fullmatch(word)
    if match is None:
        return ""
    if number := match["number"]:
        return f"-100{number}"
    name = match["name"] or match["link"]
    return f"@{name}" if name else match["id"]


async def managed_place(bot: Bot, target: str, person: Person) -> Place | None:
    """Return the group or channel that a target names, where we are in it and the person may manage it.

    Raises a `DeliveryError` where Telegram cannot be asked.
    """
    address, _, thread = target.partition("/")
    try:
        with translate_failures():
            return await _find_managed(bot, address, thread, person)
    except ChannelMoved as error:  # a button from before the group became a supergroup
        return await managed_place(bot, error.address, person)
    except (ChannelLost, Refused):
        return None  # no such chat, or one whose members we may not see


async def _find_managed(bot: Bot, address: str, thread: str, person: Person) -> Place | None:
    chat: ChatFullInfo = await bot.get_chat(address)
    if chat.type == ChatType.PRIVATE:
        return None
    own_member = await bot.get_chat_member(chat.id, bot.id)
    if own_member.status in AWAY:
        return None
    if not person.operator and not await manages(bot, person, chat.id, chat.type):
        return None
    return place(
        chat,
        thread=thread,
        language=person.language,
        rights=rights_of(own_member),
        missing=lacking(own_member, chat),
    )


async def manages(bot: Bot, person: Person, chat: int, kind: str = ChatType.SUPERGROUP) -> bool:
    """Tell whether a person may manage a group or channel. Who speaks as the group could be any anonymous
    administrator, so all of them must.
    """
    if person.speaks_for_chat and person.address != str(chat):
        return False  # as a channel of their own
    if person.speaks_for_chat:
        administrators = await bot.get_chat_administrators(chat)
        anonymous = [member for member in administrators if is_anonymous(member)]
        return bool(anonymous) and all(may_manage(member, kind) for member in anonymous)
    if not person.address.isdigit():
        return False
    return may_manage(await bot.get_chat_member(chat, int(person.address)), kind)
