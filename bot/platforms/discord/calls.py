"""Interactions into Calls, and their answers back, within the three seconds that Discord gives."""

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import discord
import structlog

from bot.commands.attached import LARGEST, not_fetched, not_taken, text_of_list, too_large
from bot.errors import CallError, StrilloneError
from bot.i18n import Texts
from bot.model import Answer, Attachment, Call, Document, Payload, PlaceKind, Text
from bot.platforms.discord.failures import TROUBLE
from bot.platforms.discord.forms import form_for, split_form_data, text_in_form
from bot.platforms.discord.keys import nonce_of, unmarked
from bot.platforms.discord.kinds import Kind, is_refused, kind_of_message
from bot.platforms.discord.places import channel_for, is_from_elsewhere, person_of, place_of
from bot.platforms.discord.render import render
from bot.platforms.discord.send import edit_arguments, send_arguments
from bot.ports import ChatGateway

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]

PATIENCE = 1.0
"""Seconds before we say that an answer takes longer; Discord forgets the call after three."""

FINISHING = 5.0
"""Seconds that calls in hand may take to finish when we stop."""


class Calls:
    """Hands what people do to the gateway and brings back what it says."""

    def __init__(self, gateway: ChatGateway, texts: Texts) -> None:
        self._gateway = gateway
        self._texts = texts
        self._running: set[asyncio.Task[Any]] = set()

    # --- what comes in ---

    async def asked(
        self,
        interaction: Interaction,
        command: str,
        arguments: Mapping[str, str],
        files: Mapping[str, discord.Attachment],
        target: str,
        reply_to: str = "",
    ) -> None:
        """Answer a slash command that came with texts and perhaps files, about a channel or (empty) where it
        stands; or one of the menu of a message.
        """
        line = "" if files else " ".join((f"/{command}", *arguments.values()))
        call = replace(_asker(interaction, command, arguments), target=target, reply_to=reply_to, line=line)
        await self._tracked(self._serve(interaction, self._read(call, files), call))

    async def pressed(self, interaction: Interaction) -> None:
        """Answer a button: of a message of any age, for its custom_id says everything."""
        await self._tracked(self._press(interaction))

    async def filled(self, interaction: Interaction) -> None:
        """Answer a form that was sent: its button's call, with what was typed."""
        argument, data = split_form_data(unmarked(interaction.custom_id or ""))
        asker = _asker(interaction, "")
        work = self._answer_form(argument, data, text_in_form(interaction), asker)
        await self._tracked(self._serve(interaction, work, asker))

    async def completed(
        self, interaction: Interaction, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """Return choices for what is typed so far; none when they would come too late."""
        try:
            async with asyncio.timeout(PATIENCE * 2):
                asker = replace(_asker(interaction, command), target=_picked_channel(interaction))
                return await self._gateway.complete(command, option, prefix, asker)
        except TimeoutError:
            return ()

    async def unknown(self, interaction: Interaction) -> None:
        """Answer a command that this version does not have any more, or not with these options."""
        words = self._texts.for_language(str(interaction.locale))
        text = words("This command has changed since Discord showed it to you. Reload Discord and try again.")
        await self._tracked(
            self._deliver(interaction, Answer(document=Document((Text(text),))), _asker(interaction, ""))
        )

    async def finish(self) -> None:
        """Wait a little for calls in hand, then end them."""
        running = self._running - {asyncio.current_task()}
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=FINISHING)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _tracked(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._running.add(task)
        try:
            await work
        finally:
            self._running.discard(task)

    async def _read(self, call: Call, files: Mapping[str, discord.Attachment]) -> Answer:
        """Answer a Call to whose arguments the texts of some files are added."""
        words = self._texts.for_language(call.place.language)
        read = {}
        for name, file in files.items():
            if file.size > LARGEST:
                return too_large(words)
            try:
                read[name] = text_of_list(await file.read())
            except CallError as error:
                return not_taken(words, error)
            except TROUBLE as error:
                log.warning("discord.file_lost", command=call.command, cause=str(error))
                return not_fetched(words)
        return await self._gateway.answer(replace(call, arguments={**call.arguments, **read}))

    async def _press(self, interaction: Interaction) -> None:
        data = unmarked(interaction.custom_id or "")
        if not data:
            await interaction.response.defer()
            return
        asker = _asker(interaction, "")
        argument, call_data = split_form_data(data)
        if argument:
            await self._open_form(interaction, await self._gateway.form_title(call_data, asker))
            return
        await self._serve(interaction, self._answer_button(data, asker), asker)

    async def _open_form(self, interaction: Interaction, title: str) -> None:
        try:
            await interaction.response.send_modal(form_for(interaction.custom_id or "", title))
        except TROUBLE as error:
            log.warning("discord.form_lost", cause=str(error))

    async def _answer_form(self, argument: str, data: str, text: str, asker: Call) -> Answer:
        call = await self._gateway.pressed(data, asker)
        value = " ".join(filter(None, (call.arguments.get(argument, ""), text)))
        return await self._gateway.answer(replace(call, arguments={**call.arguments, argument: value}))

    async def _answer_button(self, data: str, asker: Call) -> Answer:
        return await self._gateway.answer(await self._gateway.pressed(data, asker))

    # --- what goes back ---

    async def _serve(self, interaction: Interaction, work: Awaitable[Answer], call: Call) -> None:
        task = asyncio.ensure_future(work)
        try:
            is_in_time = await self._in_time(interaction, task, call)
            answer = await self._result(task, call)  # unheard, whatever the call changes is still done
        finally:
            task.cancel()
        if is_in_time:
            await self._deliver(interaction, answer, call)

    async def _in_time(self, interaction: Interaction, task: "asyncio.Future[Answer]", call: Call) -> bool:
        """Say that it takes longer where it does; False when Discord does not wait any more."""
        await asyncio.wait({task}, timeout=PATIENCE)
        if task.done():
            return True
        try:
            await _ask_for_time(interaction)
        except TROUBLE as error:
            log.warning("discord.answer_late", command=call.command, cause=str(error))
            return False
        return True

    async def _result(self, task: "asyncio.Future[Answer]", call: Call) -> Answer:
        try:
            return await task
        except Exception as error:
            log.exception("discord.call_failed", command=call.command, cause=type(error).__name__)
            return self._apology(call, error)

    async def _deliver(self, interaction: Interaction, answer: Answer, call: Call) -> None:
        try:
            await _say_in_some_kind(interaction, answer, call)
        except TROUBLE as error:
            log.warning(
                "discord.answer_lost", command=call.command, channel=call.place.address, cause=str(error)
            )
            await self._apologize(interaction, call, error)
        except Exception as error:
            log.exception("discord.answer_broken", command=call.command, cause=type(error).__name__)
            await self._apologize(interaction, call, error)

    async def _apologize(self, interaction: Interaction, call: Call, error: Exception) -> None:
        if isinstance(error, discord.NotFound):
            return  # the call is too old to be answered at all
        try:
            await _say_in_some_kind(interaction, self._apology(call, error), call)
        except TROUBLE as failed:
            log.warning("discord.apology_lost", command=call.command, cause=str(failed))

    def _apology(self, call: Call, error: Exception) -> Answer:
        words = self._texts.for_language(call.place.language)
        apology = words(
            "That did not work, and it is not your fault. The operator finds the cause in the log."
        )
        text = str(error) if isinstance(error, StrilloneError) else apology
        return Answer(document=Document((Text(text),)))


def _asker(interaction: Interaction, command: str, arguments: Mapping[str, str] | None = None) -> Call:
    return Call(command, dict(arguments or {}), person_of(interaction), place_of(interaction))


def _picked_channel(interaction: Interaction) -> str:
    """Return the id of the channel that was picked in a command which is being typed, empty for none."""
    data: Any = interaction.data or {}
    options = data.get("options") or []
    channel = discord.AppCommandOptionType.channel.value
    return next((str(option["value"]) for option in options if option["type"] == channel), "")


async def _ask_for_time(interaction: Interaction) -> None:
    """Show the asker alone that we are at it; where a message may be edited in place, nothing new appears."""
    if interaction.type is not discord.InteractionType.application_command and _editable(interaction):
        await interaction.response.defer()
    else:
        is_among_others = interaction.guild_id is not None or is_from_elsewhere(interaction)
        await interaction.response.defer(ephemeral=is_among_others, thinking=True)


def _editable(interaction: Interaction) -> bool:
    """Only what its reader alone sees, or asked for, is changed in place: a post belongs to everybody."""
    message = interaction.message
    if message is None:
        return False
    if message.flags.ephemeral or interaction.guild_id is None:
        return True
    metadata = message.interaction_metadata
    return metadata is not None and metadata.user.id == interaction.user.id


async def _say_in_some_kind(interaction: Interaction, answer: Answer, call: Call) -> None:
    """Answer with layouts, or with embeds where Discord refuses those."""
    try:
        await _say(interaction, answer, call, Kind.LAYOUT)
    except discord.HTTPException as error:
        if not is_refused(error):
            raise
        await _say(interaction, answer, call, Kind.EMBEDS)


async def _say(interaction: Interaction, answer: Answer, call: Call, kind: Kind) -> None:
    payloads = render(answer.document, channel_for(call.place)) or ({"layout": [{"text": "▸"}]},)
    private = is_from_elsewhere(interaction) or (answer.private and call.place.kind is not PlaceKind.PRIVATE)
    if answer.edit and _editable(interaction):
        await _change(interaction, payloads[0])
    else:
        await _first(interaction, payloads[0], _file(answer.attachment), kind, private)
    for payload in (*payloads[1:], *answer.sample):
        await interaction.followup.send(**send_arguments(payload, kind=kind), ephemeral=private)


async def _change(interaction: Interaction, payload: Payload) -> None:
    """Change the message whose button was pressed, which keeps its kind; a post in a private chat keeps its
    nonce.
    """
    nonce = nonce_of(interaction.custom_id or "")
    parts = edit_arguments(payload, nonce, kind_of_message(interaction.message))
    if interaction.response.is_done():
        await interaction.edit_original_response(**parts)
    else:
        await interaction.response.edit_message(**parts)


async def _first(
    interaction: Interaction, payload: Payload, file: discord.File | None, kind: Kind, private: bool
) -> None:
    response_type = interaction.response.type
    if response_type is discord.InteractionResponseType.deferred_channel_message:
        if private or interaction.guild_id is None:
            await interaction.edit_original_response(**edit_arguments(payload, kind=kind, file=file))
            return
        # the notice was for the asker alone and stays so: an answer for all needs a message of its own
        await interaction.delete_original_response()
    parts = send_arguments(payload, kind=kind, file=file)
    if response_type is None:
        await interaction.response.send_message(**parts, ephemeral=private)
    else:
        await interaction.followup.send(**parts, ephemeral=private)


def _file(attachment: Attachment | None) -> discord.File | None:
    if attachment is None:
        return None
    return discord.File(BytesIO(attachment.text.encode()), filename=attachment.name)
