"""Updates into Calls, and their answers back: commands, words in private chats, channel posts, buttons,
memberships.
"""

import re
from asyncio import sleep
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import structlog
from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    MaybeInaccessibleMessage,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    Update,
)
from telegram import Document as File
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.commands.attached import LARGEST, not_fetched, not_taken, text_of_list, too_large
from bot.commands.codec import may_name
from bot.commands.targets import target_of
from bot.errors import CallError, ChannelLost, ChannelMoved, DeliveryError, NotSent, Refused, Unsure
from bot.i18n import Texts
from bot.model import (
    Actions,
    Answer,
    Attachment,
    Block,
    Call,
    Channel,
    Document,
    Heading,
    Payload,
    Person,
    Place,
    PlaceKind,
    StoryBlock,
    Text,
)
from bot.platforms.telegram.ephemeral import EphemeralMessages, Reader, ephemeral_number
from bot.platforms.telegram.failures import failure, translate_failures
from bot.platforms.telegram.keys import SILENT, carries_nonce, unmarked
from bot.platforms.telegram.menus import Menus
from bot.platforms.telegram.places import (
    NAME,
    author,
    channel_for,
    lacking,
    may_post,
    person,
    place,
    place_of,
    presser,
    private_place,
    rights_of,
)
from bot.platforms.telegram.readers import find_reader
from bot.platforms.telegram.render import render
from bot.platforms.telegram.send import edit, post, post_file
from bot.platforms.telegram.targets import AWAY, manages
from bot.platforms.telegram.turns import Turns
from bot.ports import ChatGateway

log = structlog.get_logger(__name__)

PATIENCE = 30.0
"""Seconds an answer may wait for Telegram's leave; whoever asked has gone by then."""

JUST_PICKED = 60.0
"""Seconds after a chat was picked in which we are not asked again what is to be posted there."""

LISTS = (".opml", ".xml", ".opml.gz", ".zip")
"""Ends of the names of files that a private chat takes without a command."""

Send = Callable[[Channel], Awaitable[str]]
"""Sends one message to a channel and returns its id."""

_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?=\s|$)")
_START_PAYLOAD = re.compile(r"/start\s+([A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*)\s*")

START = "start"
"""The command that a link says, the one of a claim too."""

STALE = timedelta(minutes=2)
"""Age from which a message was written while we were away: of several in a chat only the last is answered."""

GATHERING = 1.0
"""Seconds in which the further messages of a chat that waited for us come in."""


def addressed(text: str, username: str) -> str:
    """Return the text without our name after its command; empty when it is no command or another bot's."""
    match = _COMMAND.match(text)
    if match is None or (match[2] or username).casefold() != username.casefold():
        return ""
    return f"/{match[1]}{text[match.end() :]}"


def start_payload(text: str) -> str:
    """Return the button data that a `/start` from a shared post carries: `/start s-12` is `s:12`."""
    match = _START_PAYLOAD.fullmatch(text)
    return match[1].replace("-", ":") if match else ""


@dataclass(frozen=True, slots=True)
class AnswerTarget:
    """Where an answer goes: the message that asked, and the one to change when it is ours to change; the
    press (its query) where a button was.
    """

    message: MaybeInaccessibleMessage
    editable: bool = False
    query: str = ""

    @property
    def is_ephemeral(self) -> bool:
        """Whether nobody but the asker sees the message."""
        return bool(ephemeral_number(self.message))

    @property
    def reply_to(self) -> str:
        """In shared chats an answer shows whom it answers."""
        is_shared = self.message.chat.type != ChatType.PRIVATE and not self.is_ephemeral
        return str(self.message.message_id) if is_shared else ""


class Calls:
    """Hands what people do to the gateway and brings back what it says."""

    def __init__(self, bot: Bot, gateway: ChatGateway, texts: Texts, turns: Turns, menus: Menus) -> None:
        self._bot = bot
        self._gateway = gateway
        self._texts = texts
        self._turns = turns
        self._menus = menus
        self._ephemeral = EphemeralMessages(bot)
        self._operators = frozenset(spec.name for spec in gateway.commands if spec.operator)
        self._codes = frozenset(spec.code for spec in gateway.commands)
        self._public = frozenset(spec.name for spec in gateway.commands if spec.public)
        self._names = frozenset(spec.name for spec in gateway.commands)
        self._managers = frozenset(spec.name for spec in gateway.commands if spec.manager)
        self._picks: dict[int, float] = {}
        """When chats were picked, into which we may just have been brought by that."""
        self._taking = {
            spec.name: option.name for spec in gateway.commands for option in spec.options if option.file
        }

    @property
    def _link(self) -> str:
        """The address that opens a private chat with us."""
        return f"https://t.me/{self._bot.username}"

    def attach(self, app: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        """Register for new messages, channel posts, buttons and memberships; edits of messages never ask
        twice.
        """
        with_words = filters.TEXT | filters.Document.ALL
        fresh = with_words & (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST)
        in_private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
        app.add_handler(MessageHandler(filters.StatusUpdate.CHAT_SHARED & in_private, self._on_pick))
        app.add_handler(MessageHandler(filters.FORWARDED & in_private, self._on_forward))
        app.add_handler(MessageHandler(fresh & ~filters.IS_AUTOMATIC_FORWARD, self._on_message))
        app.add_handler(CallbackQueryHandler(self._on_press))
        app.add_handler(ChatMemberHandler(self._on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
        app.add_error_handler(self._on_error)

    # --- what comes in ---

    async def _on_message(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None or not _is_own(message):
            return
        text = self._command_of_file(message) or message.text or message.caption
        call = await self._parse_message(message, text) if text else None
        if call is None:
            return
        if call.place.kind is PlaceKind.BROADCAST:
            await self._obey_in_channel(call, message)
            return
        if not await self._is_overtaken(update, message):
            await self._answer(call, AnswerTarget(message))
        elif call.command in self._managers:
            await self._gateway.answer(await self._with_rights(call))

    async def _obey_in_channel(self, call: Call, message: Message) -> None:
        """Obey a command that was typed in a channel: its readers see nothing but news, so it is answered in
        private and taken away.

        Nobody knows who wrote it, save that they may post there. What is no command of ours is a post.
        """
        if call.command not in self._names:
            return
        address = call.place.address
        desks = {stored.desk for stored in await self._gateway.channels(NAME) if stored.address == address}
        reader = await find_reader(self._bot, message.chat, desks)
        if reader is None:
            await self._obtain(call, message)
        else:
            private = private_place(reader)
            to_reader = replace(call, person=reader, place=private, target=call.target or address)
            with _log_failures(to_reader):
                await self._say(await self._obtain(to_reader, message), private, None)
        try:
            await message.delete()
        except TelegramError as error:
            log.info("telegram.command_stays", chat=message.chat.id, cause=str(failure(error)))

    async def _on_pick(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A chat was picked with a button of ours: what the button is for is done there."""
        message = update.effective_message
        if message is None or message.chat_shared is None:
            return
        asker = Call("", {}, author(message), place_of(message, message.from_user))
        shared = message.chat_shared
        picks = {chat: at for chat, at in self._picks.items() if self._is_just_picked(chat)}
        self._picks = {**picks, shared.chat_id: monotonic()}
        call = await self._gateway.picked(shared.request_id, str(shared.chat_id), asker)
        await self._answer(call, AnswerTarget(message))

    def _is_just_picked(self, chat: int) -> bool:
        return monotonic() - self._picks.get(chat, -JUST_PICKED) < JUST_PICKED

    async def _on_forward(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A post of a channel or group was passed on to us: it names that place, and proves nothing."""
        message = update.effective_message
        chat = _chat_of_origin(message) if message is not None else None
        if message is None or chat is None:
            return
        place_here = place_of(message, message.from_user)
        call = Call("setup", {}, author(message), place_here, target=str(chat.id))
        await self._answer(call, AnswerTarget(message))

    async def _is_overtaken(self, update: Update, message: Message) -> bool:
        """Tell whether a message of the time when we were away has others behind it: what it asks is done,
        the last is answered.
        """
        if datetime.now(UTC) - message.date < STALE:
            return False
        lane = self._turns.lane_of(update)
        if lane.waiting == 1:
            await sleep(GATHERING)
        return lane.waiting > 1

    def _command_of_file(self, message: Message) -> str:
        """Return the command that a list sent without one in a private chat means: its words only say what
        it is.
        """
        if (message.caption or "").startswith("/"):
            return ""
        name = (message.document.file_name or "").casefold() if message.document else ""
        is_private_list = message.chat.type == ChatType.PRIVATE and name.endswith(LISTS)
        return f"/{next(iter(self._taking))}" if is_private_list and self._taking else ""

    async def _parse_message(self, message: Message, text: str) -> Call | None:
        asker = Call(
            "",
            {},
            author(message),
            place_of(message, message.from_user),
            reply_to=_answered_post(message, self._bot.id),
        )
        private = asker.place.kind is PlaceKind.PRIVATE
        words = addressed(text, self._bot.username) or (text if private and not text.startswith("/") else "")
        data = start_payload(words) if private else ""
        if data.partition(":")[0] in self._codes:
            return await self._gateway.pressed(data, asker)
        call = self._gateway.typed(words, asker) if words else None
        return None if call is not None and self._is_for_another_bot(call, text) else call

    def _is_for_another_bot(self, call: Call, text: str) -> bool:
        """Tell whether a command that we do not know is probably another bot's: in a group, and not addressed
        to us.
        """
        is_named = f"@{self._bot.username}".casefold() in text.split(maxsplit=1)[0].casefold()
        return call.place.kind is PlaceKind.GROUP and call.command not in self._names and not is_named

    async def _on_press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        await self._confirm(query)
        data = unmarked(query.data or "")
        if query.message is None or query.message.chat.type == ChatType.CHANNEL:
            return  # an answer there would be a post for every reader
        if data not in {"", SILENT}:
            await self._press(query, query.message, data)

    async def _confirm(self, query: CallbackQuery) -> None:
        """Stop the button's clock; an old query can no longer be answered, which harms nobody."""
        try:
            await query.answer()
        except TelegramError as error:
            log.debug("telegram.query_unanswered", cause=type(error).__name__)

    async def _press(self, query: CallbackQuery, message: MaybeInaccessibleMessage, data: str) -> None:
        asker = Call("", {}, presser(query, message.chat), place_of(message, query.from_user))
        call = await self._gateway.pressed(data, asker)
        if call.target == target_of(call.place):
            call = replace(call, target="")
        await self._answer(call, AnswerTarget(message, editable=_editable(message), query=query.id))

    async def _on_membership(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        member_update = update.my_chat_member
        if member_update is None:
            return
        member, chat = member_update.new_chat_member, member_update.chat
        is_new = member_update.old_chat_member.status in AWAY and member.status not in AWAY
        comes_by = member_update.from_user if is_new and chat.type != ChatType.PRIVATE else None
        by = person(comes_by, private=True) if comes_by and not comes_by.is_bot else None
        location = place(chat, language=member_update.from_user.language_code or "", rights=rights_of(member))
        location = replace(location, missing=lacking(member, chat))
        await self._gateway.placed(location, may_post(member, chat), by)
        if by is not None:
            context.application.create_task(self._begin_talk(chat, by))  # what follows does not wait for it

    async def _begin_talk(self, chat: Chat, by: Person) -> None:
        """Ask whoever brought us in what is to be posted, in private; in the chat nobody hears of it.

        Nothing is asked of those who may not manage it, nor of those who have just picked it for something.
        Whoever has no private chat with us yet is asked when they begin one.
        """
        await sleep(GATHERING)
        if self._is_just_picked(chat.id):
            return
        call = Call("setup", {}, by, private_place(by), target=str(chat.id))
        answer = await self._gateway.answer(call)
        if not answer.told:
            return
        try:
            await self._say(answer, call.place, None)
        except (ChannelLost, Refused) as error:
            log.info("telegram.talk_waits", chat=chat.id, cause=str(error))
        except DeliveryError as error:
            log.warning("telegram.answer_lost", command=call.command, chat=chat.id, cause=str(error))

    # --- what goes back ---

    async def _obtain(self, call: Call, message: MaybeInaccessibleMessage) -> Answer:
        """Return the answer to a Call, with the file that its message brings where it takes one."""
        file = _file_of(message) if isinstance(message, Message) and call.command in self._taking else None
        return await (self._gateway.answer(call) if file is None else self._read(call, file))

    async def _answer(self, call: Call, target: AnswerTarget) -> None:
        call = await self._with_rights(call)
        if call.place.kind is PlaceKind.GROUP:
            call = replace(call, button_target=target_of(call.place))
        with _log_failures(call):
            answer = await self._obtain(call, target.message)
            if target.is_ephemeral or self._is_personal(call, answer):
                if await self._say_here_alone(answer, call, target) or await self._say_privately(
                    answer, call
                ):
                    return
                answer = self._way_to_private(call)
            await self._say(answer, call.place, target)
            await self._greet_operator(call, answer)

    async def _greet_operator(self, call: Call, answer: Answer) -> None:
        """Show whoever has just become an operator, by a command or the link of the log, what they may do."""
        may_be_new = call.command == START or call.command in self._operators
        if not (may_be_new and answer.told and call.place.kind is PlaceKind.PRIVATE):
            return
        if call.place.address in await self._gateway.operator_chats(NAME):
            await self._menus.show_operator(call.place.address)

    def _is_personal(self, call: Call, answer: Answer) -> bool:
        """Tell whether others in a group should not read an answer: all but news and help, and every
        mistake.
        """
        is_group = call.place.kind is PlaceKind.GROUP
        is_own = answer.private and not (call.command in self._public and answer.told and not call.target)
        return is_group and is_own and call.person.address.isdigit()

    async def _say_privately(self, answer: Answer, call: Call) -> bool:
        """Answer in the asker's private chat; False where there is none that we may write to.

        What is meant by “here” stands above it, and buttons that do not name their place stay behind: they
        would act in the private chat. What is said of another place names it itself, and so do its buttons.
        """
        location = private_place(call.person, call.place.language)
        blocks = answer.document.blocks
        if not call.target:
            blocks = (Heading(call.place.name), *_with_buttons_about(call.button_target, blocks))
        try:
            await self._say(replace(answer, document=replace(answer.document, blocks=blocks)), location, None)
        except (ChannelLost, Refused) as error:
            log.debug("telegram.no_private_way", person=call.person.address, cause=str(error))
            return False
        return True

    async def _say_here_alone(self, answer: Answer, call: Call, target: AnswerTarget) -> bool:
        """Answer in the group so that nobody but the asker sees it; False where that cannot be."""
        channel = channel_for(call.place, self._link)
        reader = Reader(int(call.person.address), target.query, ephemeral_number(target.message))
        payloads = (*render(answer.document, channel), *answer.sample)
        return await self._ephemeral.say(
            reader, channel, payloads, answer.attachment, reply_to=target.reply_to, edits=answer.edit
        )

    def _way_to_private(self, call: Call) -> Answer:
        """Return what stands in a group where others would read an answer, and the asker has no private chat
        with us.
        """
        words = self._texts.for_language(call.person.language or call.place.language)
        text = words("I answer that in private: write to me first, at {address}", address=self._link)
        return Answer(document=Document((Text(text),), words.language))

    async def _read(self, call: Call, file: File) -> Answer:
        """Answer a Call to whose arguments the text of a file is added."""
        words = self._texts.for_language(call.place.language)
        if (file.file_size or 0) > LARGEST:
            return too_large(words)
        try:
            body = await (await file.get_file()).download_as_bytearray()
        except TelegramError as error:
            log.warning("telegram.file_lost", command=call.command, cause=type(error).__name__)
            return not_fetched(words)
        if len(body) > LARGEST:
            return too_large(words)
        try:
            read = {self._taking[call.command]: text_of_list(bytes(body))}
        except CallError as error:
            return not_taken(words, error)
        return await self._gateway.answer(replace(call, arguments={**call.arguments, **read}))

    async def _with_rights(self, call: Call) -> Call:
        """Return a Call with what the person may do where they are; in its target the desk asks."""
        is_here = call.place.kind is PlaceKind.GROUP and not call.target
        needs_rights = call.command in self._managers and is_here
        if not needs_rights or call.person.manager:
            return call
        try:
            manager = await manages(self._bot, call.person, int(call.place.address))
        except TelegramError as error:
            log.warning("telegram.rights_unknown", chat=call.place.address, cause=str(failure(error)))
            return call
        return replace(call, person=replace(call.person, manager=manager))

    async def _say(self, answer: Answer, location: Place, target: AnswerTarget | None) -> None:
        channel = channel_for(location, self._link)
        payloads: Sequence[Payload] = render(answer.document, channel)
        if (
            target
            and answer.edit
            and target.editable
            and payloads
            and await self._edit_answer(payloads[0], channel, target)
        ):
            payloads = payloads[1:]
        reply_to = target.reply_to if target else ""
        for payload in (*payloads, *answer.sample):
            await self._send(partial(self._post, payload, reply_to), location, channel)
        if answer.attachment is not None:
            await self._send(partial(self._post_file, answer.attachment, reply_to), location, channel)

    async def _post(self, payload: Payload, reply_to: str, channel: Channel) -> str:
        return await post(self._bot, payload, channel, reply_to)

    async def _post_file(self, attachment: Attachment, reply_to: str, channel: Channel) -> str:
        return await post_file(self._bot, attachment, channel, reply_to)

    async def _edit_answer(self, payload: Payload, channel: Channel, target: AnswerTarget) -> bool:
        """Change the message in place; False when it is gone or too old, so that the answer comes as a new
        one.
        """
        try:
            with translate_failures():
                await edit(self._bot, payload, channel, str(target.message.message_id))
        except Refused:
            return False
        return True

    async def _send(self, send: Send, location: Place, channel: Channel) -> None:
        number = await self._gateway.start_answer(location)
        try:
            message = await self._patiently(send, channel)
        except Unsure:
            raise  # it may have arrived: the record stays open, and lost posts are not looked for past it
        except DeliveryError:
            await self._gateway.record_answer(number, "")
            raise
        await self._gateway.record_answer(number, message)

    async def _patiently(self, send: Send, channel: Channel) -> str:
        """Send once, and once more where Telegram asks for a short wait or names the group's new address."""
        try:
            return await self._send_once(send, channel)
        except NotSent as error:
            if error.after > PATIENCE:
                raise
            await sleep(error.after)
        except ChannelMoved as error:
            channel = replace(channel, address=error.address)
        return await self._send_once(send, channel)

    async def _send_once(self, send: Send, channel: Channel) -> str:
        with translate_failures():
            return await send(channel)

    # --- what goes wrong ---

    async def _on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        log.error("telegram.call_failed", cause=type(error).__name__, exc_info=error)
        if isinstance(update, Update) and update.effective_chat and not update.my_chat_member:
            await self._apologize(update, update.effective_chat)

    async def _apologize(self, update: Update, chat: Chat) -> None:
        message = update.effective_message
        if message is None or message.chat.type == ChatType.CHANNEL:
            return  # a channel's readers are told nothing but news
        location = place_of(message, update.effective_user)
        words = self._texts.for_language(location.language)
        text = words("That did not work, and it is not your fault. The operator finds the cause in the log.")
        try:
            await self._say(Answer(document=Document((Text(text),))), location, AnswerTarget(message))
        except DeliveryError as failed:
            log.warning("telegram.answer_lost", chat=chat.id, cause=str(failed))


def _answered_post(message: Message, bot_id: int) -> str:
    """Return the number of our message that somebody answers, empty for none."""
    post = message.reply_to_message
    is_ours = post is not None and post.from_user is not None and post.from_user.id == bot_id
    return str(post.message_id) if post is not None and is_ours else ""


def _is_own(message: Message) -> bool:
    """Tell whether somebody wrote a message themselves: words that are passed on, or come through a bot, ask
    nothing.
    """
    passed_on = (
        message.forward_origin is not None or message.via_bot is not None or message.is_automatic_forward
    )
    other_bot = message.from_user is not None and message.from_user.is_bot and message.sender_chat is None
    return not passed_on and not other_bot


def _chat_of_origin(message: Message) -> Chat | None:
    """Return the channel or group whose words somebody has passed on, None where they are a person's."""
    match message.forward_origin:
        case MessageOriginChannel(chat=chat) | MessageOriginChat(sender_chat=chat):
            return chat
        case _:
            return None


def _with_buttons_about(target: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """Return blocks with those of their buttons alone that name a target."""
    for block in blocks:
        if isinstance(block, Actions):
            buttons = tuple(button for button in block.buttons if may_name(button.data, target))
            if buttons:
                yield replace(block, buttons=buttons)
        else:
            yield replace(block, more=None) if isinstance(block, StoryBlock) else block


def _file_of(message: Message) -> File | None:
    """Return the file of a message, or of the one it answers: in groups a bot may not hear of files
    otherwise.
    """
    if message.document is not None or message.reply_to_message is None:
        return message.document
    return message.reply_to_message.document


def _editable(message: MaybeInaccessibleMessage) -> bool:
    """In shared chats a post of the outbox is everybody's: one reader's tap never changes it."""
    if not isinstance(message, Message) or message.chat.type == ChatType.CHANNEL:
        return False
    return message.chat.type == ChatType.PRIVATE or not carries_nonce(message.reply_markup)


@contextmanager
def _log_failures(call: Call) -> Iterator[None]:
    """Log an answer that did not reach who asked."""
    try:
        yield
    except DeliveryError as error:
        log.warning("telegram.answer_lost", command=call.command, chat=call.place.address, cause=str(error))
