"""`make docs`: write docs/commands.md and the README's table of commands from the declarations."""

import re
from collections.abc import Iterator
from pathlib import Path

from bot.commands.declaration import Command, Option, Section
from bot.commands.registry import registry

ROOT = Path(__file__).parents[1]
PAGE = Path("docs") / "commands.md"
README = Path("README.md")
TABLE = re.compile(r"(?s)(?<=<!-- commands: written by `make docs` -->\n).*?(?=<!-- end of commands -->)")
"""The README's table, between its marks."""

OTHER_PLACE = (
    "## Another place",
    "",
    "Commands that show or change a place do so from anywhere: on Telegram with the name, the link or the id",
    "of a channel or group among the words (`/subscribe ai 08:00 @channel`, `/list t.me/channel`), on",
    "Discord with the option `channel`, which lists text channels, forums and threads, on the page",
    "with `@channel`. Its title does, too, as a whole, in any case and with or without accents:",
    '`/subscribe ai 08:00 in Daily Wire`, `/pause @"Daily Wire"`, `/list #robots`; of several with one title',
    "it is asked which. Whoever asks must be allowed to manage that place at that moment, also when a button",
    "is pressed later; else the answer is the one for a place that there is not. The answer begins with the",
    "place's name, stands in the asker's language, and nobody else reads it.",
)

EXAMPLE = re.compile(r"(?<=: )/\w.*$")


def documents(root: Path = ROOT) -> dict[Path, str]:
    """Return the texts that the docs are to have, by their paths under the repository."""
    readme = (root / README).read_text(encoding="utf-8")
    return {PAGE: commands_page(), README: TABLE.sub(lambda _: commands_table(), readme)}


def commands_page() -> str:
    """Return docs/commands.md."""
    lines = [
        "# Commands",
        "",
        "The same on every platform. A private chat also takes a bare address: "
        "it subscribes to the feed there.",
        "`make docs` writes this page from the declarations in `bot/commands/`.",
        "",
        *OTHER_PLACE,
    ]
    for section in Section:
        lines += ["", f"## {section.value}"]
        for command in registry().visible_commands:
            if command.section is section:
                lines += ["", *_entry(command)]
    return "\n".join(lines) + "\n"


def commands_table() -> str:
    """Return the README's table of commands."""
    rows = (
        f"| `{_cell(command.usage)}` | {_cell(_lower(_meaning(command)))} |"
        for command in registry().visible_commands
    )
    return "\n".join(("| command | what it does |", "|---|---|", *rows)) + "\n"


def _entry(command: Command) -> Iterator[str]:
    yield f"### `{command.usage}`"
    yield ""
    yield " ".join(filter(None, (_sentence(_meaning(command)), command.details)))
    yield " ".join(filter(None, (_obeys(command), _shows(command), _takes(command))))
    if command.examples:
        yield ""
        yield "For example " + ", ".join(f"`{example}`" for example in command.examples) + "."
    if command.options:
        yield ""
        yield "| option | what it is |"
        yield "|---|---|"
        yield from (f"| `{option.name}` | {_cell(_option(option))} |" for option in command.options)


def _meaning(command: Command) -> str:
    """Return what a command does, an example at its end set as code."""
    return EXAMPLE.sub(lambda found: f"`{found[0]}`", command.help_line or command.spec.description)


def _obeys(command: Command) -> str:
    if command.operator:
        return "It obeys whoever runs the instance."
    return "It obeys those who manage the place." if command.spec.manager else "It obeys everybody."


def _shows(command: Command) -> str:
    return "All may read its answer." if command.spec.public else "Its answer is for whoever asks."


def _takes(command: Command) -> str:
    return "It takes [another place](#another-place)." if command.spec.target else ""


def _option(option: Option) -> str:
    kind = " (a file)" if option.file else ""
    return f"{_lower(option.description)}{kind}{'' if option.required else '; may be left out'}"


def _sentence(text: str) -> str:
    sentence = text[0].upper() + text[1:]
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for path, text in documents().items():
        (ROOT / path).write_text(text, encoding="utf-8")
