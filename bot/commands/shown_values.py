"""Values that answers show are understood when they are typed back: by their own word, or by what they are
called in any language of the bot.
"""

from collections.abc import Callable, Iterable

from bot.commands.views import View
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.text.words import fold

ON, OFF = "on", "off"
NOTHING = "–"
"""What stands where nothing is set."""


def find_value(
    ctx: Context, view: View, text: str, values: Iterable[str], name_of: Callable[[str, Words], str]
) -> str:
    """Return which of some values a text means, empty for none: one by its own word, or by its name, in the
    asker's language first.
    """
    candidates = tuple(values)
    form = fold(text.strip())
    if exact := next((value for value in candidates if fold(value) == form), ""):
        return exact
    every_words = map(ctx.texts.for_language, ctx.texts.languages)
    names = (
        (value, fold(name_of(value, words))) for words in (view.words, *every_words) for value in candidates
    )
    return next((value for value, name in names if name == form), "")


def no_such_value(text: str, names: Iterable[str], example: str) -> CallError:
    """Return what is said of a text that is none of the values there are, which are named in the language of
    the asker.
    """
    return CallError(
        "`{value}` is none of these: {values}. For example {example}",
        value=text.strip()[:40],
        values=", ".join(names),
        example=example,
    )


def split_name(
    ctx: Context, view: View, line: str, values: Iterable[str], name_of: Callable[[str, Words], str]
) -> tuple[str, str]:
    """Return which of some values a line begins with, by its own word or its name, which may be several
    words, and the rest; an empty value and the line where it begins with none.
    """
    candidates = tuple(values)
    before, _, behind = (line.replace("：", ":", 1) if "：" in line else line).partition(":")
    if value := find_value(ctx, view, before, candidates, name_of):
        return value, behind.strip()
    words = line.split()
    for count in range(len(words), 0, -1):
        if value := find_value(ctx, view, " ".join(words[:count]).rstrip(":"), candidates, name_of):
            return value, " ".join(words[count:])
    return "", line


def is_nothing(text: str) -> bool:
    """Tell whether a text is what stands where nothing is set."""
    return text.strip() in {NOTHING, "-", "—"}


def switch_name(value: str, words: Words) -> str:
    """Return what on and off are called."""
    return words("on") if value == ON else words("off")
