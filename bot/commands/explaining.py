"""help, and what an old button says: the commands that somebody may give, and how one is used."""

import difflib
from collections.abc import Sequence

from bot.commands.completions import command_names
from bot.commands.declaration import Command, Option, Section, command
from bot.commands.registry import registry
from bot.commands.usage_words import usage_in_words
from bot.commands.views import is_operator, view_of
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import Actions, Answer, Block, Button, Call, CallRef, Document, Heading, Item, Listing, Text

EXPIRED = "expired"
"""What a button asks for whose call is not kept any more."""

OTHER_NAMES = {
    "stop": "unsubscribe",
    "cancel": "unsubscribe",
    "remove": "unsubscribe",
    "delete": "unsubscribe",
    "add": "subscribe",
    "sub": "subscribe",
    "news": "latest",
    "new": "latest",
    "top": "latest",
    "find": "search",
    "rename": "edit",
    "change": "edit",
    "style": "look",
    "theme": "look",
    "ignore": "mute",
    "hide": "mute",
    "config": "settings",
    "setup": "settings",
    "options": "settings",
    "language": "languages",
    "block": "filter",
    "exclude": "filter",
    "sources": "feeds",
    "time": "schedule",
    "bookmark": "save",
    "bookmarks": "saved",
    "trends": "trending",
    "info": "about",
    "commands": "help",
}
"""What other bots call a command, by that; ours is named to whoever types it."""


@command(
    name="help",
    code="he",
    section=Section.BOT,
    description="What I can do",
    details="It lists what the asker may do where they are, by subject; with a command how that is used.",
    options=(Option("command", "A command", complete=command_names),),
    examples=("/help filter",),
    public=True,
)
async def help_(ctx: Context, call: Call) -> Answer:
    """Answer with what the asker may do, by subject, or how one command is used."""
    words = (await view_of(ctx, call)).words
    name = call.arguments.get("command", "").lstrip("/").lower()
    if name:
        return Answer(document=Document(_explanation(_find_command(name), words), words.language))
    async with ctx.store.read() as tx:
        operator = await is_operator(tx, call)
    blocks: list[Block] = [Heading(words("What I can do"))]
    for section in Section:
        own_commands = [
            listed_command
            for listed_command in registry().visible_commands
            if listed_command.section is section and _may_give(listed_command, call, operator=operator)
        ]
        if own_commands:
            items = tuple(
                Item(f"/{own_command.spec.name} — {words(own_command.spec.description)}")
                for own_command in own_commands
            )
            blocks.append(Listing(items=items, title=words(section.value)))
    blocks.append(Text(words("How one of them is used: {example}", example="/help latest"), quiet=True))
    if call.person.manager:
        hint = words(
            "What you manage you can run from anywhere: name the channel behind the command, such as /list "
            "@channel, or in its option."
        )
        blocks.append(Text(hint, quiet=True))
    return Answer(document=Document(tuple(blocks), words.language))


def _may_give(candidate: Command, call: Call, *, operator: bool) -> bool:
    """Tell whether somebody may give a command where they are."""
    if not call.place.has_bot and candidate.section is Section.OPERATOR:
        return False
    return operator or (not candidate.operator and (call.person.manager or not candidate.spec.manager))


def _find_command(name: str) -> Command:
    """Return a command by its name. Raises `CallError` with the nearest."""
    by_name = {declaration.spec.name: declaration for declaration in registry().visible_commands}
    if name in by_name:
        return by_name[name]
    raise no_command(name)


def no_command(name: str) -> CallError:
    """Return that there is no command of a name, with the one that is meant where that can be told."""
    names = [visible.spec.name for visible in registry().visible_commands]
    similar = [OTHER_NAMES[name]] if name in OTHER_NAMES else difflib.get_close_matches(name, names, n=1)
    if similar:
        return CallError(
            "There is no /{name}. Did you mean /{near}? /help lists what I can do.",
            name=name[:40],
            near=similar[0],
        )
    return CallError("There is no /{name}. /help lists what I can do.", name=name[:40])


def _explanation(explained_command: Command, words: Words) -> tuple[Block, ...]:
    """Return how a command is used: what it does, what may stand behind it, and examples."""
    blocks: list[Block] = [
        Heading(usage_in_words(explained_command.usage, words)),
        Text(words(explained_command.help_line or explained_command.spec.description)),
    ]
    if explained_command.options:
        items = tuple(Item(_option_line(option, words)) for option in explained_command.options)
        blocks.append(Listing(items=items, title=words("What may stand behind it")))
    if explained_command.examples:
        blocks.append(Listing(items=tuple(map(Item, explained_command.examples)), title=words("For example")))
    return tuple(blocks)


def _option_line(option: Option, words: Words) -> str:
    choices: Sequence[str] = option.choices or (option.complete if isinstance(option.complete, tuple) else ())
    line = f"{option.name} — {words(option.description)}"
    return f"{line} ({', '.join(choices)})" if choices else line


@command(
    name=EXPIRED,
    code="xp",
    section=Section.BOT,
    hidden=True,
)
async def expired(ctx: Context, call: Call) -> Answer:
    """Say that a button is too old, with the way on."""
    words = (await view_of(ctx, call)).words
    text = words("That button is too old: what it stood for is not kept any more. Please ask again.")
    buttons = (
        Button(words("Latest"), call=CallRef("latest")),
        Button(words("What I can do"), call=CallRef("help")),
    )
    return Answer(document=Document((Text(text), Actions(buttons)), words.language))
