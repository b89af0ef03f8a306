"""privacy, forget_me: what is kept about whoever asks, and its end."""

from bot.commands.declaration import Section, command
from bot.commands.following import private_chat
from bot.commands.views import view_of
from bot.jobs import Context
from bot.model import Actions, Answer, Button, Call, CallRef, Document, Heading, Item, Listing, Text
from bot.store import reader_choices, readers

CONFIRMED = "confirmed"
YES = "y"


@command(
    name="privacy",
    code="pr",
    section=Section.BOT,
    description="What I keep about you",
    help_line="what I keep about you, and how to end that",
)
async def privacy(ctx: Context, call: Call) -> Answer:
    """Answer with what is kept about the asker."""
    words = (await view_of(ctx, call)).words
    async with ctx.store.read() as tx:
        saved = await readers.count_saved(tx, call.person)
        places = await readers.count_catch_ups(tx, call.person)
        choices = await reader_choices.count_choices(tx, call.person)
    saved_line = words.plural("{n} story that you saved", "{n} stories that you saved", saved)
    places_line = words.plural(
        "until when you caught up with {n} place", "until when you caught up with {n} places", places
    )
    lines = (
        *((saved_line,) if saved else ()),
        *((places_line,) if places else ()),
        *((words("your language, what you muted, and the stories that you follow"),) if choices else ()),
        words("the last list that you saw in a place, for 30 days: your next number is about it"),
        words("what you typed behind a command, for a week, where a button needs it"),
    )
    note = words(
        "Whoever runs me, or brings me into a channel, has a name and a private chat here, for notices. "
        "Nothing of this leaves this instance, and no model sees it."
    )
    end = Button(words("Forget all that"), call=CallRef("forget_me"))
    blocks = (
        Heading(words("What I keep about you")),
        Listing(items=tuple(map(Item, lines))),
        Text(note, quiet=True),
        Actions((end,)),
    )
    return Answer(document=Document(blocks, words.language))


@command(
    name="forget_me",
    code="fm",
    section=Section.BOT,
    description="Forget what I keep about you",
    help_line="forget what you saved, follow and muted, and how far you read",
    details="It asks first. What a place was set up to do stays: that is its managers' to change.",
    carried_options=(CONFIRMED,),
    acts=True,
)
async def forget_me(ctx: Context, call: Call) -> Answer:
    """Delete what is kept about the asker, once they have confirmed it."""
    words = (await view_of(ctx, call)).words
    if call.arguments.get(CONFIRMED) != YES:
        async with ctx.store.read() as tx:
            saved = await readers.count_saved(tx, call.person)
        question = (
            words.plural(
                "Shall I forget {n} story that you saved, how far you caught up, the lists that you saw, and "
                "what you follow and muted?",
                "Shall I forget {n} stories that you saved, how far you caught up, the lists that you saw, "
                "and what you follow and muted?",
                saved,
            )
            if saved
            else words(
                "Shall I forget how far you caught up, the lists that you saw, and what you follow and muted?"
            )
        )
        call_ref = CallRef("forget_me", {CONFIRMED: YES})
        confirm = Button(words("Yes, forget it"), call=call_ref, is_dangerous=True)
        return Answer(document=Document((Text(question), Actions((confirm,))), words.language))
    chat = await private_chat(ctx, call)
    async with ctx.store.write() as tx:
        await readers.forget_person(tx, call.person)
        await reader_choices.forget_choices(tx, call.person, chat)
    answer = words("Forgotten. What is set up in a place stays: /unsubscribe ends that.")
    return Answer(document=Document((Text(answer),), words.language))
