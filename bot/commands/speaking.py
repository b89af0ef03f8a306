"""lang: the language in which somebody is answered where nobody else reads the answer."""

from bot.commands.declaration import Option, Section, command
from bot.commands.views import view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.languages import SPOKEN
from bot.model import Actions, Answer, Block, Button, Call, CallRef, Document, Text
from bot.store import reader_choices
from bot.text.language_names import language_called
from bot.text.typed_words import in_english

OFF = "off"
ROW = 4
"""Buttons beside one another that a phone still shows whole."""


@command(
    name="lang",
    code="lg",
    section=Section.READERS,
    description="The language in which I answer you",
    help_line="the language in which I answer you, wherever you ask: /lang it",
    details=(
        "For you alone, where nobody else reads the answer; a channel keeps its own (/languages). `off` goes "
        "by the channel and your app again."
    ),
    usage="/lang [LANGUAGE|off]",
    options=(Option("language", "Such as it, German, or off", rest=True, complete=(*SPOKEN, OFF)),),
    acts=True,
    examples=("/lang it", "/lang German", "/lang off"),
)
async def lang(ctx: Context, call: Call) -> Answer:
    """Answer the asker in a language from now on; without one show in which, and a button for each."""
    text = call.arguments.get("language", "").strip()
    if text:
        await _choose(ctx, call, text)
    words = (await view_of(ctx, call)).words
    async with ctx.store.read() as tx:
        own_language = await reader_choices.language_of(tx, call.person)
    if own_language:
        line = words(
            "I answer you in {language}, wherever nobody else reads it.",
            language=words.language_name(own_language),
        )
    else:
        line = words("I answer you in the language of each chat. Another one: /lang it")
    buttons = [
        Button(ctx.texts.for_language(code).language_name(code), call=CallRef("lang", {"language": code}))
        for code in ctx.texts.languages
        if code != own_language
    ]
    if own_language:
        buttons.append(Button(words("as in each chat"), call=CallRef("lang", {"language": OFF})))
    rows: list[Block] = [Actions(tuple(buttons[at : at + ROW])) for at in range(0, len(buttons), ROW)]
    return Answer(document=Document((Text(line), *rows), words.language))


async def _choose(ctx: Context, call: Call, text: str) -> None:
    code = "" if in_english(text) == OFF else language_called(text)
    if code not in {*ctx.texts.languages, ""} or (not code and in_english(text) != OFF):
        raise CallError(
            "I do not speak `{language}`. I speak {languages}. For example: /lang it",
            language=text[:40],
            languages=", ".join(ctx.texts.languages),
        )
    async with ctx.store.write() as tx:
        await reader_choices.choose_language(tx, call.person, code)
