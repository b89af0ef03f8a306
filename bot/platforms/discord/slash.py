"""The commands as Discord's slash commands: declared once, described in every language, sent only when they
changed.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any, Protocol

import discord
import structlog
from discord import app_commands
from discord.http import Route

from bot.i18n import Texts
from bot.model import CommandSpec, Option
from bot.platforms.discord.targets import TARGET_TYPES

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]
Definition = Mapping[str, Any]

CHAT_INPUT = 1
"""The type of a command that is typed (Discord, "Application Command Types")."""

DESCRIPTION = 100
"""Characters of a description that Discord takes."""

CHOICES = 25
"""Choices that Discord shows for one option."""


OWN_PLACES = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
"""Where a command is offered: servers and the private chat with us; chats of people with others as well."""

FOR_SERVERS = app_commands.AppInstallationType(guild=True, user=False)
FOR_ANYBODY = app_commands.AppInstallationType(guild=True, user=True)
"""Who must have installed us: a server; or a server or whoever gives the command (Discord, "Application
Commands").
"""

INSTALLS_FIELD = "integration_types"
"""What Discord names where it refuses who may have installed us."""

TARGET = "target"
"""The parameter that takes the channel which a command is about."""


class SlashHandler(Protocol):
    """What slash commands are handed to."""

    async def asked(
        self,
        interaction: Interaction,
        command: str,
        arguments: Mapping[str, str],
        files: Mapping[str, discord.Attachment],
        target: str,
        reply_to: str = "",
    ) -> None:
        """Answer a command that came with texts and perhaps files, about a channel or (empty) where it
        stands; or that was picked in the menu of a message.
        """
        ...

    async def completed(
        self, interaction: Interaction, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """Return choices for what is typed so far."""
        ...

    async def unknown(self, interaction: Interaction) -> None:
        """Answer a command that this version does not have any more."""
        ...


class CommandTranslator(app_commands.Translator):
    """Describes commands in every language the bot speaks."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: "app_commands.TranslationContext[Any, Any]",  # noqa: ARG002 - the library's signature
    ) -> str | None:
        """Return a description in the language of a locale, None where it would be the same."""
        translation = self._texts.for_language(str(locale))(string.message)[:DESCRIPTION]
        return translation if translation != string.message else None


class Tree(app_commands.CommandTree[discord.Client]):
    """All slash commands of a client; one that Discord still shows but we no longer have gets a sentence."""

    def __init__(self, client: discord.Client, handler: SlashHandler) -> None:
        super().__init__(client)
        self._asked = handler

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell whoever called a command that is no longer what Discord shows; log anything else."""
        stale = isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch)
        if not stale:
            log.error("discord.call_failed", cause=type(error).__name__, exc_info=error)
        elif interaction.type is discord.InteractionType.application_command:
            await self._asked.unknown(interaction)


def declare(tree: Tree, specs: Iterable[CommandSpec], handler: SlashHandler) -> None:
    """Add every command to the tree."""
    for spec in specs:
        tree.add_command(_command(spec, handler))
        if spec.post_menu:
            tree.add_command(_post_menu(spec, handler))


async def sync(tree: Tree) -> bool:
    """Tell Discord of the commands where it knows others; return whether it was told. Raises
    `discord.HTTPException`.
    """
    translator = tree.translator
    commands = tree.get_commands()
    if translator is None:
        definitions = [command.to_dict(tree) for command in commands]
    else:
        definitions = [await command.get_translated_payload(tree, translator) for command in commands]
    if _essence(definitions) == _essence(await _load_definitions(tree)):
        return False
    try:
        await tree.sync()
    except discord.HTTPException as error:
        if INSTALLS_FIELD not in error.text:
            raise
        log.warning(
            "discord.no_user_install", note="User Install is off in the Developer Portal, Installation"
        )
        for command in tree.get_commands():
            command.allowed_installs, command.allowed_contexts = FOR_SERVERS, OWN_PLACES
        await tree.sync()
    return True


async def _load_definitions(tree: Tree) -> list[dict[str, Any]]:
    """discord.py's own fetch leaves the translations out."""
    route = Route("GET", "/applications/{app}/commands", app=tree.client.application_id)
    definitions: list[dict[str, Any]] = await tree.client.http.request(
        route, params={"with_localizations": "true"}
    )
    return definitions


def _essence(definitions: Iterable[Definition]) -> dict[tuple[int, str], Any]:
    """Return what we decide of commands, without what Discord adds."""
    return {
        (definition.get("type") or CHAT_INPUT, definition["name"]): {
            "names": definition.get("name_localizations") or {},
            "said": (definition.get("description"), definition.get("description_localizations") or {}),
            "for": str(definition.get("default_member_permissions") or ""),
            "where": sorted(definition.get("contexts") or []),
            "installed": sorted(definition.get("integration_types") or []),
            "options": [_option_essence(option) for option in definition.get("options") or []],
        }
        for definition in definitions
    }


def _option_essence(option: Definition) -> dict[str, Any]:
    return {
        "name": (option["name"], int(option["type"])),
        "channels": sorted(option.get("channel_types") or []),
        "said": (option.get("description"), option.get("description_localizations") or {}),
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": [(choice["name"], choice["value"]) for choice in option.get("choices") or []],
    }


# --- one command -------------------------------------------------------------------------------------------


def _command(spec: CommandSpec, handler: SlashHandler) -> "app_commands.Command[Any, ..., None]":
    names = {f"p{number}": option for number, option in enumerate(spec.options)}

    async def run(interaction: Interaction, **given: str | discord.Attachment | None) -> None:
        target = str(given.pop(TARGET, None) or "")
        named_values = {names[name].name: value for name, value in given.items() if value}
        files = {name: value for name, value in named_values.items() if isinstance(value, discord.Attachment)}
        arguments = {name: value for name, value in named_values.items() if isinstance(value, str)}
        await handler.asked(interaction, spec.name, arguments, files, target)

    shown_options = {**names, **({TARGET: spec.target} if spec.target else {})}
    run.__signature__ = _signature(names, takes_target=spec.target is not None)  # type: ignore[attr-defined]
    described = app_commands.describe(
        **{name: _locale_text(option.description) for name, option in shown_options.items()}
    )(run)
    if spec.target:
        described = app_commands.rename(**{TARGET: spec.target.name})(described)
    for name, option in names.items():
        described = app_commands.rename(**{name: option.name})(described)
        if not option.file:
            described = _suggesting(name, option, spec.name, handler)(described)
    command: app_commands.Command[Any, ..., None]
    command = app_commands.Command(
        name=spec.name,
        description=_locale_text(spec.description),
        callback=described,
        allowed_contexts=EVERYWHERE if _is_for_readers(spec) else OWN_PLACES,
        allowed_installs=FOR_ANYBODY if _is_for_readers(spec) else FOR_SERVERS,
    )
    command.default_permissions = discord.Permissions(manage_guild=True) if spec.manager else None
    return command


def _post_menu(spec: CommandSpec, handler: SlashHandler) -> app_commands.ContextMenu:
    """Return the entry of a command in the menu of messages; of those that are not ours nobody knows a
    story.
    """

    async def ask(interaction: Interaction, message: discord.Message) -> None:
        await handler.asked(interaction, spec.name, {}, {}, "", reply_to=str(message.id))

    return app_commands.ContextMenu(
        name=app_commands.locale_str(spec.post_menu),
        callback=ask,
        allowed_contexts=OWN_PLACES,
        allowed_installs=FOR_SERVERS,
    )


def _is_for_readers(spec: CommandSpec) -> bool:
    """Tell whether a command is offered to those who have installed us for themselves, wherever they are: one
    that changes no place.
    """
    return not (spec.manager or spec.operator)


def _locale_text(text: str) -> app_commands.locale_str:
    return app_commands.locale_str(text[:DESCRIPTION] or "…")


class _ChannelId(app_commands.Transformer):
    """A channel that is picked from Discord's own list, by its id: forums, text channels and threads."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Those in which news can be posted."""
        return list(TARGET_TYPES)

    async def transform(
        self,
        interaction: Interaction,  # noqa: ARG002 - the library's signature
        value: app_commands.AppCommandChannel | app_commands.AppCommandThread,
        /,
    ) -> str:
        """Return the channel's id."""
        return str(value.id)


def _signature(names: Mapping[str, Option], *, takes_target: bool) -> Signature:
    """discord.py reads a command's options from its callback; any name an option may have is put in
    afterwards.
    """
    parts = [Parameter("interaction", Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)]
    for name, option in names.items():
        kind: Any = discord.Attachment if option.file else str
        parameter = Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind)
        parts.append(
            parameter if option.required else parameter.replace(annotation=kind | None, default=None)
        )
    if takes_target:
        kind = app_commands.Transform[str, _ChannelId] | None
        parts.append(Parameter(TARGET, Parameter.KEYWORD_ONLY, annotation=kind, default=None))
    return Signature(parts)


def _suggesting(name: str, option: Option, command: str, handler: SlashHandler) -> Callable[[Any], Any]:
    if 0 < len(option.choices) <= CHOICES:
        choices = [app_commands.Choice(name=choice[:100], value=choice[:100]) for choice in option.choices]
        return app_commands.choices(**{name: choices})
    return app_commands.autocomplete(**{name: _completing(option.name, command, handler)})


def _completing(
    option: str, command: str, handler: SlashHandler
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def complete(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        suggestions = await handler.completed(interaction, command, option, current)
        fitting = dict.fromkeys(suggestion for suggestion in suggestions if 0 < len(suggestion) <= 100)
        return [app_commands.Choice(name=each, value=each) for each in list(fitting)[:CHOICES]]

    return complete
