"""The commands as Discord's slash commands: declared once, described in every language, sent only when they changed."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any, Protocol

import discord
import structlog
from discord import app_commands
from discord.http import Route

from bot.i18n import Texts
from bot.model import CommandSpec, Option

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]
Definition = Mapping[str, Any]

DESCRIPTION = 100
"""Characters of a description that Discord takes."""

CHOICES = 25
"""Choices that Discord shows for one option."""


class Asked(Protocol):
    """What slash commands are handed to."""

    async def asked(
        self,
        interaction: Interaction,
        command: str,
        arguments: Mapping[str, str],
        files: Mapping[str, discord.Attachment],
    ) -> None:
        """Answer a command that came with texts and perhaps files."""
        ...

    async def completed(
        self, interaction: Interaction, command: str, option: str, typed: str
    ) -> tuple[str, ...]:
        """Return choices for what is typed so far."""
        ...

    async def unknown(self, interaction: Interaction) -> None:
        """Answer a command that this version does not have any more."""
        ...


class Spoken(app_commands.Translator):
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
        said = self._texts.for_language(str(locale))(string.message)[:DESCRIPTION]
        return said if said != string.message else None


class Tree(app_commands.CommandTree[discord.Client]):
    """All slash commands of a client; one that Discord still shows but we no longer have gets a sentence."""

    def __init__(self, client: discord.Client, asked: Asked) -> None:
        super().__init__(client)
        self._asked = asked

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell whoever called a command that is no longer what Discord shows; log anything else."""
        stale = isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch)
        if not stale:
            log.error("discord.call_failed", cause=type(error).__name__, exc_info=error)
        elif interaction.type is discord.InteractionType.application_command:
            await self._asked.unknown(interaction)


def declare(tree: Tree, specs: Iterable[CommandSpec], asked: Asked) -> None:
    """Add every command to the tree."""
    for spec in specs:
        tree.add_command(_command(spec, asked))


async def sync(tree: Tree) -> bool:
    """Tell Discord of the commands where it knows others; return whether it was told. Raises `discord.HTTPException`."""
    translator = tree.translator
    commands = tree.get_commands()
    if translator is None:
        wanted = [command.to_dict(tree) for command in commands]
    else:
        wanted = [await command.get_translated_payload(tree, translator) for command in commands]
    if _essence(wanted) == _essence(await _known(tree)):
        return False
    await tree.sync()
    return True


async def _known(tree: Tree) -> list[dict[str, Any]]:
    """discord.py's own fetch leaves the translations out."""
    route = Route("GET", "/applications/{app}/commands", app=tree.client.application_id)
    found: list[dict[str, Any]] = await tree.client.http.request(route, params={"with_localizations": "true"})
    return found


def _essence(definitions: Iterable[Definition]) -> dict[str, Any]:
    """Return what we decide of commands, without what Discord adds."""
    return {
        each["name"]: {
            "said": (each.get("description"), each.get("description_localizations") or {}),
            "for": str(each.get("default_member_permissions") or ""),
            "options": [_option_essence(option) for option in each.get("options") or []],
        }
        for each in definitions
    }


def _option_essence(option: Definition) -> dict[str, Any]:
    return {
        "name": (option["name"], int(option["type"])),
        "said": (option.get("description"), option.get("description_localizations") or {}),
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": [(choice["name"], choice["value"]) for choice in option.get("choices") or []],
    }


# --- one command -------------------------------------------------------------------------------------------


def _command(spec: CommandSpec, asked: Asked) -> "app_commands.Command[Any, ..., None]":
    names = {f"p{number}": option for number, option in enumerate(spec.options)}

    async def run(interaction: Interaction, **given: str | discord.Attachment | None) -> None:
        named = {names[name].name: value for name, value in given.items() if value}
        files = {name: value for name, value in named.items() if isinstance(value, discord.Attachment)}
        arguments = {name: value for name, value in named.items() if isinstance(value, str)}
        await asked.asked(interaction, spec.name, arguments, files)

    run.__signature__ = _signature(names)  # type: ignore[attr-defined]
    described = app_commands.describe(**{name: _said(each.description) for name, each in names.items()})(run)
    for name, option in names.items():
        described = app_commands.rename(**{name: option.name})(described)
        if not option.file:
            described = _suggesting(name, option, spec.name, asked)(described)
    command: app_commands.Command[Any, ..., None]
    command = app_commands.Command(name=spec.name, description=_said(spec.description), callback=described)
    command.default_permissions = discord.Permissions(manage_guild=True) if spec.manager else None
    return command


def _said(text: str) -> app_commands.locale_str:
    return app_commands.locale_str(text[:DESCRIPTION] or "…")


def _signature(names: Mapping[str, Option]) -> Signature:
    """discord.py reads a command's options from its callback; any name an option may have is put in afterwards."""
    parts = [Parameter("interaction", Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)]
    for name, option in names.items():
        kind: Any = discord.Attachment if option.file else str
        wanted = Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind)
        parts.append(wanted if option.required else wanted.replace(annotation=kind | None, default=None))
    return Signature(parts)


def _suggesting(name: str, option: Option, command: str, asked: Asked) -> Callable[[Any], Any]:
    if 0 < len(option.choices) <= CHOICES:
        choices = [app_commands.Choice(name=each[:100], value=each[:100]) for each in option.choices]
        return app_commands.choices(**{name: choices})
    return app_commands.autocomplete(**{name: _completing(option.name, command, asked)})


def _completing(
    option: str, command: str, asked: Asked
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def complete(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        found = await asked.completed(interaction, command, option, current)
        fitting = dict.fromkeys(each for each in found if 0 < len(each) <= 100)
        return [app_commands.Choice(name=each, value=each) for each in list(fitting)[:CHOICES]]

    return complete
