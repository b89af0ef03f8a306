"""How a command is declared beside its handler: all that platforms, `/help` and the docs say of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot import model
from bot.jobs import Context
from bot.model import Answer, Call, CommandSpec

Handler = Callable[[Context, Call], Awaitable[Answer]]
Complete = Callable[[Context, Call], Awaitable[Sequence[str]]]
"""(context, a Call with person and place) → what an option could be."""


class Section(Enum):
    """What a command is about, in the order in which commands are listed."""

    NEWS = "Reading the news"
    READERS = "What you keep for yourself"
    SUBSCRIPTIONS = "What is posted in a channel"
    CHANNEL = "How a channel is written to"
    FEEDS = "Feeds"
    STATE = "What happens, and why"
    BOT = "The bot itself"
    OPERATOR = "For whoever runs the instance"


@dataclass(frozen=True, slots=True)
class Option(model.Option):
    """An argument of a command; `complete` is what is suggested: texts, or what finds them. Behind one of the
    words of `free_behind` it is a line of somebody's own, which may name other places: the place that it is
    about is named before them.
    """

    complete: Complete | tuple[str, ...] = ()
    free_behind: tuple[str, ...] = ()

    async def suggestions(self, ctx: Context, call: Call) -> Sequence[str]:
        """Return what the option could be, for whoever types it."""
        return self.complete if isinstance(self.complete, tuple) else await self.complete(ctx, call)


TARGET = Option("channel", "Another channel or group that you manage, in place of this one")
"""How people name the place that a command is about, where they are not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A declared command, which is called as its handler is.

    `spec` is what platforms show of it, `usage` how it is typed, `examples` how it may be, `help_line` what
    `/help` says of it (nothing of one without), and `details` what only the docs say. `operator` ones only
    obey who runs the instance; nobody is shown `hidden` ones. `carried_options` names the arguments that
    buttons carry after all others: those that only they give, and options that are newer than these. One that
    `acts` changes something without any argument, too, and one that `changes_nothing` never does.
    """

    spec: CommandSpec
    options: tuple[Option, ...]
    handler: Handler
    section: Section
    usage: str
    help_line: str
    details: str
    examples: tuple[str, ...]
    operator: bool
    hidden: bool
    acts: bool
    changes_nothing: bool
    carried_options: tuple[str, ...]

    async def __call__(self, ctx: Context, call: Call) -> Answer:
        """Answer a Call of this command. Raises `CallError`."""
        return await self.handler(ctx, call)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of all arguments, in the order in which buttons carry them."""
        typed = (option.name for option in self.options if option.name not in self.carried_options)
        return (*typed, *self.carried_options)

    def changes(self, arguments: Mapping[str, str]) -> bool:
        """Tell whether it changes something with these arguments: most show how things are without any."""
        if self.changes_nothing:
            return False
        has_changing_option = any(arguments.get(option.name) for option in self.options)
        return self.acts or ((self.spec.manager or self.operator) and has_changing_option)


def command(
    *,
    name: str,
    code: str,
    section: Section,
    description: str = "",
    help_line: str = "",
    details: str = "",
    usage: str = "",
    examples: Sequence[str] = (),
    options: Sequence[Option] = (),
    carried_options: Sequence[str] = (),
    manager: bool = False,
    operator: bool = False,
    public: bool = False,
    hidden: bool = False,
    acts: bool = False,
    changes_nothing: bool = False,
    about_place: bool = False,
    post_menu: str = "",
) -> Callable[[Handler], Command]:
    """Declare the decorated handler as a command; every module of this package may.

    `code` (two letters) stands for it in buttons and never changes: posts of any age bear them. `description`
    (at most 100 characters) is shown in the menus of platforms, `help_line` in `/help` and the docs,
    `details` (English, Markdown) in the docs alone. `usage` says how it is typed where the options do not say
    it well, for example `/once server|channel`, and `examples` are three such lines at most. `manager` and
    `public` are as in `CommandSpec`, all else as in `Command`. One that changes a place, or is `about_place`,
    takes the name of another. One with a `post_menu` stands under these words in the menu that a post of ours
    has on Discord, and may be an answer to it elsewhere.
    """
    target = TARGET if about_place or (manager and not operator) else None

    def declare(handler: Handler) -> Command:
        return Command(
            spec=CommandSpec(
                name=name,
                code=code,
                description=description,
                options=tuple(options),
                manager=manager,
                public=public,
                operator=section is Section.OPERATOR,
                target=target,
                post_menu=post_menu,
            ),
            options=tuple(options),
            handler=handler,
            section=section,
            usage=usage or _usage(name, options),
            help_line=help_line,
            details=details,
            examples=tuple(examples),
            operator=operator,
            hidden=hidden,
            acts=acts,
            changes_nothing=changes_nothing,
            carried_options=tuple(carried_options),
        )

    return declare


def _usage(name: str, options: Sequence[Option]) -> str:
    typed_options = (option for option in options if not option.file)
    parts = (
        option.name.upper() if option.required else f"[{option.name.upper()}]" for option in typed_options
    )
    return " ".join((f"/{name}", *parts))
