"""Dispatch: what people type, pick and press becomes a Call, which goes to its command and is answered."""

import asyncio
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b
from itertools import count

from bot.commands import about, access, buttons, codec, elsewhere, panel, targets, views
from bot.commands.declaration import Command
from bot.commands.explaining import EXPIRED, no_command
from bot.commands.managers import with_manager_role
from bot.commands.named_places import NamedPlaces, ask_for_place, complete_title, find_named_places
from bot.commands.open_questions import find_open_question
from bot.commands.plain_talk import TALK, call_of_ask, is_greeting
from bot.commands.registry import registry
from bot.commands.setup import CHOICE
from bot.commands.subscription_choice import UnknownSubscription, ask_which_subscription
from bot.commands.subscription_lines import schedule_in_words
from bot.commands.usage_words import option_in_words, usage_in_words
from bot.commands.wish_reading import is_plain_wish
from bot.errors import CallError, DatabaseUnavailable
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Answer,
    Button,
    Call,
    CallRef,
    Channel,
    CommandSpec,
    Document,
    Health,
    Person,
    Place,
    PlaceKind,
    Post,
    Schedule,
    Text,
)
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.filters.wishes import WISH_MAX, read_wish
from bot.store import Tx, outbox, places, subscriptions, system
from bot.text.take_backs import is_take_back
from bot.text.wish_words import Names

ADDRESS = re.compile(r"^(?:https?://\S+|[\w-]+(?:\.[\w-]+)+(?:/\S*)?)$")
LONGEST_ACT = timedelta(seconds=60)
"""How long an answer may take; people have gone by then, and places and turns are for others."""

PICK = "pick "
"""Before the number of a button that picks a target, in the code of its stored call."""

STORED_FOR = timedelta(days=7)

COMPLETIONS = 25
"""Choices that a platform shows while one types (Discord's limit)."""


class CommandDispatcher:
    """Answers Calls: every platform's `ChatGateway`. `on_connected` is told the name of each that
    connects.
    """

    def __init__(self, ctx: Context) -> None:
        self.on_connected: Callable[[str], None] = _ignore
        self._ctx = ctx
        self._early = count(-1, -1)
        self._late: dict[int, int] = {}
        """Numbers of answers that left while the database was in trouble, and those they are recorded
        under.
        """

    @property
    def commands(self) -> tuple[CommandSpec, ...]:
        """What platforms show of the commands."""
        return tuple(command.spec for command in registry().visible_commands)

    async def answer(self, call: Call) -> Answer:
        """Answer a Call; a mistake is answered with what is right, a failure of ours in one sentence."""
        try:
            async with self._ctx.store.read() as tx:
                operator = await views.is_operator(tx, call)
                call = await with_manager_role(tx, call)
            if not operator:
                access.take_command(self._ctx, call)
            async with asyncio.timeout(LONGEST_ACT.total_seconds()):
                choice = await self._find_named_places(call, operator=operator)
                if choice is not None and choice.is_several:
                    question = await ask_for_place(self._ctx, call, choice)
                    return await self._with_signed_buttons(question, call.person)
                call = choice.call if choice else await self._about_open_question(call)
                command = _command(call.command)
                call = await targets.at_target(self._ctx, command, call, operator=operator)
                _check_rights(command, call, operator=operator)
                _check(command, call.arguments)
                await self._arrive(command, call, operator=operator)
                answer = await command(self._ctx, call)
            answer = targets.under_its_name(answer, call)
            target = call.target or (call.button_target if answer.private else "")
            return await self._with_signed_buttons(answer, call.person, target)
        except TimeoutError:
            return await self._error_answer(
                call,
                (
                    "That took more than {seconds} seconds and was given up: whatever had to be asked "
                    "did not answer."
                ),
                {"seconds": int(LONGEST_ACT.total_seconds())},
            )
        except UnknownSubscription as error:
            return await self._ask_which_subscription(call, error)
        except CallError as error:
            return await self._error_answer(call, error.template, error.values)
        except DatabaseUnavailable as error:
            return self._in_trouble(call, error)
        except Exception:
            self._ctx.log.exception("command.crashed", command=call.command, platform=call.place.platform)
            return await self._error_answer(
                call, "Something went wrong here. It is in the log; please try again in a minute.", {}
            )

    async def _find_named_places(self, call: Call, *, operator: bool) -> NamedPlaces | None:
        """Return the places that a typed line names by their title, with the Call that it means without that;
        None where it names none, as a line of somebody's own and one that is about no place do.
        """
        command = registry().by_name.get(call.command)
        if not call.line or call.target or command is None:
            return None
        if call.line.startswith("/") and command.spec.target is None:
            return None
        own_line = targets.own_line(call.line, command, self._names_of)
        call_of_line = replace(call, line=call.line.removesuffix(own_line))
        choice = await find_named_places(self._ctx, call_of_line, operator=operator)
        if choice is None:
            return None
        meant_call = self.typed(
            f"{choice.call.line} {own_line}".strip(), replace(call, target=choice.call.target)
        )
        if meant_call is None or registry().by_name[meant_call.command].spec.target is None:
            return None
        return replace(choice, call=replace(meant_call, target=choice.call.target))

    async def _about_open_question(self, call: Call) -> Call:
        """Return a Call of plain words as one about the place that its person was just asked about: a wish,
        or, where topics were offered, a topic alone.
        """
        is_plain = call.command in {"wish", TALK} and call.line and not call.line.startswith("/")
        question = await find_open_question(self._ctx, call) if is_plain and not call.target else None
        if question is None or (call.command == TALK and question[0] != CHOICE.command):
            return call
        call_of_place = self.typed(call.line, replace(call, target=question[1]))
        return call_of_place if call_of_place and call_of_place.command == "wish" else call

    async def _arrive(self, command: Command, call: Call, *, operator: bool) -> None:
        """Take note of what a Call tells of its place and its person, before it is answered."""
        await views.at_home(self._ctx, call)
        await views.resume_where_possible(self._ctx, call, manages=command.spec.manager)
        if operator and call.conversation.kind is PlaceKind.PRIVATE:
            await about.meet(self._ctx, replace(call, place=call.conversation, target="", origin=None))

    async def _ask_which_subscription(self, call: Call, error: UnknownSubscription) -> Answer:
        words = (await views.view_of(self._ctx, call)).words
        question = ask_which_subscription(words, call, _command(call.command), error)
        answer = targets.under_its_name(question, call)
        return await self._with_signed_buttons(answer, call.person, call.target)

    async def _error_answer(self, call: Call, template: str, values: Mapping[str, object]) -> Answer:
        words = (await views.view_of(self._ctx, call)).words
        translated_values = {name: _in_language(value, words) for name, value in values.items()}
        if "option" in values:
            translated_values["option"] = option_in_words(str(values["option"]), words)
        if "usage" in values:
            translated_values["usage"] = usage_in_words(str(values["usage"]), words)
        text = Text(words(template, **translated_values))
        answer = Answer(document=Document((text,), words.language), told=False)
        return targets.under_its_name(answer, call)

    def _in_trouble(self, call: Call, error: DatabaseUnavailable) -> Answer:
        """Say what is wrong with the database, in the person's language: where it cannot be read nobody knows
        the chat's.
        """
        words = self._ctx.texts.for_language(call.person.language or self._ctx.policy.language)
        return Answer(document=Document((Text(words.whole(str(error))),), words.language), told=False)

    def typed(self, text: str, call: Call) -> Call | None:
        """Return the Call that typed text means. In a private chat a bare address subscribes, and a wish in
        plain words is shown as rules; in others plain talk is not for us.
        """
        text = text.strip()
        call = replace(call, line=text)
        private = call.place.kind in {PlaceKind.PRIVATE, PlaceKind.PAGE}
        if text.startswith("/"):
            name, _, rest = text[1:].partition(" ")
            return self._parse_typed(name.lower(), rest.strip(), call)
        if not private or not text:
            return None
        if ADDRESS.match(text):
            return replace(call, command="subscribe", arguments={"what": text})
        meaning = read_wish(text, self._ctx.texts.languages, Names())
        is_wish = is_take_back(text) or is_plain_wish(meaning, names_place=bool(call.target))
        if len(text) <= WISH_MAX and is_wish:
            return replace(call, command="wish", arguments={"words": text})
        if call_ref := call_of_ask(text):
            return replace(call, command=call_ref.command, arguments=dict(call_ref.arguments))
        if is_greeting(meaning):
            return replace(call, command="start", arguments={})
        return replace(call, command=TALK, arguments={"words": text})

    def _parse_typed(self, name: str, rest: str, call: Call) -> Call:
        command = registry().by_name.get(name)
        if command is None or command.hidden:
            return replace(call, command=name, arguments={})
        platform = self._ctx.platforms.get(call.place.platform)
        if command.spec.target and platform:
            rest, target = targets.split_target(rest, command, platform.target_in, self._names_of)
            call = replace(call, target=target)
        return replace(call, command=name, arguments=_parse_arguments(command, rest))

    def _names_of(self, key: str) -> set[str]:
        """Return what something is called in every language of the bot."""
        texts = self._ctx.texts
        return {key, *(texts.for_language(language)(key) for language in texts.languages)}

    async def _with_signed_buttons(self, answer: Answer, person: Person, target: str = "") -> Answer:
        """Return an answer whose buttons that change something obey nobody but whoever asked for it, and are
        about the place that it is about.
        """

        async def owned(button: Button) -> Button:
            call = _with_target(button.call, target)
            if call and button.picks:
                return replace(button, data=await self._store_pick(call, person), call=None)
            data = (
                await self._store_call(call)
                if call and not codec.is_encodable(call)
                else codec.data_of(replace(button, call=call))
            )
            if _may_change(data):
                bare, data = data, buttons.sign(data, person, self._ctx.secret)
                if len(data.encode()) > codec.MAX_DATA_BYTES:
                    stored_data = await self._store_call(codec.decode(bare))
                    data = buttons.sign(stored_data, person, self._ctx.secret)
            return replace(button, data=data, call=None)

        return replace(answer, document=await buttons.with_buttons(answer.document, owned))

    async def _store_call(self, call: CallRef) -> str:
        """Store a call that no button has room for; returns the data that stands for it."""
        arguments = {**call.arguments, **({codec.TARGET: call.target} if call.target else {})}
        code = blake2b(repr((call.command, sorted(arguments.items()))).encode(), digest_size=8).hexdigest()
        async with self._ctx.store.write() as tx:
            await system.keep_call(tx, code, call.command, arguments, self._ctx.clock() + STORED_FOR)
        return f"{codec.STORED_PREFIX}{codec.PART}{code}"

    async def _store_pick(self, call: CallRef, person: Person) -> str:
        """Store a call whose target a person is to pick; returns the number of the button for it."""
        number = buttons.pick_number(call, person, self._ctx.secret)
        expires_at = self._ctx.clock() + STORED_FOR
        async with self._ctx.store.write() as tx:
            await system.keep_call(tx, f"{PICK}{number}", call.command, call.arguments, expires_at)
        return str(number)

    async def picked(self, number: int, target: str, call: Call) -> Call:
        """Return the Call whose target a person has picked; another's choice, or an old one, is asked for
        again.
        """
        async with self._ctx.store.read() as tx:
            stored_call = await system.kept_call(tx, f"{PICK}{number}", self._ctx.clock())
        call_ref = CallRef(*stored_call) if stored_call else CallRef("")
        if number != buttons.pick_number(call_ref, call.person, self._ctx.secret):
            return replace(call, command=elsewhere.ELSEWHERE, arguments={})
        return replace(call, command=call_ref.command, arguments=call_ref.arguments, target=target)

    async def pressed(self, data: str, call: Call) -> Call:
        """Return the Call that a button carries; one that changes something and is not the person's own is
        asked about first.

        A link's data comes here as well: it bears nobody's signature.
        """
        bare, button_data = buttons.read(data, call.person, self._ctx.secret)
        target_call = await self._read_button(bare, call)
        command = registry().by_name.get(target_call.command)
        if button_data or command is None or not command.changes(target_call.arguments):
            return target_call
        confirmation = {
            "data": bare,
            "usage": _typed_as(command.spec, target_call),
            "about": command.spec.description,
        }
        if story := next(filter(None, map(_story_id, target_call.arguments.values())), ""):
            confirmation["story"] = story
        return replace(call, command=about.CONFIRM, arguments=confirmation)

    async def _read_button(self, data: str, call: Call) -> Call:
        """Return the Call in a button's data; of a stored one that has expired, that it has."""
        code, *values = data.split(codec.PART)
        if code == codec.STORED_PREFIX and values:
            async with self._ctx.store.read() as tx:
                stored_call = await system.kept_call(tx, values[0], self._ctx.clock())
            command, stored_arguments = stored_call or (EXPIRED, {})
            arguments = dict(stored_arguments)
            target = arguments.pop(codec.TARGET, "")
            return replace(call, command=command, arguments=arguments, target=target)
        call_ref = codec.decode(data)
        return replace(call, command=call_ref.command, arguments=call_ref.arguments, target=call_ref.target)

    async def form_title(self, data: str, call: Call) -> str:
        """Return what a form asks for that a button opens, in the language of whoever pressed it."""
        bare, _ = buttons.read(data, call.person, self._ctx.secret)
        arguments = (await self._read_button(bare, call)).arguments
        language = call.person.language or self._ctx.policy.language
        return panel.form_title(self._ctx.texts.for_language(language), arguments)

    async def complete(self, command: str, option: str, prefix: str, call: Call) -> tuple[str, ...]:
        """Return what an option could be, beginning with what was typed; nothing to somebody who asks too
        often.
        """
        if not access.may_complete(self._ctx, call):
            return ()
        declaration = registry().by_name.get(command)
        completed_option = (
            next((candidate for candidate in declaration.options if candidate.name == option), None)
            if declaration
            else None
        )
        if declaration is None or completed_option is None:
            return ()
        try:
            call = await self._find_target(declaration, call) if call.target else call
        except CallError:
            return ()  # nothing can be said to whoever types; the command itself is answered
        if completed_option.rest and declaration.spec.target and not call.target and "#" in prefix:
            async with self._ctx.store.read() as tx:
                operator = await views.is_operator(tx, call)
            if titles := await complete_title(self._ctx, call, prefix, operator=operator):
                return titles
        suggestions = await completed_option.suggestions(self._ctx, call)
        return _beginning_with(prefix, suggestions, by_word=completed_option.rest)[:COMPLETIONS]

    async def _find_target(self, command: Command, call: Call) -> Call:
        """Return a Call as one of its target. Raises `CallError`."""
        async with self._ctx.store.read() as tx:
            operator = await views.is_operator(tx, call)
            call = await with_manager_role(tx, call)
        return await targets.at_target(self._ctx, command, call, operator=operator)

    async def placed(self, place: Place, may_post: bool, by: Person | None = None) -> None:
        """Record that we may, or may no longer, post to a place, and who has brought us in."""

        async def record(tx: Tx) -> None:
            await about.record_rights(tx, self._ctx, place, may_post=may_post, by=by)

        await self._ctx.store.write_or_defer(record)
        self._ctx.wake("deliver")

    async def start_answer(self, place: Place) -> int:
        """Record that an answer is about to leave; returns its number, a negative one while the database is
        in trouble.
        """
        now = self._ctx.clock()
        try:
            async with self._ctx.store.write() as tx:
                return await outbox.record_answer_start(tx, place, now)
        except DatabaseUnavailable:
            number = next(self._early)

        async def record(tx: Tx) -> None:
            self._late[number] = await outbox.record_answer_start(tx, place, now)

        await self._ctx.store.write_or_defer(record)
        return number

    async def record_answer(self, number: int, post: str) -> None:
        """Record what became of an answer: while the database is in trouble before anything else is looked
        for again.
        """
        now = self._ctx.clock()

        async def record(tx: Tx) -> None:
            await outbox.record_answer_post(tx, self._late.get(number, number), post, now)

        await self._ctx.store.write_or_defer(record)
        if not self._ctx.store.trouble:
            self._late.pop(number, None)

    async def connected(self, platform: str) -> None:
        """Record that a platform works, and let its deliveries go."""
        identity = self._ctx.platforms[platform].identity()
        self._ctx.health[platform] = Health(
            platform=platform, state="connected", detail="", since=self._ctx.clock(), identity=identity
        )
        if identity is not None:
            await about.introduced(self._ctx, platform, identity)
        self._ctx.wake("deliver")
        self.on_connected(platform)

    async def posts(self, channel_id: int, limit: int) -> tuple[Post, ...]:
        """Return a channel's newest posts, oldest first."""
        async with self._ctx.store.read() as tx:
            return tuple(await outbox.history(tx, channel_id, limit))

    async def channels(self, platform: str) -> tuple[Channel, ...]:
        """Return the channels of a platform."""
        async with self._ctx.store.read() as tx:
            return tuple(await places.channels_of(tx, platform))

    async def operator_chats(self, platform: str) -> tuple[str, ...]:
        """Return the addresses of the private chats of those who run the instance."""
        async with self._ctx.store.read() as tx:
            operators = await places.operators(tx)
        return tuple(person.chat for person in operators if person.platform == platform)

    async def activity(self, platform: str) -> str:
        """Return when the next digest of a platform comes, in the language and the zone of the instance;
        empty where none is to come.
        """
        policy = self._ctx.policy
        async with self._ctx.store.read() as tx:
            at = await subscriptions.next_slot_on(tx, platform, self._ctx.clock())
        if at is None:
            return ""
        words = self._ctx.texts.for_language(policy.language)
        when = f"{words.weekday(at, policy.zone)} {words.time(at, policy.zone)}"
        return words("Next digest: {when} ({zone})", when=when, zone=policy.zone)


def _in_language(value: object, words: Words) -> object:
    """Return a value of an error's sentence in the language of that."""
    if isinstance(value, Schedule):
        return schedule_in_words(value, words)
    return words.whole(value) if isinstance(value, str) else value


def _beginning_with(prefix: str, choices: Sequence[str], *, by_word: bool) -> tuple[str, ...]:
    """Return the choices that go on with what was typed; with its last word, where the whole begins none."""
    head = blank = ""
    matches = [choice for choice in choices if choice.lower().startswith(prefix.lower())]
    if not matches and by_word:
        head, blank, last = prefix.rpartition(" ")
        matches = [choice for choice in choices if last and choice.lower().startswith(last.lower())]
    return tuple(f"{head}{blank}{choice}" for choice in matches)


def _ignore(_platform: str) -> None:
    """Nobody listens."""


def _may_change(data: str) -> bool:
    """Tell whether what a button carries could change something; of a stored Call only the store knows."""
    if data.split(codec.PART, maxsplit=1)[0] == codec.STORED_PREFIX:
        return True
    call_ref = codec.decode(data)
    command = registry().by_name.get(call_ref.command)
    return command is not None and command.changes(call_ref.arguments)


def _typed_as(spec: CommandSpec, call: Call) -> str:
    """Return a Call as somebody would type it, without the id of a story, which nobody types."""
    option_values = (call.arguments.get(option.name, "") for option in spec.options)
    values = [value for value in option_values if value and not _story_id(value)]
    return mask_secrets(" ".join(filter(None, (f"/{spec.name}", *values, call.target))))


def _story_id(value: str) -> str:
    """Return the number in the id of a story as buttons carry it (`i123`), empty where a value is none."""
    match = re.fullmatch(r"i(\d{1,12})", value)
    return match[1] if match else ""


def _with_target(call: CallRef | None, target: str) -> CallRef | None:
    """Return what a button asks for with the target of the answer that it stands under."""
    if call is None or not target or call.target:
        return call
    is_about_place = registry().by_name[call.command].spec.target is not None
    return replace(call, target=target) if is_about_place else call


def _parse_arguments(command: Command, rest: str) -> dict[str, str]:
    arguments: dict[str, str] = {}
    for option in (option for option in command.spec.options if not option.file):
        if not rest:
            break
        if option.rest:
            arguments[option.name], rest = rest, ""
        else:
            arguments[option.name], _, rest = rest.partition(" ")
            rest = rest.strip()
    if rest:
        arguments["_"] = rest
    return arguments


def _command(name: str) -> Command:
    """Return a command by its name. Raises `CallError` with the nearest one there is."""
    command = registry().by_name.get(name)
    if command is None:
        raise no_command(name)
    return command


def _check_rights(command: Command, call: Call, *, operator: bool) -> None:
    """Raise `CallError` where a person may not give a command."""
    if operator or (not command.operator and (call.person.manager or not command.spec.manager)):
        return
    if not call.place.has_bot:
        raise views.not_brought_in()
    if command.operator:
        raise CallError("/{name} is for whoever runs this instance.", name=command.spec.name)
    if command.changes_nothing:
        raise CallError(
            "/{name} is for those who may manage this place: ask one of them.", name=command.spec.name
        )
    raise CallError(
        "/{name} changes what everybody here gets: ask someone who may manage this place.",
        name=command.spec.name,
    )


def _check(command: Command, arguments: Mapping[str, str]) -> None:
    """Refuse missing, unknown or impossible arguments with the usage."""
    name, usage = command.spec.name, command.usage
    if extra := arguments.get("_"):
        raise CallError(
            "`{extra}` is more than /{name} takes. Usage: {usage}",
            extra=extra[:60],
            name=name,
            usage=usage,
        )
    for option in command.options:
        value = arguments.get(option.name)
        if option.required and not value:
            raise CallError(
                "/{name} needs {option}: {meaning}. Usage: {usage}",
                name=name,
                option=option.name,
                meaning=option.description,
                usage=usage,
            )
        if value and option.choices and value not in option.choices:
            similar = difflib.get_close_matches(value, option.choices, n=1, cutoff=0)
            raise CallError(
                "`{value}` does not fit {option}. The nearest that is right: {near}.",
                value=value[:60],
                option=option.name,
                near=similar[0],
            )
