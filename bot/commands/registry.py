"""All commands: those that the modules of this package declare."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from bot import commands as package
from bot.commands.declaration import Command, Section


@dataclass(frozen=True, slots=True)
class Registry:
    """The commands in the order in which they are listed, by name, and by their code in buttons."""

    commands: tuple[Command, ...]
    by_name: dict[str, Command]
    by_code: dict[str, Command]

    @classmethod
    def of(cls, commands: Iterable[Command]) -> "Registry":
        """Return the registry of some commands, by section and otherwise in the order given."""
        sections = list(Section)
        ordered_commands = tuple(sorted(commands, key=lambda command: sections.index(command.section)))
        return cls(
            ordered_commands,
            {listed_command.spec.name: listed_command for listed_command in ordered_commands},
            {one.spec.code: one for one in ordered_commands},
        )

    @property
    def visible_commands(self) -> tuple[Command, ...]:
        """Those that people are shown."""
        return tuple(command for command in self.commands if not command.hidden)


@cache
def registry() -> Registry:
    """Return every command that a module of this package declares; the first call imports the modules."""
    return Registry.of(command for module in _modules() for command in _declared_in(module))


def _modules() -> Iterator[ModuleType]:
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        yield importlib.import_module(f"{package.__name__}.{module_info.name}")


def _declared_in(module: ModuleType) -> Iterator[Command]:
    for value in vars(module).values():
        if isinstance(value, Command) and value.handler.__module__ == module.__name__:
            yield value
